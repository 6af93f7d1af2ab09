//! Names on the wire: no two fields of a payload can be meant by one member, and no two members of an enum by one value.

use crate::diagnostic::Diagnostic;
use crate::raw::{EnumMember, Placement, Text};
use crate::report::Report;
use crate::resolve::{Enum, Field, Payload, Resolved};
use crate::source::Place;

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

    fn placement(self) -> Option<Placement> {
        self.field.raw.placement.map(|(placement, _)| placement)
    }

    /// True if a caller who writes the one name has written the other.
    fn is_same(self, other: Self, any_case: bool) -> bool {
        if self.name.text == other.name.text {
            return !(self.is_first() && other.is_first());
        }
        let ignores_case = match (self.placement(), other.placement()) {
            (Some(Placement::Header), Some(Placement::Header)) => true,
            (None, None) => any_case,
            _ => false,
        };
        ignores_case && self.name.text.eq_ignore_ascii_case(&other.name.text)
    }
}

fn check_payload(of: &Resolved<'_>, payload: &Payload<'_>, report: &mut Report) {
    let fields = payload.fields.iter();
    let all: Vec<Called<'_>> = fields
        .flat_map(|field| {
            std::iter::once(&field.raw.name).chain(&field.raw.also).map(move |name| Called { field, name })
        })
        .collect();
    for (at, called) in all.iter().enumerate() {
        let before = all.iter().take(at).find(|other| called.is_same(**other, of.raw.wire.any_case_fields));
        let Some(before) = before else { continue };
        let (own, other) = own_first(of, *called, *before, |called| called.name.place);
        let text = clash(&payload.name, own, other);
        let help = if own.is_first() { "give one of them another name" } else { "take it out of `also`" };
        let diagnostic = Diagnostic::new("field-twice", own.name.place, text);
        report.push(diagnostic.also(other.name.place, "the other one").help(help));
    }
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
    let any_case = of.raw.wire.any_case_enums;
    for (at, member) in one.members.iter().enumerate() {
        let before = one.members.iter().take(at).find_map(|other| Some((other, shared(member, other, any_case)?)));
        let Some((before, value)) = before else { continue };
        let (own, other) = own_first(of, member, before, |member| member.name.place);
        let (first, second) = (&before.name.text, &member.name.text);
        let text = format!("`{value}` would be read as `{first}` and as `{second}` of `{}`", one.name.text);
        let diagnostic = Diagnostic::new("name-clash", own.name.place, text);
        report.push(diagnostic.also(other.name.place, "the other one").help("give one of them another name or number"));
    }
}

/// What is read as either of two members.
fn shared(one: &EnumMember, other: &EnumMember, any_case: bool) -> Option<String> {
    let number = |member: &EnumMember| member.number.map(|number| number.to_string());
    let (name, other_name) = (&one.name.text, &other.name.text);
    if any_case && name != other_name && name.eq_ignore_ascii_case(other_name) {
        return Some(name.clone());
    }
    number(one)
        .filter(|own| number(other).as_ref() == Some(own) || own == other_name)
        .or_else(|| number(other).filter(|other| other == name))
}

/// Of two, the later one, or the one that the definition itself wrote.
fn own_first<T: Copy>(of: &Resolved<'_>, later: T, earlier: T, place: impl Fn(T) -> Place) -> (T, T) {
    let is_own = |one: T| of.sources.is_own(place(one));
    if is_own(earlier) && !is_own(later) { (earlier, later) } else { (later, earlier) }
}
