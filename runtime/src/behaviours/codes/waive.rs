//! `waive_otp`: a code that has passed already, since finding the user was proof enough. Its id is good like that of a
//! code that was checked, and checking it says so as often as it is asked for what it was made for.

use super::OneTimeCode;
use super::binding::{Facts, bound_values};
use super::life::Life;
use super::record::{CodeRecord, State, code_key, value};
use super::send::sealed;
use super::token::{new_id, stored_id};
use crate::behaviours::retry::unexpected;
use crate::behaviours::state::{millis_of, time};
use crate::behaviours::users::counted;
use crate::context::Core;
use crate::crypto::{KeyName, digits};
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis};
use crate::values::Time;

/// Whose code is waived, and what it would be for.
#[derive(Debug, Default)]
pub struct WaiveOtp<C> {
    /// The user.
    pub user: Option<String>,
    /// The organization in which the user was found.
    pub organization: Option<String>,
    /// When the operation ends, if that is known; the code is good no longer.
    pub until: Option<Time>,
    /// What it is for.
    pub code: C,
}

/// A code that has passed already.
#[derive(Debug)]
pub struct WaivedOtp {
    /// Its id.
    pub id: String,
    /// Until when it is good.
    pub expires: Time,
}

impl Core {
    /// Stores a code that has passed already.
    ///
    /// # Errors
    /// `operation.expired`, `store.unavailable`.
    pub async fn waive_otp<C: OneTimeCode>(&self, input: WaiveOtp<C>) -> Result<WaivedOtp, Fault> {
        let token = new_id(&C::KIND);
        let id = stored_id(&C::KIND, &token);
        let key = code_key(&id);
        let record = self.waived(&id, &input, self.read(&key).await?.now)?;
        let until = record.known_until.unwrap_or(record.expires);
        let entry = self.entry_of(&id, &record, AuditEvent::OtpWaived, AuditOutcome::Success);
        let batch = Batch::at(self.clock_millis()).only_if(Condition::Absent(key.clone()));
        match self.commit(batch.put(key, value(&record)?, record.retained_until()).audit(entry)).await? {
            Committed::Applied(_) => Ok(WaivedOtp { id: token, expires: time(until) }),
            other => Err(unexpected(&other)),
        }
    }

    fn waived<C: OneTimeCode>(&self, id: &str, input: &WaiveOtp<C>, now: Millis) -> Result<CodeRecord, Fault> {
        let kind = C::KIND;
        let key = self.current_key(KeyName::Codes)?;
        let user = input.user.as_deref().filter(|user| !user.is_empty()).map(counted);
        let facts = Facts::of(&input.code);
        let life = Life::of(kind.life_seconds, input.until, &facts, now)?;
        Ok(CodeRecord {
            kind: kind.name.to_owned(),
            state: State::Waived,
            tries: 0,
            most_tries: self.code_options(&kind).attempts,
            made: now,
            expires: life.end(now),
            key: key.id().to_owned(),
            mac: hex::encode(digits::noise()),
            bound: bound_values(&key, id, input.code.bound()),
            failures: self.lockout_id(input.organization.as_deref(), user.as_deref().unwrap_or(id), kind.name)?,
            user,
            organization: input.organization.clone(),
            operation_id: facts.get("operation.id").map(str::to_owned),
            operation_name: facts.get("operation.name").map(str::to_owned),
            kept: sealed(&key, id, &input.code.kept())?,
            known_until: kind.keep_seconds.map(|seconds| life.capped(now.saturating_add(millis_of(seconds)))),
            asked: Vec::new(),
        })
    }
}
