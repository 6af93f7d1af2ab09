//! A definition whose names are bound: what is meant by each, as data with ids. A name that nobody declares is reported
//! here, by one helper, and leaves a receipt where its id would be. What is judged beyond names is asked by `check`.

mod behaviours;
mod braces;
mod declarations;
mod failures;
mod meanings;
pub(crate) mod members;
mod payloads;
mod reached;
pub mod rules;
mod suggestions;
pub(crate) mod templates;
mod walk;
mod words;

use std::collections::HashMap;

pub use crate::model::meanings::{Home, Meaning};
pub(crate) use behaviours::{Behaviour, Pattern, Step, is_own};
pub(crate) use declarations::{
    Declarations, Named, Operation, Otp as OtpKind, Session as SessionKind, Table as TableKind,
};
pub(crate) use failures::{failure_fields, failure_meanings, failure_payloads};
pub use meanings::Meanings;
pub(crate) use members::is_body_slot_of_fields;
pub(crate) use payloads::{Enum, Field, Means, Payload, Then, Union};
pub(crate) use reached::Reached;
pub(crate) use suggestions::{suggest, suggest_or};
pub(crate) use walk::{Certainty, Occurrence, Step as PathStep, walk};
pub(crate) use words::matches;

use crate::arena::{Arena, Id};
use crate::diagnostic::Diagnostic;
use crate::language::primitive::{BOOLEAN, INTEGER, TEXT};
use crate::model::{self, Type};
use crate::naming::{is_language, pascal};
use crate::raw::{self, Callers, Definition, Member, Text};
use crate::report::{ErrorReported, Report};
use crate::source::Sources;
use crate::vocabulary::{self, Natural, Table, Vocabulary};
use crate::yaml::Value;
use members::{AppliedEnvelopes, parts, request_name, response_name};
use templates::Texts;
use words::Words;

/// A definition with its names bound.
pub(crate) struct Resolved<'a> {
    /// As written.
    pub raw: &'a Definition,
    pub sources: &'a Sources,
    /// The shipped words and those that the definition adds.
    pub words: Vocabulary,
    /// When the shipped faults are answered.
    pub shipped_faults: Table<String>,
    /// Behaviours that the definition adds: hooks that the bank writes.
    pub own_behaviours: Vec<String>,
    pub meanings: Meanings,
    pub behaviours: Arena<Behaviour, model::Behaviour>,
    pub payloads: Arena<Payload<'a>, model::Payload>,
    pub unions: Arena<Union<'a>, model::Union>,
    pub enums: Arena<Enum<'a>, model::Enum>,
    pub settings: Arena<Setting<'a>, model::Setting>,
    pub declarations: Declarations<'a>,
    /// The error table.
    pub rows: Arena<&'a (Text, raw::Row), model::ErrorRow>,
    pub endpoints: Vec<Endpoint<'a>>,
    pub texts: Texts,
    /// The envelopes that are applied to payloads, by the payloads' names.
    pub applied_envelopes: AppliedEnvelopes<'a>,
    payload_ids: HashMap<String, Id<model::Payload>>,
    union_ids: HashMap<String, Id<model::Union>>,
    setting_ids: HashMap<Id<Meaning>, Id<model::Setting>>,
    row_ids: HashMap<&'a str, Id<model::ErrorRow>>,
    shapes: HashMap<*const Member, Payload<'a>>,
}

/// A setting and its default.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    pub name: &'a Text,
    pub default: &'a Value,
}

/// An endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint<'a> {
    pub name: &'a Text,
    pub raw: &'a raw::Endpoint,
    pub request: Option<Id<model::Payload>>,
    pub response: Option<Id<model::Payload>>,
    /// What its request is called, whether it is there or not.
    pub request_name: String,
    pub session: Option<Id<model::SessionKind>>,
    pub does: Vec<Result<Step<'a>, ErrorReported>>,
    /// The field of an envelope in which its request stands.
    pub body_slot: Option<&'a str>,
}

impl Endpoint<'_> {
    /// True for a refusal that is an error here, whatever becomes of the others of its behaviour.
    pub fn is_apart(&self, fault: &str) -> bool {
        self.raw.apart.iter().any(|pattern| matches(fault, &pattern.text))
    }
}

