//! What a behaviour of an endpoint is given: value by value, from what is at hand.

use super::Cx;
use super::bind::Have;
use super::derive::Derived;
use super::words::{matches, thing_of};
use crate::diagnostic::Diagnostic;
use crate::model::{Input, Role, Step};
use crate::raw::{Endpoint, Otp, Text};
use crate::vocabulary::{Behaviour, Kinds, MaySay};

/// What a kind that is found by its code has not.
const OTP_ID: &str = "otp.id";

/// A behaviour with what its option makes of it.
pub(crate) struct Signature {
    pub needs: Vec<Vec<String>>,
    pub expects: Vec<String>,
    pub takes: Vec<String>,
    pub gives: Vec<String>,
    /// What the kind of code binds, and what it keeps.
    pub binds: Vec<Text>,
    pub keeps: Vec<Text>,
}

/// Inputs as they are found.
struct Inputs<'h> {
    have: &'h Have,
    all: Vec<Input>,
}

impl Inputs<'_> {
    /// Adds a value that is at hand, once.
    fn add(&mut self, meaning: &str, role: Role) {
        let held = self.have.get(meaning).filter(|_| !self.all.iter().any(|input| input.meaning == meaning));
        self.all.extend(held.map(|held| Input { meaning: meaning.to_owned(), source: held.source.clone(), role }));
    }
}

/// Who asks for a value, for messages.
struct Asker<'e, 'h> {
    endpoint: &'e Endpoint,
    made: &'h Derived,
    name: &'h Text,
}

impl Asker<'_, '_> {
    fn request(&self) -> &str {
        self.made.request.as_deref().unwrap_or("the request")
    }
}

impl<'a> Cx<'a> {
    /// Fills in what the option says: the kind of code.
    pub(super) fn signature(&mut self, name: &Text, option: Option<&Text>, behaviour: &Behaviour) -> Option<Signature> {
        let (mut binds, mut keeps, mut has_id) = (Vec::new(), Vec::new(), true);
        if behaviour.has_session() {
            binds = self.session_kind(name, option)?.binds.clone();
        } else if behaviour.has_kind() {
            let kind = self.kind(name, option, behaviour)?;
            (binds, keeps, has_id) = (kind.binds.clone(), kind.keeps.clone(), !kind.is_found_by_code());
        } else if let (Some(option), Some(may_say)) = (option, &behaviour.may_say) {
            self.check_said(name, option, may_say);
        } else if let (Some(option), None) = (option, &behaviour.option) {
            let text = format!("`{}` has no option, and here is `{}`", name.text, option.text);
            self.tell("unknown-option", option.place, text, "write the behaviour alone");
        } else if let (None, Some(wanted)) = (option, &behaviour.option) {
            let text = format!("`{}` does not say which {wanted}", name.text);
            self.tell("unknown-option", name.place, text, format!("write `{}: <{wanted}>`", name.text));
        }
        let plain = |all: &[String]| -> Vec<String> {
            all.iter().filter(|word| !["bound", "kept", "session"].contains(&word.as_str())).cloned().collect()
        };
        let texts = |all: &[Text]| all.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
        let mut gives = plain(&behaviour.gives);
        for (word, list) in [("bound", &binds), ("kept", &keeps)] {
            if behaviour.gives.iter().any(|give| give == word) {
                gives.extend(texts(list));
            }
        }
        Some(Signature {
            needs: behaviour.needs.iter().map(|need| need.split(" | ").map(str::to_owned).collect()).collect(),
            expects: plain(&behaviour.expects).into_iter().filter(|word| has_id || word != OTP_ID).collect(),
            takes: plain(&behaviour.takes),
            gives,
            binds,
            keeps: if behaviour.takes.iter().any(|word| word == "kept") { keeps } else { Vec::new() },
        })
    }

    fn check_said(&mut self, name: &Text, option: &Text, may_say: &MaySay) {
        let help = match may_say {
            MaySay::Number { number: what } => {
                let number = option.text.parse::<u32>().is_ok_and(|number| (1..=99).contains(&number));
                (!number)
                    .then(|| format!("write `{}: <{what}>`, a number from 1 to 99, or the behaviour alone", name.text))
            }
            MaySay::Word { word } => {
                (option.text != *word).then(|| format!("write `{}: {word}`, or the behaviour alone", name.text))
            }
        };
        if let Some(help) = help {
            let text = format!("`{}` cannot do with `{}`", name.text, option.text);
            self.tell("unknown-option", option.place, text, help);
        }
    }

