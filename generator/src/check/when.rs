//! Endpoints that share a route: `when` asks a field that is there for a value that it can have.

use std::collections::HashMap;

use super::routes::shape;
use crate::diagnostic::Diagnostic;
use crate::model::Type;
use crate::naming::near;
use crate::raw::{Discriminator, Endpoint, Field, Text, TypeName};
use crate::report::Report;
use crate::resolve::{self, Resolved};

/// What is no text for people, and stands on the wire as one.
const AS_TEXTS: [&str; 3] = ["phone", "date", "time"];

/// What `when` asks is in the request.
pub(super) fn check_when(of: &Resolved<'_>, name: &Text, endpoint: &Endpoint, payload: &str, report: &mut Report) {
    let Some((when, _)) = &endpoint.when else { return };
    let asked: Vec<&Text> = match when {
        Discriminator::Is(field, _) => vec![field],
        Discriminator::Has(fields) => fields.iter().collect(),
    };
    let fields = of.fields(payload);
    for wanted in asked {
        let Some(field) = fields.iter().find(|field| field.raw.name.text == wanted.text) else {
            let text =
                format!("`{}` is distinguished by `{}`, which `{payload}` does not have", name.text, wanted.text);
            let near = near(&wanted.text, fields.iter().map(|field| field.raw.name.text.as_str()));
            let help = near.map_or(format!("add it to `{payload}`"), |near| format!("did you mean `{near}`?"));
            report.push(Diagnostic::new("unknown-field", wanted.place, text).help(help));
            continue;
        };
        let in_route = |route: &Text| route.text.contains(&format!("{{{}}}", wanted.text));
        if endpoint.route.as_ref().is_some_and(in_route) {
            let text = format!("`{}` is distinguished by `{}`, which stands in the path", name.text, wanted.text);
            let help = "ask for a field of the body, the query or a header, or take two routes";
            report.push_new("bad-place", wanted.place, text, help);
        }
        if let Discriminator::Is(_, value) = when {
            check_comparable(&name.text, field, wanted, report);
            check_member(of, field.raw, value, report);
        }
    }
}

/// What is compared is a text: the values of a boolean or a number are none.
fn check_comparable(endpoint: &str, field: &resolve::Field<'_>, wanted: &Text, report: &mut Report) {
    let is_other = match &field.ty {
        Ok(Type::Primitive(one)) => !(one.is_text() || one.is_secret() || AS_TEXTS.contains(&one.word())),
        Ok(Type::Enum(_)) | Err(_) => false,
        Ok(_) => true,
    };
    if is_other {
        let text =
            format!("`{endpoint}` is distinguished by the value of `{}`, which is neither text nor enum", wanted.text);
        let help = format!("ask whether it is there, `when: [{}]`, make it an enum, or take two routes", wanted.text);
        report.push_new("type-clash", wanted.place, text, &help);
    }
}

/// The value is a member, if the field is an enum.
fn check_member(of: &Resolved<'_>, field: &Field, value: &Text, report: &mut Report) {
    let Some(TypeName::One(ty)) = &field.ty else { return };
    let Some(members) = of.raw.enums.get(&ty.text) else { return };
    if members.iter().any(|member| member.name.text == value.text) {
        return;
    }
    let names: Vec<&str> = members.iter().map(|member| member.name.text.as_str()).collect();
    let near = near(&value.text, names.iter().copied());
    let help = near.map_or(format!("it has: {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
    report.push_new("unknown-value", value.place, format!("`{}` has no member `{}`", ty.text, value.text), help);
}

/// What is alone on its route takes every request, whatever `when` asks.
pub(super) fn check_alone(of: &Resolved<'_>, report: &mut Report) {
    let mut at: HashMap<String, usize> = HashMap::new();
    let routes = of.raw.endpoints.iter().filter_map(|(_, endpoint)| endpoint.route.as_ref());
    routes.for_each(|route| *at.entry(shape(&route.text)).or_default() += 1);
    for (name, endpoint) in of.raw.endpoints.iter() {
        let (Some((_, place)), Some(route)) = (&endpoint.when, &endpoint.route) else { continue };
        if of.sources.is_own(*place) && at.get(&shape(&route.text)) == Some(&1) {
            let text =
                format!("`{}` is alone at `{}`, and takes every request whatever `when` says", name.text, route.text);
            report.push_new("unused", *place, text, "take `when` out, or give another endpoint this route");
        }
    }
}

/// True if two endpoints ask the same.
pub(super) fn same_when(one: &Endpoint, other: &Endpoint) -> bool {
    match (&one.when, &other.when) {
        (Some((Discriminator::Is(field, value), _)), Some((Discriminator::Is(other, same), _))) => {
            field.text == other.text && value.text == same.text
        }
        // What asks for nothing takes what the others do not: one endpoint of a route may.
        (None, None) => true,
        _ => false,
    }
}