/// Binds every name of a definition. Its payloads are known to have an end.
pub(crate) fn resolve<'a>(
    raw: &'a Definition,
    sources: &'a Sources,
    shipped: Vocabulary,
    report: &mut Report,
) -> Resolved<'a> {
    let shipped_faults = shipped.faults.clone();
    let words = Words::of(shipped, raw, report);
    let mut meanings = Meanings::of(&words.all, &words.own_meanings);
    meanings.shorten(&raw.meanings);
    let (settings, setting_ids) = settings(raw, &words.all, &mut meanings);
    columns(raw, &words.all, &mut meanings);
    let (applied_envelopes, empty) = members::applied_envelopes(raw);
    let binder = payloads::Binder {
        definition: raw,
        applied_envelopes: &applied_envelopes,
        empty: &empty,
        words: &words.all,
        meanings: &meanings,
    };
    let types = binder.types(report);
    meanings.shape(&raw.meanings, |name| types.declared(name));
    let declarations = Declarations::of(raw, &meanings, report);
    let behaviours = behaviours::of(&words.all, &words.own_meanings, &meanings);
    let binder = behaviours::Binder {
        behaviours: &behaviours,
        declarations: &declarations,
        meanings: &meanings,
        words: &words.all,
    };
    let bind = |(name, one): &'a (Text, raw::Endpoint)| endpoint(raw, (name, one), &types.payload_ids, &binder, report);
    let endpoints = raw.endpoints.iter().map(bind).collect();
    let mut rows = Arena::default();
    let row_ids = raw.errors.iter().map(|row| (row.0.text.as_str(), rows.put(row))).collect();
    let texts = Texts::of(raw, report);
    let mut in_messages = texts.shown(raw, templates::sms_keys(&declarations));
    in_messages.retain(|meaning| meaning != "otp.code");
    meanings.show_in_messages(&in_messages);
    Resolved {
        raw,
        sources,
        words: words.all,
        shipped_faults,
        own_behaviours: words.own_behaviours,
        texts,
        meanings,
        behaviours,
        payloads: types.payloads,
        unions: types.unions,
        enums: types.enums,
        settings,
        declarations,
        rows,
        endpoints,
        applied_envelopes,
        payload_ids: types.payload_ids,
        union_ids: types.union_ids,
        setting_ids,
        row_ids,
        shapes: types.shapes,
    }
}

fn settings<'a>(
    raw: &'a Definition,
    words: &Vocabulary,
    meanings: &mut Meanings,
) -> (Arena<Setting<'a>, model::Setting>, HashMap<Id<Meaning>, Id<model::Setting>>) {
    let (mut all, mut ids) = (Arena::default(), HashMap::new());
    for (name, default) in raw.settings.iter() {
        let primitive = match &default.value {
            Value::Boolean(_) => BOOLEAN,
            Value::Number(_) => INTEGER,
            _ => TEXT,
        };
        let natural = Natural::Primitive(primitive);
        let meaning = meanings.add(words, &format!("settings.{}", name.text), natural, Home::Setting);
        ids.insert(meaning, all.put(Setting { name, default: &default.value }));
    }
    (all, ids)
}

/// What fields show of an error beside what every error has; whether rows have it is asked by `check`.
fn columns(raw: &Definition, words: &Vocabulary, meanings: &mut Meanings) {
    let payloads = raw.payloads.iter().map(|(_, lines)| lines.as_slice());
    let variants = raw.unions.iter().flat_map(|(_, union)| union.of.iter()).filter_map(|(_, variant)| match variant {
        raw::Variant::Fields(own) => Some(own.as_slice()),
        raw::Variant::Like(_) => None,
    });
    let payloads = payloads.chain(variants).chain(raw.unions.iter().map(|(_, union)| union.every.as_slice()));
    for field in payloads.chain(members::envelope_lines(raw)).flatten().filter_map(Member::field) {
        let Some(raw::Meaning::Plain(meaning)) = &field.meaning else { continue };
        if meaning.text.starts_with("error.") && meanings.find(&meaning.text).is_none() {
            meanings.add(words, &meaning.text, Natural::Primitive(TEXT), Home::Column);
        }
    }
}

fn endpoint<'a>(
    raw: &'a Definition,
    (name, one): (&'a Text, &'a raw::Endpoint),
    payloads: &HashMap<String, Id<model::Payload>>,
    binder: &behaviours::Binder<'a, '_>,
    report: &mut Report,
) -> Endpoint<'a> {
    let (request_name, response_name) = (request_name(name, one), response_name(name, one));
    let mut payload = |own: Option<&Text>, usual: &str| match own {
        Some(own) if !raw.payloads.has(&own.text) => {
            let diagnostic = Diagnostic::new("unknown-type", own.place, format!("no payload `{}`", own.text));
            report.push(diagnostic.help_if(suggest(&own.text, raw.payloads.names())));
            None
        }
        _ => payloads.get(usual).copied(),
    };
    let request = payload(one.request.as_ref(), &request_name);
    let response = payload(one.response.as_ref(), &response_name);
    let session = match &one.callers {
        Some((Callers::Session(kind), _)) => binder.declarations.known_session(kind, report).ok(),
        _ => None,
    };
    let does = raw.every_endpoint.does.iter().chain(&one.does);
    let does = does.map(|(name, option)| binder.step((name, option.as_ref()), report)).collect();
    let body_slot = body_slot_of(parts(raw, one).request);
    Endpoint { name, raw: one, request, response, request_name, session, does, body_slot }
}

