//! Whether a message shows each value that it has to show, and all of it, whatever the values are. It is filled in with
//! several sets of values that cannot be mistaken, and with each value that the text itself compares with or replaces.

use countersign_engine::texts::{Shown, Template};

use super::proof::{Given, Sort, Wrong, fillings_of, sample};

/// A value that a message has to show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'n> {
    pub meaning: &'n str,
    pub kind: Kind,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Text,
    Digits,
    Decimal,
}

/// A value in place of the usual one.
type Set<'n> = Vec<(&'n str, Shown)>;

/// Amounts: a large one of all digits, a small one, one below 1.
const DECIMALS: [&str; 3] = ["1374209568.03", "4.61", "0.59"];
const INTEGERS: [i64; 3] = [1_374_209_568, 461, 59];
const LETTERS: &str = "Q7X0ZV1K9B3G5D2P8J4W6MHYTRNLCFUSEAOI";
const DIGITS: &str = "73159026841937502648";

/// The most values that are taken out of a text.
const LITERALS: usize = 16;

/// Those of the values that some message does not show whole. Capital letters, blanks and the comma of an amount are the
/// text's own.
///
/// # Errors
/// The text cannot be filled in with some values.
pub(super) fn not_whole<'n>(
    template: &Template<'_>,
    given: &[Given],
    wanted: &[Wanted<'n>],
) -> Result<Vec<&'n str>, Wrong> {
    // Without a value that it has to show there is no message.
    let is_wanted = |one: &Given| wanted.iter().any(|other| other.meaning == one.meaning);
    let sure = |one: &Given| Given { lack: one.lack.filter(|_| !is_wanted(one)), ..one.clone() };
    let given: Vec<Given> = given.iter().map(sure).collect();
    let mut lacking = Vec::new();
    let usual: Vec<Set<'_>> = (0..DECIMALS.len()).map(|number| usual(&given, wanted, number)).collect();
    for set in &usual {
        lacking.extend(lacking_of(template, &given, wanted, set)?);
    }
    for set in usual.iter().take(1).flat_map(|set| special(template, &given, wanted, set)) {
        // A text that cannot be read as what the filters want does not come.
        lacking.extend(lacking_of(template, &given, wanted, &set).unwrap_or_default());
    }
    Ok(wanted.iter().map(|one| one.meaning).filter(|meaning| lacking.contains(meaning)).collect())
}

/// Those that some message with these values does not show whole.
fn lacking_of<'n>(
    template: &Template<'_>,
    given: &[Given],
    wanted: &[Wanted<'n>],
    set: &Set<'_>,
) -> Result<Vec<&'n str>, Wrong> {
    let value = |one: &Given| set.iter().find(|(meaning, _)| *meaning == one.meaning).map(|(_, value)| value.clone());
    let messages: Vec<String> = fillings_of(template, given, &value)?.iter().map(|text| plain(text)).collect();
    let is_lacking = |one: &&Wanted<'_>| {
        let written = set.iter().find(|(meaning, _)| *meaning == one.meaning).and_then(|(_, value)| written(value));
        written.is_some_and(|written| messages.iter().any(|message| !message.contains(&written)))
    };
    Ok(wanted.iter().filter(is_lacking).map(|one| one.meaning).collect())
}

/// The values of a set: each wanted one is like no other.
fn usual<'n>(given: &'n [Given], wanted: &[Wanted<'_>], number: usize) -> Set<'n> {
    let one = |(at, wanted): (usize, &Wanted<'_>)| {
        let given = given.iter().find(|one| one.meaning == wanted.meaning)?;
        let value = match (given.sort, wanted.kind) {
            (Sort::Flag, _) => return None,
            (Sort::Integer, _) => Shown::Integer(INTEGERS.get(number)? + i64::try_from(at).ok()?),
            (Sort::Text(length), Kind::Code) => Shown::Text(sample(&given.meaning, length)),
            (Sort::Text(_), Kind::Decimal) => Shown::Text(shifted(DECIMALS.get(number)?, at)),
            (Sort::Text(length), Kind::Digits) => Shown::Text(turned(DIGITS, length, 3 * at + 7 * number)),
            (Sort::Text(length), Kind::Text) => Shown::Text(turned(LETTERS, length, 7 * at + 11 * number)),
        };
        Some((given.meaning.as_str(), value))
    };
    wanted.iter().enumerate().filter_map(one).collect()
}

/// A set for each value and each text that the template compares it with or replaces in it.
fn special<'n>(template: &Template<'_>, given: &'n [Given], wanted: &[Wanted<'_>], usual: &Set<'n>) -> Vec<Set<'n>> {
    let literals = literals(template.source());
    let with = |one: &'n Given| {
        let kind = wanted.iter().find(|other| other.meaning == one.meaning).map(|one| one.kind);
        let values = literals.iter().flat_map(move |literal| like(literal, kind));
        values.map(move |value| {
            let others = usual.iter().filter(|(meaning, _)| *meaning != one.meaning).cloned();
            others.chain([(one.meaning.as_str(), Shown::Text(value))]).collect()
        })
    };
    given.iter().filter(|one| matches!(one.sort, Sort::Text(_))).flat_map(with).collect()
}

/// Values of this kind that are this text or have it in them.
fn like(literal: &str, kind: Option<Kind>) -> Vec<String> {
    match kind {
        Some(Kind::Code) => Vec::new(),
        Some(Kind::Decimal) => {
            let is_amount =
                |text: &String| text.starts_with(|sign: char| sign.is_ascii_digit()) && text.parse::<f64>().is_ok();
            [literal.to_owned(), format!("1{literal}5")].into_iter().filter(is_amount).collect()
        }
        Some(Kind::Text | Kind::Digits) | None => vec![literal.to_owned()],
    }
}

