//! Declarations: the shared definitions that endpoints use by name. Kinds of codes and sessions, tables and operations,
//! with what they bind, keep, need and give bound to meanings.

use super::meanings::Meanings;
use super::suggestions;
use crate::arena::Arena;
use crate::model;
use crate::model::meanings::Meaning;
use crate::raw::{self, Consent, Definition, Text};
use crate::report::{Known, Report};
use crate::source::Place;

/// A meaning as a definition names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub text: &'a Text,
    pub id: Known<Meaning>,
}

/// A kind of code.
#[derive(Debug)]
pub(crate) struct Otp<'a> {
    pub name: &'a Text,
    pub raw: &'a raw::Otp,
    pub one_per: Vec<Named<'a>>,
    pub find_by: Vec<Named<'a>>,
    pub binds: Vec<Named<'a>>,
    pub keeps: Vec<Named<'a>>,
}

/// A kind of session.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub name: &'a Text,
    pub raw: &'a raw::SessionKind,
    pub binds: Vec<Named<'a>>,
}

/// A table whose rows are settings.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub name: &'a Text,
    pub raw: &'a raw::LookUpTable,
    pub key: Vec<Named<'a>>,
    pub gives: Vec<Named<'a>>,
}

/// An operation with `like` filled in.
#[derive(Debug)]
pub(crate) struct Operation<'a> {
    pub name: &'a Text,
    pub place: Place,
    pub needs: Vec<Named<'a>>,
    pub sms: Option<&'a Text>,
    pub accounts: Option<&'a Text>,
    pub consent: Option<&'a Consent>,
    pub silent: bool,
}

/// All shared definitions.
#[derive(Debug, Default)]
pub(crate) struct Declarations<'a> {
    pub otps: Arena<Otp<'a>, model::OtpKind>,
    pub sessions: Arena<Session<'a>, model::SessionKind>,
    pub tables: Arena<Table<'a>, model::LookUpTable>,
    pub operations: Vec<Operation<'a>>,
}

impl<'a> Declarations<'a> {
    /// Binds the shared definitions of a document.
    pub fn of(definition: &'a Definition, meanings: &Meanings, report: &mut Report) -> Self {
        let mut all = Declarations::default();
        let mut named = |names: &'a [Text]| -> Vec<Named<'a>> {
            names.iter().map(|text| Named { text, id: meanings.known(text, report) }).collect()
        };
        for (name, raw) in definition.otps.iter() {
            let (mut one_per, mut binds, keeps) = (named(&raw.one_per), named(&raw.binds), named(&raw.keeps));
            let find_by = named(&raw.find_by);
            // What it is found by is one of a kind, and must be the same again.
            if one_per.is_empty() {
                one_per.clone_from(&find_by);
            }
            let unbound = find_by.iter().filter(|found| !binds.iter().any(|bound| bound.id == found.id));
            binds.extend(unbound.copied().collect::<Vec<_>>());
            all.otps.put(Otp { name, raw, one_per, find_by, binds, keeps });
        }
        for (name, raw) in definition.sessions.iter() {
            all.sessions.put(Session { name, raw, binds: named(&raw.binds) });
        }
        for (name, raw) in definition.tables.iter() {
            all.tables.put(Table { name, raw, key: named(&raw.key), gives: named(&raw.gives) });
        }
        for (name, own) in definition.operations.iter() {
            let like = own.like.as_ref().and_then(|like| definition.operations.get(&like.text));
            let needs = own.needs.as_ref().or(like.and_then(|like| like.needs.as_ref())).map_or(&[][..], Vec::as_slice);
            all.operations.push(Operation {
                name,
                place: own.place,
                needs: named(needs),
                sms: own.sms.as_ref().or(like.and_then(|like| like.sms.as_ref())),
                accounts: own.accounts.as_ref().or(like.and_then(|like| like.accounts.as_ref())),
                consent: own.consent.as_ref().or(like.and_then(|like| like.consent.as_ref())),
                silent: own.silent.or(like.and_then(|like| like.silent)).unwrap_or_default(),
            });
        }
        all
    }

    /// The kind of session of a name.
    ///
    /// # Errors
    /// There is none.
    pub fn known_session(&self, kind: &Text, report: &mut Report) -> Known<model::SessionKind> {
        let found = self.sessions.pairs().find(|(_, one)| one.name.text == kind.text).map(|(id, _)| id);
        found.ok_or_else(|| {
            let names = self.sessions.iter().map(|one| one.name.text.as_str());
            let help = suggestions::suggest_or(&kind.text, names, "declare it under `sessions:`");
            report.push_new("unknown-option", kind.place, format!("no kind of session `{}`", kind.text), help)
        })
    }
}
