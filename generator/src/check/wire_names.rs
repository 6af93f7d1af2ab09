//! Names on the wire: no two fields of a payload can be meant by one member, and no two members of an enum by one value.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::raw::{EnumMember, Placement, Text};
use crate::report::Report;
use crate::resolve::{Enum, Field, Payload, Resolved};

pub(super) fn check_wire_names(of: &Resolved<'_>, report: &mut Report) {
    of.payloads.iter().chain(of.shapes()).for_each(|payload| check_payload(of, payload, report));
    of.enums.iter().for_each(|one| check_enum(of, one, report));
}

/// A field by one of its names.
#[derive(Clone, Copy)]
struct Called<'a> {
    field: &'a Field<'a>,
    name: &'a Text,
}

impl Called<'_> {
    /// True for its first name, which stands once in a payload whatever else is asked.
    fn is_first(self) -> bool {
        std::ptr::eq(self.name, &self.field.raw.name)
    }

    /// What a caller may have written for it: the name, and where capital letters do not count that in small ones.
    fn keys(self, any_case: bool) -> Vec<String> {
        let name = &self.name.text;
        let folded = match self.field.raw.placement.map(|(placement, _)| placement) {
            Some(Placement::Header) => Some(format!("header {}", name.to_ascii_lowercase())),
            None if any_case => Some(format!("member {}", name.to_ascii_lowercase())),
            _ => None,
        };
        std::iter::once(format!("name {name}")).chain(folded).collect()
    }

    /// True if a caller who writes the one name has written the other. One field that is there twice is reported as such.
    fn clashes_with(self, other: Self) -> bool {
        !(self.is_first() && other.is_first() && self.name.text == other.name.text)
    }
}

fn check_payload(of: &Resolved<'_>, payload: &Payload<'_>, report: &mut Report) {
    let called = |field| names_of(field).map(move |name| Called { field, name });
    let mut seen: HashMap<String, Called<'_>> = HashMap::new();
    for called in payload.fields.iter().flat_map(called) {
        let keys = called.keys(of.raw.wire.any_case_fields);
        let before = keys.iter().filter_map(|key| seen.get(key)).find(|other| called.clashes_with(**other)).copied();
        for key in keys {
            seen.entry(key).or_insert(called);
        }
        let Some(before) = before else { continue };
        let (own, other) = of.sources.own_first(called, before, |called| called.name.place);
        let text = clash(&payload.name, own, other);
        let help = if own.is_first() { "give one of them another name" } else { "take it out of `also`" };
        let diagnostic = Diagnostic::new("field-twice", own.name.place, text);
        report.push(diagnostic.also(other.name.place, "the other one").help(help));
    }
}

fn names_of<'a>(field: &'a Field<'_>) -> impl Iterator<Item = &'a Text> {
    std::iter::once(&field.raw.name).chain(&field.raw.also)
}

fn clash(payload: &str, own: Called<'_>, other: Called<'_>) -> String {
    let (name, before) = (&own.name.text, &other.name.text);
    let (field, other_field) = (&own.field.raw.name.text, &other.field.raw.name.text);
    if std::ptr::eq(own.field, other.field) {
        format!("`{field}` is called `{before}` already")
    } else if name == before {
        format!("`{other_field}` and `{field}` of `{payload}` are both read from `{name}`")
    } else {
        format!(
            "`{before}` and `{name}` of `{payload}` are one name on the wire, where capital letters are not distinguished"
        )
    }
}

fn check_enum(of: &Resolved<'_>, one: &Enum<'_>, report: &mut Report) {
    let mut seen: HashMap<String, &EnumMember> = HashMap::new();
    for member in one.members {
        let read = read_as(member, of.raw.wire.any_case_enums);
        let is_other = |other: &&&EnumMember| other.name.text != member.name.text;
        let before = read.iter().find_map(|text| Some((*seen.get(text).filter(is_other)?, text.clone())));
        for text in read {
            seen.entry(text).or_insert(member);
        }
        let Some((before, value)) = before else { continue };
        let (own, other) = of.sources.own_first(member, before, |member| member.name.place);
        let (first, second) = (&before.name.text, &member.name.text);
        let text = format!("`{value}` would be read as `{first}` and as `{second}` of `{}`", one.name.text);
        let diagnostic = Diagnostic::new("name-clash", own.name.place, text);
        report.push(diagnostic.also(other.name.place, "the other one").help("give one of them another name or number"));
    }
}

/// The texts that are read as a member; names in small letters where capital ones do not count.
fn read_as(member: &EnumMember, any_case: bool) -> Vec<String> {
    let name = &member.name.text;
    let name = if any_case { name.to_ascii_lowercase() } else { name.clone() };
    std::iter::once(name).chain(member.number.map(|number| number.to_string())).collect()
}
