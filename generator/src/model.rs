//! The checked adapter: resolved, complete, without places in files. It cannot hold a wrong API: whoever has one
//! may emit it without asking again. Only `check` makes it; `emit` and `explain` read it.

#![expect(missing_docs, reason = "fields are named for what they hold; what needs more has a line")]

mod errors;
mod examples;

pub use errors::{Answer, ErrorRow, Says};
pub use examples::{Call, Example, Target};

use std::collections::{BTreeMap, BTreeSet};

use crate::arena::{Arena, Id};
use crate::language::primitive::Primitive;
use crate::plan::Plan;
pub use crate::resolve::Meaning;
pub use crate::resolve::rules::Rule;
use crate::vocabulary::{self, Natural, Table, Thing};

/// A definition after `extends`, binding and proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    /// Kebab-case name.
    pub name: String,
    pub title: String,
    pub version: String,
    /// Path prefix, empty for none.
    pub base: String,
    /// The folder that it was read from, as the generated header names it: `definitions/<name>` for a shipped one,
    /// `adapter.yaml` for a bank's own.
    pub source: String,
    /// What it extends, if anything: the built-in's name or the path as written.
    pub extends: Option<String>,
    pub callers: Callers,
    pub wire: Wire,
    pub validation: Validation,
    /// All that anything here can mean.
    pub meanings: Arena<Meaning>,
    /// Meanings that can be worked out from others.
    pub derived: Vec<(Id<Meaning>, Vec<Id<Meaning>>)>,
    /// Shipped faults: when each is answered.
    pub faults: Table<String>,
    /// What the runtime calls things.
    pub things: Table<Thing>,
    /// All that endpoints can do.
    pub behaviours: Arena<Behaviour>,
    pub settings: Arena<Setting>,
    pub otps: Arena<OtpKind>,
    pub sessions: Arena<SessionKind>,
    pub tables: Arena<LookUpTable>,
    pub operations: Vec<OperationKind>,
    /// Every text that something used can show, sorted by language (default first), then by order of appearance.
    pub texts: Vec<Text>,
    /// No endpoint sends a message, and the bank writes no hooks of the definition's own.
    pub needs_no_gateway: bool,
    /// Own hooks: behaviours that the definition declares and the bank writes.
    pub hooks: Vec<OwnHook>,
    pub envelope: Envelope,
    /// What failures of endpoints with an envelope of their own look like.
    pub failures: Vec<Failure>,
    /// In the order of the definition, `+` resolved; those that nothing reaches are not written.
    pub payloads: Arena<Payload>,
    pub unions: Arena<Union>,
    pub enums: Arena<Enum>,
    /// What payloads must be able to do beside carrying their fields.
    pub needed: Needed,
    /// Fault -> message key.
    pub says: Vec<(String, String)>,
    /// Rows that some endpoint, or the adapter as a whole, declares.
    pub rows: Vec<ErrorRow>,
    /// Answers to `route.unknown`, `method.wrong` and what else can happen outside every endpoint.
    pub answers: Vec<Answer>,
    pub endpoints: Vec<Endpoint>,
    /// In the order of the definition.
    pub examples: Vec<Example>,
}

