//! The text of a message in the caller's own words: one line, without what would hide a sign, turn the text around or make
//! a link, with the code in it, in two parts at most.

use countersign_engine::sms;

use super::message_text::unfit;
use crate::behaviours::codes::written::{cleaned, plainly};
use crate::context::Core;
use crate::fault::Fault;
use crate::values::Secret;
use crate::wire::Unfit;

/// What says them in a request.
const WORDS: &str = "sms.words";

/// The most parts that a message is sent in.
const MOST_PARTS: usize = 2;

/// The caller's words as they are sent, with the code in the place of its mark.
pub(super) fn callers_text(
    core: &Core,
    words: &Secret<String>,
    mark: Option<&str>,
    code: &str,
) -> Result<Secret<String>, Fault> {
    let with_code = mark.map(|mark| Secret::new(words.expose().replace(mark, code)));
    let words = with_code.as_ref().unwrap_or(words);
    let text = as_sent(words.expose(), core.shared.options.limits.plain_signs);
    if !text.contains(code) {
        return Err(unfit(core, WORDS, Unfit::Malformed).with_detail("the caller's words do not hold the code"));
    }
    if sms::parts(&text) > MOST_PARTS {
        let why = format!("the caller's words are longer than {MOST_PARTS} parts");
        return Err(unfit(core, WORDS, Unfit::TooLong).with_detail(why));
    }
    Ok(Secret::new(text))
}

/// Words as they are sent; in plain signs, if they need no other alphabet then.
fn as_sent(words: &str, plain_signs: bool) -> String {
    let text = cleaned(words.trim());
    let plain = cleaned(&plainly(words.trim()));
    if plain_signs && !sms::is_gsm(&text) && sms::is_gsm(&plain) { plain } else { text }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::memory::MemoryStore;
    use crate::testing::{ADAPTER, Desk, TestBank};

    fn sent(words: &str) -> Result<String, Fault> {
        let desk = Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), Arc::new(TestBank::with([])), |_| {}).unwrap();
        let text = callers_text(&desk.core(), &Secret::new(words.to_owned()), Some("{{code}}"), "A1B2C3")?;
        Ok(text.expose().clone())
    }

    #[test]
    fn words_go_out_without_links_and_hidden_signs() {
        assert_eq!(
            sent("Your code is A1B2C3. It is good for 5 minutes.").unwrap(),
            "Your code is A1B2C3. It is good for 5 minutes."
        );
        assert_eq!(sent("A1B2C3\nsee https://evil.example/x").unwrap(), "A1B2C3 see https: evil. example/x");
        assert_eq!(sent("A1\u{200b}B2C3 \u{202e}now").unwrap(), "A1B2C3 now");
        assert_eq!(sent("Your code: “A1B2C3”").unwrap(), "Your code: \"A1B2C3\"");
        assert_eq!(sent("{{code}} is for evil.example").unwrap(), "A1B2C3 is for evil. example");
    }

    #[test]
    fn words_without_the_code_or_too_long_are_not_sent() {
        for words in ["", "Your code is secret", "a1b2c3", &format!("A1B2C3 {}", "x".repeat(300))] {
            let fault = sent(words).unwrap_err();
            // This request was never read from JSON, so no field has the value.
            assert_eq!(fault.name, "sms.failed", "{words}");
        }
    }
}
