//! Payloads, unions and enums of the model: what is read and written.

#![expect(missing_docs, reason = "fields are named for what they hold; what needs more has a line")]

use super::meanings::Meaning;
use super::rules::Rule;
use crate::arena::Id;
use crate::language::primitive::Primitive;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload {
    pub name: String,
    /// The entity whose qualities it shows, if it shows one and only one: `user`, `option`, `operation`.
    pub entity: Option<String>,
    pub fields: Vec<Field>,
    /// Rules on meanings, with the number of fields that stand before them.
    pub then: Vec<Then>,
    /// Unknown members are kept and sent back.
    pub echo_unknown: bool,
    /// It is written as a list of its fields.
    pub as_list: bool,
    /// Reached from a request; from a response.
    pub in_request: bool,
    pub in_response: bool,
}

impl Payload {
    /// The field that is all of the body, if one is.
    pub fn whole_body(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.placement == Placement::WholeBody)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// On the wire.
    pub wire: String,
    /// In Rust.
    pub rust: String,
    /// The meaning, if it has an unconditional one.
    pub meaning: Option<Id<Meaning>>,
    /// Meanings that hold only where a sibling has a value: meaning, sibling's wire name, value.
    pub conditional: Vec<(Id<Meaning>, String, String)>,
    pub ty: Type,
    /// How a day or a time is written here, where not as the definition says for all.
    pub format: Option<String>,
    pub need: Need,
    pub also: Vec<String>,
    pub accepts: Vec<String>,
    /// Where it is; of a path, the route says so.
    pub placement: Placement,
    pub rules: Vec<Rule>,
    /// `adapter.yaml:91`, for trace comments and `explain`.
    pub trace: String,
}

/// The placement of a field: where it is in a request or an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Placement {
    /// In the body, or in the path if the route says so.
    #[default]
    Body,
    Query,
    Header,
    /// It is all of the body.
    WholeBody,
}

/// Whether a field must be there: one of four.
#[derive(Debug, Clone, PartialEq)]
pub enum Need {
    Required,
    Optional,
    /// Where it is not sent, it is this, as JSON.
    Default(serde_json::Value),
    /// It is always this, as JSON, where it is sent.
    Constant {
        always: serde_json::Value,
        optional: bool,
    },
}

impl Field {
    /// Whether its Rust type is an `Option`.
    pub fn may_lack(&self) -> bool {
        matches!(self.need, Need::Optional | Need::Constant { optional: true, .. })
    }

    /// True for one that stands in a header or in the query.
    pub fn is_in_head(&self) -> bool {
        matches!(self.placement, Placement::Query | Placement::Header)
    }

    /// What it always is, as JSON.
    pub fn constant(&self) -> Option<&serde_json::Value> {
        if let Need::Constant { always, .. } = &self.need { Some(always) } else { None }
    }
}

/// A rule on whatever has a meaning, asked after so many fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Then {
    pub after: usize,
    pub meaning: Id<Meaning>,
    /// Wire name of the field at which it is reported, if not the meaning's own.
    pub at: Option<String>,
    /// Asked only of operations that need the meaning.
    pub if_needed: bool,
    /// Asked only while another meaning has this value.
    pub when: Option<(Id<Meaning>, String)>,
    pub rules: Vec<Rule>,
    pub trace: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Primitive(Primitive),
    Payload(Id<Payload>),
    Union(Id<Union>),
    Enum(Id<Enum>),
    List(Box<Type>),
    /// The body slot of an envelope.
    Body,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    pub name: String,
    pub tag: String,
    pub echo_unknown: bool,
    pub entity: Option<String>,
    pub variants: Vec<Variant>,
    /// Something reaches it.
    pub is_reached: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The tag's value on the wire.
    pub wire: String,
    /// In Rust.
    pub rust: String,
    /// The payload that it carries: one of its own, or that of the variant it is like.
    pub payload: Id<Payload>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    pub name: String,
    /// The closed set of meaning values it shows: the Rust type of the runtime, such as `Outcome`.
    pub shows: Option<String>,
    pub members: Vec<Member>,
    /// Something reaches it.
    pub is_reached: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub wire: String,
    /// In Rust.
    pub rust: String,
    /// Also accepted as this number.
    pub number: Option<i64>,
    /// The meaning's value: `passed`.
    pub shows: Option<String>,
    /// Further values of it, which it shows and is not read as.
    pub also: Vec<String>,
}
