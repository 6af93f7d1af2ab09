//! A definition as written, key for key, every leaf with its place. Reading it refuses unknown keys and values of the
//! wrong kind; what the names in it mean is asked by `check`.

#![expect(missing_docs, reason = "fields are named for the keys of the language, which the manual describes")]

mod document;
mod endpoints;
mod fields;
mod read;
mod settings;
mod shown;
mod units;

pub use document::definition;
pub use read::right_kind;
pub use shown::dotted;
pub use units::{length_help, seconds};

use std::collections::HashMap;

use crate::language::rules;
use crate::source::Place;
use crate::yaml::Node;

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Its place.
    pub place: Place,
}

impl Text {
    /// Where a part of it stands, given in bytes.
    pub fn part(&self, at: std::ops::Range<usize>) -> Place {
        self.place.part(self.text.len(), at)
    }
}

/// A map in its order, keys with their places.
#[derive(Debug, Clone)]
pub struct Entries<T> {
    list: Vec<(Text, T)>,
    index: HashMap<String, usize>,
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries::new(Vec::new())
    }
}

impl<T> Entries<T> {
    /// No key stands twice in the list.
    pub fn new(list: Vec<(Text, T)>) -> Self {
        let index = list.iter().enumerate().map(|(at, (key, _))| (key.text.clone(), at)).collect();
        Entries { list, index }
    }

    /// The list alone.
    pub fn into_list(self) -> Vec<(Text, T)> {
        self.list
    }

    /// The list.
    pub fn as_slice(&self) -> &[(Text, T)] {
        &self.list
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its place, and its value.
    pub fn entry(&self, key: &str) -> Option<&(Text, T)> {
        self.index.get(key).and_then(|at| self.list.get(*at))
    }

    /// True if the key is there.
    pub fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Keys and values in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Text, T)> {
        self.list.iter()
    }

    /// The keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(name, _)| name.text.as_str())
    }
}

/// All of a definition.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The beginning of `adapter.yaml`.
    pub place: Place,
    /// Keys of the top level with nothing behind them.
    pub emptied: Vec<Text>,
    pub adapter: Option<Text>,
    pub title: Option<Text>,
    pub version: Option<Text>,
    pub base: Option<Text>,
    pub callers: Option<(Callers, Place)>,
    pub wire: Wire,
    pub envelope: Envelope,
    pub envelopes: Entries<Envelope>,
    pub validation: Validation,
    pub settings: Entries<Node>,
    pub meanings: Entries<OwnMeaning>,
    pub behaviours: Entries<OwnBehaviour>,
    pub otps: Entries<Otp>,
    pub sessions: Entries<SessionKind>,
    pub tables: Entries<LookUpTable>,
    pub operations: Entries<Operation>,
    pub every_endpoint: Endpoint,
    pub endpoints: Entries<Endpoint>,
    pub payloads: Entries<Vec<Member>>,
    pub unions: Entries<Union>,
    pub enums: Entries<Vec<EnumMember>>,
    pub says: Entries<Text>,
    pub errors: Entries<Row>,
    pub every_error: Option<Row>,
    /// Language -> key -> text.
    pub messages: Entries<Entries<Text>>,
    /// File -> title -> calls.
    pub examples: Entries<Entries<Vec<Example>>>,
    /// What examples insert by `$name`.
    pub values: Entries<Node>,
}

/// Who may call.
#[derive(Debug, Clone)]
pub enum Callers {
    /// Anybody, for a reason.
    None(Text),
    /// Whoever shows a token of the settings.
    Bearer,
    /// Whoever shows an access id and a key of the settings, in this realm.
    Basic(Text),
    /// Whoever shows the token of a session of this kind; an endpoint alone may say so.
    Session(Text),
    /// A way that is not served yet.
    Later(String),
}

/// How JSON is read and written.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    pub reject_unknown_fields: bool,
    pub omit_nulls: bool,
    pub text_accepts: Vec<Text>,
    pub decimal_accepts: Vec<Text>,
    pub length_utf16: bool,
    pub times: Option<Text>,
    pub phones_digits: bool,
    pub body_limit: Option<u64>,
    pub any_case_fields: bool,
    pub any_case_enums: bool,
    pub empty_body: bool,
}

/// What stands around bodies.
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    pub request: Option<EnvelopePart>,
    pub success: Option<EnvelopePart>,
    pub failure: Option<EnvelopePart>,
    pub failure_type: Option<Text>,
}

/// A part of an envelope: a shape with a body slot, or the name of a payload.
#[derive(Debug, Clone)]
pub enum EnvelopePart {
    Shape(Vec<Member>, Place),
    Payload(Text),
}

