//! Reserving an attempt of a code and of its user, in one batch that holds only if nobody was faster.

use super::code_attempt::{AttemptStart, CodeAttempt, CodeQuery, refuse_attempt};
use super::decoy::begin_decoy;
use crate::adapter::OtpKind;
use crate::behaviours::attempts::lockout::{Admission, wait_for_lockout};
use crate::behaviours::attempts::reservation::{Prepared, Reserved, reserve_with};
use crate::behaviours::codes::binding::{Difference, differs};
use crate::behaviours::codes::record::{CodeRecord, State, code_entry, code_key, parse};
use crate::behaviours::codes::token;
use crate::context::Core;
use crate::crypto::KeyName;
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, Condition, Millis, Record};

/// The longest id that is looked for.
const LONGEST_ID: usize = 256;

/// Reserves an attempt of a code and of its user, both in one batch.
pub(super) async fn begin_attempt(core: &Core, asked: CodeQuery<'_>) -> Result<AttemptStart, Fault> {
    let Some(id) = asked.id.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID) else {
        return refuse_attempt(core, asked.id.unwrap_or_default(), None, "otp.unknown", &asked).await;
    };
    match reserve_with(core, |shared| Box::pin(prepare(core, id, &asked, shared))).await? {
        Reserved::Attempt(record, reservation) => {
            let reserved = CodeAttempt { id: id.to_owned(), unknown: None, record, reservation };
            Ok(AttemptStart::Reserved(Box::new(reserved)))
        }
        Reserved::Answer(answer) => Ok(answer),
    }
}

/// Reads the code and the lockout record of its user, and counts one more attempt of the code.
async fn prepare(
    core: &Core,
    id: &str,
    asked: &CodeQuery<'_>,
    shared: Option<String>,
) -> Result<Prepared<CodeRecord, AttemptStart>, Fault> {
    let read = core.store().read(&code_key(id)).await?;
    let Some((record, stored)) = known(read.record, asked.kind)? else {
        return begin_decoy(core, id, asked).await.map(Prepared::Answer);
    };
    if let Some(fault) = refusal_before_attempt(core, id, &record, asked, read.now) {
        return refuse_attempt(core, id, Some(&record), fault, asked).await.map(Prepared::Answer);
    }
    if record.state == State::Waived && is_made_for(core, id, &record, asked) {
        return pass_again(core, id, record).await.map(Prepared::Answer);
    }
    let lockout = match wait_for_lockout(core, shared.as_deref().unwrap_or(&record.failures)).await {
        Ok(Admission::Open(lockout)) => lockout,
        Ok(Admission::Blocked(_)) => {
            return refuse_attempt(core, id, Some(&record), "otp.limited", asked).await.map(Prepared::Answer);
        }
        Err(fault) => {
            let entry = code_entry(core, id, &record, AuditEvent::OtpFailed, AuditOutcome::Failure);
            core.audit().record(vec![entry.with_reason(fault.name)]).await?;
            return Err(fault);
        }
    };
    let record = CodeRecord { attempts: record.attempts + 1, ..record };
    let batch = core.store().batch().only_if(Condition::Version(code_key(id), stored.version));
    let batch = batch.put(code_key(id), record.written()?, record.retained_until());
    Ok(Prepared::Attempt(lockout, batch, record))
}

/// Why a code may not even be attempted. What became of an id that outlives its code is answered before its time is, and
/// where it is not known, or since a newer one took its place, nothing is.
fn refusal_before_attempt(
    core: &Core,
    id: &str,
    record: &CodeRecord,
    asked: &CodeQuery<'_>,
    now: Millis,
) -> Option<&'static str> {
    let outlives = asked.kind.outlives_its_code();
    let key = core.keys().by_id(KeyName::Codes, &record.key);
    // One that was waived by an earlier version has no attempts: it gets one.
    let max_attempts = record.max_attempts.max(u32::from(record.state == State::Waived));
    let spent = (record.attempts >= max_attempts).then_some("otp.exhausted");
    match record.state {
        _ if token::is_over(record, asked.kind, now) => Some("otp.unknown"),
        _ if token::is_elsewhere(record, id, key.as_ref(), asked.bound) => Some("otp.mismatch"),
        State::Waived if now > record.known_until.unwrap_or(record.expires) => Some("otp.expired"),
        State::Waived => spent,
        State::Used | State::Waiting if outlives => Some("otp.used"),
        State::Void if outlives => Some("otp.exhausted"),
        State::Open if outlives && spent.is_some() => spent,
        State::Superseded if outlives => Some("otp.unknown"),
        State::Superseded => Some("otp.expired"),
        State::New => Some("otp.unknown"),
        State::Cancelled => Some("otp.expired"),
        _ if now > record.expires => Some("otp.expired"),
        State::Used | State::Waiting => Some("otp.used"),
        State::Void => Some("otp.exhausted"),
        State::Open if outlives && !asked.has_code => Some("otp.missing"),
        State::Open => spent,
    }
}

/// True if a code was made for all that the request says, and for its user.
fn is_made_for(core: &Core, id: &str, record: &CodeRecord, asked: &CodeQuery<'_>) -> bool {
    let key = core.keys().by_id(KeyName::Codes, &record.key);
    key.is_some_and(|key| differs(&key, id, record, asked.bound, asked.user, asked.kind.find_by).0 == Difference::None)
}

/// A code that has passed already passes again, where it is asked for what it was made for. Where it is not, that is
/// an attempt of it as of any other code.
async fn pass_again(core: &Core, id: &str, record: CodeRecord) -> Result<AttemptStart, Fault> {
    core.audit().record(vec![code_entry(core, id, &record, AuditEvent::OtpVerified, AuditOutcome::Success)]).await?;
    Ok(AttemptStart::Waived(Box::new(record)))
}

fn known(record: Option<Record>, kind: &OtpKind) -> Result<Option<(CodeRecord, Record)>, Fault> {
    let Some(stored) = record else { return Ok(None) };
    let record: CodeRecord = parse(&stored)?;
    Ok((record.kind == kind.name).then_some((record, stored)))
}