/// The field of an envelope that holds the body.
fn body_slot_of(part: Option<&raw::EnvelopePart>) -> Option<&str> {
    let Some(raw::EnvelopePart::Shape(members, _)) = part else { return None };
    let is_body_slot = |field: &&raw::Field| field.ty.as_ref().is_some_and(|ty| ty.name().text == "Body");
    members.iter().filter_map(Member::field).find(is_body_slot).map(|field| field.name.text.as_str())
}

impl<'a> Resolved<'a> {
    /// The meaning of an id.
    pub fn meaning(&self, id: Id<Meaning>) -> &Meaning {
        &self.meanings.all[id]
    }

    /// The fields of a payload by its name; none if there is no such payload.
    pub fn fields(&self, name: &str) -> &[Field<'a>] {
        self.payload_ids.get(name).map_or(&[], |id| &self.payloads[*id].fields)
    }

    /// True for a payload that is written as a list.
    pub fn is_list(&self, name: &str) -> bool {
        self.payload_ids.get(name).is_some_and(|id| self.payloads[*id].as_list)
    }

    /// The fields of a union's variant: those of every variant, then its own or those of the one that it is like.
    pub fn variant_fields(&self, union: &str, variant: &str) -> &[Field<'a>] {
        let mut variants = self.union(union).into_iter().flat_map(|union| &union.variants);
        let found = variants.find(|one| one.name.text == variant).and_then(|one| one.payload.ok());
        found.map_or(&[], |id| &self.payloads[id].fields)
    }

    /// The payload of a name.
    pub fn payload_id(&self, name: &str) -> Option<Id<model::Payload>> {
        self.payload_ids.get(name).copied()
    }

    /// The row of the error table of a name.
    pub fn row_id(&self, name: &str) -> Option<Id<model::ErrorRow>> {
        self.row_ids.get(name).copied()
    }

    /// The union of a name.
    pub fn union(&self, name: &str) -> Option<&Union<'a>> {
        self.union_ids.get(name).map(|id| &self.unions[*id])
    }

    /// The lines of an envelope, as a payload.
    pub fn shape(&self, lines: &[Member]) -> Option<&Payload<'a>> {
        self.shapes.get(&lines.as_ptr())
    }

    /// The lines of all envelopes, as payloads.
    pub fn shapes(&self) -> impl Iterator<Item = &Payload<'a>> {
        members::envelope_lines(self.raw).into_iter().filter_map(|lines| self.shape(lines))
    }

    /// The setting that a meaning names.
    pub fn setting_of(&self, meaning: Id<Meaning>) -> Option<Id<model::Setting>> {
        self.setting_ids.get(&meaning).copied()
    }

    /// What requests and responses reach.
    pub fn reached(&self) -> Reached {
        reached::reached(self)
    }

    /// A payload, and those that its fields have as their types.
    pub fn reached_from(&self, payload: Id<model::Payload>) -> Vec<Id<model::Payload>> {
        reached::from(self, payload)
    }

    /// True if callers show who they are.
    pub fn knows_callers(&self) -> bool {
        matches!(self.raw.callers, Some((Callers::Bearer | Callers::Basic(_), _)))
    }

    /// The language that every text has. One that is none is reported where it stands, and the first of the texts counts.
    pub fn default_language(&self) -> &'a str {
        match self.raw.settings.get("default_language").and_then(|node| node.as_text()) {
            Some(language) if is_language(language) => language,
            Some(_) => self.raw.messages.names().next().unwrap_or("en"),
            None => "en",
        }
    }
}

/// True for what speaks of consents.
pub(crate) fn is_consent(behaviour: &vocabulary::Behaviour) -> bool {
    behaviour.gives.iter().chain(&behaviour.needs).any(|meaning| meaning.starts_with("consent."))
}

/// Meanings that can be worked out, with those that they are worked out from.
pub(crate) fn meant_ids(of: &Resolved<'_>) -> Vec<(Id<Meaning>, Vec<Id<Meaning>>)> {
    let find = |name: &String| of.meanings.find(name);
    let all = of.words.derived.iter();
    all.filter_map(|(meaning, from)| Some((find(meaning)?, from.iter().filter_map(find).collect()))).collect()
}

/// The payload that a variant carries: `FormAttribute`, `BANK_ACCOUNT_CHOICE` -> `BankAccountChoiceAttribute`.
pub(crate) fn naming_of_variant(union: &str, variant: &str) -> String {
    let last = crate::naming::words(union).pop().unwrap_or_default();
    pascal(variant) + &pascal(&last)
}
