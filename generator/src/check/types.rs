//! Payloads, unions and enums as a whole: none is empty, no field stands twice, and a field that is shown as something
//! else than its meaning can carry every value of it.

use crate::diagnostic::Diagnostic;
use crate::language::primitive::{Primitive, TEXT};
use crate::model::Type;
use crate::raw::{EnumMember, Text, TypeName};
use crate::report::Report;
use crate::resolve::{Enum, Field, Meaning, Means, Payload, Resolved, suggest_or};
use crate::vocabulary::Natural;

pub(super) fn check_types(of: &Resolved<'_>, report: &mut Report) {
    for payload in &of.payloads {
        check_twice(payload, report);
        payload.fields.iter().for_each(|field| check_fits(of, field, report));
    }
    for shape in of.shapes() {
        shape.fields.iter().for_each(|field| check_fits(of, field, report));
    }
    for union in of.unions.iter().filter(|union| union.variants.is_empty()) {
        let text = format!("the union `{}` has no variant", union.name.text);
        report.push_new("empty", union.name.place, text, "add some under `of:`");
    }
    for one in of.enums.iter().filter(|one| one.members.is_empty()) {
        report.push_new("empty", one.name.place, format!("the enum `{}` has no member", one.name.text), "add some");
    }
}

/// A field stands once in a payload, also after `+`.
fn check_twice(payload: &Payload<'_>, report: &mut Report) {
    let mut seen: std::collections::HashMap<&str, &Text> = std::collections::HashMap::new();
    for name in payload.fields.iter().map(|field| &field.raw.name) {
        match seen.get(name.text.as_str()) {
            Some(before) => {
                let text = format!("`{}` has the field `{}` twice", payload.name, name.text);
                let diagnostic = Diagnostic::new("field-twice", name.place, text);
                let help = "take one of them out, or call it something else";
                report.push(diagnostic.also(before.place, "it stands here first").help(help));
            }
            None => drop(seen.insert(&name.text, name)),
        }
    }
}

/// A field that is shown as something else than its meaning can still carry every value of it.
fn check_fits(of: &Resolved<'_>, field: &Field<'_>, report: &mut Report) {
    field.means.conditional().for_each(|meaning| check_conditional(of, field, of.meaning(meaning), report));
    let (Means::Always(Ok(id)), Some(type_name), Ok(ty)) = (&field.means, &field.raw.ty, &field.ty) else { return };
    let meaning = of.meaning(*id);
    if meaning.shape.as_ref() == Some(ty) {
        return;
    }
    if let (Natural::OneOf(values), Some(one)) = (&meaning.natural, enum_of(of, ty)) {
        check_enum(of, meaning, values, one, type_name, report);
    } else if !carries(&meaning.natural, ty) && !is_column(meaning) {
        let wire = &type_name.name().text;
        let text = format!("`{}` is {}, and `{wire}` cannot carry it", meaning.name, describe(&meaning.natural));
        let help = "leave the type out, or take one that carries the meaning";
        report.push_new("type-clash", type_name.name().place, text, help);
    }
}

/// What a field means on a condition is looked for by its meaning, and read as a text.
fn check_conditional(of: &Resolved<'_>, field: &Field<'_>, meaning: &Meaning, report: &mut Report) {
    let Ok(ty) = &field.ty else { return };
    let place = field.raw.ty.as_ref().map_or(field.raw.name.place, |type_name| type_name.name().place);
    let is_readable = match &meaning.natural {
        Natural::Primitive(name) => meaning.shape.is_none() && !name.is_secret() && name.word() != "json",
        _ => false,
    };
    if !is_readable {
        let text = format!("`{}` is read as a text on a condition, and is {}", meaning.name, described(of, meaning));
        let help = "give it a field of its own; endpoints of one route say by `when` which of them is meant";
        report.push_new("type-clash", place, text, help);
    } else if !carries(&Natural::Primitive(TEXT), ty) && !carries(&meaning.natural, ty) {
        let text = format!("`{}` is {}, and this field cannot carry it", meaning.name, describe(&meaning.natural));
        report.push_new("type-clash", place, text, "say `as: text`");
    }
}

