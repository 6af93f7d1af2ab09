//! Takes out of a text what must not be logged: what the request itself carried, and whatever looks like a code or a
//! phone number. Banks write the texts of their errors; nobody knows what they put into them.

use std::future::Future;

use axum::body::Bytes;
use serde_json::Value;

/// The fewest letters of a request's value that are taken out; shorter ones would take out half of every text.
const SHORTEST: usize = 4;

/// The fewest digits in a row that are taken out.
const FEWEST_DIGITS: usize = 4;

tokio::task_local! {
    static REQUEST: Scrubber;
}

/// A request's body, for taking its values out of what is logged. It is looked into only when there is something to
/// log.
#[derive(Default)]
pub(crate) struct Scrubber {
    body: Bytes,
}

impl Scrubber {
    /// The scrubber of a request with this body.
    pub fn of(body: Bytes) -> Self {
        Scrubber { body }
    }

    fn scrub(&self, text: &str) -> String {
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else { return text.to_owned() };
        let mut values = Vec::new();
        collect(&body, &mut values);
        // The longest first, so that no part of one stays when a shorter one is taken out.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.iter().fold(text.to_owned(), |text, value| text.replace(value, "[value]"))
    }
}

fn collect<'a>(value: &'a Value, values: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if text.len() >= SHORTEST => values.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, values)),
        Value::Object(members) => members.values().for_each(|member| collect(member, values)),
        _ => {}
    }
}

/// Runs a request's work with its scrubber at hand.
pub(crate) async fn with_scrubber<F: Future>(scrubber: Scrubber, work: F) -> F::Output {
    REQUEST.scope(scrubber, work).await
}

/// The text without what must not be logged, on one line.
pub(crate) fn scrub(text: &str) -> String {
    let known = REQUEST.try_with(|scrubber| scrubber.scrub(text)).unwrap_or_else(|_| text.to_owned());
    super::line_safe(&without_digits(&known))
}

fn without_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain(std::iter::once('\0')) {
        if letter.is_numeric() {
            run.push(letter);
            continue;
        }
        if run.chars().count() >= FEWEST_DIGITS {
            out.push_str("[digits]");
        } else {
            out.push_str(&run);
        }
        run.clear();
        out.push(letter);
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_phones_go_and_short_numbers_stay() {
        assert_eq!(
            scrub("gateway said 503 for +420603123456, code 12345678"),
            "gateway said 503 for +[digits], code [digits]"
        );
    }

    #[test]
    fn lines_cannot_be_forged() {
        assert_eq!(scrub("broken\n2026 INFO all well\u{202e}"), "broken\\n[digits] INFO all well\\u{202e}");
    }

    #[tokio::test]
    async fn what_the_request_carried_goes() {
        let body =
            serde_json::json!({"requestObject": {"password": "s3cr3t-Heslo", "list": ["longer s3cr3t-Heslo text"]}});
        let told = with_scrubber(Scrubber::of(body.to_string().into()), async {
            scrub("no user with longer s3cr3t-Heslo text or s3cr3t-Heslo")
        });
        assert_eq!(told.await, "no user with [value] or [value]");
    }
}
