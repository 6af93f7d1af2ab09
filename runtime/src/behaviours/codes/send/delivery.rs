//! Handing a message to the gateway, and storing what became of it. What failed or timed out still counts; only a hook
//! that was never called gives back what was reserved.

use std::time::Duration;

use tokio::time::Instant;

use super::conversion_alarm::record_sent;
use super::draft::{Draft, Maker, draft_entry, sent_otp};
use super::rate_limits::given_back;
use super::recipient::Delivery;
use crate::behaviours::codes::country;
use crate::behaviours::codes::inputs::SentOtp;
use crate::behaviours::codes::record::{OpenRecord, code_key, parse, value};
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::fault::Fault;
use crate::hooks::{Sms, SmsOutcome};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis};
use crate::telemetry;
use crate::values::{Phone, Secret};

/// A number that is nobody's, of those kept for films.
const NOBODYS_PHONE: &str = "+447700900123";

/// Hands the message over; for a decoy, takes as long as that takes, and fares as others did. Gives what became of it, and how
/// long it took.
pub(super) async fn deliver(core: &Core, draft: &Draft, expires: Millis) -> (SmsOutcome, Duration) {
    match &draft.recipient.delivery {
        Delivery::Impossible(why) => (SmsOutcome::Refused((*why).to_owned()), Duration::ZERO),
        Delivery::Decoy(_) => decoy_outcome(core, &draft.code).await,
        Delivery::Phone(phone) => {
            let (to, text) = (phone.clone(), draft.text.clone());
            let sms = Sms { to, text, purpose: draft.purpose.clone(), id: draft.audited_id.clone() };
            let began = Instant::now();
            let outcome = call_gateway(core, sms, &draft.code).await;
            let took = began.elapsed();
            core.shared.latency.sms.took(core.now_millis(), took, &outcome);
            count(core, draft, phone, expires, &outcome);
            core.shared.latency.delivered(began, took).await;
            (outcome, took)
        }
    }
}

/// What becomes of a message that is not sent: what would become now of one that is.
async fn decoy_outcome(core: &Core, code: &Secret<String>) -> (SmsOutcome, Duration) {
    let began = Instant::now();
    // As much is kept out of the log as of a message that is sent.
    telemetry::hide(code.expose());
    telemetry::hide(NOBODYS_PHONE);
    let pass = match core.shared.guard.sms_decoy() {
        Ok(pass) => pass,
        Err(outcome) => return (outcome, Duration::ZERO),
    };
    let (took, outcome) = core.shared.latency.sms.draw(core.now_millis());
    // The outbox is no hook.
    if core.shared.outbox.is_none() {
        core.shared.guard.pass_by().await;
    }
    core.shared.latency.delivered(began, took).await;
    pass.settle_as_if(!matches!(outcome, SmsOutcome::Sent), Instant::now().into_std());
    (outcome, took)
}

async fn call_gateway(core: &Core, sms: Sms, code: &Secret<String>) -> SmsOutcome {
    if let Some(outbox) = &core.shared.outbox {
        return outbox.take(&sms, code, core.shared.clock.now());
    }
    telemetry::hide(code.expose());
    telemetry::hide(sms.to.expose());
    let (hooks, call) = core.hooks().both();
    core.shared.guard.sms(async move { hooks.send_sms(&call, &sms).await }).await
}

/// Counts a message that was handed over. No decoy is counted, so this is done while the caller is kept waiting anyway.
fn count(core: &Core, draft: &Draft, phone: &Phone, expires: Millis, outcome: &SmsOutcome) {
    telemetry::code_sent(country::of(phone.expose()).unwrap_or("unknown"), name(outcome));
    // Whether the caller's own codes are used is not seen here.
    if matches!((outcome, draft.maker), (SmsOutcome::Sent, Maker::Adapter)) {
        record_sent(core, draft, phone, expires);
    }
}

