//! The checked adapter: resolved, complete, without places in files. It cannot hold a wrong API: whoever has one
//! may emit it without asking again. Only `check` makes it; `emit` and `explain` read it.

#![expect(missing_docs, reason = "fields are named for what they hold; what needs more has a line")]

pub(crate) mod declarations;
pub(crate) mod errors;
mod examples;
pub(crate) mod meanings;
pub(crate) mod rules;
pub(crate) mod types;

pub use declarations::{
    Alphabet, Behaviour, Choice, Consent, ConsentLine, IdForm, LookUpTable, OperationKind, OtpKind, OwnHook,
    SessionKind, Setting, SettingValue, Text,
};
pub use errors::{Answer, ErrorRow, Says};
pub use examples::{Call, Example, Target};
pub use meanings::{Home, Meaning};
pub use rules::Rule;
pub use types::{Enum, Field, Member, Need, Payload, Placement, Then, Type, Union, Variant};

use std::collections::{BTreeMap, BTreeSet};

use crate::arena::{Arena, Id};
use crate::plan::Plan;
use crate::vocabulary::{Entity, Natural, Table, Unprovoked};

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
    /// Shipped faults that no request provokes by itself.
    pub unprovoked: Unprovoked,
    /// What the runtime calls things.
    pub entities: Table<Entity>,
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
    pub required_impls: RequiredImpls,
    /// Fault -> message key.
    pub says: Vec<(String, String)>,
    pub rows: Arena<ErrorRow>,
    /// Answers to `route.unknown`, `method.wrong` and what else can happen outside every endpoint.
    pub answers: Vec<Answer>,
    pub endpoints: Vec<Endpoint>,
    /// In the order of the definition.
    pub examples: Vec<Example>,
}

impl Adapter {
    /// Rows that some endpoint, or the adapter as a whole, declares.
    pub fn used_rows(&self) -> impl Iterator<Item = (Id<ErrorRow>, &ErrorRow)> {
        self.rows.pairs().filter(|(_, row)| row.is_used)
    }

    /// The faults that a row answers at an endpoint, if it answers any.
    pub fn answer_of<'e>(&self, endpoint: &'e Endpoint, row: &ErrorRow) -> Option<&'e Answer> {
        endpoint.plan.answers.iter().find(|answer| self.rows[answer.row].name == row.name)
    }

    /// `config` or `attributes`: what a list of a form holds.
    pub fn form_list(&self, form: &str, list: &Type) -> Option<String> {
        let Type::List(element) = list else { return None };
        let entity = match &**element {
            Type::Payload(id) => self.payloads[*id].entity.as_deref()?,
            Type::Union(id) => self.unions[*id].entity.as_deref()?,
            _ => return None,
        };
        let holds = |meaning: &&Meaning| matches!(&meaning.natural, Natural::List(inner) if inner == entity);
        let mut attributes = self.meanings.iter().filter(|meaning| meaning.is_of(form));
        attributes.find(holds).map(|meaning| meaning.attribute.clone())
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
    /// None: the default pattern. `epoch_ms`, `epoch_s` or a strftime pattern.
    pub times: Option<String>,
    pub phones_digits: bool,
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

/// What stands around bodies. `None`: nothing does.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    pub request: Option<Payload>,
    pub success: Option<Payload>,
    /// A payload that is filled from the refusal.
    pub failure: Option<Failure>,
    pub failure_type: String,
}

impl Envelope {
    /// The media type of what a row of errors answers with this status: one may answer what is a success to the caller.
    pub fn media_type_of(&self, status: u16) -> &str {
        if status < 400 { JSON } else { &self.failure_type }
    }
}

/// The media type of answers that are no failure.
pub const JSON: &str = "application/json";

/// What failures look like.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub payload: Payload,
    /// It is one of the definition's payloads.
    pub declared: Option<Id<Payload>>,
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
    /// The payload that its failures are reported with, if it is not the usual one.
    pub failure: Option<String>,
    /// The kind of session that it asks for.
    pub session: Option<Id<SessionKind>>,
    /// How it is distinguished from others at its route.
    pub when: Option<Discriminator>,
    pub request: Option<Id<Payload>>,
    pub response: Option<Id<Payload>>,
    /// What follows for it.
    pub plan: Plan,
    pub trace: String,
}

impl Endpoint {
    /// The statuses of its successes, the usual one first.
    pub fn successes(&self) -> Vec<u16> {
        let mut all = vec![self.success];
        for (_, status) in self.plan.success_by.iter().flat_map(|by| &by.statuses) {
            if !all.contains(status) {
                all.push(*status);
            }
        }
        all
    }

    /// `200`, or `200 where otp.outcome is passed, 422 where it is failed`.
    pub fn success_text(&self, meanings: &Arena<Meaning>) -> String {
        let Some(by) = &self.plan.success_by else { return self.success.to_string() };
        let outcome = &meanings[self.plan.values[by.outcome.value()].meaning].name;
        let all = by.statuses.iter().map(|(value, status)| format!("{status} where it is {value}"));
        all.collect::<Vec<_>>().join(", ").replacen("it is", &format!("{outcome} is"), 1)
    }

    /// The status of an answer that shows a refusal.
    pub fn refused(&self) -> u16 {
        let mut all = self.plan.success_by.iter().flat_map(|by| &by.statuses);
        all.find(|(outcome, _)| outcome == "failed").map_or(self.success, |(_, status)| *status)
    }

    /// True for the status of a success.
    pub fn is_success(&self, status: u16) -> bool {
        self.successes().contains(&status)
    }
}

/// How an endpoint is distinguished from others at its route.
#[derive(Debug, Clone, PartialEq)]
pub enum Discriminator {
    /// A field of the request, by its wire name, has a value: the member of this enum, or a text.
    Is { field: String, of: Option<Id<Enum>>, value: String },
    /// One of these fields is there.
    Has(Vec<String>),
}

/// What payloads must be able to do beside carrying their fields. All of it follows from the plans.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequiredImpls {
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
