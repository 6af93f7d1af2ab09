//! Fills a text in with whatever it may get at run time: with all values and without each that may be absent, with flags
//! of both kinds and numbers of different sizes. What comes out is judged by whoever asks.

use countersign_engine::texts::{Failure, Shown, Template};

use crate::plan::Lack;

/// What a value of a text is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A text of at most so many characters.
    Text(usize),
    Integer,
    Flag,
}

/// A value that a text gets.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub meaning: String,
    pub sort: Sort,
    /// Why it may be absent, if it may.
    pub lack: Option<Lack>,
}

/// What is wrong with a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It shows these without asking whether they are there.
    Absent(Vec<String>),
    /// It compares these with a number, and they are texts.
    Compared(Vec<String>),
    /// Something in it cannot be done.
    Fails(String),
}

/// Numbers that texts distinguish.
const NUMBERS: [i64; 4] = [1_000_000_000, 2, 1, 0];

/// All that may come out of a text.
///
/// # Errors
/// It cannot be filled in with some of what it may get.
pub(super) fn fillings(text: &Template<'_>, given: &[Given]) -> Result<Vec<String>, Wrong> {
    fillings_of(text, given, &|_| None)
}

/// The same with some values said.
///
/// # Errors
/// It cannot be filled in with some of what it may get.
pub(super) fn fillings_of(
    text: &Template<'_>,
    given: &[Given],
    said: &dyn Fn(&Given) -> Option<Shown>,
) -> Result<Vec<String>, Wrong> {
    compared_with_numbers(text, given)?;
    let used: Vec<&Given> = given.iter().filter(|one| text.shows().contains(&one.meaning)).collect();
    let varied = used.iter().any(|one| !matches!(one.sort, Sort::Text(_)));
    let optional: Vec<&str> = used.iter().filter(|one| one.lack.is_some()).map(|one| one.meaning.as_str()).collect();
    let mut all = Vec::new();
    for number in NUMBERS.into_iter().take(if varied { NUMBERS.len() } else { 1 }) {
        for flag in [true, false].into_iter().take(if varied { 2 } else { 1 }) {
            let fill = |absent: &[&str]| {
                text.fill(|meaning| {
                    let one = used.iter().find(|one| one.meaning == meaning && !absent.contains(&meaning))?;
                    Some(said(one).unwrap_or_else(|| match one.sort {
                        Sort::Text(longest) => Shown::Text(sample(meaning, longest)),
                        Sort::Integer => Shown::Integer(number),
                        Sort::Flag => Shown::Flag(flag),
                    }))
                })
            };
            all.push(fill(&[]).map_err(|failure| Wrong::Fails(reason_of(&failure)))?);
            without(&optional, fill, &mut all)?;
        }
    }
    Ok(all)
}

/// A text is never the number that it looks like: each is more than any number, and none is equal to one.
fn compared_with_numbers(text: &Template<'_>, given: &[Given]) -> Result<(), Wrong> {
    let is_text = |name: &String| given.iter().any(|one| one.meaning == *name && matches!(one.sort, Sort::Text(_)));
    let wrong: Vec<String> = text.compared_with_numbers().into_iter().filter(is_text).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Wrong::Compared(wrong)) }
}

/// Fills in without each value that may be absent, without all of them, and with one of them alone.
fn without(
    optional: &[&str],
    fill: impl Fn(&[&str]) -> Result<String, Failure>,
    all: &mut Vec<String>,
) -> Result<(), Wrong> {
    if optional.is_empty() {
        return Ok(());
    }
    let mut absent = Vec::new();
    for one in optional {
        match fill(&[*one]) {
            Ok(text) => all.push(text),
            Err(failure) if failure.is_absent => absent.push((*one).to_owned()),
            Err(failure) => return Err(Wrong::Fails(reason_of(&failure))),
        }
    }
    if !absent.is_empty() {
        return Err(Wrong::Absent(absent));
    }
    let others = |kept: &str| optional.iter().copied().filter(|one| *one != kept).collect::<Vec<_>>();
    for absent in std::iter::once(optional.to_vec()).chain(optional.iter().map(|kept| others(kept))) {
        match fill(&absent) {
            Ok(text) => all.push(text),
            Err(failure) if failure.is_absent => {
                return Err(Wrong::Absent(absent.into_iter().map(str::to_owned).collect()));
            }
            Err(failure) => return Err(Wrong::Fails(reason_of(&failure))),
        }
    }
    Ok(())
}

fn reason_of(failure: &Failure) -> String {
    if failure.detail.is_empty() { failure.kind.clone() } else { failure.detail.clone() }
}

/// The code in a text that is proved.
pub(super) const CODE: &str = "otp.code";

/// A value of this length; a code is one that is found again.
pub(super) fn sample(meaning: &str, length: usize) -> String {
    let sign =
        |at: usize| if meaning == CODE { char::from(b'1' + u8::try_from(at % 9).unwrap_or_default()) } else { '0' };
    (0..length).map(sign).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use countersign_engine::texts::{Engine, Form};

    use super::*;

    fn proved(text: &str) -> Result<Vec<String>, Wrong> {
        let given = |meaning: &str, sort, lack| Given { meaning: meaning.to_owned(), sort, lack };
        let given = [
            given("user.id", Sort::Text(2), None),
            given("user.name", Sort::Text(3), Some(Lack::Attribute)),
            given("user.phone", Sort::Text(1), Some(Lack::Attribute)),
            given("otp.attempts_left", Sort::Integer, Some(Lack::Refused)),
            given("user.is_new", Sort::Flag, None),
        ];
        let engine = Engine::default();
        fillings(&engine.read(Form::Plain, text).unwrap(), &given)
    }

    fn absent(names: &[&str]) -> Result<Vec<String>, Wrong> {
        Err(Wrong::Absent(names.iter().map(|name| (*name).to_owned()).collect()))
    }

    #[test]
    fn a_value_that_may_be_absent_is_asked_for() {
        assert_eq!(proved("{{ user.id }}"), Ok(vec!["00".to_owned()]));
        assert_eq!(proved("Dear {{ user.name }}"), absent(&["user.name"]));
        let guarded = proved("Dear {% if user.name %}{{ user.name }}{% else %}client{% endif %}").unwrap();
        assert!(guarded.contains(&"Dear 000".to_owned()) && guarded.contains(&"Dear client".to_owned()));
        assert!(proved("{{ user.name | default('client') }}").is_ok());
        assert_eq!(proved("{% if user.id %}{{ user.name }}{% endif %}"), absent(&["user.name"]));
        assert_eq!(proved("{% if user.name %}{{ user.phone }}{% endif %}"), absent(&["user.phone"]));
        let either = "{% if user.name is undefined and user.phone is undefined %}{{ user.name }}{% endif %}";
        assert_eq!(proved(either), absent(&["user.name", "user.phone"]));
    }

    #[test]
    fn branches_of_flags_and_numbers_are_taken() {
        assert_eq!(proved("{% if user.is_new %}a{% else %}{{ user.name }}{% endif %}"), absent(&["user.name"]));
        let counted = "{% if otp.attempts_left and otp.attempts_left == 1 %}one{% elif otp.attempts_left %}more{% else %}none{% endif %}";
        let all = proved(counted).unwrap();
        assert!(["one", "more", "none"].iter().all(|text| all.iter().any(|one| one == text)));
        assert_eq!(proved("{% if otp.attempts_left > 1 %}x{% endif %}"), absent(&["otp.attempts_left"]));
    }

    #[test]
    fn what_cannot_be_done_is_reported() {
        assert!(matches!(proved("{{ user.id | round }}"), Err(Wrong::Fails(_))));
    }
}
