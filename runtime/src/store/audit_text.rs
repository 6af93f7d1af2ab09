//! An audit entry as JSON: what is stored, and what its MAC is made of. It is written as serde would write it, to the letter,
//! for a third of the instructions; a request has one entry or more.

use super::StoreError;
use super::audit::AuditEntry;
use crate::json_text::ObjectText;

/// For how many bytes there is room at first.
const USUAL_BYTES: usize = 1024;

/// An entry as it is stored.
pub(super) fn written(entry: &AuditEntry) -> Result<String, StoreError> {
    let AuditEntry {
        time,
        node,
        event,
        outcome,
        reason,
        organization,
        user,
        caller,
        source,
        operation_id,
        operation_name,
        method,
        challenge,
        data_digest,
        attempt,
        attempts,
        key,
        detail,
        request,
        adapter,
        definition,
        version,
    } = entry;
    let mut members = ObjectText::with_room(USUAL_BYTES);
    members.number("{\"time\":", *time);
    members.text(",\"node\":", node);
    members.text(",\"event\":", event.name());
    members.text(",\"outcome\":", outcome.name());
    members.text_if_any(",\"reason\":", reason.as_deref());
    members.text_if_any(",\"organization\":", organization.as_deref());
    members.text_if_any(",\"user\":", user.as_deref());
    members.text_if_any(",\"caller\":", caller.as_deref());
    members.text_if_any(",\"source\":", source.as_deref());
    members.text_if_any(",\"operation_id\":", operation_id.as_deref());
    members.text_if_any(",\"operation_name\":", operation_name.as_deref());
    members.text_if_any(",\"method\":", method.as_deref());
    members.text_if_any(",\"challenge\":", challenge.as_deref());
    members.text_if_any(",\"data_digest\":", data_digest.as_deref());
    members.number_if_any(",\"attempt\":", *attempt);
    members.number_if_any(",\"attempts\":", *attempts);
    members.text_if_any(",\"key\":", key.as_deref());
    if let Some(detail) = detail {
        members.raw(",\"detail\":", &detail.to_string());
    }
    members.text(",\"request\":", request);
    members.text(",\"adapter\":", adapter);
    members.text(",\"definition\":", definition);
    members.text(",\"version\":", version);
    // The memory engine keeps entries, so they take no more than they need.
    members.end().map_err(|error| StoreError::Unavailable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::{AuditEvent, AuditOutcome};

    fn some() -> impl Strategy<Value = Option<String>> {
        proptest::option::of("[a-z\"\\\\\\x00-\\x1f\\x7f\u{e9}\u{2028}\u{1f600}]{0,12}")
    }

    proptest! {
        #[test]
        fn it_is_what_serde_writes(
            texts in proptest::collection::vec(some(), 13),
            numbers in proptest::collection::vec(proptest::option::of(any::<u32>()), 2),
            time in any::<i64>(),
            detail in proptest::option::of("[a-z\"\n]{0,4}"),
        ) {
            let text = |at: usize| texts[at].clone();
            let always = |at: usize| text(at).unwrap_or_default();
            let entry = AuditEntry {
                time,
                node: always(0).into(),
                reason: text(0),
                organization: text(1),
                user: text(2),
                caller: text(3),
                source: text(4),
                operation_id: text(5),
                operation_name: text(6),
                method: text(7),
                challenge: text(8),
                data_digest: text(9),
                attempt: numbers[0],
                attempts: numbers[1],
                key: text(10),
                detail: detail.map(|text| serde_json::json!({ "of": [text, 1.5, null] })),
                request: always(11),
                adapter: always(12).into(),
                definition: always(1).into(),
                version: always(2).into(),
                ..AuditEntry::new(0, AuditEvent::OtpBindingMismatch, AuditOutcome::Failure)
            };
            prop_assert_eq!(written(&entry).unwrap(), serde_json::to_string(&entry).unwrap());
        }
    }
}