    /// The kind of code that the option names, if it is one that the behaviour can do with.
    fn kind(&mut self, name: &Text, option: Option<&Text>, behaviour: &Behaviour) -> Option<&'a Otp> {
        let kind = self.named_kind(name, option)?;
        let place = option.map_or(name.place, |option| option.place);
        let (what, help) = match (behaviour.kinds, kind.is_found_by_code()) {
            (Some(Kinds::WithId), true) => ("that is found by itself", "take out `id: code`"),
            (Some(Kinds::OneByCode), true) if kind.one_per.is_empty() => {
                ("of which there may be any number", "say by `one_per` which of them is meant")
            }
            (Some(Kinds::ByCode | Kinds::OneByCode), false) => {
                ("that is found by an id", "add `id: code` to the kind of code")
            }
            _ => return Some(kind),
        };
        let text = format!("`{}` cannot take a code {what}", name.text);
        self.push(Diagnostic::new("unknown-option", place, text).also(kind.place, "it is declared here").help(help));
        None
    }

    fn named_kind(&mut self, name: &Text, option: Option<&Text>) -> Option<&'a Otp> {
        let otps = &self.definition.otps;
        match option {
            Some(option) => {
                let found = otps.get(&option.text);
                if found.is_none() {
                    let help =
                        crate::naming::near(&option.text, otps.names()).map(|near| format!("did you mean `{near}`?"));
                    let text = format!("no kind of code `{}`", option.text);
                    self.push(
                        Diagnostic::new("unknown-option", option.place, text)
                            .help("declare it under `otps:`")
                            .help_if(help),
                    );
                }
                found
            }
            None => match otps.as_slice() {
                [(_, only)] => Some(only),
                kinds => {
                    let text = format!("`{}` does not say which of {} kinds of codes", name.text, kinds.len());
                    self.tell(
                        "unknown-option",
                        name.place,
                        text,
                        format!("write `{}: <kind>`, a kind under `otps:`", name.text),
                    );
                    None
                }
            },
        }
    }

    /// Everything that a behaviour is given, in the order of its signature.
    pub(super) fn inputs(
        &mut self,
        made: &Derived,
        endpoint: &'a Endpoint,
        name: &Text,
        behaviour: &Behaviour,
        signature: &Signature,
    ) -> Vec<Input> {
        let mut inputs = Inputs { have: &made.have, all: Vec::new() };
        let asker = Asker { endpoint, made, name };
        for choices in &signature.needs {
            if !choices.iter().any(|choice| made.have.has(choice)) {
                self.unbound_need(&asker, choices);
            }
            // What is also expected restricts, unless nothing else says whom or what is meant.
            let others = choices.iter().any(|choice| !signature.expects.contains(choice) && made.have.has(choice));
            let needed = choices.iter().filter(|choice| !others || !signature.expects.contains(choice));
            needed.for_each(|choice| inputs.add(choice, Role::Needs));
        }
        for meaning in &signature.expects {
            if !made.have.has(meaning) && !signature.binds.iter().any(|bound| bound.text == *meaning) {
                self.gap(&asker, meaning);
            }
            inputs.add(meaning, Role::Expects);
        }
        let does = match (behaviour.has_session(), behaviour.takes.iter().any(|word| word == "kept")) {
            (true, _) => "opens",
            (false, true) => "makes",
            (false, false) => "checks",
        };
        let kept = signature.keeps.iter().map(|meaning| (meaning, "keeps"));
        for (meaning, verb) in signature.binds.iter().map(|meaning| (meaning, "binds")).chain(kept) {
            if !made.have.has(&meaning.text) {
                self.unbound_value(&asker, meaning, &format!("{does} {verb}"));
            }
            inputs.add(&meaning.text, Role::Bound);
        }
        for pattern in &signature.takes {
            for held in made.have.0.iter().filter(|held| matches(&held.meaning, pattern)) {
                if !self.words.is_inward(&held.meaning) || held.meaning == *pattern {
                    inputs.add(&held.meaning, Role::Takes);
                }
            }
        }
        if !behaviour.calls.is_empty() {
            self.words.own_meanings.iter().for_each(|meaning| inputs.add(meaning, Role::Fact));
        }
        inputs.all
    }

    fn unbound_need(&mut self, asker: &Asker<'a, '_>, choices: &[String]) {
        let first = choices.first().map_or("", String::as_str);
        let (name, request) = (asker.name, asker.request());
        let text = format!("`{}` needs `{}`, and nothing in `{request}` means it", name.text, choices.join("` or `"));
        let help = format!("say `is: {first}` on a field, or let an earlier behaviour give it");
        self.push(Diagnostic::new("unbound-need", name.place, text).label("needed here").help(help));
    }

    /// A value that would be checked or restricted by is not there, and the endpoint does not say so.
    fn gap(&mut self, asker: &Asker<'a, '_>, meaning: &str) {
        let idle = thing_of(meaning) == "operation" && self.definition.operations.as_slice().is_empty();
        let without = self.without(asker.endpoint, meaning);
        if without.is_some() && meaning == OTP_ID {
            return self.needed_id(asker, without);
        }
        if idle || without.is_some() {
            return;
        }
        self.told.push((asker.made.name.text.clone(), meaning.to_owned()));
        let (name, request) = (asker.name, asker.request());
        let text = format!("`{}` expects `{meaning}`, and nothing in `{request}` means it", name.text);
        let help = format!("say `is: {meaning}` on a field; if the API has no such value, say `without: [{meaning}]`");
        let told = Diagnostic::new("unexpected-gap", name.place, text).label("this would check less than it can");
        self.push(told.help(help));
    }

    fn unbound_value(&mut self, asker: &Asker<'a, '_>, meaning: &Text, does: &str) {
        self.told.push((asker.made.name.text.clone(), meaning.text.clone()));
        let (of, request) = (&asker.made.name.text, asker.request());
        let (what, section) = if does.starts_with("opens") { ("session", "sessions") } else { ("code", "otps") };
        let text = format!("the {what} that `{of}` {does} `{}`, and nothing in `{request}` means it", meaning.text);
        let help = format!("say `is: {}` on a field, or take it out of `{section}`", meaning.text);
        let told = Diagnostic::new("unbound-value", asker.name.place, text).also(meaning.place, "it is bound here");
        self.push(told.help(help));
    }

    /// Where the endpoint, or every endpoint, says that it has no such value.
    fn without(&self, endpoint: &'a Endpoint, meaning: &str) -> Option<&'a Text> {
        let mut said = endpoint.without.iter().chain(&self.definition.every_endpoint.without);
        said.find(|pattern| matches(meaning, &pattern.text))
    }

    /// A code with an id is found by nothing else, so going without would let no code pass.
    fn needed_id(&mut self, asker: &Asker<'a, '_>, without: Option<&Text>) {
        let (name, request) = (asker.name, asker.request());
        let text = format!("`{}` needs `{OTP_ID}`, and nothing in `{request}` means it", name.text);
        let help = format!("say `is: {OTP_ID}` on a field; only a kind with `id: code` is found without one");
        let told = Diagnostic::new("unbound-need", name.place, text).label("no code could ever pass");
        let told = match without {
            Some(pattern) => told.also(pattern.place, "this cannot be gone without"),
            None => told,
        };
        self.push(told.help(help));
    }

    /// Tells of a pattern in `without` that stands for nothing.
    pub(super) fn known_pattern(&mut self, pattern: &Text) -> bool {
        let whole =
            pattern.text.strip_suffix(".*").is_some_and(|thing| self.words.all.qualities(thing).next().is_some());
        if !whole {
            self.known_meaning(pattern);
        }
        whole || self.words.has_meaning(&pattern.text)
    }

    /// `without` says what is true: a behaviour would use the value, and there is none.
    pub(super) fn needless_without(&mut self, endpoint: &'a Endpoint, made: &Derived) {
        for pattern in &endpoint.without {
            if !self.known_pattern(pattern) {
                continue;
            }
            let behaviours = made.steps.iter().filter_map(|step| self.words.all.behaviours.get(&step.behaviour));
            let expected: Vec<String> = behaviours
                .flat_map(|one| one.expects.clone())
                .filter(|meaning| matches(meaning, &pattern.text))
                .collect();
            let expects = |step: &&Step| {
                let behaviour = self.words.all.behaviours.get(&step.behaviour);
                behaviour.is_some_and(|one| one.expects.iter().any(|meaning| matches(meaning, &pattern.text)))
            };
            let bound = |step: &Step| step.inputs.iter().find(|input| matches(&input.meaning, &pattern.text)).cloned();
            // Whoever expects the value and goes without it needs the word.
            let found: Option<Vec<Input>> = made.steps.iter().filter(expects).map(bound).collect();
            let bound = found.and_then(|inputs| inputs.into_iter().next());
            let why = match bound {
                _ if expected.is_empty() => {
                    format!("nothing that `{}` does expects `{}`", made.name.text, pattern.text)
                }
                Some(input) if !pattern.text.ends_with('*') => {
                    format!("`{}` is bound in `{}`", input.meaning, made.name.text)
                }
                _ => continue,
            };
            self.tell("needless-without", pattern.place, why, "take it out of `without`");
        }
    }
}
