//! Declarations: the shared definitions that a model has beside its types, and that endpoints use by name. Behaviours,
//! hooks, kinds of codes and sessions, tables, operations, settings and texts.

#![expect(missing_docs, reason = "fields are named for what they hold; what needs more has a line")]

use super::meanings::Meaning;
use crate::arena::Id;
use crate::vocabulary;

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

/// What codes are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    Digits,
    Base32,
}

impl Alphabet {
    /// As definitions and generated attributes write it.
    pub fn word(self) -> &'static str {
        match self {
            Alphabet::Digits => "digits",
            Alphabet::Base32 => "base32",
        }
    }
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
    pub alphabet: Alphabet,
    pub digits: u32,
    pub life_seconds: u64,
    /// As written, for the generated attribute: `5m`.
    pub life: String,
    pub attempts: u32,
    pub text: Option<String>,
    pub one_per: Vec<Id<Meaning>>,
    /// What it is found by without an id.
    pub find_by: Vec<Id<Meaning>>,
    pub binds: Vec<Id<Meaning>>,
    pub keeps: Vec<Id<Meaning>>,
    /// Those of them whose values a message may cut.
    pub shortens: Vec<Id<Meaning>>,
    pub id_life_seconds: Option<u64>,
    pub id: IdForm,
    /// Some request takes the code as a number.
    pub numbers: bool,
    /// As written: `10 in 1h`.
    pub per_phone: Option<String>,
    /// Messages are in the caller's words.
    pub callers_words: bool,
    /// What stands in them for a code that is made here.
    pub code_mark: Option<String>,
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

/// A behaviour, shipped or of the definition's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Behaviour {
    pub name: String,
    /// Its specification: as its family's file says it.
    pub spec: vocabulary::Behaviour,
    pub expects: Vec<Id<Meaning>>,
}

/// What the option of a step names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Nothing that is declared: it is handed on as it is said, if anything is.
    Literal,
    Code(Id<OtpKind>),
    Session(Id<SessionKind>),
    Table(Id<LookUpTable>),
}
