//! Rules of fields: arguments that fit, keys where failures list violations by key, fields and enums that exist.

use super::examples::broken;
use super::{impossible_rules, keys};
use crate::derive::meant_by_raised;
use crate::diagnostic::Diagnostic;
use crate::language::primitive::Family;
use crate::language::rules::{self, Constraint, Country, REQUESTED_COUNTRY};
use crate::model::Type;
use crate::naming::near;
use crate::raw::{self, Member, Says, Text, Variant};
use crate::report::Report;
use crate::resolve::members::envelope_lines;
use crate::resolve::rules::{is_required, known};
use crate::resolve::{Field, Payload, Resolved, Then, failure_meanings, suggest_or};
use crate::yaml::Node;

/// The forms that a field may be read from.
const FORMS: [&str; 8] = ["number", "text", "single", "blanks", "separators", "plus", "lines", "controls"];

/// What is read letter by letter.
const EXACT: [&str; 2] = ["user.username", "user.password"];

pub(super) fn check_rules(of: &Resolved<'_>, report: &mut Report) {
    let by_key = failure_meanings(of).iter().any(|(meaning, _)| {
        ["violations.codes", "violation.message_key"].contains(&of.meaning(*meaning).name.as_str())
    });
    let reached = of.reached();
    for (name, members) in of.raw.payloads.iter() {
        let in_request = of.payload_id(&name.text).is_some_and(|id| reached.requests.payloads.contains(&id));
        check_member_rules(of, members, by_key && in_request, report);
        for line in members {
            if let Member::Rules(rules) = line {
                check_at(rules, &name.text, of.fields(&name.text), report);
            }
        }
    }
    for lines in envelope_lines(of.raw) {
        check_member_rules(of, lines, false, report);
    }
    for (_, union) in of.raw.unions.iter() {
        check_member_rules(of, &union.every, false, report);
        for (_, shape) in union.of.iter() {
            if let Variant::Fields(members) = shape {
                check_member_rules(of, members, false, report);
            }
        }
    }
    for (id, payload) in of.payloads.pairs() {
        check_payload(of, payload, reached.requests.payloads.contains(&id), report);
    }
    of.shapes().for_each(|shape| check_payload(of, shape, false, report));
}

/// The rules of a payload, and whether it is read.
fn check_payload(of: &Resolved<'_>, payload: &Payload<'_>, is_read: bool, report: &mut Report) {
    for then in &payload.then {
        impossible_rules::check_rules(then.raw, &then.rules, report);
        check_country(of, then, report);
    }
    for field in &payload.fields {
        check_of_meanings(field.raw, report);
        check_separators(of, field, report);
        check_plus(field.raw, report);
        impossible_rules::check_field(of, field, is_read, report);
        check_default(of, field, report);
        check_default_rules(of, field, report);
        check_siblings(of, field, &payload.fields, report);
    }
}

fn check_member_rules(of: &Resolved<'_>, members: &[Member], by_key: bool, report: &mut Report) {
    for field in members.iter().filter_map(Member::field) {
        if let Says::Each(keys) = &field.says {
            for (word, _) in keys.iter() {
                known_rule(word, report);
            }
        }
        for (word, fault) in field.raises.iter() {
            known_rule(word, report);
            if let Some(meant) = meant_by_raised(of, &fault.text) {
                let text = format!("no fault `{}`", fault.text);
                report.push_new("unknown-fault", fault.place, text, format!("did you mean `{meant}`?"));
            }
        }
        if by_key {
            check_keys(of, field, report);
        }
        keys::check_says(of, field, report);
        for kind in field.accepts.iter().filter(|kind| !FORMS.contains(&kind.text.as_str())) {
            let text = format!("`{}` is no form that a field may be read from", kind.text);
            report.push_new(
                "wrong-value",
                kind.place,
                text,
                "write number, text, single, blanks, separators, plus, lines or controls",
            );
        }
        check_exact(field, report);
    }
}

/// `at` and `when` belong to rules on a meaning: a field is reported where it stands, and checked whenever it is there.
fn check_of_meanings(field: &raw::Field, report: &mut Report) {
    let (at, when) = (field.at.as_ref(), field.when.as_ref().map(|(meaning, _)| meaning));
    for (key, place) in [("at", at), ("when", when)].into_iter().filter_map(|(key, text)| Some((key, text?.place))) {
        let text = format!("`{key}` belongs to rules on a meaning, and `{}` is a field", field.name.text);
        let help = format!("write the rule in a line of its own: `<meaning>: {{ {key}: ..., <rule>: ... }}`");
        report.push_new("not-yet", place, text, help);
    }
}

