//! What all parts of `emit` ask of the model: fields by their wire names, Rust types and names, ways into payloads.

use std::collections::BTreeMap;

use super::binding::{Step, Way};
use crate::model::{Adapter, Enum, Field, LookUpTable, Payload, Type, Union};
use crate::naming;
use crate::vocabulary::Vocabulary;

/// The model and the vocabulary, with what is needed to find things in them.
pub struct Scope<'a> {
    pub adapter: &'a Adapter,
    pub vocabulary: &'a Vocabulary,
    payloads: BTreeMap<&'a str, &'a Payload>,
    unions: BTreeMap<&'a str, &'a Union>,
    enums: BTreeMap<&'a str, &'a Enum>,
}

/// A field of a request or an answer, and the way to it.
pub struct Place<'a> {
    /// One step a field, by Rust names.
    pub way: Way,
    /// The last field.
    pub field: &'a Field,
}

impl<'a> Scope<'a> {
    /// Looks at a model.
    pub fn of(adapter: &'a Adapter, vocabulary: &'a Vocabulary) -> Self {
        Scope {
            adapter,
            vocabulary,
            payloads: adapter.payloads.iter().map(|payload| (payload.name.as_str(), payload)).collect(),
            unions: adapter.unions.iter().map(|union| (union.name.as_str(), union)).collect(),
            enums: adapter.enums.iter().map(|each| (each.name.as_str(), each)).collect(),
        }
    }

    /// The payload of this name.
    pub fn payload(&self, name: &str) -> Option<&'a Payload> {
        self.payloads.get(name).copied()
    }

    /// The union of this name.
    pub fn union(&self, name: &str) -> Option<&'a Union> {
        self.unions.get(name).copied()
    }

    /// The enum of this name.
    pub fn enumeration(&self, name: &str) -> Option<&'a Enum> {
        self.enums.get(name).copied()
    }

    /// The table of this name.
    pub fn table(&self, name: Option<&str>) -> Option<&'a LookUpTable> {
        self.adapter.tables.iter().find(|table| Some(table.name.as_str()) == name)
    }

    /// Follows wire names from a payload.
    pub fn place(&self, payload: &str, path: &[String]) -> Option<Place<'a>> {
        let mut way = Way::new();
        let mut here = self.payload(payload)?;
        let (last, before) = path.split_last()?;
        for wire in before {
            let field = here.fields.iter().find(|field| field.wire == *wire)?;
            way.push(Step::to(&field_name(wire), may_lack(field)));
            let Type::Payload(inner) = &field.ty else { return None };
            here = self.payload(inner)?;
        }
        let field = here.fields.iter().find(|field| field.wire == *last)?;
        way.push(Step::to(&field_name(last), may_lack(field)));
        Some(Place { way, field })
    }

    /// The Rust type of a field.
    pub fn field_type(&self, field: &Field) -> String {
        if field.constant.is_some() {
            return if field.optional { "Option<Const>" } else { "Const" }.to_owned();
        }
        let inner = self.rust_type(&field.ty);
        if may_lack(field) { format!("Option<{inner}>") } else { inner }
    }

    /// Whether a field is sent back as it came.
    pub fn is_echoed(&self, field: &Field) -> bool {
        let thing = field.meaning.as_deref().and_then(|meaning| meaning.split_once('.')).map(|(thing, _)| thing);
        thing.is_some_and(|thing| self.vocabulary.echoed.iter().any(|echoed| echoed == thing))
    }

    /// Whether a payload is always the same.
    pub fn is_constant(&self, payload: &Payload) -> bool {
        payload.fields.iter().all(|field| {
            let inner = if let Type::Payload(name) = &field.ty { self.payload(name) } else { None };
            field.constant.is_some() || inner.is_some_and(|inner| !may_lack(field) && self.is_constant(inner))
        })
    }

    /// The Rust type of a wire type.
    pub fn rust_type(&self, ty: &Type) -> String {
        match ty {
            Type::Primitive(word) => self.primitive(word),
            Type::Payload(name) | Type::Union(name) | Type::Enum(name) => type_name(name),
            Type::List(inner) => format!("Vec<{}>", self.rust_type(inner)),
            Type::Body => "B".to_owned(),
        }
    }

    fn primitive(&self, word: &str) -> String {
        match word {
            "secret" | "code" => format!("{}<String>", self.runtime("Secret")),
            "boolean" => "bool".to_owned(),
            "integer" => "i64".to_owned(),
            "never" => "()".to_owned(),
            "decimal" | "date" | "time" | "phone" | "map" | "pairs" | "json" => self.runtime(&naming::pascal(word)),
            _ => "String".to_owned(),
        }
    }

    /// A name of the runtime: in full if the definition has a type of that name.
    pub fn runtime(&self, name: &str) -> String {
        let taken = |other: &&str| type_name(other) == name;
        let names = self.payloads.keys().chain(self.unions.keys()).chain(self.enums.keys()).copied();
        let ours = names.into_iter().any(|other| taken(&other));
        if ours { format!("countersign_runtime::{name}") } else { name.to_owned() }
    }

    /// Whether a value of this wire type is copied rather than moved.
    pub fn is_copy(&self, ty: &Type) -> bool {
        match ty {
            Type::Primitive(word) => ["boolean", "integer", "time", "date"].contains(&word.as_str()),
            Type::Enum(_) => true,
            Type::Payload(_) | Type::Union(_) | Type::List(_) | Type::Body => false,
        }
    }

    /// The thing that the elements of a payload, union or list show, and the runtime's type of it.
    pub fn thing_of(&self, payload: &Payload) -> Option<(&'a str, &'a str)> {
        let name = payload.thing.as_deref()?;
        self.vocabulary
            .things
            .iter()
            .find(|(thing, _)| thing == name)
            .map(|(thing, is)| (thing.as_str(), is.rust.as_str()))
    }
}

/// Whether a field's Rust type is an `Option`.
pub fn may_lack(field: &Field) -> bool {
    field.optional && field.default.is_none() && field.constant.is_none()
}

/// The Rust name of a field.
pub fn field_name(wire: &str) -> String {
    let name = naming::field(wire);
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("n{name}") } else { name }
}

/// The Rust name of a payload, union, enum or variant.
pub fn type_name(name: &str) -> String {
    naming::pascal(name)
}
