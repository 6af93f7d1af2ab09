//! From a document to the model, or to every mistake at once. Each file asks one question; this one asks them in turn.
//! No check knows a template.

mod around;
mod bind;
mod build;
mod catalogues;
pub mod codes;
mod derive;
mod examples;
mod faults;
mod fills;
mod ids;
mod inputs;
mod names;
mod nothing;
mod payloads;
mod possible;
mod routes;
mod rules;
mod sessions;
mod shared;
mod sizes;
mod strays;
mod tables;
mod texts;
mod types;
mod unused;
mod walk;
mod words;

use crate::diagnostic::{Diagnostic, tidy};
use crate::load::Loaded;
use crate::model::Adapter;
use crate::raw::{self, Definition};
use crate::source::{Place, Sources};
use crate::vocabulary::Vocabulary;
use crate::yaml::Node;
use around::AllLaid;
use derive::Derived;
use words::Words;

/// What a check found.
#[derive(Debug)]
pub struct Checked {
    /// The model; none if anything is wrong.
    pub adapter: Option<Adapter>,
    /// Every mistake, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a definition.
pub fn check(loaded: &Loaded) -> Checked {
    let (definition, mut wrong) = raw::definition(&loaded.document);
    let shipped = match Vocabulary::shipped() {
        Ok(shipped) => shipped,
        Err(error) => {
            let broken = Diagnostic::new("broken-vocabulary", None, error.to_string());
            return Checked { adapter: None, diagnostics: vec![broken] };
        }
    };
    let mut cx = Cx::new(&definition, Words::of(shipped.clone(), &definition, &mut wrong), &loaded.sources, wrong);
    let derived = cx.everything();
    if let Some(base) = &loaded.base {
        cx.compare_with_base(loaded, base, shipped, &derived);
    }
    if !cx.wrong.is_empty() {
        return Checked { adapter: None, diagnostics: tidy(cx.wrong) };
    }
    let adapter = build::adapter(&cx, loaded, derived);
    Checked { adapter: Some(adapter), diagnostics: Vec::new() }
}

/// What every check looks at, and where it tells of mistakes.
pub(crate) struct Cx<'a> {
    pub definition: &'a Definition,
    pub words: Words,
    pub sources: &'a Sources,
    pub wrong: Vec<Diagnostic>,
    /// What envelopes lay around payloads.
    pub laid: AllLaid<'a>,
    /// Endpoint and meaning of which it is told already that nothing means it.
    pub told: Vec<(String, String)>,
}

impl<'a> Cx<'a> {
    fn new(definition: &'a Definition, words: Words, sources: &'a Sources, wrong: Vec<Diagnostic>) -> Self {
        Cx { definition, words, sources, wrong, laid: around::laid(definition), told: Vec::new() }
    }

    /// Tells of a mistake.
    pub fn push(&mut self, mistake: Diagnostic) {
        self.wrong.push(mistake);
    }

    /// True if callers show who they are.
    pub fn knows_callers(&self) -> bool {
        matches!(self.definition.callers, Some((raw::Callers::Bearer | raw::Callers::Basic(_), _)))
    }

    /// Tells of a mistake with help.
    pub fn tell(
        &mut self,
        id: &'static str,
        place: impl Into<Option<Place>>,
        text: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.wrong.push(Diagnostic::new(id, place, text).help(help));
    }

    fn everything(&mut self) -> Vec<Derived> {
        self.top_level();
        // Going through payloads that have no end would have none either.
        if !self.check_sizes() {
            return Vec::new();
        }
        self.check_types();
        self.check_names();
        self.check_catalogues();
        self.check_tables();
        self.check_sessions();
        self.check_routes();
        self.check_laid();
        self.check_envelopes();
        self.check_rows();
        nothing::check(self);
        let endpoints = self.definition.endpoints.iter();
        let derived: Vec<Derived> = endpoints.map(|(name, endpoint)| self.derive(name, endpoint)).collect();
        self.check_rules();
        possible::check_times(self);
        ids::check(self, &derived);
        self.check_texts(&derived);
        self.check_examples();
        derived
    }

    /// What a definition must have as a whole.
    fn top_level(&mut self) {
        let definition = self.definition;
        let place = definition.place;
        let parts = [("adapter", &definition.adapter), ("title", &definition.title), ("version", &definition.version)];
        for (key, value) in parts {
            if value.is_none() {
                self.tell("missing-key", place, format!("the definition has no `{key}`"), format!("add `{key}: ...`"));
            }
        }
        match &definition.callers {
            None => self.tell(
                "missing-key",
                place,
                "the definition does not say who may call",
                "add `callers: bearer` or `callers: { basic: <realm> }`, or `callers: { none: <reason> }` and say why \
                 nobody else can reach the port",
            ),
            Some((raw::Callers::Session(_), at)) => self.tell(
                "not-yet",
                *at,
                "callers of the kind `session` are served at single endpoints",
                "say `callers: { session: <kind> }` at an endpoint",
            ),
            Some((raw::Callers::Later(way), at)) => {
                let text = format!("callers of the kind `{way}` are not served yet");
                self.tell("not-yet", *at, text, "`bearer`, `{ basic: <realm> }` and `{ none: <reason> }` are");
            }
            Some((raw::Callers::None(_) | raw::Callers::Bearer | raw::Callers::Basic(_), _)) => {}
        }
        for pattern in &definition.every_endpoint.without {
            self.known_pattern(pattern);
        }
        for (language, _) in definition.messages.iter() {
            let fits =
                language.text.split('-').all(|part| part.chars().all(|c| c.is_ascii_alphanumeric()) && part.len() >= 2);
            if !fits {
                self.tell(
                    "bad-name",
                    language.place,
                    format!("`{}` is no language", language.text),
                    "write it as `en` or `pt-BR`",
                );
            }
        }
    }

    /// A tailoring takes no value away from a behaviour that checks something, and adds no text that nothing shows.
    fn compare_with_base(&mut self, loaded: &Loaded, base: &Node, shipped: Vocabulary, derived: &[Derived]) {
        let (definition, mut wrong) = raw::definition(base);
        let words = Words::of(shipped, &definition, &mut wrong);
        let mut cx = Cx::new(&definition, words, self.sources, wrong);
        let before = cx.everything();
        self.check_new_texts(&loaded.document, &definition);
        for old in &before {
            let Some(new) = derived.iter().find(|one| one.name.text == old.name.text) else { continue };
            for (behaviour, meanings) in &old.bound {
                let Some((_, now)) = new.bound.iter().find(|(other, _)| other == behaviour) else { continue };
                for meaning in meanings.iter().filter(|meaning| !now.contains(meaning)) {
                    if self.told.contains(&(new.name.text.clone(), meaning.clone())) {
                        continue;
                    }
                    let text = format!(
                        "`{behaviour}` in `{}` no longer gets `{meaning}`, which the base definition gives it",
                        new.name.text
                    );
                    let help = "a check may not lose a value by tailoring; override the endpoint in Rust if it has to";
                    self.tell("lost-binding", new.name.place, text, help);
                }
            }
        }
    }
}
