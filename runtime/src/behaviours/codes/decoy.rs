//! Ids that never were. They take the same steps as those of codes, an attempt of a decoy: the same reads and writes, the
//! same comparison, so that the time of an answer does not tell which ids there are. There are few decoys, so that
//! made up ids do not make the store grow.

use rand::RngExt;

use super::attempt::{AttemptStart, CodeAttempt, CodeQuery};
use super::record::{BoundValue, CodeRecord, State, code_key, value};
use crate::behaviours::retry::Retry;
use crate::behaviours::state::millis_of;
use crate::behaviours::users::{LONGEST_NAME, counted};
use crate::context::Core;
use crate::crypto::{KeyName, digits};
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed};
use crate::values::is_hidden;

/// How many decoys there are of each kind of code.
const DECOYS: u32 = 1024;

/// How many of them are tried before the answer goes without.
const MAX_RETRIES: usize = 8;

/// What a request says of a code, for the audit: in part, and not in letters that nobody sees.
#[derive(Debug, Clone, Default)]
pub(super) struct ClaimedContext {
    user: Option<String>,
    organization: Option<String>,
    operation_id: Option<String>,
    operation_name: Option<String>,
}

impl ClaimedContext {
    /// Of the values that a code would be bound to, and of the user whom a request names beside them.
    pub fn of(bound: &[(&'static str, Option<String>)], user: Option<&str>) -> Self {
        let said = |meaning: &str| {
            let (_, value) = bound.iter().find(|(name, _)| *name == meaning)?;
            value.as_deref().filter(|value| !value.is_empty())
        };
        let short = |text: &str| text.chars().filter(|letter| !is_hidden(*letter)).take(LONGEST_NAME).collect();
        ClaimedContext {
            user: user.filter(|user| !user.is_empty()).or_else(|| said("user.id")).map(counted),
            organization: said("organization.id").map(short),
            operation_id: said("operation.id").map(short),
            operation_name: said("operation.name").map(short),
        }
    }

    /// A record with what was said.
    pub fn tell(self, kind: &str, entry: AuditEntry) -> AuditEntry {
        AuditEntry {
            user: self.user,
            organization: self.organization,
            operation_id: self.operation_id,
            operation_name: self.operation_name,
            method: Some(kind.to_owned()),
            ..entry
        }
    }
}

impl Core {
    /// Reserves an attempt of a decoy. Where none is free, the answer goes without, and sooner.
    pub(super) async fn begin_decoy(&self, id: &str, asked: &CodeQuery<'_>) -> Result<AttemptStart, Fault> {
        let mut retry = Retry::at_most(MAX_RETRIES);
        loop {
            let name = format!("unknown {} {}", asked.kind.name, rand::rng().random_range(0..DECOYS));
            let row = self.lockout_id(None, &name, asked.kind.name)?;
            let lockout = self.lockout(&row).await?;
            let record = self.decoy_code(asked, row, lockout.now())?;
            let (written, retained_until) = (value(&record)?, record.retained_until());
            let (batch, reservation) =
                lockout.begin(Batch::at(self.clock_millis()).put(code_key(&name), written, retained_until));
            match self.commit(batch).await? {
                Committed::Applied(_) => {
                    let unknown = Some((id.to_owned(), ClaimedContext::of(asked.bound, asked.user)));
                    return Ok(AttemptStart::Reserved(Box::new(CodeAttempt {
                        id: name,
                        unknown,
                        record,
                        reservation,
                    })));
                }
                Committed::Conflict(_) => {
                    if !retry.pause().await {
                        break;
                    }
                }
                Committed::Full(_) | Committed::Over(_) => break,
            }
        }
        self.refuse_attempt(id, None, "otp.unknown", asked).await
    }

    /// As large as a code, and no code at all matches it.
    fn decoy_code(&self, asked: &CodeQuery<'_>, failures: String, now: i64) -> Result<CodeRecord, Fault> {
        let noise = hex::encode(digits::noise());
        let bound = |(meaning, _): &(&'static str, Option<String>)| BoundValue {
            meaning: (*meaning).to_owned(),
            mac: Some(noise.clone()),
        };
        Ok(CodeRecord {
            kind: asked.kind.name.to_owned(),
            state: State::Open,
            tries: 1,
            most_tries: asked.kind.attempts,
            made: now,
            expires: now.saturating_add(millis_of(asked.kind.life_seconds)),
            key: self.current_key(KeyName::Codes)?.id().to_owned(),
            mac: noise.clone(),
            bound: asked.bound.iter().map(bound).collect(),
            failures,
            user: None,
            organization: None,
            operation_id: None,
            operation_name: None,
            kept: None,
            known_until: None,
            asked: Vec::new(),
        })
    }

    /// An audit entry of a code that there is not: whose it would be, and for what, is what the request says.
    pub(super) fn unknown_code_entry(
        &self,
        id: &str,
        kind: &str,
        said: ClaimedContext,
        event: AuditEvent,
    ) -> AuditEntry {
        AuditEntry {
            challenge: Some(id.chars().filter(|letter| !letter.is_control()).take(64).collect()),
            ..said.tell(kind, self.event(event, AuditOutcome::Failure))
        }
    }
}
