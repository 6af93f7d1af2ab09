//! Takes out of a text what must not be logged: what the request itself carried, and whatever looks like a code or a
//! phone number. Banks write the texts of their errors; nobody knows what they put into them.

use std::cell::RefCell;
use std::future::Future;

use serde_json::Value;
use zeroize::Zeroize;

/// The fewest letters of a request's value that are taken out; shorter ones would take out half of every text.
const SHORTEST: usize = 4;

/// The fewest digits in a row that are taken out.
const FEWEST_DIGITS: usize = 4;

tokio::task_local! {
    static REQUEST: RefCell<Scrubber>;
}

/// The values of one request, for taking them out of what is logged.
#[derive(Default)]
pub(crate) struct Scrubber {
    values: Vec<String>,
}

impl Scrubber {
    /// The texts of a request's body.
    pub fn of(body: Option<&Value>) -> Self {
        let mut scrubber = Scrubber::default();
        if let Some(body) = body {
            scrubber.collect(body);
        }
        // The longest first, so that no part of one stays when a shorter one is taken out.
        scrubber.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        scrubber
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::String(text) if text.len() >= SHORTEST => self.values.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(members) => members.values().for_each(|member| self.collect(member)),
            _ => {}
        }
    }

    fn scrub(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in &self.values {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), "[value]");
            }
        }
        text
    }
}

impl Drop for Scrubber {
    fn drop(&mut self) {
        self.values.iter_mut().for_each(Zeroize::zeroize);
    }
}

/// Runs a request's work with its scrubber at hand.
pub(crate) async fn with_scrubber<F: Future>(scrubber: Scrubber, work: F) -> F::Output {
    REQUEST.scope(RefCell::new(scrubber), work).await
}

/// The text without what must not be logged, on one line.
pub(crate) fn scrub(text: &str) -> String {
    let known = REQUEST.try_with(|scrubber| scrubber.borrow().scrub(text)).unwrap_or_else(|_| text.to_owned());
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
        assert_eq!(scrub("gateway said 503 for +420603123456, code 12345678"), "gateway said 503 for +[digits], code [digits]");
    }

    #[test]
    fn lines_cannot_be_forged() {
        assert_eq!(scrub("broken\n2026 INFO all well\u{202e}"), "broken\\n[digits] INFO all well\\u{202e}");
    }

    #[tokio::test]
    async fn what_the_request_carried_goes() {
        let body = serde_json::json!({"requestObject": {"password": "s3cr3t-Heslo", "list": ["longer s3cr3t-Heslo text"]}});
        let told = with_scrubber(Scrubber::of(Some(&body)), async { scrub("no user with longer s3cr3t-Heslo text or s3cr3t-Heslo") });
        assert_eq!(told.await, "no user with [value] or [value]");
    }
}
