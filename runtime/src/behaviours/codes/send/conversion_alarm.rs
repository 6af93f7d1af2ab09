//! The alarm of a low conversion rate: after each message, codes that were sent earlier are looked up, and the audit log and
//! the metrics say where too few of them were used.

use super::draft::Draft;
use crate::behaviours::codes::country;
use crate::behaviours::codes::record::{CodeRecord, State, code_key, parse};
use crate::context::Core;
use crate::conversion::{Awaited, SAMPLE};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Millis};
use crate::telemetry;
use crate::values::Phone;

/// Notes that a code was sent.
pub(super) fn record_sent(core: &Core, draft: &Draft, phone: &Phone, expires: Millis) {
    if let Some(country) = country::of(phone.expose()) {
        core.shared.conversion.sent(Awaited { id: draft.id.clone(), country, expires });
    }
}

/// Looks up what became of codes that were sent earlier. A store that does not answer is no reason not to answer
/// the request at hand.
pub(super) async fn check_conversion(core: &Core) {
    for Awaited { id, country, .. } in core.shared.conversion.due(core.now_millis()) {
        let Ok(read) = core.store().read(&code_key(&id)).await else { return };
        let record = read.record.and_then(|record| parse::<CodeRecord>(&record).ok());
        let used = record.is_some_and(|record| record.state == State::Used);
        telemetry::code_settled(country, used);
        let least = core.shared.options.limits.conversion_percent;
        if let Some(used) = core.shared.conversion.became(country, used, least) {
            report_low_conversion(core, country, used).await;
        }
    }
}

async fn report_low_conversion(core: &Core, country: &'static str, used: usize) {
    tracing::warn!(country, used, of = SAMPLE, "few of the codes that are sent are used");
    telemetry::low_conversion(country);
    let entry = core.audit().entry(AuditEvent::ConversionLow, AuditOutcome::Failure);
    let why = format!("{country}: {used} of the latest {SAMPLE} were used");
    let entry = AuditEntry { method: Some("sms".to_owned()), ..entry.with_reason(why) };
    if let Err(fault) = core.audit().record(vec![entry]).await {
        tracing::warn!(fault = fault.name, "the audit log did not record that few codes are used");
    }
}
