//! The text of a message. What is inserted is cleaned, so that no request can make it say something else. It is sent in
//! two parts at most: a value that makes it longer is a broken rule of its field, unless the definition lets it be cut.

use std::collections::BTreeMap;

use countersign_engine::sms;

use crate::behaviours::codes::binding::Facts;
use crate::behaviours::codes::written::{cleaned, cut, plainly};
use crate::context::Core;
use crate::fault::Fault;
use crate::shown::Shown;
use crate::values::Secret;
use crate::wire::Unfit;

/// The most parts that a message is sent in.
const MOST_PARTS: usize = 2;

/// The most signs of a value that any message could show.
const MOST_SIGNS: usize = 306;

/// The fewest signs of a value that is cut.
const FEWEST_SIGNS: usize = 8;

/// The meaning of the code in a message.
const CODE: &str = "otp.code";

/// What a message shows, by meaning.
type Values = BTreeMap<&'static str, Shown>;

/// The letters of a currency's code.
const CURRENCY_LETTERS: usize = 3;

/// A message before it is written.
struct Unwritten<'a> {
    core: &'a Core,
    language: Option<&'a str>,
    key: &'a str,
}

/// The text of a message with the code in it.
pub(super) fn sms_text(
    core: &Core,
    language: Option<&str>,
    key: &str,
    facts: &Facts,
    code: &str,
) -> Result<Secret<String>, Fault> {
    let message = Unwritten { core, language, key };
    let of_code = facts.shown().map(|(meaning, value)| (meaning, Shown::Text(value.to_owned())));
    // What is handed over besides goes before: there numbers are numbers.
    let handed = core.shown.iter().map(|(meaning, value)| (*meaning, value.clone()));
    let mut values: Values = of_code.chain(handed).collect();
    values.insert(CODE, Shown::Text(code.to_owned()));
    let mut text = message.with(&values)?;
    if !text.contains(code) {
        return Err(Fault::new("unexpected").with_detail(format_args!("the text `{key}` does not hold the code")));
    }
    if !fits(&text) {
        text = match message.shortened(values.clone(), facts.shortens)? {
            Some(shorter) => shorter,
            None => return Err(message.too_long(&values)?),
        };
    }
    Ok(Secret::new(text))
}

/// Refuses a currency that is no code of three letters.
pub(super) fn check_currency(core: &Core, facts: &Facts) -> Result<(), Fault> {
    let currency = facts.shown().find(|(meaning, _)| *meaning == "operation.currency");
    let is_code =
        |text: &str| text.len() == CURRENCY_LETTERS && text.bytes().all(|letter| letter.is_ascii_alphabetic());
    match currency.filter(|(_, text)| !is_code(text)) {
        None => Ok(()),
        Some((meaning, _)) => {
            Err(unfit(core, meaning, Unfit::Malformed).with_detail("the currency has no three letters"))
        }
    }
}

/// A broken rule of the field that has the value. What the request does not say is from the bank, and no message is sent.
pub(super) fn unfit(core: &Core, meaning: &str, why: Unfit) -> Fault {
    core.broken(meaning, why).unwrap_or(Fault::new("sms.failed"))
}

impl Unwritten<'_> {
    /// The message with these values; in plain signs, if it needs no other alphabet then.
    fn with(&self, values: &Values) -> Result<String, Fault> {
        let text = self.filled(values, cleaned)?;
        if sms::is_gsm(&text) || !self.core.shared.options.limits.plain_signs {
            return Ok(text);
        }
        let plain = self.filled(values, |value| cleaned(&plainly(value)))?;
        Ok(if sms::is_gsm(&plain) { plain } else { text })
    }

    fn filled(&self, values: &Values, written: impl Fn(&str) -> String) -> Result<String, Fault> {
        let value = |meaning: &str| match values.get(meaning)? {
            Shown::Text(text) if meaning != CODE => Some(Shown::Text(written(text))),
            other => Some(other.clone()),
        };
        self.core.text_of_values(self.language, self.key, value)
    }

    /// The message with the longest of these values cut, and with more of them if that is not enough.
    fn shortened(&self, mut values: Values, meanings: &[&'static str]) -> Result<Option<String>, Fault> {
        let long = meanings.iter().filter_map(|meaning| match values.get(meaning)? {
            Shown::Text(text) => Some((*meaning, text.clone())),
            Shown::Integer(_) | Shown::Flag(_) => None,
        });
        let mut long: Vec<(&'static str, String)> = long.collect();
        long.retain(|(_, value)| value.chars().count() > FEWEST_SIGNS);
        long.sort_by_key(|(_, value)| std::cmp::Reverse(value.chars().count()));
        for (meaning, whole) in long {
            let mut cut_at = |most: usize| {
                values.insert(meaning, Shown::Text(cut(&whole, most)));
                self.with(&values).map(|text| Some(text).filter(|text| fits(text)))
            };
            let Some(mut best) = cut_at(FEWEST_SIGNS)? else { continue };
            let (mut few, mut many) = (FEWEST_SIGNS, whole.chars().count().min(MOST_SIGNS) + 1);
            while many - few > 1 {
                let most = few.midpoint(many);
                match cut_at(most)? {
                    Some(text) => (few, best) = (most, text),
                    None => many = most,
                }
            }
            return Ok(Some(best));
        }
        Ok(None)
    }

    /// The fault of a message that is too long: a broken rule of the field whose value takes the most of it.
    fn too_long(&self, values: &Values) -> Result<Fault, Fault> {
        let why = format!("the message `{}` is longer than {MOST_PARTS} parts", self.key);
        let Some(meaning) = self.longest(values)? else { return Ok(Fault::new("unexpected").with_detail(why)) };
        let why = format!("{why} with this `{meaning}`");
        Ok(unfit(self.core, meaning, Unfit::TooLong).with_detail(why))
    }

    /// The value that takes the most of the message.
    fn longest(&self, values: &Values) -> Result<Option<&'static str>, Fault> {
        let whole = self.with(values)?.chars().count();
        let (mut longest, mut most) = (None, 0);
        let texts = values.iter().filter(|(meaning, value)| **meaning != CODE && matches!(value, Shown::Text(_)));
        for (meaning, _) in texts {
            let mut without = values.clone();
            without.insert(meaning, Shown::Text(String::new()));
            let taken = whole.saturating_sub(self.with(&without)?.chars().count());
            if taken > most {
                (longest, most) = (Some(*meaning), taken);
            }
        }
        Ok(longest)
    }
}

