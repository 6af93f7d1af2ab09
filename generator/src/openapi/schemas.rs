//! The schemas of a document by name: payloads, unions with a schema for each variant, enums, and envelopes around
//! bodies. Each is made once, when something refers to it first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value as Json, json};

use super::fields::{self, Direction};
use super::schema_validation::Named;
use super::{Version, descriptions, object, rules};
use crate::arena::Id;
use crate::model::{Adapter, Discriminator, Enum, Member, Need, Payload, Type, Union, Variant};
use crate::naming::pascal;

/// What a schema is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Root {
    /// A payload.
    Payload(Id<Payload>),
    /// A union.
    Union(Id<Union>),
    /// The variant of a union with this tag.
    Variant(Id<Union>, String),
    /// An enum.
    Enum(Id<Enum>),
    /// The request envelope around a payload.
    Request(Option<Id<Payload>>),
    /// The success envelope around a payload.
    Success(Option<Id<Payload>>),
    /// What failures look like, by the name of the payload.
    Failure(String),
    /// One object in place of several, by what it is of.
    Either(String),
}

/// The schemas of a document.
pub struct Schemas<'a> {
    /// The model.
    pub of: &'a Adapter,
    /// The version of OpenAPI.
    pub version: Version,
    names: HashMap<Root, String>,
    taken: BTreeSet<String>,
    made: BTreeMap<String, Json>,
    /// Schemas of 3.0 that are null somewhere.
    null: BTreeSet<String>,
}

impl<'a> Schemas<'a> {
    /// None so far. What the definition names keeps its name, whatever is made first.
    pub fn new(of: &'a Adapter, version: Version) -> Self {
        let mut schemas = Schemas {
            of,
            version,
            names: HashMap::new(),
            taken: BTreeSet::new(),
            made: BTreeMap::new(),
            null: BTreeSet::new(),
        };
        for (id, payload) in of.payloads.pairs() {
            schemas.call(Root::Payload(id), &payload.name);
        }
        for (id, union) in of.unions.pairs() {
            schemas.call(Root::Union(id), &union.name);
        }
        for (id, one) in of.enums.pairs() {
            schemas.call(Root::Enum(id), &one.name);
        }
        schemas
    }

    /// All that were made, by name.
    pub fn into_made(self) -> Json {
        Json::Object(self.made.into_iter().collect())
    }

    /// Lets those be null that were found to be null somewhere, once all are made.
    pub fn settle(&mut self) {
        for name in std::mem::take(&mut self.null) {
            self.made.get_mut(&name).into_iter().for_each(or_null);
        }
    }

    /// Notes that what a reference of 3.0 leads to is null somewhere.
    pub fn may_be_null(&mut self, reference: &Map<String, Json>) {
        let name = reference.get("$ref").and_then(Json::as_str).and_then(|text| text.rsplit('/').next());
        self.null.extend(name.map(str::to_owned));
    }

    /// `{ "$ref": "#/components/schemas/..." }`, and the schema that it leads to.
    pub fn reference(&mut self, root: Root) -> Json {
        let name = match self.names.get(&root) {
            Some(name) => name.clone(),
            None => {
                let name = self.name_of(&root);
                self.call(root.clone(), &name)
            }
        };
        if !self.made.contains_key(&name) {
            // Room for it, should it lead back to itself.
            self.made.insert(name.clone(), Json::Null);
            let schema = self.schema(&root);
            self.made.insert(name.clone(), schema);
        }
        object([("$ref", Json::from(format!("#/components/schemas/{name}")))])
    }

    /// A reference to a schema that is made elsewhere, by a name of its own.
    pub fn put(&mut self, wanted: &str, schema: Json) -> Json {
        let root = Root::Either(wanted.to_owned());
        let name = match self.names.get(&root) {
            Some(name) => name.clone(),
            None => self.call(root, wanted),
        };
        self.made.insert(name.clone(), schema);
        object([("$ref", Json::from(format!("#/components/schemas/{name}")))])
    }

