//! Takes out of a text what must not be logged: what the request itself carried, what was made of it or for it on the
//! way (a decrypted password, a new code), and whatever looks like a code or a phone number. Banks write the texts of
//! their errors; nobody knows what they put into them.

use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::request_scope::RequestScope;

/// The fewest letters of a request's value that are taken out; shorter ones would take out half of every text.
const SHORTEST: usize = 4;

/// The fewest digits in a row that are taken out.
const FEWEST_DIGITS: usize = 4;

/// The fewest digits that are taken out where blanks, dashes or the like stand between them, as in `603 123 456`.
const FEWEST_DIGITS_APART: usize = 7;

/// The body of a request, whose texts must not be logged.
pub(crate) trait HasTexts: Send + Sync {
    /// All texts in it.
    fn texts(&self) -> Vec<&str>;
}

/// A request's body, for taking its values out of what is logged. It is looked into only when there is something to
/// log.
#[derive(Default)]
pub(crate) struct Scrubber {
    body: Option<Arc<dyn HasTexts>>,
    made: Mutex<Vec<Zeroizing<String>>>,
}

impl Scrubber {
    /// The scrubber of a request with this body.
    pub fn of(body: Arc<dyn HasTexts>) -> Self {
        Scrubber { body: Some(body), ..Scrubber::default() }
    }

    fn scrub(&self, text: &str) -> String {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let mut values: Vec<&str> = made.iter().map(|secret| secret.as_str()).collect();
        let texts = self.body.iter().flat_map(|body| body.texts());
        values.extend(texts.filter(|text| text.len() >= SHORTEST));
        // The longest first, so that no part of one stays when a shorter one is taken out.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let take_out = |text: String, value: &&str| {
            // Errors often quote what they are about as a literal of a program.
            let quoted = Zeroizing::new(value.escape_debug().to_string());
            text.replace(value, "[value]").replace(quoted.as_str(), "[value]")
        };
        values.iter().fold(text.to_owned(), take_out)
    }
}

/// Takes a secret that the request did not carry itself out of whatever is logged from now on.
pub(crate) fn hide(secret: &str) {
    let hide = |scrubber: &Scrubber| {
        let mut made = scrubber.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.push(Zeroizing::new(secret.to_owned()));
    };
    if !secret.is_empty() {
        // Outside a request, such as in tests of behaviours, there is nothing to be scrubbed with.
        let _ = RequestScope::ask(hide);
    }
}

/// The text without what must not be logged, on one line.
pub(crate) fn scrub(text: &str) -> String {
    let known = RequestScope::ask(|scrubber: &Scrubber| scrubber.scrub(text)).unwrap_or_else(|| text.to_owned());
    super::line_safe(&without_digits(&known))
}

fn without_digits(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| letters.get(at).is_some_and(|letter| letter.is_numeric());
    let goes_on = |at: usize| {
        is_digit(at) || (letters.get(at).is_some_and(|it| " -./()\u{a0}".contains(*it)) && is_digit(at + 1))
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        if !is_digit(at) {
            out.push(*letter);
            at += 1;
            continue;
        }
        let together = (at..).take_while(|place| is_digit(*place)).count();
        let whole = (at..).take_while(|place| goes_on(*place)).count();
        let digits = (at..at + whole).filter(|place| is_digit(*place)).count();
        let hidden = if digits >= FEWEST_DIGITS_APART { whole } else { together };
        if digits >= FEWEST_DIGITS_APART || together >= FEWEST_DIGITS {
            out.push_str("[digits]");
        } else {
            out.extend(letters.iter().skip(at).take(together));
        }
        at += hidden;
    }
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
    fn digits_that_stand_apart_go_too() {
        assert_eq!(scrub("no route to +420 603 123-456 (try 3)"), "no route to +[digits] (try 3)");
        assert_eq!(scrub("spelled 77 03 81 83."), "spelled [digits].");
        assert_eq!(scrub("tried 2 of 3 in 10 s, then 404"), "tried 2 of 3 in 10 s, then 404");
    }

    #[test]
    fn lines_cannot_be_forged() {
        assert_eq!(scrub("broken\n2026 INFO all well\u{202e}"), "broken\\n[digits] INFO all well\\u{202e}");
    }

    fn with(scrubber: Scrubber) -> RequestScope {
        RequestScope::default().with(scrubber)
    }

    #[tokio::test]
    async fn what_the_request_carried_goes() {
        let body = br#"{"requestObject": {"password": "s3cr3t-H\u0065slo", "list": ["longer s3cr3t-Heslo text"]}}"#;
        let body = Arc::new(crate::wire::Tape::read(body).unwrap());
        let shown =
            with(Scrubber::of(body)).during(async { scrub("no user with longer s3cr3t-Heslo text or s3cr3t-Heslo") });
        assert_eq!(shown.await, "no user with [value] or [value]");
    }

    #[tokio::test]
    async fn what_was_made_on_the_way_goes() {
        let shown = with(Scrubber::default()).during(async {
            hide("ABCDEFGH");
            hide("");
            hide("he\"slo");
            scrub(&format!("cannot send `Your code is ABCDEFGH`, {:?}", "he\"slo"))
        });
        assert_eq!(shown.await, "cannot send `Your code is [value]`, \"[value]\"");
    }
}
