//! Storing a new code: in one batch with the limits that its message counts against and with the end of the older code
//! of the same operation. Or answering without a new one: a repetition, or one message too many.

use super::decoy_slots::choose_decoy_slot;
use super::draft::{Draft, Maker, draft_entry, sent_otp};
use super::rate_limits::DECOYS_SENT;
use super::recipient::{Delivery, Recipient};
use crate::behaviours::attempts::lockout::lockout_id;
use crate::behaviours::codes::binding::{bound_values, code_mac};
use crate::behaviours::codes::inputs::SentOtp;
use crate::behaviours::codes::record::{BoundValue, CodeRecord, OpenRecord, State, code_key, parse, value};
use crate::behaviours::codes::sealed::sealed;
use crate::behaviours::retry::Retry;
use crate::behaviours::state::millis_of;
use crate::context::Core;
use crate::crypto::mac::equal;
use crate::crypto::{Key, KeyName, digits};
use crate::fault::Fault;
use crate::hex_text::hex_text;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis, Record};
use crate::values::Secret;

/// What is open when a code is asked for.
struct Before {
    now: Millis,
    open: Option<(OpenRecord, Record)>,
    code: Option<(CodeRecord, Record)>,
}

/// Whether a new code was stored.
pub(super) enum Issue {
    /// It was, and is good until then.
    New { expires: Millis },
    /// It was not; this is the answer.
    Instead(SentOtp),
}

/// Stores a code and reserves every limit, unless there is an answer without.
pub(super) async fn issue_code(core: &Core, draft: &mut Draft) -> Result<Issue, Fault> {
    let mut in_place = false;
    let mut retry = Retry::default();
    loop {
        let before = read_open_code(core, draft).await?;
        if let Some(answer) = Box::pin(answer_without_code(core, draft, &before)).await? {
            return Ok(Issue::Instead(answer));
        }
        let now = before.now;
        let record = draft_record(core, draft, now)?;
        let expires = record.expires;
        let mut batch = issue_batch(core, draft, before, &record)?;
        if in_place {
            let place = Box::pin(choose_decoy_slot(core, &draft.kind)).await?;
            batch = place.take(batch, draft, &record)?.audit(limit_entry(core, draft, DECOYS_SENT));
        }
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(Issue::New { expires }),
            Committed::Over(place) => {
                let family = draft.counts.get(place).map_or("sms", |count| count.family);
                if family == DECOYS_SENT {
                    draft.counts.retain(|count| count.family != DECOYS_SENT);
                    in_place = true;
                    continue;
                }
                let refused = Box::pin(refuse_limited(core, draft, None, family, now)).await?;
                return Ok(Issue::Instead(refused));
            }
            // Whoever was faster has changed the code itself.
            _ if draft.again.is_some() => return Err(changed_meanwhile()),
            other => retry.after(other).await?,
        }
    }
}

async fn read_open_code(core: &Core, draft: &Draft) -> Result<Before, Fault> {
    let read = core.store().read(draft.open.as_ref().unwrap_or(&code_key(&draft.id))).await?;
    let mut before = Before { now: read.now, open: None, code: None };
    if let (Some(_), Some(record)) = (&draft.open, read.record) {
        let open: OpenRecord = parse(&record)?;
        if let Some(code) = core.store().read(&code_key(&open.code)).await?.record {
            before.code = Some((parse(&code)?, code));
        }
        before.open = Some((open, record));
    }
    Ok(before)
}

/// The answer without a new code, if there is one.
async fn answer_without_code(core: &Core, draft: &Draft, before: &Before) -> Result<Option<SentOtp>, Fault> {
    let limits = &core.shared.options.limits;
    let Some((open, _)) = before.open.as_ref().filter(|_| draft.for_operation) else { return Ok(None) };
    if let Some((code, _)) = &before.code {
        let soon = before.now - open.made < millis_of(limits.resend_interval_seconds);
        // Its operation may end sooner than it was said to when the code was made.
        let short_enough = draft.life.capped(code.expires) == code.expires;
        let again = soon && short_enough && !draft.resend && code.is_usable(before.now);
        if again && is_repetition(core, draft, open, code) {
            let entry = draft_entry(core, draft, AuditEvent::OtpRepeated, AuditOutcome::Success);
            core.audit().record(vec![AuditEntry { challenge: Some(draft.known_as(&open.code)), ..entry }]).await?;
            let refusal = open.refused.then(|| Fault::new("sms.refused"));
            return Ok(Some(sent_otp(core, draft.known_as(&open.code), code.expires, refusal)));
        }
    }
    if !limits.dev_limits_off && open.sent > limits.resends_per_operation {
        let code = before.code.as_ref().map(|_| draft.known_as(&open.code));
        return refuse_limited(core, draft, code, "sms.operation", before.now).await.map(Some);
    }
    Ok(None)
}

fn is_repetition(core: &Core, draft: &Draft, open: &OpenRecord, code: &CodeRecord) -> bool {
    let key = core.keys().by_id(KeyName::Codes, &code.key);
    let is_same = |key: &Key| {
        let bound = bound_values(key, &open.code, draft.facts.bound());
        let same_message = draft.maker == Maker::Adapter || is_message(key, &open.code, draft, &bound, &code.mac);
        bound == code.bound && same_message
    };
    key.is_some_and(|key| is_same(&key)) && code.user == draft.recipient.user
}

/// One message too many. A code that is open stays as good as it is.
async fn refuse_limited(
    core: &Core,
    draft: &Draft,
    open: Option<String>,
    limit: &str,
    now: Millis,
) -> Result<SentOtp, Fault> {
    core.audit().record(vec![limit_entry(core, draft, limit)]).await?;
    let expires = draft.life.end(now);
    let id = open.unwrap_or_else(|| draft.audited_id.clone());
    Ok(sent_otp(core, id, expires, Some(Fault::new("sms.limited").with_detail(limit))))
}