/// How broken rules are reported.
#[derive(Debug, Clone, Default)]
pub struct Validation {
    pub blank_is_empty: bool,
    pub says: Entries<Text>,
    pub words: Entries<Text>,
    pub field_codes: Vec<Text>,
    pub body_codes: Vec<Text>,
    pub types: Entries<Text>,
}

/// A meaning under `meanings:`.
#[derive(Debug, Clone)]
pub struct OwnMeaning {
    pub ty: Text,
    /// A hook may leave it out.
    pub optional: bool,
    /// A message may cut its value.
    pub shorten: Option<Place>,
}

/// A behaviour under `behaviours:`.
#[derive(Debug, Clone)]
pub struct OwnBehaviour {
    pub place: Place,
    pub needs: Vec<Text>,
    pub expects: Vec<Text>,
    pub takes: Vec<Text>,
    pub gives: Vec<Text>,
    pub outcome: Vec<Text>,
    pub refuses: Vec<Text>,
    pub fails: Vec<Text>,
}

/// A kind of code.
#[derive(Debug, Clone)]
pub struct Otp {
    pub place: Place,
    pub alphabet: Option<Text>,
    pub digits: Option<(u32, Place)>,
    pub life: Option<(u64, Text)>,
    pub attempts: Option<(u32, Place)>,
    pub text: Option<Text>,
    pub one_per: Vec<Text>,
    pub find_by: Vec<Text>,
    pub binds: Vec<Text>,
    pub keeps: Vec<Text>,
    pub id_life: Option<(u64, Text)>,
    /// `uuid`, `token` or `code`.
    pub id: Option<Text>,
    /// `10 in 1h`
    pub per_phone: Option<Text>,
    /// `from_caller`
    pub words: Option<Text>,
    /// What stands for the code in them.
    pub code_mark: Option<Text>,
}

impl Otp {
    /// True if it is made of letters and digits.
    pub fn is_base32(&self) -> bool {
        self.alphabet.as_ref().is_some_and(|alphabet| alphabet.text == "base32")
    }

    /// True if it is found by itself.
    pub fn is_found_by_code(&self) -> bool {
        self.id.as_ref().is_some_and(|id| id.text == "code")
    }
}

/// A kind of session.
#[derive(Debug, Clone)]
pub struct SessionKind {
    pub place: Place,
    pub idle: Option<(u64, Text)>,
    pub binds: Vec<Text>,
}

/// A table whose rows are settings.
#[derive(Debug, Clone)]
pub struct LookUpTable {
    pub place: Place,
    pub key: Vec<Text>,
    pub gives: Vec<Text>,
    pub optional: bool,
}

/// An operation, `like` not resolved.
#[derive(Debug, Clone)]
pub struct Operation {
    pub place: Place,
    pub like: Option<Text>,
    pub needs: Option<Vec<Text>>,
    pub sms: Option<Text>,
    pub accounts: Option<Text>,
    pub consent: Option<Consent>,
    pub silent: Option<bool>,
}

/// A consent form.
#[derive(Debug, Clone)]
pub struct Consent {
    pub html: Text,
    pub options: Entries<(Text, bool)>,
}

/// An endpoint, or what every endpoint has.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub place: Place,
    pub about: Option<Text>,
    pub route: Option<Text>,
    /// Behaviour and option.
    pub does: Vec<(Text, Option<Text>)>,
    pub does_place: Place,
    /// Error -> faults that it answers here.
    pub errors: Entries<Vec<Text>>,
    pub errors_place: Place,
    /// Refusals that are errors here, whatever becomes of the others.
    pub apart: Vec<Text>,
    pub without: Vec<Text>,
    pub success: Option<(u16, Place)>,
    /// Outcomes and their statuses, where they have several.
    pub success_by: Vec<(Text, u16)>,
    pub request: Option<Text>,
    pub response: Option<Text>,
    pub envelope: Option<Text>,
    /// How it is distinguished from others at its route.
    pub when: Option<(Discriminator, Place)>,
    pub callers: Option<(Callers, Place)>,
}

/// Statuses whose answers have no content.
pub const NO_CONTENT: [u16; 3] = [204, 205, 304];

impl Endpoint {
    /// True if its answer has no body, by its status.
    pub fn has_no_content(&self) -> bool {
        self.success.is_some_and(|(status, _)| NO_CONTENT.contains(&status))
    }
}

/// How an endpoint is distinguished from others at its route.
#[derive(Debug, Clone)]
pub enum Discriminator {
    /// A field has this value.
    Is(Text, Text),
    /// One of these fields is there.
    Has(Vec<Text>),
}

/// A line of a payload.
#[derive(Debug, Clone)]
pub enum Member {
    /// `+: Name`; `unknown: echo` is a flag of the payload.
    Include(Vec<Text>),
    /// A field.
    Field(Field),
    /// A dotted key: rules for whatever has this meaning.
    Rules(Field),
    /// `unknown: echo`
    EchoUnknown(Place),
    /// The payload is written as a list of its fields.
    AsList(Place),
}