/// Stores what became of a message, and makes the answer.
pub(super) async fn record_delivery(
    core: &Core,
    draft: &Draft,
    expires: Millis,
    outcome: SmsOutcome,
) -> Result<SentOtp, Fault> {
    let decoy_reason = match draft.recipient.delivery {
        Delivery::Decoy(why) => Some(why),
        _ => None,
    };
    let failed = |why: &str| {
        let entry = draft_entry(core, draft, AuditEvent::OtpSendFailed, AuditOutcome::Failure);
        entry.with_reason(decoy_reason.unwrap_or(why))
    };
    match outcome {
        // The caller is answered that it was sent; the audit log says that it was not.
        SmsOutcome::Sent if decoy_reason.is_some() => {
            core.audit().record(vec![failed("nobody")]).await?;
            Ok(sent_otp(core, draft.audited_id.clone(), expires, None))
        }
        SmsOutcome::Sent => {
            core.audit().record(vec![draft_entry(core, draft, AuditEvent::OtpSent, AuditOutcome::Success)]).await?;
            Ok(sent_otp(core, draft.audited_id.clone(), expires, None))
        }
        SmsOutcome::Refused(why) if draft.keep_refused => {
            mark_refused(core, draft, failed("sms.refused")).await?;
            Ok(sent_otp(core, draft.audited_id.clone(), expires, Some(Fault::new("sms.refused").with_detail(why))))
        }
        SmsOutcome::Refused(why) => {
            take_back(core, draft, Counts::Kept, failed("sms.refused")).await?;
            Ok(sent_otp(core, draft.audited_id.clone(), expires, Some(Fault::new("sms.refused").with_detail(why))))
        }
        SmsOutcome::Failed(fault) | SmsOutcome::TimedOut(fault) => {
            core.audit().record(vec![failed(fault.name)]).await?;
            Err(sms_failed(fault))
        }
        SmsOutcome::NeverCalled(fault) | SmsOutcome::BreakerOpen(fault) => {
            take_back(core, draft, Counts::GivenBack, failed("never called")).await?;
            Err(sms_failed(fault))
        }
    }
}

/// Remembers that the gateway refused, for those who ask again.
async fn mark_refused(core: &Core, draft: &Draft, entry: AuditEntry) -> Result<(), Fault> {
    let mut retry = Retry::default();
    loop {
        let batch = core.store().batch().audit(entry.clone());
        let batch = change_open(core, draft, batch, |open| open.refused = true).await?;
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(()),
            other => retry.after(other).await?,
        }
    }
}

/// Removes a code that will never be known to anybody.
async fn take_back(core: &Core, draft: &Draft, counts: Counts, entry: AuditEntry) -> Result<(), Fault> {
    let (counts, unsent) = match counts {
        Counts::Kept => (Vec::new(), 0),
        Counts::GivenBack => (given_back(&draft.counts), 1),
    };
    let mut retry = Retry::default();
    loop {
        let batch = Batch { counts: counts.clone(), ..core.store().batch() };
        let batch = batch.audit(entry.clone());
        // Under an id that was there before, the next message brings another code.
        let batch = if draft.again.is_some() { batch } else { batch.delete(code_key(&draft.id)) };
        let batch = change_open(core, draft, batch, |open| open.sent = open.sent.saturating_sub(unsent)).await?;
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(()),
            other => retry.after(other).await?,
        }
    }
}

/// Adds to the batch a change of what is open, if it still is the code of this draft.
async fn change_open(
    core: &Core,
    draft: &Draft,
    batch: Batch,
    change: impl FnOnce(&mut OpenRecord),
) -> Result<Batch, Fault> {
    let Some(pointer) = &draft.open else { return Ok(batch) };
    let Some(record) = core.store().read(pointer).await?.record else { return Ok(batch) };
    let mut open: OpenRecord = parse(&record)?;
    if open.code != draft.id {
        return Ok(batch);
    }
    change(&mut open);
    let retained_until = open.retained_until();
    Ok(batch.only_if(Condition::Version(pointer.clone(), record.version)).put(
        pointer.clone(),
        value(&open)?,
        retained_until,
    ))
}

/// What becomes of the limits that a message counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    Kept,
    GivenBack,
}

/// A panic stays what it is; everything else is one fault.
fn sms_failed(fault: Fault) -> Fault {
    if fault.name == "hook.panicked" { fault } else { Fault { name: "sms.failed", ..fault } }
}

/// What became of a message, for the metrics.
fn name(outcome: &SmsOutcome) -> &'static str {
    match outcome {
        SmsOutcome::Sent => "sent",
        SmsOutcome::Refused(_) => "refused",
        SmsOutcome::Failed(_) => "failed",
        SmsOutcome::TimedOut(_) => "timed_out",
        SmsOutcome::NeverCalled(_) | SmsOutcome::BreakerOpen(_) => "not_called",
    }
}
