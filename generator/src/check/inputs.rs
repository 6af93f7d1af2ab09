//! What a behaviour of an endpoint is given: value by value, from what is at hand.

use super::Cx;
use super::derive::Derived;
use super::words::{matches, thing_of};
use crate::diagnostic::Diagnostic;
use crate::model::{Input, Role};
use crate::raw::{Endpoint, Otp, Text};
use crate::vocabulary::Behaviour;

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

impl<'a> Cx<'a> {
    /// Fills in what the option says: the kind of code.
    pub(super) fn signature(&mut self, name: &Text, option: Option<&Text>, behaviour: &Behaviour) -> Option<Signature> {
        let (mut binds, mut keeps) = (Vec::new(), Vec::new());
        if behaviour.has_kind() {
            let kind = self.kind(name, option)?;
            (binds, keeps) = (kind.binds.clone(), kind.keeps.clone());
        } else if let (Some(option), None) = (option, &behaviour.option) {
            let text = format!("`{}` has no option, and here is `{}`", name.text, option.text);
            self.tell("unknown-option", option.place, text, "write the behaviour alone");
        } else if let (None, Some(wanted)) = (option, &behaviour.option) {
            let text = format!("`{}` does not say which {wanted}", name.text);
            self.tell("unknown-option", name.place, text, format!("write `{}: <{wanted}>`", name.text));
        }
        let plain = |all: &[String]| -> Vec<String> {
            all.iter().filter(|word| *word != "bound" && *word != "kept").cloned().collect()
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
            expects: plain(&behaviour.expects),
            takes: plain(&behaviour.takes),
            gives,
            binds,
            keeps: if behaviour.takes.iter().any(|word| word == "kept") { keeps } else { Vec::new() },
        })
    }

    fn kind(&mut self, name: &Text, option: Option<&Text>) -> Option<&'a Otp> {
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

    pub(super) fn inputs(
        &mut self,
        made: &Derived,
        endpoint: &'a Endpoint,
        name: &Text,
        behaviour: &Behaviour,
        signature: &Signature,
    ) -> Vec<Input> {
        let have = &made.have;
        let mut inputs: Vec<Input> = Vec::new();
        let mut add = |meaning: &str, role: Role| {
            let held = have.get(meaning).filter(|_| !inputs.iter().any(|input| input.meaning == meaning));
            inputs.extend(held.map(|held| Input { meaning: meaning.to_owned(), source: held.source.clone(), role }));
        };
        let request = made.request.as_deref().unwrap_or("the request");
        for choices in &signature.needs {
            if !choices.iter().any(|choice| have.has(choice)) {
                let first = choices.first().map_or("", String::as_str);
                let text =
                    format!("`{}` needs `{}`, and nothing in `{request}` means it", name.text, choices.join("` or `"));
                let help = format!("say `is: {first}` on a field, or let an earlier behaviour give it");
                self.push(Diagnostic::new("unbound-need", name.place, text).label("needed here").help(help));
            }
            choices.iter().for_each(|choice| add(choice, Role::Needs));
        }
        for meaning in &signature.expects {
            let idle = thing_of(meaning) == "operation" && self.definition.operations.as_slice().is_empty();
            if have.has(meaning) {
                add(meaning, Role::Expects);
            } else if !idle
                && !self.without(endpoint, meaning)
                && !signature.binds.iter().any(|bound| bound.text == *meaning)
            {
                self.told.push((made.name.text.clone(), meaning.clone()));
                let text = format!("`{}` expects `{meaning}`, and nothing in `{request}` means it", name.text);
                let help =
                    format!("say `is: {meaning}` on a field; if the API has no such value, say `without: [{meaning}]`");
                self.push(
                    Diagnostic::new("unexpected-gap", name.place, text)
                        .label("this would check less than it can")
                        .help(help),
                );
            }
        }
        let kept = signature.keeps.iter().map(|meaning| (meaning, "keeps"));
        for (meaning, verb) in signature.binds.iter().map(|meaning| (meaning, "binds")).chain(kept) {
            if !have.has(&meaning.text) {
                self.told.push((made.name.text.clone(), meaning.text.clone()));
                let does =
                    if behaviour.refuses.iter().any(|fault| fault.starts_with("sms.")) { "makes" } else { "checks" };
                let text = format!(
                    "the code that `{}` {does} {verb} `{}`, and nothing in `{request}` means it",
                    made.name.text, meaning.text
                );
                let help = format!("say `is: {}` on a field, or take it out of `otps`", meaning.text);
                self.push(
                    Diagnostic::new("unbound-value", name.place, text)
                        .also(meaning.place, "it is bound here")
                        .help(help),
                );
            }
            add(&meaning.text, Role::Bound);
        }
        for pattern in &signature.takes {
            for held in have.0.iter().filter(|held| matches(&held.meaning, pattern)) {
                let aside = self.words.is_inward(&held.meaning) || thing_of(&held.meaning) == "message";
                if !aside || held.meaning == *pattern {
                    add(&held.meaning, Role::Takes);
                }
            }
        }
        if !behaviour.calls.is_empty() {
            self.words.own_meanings.iter().for_each(|meaning| add(meaning, Role::Fact));
        }
        inputs
    }

    /// True if the endpoint, or every endpoint, says that it has no such value.
    fn without(&self, endpoint: &Endpoint, meaning: &str) -> bool {
        let said = endpoint.without.iter().chain(&self.definition.every_endpoint.without);
        said.into_iter().any(|pattern| matches(meaning, &pattern.text))
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
            let bound =
                made.steps.iter().flat_map(|step| &step.inputs).find(|input| matches(&input.meaning, &pattern.text));
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