fn described(of: &Resolved<'_>, meaning: &Meaning) -> String {
    match &meaning.shape {
        Some(Type::Enum(id)) => format!("the enum `{}`", of.enums[*id].name.text),
        Some(_) => "a shape of the definition's own".to_owned(),
        None => describe(&meaning.natural),
    }
}

/// Columns and settings are texts whose fields may say more.
fn is_column(meaning: &Meaning) -> bool {
    matches!(meaning.home, crate::resolve::Home::Column | crate::resolve::Home::Setting)
}

fn enum_of<'r, 'a>(of: &'r Resolved<'a>, ty: &Type) -> Option<&'r Enum<'a>> {
    match ty {
        Type::Enum(id) => Some(&of.enums[*id]),
        Type::List(inner) => enum_of(of, inner),
        _ => None,
    }
}

fn check_enum(
    of: &Resolved<'_>,
    meaning: &Meaning,
    values: &[String],
    one: &Enum<'_>,
    type_name: &TypeName,
    report: &mut Report,
) {
    let shown = |value: &String| one.members.iter().flat_map(EnumMember::values).any(|it| &it.text == value);
    // Only a definition's own words can skip a check; what was asked has passed or failed.
    let gone: Vec<String> = values.iter().filter(|value| !shown(value) && *value != "skipped").cloned().collect();
    if let Some(first) = gone.first() {
        let text = format!("`{}` has no member for `{}` = {}", type_name.name().text, meaning.name, gone.join(", "));
        let help = format!("add a member that shows it: `<NAME>: {first}`");
        report.push_new("incomplete-enum", type_name.name().place, text, help);
    }
    let set = meaning.set.as_ref().and_then(|set| of.words.sets.get(set)).cloned().unwrap_or_default();
    for value in one.members.iter().flat_map(EnumMember::values) {
        if !set.contains(&value.text) {
            let text = format!("`{}` is no value of `{}`", value.text, meaning.name);
            let help = suggest_or(&value.text, set.iter().map(String::as_str), format!("it has: {}", set.join(", ")));
            report.push_new("unknown-value", value.place, text, help);
        }
    }
}

fn carries(natural: &Natural, ty: &Type) -> bool {
    if let Type::List(_) = ty {
        return matches!(natural, Natural::List(_));
    }
    let is_text = |ty: &Type| matches!(ty, Type::Primitive(wire) if wire.is_text());
    match natural {
        Natural::OneOf(values) => is(ty, "boolean") && values.iter().any(|value| value == "passed"),
        Natural::Key => is_text(ty),
        Natural::List(_) => false,
        Natural::Entity(_) => matches!(ty, Type::Payload(_) | Type::Union(_)) || is(ty, "json"),
        Natural::Primitive(name) if *name == "json" => matches!(ty, Type::Payload(_)) || is(ty, "json"),
        Natural::Primitive(name) => match ty {
            // The day of a moment, and a phone as a number.
            Type::Primitive(wire) if *name == "time" && *wire == "date" => true,
            Type::Primitive(wire) if *name == "phone" && *wire == "integer" => true,
            Type::Primitive(wire) => {
                name == wire || name.is_text() && wire.is_text() || name.is_secret() && wire.is_secret()
            }
            Type::Enum(_) => name.is_text(),
            _ => false,
        },
    }
}

fn is(ty: &Type, word: &str) -> bool {
    matches!(ty, Type::Primitive(primitive) if Primitive::parse(word) == Some(*primitive))
}

fn describe(natural: &Natural) -> String {
    match natural {
        Natural::Primitive(primitive) => format!("of the type `{primitive}`"),
        Natural::Entity(name) => format!("of the type `{name}`"),
        Natural::Key => "the key of a message".to_owned(),
        Natural::OneOf(values) => format!("one of {}", values.join(", ")),
        Natural::List(inner) => format!("a list of `{inner}`"),
    }
}
