//! What fields may mean: the shipped words, those of the definition, its settings and the columns of its errors, all in
//! one place, each with what follows from being that word. A name is split into thing and quality here alone.

use std::collections::HashMap;

use super::suggestions;
use crate::arena::{Arena, Id};
use crate::diagnostic::Diagnostic;
use crate::model::meanings::{Home, Meaning};
use crate::model::types::Type;
use crate::naming::near;
use crate::raw::{Entries, OwnMeaning, Text};
use crate::report::{Known, Report};
use crate::vocabulary::{Natural, Vocabulary};

/// All meanings of a definition, by id and by name.
#[derive(Debug, Clone, Default)]
pub struct Meanings {
    /// By id: the shipped ones in the order of their files, then those of the definition.
    pub all: Arena<Meaning>,
    by_name: HashMap<String, Id<Meaning>>,
    /// Thing -> the only meaning that is a list of it.
    lists: HashMap<String, Option<Id<Meaning>>>,
}

impl Meanings {
    /// The words that are there without a definition's settings and errors.
    pub fn of(words: &Vocabulary, own: &[String]) -> Self {
        let mut meanings = Meanings::default();
        for (name, natural) in &words.meanings {
            let home = if own.contains(name) { Home::Own } else { Home::Shipped };
            meanings.add(words, name, natural.clone(), home);
        }
        let outcomes = words.behaviours.iter().flat_map(|(_, behaviour)| &behaviour.outcome);
        for id in outcomes.filter_map(|name| meanings.find(name)).collect::<Vec<_>>() {
            meanings.all[id].is_outcome = true;
        }
        meanings
    }

    /// Marks those of the definition whose values a message may cut.
    pub fn shorten(&mut self, own: &Entries<OwnMeaning>) {
        let marked = own.iter().filter(|(_, meaning)| meaning.shorten.is_some());
        for id in marked.filter_map(|(name, _)| self.find(&name.text)).collect::<Vec<_>>() {
            self.all[id].is_shortened = true;
        }
    }

    /// Says which types of the definition's own its meanings have, and which of them hooks may leave out.
    pub fn shape(&mut self, own: &Entries<OwnMeaning>, ty: impl Fn(&str) -> Option<Type>) {
        for (name, meaning) in own.iter() {
            let Some(id) = self.find(&name.text).filter(|id| self.all[*id].home == Home::Own) else { continue };
            self.all[id].may_lack = meaning.optional;
            self.all[id].shape = match &self.all[id].natural {
                Natural::Entity(name) => ty(name),
                Natural::List(name) => ty(name).map(|inner| Type::List(Box::new(inner))),
                _ => None,
            };
        }
    }

    /// Marks those that messages show.
    pub fn show_in_messages(&mut self, names: &[String]) {
        for id in names.iter().filter_map(|name| self.find(name)).collect::<Vec<_>>() {
            self.all[id].is_in_message = true;
        }
    }

    /// Adds one.
    pub fn add(&mut self, words: &Vocabulary, name: &str, natural: Natural, home: Home) -> Id<Meaning> {
        let (entity, attribute) = name.split_once('.').unwrap_or((name, ""));
        // What a definition adds to a shipped entity comes from its requests and hooks, as all of its own meanings do.
        let among = |entities: &[String]| home != Home::Own && entities.iter().any(|one| one == entity);
        let is = words.entity(entity);
        let list = if let Natural::List(inner) = &natural { Some(inner.clone()) } else { None };
        let set = if let Natural::OneOf(values) = &natural { words.set_of_values(values) } else { None };
        let id = self.all.put(Meaning {
            name: name.to_owned(),
            entity: entity.to_owned(),
            attribute: attribute.to_owned(),
            home,
            set: set.map(str::to_owned),
            is_always: among(&words.always),
            is_echoed: among(&words.echoed),
            is_inward: among(&words.inward),
            is_carried: words.carried.iter().any(|one| one == name),
            is_gathered: home != Home::Own && is.is_some_and(|is| is.gathered),
            may_lack: is.is_some_and(|is| is.optional.iter().any(|optional| optional == attribute)),
            is_in_message: false,
            is_shortened: false,
            is_outcome: false,
            shape: None,
            natural,
        });
        self.by_name.insert(name.to_owned(), id);
        // Of two lists of the same thing, neither is meant by a list that says nothing.
        if let Some(entity) = list {
            self.lists.entry(entity).and_modify(|only| *only = None).or_insert(Some(id));
        }
        id
    }

    /// The meaning of this name.
    pub fn find(&self, name: &str) -> Option<Id<Meaning>> {
        self.by_name.get(name).copied()
    }

    /// The qualities of a thing.
    pub fn attributes<'m>(&'m self, entity: &'m str) -> impl Iterator<Item = (Id<Meaning>, &'m Meaning)> {
        self.all.pairs().filter(move |(_, meaning)| meaning.is_of(entity))
    }

    /// The meaning of a list whose elements are such things: `[option]` -> `consent.options`.
    pub fn list_of(&self, entity: &str) -> Option<Id<Meaning>> {
        self.lists.get(entity).copied().flatten()
    }

    /// The meaning that a definition names; reports one that nobody declares.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn known(&self, name: &Text, report: &mut Report) -> Known<Meaning> {
        if let Some(id) = self.find(&name.text) {
            return Ok(id);
        }
        if let Some(setting) = name.text.strip_prefix("settings.") {
            let settings = self.attributes("settings").map(|(_, one)| one.attribute.as_str());
            let help = near(setting, settings).map(|near| format!("did you mean `settings.{near}`?"));
            let help = help.unwrap_or_else(|| format!("add `{setting}: <default>` under `settings:`"));
            return Err(report.push_new("unknown-setting", name.place, format!("no setting `{setting}`"), help));
        }
        let diagnostic = Diagnostic::new("unknown-meaning", name.place, format!("no meaning `{}`", name.text));
        Err(report.push(diagnostic.help(self.near(&name.text))))
    }

    /// What else may have been meant.
    fn near(&self, name: &str) -> String {
        let shipped = self.all.iter().filter(|one| matches!(one.home, Home::Shipped | Home::Own));
        if let Some(help) = suggestions::suggest(name, shipped.map(|one| one.name.as_str())) {
            return help;
        }
        let entity = name.split('.').next().unwrap_or_default();
        let attributes: Vec<&str> = self.attributes(entity).map(|(_, one)| one.attribute.as_str()).collect();
        if attributes.is_empty() {
            return "add it under `meanings:`".to_owned();
        }
        format!("`{entity}` has: {}; add one of your own under `meanings:`", attributes.join(", "))
    }
}