fn fits(text: &str) -> bool {
    sms::parts(text) <= MOST_PARTS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::adapter::{Adapter, OtpKind, Text};
    use crate::behaviours::codes::OneTimeCode;
    use crate::store::memory::MemoryStore;
    use crate::testing::{ADAPTER, Desk, TestBank, TestOtp};

    /// A code for a purchase, whose shop may be cut; its note may not.
    #[derive(Default)]
    struct Purchase {
        shop: &'static str,
        note: &'static str,
    }

    impl OneTimeCode for Purchase {
        const KIND: OtpKind = TestOtp::KIND;
        const SHORTENS: &'static [&'static str] = &["card.shop"];

        fn bound(&self) -> Vec<(&'static str, Option<String>)> {
            vec![("card.shop", Some(self.shop.to_owned())), ("card.note", Some(self.note.to_owned()))]
        }

        fn kept(&self) -> Vec<(&'static str, Option<String>)> {
            Vec::new()
        }

        fn restore(&mut self, _: &BTreeMap<String, String>) {}
    }

    const TEXTS: &[Text] = &[
        Text { language: "en", key: "buy", text: "Pay {{ card.shop }} ({{ card.note }}): {{ otp.code }}" },
        Text { language: "en", key: "twice", text: "{{ card.shop }} {{ card.shop }}: {{ otp.code }}" },
    ];

    fn entry(key: &str, shop: String, note: String) -> Result<String, Fault> {
        const SHOPS: Adapter = Adapter { texts: TEXTS, ..ADAPTER };
        let desk = Desk::new(&SHOPS, Arc::new(MemoryStore::default()), Arc::new(TestBank::with([])), |_| {}).unwrap();
        let code = Purchase { shop: shop.leak(), note: note.leak() };
        let text = sms_text(&desk.core(), None, key, &Facts::of(&code), "12345678")?;
        Ok(text.expose().clone())
    }

    #[test]
    fn a_value_is_cut_where_the_definition_lets_it_be() {
        let fitting = entry("buy", "a".repeat(300 - 17), "x".to_owned()).unwrap();
        assert!(fitting.starts_with("Pay aaaa") && !fitting.contains("..."), "{fitting}");
        for (shop, note, shown) in [
            ("a".repeat(400), "x".to_owned(), format!("{}...", "a".repeat(306 - 17 - 1 - 3))),
            ("č".repeat(400), "x".to_owned(), format!("{}...", "č".repeat(134 - 17 - 1 - 3))),
            ("a".repeat(100), "n".repeat(250), format!("{}...", "a".repeat(306 - 17 - 250 - 3))),
            (format!("{} {}", "a".repeat(284), "b".repeat(9)), "x".to_owned(), format!("{}...", "a".repeat(284))),
            ("[".repeat(400), "x".to_owned(), format!("{}...", "[".repeat(142))),
        ] {
            let text = entry("buy", shop, note.clone()).unwrap();
            assert_eq!(text, format!("Pay {shown} ({note}): 12345678"));
            assert_eq!(sms::parts(&text), 2);
        }
        let twice = entry("twice", "a".repeat(400), String::new()).unwrap();
        assert_eq!(twice.len(), 305, "both times alike: {twice}");
    }

    #[test]
    fn what_may_not_be_cut_is_reported() {
        for (shop, note) in [
            ("a".repeat(10), "n".repeat(290)),
            ("shop".to_owned(), "n".repeat(300)),
            ("a".repeat(400), "n".repeat(290)),
            ("shop".to_owned(), "č".repeat(130)),
        ] {
            let fault = entry("buy", shop, note).unwrap_err();
            // This request was never read from JSON, so no field has the value.
            assert_eq!(fault.name, "sms.failed");
        }
        let why = entry("buy", "shop".to_owned(), "n".repeat(300)).unwrap_err().inner.unwrap();
        assert!(why.ends_with("with this `card.note`"), "{why}");
    }
}
