//! Rules that can never hold: bounds that leave nothing between them, patterns that cannot be run, and rules on a type
//! that they cannot look at. Whether a rule has an argument of its kind is asked where it is read, in `resolve`.

use std::cmp::Ordering;

use countersign_engine::pattern::Pattern;
use countersign_engine::times;
use serde_json::Number;

use super::examples;
use crate::language::primitive;
use crate::language::rules::{Constraint, Country};
use crate::model::Type;
use crate::raw::{self, Rule, Wire};
use crate::report::Report;
use crate::resolve::rules::{self, known};
use crate::resolve::{Field, Resolved};

/// How rules look at a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// A text, by its length.
    Text,
    /// A number, by its value.
    Number,
    /// A list or a map, by how many it has.
    Many,
    Date,
    Time,
    /// What is there or not.
    Other,
}

/// A rule as it is written, and what it asks.
type RuleConstraint<'r> = (&'r Rule, &'r Constraint);

/// Reports the rules of a payload's field that nothing can keep.
pub(super) fn check_field(of: &Resolved<'_>, field: &Field<'_>, is_read: bool, report: &mut Report) {
    check_rules(field.raw, &field.rules, report);
    let Ok(ty) = &field.ty else { return };
    let family = family_of(ty);
    check_format(field, ty, is_read, report);
    check_members(of, field, ty, report);
    check_texts(of, field, ty, report);
    for asked in known(&field.rules) {
        check_shortest(field.raw, asked, ty, report);
        check_family(of, (field.raw, ty), asked, family, report);
        check_bound(field.raw, asked, family, report);
        check_values(of, (field.raw, ty), asked, report);
    }
}

