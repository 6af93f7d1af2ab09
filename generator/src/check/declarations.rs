//! Declarations, the shared definitions that endpoints use by name. Kinds of codes, operations and settings are whole,
//! and within the floors that keep a code from being guessed.

use crate::derive::is_bindable;
use crate::diagnostic::Diagnostic;
use crate::language::primitive::Primitive;
use crate::naming::near;
use crate::raw::{Operation, Otp, OwnBehaviour, Text};
use crate::report::Report;
use crate::resolve::{Named, Resolved, suggest_or};
use crate::source::Place;
use crate::vocabulary::Natural;
use crate::yaml::Value;

/// Floors and ceilings of a kind of code.
const DIGITS: std::ops::RangeInclusive<u32> = 6..=9;
const LIFE: u64 = 600;
/// In which a message comes and somebody types what it says.
const SHORTEST_LIFE: u64 = 30;
const ATTEMPTS: std::ops::RangeInclusive<u32> = 1..=5;
/// A code of letters and digits holds more, so it may live longer.
const BASE32_LENGTH: std::ops::RangeInclusive<u32> = 10..=32;
const BASE32_LIFE: u64 = 24 * 60 * 60;

pub(super) fn check_declarations(of: &Resolved<'_>, report: &mut Report) {
    for (name, otp) in of.raw.otps.iter() {
        check_otp(name, otp, report);
    }
    for kind in &of.declarations.otps {
        kind.binds.iter().chain(&kind.keeps).for_each(|named| check_kept(of, named, report));
    }
    for (name, operation) in of.raw.operations.iter() {
        check_operation(of, name, operation, report);
    }
    for (name, default) in of.raw.settings.iter() {
        check_setting(name, default, report);
    }
    let validation = &of.raw.validation;
    validation.field_codes.iter().chain(&validation.body_codes).for_each(|code| check_code(code, report));
    for name in &of.own_behaviours {
        if let Some(own) = of.raw.behaviours.get(name) {
            check_own_behaviour(of, name, own, report);
        }
    }
}

/// A code binds and keeps single values.
fn check_kept(of: &Resolved<'_>, named: &Named<'_>, report: &mut Report) {
    if named.id.is_ok_and(|id| !is_bindable(of.meaning(id))) {
        let text =
            format!("a code binds and keeps single values that are no secret, and `{}` is none", named.text.text);
        report.push_new("type-clash", named.text.place, text, "take it out, or keep what it is found by");
    }
}

/// What the code of a violation may show.
const PLACEHOLDERS: [&str; 4] = ["key", "path", "name", "type"];

/// The code of a violation shows what there is. A brace without a name in it is a sign like any other.
fn check_code(code: &Text, report: &mut Report) {
    let all = format!("there are `{{{}}}`", PLACEHOLDERS.join("}`, `{"));
    for part in code.text.split('{').skip(1) {
        let end = part.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let (is_closed, is_known) = (rest.starts_with('}'), PLACEHOLDERS.contains(&name));
        if is_known && !is_closed {
            let text = format!("the brace before `{name}` in `{}` is not closed", code.text);
            report.push_new("wrong-value", code.place, text, format!("write `{{{name}}}`"));
        } else if is_closed && !is_known && !name.is_empty() {
            let text = format!("`{}` shows `{{{name}}}`, which no violation has", code.text);
            report.push_new("unknown-value", code.place, text, suggest_or(name, PLACEHOLDERS, all.clone()));
        }
    }
}

