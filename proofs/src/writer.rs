//! Writes endpoints and closes what they open: a need gets a field or a behaviour that gives it, an expectation a field or
//! `without`, a refusal an error or a field that shows it, a kind of code somebody who makes it.

use std::collections::{BTreeMap, BTreeSet};

use countersign::naming::pascal;
use countersign::vocabulary::{Behaviour, Vocabulary};

use crate::draft::{Draft, EndpointDraft, Lines};
use crate::fields;
use crate::tape::Tape;

/// What only a look-up of the bank knows.
const OF_A_USER: [&str; 5] =
    ["user.devices", "user.payment_accounts", "user.answers", "user.organizations", "user.locked"];

/// A definition that is being written.
pub struct Writer<'v> {
    /// The words.
    pub words: &'v Vocabulary,
    /// What is written so far.
    pub draft: Draft,
    /// The choices.
    pub tape: Tape,
    /// What names of this part end with.
    pub part: usize,
    /// Faults that own behaviours and tables add.
    pub own_faults: Vec<String>,
    /// Kinds of codes: whether somebody makes them.
    pub(crate) made: BTreeMap<String, bool>,
    /// Something is written that is refused on purpose, so it says nothing of what stands around it.
    pub(crate) is_odd: bool,
    endpoints: usize,
}

/// An endpoint that is being written.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Its name.
    pub name: String,
    /// What is available.
    pub available: BTreeSet<String>,
    /// What behaviours gave.
    pub given: BTreeSet<String>,
    /// Fields of the request.
    pub request: Lines,
    /// Fields of the response.
    pub response: Lines,
    /// Behaviours.
    pub does: Vec<String>,
    /// What it does without.
    pub without: BTreeSet<String>,
    /// Refusals are shown, not raised.
    pub shows: bool,
    /// Errors that it declares beside those of every endpoint.
    pub errors: BTreeSet<&'static str>,
    /// Other keys.
    pub keys: Lines,
    /// No response is written.
    pub silent: bool,
}

impl<'v> Writer<'v> {
    /// An empty definition.
    pub fn new(words: &'v Vocabulary, tape: Tape) -> Self {
        let (draft, own_faults, made) = (Draft::default(), Vec::new(), BTreeMap::new());
        Writer { words, draft, tape, part: 0, own_faults, made, is_odd: false, endpoints: 0 }
    }

    /// Notes what the definition is about.
    pub fn about(&mut self, feature: impl Into<String>) {
        self.draft.features.insert(feature.into());
    }

    /// A new endpoint.
    pub fn open(&mut self) -> Open {
        self.endpoints += 1;
        Open { name: format!("call{}", self.endpoints), ..Open::default() }
    }

    /// A name that no other part has.
    pub fn own(&self, stem: &str) -> String {
        format!("{stem}{}", self.part)
    }

    /// Adds a behaviour and closes what it opens.
    pub fn step(&mut self, open: &mut Open, name: &str) {
        let Some(behaviour) = self.words.behaviours.get(name).cloned() else {
            open.does.push(name.to_owned());
            return;
        };
        self.about(format!("behaviour {name}"));
        let option = self.option(name, &behaviour);
        let (binds, keeps) = self.bound(&behaviour, option.as_deref());
        for need in &behaviour.needs {
            self.need_one_of(open, need);
        }
        self.expect(open, &behaviour, &binds, option.as_deref());
        let kept = behaviour.takes.iter().any(|word| word == "kept");
        for meaning in binds.iter().chain(keeps.iter().filter(|_| kept)) {
            self.need(open, meaning);
        }
        if self.tape.one_in(2) {
            self.take(open, &behaviour);
        }
        open.does.push(option.as_ref().map_or(name.to_owned(), |option| format!("{name}: {option}")));
        self.give(open, &behaviour, &binds, &keeps);
    }