/// A phone in its international form has a `+`, which `separators` takes off: none could be sent.
fn check_separators(of: &Resolved<'_>, field: &Field<'_>, report: &mut Report) {
    let is_phone = matches!(&field.ty, Ok(Type::Primitive(primitive)) if *primitive == "phone");
    for kind in field.raw.accepts.iter().filter(|_| is_phone && !of.raw.wire.phones_digits) {
        let name = &field.raw.name.text;
        let (text, help) = match kind.text.as_str() {
            "separators" => (
                format!("`separators` takes the `+` off `{name}`, without which it is no phone"),
                "take it out: phones are read with blanks and dashes as it is",
            ),
            "number" => (
                format!("a number has no `+`, without which `{name}` is no phone"),
                "say `wire: { phones: digits }`, or take it out",
            ),
            _ => continue,
        };
        report.push_new("wrong-value", kind.place, text, help);
    }
}

/// What stands beside a calling code may be a number of another country: its `+` says so.
fn check_plus(field: &raw::Field, report: &mut Report) {
    let is_number = matches!(&field.meaning, Some(raw::Meaning::Plain(meaning)) if meaning.text == "phone.number");
    let accepts = |form: &str| field.accepts.iter().find(|kind| kind.text == form);
    if let (true, Some(separators), None) = (is_number, accepts("separators"), accepts("plus")) {
        let text = format!(
            "`separators` takes the `+` off `{}`, and another country's number becomes one of this",
            field.name.text
        );
        let help = "write `plus` beside it, and let the patterns take a `+`: `\\+?[0-9]{4,14}`";
        report.push_new("wrong-value", separators.place, text, help);
    }
}

/// Refuses to fold a user name or a password: another letter is another name.
fn check_exact(field: &raw::Field, report: &mut Report) {
    let exact = matches!(&field.meaning, Some(raw::Meaning::Plain(meaning)) if EXACT.contains(&meaning.text.as_str()));
    for kind in field.accepts.iter().filter(|kind| exact && ["blanks", "separators"].contains(&kind.text.as_str())) {
        let text = "user names and passwords are read letter by letter";
        report.push_new("wrong-value", kind.place, text, "take the form out: another letter is another name");
    }
}

fn known_rule(word: &Text, report: &mut Report) {
    if rules::find(&word.text).is_none() {
        let all: Vec<&str> = rules::words().collect();
        let help = suggest_or(&word.text, all.iter().copied(), format!("there are: {}", all.join(", ")));
        report.push_new("unknown-key", word.place, format!("no rule `{}`", word.text), help);
    }
}

/// A default is a value of the field's type.
fn check_default(of: &Resolved<'_>, field: &Field<'_>, report: &mut Report) {
    let (Some(default), Ok(ty)) = (&field.raw.default, &field.ty) else { return };
    let Type::Enum(id) = ty else { return check_plain_default(of, field.raw, ty, default, report) };
    let one = &of.enums[*id];
    let text = default.as_text().unwrap_or_default();
    let all: Vec<&str> = one.members.iter().map(|member| member.name.text.as_str()).collect();
    if !all.contains(&text) {
        let help = suggest_or(text, all.iter().copied(), format!("it has: {}", all.join(", ")));
        let message = format!("`{text}` is no member of `{}`", one.name.text);
        report.push_new("unknown-value", default.place, message, help);
    }
}

/// A default keeps the rules of its field.
fn check_default_rules(of: &Resolved<'_>, field: &Field<'_>, report: &mut Report) {
    let Some(default) = &field.raw.default else { return };
    if let Some(broken) = broken(of, field, &default.to_json()) {
        let text = format!("the default of `{}` is {broken}", field.raw.name.text);
        report.push_new("wrong-value", default.place, text, "change the default, or the rule");
    }
}

/// A default of another type: of its kind, and empty where it has parts.
fn check_plain_default(of: &Resolved<'_>, field: &raw::Field, ty: &Type, default: &Node, report: &mut Report) {
    let value = default.to_json();
    let family = if let Type::Primitive(primitive) = ty { Some(primitive.row().family) } else { None };
    let (fits, wanted) = match (ty, family) {
        (Type::List(_), _) => (value.as_array().is_some_and(Vec::is_empty), "an empty list"),
        (_, Some(Family::Flag)) => (value.is_boolean(), "true or false"),
        (_, Some(Family::Integer)) => (value.is_i64(), "a whole number"),
        (_, Some(Family::Decimal)) => (value.is_number(), "a number"),
        (_, Some(Family::Json)) => (value.as_object().is_some_and(serde_json::Map::is_empty), "an empty map"),
        (_, Some(Family::Text)) => (value.is_string(), "a text"),
        _ => return no_default(of, field, ty, default, report),
    };
    if !fits {
        let text = format!("the default of `{}` is {wanted}, and here is {}", field.name.text, default.kind());
        let help = match wanted {
            "an empty list" => Some("write `default: []`".to_owned()),
            "an empty map" => Some("write `default: {}`".to_owned()),
            "a whole number" => raw::right_kind(default, "a number"),
            wanted => raw::right_kind(default, wanted),
        };
        report.push_new("wrong-value", default.place, text, help.unwrap_or_else(|| format!("write {wanted}")));
    }
}