/// A hook of the bank takes and gives plain values that have a meaning.
fn check_own_behaviour(of: &Resolved<'_>, name: &str, own: &OwnBehaviour, report: &mut Report) {
    check_refusals(of, name, own, report);
    let lists = [&own.needs, &own.expects, &own.takes, &own.gives];
    for written in lists.into_iter().flatten() {
        for one in written.text.split(" | ") {
            let one = Text { text: one.to_owned(), place: written.place };
            let Ok(id) = of.meanings.known(&one, report) else { continue };
            if of.meaning(id).shape.is_none() && !in_hooks(&of.meaning(id).natural) {
                let text = format!("`{name}` cannot take or give `{}`, which is no single value", one.text);
                let help = "hooks of your own take and give texts, numbers, times and the like";
                report.push_new("hook-type", written.place, text, help);
            }
        }
    }
    for fault in own.refuses.iter().chain(&own.fails).filter(|fault| !is_fault(&fault.text)) {
        let text = format!("`{}` is no name of a fault", fault.text);
        report.push_new(
            "bad-name",
            fault.place,
            text,
            "write an entity and what is wrong with it, such as `card.unknown`",
        );
    }
}

/// What says no says so by an outcome, and an outcome is of what can say no.
fn check_refusals(of: &Resolved<'_>, name: &str, own: &OwnBehaviour, report: &mut Report) {
    if let (Some(first), []) = (own.refuses.first(), own.outcome.as_slice()) {
        let text = format!("`{name}` refuses, and nothing says by which meaning that is shown");
        report.push_new(
            "missing-key",
            first.place,
            text,
            "add `outcome: <meaning>`, one of your own that is `passed | failed`",
        );
    }
    if let (Some(first), []) = (own.outcome.first(), own.refuses.as_slice()) {
        let text = format!("`{name}` has an outcome, and refuses with nothing");
        report.push_new("missing-key", first.place, text, "add `refuses: <fault>`, or take the outcome out");
    }
    for outcome in &own.outcome {
        let Ok(id) = of.meanings.known(outcome, report) else { continue };
        let meaning = of.meaning(id);
        if meaning.set.as_deref() != Some("Outcome") || meaning.home != crate::resolve::Home::Own {
            let text = format!("`{}` is no outcome of `{name}`", outcome.text);
            report.push_new("hook-type", outcome.place, text, "say it under `meanings:`, as `passed | failed`");
        }
    }
}

/// True for a type that a hook of the bank's own may take or give.
fn in_hooks(natural: &Natural) -> bool {
    match natural {
        Natural::Primitive(one) => one.row().in_hooks,
        Natural::Key | Natural::OneOf(_) => true,
        Natural::List(inner) => Primitive::parse(inner).is_some_and(|one| one.row().in_hooks),
        Natural::Entity(_) => false,
    }
}

fn check_otp(name: &Text, otp: &Otp, report: &mut Report) {
    for meaning in &otp.one_per {
        let of_code = otp.binds.iter().chain(&otp.keeps).any(|other| other.text == meaning.text);
        if !of_code && !["user.id", "user.phone"].contains(&meaning.text.as_str()) {
            let text =
                format!("the code `{}` is one per `{}`, and neither binds nor keeps it", name.text, meaning.text);
            report.push_new("unbound-value", meaning.place, text, format!("add `{}` to `binds`", meaning.text));
        }
    }
    let (lengths, longest_life) = if otp.is_base32() { (BASE32_LENGTH, BASE32_LIFE) } else { (DIGITS, LIFE) };
    let unsaid = |what: &str| format!("the code `{}` does not say its `{what}`", name.text);
    match otp.digits {
        Some((digits, place)) if !lengths.contains(&digits) => {
            let text = format!("a code of {digits} characters is outside {} to {}", lengths.start(), lengths.end());
            report.push_new("below-floor", place, text, "a shorter code can be guessed, a longer one is mistyped");
        }
        None => drop(report.push_new("missing-key", otp.place, unsaid("digits"), "add `digits: 8`")),
        Some(_) => {}
    }
    match &otp.life {
        Some((life, text)) if *life > longest_life => {
            let message = format!("a life of {} is longer than {} minutes", text.text, longest_life / 60);
            report.push_new(
                "below-floor",
                text.place,
                message,
                "the longer a code is good, the more often it can be tried",
            );
        }
        None => drop(report.push_new("missing-key", otp.place, unsaid("life"), "add `life: 5m`")),
        Some((life, text)) => check_usable(name, otp, *life, text, report),
    }
    check_id(name, otp, report);
    check_find_by(name, otp, report);
    if let Some(text) = otp.per_phone.as_ref().filter(|text| !is_window(&text.text)) {
        let message = format!("`{}` is no limit", text.text);
        report.push_new("wrong-value", text.place, message, "write how many in how long, such as `10 in 1h`");
    }
    if let Some((attempts, place)) = otp.attempts.filter(|(attempts, _)| !ATTEMPTS.contains(attempts)) {
        let text = format!("{attempts} attempts are outside {} to {}", ATTEMPTS.start(), ATTEMPTS.end());
        report.push_new("below-floor", place, text, "every try is a guess");
    }
}

