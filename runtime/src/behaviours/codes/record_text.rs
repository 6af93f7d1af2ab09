//! A code as JSON, as it is stored: written as serde would write it, to the letter, for a third of the instructions.

use super::record::{BoundValue, CodeRecord};
use crate::fault::Fault;
use crate::json_text::{ObjectText, write_text};
use crate::values::Json;

/// For how many bytes there is room at first: as many as a code takes that is bound to a payment.
const USUAL_BYTES: usize = 1536;

impl CodeRecord {
    /// As it is stored.
    ///
    /// # Errors
    /// Never.
    pub fn written(&self) -> Result<Json, Fault> {
        let CodeRecord {
            kind,
            state,
            attempts,
            max_attempts,
            made,
            expires,
            key,
            mac,
            bound,
            failures,
            user,
            organization,
            operation_id,
            operation_name,
            kept,
            known_until,
            asked,
        } = self;
        let mut members = ObjectText::with_room(USUAL_BYTES);
        members.text("{\"kind\":", kind);
        members.text(",\"state\":", state.name());
        members.number(",\"tries\":", *attempts);
        members.number(",\"most_tries\":", *max_attempts);
        members.number(",\"made\":", *made);
        members.number(",\"expires\":", *expires);
        members.text(",\"key\":", key);
        members.text(",\"mac\":", mac);
        members.list(",\"bound\":", bound, write_bound);
        members.text(",\"failures\":", failures);
        members.text_if_any(",\"user\":", user.as_deref());
        members.text_if_any(",\"organization\":", organization.as_deref());
        members.text_if_any(",\"operation_id\":", operation_id.as_deref());
        members.text_if_any(",\"operation_name\":", operation_name.as_deref());
        members.text_if_any(",\"kept\":", kept.as_deref());
        members.number_if_any(",\"known_until\":", *known_until);
        if !asked.is_empty() {
            members.list(",\"asked\":", asked, |out, id| write_text(out, id));
        }
        let written = members.end().map_err(|error| Fault::new("unexpected").with_detail(error))?;
        Ok(Json::written(written))
    }
}

fn write_bound(out: &mut Vec<u8>, BoundValue { meaning, mac }: &BoundValue) {
    out.extend_from_slice(b"{\"meaning\":");
    write_text(out, meaning);
    out.extend_from_slice(b",\"mac\":");
    match mac {
        Some(mac) => write_text(out, mac),
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::record::State;
    use super::*;

    const STATES: [State; 8] = [
        State::New,
        State::Open,
        State::Used,
        State::Superseded,
        State::Void,
        State::Waiting,
        State::Waived,
        State::Cancelled,
    ];

    fn some() -> impl Strategy<Value = Option<String>> {
        proptest::option::of("[a-z\"\\\\\\x00-\\x1f\\x7f\u{e9}\u{2028}\u{1f600}]{0,12}")
    }

    proptest! {
        #[test]
        fn it_is_what_serde_writes(
            texts in proptest::collection::vec(some(), 9),
            bound in proptest::collection::vec((some(), some()), 0..4),
            asked in proptest::collection::vec("[a-z\"]{0,4}", 0..3),
            attempts in any::<u32>(),
            made in any::<i64>(),
            known_until in proptest::option::of(any::<i64>()),
            state in 0..STATES.len(),
        ) {
            let text = |at: usize| texts[at].clone();
            let always = |at: usize| text(at).unwrap_or_default();
            let bound = bound.into_iter().map(|(meaning, mac)| BoundValue { meaning: meaning.unwrap_or_default().into(), mac });
            let record = CodeRecord {
                kind: always(0),
                state: STATES[state],
                attempts,
                max_attempts: attempts / 2,
                made,
                expires: made / 2,
                key: always(1),
                mac: always(2),
                bound: bound.collect(),
                failures: always(3),
                user: text(4),
                organization: text(5),
                operation_id: text(6),
                operation_name: text(7),
                kept: text(8),
                known_until,
                asked,
            };
            let written = record.written().unwrap();
            prop_assert_eq!(written.as_str(), serde_json::to_string(&record).unwrap());
        }
    }
}