/// The texts in quotation marks that stand in the braces of a template.
fn literals(source: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for part in source.split(['{', '}']) {
        let mut rest = part;
        while let Some(at) = rest.find(['\'', '"']) {
            let (mark, behind) = rest.get(at..).unwrap_or_default().split_at(1);
            let Some((literal, behind)) = behind.split_once(mark) else { break };
            if !literal.is_empty() && all.len() < LITERALS && !all.iter().any(|one| one == literal) {
                all.push(literal.to_owned());
            }
            rest = behind;
        }
    }
    all
}

/// How a value is looked for in a message, if it is.
fn written(value: &Shown) -> Option<String> {
    match value {
        Shown::Text(text) => Some(plain(text)),
        Shown::Integer(number) => Some(number.to_string()),
        Shown::Flag(_) => None,
    }
}

/// A text without what a message may write otherwise.
fn plain(text: &str) -> String {
    text.to_lowercase().replace(',', ".").split_whitespace().collect()
}

/// The signs of a text from this one on, as many as wanted.
fn turned(signs: &str, length: usize, from: usize) -> String {
    signs.chars().cycle().skip(from % signs.len().max(1)).take(length).collect()
}

/// The amount with other digits.
fn shifted(amount: &str, by: usize) -> String {
    let shift = |sign: char| match sign.to_digit(10) {
        Some(digit) => char::from_digit((digit + u32::try_from(by).unwrap_or_default()) % 10, 10).unwrap_or(sign),
        None => sign,
    };
    amount.chars().map(shift).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use countersign_engine::texts::{Engine, Form};

    use super::*;

    fn lacking(text: &str) -> Vec<&'static str> {
        let given = |meaning: &str, sort| Given { meaning: meaning.to_owned(), sort, lack: None };
        let given = [
            given("otp.code", Sort::Text(8)),
            given("operation.amount", Sort::Text(20)),
            given("operation.currency", Sort::Text(3)),
            given("operation.account", Sort::Text(34)),
            given("user.is_new", Sort::Flag),
        ];
        let wanted = [
            Wanted { meaning: "otp.code", kind: Kind::Code },
            Wanted { meaning: "operation.amount", kind: Kind::Decimal },
            Wanted { meaning: "operation.currency", kind: Kind::Text },
            Wanted { meaning: "operation.account", kind: Kind::Text },
        ];
        let engine = Engine::default();
        not_whole(&engine.read(Form::Plain, text).unwrap(), &given, &wanted).unwrap()
    }

    /// A message with these in place of the amount, the currency and the account.
    fn message(amount: &str, currency: &str, account: &str) -> String {
        format!("{amount} {currency} {account} {{{{ otp.code }}}}")
    }

    const AMOUNT: &str = "{{ operation.amount }}";
    const CURRENCY: &str = "{{ operation.currency }}";
    const ACCOUNT: &str = "{{ operation.account }}";

    #[test]
    fn a_part_of_a_value_is_not_the_value() {
        for amount in [
            "{{ operation.amount | first }}",
            "{{ operation.amount | length }}",
            "{{ operation.amount | last }}",
            "{{ operation.amount | float | int }}",
            "{{ operation.amount | float | round }}",
            "{{ operation.amount | replace('0', '') }}",
            "{{ operation.amount | replace('.00', '') }}",
            "{% if operation.amount | float > 50 %}{{ operation.amount }}{% endif %}",
            "{% if operation.currency == 'CZK' %}{{ operation.amount }}{% endif %}",
            "{% if operation.currency != 'CZK' %}{{ operation.amount }}{% endif %}",
            "{% if user.is_new %}{{ operation.amount }}{% endif %}",
        ] {
            assert_eq!(lacking(&message(amount, CURRENCY, ACCOUNT)), ["operation.amount"], "{amount}");
        }
        let only_one = "{% if operation.currency == 'EUR' %}{{ operation.currency }}{% endif %}";
        assert_eq!(lacking(&message(AMOUNT, only_one, ACCOUNT)), ["operation.currency"]);
        for account in ["{{ operation.account[0] }}", "{{ operation.account[:4] }}", "{{ operation.account | last }}"] {
            assert_eq!(lacking(&message(AMOUNT, CURRENCY, account)), ["operation.account"], "{account}");
        }
    }

    #[test]
    fn a_value_may_be_written_otherwise() {
        for amount in [
            AMOUNT,
            "{{ operation.amount | trim }}",
            "{{ operation.amount | replace('.', ',') }}",
            "{{ '%.2f' | format(operation.amount | float) }}",
            "{% set sum = operation.amount %}{{ sum }}",
            "{% if user.is_new %}{{ operation.amount }}!{% else %}{{ operation.amount }}{% endif %}",
        ] {
            assert_eq!(lacking(&message(amount, CURRENCY, ACCOUNT)), [""; 0], "{amount}");
        }
        let (lower, apart) =
            ("{{ operation.currency | lower }}", "{{ operation.account | upper | split('') | join(' ') }}");
        assert_eq!(lacking(&message(AMOUNT, lower, apart)), [""; 0]);
    }

    #[test]
    fn literals_of_braces_are_found() {
        assert_eq!(literals("don't {% if a == 'CZK' or a == \"\" %}{{ b | replace(\"x\", 'y') }}"), ["CZK", "x", "y"]);
    }
}