/// A field of this type is there or not; it has no value of its own.
fn no_default(of: &Resolved<'_>, field: &raw::Field, ty: &Type, default: &Node, report: &mut Report) {
    let (name, ty) = (&field.name.text, impossible_rules::type_name(of, ty));
    let text = format!("`{name}` has a default, and its type, {ty}, can have none");
    let help = match field.optional {
        true => "take the default out",
        false => "write `optional: true` in place of the default",
    };
    report.push_new("wrong-value", default.place, text, help);
}

/// Where failures list violations by key, every rule has one.
fn check_keys(of: &Resolved<'_>, field: &raw::Field, report: &mut Report) {
    let defaults = &of.raw.validation.says;
    let mut rules: Vec<&str> = field.rules.iter().map(|rule| rule.word.text.as_str()).collect();
    if is_required(field) {
        rules.push("required");
    }
    rules.extend(field.constant.is_some().then_some("const"));
    let is_silent = |rule: &&str| {
        let has_key = match &field.says {
            Says::All(_) => true,
            Says::Each(keys) => keys.has(rule) || defaults.has(rule),
            Says::Nothing => defaults.has(rule),
        };
        !has_key && !field.raises.has(rule)
    };
    let silent: Vec<&str> = rules.into_iter().filter(is_silent).collect();
    if silent.is_empty() {
        return;
    }
    keys::report_silent(of, field, &silent, report);
}

fn check_at(rules: &raw::Field, payload: &str, all: &[Field<'_>], report: &mut Report) {
    if let Some(at) = rules.at.as_ref().filter(|at| !all.iter().any(|field| field.raw.name.text == at.text)) {
        let help = near(&at.text, all.iter().map(|field| field.raw.name.text.as_str()))
            .map(|near| format!("did you mean `{near}`?"));
        let text = format!("`{payload}` has no field `{}`", at.text);
        report
            .push(Diagnostic::new("unknown-field", at.place, text).help("name a field of this payload").help_if(help));
    }
}

/// A conditional meaning asks a field that stands beside it.
fn check_siblings(of: &Resolved<'_>, field: &Field<'_>, all: &[Field<'_>], report: &mut Report) {
    let Some(raw::Meaning::Conditional(conditions)) = &field.raw.meaning else { return };
    for (_, sibling, value) in conditions {
        let found = all.iter().find(|other| other.raw.name.text == sibling.text);
        if let Some(Ok(Type::Enum(id))) = found.map(|other| &other.ty) {
            let members: Vec<&str> = of.enums[*id].members.iter().map(|member| member.name.text.as_str()).collect();
            if !members.contains(&value.text.as_str()) {
                let text = format!("`{}` is never `{}`", sibling.text, value.text);
                let help =
                    suggest_or(&value.text, members.iter().copied(), format!("it is one of: {}", members.join(", ")));
                report.push_new("unknown-value", value.place, text, help);
            }
        }
        if found.is_none() {
            let help = near(&sibling.text, all.iter().map(|field| field.raw.name.text.as_str()))
                .map(|near| format!("did you mean `{near}`?"));
            let text = format!("there is no field `{}` beside `{}`", sibling.text, field.raw.name.text);
            report.push(
                Diagnostic::new("unknown-field", sibling.place, text)
                    .help("name a field of the same payload")
                    .help_if(help),
            );
        }
    }
}

/// A rule that asks for the request's country wants one.
fn check_country(of: &Resolved<'_>, then: &Then<'_>, report: &mut Report) {
    let says = |field: &Field<'_>| field.meaning.is_some_and(|id| of.meaning(id).name == REQUESTED_COUNTRY);
    if of.payloads.iter().any(|payload| payload.fields.iter().any(says)) {
        return;
    }
    let requested = Constraint::RegisteredIn(Country::Requested);
    for (rule, _) in known(&then.rules).filter(|(_, constraint)| **constraint == requested) {
        let text = format!("the rule `{}` asks for `{REQUESTED_COUNTRY}`, which no field is", rule.row.word);
        let help = "give a field that meaning, or name a country, such as `SE`";
        report.push_new("unbound-value", rule.value.place, text, help);
    }
}
