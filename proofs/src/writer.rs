//! Writes endpoints and closes what they open: a need gets a field or a behaviour that gives it, an expectation a field or
//! `without`, a refusal an error or a field that shows it, a kind of code somebody who makes it.

use std::collections::{BTreeMap, BTreeSet};

use countersign::naming::pascal;
use countersign::vocabulary::{Behaviour, Kinds, Natural, Vocabulary};

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
    made: BTreeMap<String, bool>,
    endpoints: usize,
}

/// An endpoint that is being written.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Its name.
    pub name: String,
    /// What is at hand.
    pub have: BTreeSet<String>,
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
        Writer { words, draft, tape, part: 0, own_faults, made, endpoints: 0 }
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
        if choices.iter().any(|choice| open.have.contains(*choice)) {
            return;
        }
        let choice = self.tape.pick(&choices).copied().unwrap_or(need);
        self.need(open, choice);
    }

    fn expect(&mut self, open: &mut Open, behaviour: &Behaviour, binds: &[String], option: Option<&str>) {
        let by_code = option.is_some_and(|option| option.starts_with("letters"));
        for expected in behaviour.expects.iter().filter(|word| !["bound", "session"].contains(&word.as_str())) {
            if open.have.contains(expected) || binds.contains(expected) {
                continue;
            }
            let id = expected == "otp.id";
            if id && by_code {
                continue;
            }
            let idle =
                expected.starts_with("operation.") && !self.draft.sections.iter().any(|(is, _)| *is == "operations");
            let of_the_bank = OF_A_USER.contains(&expected.as_str());
            if id || !of_the_bank && self.tape.one_in(2) {
                self.need(open, expected);
            } else if !idle {
                open.without.insert(expected.clone());
            }
        }
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

    /// Makes a value be at hand.
    pub fn need(&mut self, open: &mut Open, meaning: &str) {
        if open.have.contains(meaning) {
            return;
        }
        if OF_A_USER.contains(&meaning) {
            return self.step(open, "find_user");
        }
        if meaning == "questions.pool" {
            return self.step(open, "find_row");
        }
        open.without.remove(meaning);
        open.have.insert(meaning.to_owned());
        let written = fields::written(&mut self.draft, self.words, meaning);
        let name = fields::wire(meaning);
        open.request.push((name, written));
    }

    fn option(&mut self, name: &str, behaviour: &Behaviour) -> Option<String> {
        if behaviour.has_session() {
            let kind = self.own("visit");
            let binds = if self.tape.one_in(2) { "[wallet.id]" } else { "[user.id]" };
            self.draft.line("sessions", &kind, format!("{{ idle: 1h, binds: {binds} }}"));
            return Some(kind);
        }
        if behaviour.has_table() {
            let table = self.own("rows");
            let (key, gives) = fields::table(self.part);
            self.draft.line("tables", &table, format!("{{ key: [{key}], gives: [{}] }}", gives.join(", ")));
            self.own_faults.push(format!("{table}.unknown"));
            return Some(table);
        }
        if behaviour.has_kind() {
            return Some(self.kind(name, behaviour));
        }
        match &behaviour.option {
            Some(_) => Some("something_happened".to_owned()),
            None => match &behaviour.may_say {
                Some(countersign::vocabulary::MaySay::Word { word }) if self.tape.one_in(3) => Some(word.clone()),
                Some(countersign::vocabulary::MaySay::Number { .. }) if self.tape.one_in(3) => Some("1".to_owned()),
                _ => None,
            },
        }
    }

    fn kind(&mut self, name: &str, behaviour: &Behaviour) -> String {
        let by_code = match behaviour.kinds {
            Some(Kinds::WithId) => false,
            Some(_) => true,
            None => self.draft.has("otps", &self.own("letters")) || self.tape.one_in(3),
        };
        let kind = self.own(if by_code { "letters" } else { "code" });
        if !self.draft.has("otps", &kind) {
            let bound = [vec![], vec!["user.id"], vec!["organization.id"], vec!["user.id", "device.id"]];
            let bound = self.tape.pick(&bound).cloned().unwrap_or_default();
            let keeps = if self.tape.one_in(3) { ", keeps: [app.id]" } else { "" };
            let binds = format!("binds: [{}]{keeps}", bound.join(", "));
            let line = if by_code {
                format!("{{ id: code, alphabet: base32, digits: 10, life: 1h, one_per: [user.id], {binds} }}")
            } else {
                let life = self.tape.pick(&["5m", "10m", "90s"]).copied().unwrap_or("5m");
                let digits = 6 + self.tape.below(4);
                format!("{{ digits: {digits}, life: {life}, attempts: 3, text: code.text, {binds} }}")
            };
            self.draft.line("otps", &kind, line);
        }
        let makes = behaviour.takes.iter().any(|word| word == "bound") && name != "verify_asked_answers";
        let before = self.made.entry(kind.clone()).or_default();
        *before |= makes;
        kind
    }

    /// What the kind that an option names binds and keeps, as it is written.
    fn bound(&self, behaviour: &Behaviour, option: Option<&str>) -> (Vec<String>, Vec<String>) {
        let (false, false, Some(option)) =
            (behaviour.has_table(), !behaviour.has_kind() && !behaviour.has_session(), option)
        else {
            return (Vec::new(), Vec::new());
        };
        let section = if behaviour.has_session() { "sessions" } else { "otps" };
        let lines = self.draft.sections.iter().find(|(is, _)| *is == section).map(|(_, lines)| lines.as_slice());
        let line = lines.unwrap_or_default().iter().find(|(name, _)| name == option).map_or("", |(_, line)| line);
        let list = |key: &str| -> Vec<String> {
            let after = line.split_once(&format!("{key}: [")).and_then(|(_, rest)| rest.split_once(']'));
            let words = after.map_or("", |(words, _)| words).split(", ").filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        (list("binds"), list("keeps"))
    }

    fn give(&mut self, open: &mut Open, behaviour: &Behaviour, binds: &[String], keeps: &[String]) {
        let mut given: Vec<String> = Vec::new();
        for word in &behaviour.gives {
            match word.as_str() {
                "bound" => given.extend(binds.iter().cloned()),
                "kept" => given.extend(keeps.iter().cloned()),
                "columns" => given.extend(fields::table(self.part).1.iter().map(|one| (*one).to_owned())),
                word => given.extend(self.words.given_by(word, &[])),
            }
        }
        open.have.extend(given.iter().cloned());
        open.given.extend(given.iter().cloned());
        if !behaviour.refuses.is_empty() {
            if open.shows {
                for outcome in &behaviour.outcome {
                    self.show(open, outcome, false);
                }
                open.have.extend(behaviour.outcome.iter().cloned());
            } else {
                open.errors.insert("REFUSED");
                open.errors.insert("SHARED");
            }
        }
        if behaviour.fails.iter().any(|fault| refused(self.words).contains(fault)) {
            open.errors.insert("SHARED");
        }
        let makes =
            given.iter().any(|meaning| meaning == "otp.id") && behaviour.takes.iter().any(|word| word == "bound");
        for meaning in given {
            let code = makes && ["otp.id", "otp.code"].contains(&meaning.as_str());
            if code || self.tape.one_in(2) {
                self.show(open, &meaning, !code);
            }
        }
    }

    /// Shows a value in the response.
    pub fn show(&mut self, open: &mut Open, meaning: &str, optional: bool) {
        let name = fields::wire(meaning);
        if open.silent
            || open.response.iter().any(|(other, _)| *other == name)
            || fields::is_of_the_bank(self.words, meaning)
        {
            return;
        }
        let boolean = matches!(self.words.meaning(meaning), Some(Natural::OneOf(values)) if values.iter().all(|value| value == "passed" || value == "failed"));
        let written = if boolean && self.tape.one_in(2) {
            format!("{meaning} as boolean")
        } else {
            fields::written(&mut self.draft, self.words, meaning)
        };
        let written = if optional && !self.tape.one_in(4) { fields::optional(&written) } else { written };
        open.response.push((name, written));
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

    /// Adds what is still missing, and hands the definition over.
    pub fn finish(mut self) -> (Draft, Tape) {
        let unmade: Vec<String> = self.made.iter().filter(|(_, made)| !**made).map(|(kind, _)| kind.clone()).collect();
        for kind in unmade {
            self.part = kind.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap_or_default();
            let mut open = self.open();
            self.step(&mut open, if kind.starts_with("letters") { "issue_otp" } else { "waive_otp" });
            self.close(open);
        }
        let refused = refused(self.words);
        let shared: Vec<String> = shared(self.words, &refused);
        let ours = ["body", "content_type", "input", "hook", "store", "caller", "route", "method"];
        let others = self.words.faults.names().filter(|fault| {
            let noun = fault.split('.').next().unwrap_or_default();
            !ours.contains(&noun) && !["overloaded", "unexpected"].contains(fault) && !refused.contains(*fault)
        });
        let failed: Vec<String> = others.map(str::to_owned).chain(self.own_faults.clone()).collect();
        let only: Vec<String> = refused.into_iter().filter(|fault| !shared.contains(fault)).collect();
        let row = |status: u16, faults: &[String]| format!("{{ status: {status}, for: [{}] }}", faults.join(", "));
        let draft = &mut self.draft;
        draft.line("errors", "BAD", "{ status: 400, for: [body.*, content_type.wrong, input.*] }");
        draft.line("errors", "LOST", "{ status: 404, for: [route.unknown, method.wrong] }");
        draft.line("errors", "CRASH", "{ status: 500, for: [unexpected] }");
        draft.line("errors", "OVER", "{ status: 503, for: [store.unavailable, overloaded] }");
        draft.line("errors", "HOOK", "{ status: 502, for: [hook.*] }");
        draft.line("errors", "CALLER", "{ status: 401, for: [caller.*] }");
        draft.line("errors", "REFUSED", row(409, &only));
        draft.line("errors", "SHARED", row(410, &shared));
        draft.line("errors", "FAILED", row(422, &failed));
        for fault in ["consent.incomplete", "option.unchecked"] {
            draft.line("says", fault, "REFUSED");
        }
        let base = [("adapter", "written"), ("title", "Written"), ("version", "1.0.0")];
        base.into_iter().for_each(|(key, value)| draft.set(key, value));
        let usual = [("callers", "{ none: a test }"), ("envelope", "{ failure: Failure }")];
        for (key, value) in usual {
            if !draft.top.iter().any(|(other, _)| other == key) {
                draft.set(key, value);
            }
        }
        draft.set("every_endpoint", "{ errors: [BAD, CRASH, OVER, HOOK, CALLER, FAILED] }");
        draft.payload("Failure", vec![("code".to_owned(), "error.code".to_owned())]);
        let texts = ["BAD", "LOST", "CRASH", "OVER", "HOOK", "CALLER", "REFUSED", "SHARED", "FAILED"];
        let mut english: Vec<String> = texts.iter().map(|key| format!("{key}: said")).collect();
        english.push("code.text: \"Code {{ otp.code }}\"".to_owned());
        let further = draft.sections.iter().find(|(section, _)| *section == "texts").map(|(_, lines)| lines.clone());
        draft.sections.retain(|(section, _)| *section != "texts");
        english.extend(further.unwrap_or_default().into_iter().map(|(key, text)| format!("{key}: {text}")));
        draft.line("messages", "en", format!("{{ {} }}", english.join(", ")));
        (self.draft, self.tape)
    }
}

/// Faults by which some behaviour refuses.
fn refused(words: &Vocabulary) -> BTreeSet<String> {
    words.behaviours.iter().flat_map(|(_, behaviour)| behaviour.refuses.clone()).collect()
}

/// Those of them by which another one fails.
fn shared(words: &Vocabulary, refused: &BTreeSet<String>) -> Vec<String> {
    let fails: BTreeSet<String> = words.behaviours.iter().flat_map(|(_, behaviour)| behaviour.fails.clone()).collect();
    refused.intersection(&fails).cloned().collect()
}
