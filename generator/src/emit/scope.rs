//! What all parts of `emit` ask of the model: Rust types and names.

use std::collections::BTreeSet;

use crate::arena::Id;
use crate::language::primitive::{Primitive, Rust};
use crate::model::{Adapter, Field, Home, Meaning, Payload, Type};
use crate::naming;
use crate::vocabulary::Natural;

/// The model, with what is needed to name things of the runtime.
pub struct Scope<'a> {
    pub adapter: &'a Adapter,
    /// Types that the definition has, by their Rust names.
    taken: BTreeSet<String>,
    /// Names of shipped meanings.
    names: BTreeSet<&'a str>,
}

impl<'a> Scope<'a> {
    /// Looks at a model.
    pub fn of(adapter: &'a Adapter) -> Self {
        let payloads = adapter.payloads.iter().filter(|payload| is_reached(payload)).map(|payload| &payload.name);
        let unions = adapter.unions.iter().filter(|union| union.is_reached).map(|union| &union.name);
        let enums = adapter.enums.iter().filter(|one| one.is_reached).map(|one| &one.name);
        let shipped = adapter.meanings.iter().filter(|meaning| meaning.home == Home::Shipped);
        let names = shipped.map(|meaning| meaning.name.as_str()).collect();
        Scope { adapter, names, taken: payloads.chain(unions).chain(enums).map(|name| type_name(name)).collect() }
    }

    /// The payload of an id.
    pub fn payload(&self, id: Id<Payload>) -> &'a Payload {
        &self.adapter.payloads[id]
    }

    /// The meaning of an id.
    pub fn meaning(&self, id: Id<Meaning>) -> &'a Meaning {
        &self.adapter.meanings[id]
    }

    /// Whether there is a meaning of this name.
    pub fn is_shipped(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The Rust name of a payload.
    pub fn payload_name(&self, id: Id<Payload>) -> String {
        type_name(&self.payload(id).name)
    }

    /// The Rust type of a field.
    pub fn field_type(&self, field: &Field) -> String {
        let inner = if field.constant().is_some() { "Const".to_owned() } else { self.rust_type(&field.ty) };
        if field.may_lack() { format!("Option<{inner}>") } else { inner }
    }

    /// Whether a field is sent back as it came.
    pub fn is_echoed(&self, field: &Field) -> bool {
        field.meaning.is_some_and(|meaning| self.meaning(meaning).is_echoed)
    }

    /// Whether a payload is always the same.
    pub fn is_constant(&self, payload: &Payload) -> bool {
        payload.fields.iter().all(|field| {
            let inner = if let Type::Payload(id) = &field.ty { Some(self.payload(*id)) } else { None };
            field.constant().is_some() || inner.is_some_and(|inner| !field.may_lack() && self.is_constant(inner))
        })
    }

    /// The Rust type of a wire type.
    pub fn rust_type(&self, ty: &Type) -> String {
        match ty {
            Type::Primitive(primitive) => self.primitive(*primitive),
            Type::Payload(id) => self.payload_name(*id),
            Type::Union(id) => type_name(&self.adapter.unions[*id].name),
            Type::Enum(id) => type_name(&self.adapter.enums[*id].name),
            Type::List(inner) => format!("Vec<{}>", self.rust_type(inner)),
            Type::Body => "B".to_owned(),
        }
    }

    /// The Rust type in which hooks of the bank's own have a meaning.
    pub fn in_hooks(&self, meaning: &Meaning) -> String {
        if let Some(shape) = &meaning.shape {
            return self.rust_type(shape);
        }
        meaning.set.as_ref().map_or_else(|| self.natural(&meaning.natural), |set| self.runtime(set))
    }

    /// The Rust type of a meaning's value.
    pub fn natural(&self, natural: &Natural) -> String {
        match natural {
            Natural::Primitive(primitive) => self.primitive(*primitive),
            Natural::Key | Natural::OneOf(_) => "String".to_owned(),
            Natural::Entity(entity) => self.entity(entity),
            Natural::List(inner) => {
                let inner = Primitive::parse(inner).map_or_else(|| self.entity(inner), |inner| self.primitive(inner));
                format!("Vec<{inner}>")
            }
        }
    }

    fn primitive(&self, primitive: Primitive) -> String {
        match primitive.row().rust {
            Rust::Plain(name) => name.to_owned(),
            Rust::Runtime(name) => self.runtime(name),
            Rust::Secret => format!("{}<String>", self.runtime("Secret")),
        }
    }

    /// The runtime's type of a thing.
    pub fn entity(&self, entity: &str) -> String {
        self.adapter.entities.get(entity).map_or_else(String::new, |is| self.runtime(&is.rust))
    }

    /// A name of the runtime: in full if the definition has a type of that name.
    pub fn runtime(&self, name: &str) -> String {
        if self.taken.contains(name) { format!("countersign_runtime::{name}") } else { name.to_owned() }
    }

    /// Whether a value of this wire type is copied rather than moved.
    pub fn is_copy(&self, ty: &Type) -> bool {
        match ty {
            Type::Primitive(primitive) => primitive.row().is_copy,
            Type::Enum(_) => true,
            Type::Payload(_) | Type::Union(_) | Type::List(_) | Type::Body => false,
        }
    }

    /// Whether a meaning's value is copied rather than moved.
    pub fn copies(&self, meaning: &Meaning) -> bool {
        if let Some(shape) = &meaning.shape {
            return self.is_copy(shape);
        }
        match &meaning.natural {
            Natural::OneOf(_) | Natural::Key => true,
            Natural::Primitive(primitive) => primitive.row().is_copy,
            Natural::List(_) | Natural::Entity(_) => false,
        }
    }
}

/// Whether codes keep a meaning's value as a text, whatever it is elsewhere.
pub fn is_kept_as_text(meaning: &Meaning) -> bool {
    meaning.shape.is_some() || !matches!(&meaning.natural, Natural::Primitive(one) if one.row().in_codes())
}

/// Whether some endpoint reaches a payload.
pub fn is_reached(payload: &Payload) -> bool {
    payload.in_request || payload.in_response
}

/// The Rust name of a payload, union, enum or variant.
pub fn type_name(name: &str) -> String {
    naming::pascal(name)
}