    /// The schema of a type.
    pub fn of_type(&mut self, ty: &Type) -> Map<String, Json> {
        let schema = match ty {
            Type::Primitive(primitive) => {
                return super::primitives::schema(*primitive, &self.of.wire, self.version);
            }
            Type::Payload(id) => self.reference(Root::Payload(*id)),
            Type::Union(id) => self.reference(Root::Union(*id)),
            Type::Enum(id) => self.reference(Root::Enum(*id)),
            Type::List(inner) => json!({ "type": "array", "items": self.of_type(inner) }),
            Type::Body => json!({ "type": "object" }),
        };
        if let Json::Object(schema) = schema { schema } else { Map::new() }
    }

    /// What requests and answers of a payload must be.
    pub fn direction(&self, id: Id<Payload>) -> Direction {
        let payload = &self.of.payloads[id];
        match (payload.in_request, payload.in_response) {
            (true, true) => Direction::Both,
            (true, false) => Direction::Request,
            _ => Direction::Response,
        }
    }

    /// Gives a name to what has none: the wanted one, or one that is free.
    fn call(&mut self, root: Root, wanted: &str) -> String {
        let wanted = if is_plain(wanted) { wanted.to_owned() } else { pascal(wanted) };
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        self.names.insert(root, name.clone());
        name
    }

    fn name_of(&self, root: &Root) -> String {
        let body = |id: &Option<Id<Payload>>, otherwise: &str| {
            id.map_or_else(|| otherwise.to_owned(), |id| self.of.payloads[id].name.clone())
        };
        match root {
            Root::Payload(id) => self.of.payloads[*id].name.clone(),
            Root::Union(id) => self.of.unions[*id].name.clone(),
            Root::Enum(id) => self.of.enums[*id].name.clone(),
            Root::Variant(id, tag) if tag.is_empty() => format!("{}Other", self.of.unions[*id].name),
            Root::Variant(id, tag) => format!("{}{}", self.of.unions[*id].name, pascal(tag)),
            Root::Request(id) => format!("{}Envelope", body(id, "Request")),
            Root::Success(id) => format!("{}Envelope", body(id, "Success")),
            Root::Failure(name) | Root::Either(name) => name.clone(),
        }
    }

    fn schema(&mut self, root: &Root) -> Json {
        match root {
            Root::Payload(id) => self.payload(*id),
            Root::Union(id) => self.union(*id),
            Root::Variant(id, tag) => self.variant(*id, tag),
            Root::Enum(id) => enumeration(&self.of.enums[*id]),
            Root::Request(body) => {
                let envelope = self.of.envelope.request.clone();
                self.envelope(envelope.as_ref(), *body, Direction::Request)
            }
            Root::Success(body) => {
                let envelope = self.of.envelope.success.clone();
                self.envelope(envelope.as_ref(), *body, Direction::Response)
            }
            Root::Failure(name) => {
                let failures = self.of.envelope.failure.iter().chain(&self.of.failures);
                let found = failures.into_iter().find(|failure| failure.payload.name == *name);
                let payload = found.map(|failure| failure.payload.clone());
                payload.map_or(json!({ "type": "object" }), |payload| self.shape(&payload, Direction::Response, &[]))
            }
            Root::Either(_) => json!({ "type": "object" }),
        }
    }

    fn payload(&mut self, id: Id<Payload>) -> Json {
        let of = self.of;
        let mut payload = of.payloads[id].clone();
        if let Some((name, value)) = discriminator_of(of, id) {
            let fixed = payload.fields.iter_mut().filter(|field| field.wire == name);
            fixed.for_each(|field| field.need = Need::Constant { always: Json::from(value.as_str()), optional: false });
        }
        self.shape(&payload, self.direction(id), &in_path(of, id))
    }