/// A code lives long enough to be read and typed in, and its token as long as the code.
fn check_usable(name: &Text, otp: &Otp, life: u64, written: &Text, report: &mut Report) {
    if life < SHORTEST_LIFE {
        let message =
            format!("the code `{}` lives for {}, and nobody reads and types it so fast", name.text, written.text);
        report.push_new("hardly-usable", written.place, message, "write `5m`, or another life of at least `30s`");
    }
    if let Some((id_life, text)) = otp.id_life.as_ref().filter(|(id_life, _)| *id_life < life) {
        let message =
            format!("the token of `{}` is known for {}, which is shorter than the code lives", name.text, text.text);
        let help = format!("write at least `{}`; after {id_life} seconds no right code passes", written.text);
        report.push_new("hardly-usable", text.place, message, help);
    }
}

/// What a code is found by asks for more than a code alone.
fn check_id(name: &Text, otp: &Otp, report: &mut Report) {
    match otp.id.as_ref() {
        Some(id) if id.text == "token" => check_token(name, otp, id.place, report),
        Some(id) if id.text == "code" => check_found_by_code(name, otp, id.place, report),
        _ => {}
    }
}

/// Whoever guesses such a code needs no id, so it is long; and there is no one whose attempts could be counted by it.
fn check_found_by_code(name: &Text, otp: &Otp, place: Place, report: &mut Report) {
    if !otp.is_base32() {
        let text = format!("the code `{}` is found by itself, and made of digits", name.text);
        report.push_new("below-floor", place, text, "add `alphabet: base32` and `digits: 10`");
    }
    let (attempts, sms) = (otp.attempts.map(|(_, place)| place), otp.text.as_ref().map(|text| text.place));
    let unused = [("attempts", attempts), ("text", sms), ("per_phone", otp.per_phone.as_ref().map(|one| one.place))];
    for (key, place) in unused {
        let Some(place) = place else { continue };
        let text = format!("the code `{}` is found by itself, and has `{key}`", name.text);
        let help = "take it out: it is never sent, and wrong codes are counted by caller and issuer";
        report.push_new("wrong-value", place, text, help);
    }
}

/// What a code is found by is one of a kind, and the store must be able to find its id.
fn check_find_by(name: &Text, otp: &Otp, report: &mut Report) {
    let Some(first) = otp.find_by.first() else { return };
    if let Some(id) = otp.id.as_ref().filter(|id| id.text != "uuid") {
        let text = format!("the code `{}` is found by `{}`, and its id is a `{}`", name.text, first.text, id.text);
        report.push_new(
            "wrong-value",
            id.place,
            text,
            "take out `id`: what is found by values of the request has a UUID beside them",
        );
    }
    let names = |all: &[Text]| {
        let mut names: Vec<String> = all.iter().map(|one| one.text.clone()).collect();
        names.sort();
        names
    };
    if let Some(one_per) = otp.one_per.first().filter(|_| names(&otp.one_per) != names(&otp.find_by)) {
        let text = format!("the code `{}` is found by other values than there is one per", name.text);
        report.push_new(
            "wrong-value",
            one_per.place,
            text,
            "take out `one_per`: a newer code voids the older one that is found so",
        );
    }
}