    fn need_one_of(&mut self, open: &mut Open, need: &str) {
        if need == "key" {
            let (key, _) = fields::table(self.part);
            return self.need(open, key);
        }
        let choices: Vec<&str> = need.split(" | ").collect();
        if choices.iter().any(|choice| open.available.contains(*choice)) {
            return;
        }
        let choice = self.tape.pick(&choices).copied().unwrap_or(need);
        self.need(open, choice);
    }

    fn expect(&mut self, open: &mut Open, behaviour: &Behaviour, binds: &[String], option: Option<&str>) {
        let by_code = option.is_some_and(|option| option.starts_with("letters"));
        for expected in behaviour.expects.iter().filter(|word| !["bound", "session"].contains(&word.as_str())) {
            if open.available.contains(expected) || binds.contains(expected) {
                continue;
            }
            let id = expected == "otp.id";
            if id && by_code {
                continue;
            }
            let idle =
                expected.starts_with("operation.") && !self.draft.sections.iter().any(|(is, _)| *is == "operations");
            let of_the_bank = OF_A_USER.contains(&expected.as_str());
            if id || self.is_in_message(expected) || !of_the_bank && self.tape.one_in(2) {
                self.need(open, expected);
            } else if !idle {
                open.without.insert(expected.clone());
            }
        }
    }

    /// True for what the message of an operation shows.
    fn is_in_message(&self, meaning: &str) -> bool {
        let lines = self.draft.sections.iter().filter(|(section, _)| *section == "operations");
        lines.flat_map(|(_, lines)| lines).any(|(_, line)| line.contains(meaning))
    }

    fn take(&mut self, open: &mut Open, behaviour: &Behaviour) {
        let plain =
            behaviour.takes.iter().filter(|word| self.words.meanings.has(word) && !word.starts_with("request."));
        let plain: Vec<String> = plain.cloned().collect();
        if let Some(meaning) = self.tape.pick(&plain).cloned().filter(|meaning| !OF_A_USER.contains(&meaning.as_str()))
        {
            self.need(open, &meaning);
        }
    }

    /// Makes a value be available.
    pub fn need(&mut self, open: &mut Open, meaning: &str) {
        if open.available.contains(meaning) {
            return;
        }
        if OF_A_USER.contains(&meaning) {
            return self.step(open, "find_user");
        }
        if meaning == "questions.pool" {
            return self.step(open, "find_row");
        }
        open.without.remove(meaning);
        open.available.insert(meaning.to_owned());
        let written = fields::written(&mut self.draft, self.words, meaning);
        let name = fields::wire(meaning);
        open.request.push((name, written));
    }

    /// Writes the endpoint down.
    pub fn close(&mut self, open: Open) {
        let rust = pascal(&open.name);
        let mut keys: Lines = vec![("about".to_owned(), "Does something.".to_owned())];
        if !open.keys.iter().any(|(key, _)| key == "route") {
            let method = if open.request.is_empty() && self.tape.one_in(3) { "GET" } else { "POST" };
            keys.push(("route".to_owned(), format!("{method} /{}", open.name)));
        }
        if !open.does.is_empty() {
            let does = open.does.iter().map(|one| if one.contains(':') { format!("{{ {one} }}") } else { one.clone() });
            keys.push(("does".to_owned(), format!("[{}]", does.collect::<Vec<_>>().join(", "))));
        }
        if !open.without.is_empty() {
            let without: Vec<&str> = open.without.iter().map(String::as_str).collect();
            keys.push(("without".to_owned(), format!("[{}]", without.join(", "))));
        }
        if !open.errors.is_empty() {
            let errors: Vec<&str> = open.errors.iter().copied().collect();
            keys.push(("errors".to_owned(), format!("[{}]", errors.join(", "))));
        }
        keys.extend(open.keys);
        if !open.request.is_empty() {
            self.draft.payload(&format!("{rust}Request"), open.request);
        }
        if !open.response.is_empty() && !open.silent {
            self.draft.payload(&format!("{rust}Response"), open.response);
        }
        self.draft.endpoints.push(EndpointDraft { name: open.name, keys });
    }
}