fn limit_entry(core: &Core, draft: &Draft, limit: &str) -> AuditEntry {
    draft_entry(core, draft, AuditEvent::LimitHit, AuditOutcome::Failure).with_reason(limit)
}

pub(super) fn draft_record(core: &Core, draft: &Draft, now: Millis) -> Result<CodeRecord, Fault> {
    let key = core.keys().current(KeyName::Codes)?;
    let bound = bound_values(&key, &draft.id, draft.facts.bound());
    let mac = match (draft.maker, &draft.recipient.delivery) {
        (Maker::Caller, _) => callers_mac(&key, &draft.id, draft, &bound),
        (Maker::Adapter, Delivery::Decoy(_)) => hex_text(digits::noise()),
        (Maker::Adapter, _) => hex_text(code_mac(&key, &draft.id, draft.kind.name, &bound, draft.code.expose())),
    };
    let Recipient { user, organization, counted_in, .. } = &draft.recipient;
    // Where there is no user failures count under the phone, nobody's under the code itself.
    let subject = user.as_deref().or(draft.recipient.subject().phone).unwrap_or(&draft.id);
    let old = draft.again.as_ref().map(|(old, _)| old);
    Ok(CodeRecord {
        kind: draft.kind.name.to_owned(),
        state: State::Open,
        // Another code under the same id has the attempts that are left.
        attempts: old.map_or(0, |old| old.attempts),
        max_attempts: draft.options.attempts,
        made: old.map_or(now, |old| old.made),
        expires: draft.life.end(now),
        key: key.id().to_owned(),
        mac,
        bound,
        failures: lockout_id(core, counted_in.as_deref(), subject, draft.kind.name)?,
        user: user.clone(),
        organization: organization.clone(),
        operation_id: draft.facts.get("operation.id").map(str::to_owned),
        operation_name: draft.facts.get("operation.name").map(str::to_owned),
        kept: sealed(&key, &draft.id, draft.facts.kept())?,
        known_until: match old {
            Some(old) => old.known_until,
            None => draft.kind.id_life_seconds.map(|seconds| now.saturating_add(millis_of(seconds))),
        },
        asked: Vec::new(),
    })
}

fn issue_batch(core: &Core, draft: &Draft, before: Before, record: &CodeRecord) -> Result<Batch, Fault> {
    let key = code_key(&draft.id);
    let unchanged = match &draft.again {
        Some((_, read)) => Condition::Version(key.clone(), read.version),
        None => Condition::Absent(key.clone()),
    };
    let mut batch = Batch { counts: draft.counts.clone(), ..core.store().batch() }.only_if(unchanged).put(
        key,
        record.written()?,
        record.retained_until(),
    );
    let other = before.open.as_ref().filter(|(open, _)| open.code != draft.id);
    if let (Some((open, _)), Some((old, read))) = (other, before.code) {
        batch = supersede(core, draft, open, old, &read, batch)?;
    }
    if let Some(pointer) = &draft.open {
        let (sent, read) = before.open.map_or((0, None), |(open, read)| (open.sent, Some(read)));
        let open = OpenRecord { code: draft.id.clone(), made: record.made, sent: sent + 1, refused: false };
        batch = batch.only_if(Condition::unchanged(pointer.clone(), read.as_ref())).put(
            pointer.clone(),
            value(&open)?,
            open.retained_until(),
        );
    }
    Ok(batch.audit(AuditEntry {
        data_digest: Some(record.digest()),
        key: Some(record.key.clone()),
        attempts: Some(record.max_attempts),
        detail: (!draft.differs.is_empty()).then(|| serde_json::json!({ "differs_from_data": draft.differs })),
        ..draft_entry(core, draft, AuditEvent::OtpIssued, AuditOutcome::Success)
    }))
}

/// Ends the older code, if it is open.
fn supersede(
    core: &Core,
    draft: &Draft,
    open: &OpenRecord,
    old: CodeRecord,
    read: &Record,
    batch: Batch,
) -> Result<Batch, Fault> {
    let key = code_key(&open.code);
    let batch = batch.only_if(Condition::Version(key.clone(), read.version));
    if old.state != State::Open {
        return Ok(batch);
    }
    let entry = draft_entry(core, draft, AuditEvent::OtpSuperseded, AuditOutcome::Success);
    let retained_until = old.retained_until();
    Ok(batch
        .put(key, CodeRecord { state: State::Superseded, ..old }.written()?, retained_until)
        .audit(AuditEntry { challenge: Some(open.code.clone()), ..entry }))
}

/// A code that was used, or sent again, while it was to be sent again: nothing was sent, and it may be asked for anew.
fn changed_meanwhile() -> Fault {
    Fault::overloaded("the code changed while it was sent again")
}

/// True if this is the MAC of the draft's message.
fn is_message(key: &Key, id: &str, draft: &Draft, bound: &[BoundValue], stored: &str) -> bool {
    equal(callers_mac(key, id, draft, bound).as_bytes(), stored.as_bytes())
}

/// What distinguishes one of the caller's messages from another. No code can be right by it: it is of code and id together, and
/// the id under which it is stored is known to nobody.
fn callers_mac(key: &Key, id: &str, draft: &Draft, bound: &[BoundValue]) -> String {
    let message = Secret::new(format!("{}\n{}", draft.code.expose(), draft.audited_id));
    hex_text(code_mac(key, id, draft.kind.name, bound, message.expose()))
}
