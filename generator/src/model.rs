//! The checked adapter: resolved, complete, without places in files. It cannot hold a wrong API: whoever has one
//! may emit it without asking again. Only `check` makes it; `emit` and `explain` read it.

#![expect(missing_docs, reason = "fields are named for what they hold; what needs more has a line")]

mod errors;

pub use errors::{Answer, ErrorRow, Says};

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
    pub settings: Vec<Setting>,
    pub otps: Vec<OtpKind>,
    pub sessions: Vec<SessionKind>,
    pub tables: Vec<LookUpTable>,
    pub operations: Vec<OperationKind>,
    /// Every text that something used can show, sorted by language (default first), then by order of appearance.
    pub texts: Vec<Text>,
    /// No endpoint sends a message, and the bank writes no hooks of the definition's own.
    pub needs_no_gateway: bool,
    /// Own hooks: behaviours that the definition declares and the bank writes.
    pub hooks: Vec<OwnHook>,
    pub envelope: Envelope,
    /// What failures of endpoints with an envelope of their own look like.
    pub failures: Vec<Payload>,
    /// Payloads that something reaches, in the order of the definition. `+` is resolved.
    pub payloads: Vec<Payload>,
    pub unions: Vec<Union>,
    pub enums: Vec<Enum>,
    /// Fault -> message key.
    pub says: Vec<(String, String)>,
    /// Rows that some endpoint, or the adapter as a whole, declares.
    pub rows: Vec<ErrorRow>,
    /// Answers to `route.unknown`, `method.wrong` and what else can happen outside every endpoint.
    pub answers: Vec<Answer>,
    pub endpoints: Vec<Endpoint>,
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
    pub one_per: Vec<String>,
    pub binds: Vec<String>,
    pub keeps: Vec<String>,
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
    pub binds: Vec<String>,
}

/// A table whose rows are settings.
#[derive(Debug, Clone, PartialEq)]
pub struct LookUpTable {
    pub name: String,
    /// Meanings, with the types of their columns. All of a key are texts.
    pub key: Vec<(String, Type)>,
    pub gives: Vec<(String, Type)>,
    /// What is not found in it passes.
    pub optional: bool,
}

/// An operation, `like` resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationKind {
    pub name: String,
    pub needs: Vec<String>,
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
    /// Meaning and whether it may be absent.
    pub inputs: Vec<(String, Type, bool)>,
    pub gives: Vec<(String, Type)>,
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
    pub failure: Option<Payload>,
    pub failure_type: String,
}

#[derive(Debug, Clone, PartialEq)]
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
    pub meaning: Option<String>,
    /// Meanings that hold only where a sibling has a value: meaning, sibling's wire name, value.
    pub conditional: Vec<(String, String, String)>,
    pub ty: Type,
    pub optional: bool,
    /// `const:`, as JSON.
    pub constant: Option<serde_json::Value>,
    /// `default:`, as JSON.
    pub default: Option<serde_json::Value>,
    pub also: Vec<String>,
    pub accepts: Vec<String>,
    pub rules: Vec<Rule>,
    /// The key of `required`, if the field is required and a key was given.
    pub at: Option<String>,
    /// `adapter.yaml:91`, for trace comments and `explain`.
    pub trace: String,
}

/// A rule on whatever has a meaning, asked after so many fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Then {
    pub after: usize,
    pub meaning: String,
    /// Wire name of the field at which it is told, if not the meaning's own.
    pub at: Option<String>,
    /// Asked only of operations that need the meaning.
    pub if_needed: bool,
    /// Asked only while another meaning has this value.
    pub when: Option<(String, String)>,
    pub rules: Vec<Rule>,
    pub trace: String,
}

/// A rule with its message key and the fault that it raises in place of `input.invalid`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `required type min max pattern one_of above scale latest min_age present registered_in`.
    pub word: String,
    /// Its argument, as JSON; null for `required`, `type`, `present`.
    pub value: serde_json::Value,
    pub key: Option<String>,
    pub raises: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// `text secret boolean integer decimal date time url html phone email code digits map pairs json never`.
    Primitive(String),
    Payload(String),
    Union(String),
    Enum(String),
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
}

#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The tag's value on the wire.
    pub wire: String,
    /// Name of the payload that it carries: one of its own, or that of the variant it is like.
    pub payload: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    pub name: String,
    /// The closed set of meaning values it shows: the Rust type of the runtime, such as `Outcome`.
    pub shows: Option<String>,
    pub members: Vec<Member>,
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
    pub session: Option<String>,
    /// How it is told from others at its route.
    pub when: Option<When>,
    /// Payload names.
    pub request: Option<String>,
    pub response: Option<String>,
    pub steps: Vec<Step>,
    pub answers: Vec<Answer>,
    /// Faults that no row answers, because a field of the response shows them: fault, wire paths.
    pub shown: Vec<(String, Vec<String>)>,
    /// How the response is filled, field by field (nested payloads of the response inside it).
    pub fills: Vec<Fill>,
    pub trace: String,
}

/// How an endpoint is told from others at its route.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// A field of the request, by its wire name, has a value: the member of this enum, or a text.
    Is { field: String, of: Option<String>, value: String },
    /// One of these fields is there.
    Has(Vec<String>),
}

/// One behaviour of an endpoint, with everything it is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub behaviour: String,
    pub option: Option<String>,
    /// In the vocabulary's order.
    pub inputs: Vec<Input>,
    /// A refusal is turned into an error here (`.passed()?`) rather than shown by the response.
    pub raises: bool,
    /// The response shows the outcome: what could not be sent stays valid.
    pub keeps_refused: bool,
    /// What was not found is no fault: an operation of this API hides unknown users and the response can show nobody,
    /// or the table is optional.
    pub or_nobody: bool,
    /// Where it stands in `does`.
    pub trace: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    pub meaning: String,
    pub source: Source,
    /// `needs`, `expects`, `takes` or `fact` (an own meaning that goes to the hooks).
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Needs,
    Expects,
    Takes,
    /// Bound or kept by the kind of code.
    Bound,
    Fact,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A field of the request: wire names from the payload's root (without the envelope), and whether any of them is
    /// optional. More than one step goes through nested payloads.
    Request { path: Vec<String>, optional: bool },
    /// Carried by elements of a list in the request (a form's attributes), or worked out from another meaning.
    /// The path is that of the list or of the source of the derivation.
    Found { path: Vec<String>, how: String },
    /// Given by an earlier step (its index).
    Step(usize),
    /// `settings.x`
    Setting(String),
    /// `build.version`, `request.time`, ...
    Always,
    /// Who calls, by the credential that was shown.
    Caller,
    /// What the session binds whose token was shown.
    Session,
    /// Nothing gives it: the optional field is null.
    Nothing,
}

/// A field of the response and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Fill {
    /// Wire names from the payload's root.
    pub path: Vec<String>,
    /// None for a nested payload, whose own fields follow.
    pub meaning: Option<String>,
    pub source: Source,
}