impl Adapter {
    /// `config` or `attributes`: what a list of a form holds.
    pub fn form_list(&self, form: &str, list: &Type) -> Option<String> {
        let Type::List(element) = list else { return None };
        let thing = match &**element {
            Type::Payload(id) => self.payloads[*id].thing.as_deref()?,
            Type::Union(id) => self.unions[*id].thing.as_deref()?,
            _ => return None,
        };
        let holds = |meaning: &&Meaning| matches!(&meaning.natural, Natural::List(inner) if inner == thing);
        let mut qualities = self.meanings.iter().filter(|meaning| meaning.is_of(form));
        qualities.find(holds).map(|meaning| meaning.quality.clone())
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Callers {
    /// With the reason.
    None(String),
    /// Whoever shows a token of the settings.
    Bearer,
    /// Whoever shows an access id and a key of the settings, in this realm.
    Basic(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Wire {
    pub reject_unknown_fields: bool,
    pub omit_nulls: bool,
    /// `number`, `boolean`, `text`.
    pub text_accepts: Vec<String>,
    pub decimal_accepts: Vec<String>,
    pub length_utf16: bool,
    /// None: the default pattern. `epoch_ms` or a strftime pattern.
    pub times: Option<String>,
    /// In bytes; none: the default.
    pub body_limit: Option<u64>,
    pub any_case_fields: bool,
    pub any_case_enums: bool,
    pub empty_body: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    pub blank_is_empty: bool,
    pub says: Vec<(String, String)>,
    pub field_codes: Vec<String>,
    pub body_codes: Vec<String>,
    pub types: Vec<(String, String)>,
}

/// `application.name: powerauth-data-adapter`
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    pub path: String,
    pub default: SettingValue,
}

#[derive(Debug, Clone, PartialEq)]
pub enum SettingValue {
    Text(String),
    Boolean(bool),
    Integer(i64),
}

/// What a code is found by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IdForm {
    /// A UUID.
    #[default]
    Uuid,
    /// A token that the caller keeps.
    Token,
    /// The code itself.
    Code,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OtpKind {
    pub name: String,
    /// `digits` or `base32`.
    pub alphabet: String,
    pub digits: u32,
    pub life_seconds: u64,
    /// As written, for the generated attribute: `5m`.
    pub life: String,
    pub attempts: u32,
    pub text: Option<String>,
    pub one_per: Vec<Id<Meaning>>,
    pub binds: Vec<Id<Meaning>>,
    pub keeps: Vec<Id<Meaning>>,
    /// Those of them whose values a message may cut.
    pub shortens: Vec<Id<Meaning>>,
    pub keep_seconds: Option<u64>,
    pub id: IdForm,
    /// Some request takes the code as a number.
    pub numbers: bool,
    /// As written: `10 in 1h`.
    pub per_phone: Option<String>,
}

/// A kind of session.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionKind {
    pub name: String,
    /// As written: `7d`.
    pub idle: String,
    pub binds: Vec<Id<Meaning>>,
}

/// A table whose rows are settings.
#[derive(Debug, Clone, PartialEq)]
pub struct LookUpTable {
    pub name: String,
    /// All of a key are texts.
    pub key: Vec<Id<Meaning>>,
    pub gives: Vec<Id<Meaning>>,
    /// What is not found in it passes.
    pub optional: bool,
}

/// An operation, `like` resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationKind {
    pub name: String,
    pub needs: Vec<Id<Meaning>>,
    pub sms: Option<String>,
    pub accounts: Option<String>,
    pub consent: Option<Consent>,
    pub silent: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Consent {
    pub html: String,
    pub options: Vec<ConsentLine>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ConsentLine {
    pub id: String,
    pub html: String,
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    pub language: String,
    pub key: String,
    pub text: String,
}

/// A behaviour under `behaviours:` that no family ships.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnHook {
    pub name: String,
    pub behaviour: Id<Behaviour>,
    /// Meaning and whether it may be absent.
    pub inputs: Vec<(Id<Meaning>, bool)>,
    pub gives: Vec<Id<Meaning>>,
    pub fails: Vec<String>,
    /// Endpoints that do it.
    pub endpoints: Vec<String>,
}

/// What stands around bodies. `None`: nothing does.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    pub request: Option<Payload>,
    pub success: Option<Payload>,
    /// A payload that is filled from the refusal.
    pub failure: Option<Failure>,
    pub failure_type: String,
}

/// What failures look like.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub payload: Payload,
    /// It is one of the definition's payloads.
    pub declared: Option<Id<Payload>>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload {
    pub name: String,
    /// One sentence, if the definition has one.
    pub about: Option<String>,
    /// The thing whose qualities it shows, if it shows one and only one: `user`, `option`, `operation`.
    pub thing: Option<String>,
    pub fields: Vec<Field>,
    /// Rules on meanings, with the number of fields that stand before them.
    pub then: Vec<Then>,
    /// Unknown members are kept and sent back.
    pub keep_unknown: bool,
    /// Reached from a request; from a response.
    pub in_request: bool,
    pub in_response: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// On the wire.
    pub wire: String,
    /// The meaning, if it has an unconditional one.
    pub meaning: Option<Id<Meaning>>,
    /// Meanings that hold only where a sibling has a value: meaning, sibling's wire name, value.
    pub conditional: Vec<(Id<Meaning>, String, String)>,
    pub ty: Type,
    pub need: Need,
    pub also: Vec<String>,
    pub accepts: Vec<String>,
    pub rules: Vec<Rule>,
    /// `adapter.yaml:91`, for trace comments and `explain`.
    pub trace: String,
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
    /// Wire name of the field at which it is told, if not the meaning's own.
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
    /// The hole in an envelope.
    Body,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    pub name: String,
    pub tag: String,
    pub keep_unknown: bool,
    pub thing: Option<String>,
    pub variants: Vec<Variant>,
    /// Something reaches it.
    pub is_reached: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The tag's value on the wire.
    pub wire: String,
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
    /// Also accepted as this number.
    pub number: Option<i64>,
    /// The meaning's value: `passed`.
    pub shows: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// snake_case; the method's name.
    pub name: String,
    pub about: String,
    pub method: String,
    /// Without the base.
    pub path: String,
    pub success: u16,
    /// The payload that its failures are told with, if it is not the usual one.
    pub failure: Option<String>,
    /// The kind of session that it asks for.
    pub session: Option<Id<SessionKind>>,
    /// How it is told from others at its route.
    pub when: Option<When>,
    pub request: Option<Id<Payload>>,
    pub response: Option<Id<Payload>>,
    /// What follows for it.
    pub plan: Plan,
    pub trace: String,
}

/// How an endpoint is told from others at its route.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// A field of the request, by its wire name, has a value: the member of this enum, or a text.
    Is { field: String, of: Option<Id<Enum>>, value: String },
    /// One of these fields is there.
    Has(Vec<String>),
}

/// A behaviour, shipped or of the definition's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Behaviour {
    pub name: String,
    /// As its family's file says it.
    pub said: vocabulary::Behaviour,
    pub expects: Vec<Id<Meaning>>,
}

/// What the option of a step names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Nothing that is declared: it is handed on as it is said, if anything is.
    Said,
    Code(Id<OtpKind>),
    Session(Id<SessionKind>),
    Table(Id<LookUpTable>),
}

/// What payloads must be able to do beside carrying their fields. All of it follows from the plans.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Needed {
    /// Made from this thing.
    pub from: BTreeMap<Id<Payload>, String>,
    /// Become this thing.
    pub into: BTreeMap<Id<Payload>, String>,
    /// Have a default.
    pub defaults: BTreeSet<Id<Payload>>,
    /// Are forms.
    pub forms: BTreeSet<Id<Payload>>,
    /// Unions' variants in which a form offers a choice: union, tag.
    pub choices: BTreeSet<(Id<Union>, String)>,
    /// Tell of a failure.
    pub refusals: BTreeSet<Id<Payload>>,
    /// Meanings that are looked for in a request, by the payloads that it reaches.
    pub meanings: BTreeMap<Id<Payload>, BTreeSet<Id<Meaning>>>,
}
