//! Codes that are stored without a message. `open_otp` gives the id of one that is sent later. `waive_otp` stores one that has
//! passed already, since finding the user was proof enough: its id is good like that of a code that was checked, and
//! checking it says so as often as it is asked for what it was made for.

use super::binding::{Facts, bound_values};
use super::inputs::OneTimeCode;
use super::life::Life;
use super::options::code_options;
use super::record::{CodeRecord, State, code_entry, code_key};
use super::sealed::sealed;
use super::token::{new_id, stored_id};
use crate::adapter::OtpKind;
use crate::behaviours::attempts::lockout::lockout_id;
use crate::behaviours::state::{millis_of, time};
use crate::behaviours::users::name::counted;
use crate::context::{Core, unexpected};
use crate::crypto::{KeyName, digits};
use crate::fault::Fault;
use crate::hex_text::hex_text;
use crate::store::{AuditEvent, AuditOutcome, Committed, Condition, Millis};
use crate::values::Time;

/// Whose code is stored without a message, and what it is for.
#[derive(Debug, Default)]
pub struct UnsentOtp<C> {
    /// The user.
    pub user: Option<String>,
    /// The organization in which the user is found.
    pub organization: Option<String>,
    /// When the operation ends, if that is known; the code is good no longer.
    pub until: Option<Time>,
    /// What it is for.
    pub code: C,
}

/// A code that was stored without a message.
#[derive(Debug)]
pub struct StoredOtp {
    /// Its id.
    pub id: String,
    /// Until when it can be sent, or, if it has passed already, until when its id is good.
    pub expires: Time,
}

/// [`Core::open_otp`].
pub(in crate::behaviours) async fn open_otp<C: OneTimeCode>(
    core: &Core,
    input: UnsentOtp<C>,
) -> Result<StoredOtp, Fault> {
    let (id, record) = store(core, &input, State::New, AuditEvent::OtpOpened).await?;
    Ok(StoredOtp { id, expires: time(record.expires) })
}

/// [`Core::waive_otp`].
pub(in crate::behaviours) async fn waive_otp<C: OneTimeCode>(
    core: &Core,
    input: UnsentOtp<C>,
) -> Result<StoredOtp, Fault> {
    let (id, record) = store(core, &input, State::Waived, AuditEvent::OtpWaived).await?;
    Ok(StoredOtp { id, expires: time(record.known_until.unwrap_or(record.expires)) })
}

/// Stores a new code in this state; gives the id that the caller knows it by.
async fn store<C: OneTimeCode>(
    core: &Core,
    input: &UnsentOtp<C>,
    state: State,
    event: AuditEvent,
) -> Result<(String, CodeRecord), Fault> {
    let id = new_id(&C::KIND);
    let stored = stored_id(&C::KIND, &id);
    let key = code_key(&stored);
    let record = unsent_record(core, &stored, input, state, core.store().read(&key).await?.now)?;
    let entry = code_entry(core, &stored, &record, event, AuditOutcome::Success);
    let batch = core.store().batch().only_if(Condition::Absent(key.clone()));
    match core.store().commit(batch.put(key, record.written()?, record.retained_until()).audit(entry)).await? {
        Committed::Applied(_) => Ok((id, record)),
        other => Err(unexpected(&other)),
    }
}

fn unsent_record<C: OneTimeCode>(
    core: &Core,
    id: &str,
    input: &UnsentOtp<C>,
    state: State,
    now: Millis,
) -> Result<CodeRecord, Fault> {
    let kind = C::KIND;
    let key = core.keys().current(KeyName::Codes)?;
    let user = input.user.as_deref().filter(|user| !user.is_empty()).map(counted);
    let facts = Facts::of(&input.code);
    let (life, known_until) = life_of(state, &kind, input.until, &facts, now)?;
    Ok(CodeRecord {
        kind: kind.name.to_owned(),
        state,
        attempts: 0,
        max_attempts: code_options(core, &kind).attempts,
        made: now,
        expires: life.end(now),
        key: key.id().to_owned(),
        mac: hex_text(digits::noise()),
        bound: bound_values(&key, id, facts.bound()),
        failures: lockout_id(core, input.organization.as_deref(), user.as_deref().unwrap_or(id), kind.name)?,
        user,
        organization: input.organization.clone(),
        operation_id: facts.get("operation.id").map(str::to_owned),
        operation_name: facts.get("operation.name").map(str::to_owned),
        kept: sealed(&key, id, facts.kept())?,
        known_until,
        asked: Vec::new(),
    })
}

/// How long a code is good, and until when its id is known. One that is sent later can be sent as long as its id is known;
/// without such a time, for as long as a code would be good. One that has passed is known no longer than its operation.
fn life_of(
    state: State,
    kind: &OtpKind,
    until: Option<Time>,
    facts: &Facts,
    now: Millis,
) -> Result<(Life, Option<Millis>), Fault> {
    let known_until = kind.id_life_seconds.map(|seconds| now.saturating_add(millis_of(seconds)));
    if state == State::Waived {
        let life = Life::of(kind.life_seconds, until, facts, now)?;
        return Ok((life, known_until.map(|until| life.capped(until))));
    }
    Ok((Life::of(kind.id_life_seconds.unwrap_or(kind.life_seconds), until, facts, now)?, known_until))
}