/// A token is known for some time, and for a new one the older ones stay.
fn check_token(name: &Text, otp: &Otp, place: Place, report: &mut Report) {
    if otp.id_life.is_none() {
        let text = format!("the token of the code `{}` does not say for how long it is known", name.text);
        report.push_new("missing-key", place, text, "add `id_life: 1h`");
    }
    if let Some(one_per) = otp.one_per.first() {
        let text = format!("the code `{}` has a token, and is one per `{}`", name.text, one_per.text);
        report.push_new("wrong-value", one_per.place, text, "a token that was given away is not voided; leave one out");
    }
}

fn check_operation(of: &Resolved<'_>, name: &Text, operation: &Operation, report: &mut Report) {
    if let Some(like) = &operation.like {
        let other = of.raw.operations.get(&like.text);
        let text = match other {
            None => format!("no operation `{}`", like.text),
            Some(_) if like.text == name.text => format!("`{}` is like itself", like.text),
            Some(other) if other.like.is_some() => format!("`{}` is itself like another", like.text),
            Some(_) => return,
        };
        // One that is like another is of no use here, whatever it is called.
        let written_out = of.raw.operations.iter().filter(|(_, other)| other.like.is_none());
        let help = near(&like.text, written_out.map(|(other, _)| other.text.as_str()));
        let help =
            help.map_or("name an operation that is written out".to_owned(), |near| format!("did you mean `{near}`?"));
        report.push(Diagnostic::new("unknown-operation", like.place, text).help(help));
    }
}

fn check_setting(name: &Text, default: &crate::yaml::Node, report: &mut Report) {
    let fits = match &default.value {
        Value::Text(_) | Value::Boolean(_) => true,
        Value::Number(number) => number.is_i64(),
        _ => false,
    };
    if default.as_map().is_some_and(|map| !map.entries.is_empty()) {
        let lines = crate::raw::dotted(&name.text, default);
        let text = format!("the name of a setting is written with dots, and `{}` is a map", name.text);
        report.push_new("wrong-kind", name.place, text, format!("write `{}`", lines.join("`, and `")));
    } else if !fits {
        let text = format!("the default of `{}` is {}", name.text, default.kind());
        report.push_new("wrong-kind", default.place, text, "a setting is a text, true or false, or a whole number");
    }
    let secretive = ["password", "secret", "token", "key", "credential"];
    let words = crate::naming::words(&name.text);
    let named = words.iter().any(|word| secretive.contains(&word.as_str()));
    let written = default.as_text().is_some_and(|text| !text.is_empty());
    let looks = default.as_text().is_some_and(looks_secret);
    if written && (named || looks) {
        let text = format!("`{}` has a secret written out", name.text);
        report.push_new(
            "secret-written-out",
            default.place,
            text,
            format!("write `{}: \"\"`; the settings file of the running adapter says what it is", name.text),
        );
    }
}

/// `10 in 1h`, from a minute to a week.
fn is_window(text: &str) -> bool {
    let Some((most, length)) = text.split_once(" in ") else { return false };
    let seconds = crate::raw::seconds(length).unwrap_or_default();
    most.parse::<u32>().is_ok_and(|most| (1..=1000).contains(&most)) && (60..=604_800).contains(&seconds)
}

/// `noun.adjective`
fn is_fault(name: &str) -> bool {
    name.split('.').count() == 2 && name.split('.').all(crate::naming::is_identifier)
}

/// Keys and hashes that anybody knows by sight.
pub(crate) fn looks_secret(text: &str) -> bool {
    text.contains("-----BEGIN ")
        || ["$argon2", "$2a$", "$2b$", "$2y$", "AKIA", "ghp_"].iter().any(|start| text.starts_with(start))
}