impl Member {
    /// The field, if the line is one.
    pub fn field(&self) -> Option<&Field> {
        match self {
            Member::Field(field) | Member::Rules(field) => Some(field),
            _ => None,
        }
    }
}

/// A field, or rules for a meaning.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: Text,
    /// All of the field.
    pub place: Place,
    pub meaning: Option<Meaning>,
    pub ty: Option<TypeName>,
    /// How a day or a time is written here.
    pub format: Option<Text>,
    pub optional: bool,
    pub constant: Option<Node>,
    pub default: Option<Node>,
    pub also: Vec<Text>,
    pub accepts: Vec<Text>,
    pub rules: Vec<Rule>,
    pub says: Says,
    pub raises: Entries<Text>,
    pub at: Option<Text>,
    /// Another meaning, and the value that it must have.
    pub when: Option<(Text, Text)>,
    /// What it is called in Rust.
    pub rust: Option<Text>,
    /// The key of the text that fills it in an answer.
    pub text: Option<Text>,
    /// Its placement, if it says one: `in:`.
    pub placement: Option<(Placement, Place)>,
}

/// The placement of a field: where it is in a request or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    Path,
    Query,
    Header,
    /// It is all of the body.
    Body,
}

impl Field {
    /// True for one that stands in a header or in the query.
    pub fn is_in_head(&self) -> bool {
        matches!(self.placement, Some((Placement::Query | Placement::Header, _)))
    }

    /// True for one that is all of the body.
    pub fn is_whole_body(&self) -> bool {
        matches!(self.placement, Some((Placement::Body, _)))
    }
}

/// What a field means.
#[derive(Debug, Clone)]
pub enum Meaning {
    /// Always this.
    Plain(Text),
    /// Meaning, sibling, the sibling's value.
    Conditional(Vec<(Text, Text, Text)>),
}

/// `T` or `[T]`.
#[derive(Debug, Clone)]
pub enum TypeName {
    One(Text),
    List(Text),
}

impl TypeName {
    /// The name, in a list or not.
    pub fn name(&self) -> &Text {
        match self {
            TypeName::One(name) | TypeName::List(name) => name,
        }
    }
}

/// A rule's word and its argument.
#[derive(Debug, Clone)]
pub struct Rule {
    pub row: &'static rules::Row,
    pub word: Text,
    pub value: Node,
}

/// The message keys of a field's rules.
#[derive(Debug, Clone)]
pub enum Says {
    Nothing,
    /// One for all, or `k.*`.
    All(Text),
    Each(Entries<Text>),
}

/// A union.
#[derive(Debug, Clone)]
pub struct Union {
    pub place: Place,
    pub tag: Option<Text>,
    pub echo_unknown: bool,
    pub every: Vec<Member>,
    pub of: Entries<Variant>,
}

/// A variant of a union.
#[derive(Debug, Clone)]
pub enum Variant {
    /// Its own fields.
    Fields(Vec<Member>),
    /// The same as another.
    Like(Text),
}

/// A member of an enum.
#[derive(Debug, Clone)]
pub struct EnumMember {
    pub name: Text,
    /// The value of the meaning that it shows, and is read as.
    pub shows: Option<Text>,
    /// Further values that it shows.
    pub also: Vec<Text>,
    pub number: Option<i64>,
    /// What it is called in Rust.
    pub rust: Option<Text>,
}

impl EnumMember {
    /// All values that it shows.
    pub fn values(&self) -> impl Iterator<Item = &Text> {
        self.shows.iter().chain(&self.also)
    }
}

/// A row of the error table.
#[derive(Debug, Clone)]
pub struct Row {
    pub place: Place,
    pub status: Option<(u16, Place)>,
    pub code: Option<Text>,
    pub faults: Vec<Text>,
    pub says: Option<RowSays>,
    /// Another payload than the failure's.
    pub payload: Option<Text>,
    /// Why a caller's mistake is answered as one of the server.
    pub because: Option<Text>,
    pub columns: Entries<Text>,
}

/// How a row finds its message.
#[derive(Debug, Clone)]
pub enum RowSays {
    /// A key, or a text with `{{ }}`.
    One(Text),
    FirstOf(Vec<Text>),
}

/// One call of an example.
#[derive(Debug, Clone)]
pub struct Example {
    pub place: Place,
    pub endpoint: Option<Text>,
    /// Method and path of a call that no endpoint takes.
    pub route: Option<Text>,
    /// What hooks answer.
    pub given: Option<Node>,
    /// Another media type than JSON.
    pub sent_as: Option<Text>,
    pub request: Option<Node>,
    pub response: Option<Node>,
    pub error: Option<Node>,
    pub sms: Option<Text>,
}