    /// An object of a payload's fields, but those that stand in the path.
    fn shape(&mut self, payload: &Payload, direction: Direction, in_path: &[String]) -> Json {
        if let Some(whole) = payload.whole_body() {
            return fields::property(self, whole, direction);
        }
        if payload.as_list {
            let elements: Vec<Json> =
                payload.fields.iter().map(|field| Json::Object(self.of_type(&field.ty))).collect();
            let description = descriptions::of_payload(self.of, payload);
            return object([
                ("type", Json::from("array")),
                ("description", Json::from(description)),
                ("items", object([("anyOf", Json::Array(elements))])),
            ]);
        }
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for field in payload.fields.iter().filter(|field| !in_path.contains(&field.wire) && !field.is_in_head()) {
            if fields::is_never(field) {
                continue;
            }
            if fields::is_required(self.of, field, direction) {
                required.push(Json::from(field.wire.as_str()));
            }
            let property = fields::property(self, field, direction);
            properties.insert(field.wire.clone(), property);
        }
        let mut schema = Map::new();
        schema.insert("type".to_owned(), Json::from("object"));
        schema.insert("description".to_owned(), Json::from(descriptions::of_payload(self.of, payload)));
        if !required.is_empty() {
            schema.insert("required".to_owned(), Json::Array(required));
        }
        schema.insert("properties".to_owned(), Json::Object(properties));
        if payload.echo_unknown {
            schema.insert("additionalProperties".to_owned(), Json::Bool(true));
        } else if self.of.wire.reject_unknown_fields && direction == Direction::Request {
            schema.insert("additionalProperties".to_owned(), Json::Bool(false));
        }
        let never: Vec<&str> =
            payload.fields.iter().filter(|field| fields::is_never(field)).map(|field| field.wire.as_str()).collect();
        if !never.is_empty() {
            schema.insert("x-refused".to_owned(), json!(never));
        }
        schema.extend(rules::of_meanings(self.of, payload).map(|rules| ("x-rules".to_owned(), rules)));
        schema.extend(payload.entity.as_ref().map(|entity| ("x-entity".to_owned(), Json::from(entity.as_str()))));
        Json::Object(schema)
    }

    /// An envelope with its body slot filled. Without a payload there is no body, and the key is left out.
    fn envelope(&mut self, envelope: Option<&Payload>, body: Option<Id<Payload>>, direction: Direction) -> Json {
        let Some(envelope) = envelope else { return json!({ "type": "object" }) };
        let kept = envelope.fields.iter().filter(|field| field.ty != Type::Body || body.is_some());
        let fields = kept.cloned().map(|mut field| {
            if let (Type::Body, Some(body)) = (&field.ty, body) {
                field.ty = Type::Payload(body);
            }
            field
        });
        let filled = Payload { fields: fields.collect(), ..envelope.clone() };
        self.shape(&filled, direction, &[])
    }

    /// One of the variants, identified by its tag.
    fn union(&mut self, id: Id<Union>) -> Json {
        let union = self.of.unions[id].clone();
        let (mut variants, mut mapping) = (Vec::new(), Map::new());
        for variant in &union.variants {
            let reference = self.reference(Root::Variant(id, variant.wire.clone()));
            mapping.insert(variant.wire.clone(), reference.get("$ref").cloned().unwrap_or_default());
            variants.push(reference);
        }
        if union.echo_unknown {
            variants.push(self.reference(Root::Variant(id, String::new())));
        }
        let mut schema =
            object([("description", Json::from(descriptions::of_union(&union))), ("oneOf", Json::Array(variants))]);
        let Json::Object(members) = &mut schema else { return schema };
        // A discriminator names every value that there may be, and those that are kept have no end. Client generators
        // cannot do without one.
        if !union.echo_unknown || self.version == Version::V3_0 {
            let discriminator = json!({ "propertyName": union.tag, "mapping": mapping });
            members.insert("discriminator".to_owned(), discriminator);
        }
        if union.echo_unknown {
            members.insert("x-unknown".to_owned(), Json::from("echo"));
        }
        schema
    }

    /// The fields of a variant behind its tag; for no tag, whatever else comes and is sent back.
    fn variant(&mut self, id: Id<Union>, tag: &str) -> Json {
        let of = self.of;
        let union = &of.unions[id];
        let Some(variant) = union.variants.iter().find(|variant| variant.wire == tag) else {
            return other_variant(union, self.version);
        };
        let direction = self.direction(variant.payload);
        let mut schema = self.shape(&of.payloads[variant.payload], direction, &[]);
        let Json::Object(members) = &mut schema else { return schema };
        tagged(members, union, variant);
        if union.echo_unknown {
            members.insert("additionalProperties".to_owned(), Json::Bool(true));
        }
        schema
    }
}

impl Named for Schemas<'_> {
    fn named(&self, name: &str) -> Option<&Json> {
        self.made.get(name)
    }
}

