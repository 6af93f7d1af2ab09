//! Endpoints that share a route: `when` asks a field that is there for a value that it can have.

use super::Cx;
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::naming::near;
use crate::raw::{Endpoint, Field, Meaning, Member, Text, TypeName, When};

impl<'a> Cx<'a> {
    /// What `when` asks is in the request.
    pub(super) fn check_when(&mut self, name: &Text, endpoint: &'a Endpoint, payload: &str) {
        let Some((when, _)) = &endpoint.when else { return };
        let asked: Vec<&Text> = match when {
            When::Is(field, _) => vec![field],
            When::Has(fields) => fields.iter().collect(),
        };
        let fields = self.fields(payload);
        for wanted in asked {
            let Some(field) = fields.iter().find(|field| field.name.text == wanted.text) else {
                let text =
                    format!("`{}` tells itself apart by `{}`, which `{payload}` does not have", name.text, wanted.text);
                let near = near(&wanted.text, fields.iter().map(|field| field.name.text.as_str()));
                let help = near.map_or(format!("add it to `{payload}`"), |near| format!("did you mean `{near}`?"));
                self.push(Diagnostic::new("unknown-field", wanted.place, text).help(help));
                continue;
            };
            if let When::Is(_, value) = when {
                self.check_member(field, value);
            }
        }
    }

    /// The value is a member, if the field is an enum.
    fn check_member(&mut self, field: &Field, value: &Text) {
        let Some(TypeName::One(ty)) = &field.ty else { return };
        let Some(members) = self.definition.enums.get(&ty.text) else { return };
        if members.iter().any(|member| member.name.text == value.text) {
            return;
        }
        let names: Vec<&str> = members.iter().map(|member| member.name.text.as_str()).collect();
        let near = near(&value.text, names.iter().copied());
        let help = near.map_or(format!("it has: {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
        self.tell("unknown-value", value.place, format!("`{}` has no member `{}`", ty.text, value.text), help);
    }

    /// True if two endpoints ask the same.
    pub(super) fn same_when(&self, one: &Endpoint, other: &Endpoint) -> bool {
        match (&one.when, &other.when) {
            (Some((When::Is(field, value), _)), Some((When::Is(other, same), _))) => {
                field.text == other.text && value.text == same.text
            }
            _ => false,
        }
    }

    pub(super) fn model_when(&self, when: &When, request: Option<&str>) -> model::When {
        match when {
            When::Has(fields) => model::When::Has(fields.iter().map(|field| field.text.clone()).collect()),
            When::Is(field, value) => {
                let fields = request.map(|request| self.fields(request)).unwrap_or_default();
                let found = fields.into_iter().find(|one| one.name.text == field.text);
                let of = found.and_then(|field| match self.model_field(field).ty {
                    model::Type::Enum(name) => Some(name),
                    _ => None,
                });
                model::When::Is { field: field.text.clone(), of, value: value.text.clone() }
            }
        }
    }

    /// True if some field reads a code as a number.
    pub(super) fn takes_numbers(&self) -> bool {
        let fields = self.definition.payloads.iter().flat_map(|(_, members)| members).filter_map(Member::field);
        fields.into_iter().any(|field| {
            let is_code = matches!(&field.meaning, Some(Meaning::Plain(meaning)) if meaning.text == "otp.code");
            is_code && field.accepts.iter().any(|kind| kind.text == "number")
        })
    }
}