/// The same of rules on a meaning, which may look at anything.
pub(super) fn check_rules(field: &raw::Field, rules: &[rules::Rule<'_>], report: &mut Report) {
    for asked in known(rules) {
        check_pattern(field, asked, rules, report);
        check_registry(asked, report);
    }
    check_bounds(field, rules, report);
}

/// Reports a pattern by which times cannot be written.
pub(super) fn check_times(wire: &Wire, report: &mut Report) {
    let Some(pattern) = wire.times.as_ref().filter(|times| !matches!(times.text.as_str(), "epoch_ms" | "epoch_s"))
    else {
        return;
    };
    if let Err(why) = times::check_read(&pattern.text) {
        let text = format!("times cannot be written and read as `{}`: {why}", pattern.text);
        report.push_new(
            "wrong-value",
            pattern.place,
            text,
            "write `epoch_ms`, `epoch_s` or directives such as `%Y-%m-%dT%H:%M:%SZ`",
        );
    }
}

/// Reports a format that is none, or whose field has no day and no time; and rules that look at days and times, which are
/// read as the definition writes all of them.
fn check_format(field: &Field<'_>, ty: &Type, is_read: bool, report: &mut Report) {
    let Some(format) = &field.raw.format else { return };
    let name = &field.raw.name.text;
    let fits = match family_of(ty) {
        Family::Date => times::check_days(&format.text),
        Family::Time if matches!(format.text.as_str(), "epoch_ms" | "epoch_s") => Ok(()),
        // What is answered alone may show a part of a moment.
        Family::Time if is_read => times::check_read(&format.text),
        Family::Time => times::check(&format.text),
        _ => {
            let text = format!("`{name}` has a format, and is no day and no time");
            report.push_new("wrong-value", format.place, text, "take the format out, or say `as: date` or `as: time`");
            return;
        }
    };
    if let Err(why) = fits {
        let and_read = if is_read { " and read" } else { "" };
        let text = format!("`{name}` cannot be written{and_read} as `{}`: {why}", format.text);
        let help = "write directives such as `%d.%m.%Y`; for times also `epoch_ms` or `epoch_s`";
        report.push_new("wrong-value", format.place, text, help);
    }
    if let Some((rule, _)) = known(&field.rules).find(looks_at_days) {
        let text = format!("the rule `{}` cannot look at `{name}`, which has a format of its own", rule.row.word);
        report_impossible(rule, text, "take the rule out, or the format", report);
    }
}

/// True for a rule that looks at a day or a time.
fn looks_at_days((_, asks): &RuleConstraint<'_>) -> bool {
    matches!(asks, Constraint::Latest(_) | Constraint::MinAge(_))
}

fn family_of(ty: &Type) -> Family {
    match ty {
        Type::List(_) => Family::Many,
        Type::Enum(_) => Family::Text,
        Type::Payload(_) | Type::Union(_) | Type::Body => Family::Other,
        Type::Primitive(primitive) => match (primitive.word(), primitive.row().family) {
            (_, primitive::Family::Integer | primitive::Family::Decimal) => Family::Number,
            ("map" | "pairs", _) => Family::Many,
            ("date", _) => Family::Date,
            ("time", _) => Family::Time,
            (_, primitive::Family::Flag | primitive::Family::Json | primitive::Family::Never) => Family::Other,
            _ => Family::Text,
        },
    }
}

/// A rule looks at what its type has.
fn check_family(
    of: &Resolved<'_>,
    (field, ty): (&raw::Field, &Type),
    (rule, constraint): RuleConstraint<'_>,
    family: Family,
    report: &mut Report,
) {
    let lenient = is_lenient(&of.raw.wire, field, ty);
    let fits = match constraint {
        Constraint::Min(_) | Constraint::Max(_) | Constraint::Above(_) => {
            matches!(family, Family::Text | Family::Number | Family::Many)
        }
        Constraint::Pattern(_) | Constraint::OneOf(_) | Constraint::StartsWith(_) | Constraint::RegisteredIn(_) => {
            lenient || matches!(family, Family::Text | Family::Date | Family::Time)
        }
        Constraint::Scale(_) => family == Family::Number || lenient && family == Family::Text,
        Constraint::Latest(_) => family == Family::Time,
        // What is refused when it comes cannot be asked for.
        Constraint::Present => !is_word(ty, "never"),
        Constraint::MinAge(_) => family == Family::Date || is_word(ty, "text"),
        _ => true,
    };
    if !fits {
        let named = type_name(of, ty);
        let text = format!("the rule `{}` cannot look at `{}`, which is {named}", rule.row.word, field.name.text);
        report_impossible(rule, text, "take the rule out, or give the field another type", report);
    }
}

/// True if a value of the type may stand as a text, or a text as a number, so that rules of the other kind can look at it.
fn is_lenient(wire: &Wire, field: &raw::Field, ty: &Type) -> bool {
    let Type::Primitive(primitive) = ty else { return false };
    let accepts = |form: &str| field.accepts.iter().any(|kind| kind.text == form);
    let text_accepts = |kind: &str| wire.text_accepts.iter().any(|one| one.text == kind);
    let is_decimal_text = !wire.decimal_accepts.is_empty();
    match primitive.row().family {
        primitive::Family::Integer => text_accepts("number") || accepts("number") || accepts("text"),
        primitive::Family::Decimal => text_accepts("number") || accepts("number") || accepts("text") || is_decimal_text,
        primitive::Family::Flag => text_accepts("boolean") || accepts("text"),
        primitive::Family::Text => text_accepts("number") || is_decimal_text || !field.accepts.is_empty(),
        _ => false,
    }
}

/// True for this primitive. A text may be a day, if it is written as one; an address or a number is none.
fn is_word(ty: &Type, wanted: &str) -> bool {
    matches!(ty, Type::Primitive(primitive) if primitive.word() == wanted)
}

pub(super) fn type_name(of: &Resolved<'_>, ty: &Type) -> String {
    match ty {
        Type::List(_) => "a list".to_owned(),
        Type::Primitive(primitive) => format!("`{primitive}`"),
        Type::Payload(id) => format!("`{}`", of.payloads[*id].name),
        Type::Union(id) => format!("`{}`", of.unions[*id].name.text),
        Type::Enum(id) => format!("`{}`", of.enums[*id].name.text),
        Type::Body => "the body".to_owned(),
    }
}

/// Lengths and numbers of elements are whole and not below zero.
fn check_bound(field: &raw::Field, (rule, constraint): RuleConstraint<'_>, family: Family, report: &mut Report) {
    let (Constraint::Min(bound) | Constraint::Max(bound) | Constraint::Above(bound)) = constraint else { return };
    let counts = matches!(family, Family::Text | Family::Many);
    if counts && bound.as_u64().is_none_or(|bound| u32::try_from(bound).is_err()) {
        let text = format!("the rule `{}` of `{}` counts, and `{bound}` is no count", rule.row.word, field.name.text);
        report_impossible(rule, text, "write a whole number, 0 or more", report);
    }
}

/// No phone is as short as that.
const SHORTEST_PHONE: u64 = 5;

/// A length that no value of the type has.
fn check_shortest(field: &raw::Field, (rule, constraint): RuleConstraint<'_>, ty: &Type, report: &mut Report) {
    let Constraint::Max(most) = constraint else { return };
    if is_word(ty, "phone") && most.as_u64().is_some_and(|most| most < SHORTEST_PHONE) {
        let text = format!("no phone is as short as `{}` may be", field.name.text);
        report_impossible(rule, text, "take the rule out", report);
    }
}

/// Some text of `one_of` is a value of the type.
fn check_values(
    of: &Resolved<'_>,
    (field, ty): (&raw::Field, &Type),
    (rule, constraint): RuleConstraint<'_>,
    report: &mut Report,
) {
    let Constraint::OneOf(texts) = constraint else { return };
    let Type::Primitive(primitive) = ty else { return };
    let can_be = |text: &String| match primitive.word() {
        "date" => times::years_since(text).is_some(),
        "time" => of.raw.wire.times.is_some() || times::seconds_ahead(text).is_some(),
        "phone" => text.bytes().any(|letter| letter.is_ascii_digit()),
        "integer" => text.parse::<i64>().is_ok(),
        "decimal" => text.parse::<f64>().is_ok(),
        "boolean" => FLAGS.contains(&text.as_str()),
        _ => true,
    };
    if field.accepts.is_empty() && !texts.iter().any(can_be) {
        let text = format!("no text of `one_of` of `{}` is a `{primitive}`", field.name.text);
        report_impossible(rule, text, "write values of the type, or give the field another one", report);
    }
}

/// A boolean as a text.
const FLAGS: [&str; 2] = ["true", "false"];

/// Of the texts that a field may be, some keeps all of its rules.
fn check_texts(of: &Resolved<'_>, field: &Field<'_>, ty: &Type, report: &mut Report) {
    let Type::Primitive(primitive) = ty else { return };
    let listed = known(&field.rules).find_map(|(_, asks)| match asks {
        Constraint::OneOf(texts) => Some(texts.iter().map(String::as_str).collect()),
        _ => None,
    });
    let is_list = listed.is_some();
    let texts: Vec<&str> = match (primitive.row().family, listed) {
        (primitive::Family::Text, Some(texts)) => texts,
        (primitive::Family::Flag, _) if is_lenient(&of.raw.wire, field.raw, ty) => FLAGS.to_vec(),
        _ => return,
    };
    let others = || known(&field.rules).filter(|(_, asks)| !matches!(asks, Constraint::OneOf(_) | Constraint::Present));
    let keeps = |asks: &Constraint, text: &str| examples::text_keeps(of, asks, text);
    let is_one = |text: &&str| others().all(|(_, asks)| keeps(asks, text));
    if !field.raw.accepts.is_empty() || texts.iter().any(is_one) {
        return;
    }
    let none_keeps = |(_, asks): &RuleConstraint<'_>| !texts.iter().any(|text| keeps(asks, text));
    // Of a list and a pattern it was said already.
    let is_said = |(_, asks): &RuleConstraint<'_>| is_list && matches!(asks, Constraint::Pattern(_));
    let guilty = others().find(none_keeps).or_else(|| others().next());
    if let Some((rule, _)) = guilty.filter(|one| !is_said(one)) {
        let name = &field.raw.name.text;
        let text = format!("`{name}` is one of `{}`, and none of them keeps `{}`", texts.join("`, `"), rule.row.word);
        report_impossible(rule, text, "change one of them", report);
    }
}

/// Some member of an enum keeps every rule.
fn check_members(of: &Resolved<'_>, field: &Field<'_>, ty: &Type, report: &mut Report) {
    let Type::Enum(id) = ty else { return };
    let (one, wire) = (&of.enums[*id], &of.raw.wire);
    let length = |text: &str| if wire.length_utf16 { text.encode_utf16().count() } else { text.chars().count() };
    let keeps = |rule: &Constraint, text: &str| match rule {
        Constraint::Min(least) => compare(&length(text).into(), least).is_none_or(Ordering::is_ge),
        Constraint::Max(most) => compare(&length(text).into(), most).is_none_or(Ordering::is_le),
        Constraint::Pattern(pattern) => Pattern::remembered(pattern).map_or(true, |pattern| pattern.matches(text)),
        Constraint::OneOf(texts) => texts.iter().any(|one| one == text),
        Constraint::StartsWith(start) => text.starts_with(start.as_str()),
        _ => true,
    };
    let mut names = one.members.iter().map(|member| member.name.text.as_str());
    let none_keeps = |rule: &Constraint| !one.members.iter().any(|member| keeps(rule, &member.name.text));
    let guilty = known(&field.rules).find(|(_, rule)| none_keeps(rule)).or_else(|| known(&field.rules).next());
    let keeps_all = |name: &str| known(&field.rules).all(|(_, rule)| keeps(rule, name));
    if let Some((rule, _)) = guilty.filter(|_| !one.members.is_empty() && !wire.any_case_enums && !names.any(keeps_all))
    {
        let text = format!("no value of `{}` keeps the rules of `{}`", one.name.text, field.raw.name.text);
        report_impossible(rule, text, "change the rule, or take it out: the enum says what the field may be", report);
    }
}

/// The registration numbers of a country are known, else every text would keep the rule.
fn check_registry((rule, constraint): RuleConstraint<'_>, report: &mut Report) {
    let Constraint::RegisteredIn(Country::Named(country)) = constraint else { return };
    let mut known = examples::countries();
    if !known.any(|code| code == country) {
        let text = format!("no registration numbers of `{country}` are known, and any text would do");
        let all: Vec<&str> = examples::countries().collect();
        let help = format!("write one of {}, or take the rule out", all.join(", "));
        report.push_new("wrong-value", rule.value.place, text, help);
    }
}

/// Something is left between the bounds.
fn check_bounds(field: &raw::Field, rules: &[rules::Rule<'_>], report: &mut Report) {
    let most =
        known(rules).find_map(|(rule, asks)| if let Constraint::Max(most) = asks { Some((rule, most)) } else { None });
    let Some((max, most)) = most else { return };
    for (rule, constraint) in known(rules) {
        let (least, none_left) = match constraint {
            Constraint::Min(least) => (least, Ordering::Greater),
            Constraint::Above(least) => (least, Ordering::Equal),
            _ => continue,
        };
        if compare(least, most).is_some_and(|order| order >= none_left) {
            let word = rule.row.word;
            let text = format!("nothing keeps both `{word}: {least}` and `max: {most}` of `{}`", field.name.text);
            report_impossible(max, text, "change one of them", report);
        }
    }
}

fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// A pattern is one that the runtime can run, and some text of `one_of` is like it.
fn check_pattern(
    field: &raw::Field,
    (rule, constraint): RuleConstraint<'_>,
    rules: &[rules::Rule<'_>],
    report: &mut Report,
) {
    let Constraint::Pattern(written) = constraint else { return };
    let pattern = match Pattern::remembered(written) {
        Ok(pattern) => pattern,
        Err(why) => {
            let text = format!("the pattern of `{}` cannot be run: {why}", field.name.text);
            report.push_new("wrong-value", rule.value.place, text, pattern_help(written, &why));
            return;
        }
    };
    let texts_of =
        |(_, asks): RuleConstraint<'_>| if let Constraint::OneOf(texts) = asks { texts.clone() } else { Vec::new() };
    let mut texts = known(rules).flat_map(texts_of).peekable();
    if texts.peek().is_some() && !texts.any(|text| pattern.matches(&text)) {
        let text = format!("no text of `one_of` is like the pattern of `{}`", field.name.text);
        report_impossible(rule, text, "change one of them", report);
    }
}

fn report_impossible(rule: &Rule, text: String, help: &str, report: &mut Report) {
    report.push_new("impossible-rule", rule.value.place, text, help);
}

/// What to do about a pattern: by what it has and none may have, else by why it cannot be read.
fn pattern_help(written: &str, why: &str) -> &'static str {
    let has = |all: &[&str]| all.iter().any(|sign| written.contains(sign));
    let refers_back = written.as_bytes().windows(2).any(|two| matches!(two, [b'\\', b'1'..=b'9']));
    if has(&["(?=", "(?!", "(?<=", "(?<!", "\\p", "\\P"]) || refers_back {
        return "write it without look-around, references back and Unicode classes";
    }
    let of = [
        ("(?i)", "capital and small letters are told apart: `[Aa][Bb]` takes both"),
        ("character class", "every `[` has a `]` behind it; `\\[` is the sign itself"),
        ("unopened group", "every `)` has a `(` before it; `\\)` is the sign itself"),
        ("group", "every `(` has a `)` behind it; `\\(` is the sign itself"),
        ("repetition", "`*`, `+`, `?` and `{` stand behind what is repeated; `\\+` is the sign itself"),
        ("escape", "a backslash stands before a sign, or is one of `\\d`, `\\s` and `\\w`"),
    ];
    of.into_iter()
        .find(|(part, _)| why.contains(part))
        .map_or("write a regular expression, such as `[0-9]{4}`", |(_, help)| help)
}