/// A schema of 3.0 that also takes null.
fn or_null(schema: &mut Json) {
    let Json::Object(members) = schema else { return };
    if let Some(Json::Array(variants)) = members.get_mut("oneOf") {
        variants.push(json!({ "type": "object", "nullable": true, "enum": [null] }));
        return;
    }
    members.insert("nullable".to_owned(), Json::Bool(true));
    if let Some(Json::Array(values)) = members.get_mut("enum") {
        values.push(Json::Null);
    }
}

/// Puts the tag before the other fields.
fn tagged(members: &mut Map<String, Json>, union: &Union, variant: &Variant) {
    let mut properties = Map::new();
    properties.insert(union.tag.clone(), json!({ "type": "string", "enum": [variant.wire] }));
    if let Some(Json::Object(others)) = members.get("properties") {
        properties.extend(others.clone());
    }
    let mut required = vec![Json::from(union.tag.as_str())];
    if let Some(Json::Array(others)) = members.get("required") {
        required.extend(others.iter().filter(|name| **name != union.tag.as_str()).cloned());
    }
    let description = format!("The variant `{}` of `{}`.", variant.wire, union.name);
    members.insert("description".to_owned(), Json::from(description));
    members.insert("required".to_owned(), Json::Array(required));
    members.insert("properties".to_owned(), Json::Object(properties));
}

fn other_variant(union: &Union, version: Version) -> Json {
    let known: Vec<&str> = union.variants.iter().map(|variant| variant.wire.as_str()).collect();
    let mut tag = json!({ "not": { "enum": known } });
    let mut required = Vec::new();
    // A variant is kept whatever its tag is, also without one; a discriminator wants a text.
    if let (Json::Object(members), Version::V3_0) = (&mut tag, version) {
        members.insert("type".to_owned(), Json::from("string"));
        required.push(union.tag.as_str());
    }
    let mut schema = json!({
        "type": "object",
        "description": format!("A variant of `{}` that is not known: it is sent back as it came.", union.name),
        "properties": { union.tag.as_str(): tag },
        "additionalProperties": true,
    });
    if let (Json::Object(members), [_, ..]) = (&mut schema, required.as_slice()) {
        members.insert("required".to_owned(), json!(required));
    }
    schema
}

fn enumeration(of: &Enum) -> Json {
    let names: Vec<&str> = of.members.iter().map(|member| member.wire.as_str()).collect();
    let mut schema = json!({ "type": "string", "description": descriptions::of_enum(of), "enum": names });
    let Json::Object(members) = &mut schema else { return schema };
    let shows = |member: &Member| match member.also.as_slice() {
        [] => member.shows.as_deref().map(Json::from),
        also => Some(member.shows.iter().chain(also).map(|value| Json::from(value.as_str())).collect()),
    };
    let shown = of.members.iter().filter_map(|member| Some((member.wire.clone(), shows(member)?)));
    let shown: Map<String, Json> = shown.collect();
    let numbers = of.members.iter().filter_map(|member| Some((member.wire.clone(), Json::from(member.number?))));
    let numbers: Map<String, Json> = numbers.collect();
    for (name, values) in [("x-shows", shown), ("x-numbers", numbers)] {
        if !values.is_empty() {
            members.insert(name.to_owned(), Json::Object(values));
        }
    }
    schema
}

/// The fields of a request that stand in its path.
fn in_path(of: &Adapter, id: Id<Payload>) -> Vec<String> {
    let asked = of.endpoints.iter().filter(|endpoint| endpoint.request == Some(id));
    asked.flat_map(|endpoint| super::operations::path_parameters(&endpoint.path)).collect()
}

/// The field and the value by which the one endpoint that takes a request is distinguished from others at its route.
fn discriminator_of(of: &Adapter, id: Id<Payload>) -> Option<(String, String)> {
    let mut asked = of.endpoints.iter().filter(|endpoint| endpoint.request == Some(id));
    let (Some(endpoint), None) = (asked.next(), asked.next()) else { return None };
    match &endpoint.when {
        Some(Discriminator::Is { field, value, .. }) => Some((field.clone(), value.clone())),
        _ => None,
    }
}

/// A name that OpenAPI takes as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter))
}
