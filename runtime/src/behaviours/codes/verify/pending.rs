//! Codes that were right and now wait for answers: which questions were asked, how often they were answered, and who
//! may end the waiting. What answers are is another family's business; every change here is part of a batch that holds
//! only if nobody else changed the code.

use crate::behaviours::codes::binding::{Difference, Facts, bound_values, compare};
use crate::behaviours::codes::inputs::OneTimeCode;
use crate::behaviours::codes::open_code::open_code_of_user;
use crate::behaviours::codes::record::{CodeRecord, OpenRecord, State, code_entry, code_key, parse, value};
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::crypto::{KeyName, seal};
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis, Read, Record};

/// A code that waits for answers.
pub(in crate::behaviours) struct Pending {
    id: String,
    record: CodeRecord,
    stored: Record,
}

/// A code as it was read, and when.
struct StoredCode {
    record: CodeRecord,
    stored: Record,
    now: Millis,
}

/// Lets a code that was just spent wait for answers to these questions.
pub(in crate::behaviours) async fn wait_for_answers(core: &Core, id: &str, asked: Vec<String>) -> Result<(), Fault> {
    let mut retry = Retry::default();
    loop {
        let spent = read_stored_code(core, id).await?.filter(|code| code.record.state == State::Used);
        let Some(StoredCode { record, stored, .. }) = spent else {
            return Err(Fault::new("unexpected").with_detail("the code that questions are asked for is not spent"));
        };
        let max_attempts = core.shared.options.limits.failures;
        let record = CodeRecord { state: State::Waiting, asked: asked.clone(), attempts: 0, max_attempts, ..record };
        let entry = code_entry(core, id, &record, AuditEvent::QuestionsAsked, AuditOutcome::Success);
        let batch = put(core.store().batch().audit(entry), id, &record, &stored)?;
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(()),
            other => retry.after(other).await?,
        }
    }
}

/// The code of a user that waits for answers and was made for the same values; its time is not over.
pub(in crate::behaviours) async fn pending_code<C: OneTimeCode>(
    core: &Core,
    code: &C,
    user: &str,
) -> Result<Option<Pending>, Fault> {
    let Some(pointer) = open_code_of_user(core, &C::KIND, &Facts::of(code), Some(user))? else { return Ok(None) };
    let Some(open) = core.store().read(&pointer).await?.record else { return Ok(None) };
    let id = parse::<OpenRecord>(&open)?.code;
    let Some(StoredCode { record, stored, now }) = read_stored_code(core, &id).await? else { return Ok(None) };
    let fits = record.kind == C::KIND.name
        && record.user.as_deref() == Some(user)
        && record.is_waiting(now)
        && is_same_code(core, &id, &record, code);
    Ok(fits.then_some(Pending { id, record, stored }))
}

/// The same code as it is now; none if it waits no more.
pub(in crate::behaviours) async fn still_pending(core: &Core, before: &Pending) -> Result<Option<Pending>, Fault> {
    let now = read_stored_code(core, &before.id).await?.filter(|code| code.record.state == State::Waiting);
    Ok(now.map(|StoredCode { record, stored, .. }| Pending { id: before.id.clone(), record, stored }))
}

/// An audit entry of a code that waits.
pub(in crate::behaviours) fn pending_entry(
    core: &Core,
    pending: &Pending,
    event: AuditEvent,
    outcome: AuditOutcome,
) -> AuditEntry {
    code_entry(core, &pending.id, &pending.record, event, outcome)
}

async fn read_stored_code(core: &Core, id: &str) -> Result<Option<StoredCode>, Fault> {
    let Read { record, now } = core.store().read(&code_key(id)).await?;
    record.map(|stored| Ok(StoredCode { record: parse(&stored)?, stored, now })).transpose()
}

/// True if all that the code binds and keeps is what the request says.
fn is_same_code<C: OneTimeCode>(core: &Core, id: &str, record: &CodeRecord, code: &C) -> bool {
    let Some(key) = core.keys().by_id(KeyName::Codes, &record.key) else { return false };
    let (difference, _) = compare(record, bound_values(&key, id, &code.bound()), &[]);
    let opened = record.kept.as_deref().map(|sealed| seal::open(&key, id, sealed));
    let kept: Vec<(String, Option<String>)> = match opened {
        Some(Some(text)) => serde_json::from_str(&text).unwrap_or_default(),
        Some(None) => return false,
        None => Vec::new(),
    };
    let there = |meaning: &str| kept.iter().find(|(name, _)| name == meaning).and_then(|(_, value)| value.clone());
    difference == Difference::None && code.kept().into_iter().all(|(meaning, value)| value == there(meaning))
}

impl Pending {
    /// The questions that were asked.
    pub fn asked(&self) -> &[String] {
        &self.record.asked
    }

    /// True if this was its last attempt.
    pub fn is_exhausted(&self) -> bool {
        self.record.attempts >= self.record.max_attempts
    }

    /// Adds to the batch that an attempt of it begins.
    pub fn begin(&self, batch: Batch) -> Result<Batch, Fault> {
        let record = CodeRecord { attempts: self.record.attempts.saturating_add(1), ..self.record.clone() };
        put(batch, &self.id, &record, &self.stored)
    }

    /// Adds to the batch that it waits no more, since its answers were right.
    pub fn finish(&self, batch: Batch) -> Result<Batch, Fault> {
        put(batch, &self.id, &CodeRecord { state: State::Used, ..self.record.clone() }, &self.stored)
    }

    /// Adds to the batch that it waits no more, since its answers were wrong too often.
    pub fn give_up(&self, batch: Batch) -> Result<Batch, Fault> {
        put(batch, &self.id, &CodeRecord { state: State::Void, ..self.record.clone() }, &self.stored)
    }
}

fn put(batch: Batch, id: &str, record: &CodeRecord, read: &Record) -> Result<Batch, Fault> {
    let key = code_key(id);
    let batch = batch.only_if(Condition::Version(key.clone(), read.version));
    Ok(batch.put(key, value(record)?, record.retained_until()))
}
