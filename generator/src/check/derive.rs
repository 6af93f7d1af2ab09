//! What follows for one endpoint: what each behaviour is given, how the response is filled, which faults can occur.

use super::Cx;
use super::bind::Have;
use super::words::{matches, thing_of};
use crate::diagnostic::Diagnostic;
use crate::model::{Answer, Fill, Input, Role, Source, Step};
use crate::raw::{Endpoint, Field, Otp, Text, TypeName};
use crate::vocabulary::Behaviour;

/// All that follows for an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Derived {
    pub name: Text,
    pub request: Option<String>,
    pub response: Option<String>,
    pub steps: Vec<Step>,
    pub fills: Vec<Fill>,
    /// Fault -> the outcomes that could show it; in the order in which they can occur.
    pub faults: Vec<(String, Vec<String>)>,
    /// Outcome or other meaning -> the field of the response that shows it.
    pub shown: Vec<(String, Vec<String>)>,
    pub answers: Vec<Answer>,
    pub shown_faults: Vec<(String, Vec<String>)>,
    /// Values that checks get, by behaviour.
    pub bound: Vec<(String, Vec<String>)>,
    /// What is at hand at the end.
    pub have: Have,
    /// What was at hand when texts were made, by behaviour.
    pub at_text: Vec<(String, Have)>,
    /// A step is unknown, so what follows from it is not told.
    pub broken: bool,
}

/// A behaviour with what its option makes of it.
struct Signature {
    needs: Vec<Vec<String>>,
    expects: Vec<String>,
    takes: Vec<String>,
    gives: Vec<String>,
    /// What the kind of code binds, and what it keeps.
    binds: Vec<Text>,
    keeps: Vec<Text>,
}

impl<'a> Cx<'a> {
    /// Derives one endpoint and tells of everything that does not follow.
    pub fn derive(&mut self, name: &'a Text, endpoint: &'a Endpoint) -> Derived {
        let request = self.payload_of(name, endpoint.request.as_ref(), "Request");
        let response = self.payload_of(name, endpoint.response.as_ref(), "Response");
        let have = self.bind(request.as_deref());
        let mut made = Derived {
            name: name.clone(),
            faults: self.edge_faults(request.as_deref()),
            request,
            response,
            steps: Vec::new(),
            fills: Vec::new(),
            shown: Vec::new(),
            answers: Vec::new(),
            shown_faults: Vec::new(),
            bound: Vec::new(),
            have,
            at_text: Vec::new(),
            broken: false,
        };
        let mut given: Vec<(String, String)> = Vec::new();
        for (behaviour, option) in self.definition.every_endpoint.does.iter().chain(&endpoint.does) {
            self.step(&mut made, endpoint, behaviour, option.as_ref(), &mut given);
        }
        if made.broken {
            return made;
        }
        self.needless_without(endpoint, &made);
        self.fill(&mut made);
        self.answer(&mut made, endpoint);
        self.finish_steps(&mut made);
        made
    }

    fn payload_of(&mut self, name: &Text, said: Option<&Text>, part: &str) -> Option<String> {
        if let Some(said) = said {
            if !self.definition.payloads.has(&said.text) {
                let near = crate::naming::near(&said.text, self.definition.payloads.names());
                let help = near.map(|near| format!("did you mean `{near}`?"));
                self.push(Diagnostic::new("unknown-type", said.place, format!("no payload `{}`", said.text)).help_if(help));
                return None;
            }
            return Some(said.text.clone());
        }
        let usual = crate::naming::pascal(&name.text) + part;
        self.definition.payloads.has(&usual).then_some(usual)
    }

    /// Faults that the edge raises before anything is done.
    fn edge_faults(&self, request: Option<&str>) -> Vec<(String, Vec<String>)> {
        let mut all = Vec::new();
        if let Some(request) = request {
            all.extend(["input.invalid", "body.malformed", "body.too_large", "content_type.wrong"].map(str::to_owned));
            let raised = self.expand(request).into_iter().filter_map(|member| member.field());
            all.extend(raised.flat_map(|field| field.raises.iter().map(|(_, fault)| fault.text.clone())));
            if self.definition.wire.reject_unknown_fields {
                all.push("input.unknown_field".to_owned());
            }
        }
        all.extend(["overloaded", "unexpected"].map(str::to_owned));
        all.into_iter().map(|fault| (fault, Vec::new())).collect()
    }

    fn step(
        &mut self,
        made: &mut Derived,
        endpoint: &'a Endpoint,
        name: &Text,
        option: Option<&Text>,
        given: &mut Vec<(String, String)>,
    ) {
        let Some(behaviour) = self.words.all.behaviours.get(&name.text).cloned() else {
            let near = crate::naming::near(&name.text, self.words.all.behaviours.names());
            let help = near.map_or("declare it under `behaviours:`".to_owned(), |near| format!("did you mean `{near}`?"));
            self.tell("unknown-behaviour", name.place, format!("no behaviour `{}`", name.text), help);
            made.broken = true;
            return;
        };
        let Some(signature) = self.signature(name, option, &behaviour) else {
            made.broken = true;
            return;
        };
        let inputs = self.inputs(made, endpoint, name, &behaviour, &signature);
        if !behaviour.refuses.is_empty() {
            let used: Vec<String> = inputs.iter().map(|input| input.meaning.clone()).collect();
            match made.bound.iter_mut().find(|(other, _)| *other == name.text) {
                Some((_, before)) => before.extend(used),
                None => made.bound.push((name.text.clone(), used)),
            }
        }
        made.at_text.push((name.text.clone(), made.have.clone()));
        let label = option.map_or(name.text.clone(), |option| format!("{} {}", name.text, option.text));
        self.give(made, endpoint, &behaviour, &signature, (&label, &inputs), given);
        self.raise(made, &behaviour);
        made.steps.push(Step {
            behaviour: name.text.clone(),
            option: option.map(|option| option.text.clone()),
            inputs,
            raises: false,
            keeps_refused: false,
            or_nobody: false,
        });
    }

    /// Fills in what the option says: the kind of code.
    fn signature(&mut self, name: &Text, option: Option<&Text>, behaviour: &Behaviour) -> Option<Signature> {
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
                    let help = crate::naming::near(&option.text, otps.names()).map(|near| format!("did you mean `{near}`?"));
                    let text = format!("no kind of code `{}`", option.text);
                    self.push(Diagnostic::new("unknown-option", option.place, text).help("declare it under `otps:`").help_if(help));
                }
                found
            }
            None => match otps.0.as_slice() {
                [(_, only)] => Some(only),
                kinds => {
                    let text = format!("`{}` does not say which of {} kinds of codes", name.text, kinds.len());
                    self.tell("unknown-option", name.place, text, format!("write `{}: <kind>`, a kind under `otps:`", name.text));
                    None
                }
            },
        }
    }

    fn inputs(
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
                let text = format!("`{}` needs `{}`, and nothing in `{request}` means it", name.text, choices.join("` or `"));
                let help = format!("say `is: {first}` on a field, or let an earlier behaviour give it");
                self.push(Diagnostic::new("unbound-need", name.place, text).label("needed here").help(help));
            }
            choices.iter().for_each(|choice| add(choice, Role::Needs));
        }
        for meaning in &signature.expects {
            let idle = thing_of(meaning) == "operation" && self.definition.operations.0.is_empty();
            if have.has(meaning) {
                add(meaning, Role::Expects);
            } else if !idle && !self.without(endpoint, meaning) && !signature.binds.iter().any(|bound| bound.text == *meaning) {
                self.told.push((made.name.text.clone(), meaning.clone()));
                let text = format!("`{}` expects `{meaning}`, and nothing in `{request}` means it", name.text);
                let help = format!("say `is: {meaning}` on a field; if the API has no such value, say `without: [{meaning}]`");
                self.push(Diagnostic::new("unexpected-gap", name.place, text).label("this would check less than it can").help(help));
            }
        }
        let kept = signature.keeps.iter().map(|meaning| (meaning, "keeps"));
        for (meaning, verb) in signature.binds.iter().map(|meaning| (meaning, "binds")).chain(kept) {
            if !have.has(&meaning.text) {
                self.told.push((made.name.text.clone(), meaning.text.clone()));
                let does = if behaviour.refuses.iter().any(|fault| fault.starts_with("sms.")) { "makes" } else { "checks" };
                let text = format!("the code that `{}` {does} {verb} `{}`, and nothing in `{request}` means it", made.name.text, meaning.text);
                let help = format!("say `is: {}` on a field, or take it out of `otps`", meaning.text);
                self.push(Diagnostic::new("unbound-value", name.place, text).also(meaning.place, "it is bound here").help(help));
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

    /// `without` says what is true: a behaviour would use the value, and there is none.
    fn needless_without(&mut self, endpoint: &'a Endpoint, made: &Derived) {
        for pattern in &endpoint.without {
            let behaviours = made.steps.iter().filter_map(|step| self.words.all.behaviours.get(&step.behaviour));
            let expected: Vec<String> =
                behaviours.flat_map(|one| one.expects.clone()).filter(|meaning| matches(meaning, &pattern.text)).collect();
            let bound = made.steps.iter().flat_map(|step| &step.inputs).find(|input| matches(&input.meaning, &pattern.text));
            let why = match bound {
                _ if expected.is_empty() => format!("nothing that `{}` does expects `{}`", made.name.text, pattern.text),
                Some(input) if !pattern.text.ends_with('*') => format!("`{}` is bound in `{}`", input.meaning, made.name.text),
                _ => continue,
            };
            self.tell("needless-without", pattern.place, why, "take it out of `without`");
        }
    }

    fn give(
        &mut self,
        made: &mut Derived,
        endpoint: &'a Endpoint,
        behaviour: &Behaviour,
        signature: &Signature,
        (label, inputs): (&str, &[Input]),
        given: &mut Vec<(String, String)>,
    ) {
        let at = made.steps.len();
        for give in signature.gives.iter().chain(&behaviour.outcome) {
            let all: Vec<String> = if give.ends_with(".*") {
                self.words.all.meanings.names().filter(|name| matches(name, give)).map(str::to_owned).collect()
            } else {
                vec![give.clone()]
            };
            for meaning in all {
                let before = given.iter().find(|(other, _)| *other == meaning).map(|(_, by)| by.clone());
                let used = inputs.iter().any(|input| input.meaning == meaning && input.role != Role::Fact);
                if let (Some(before), false, false) = (&before, used, give.contains('*')) {
                    let text = format!("in `{}` both `{before}` and `{label}` give `{meaning}`", made.name.text);
                    self.tell("given-twice", endpoint.does_place, text, "let the first keep it, or leave one of them out");
                }
                // What was asked for by its name stays what the request said, where a whole thing is given.
                made.have.give(&meaning, at, label);
                given.retain(|(other, _)| *other != meaning);
                given.push((meaning, label.to_owned()));
            }
        }
    }

    fn raise(&self, made: &mut Derived, behaviour: &Behaviour) {
        let code_is_optional = made.have.get("otp.code").is_some_and(|held| held.optional);
        let faults = &mut made.faults;
        let mut add = |fault: &str, outcomes: &[String]| match faults.iter_mut().find(|(other, _)| other == fault) {
            Some((_, before)) => before.extend(outcomes.iter().cloned()),
            None => faults.push((fault.to_owned(), outcomes.to_vec())),
        };
        for fault in &behaviour.refuses {
            if fault != "otp.missing" || code_is_optional {
                add(fault, &behaviour.outcome);
            }
        }
        for fault in &behaviour.fails {
            if fault != "operation.unknown" || !self.definition.operations.0.is_empty() {
                add(fault, &[]);
            }
        }
        if !behaviour.calls.is_empty() {
            ["hook.failed", "hook.timed_out", "hook.panicked"].iter().for_each(|fault| add(fault, &[]));
        }
        if behaviour.store {
            add("store.unavailable", &[]);
        }
    }

    /// Fills the response field by field.
    fn fill(&mut self, made: &mut Derived) {
        if let Some(response) = made.response.clone() {
            self.fill_from(made, &response, &[], false);
        }
    }

    fn fill_from(&mut self, made: &mut Derived, payload: &str, path: &[String], optional: bool) {
        if path.len() > 16 {
            return;
        }
        for field in self.fields(payload) {
            if field.constant.is_some() {
                continue;
            }
            let mut here = path.to_vec();
            here.push(field.name.text.clone());
            let may_lack = optional || field.optional || field.default.is_some();
            match (self.meaning_of(field), &field.ty) {
                (Some(meaning), _) => self.fill_field(made, field, here, meaning, may_lack),
                (None, Some(TypeName::One(inner))) if self.definition.payloads.has(&inner.text) => {
                    let at = made.fills.len();
                    made.fills.push(Fill { path: here.clone(), meaning: None, source: Source::Nothing });
                    self.fill_from(made, &inner.text, &here, may_lack);
                    let inside = made.fills.iter().skip(at + 1).map(|fill| fill.source.clone());
                    let source = inside.into_iter().find(|source| *source != Source::Nothing).unwrap_or(Source::Nothing);
                    if let Some(fill) = made.fills.get_mut(at) {
                        fill.source = source;
                    }
                }
                (None, _) if may_lack => {}
                (None, _) => {
                    let text = format!("`{}` means nothing, so nothing in `{}` can give it", here.join("."), made.name.text);
                    let help = "say what it means, make it optional, or give it a `const` or a `default`";
                    self.tell("unfilled-field", field.name.place, text, help);
                }
            }
        }
    }

    fn fill_field(&mut self, made: &mut Derived, field: &'a Field, path: Vec<String>, meaning: String, may_lack: bool) {
        let source = match (made.have.get(&meaning), meaning.strip_prefix("settings.")) {
            (_, Some(setting)) => Source::Setting(setting.to_owned()),
            (Some(held), None) => held.source.clone(),
            (None, None) if self.words.is_always(&meaning) && self.words.has_meaning(&meaning) => Source::Always,
            (None, None) => Source::Nothing,
        };
        if source == Source::Nothing && !may_lack {
            let does: Vec<&str> = made.steps.iter().map(|step| step.behaviour.as_str()).collect();
            let does = if does.is_empty() { "nothing".to_owned() } else { format!("`{}`", does.join("`, `")) };
            let text = format!("`{}` is `{meaning}`, and nothing in `{}` gives it", path.join("."), made.name.text);
            self.tell("unfilled-field", field.name.place, text, format!("`{}` does {does}", made.name.text));
        }
        made.shown.push((meaning.clone(), path.clone()));
        made.fills.push(Fill { path, meaning: Some(meaning), source });
    }

    /// What the response and the error table make of each step.
    fn finish_steps(&self, made: &mut Derived) {
        let shows = |outcomes: &[String]| made.shown.iter().any(|(meaning, _)| outcomes.contains(meaning));
        let silent = self.operations().iter().any(|operation| operation.silent);
        let mut steps = made.steps.clone();
        for (at, step) in steps.iter_mut().enumerate() {
            let Some(behaviour) = self.words.all.behaviours.get(&step.behaviour) else { continue };
            let answered = |fault: &String| made.answers.iter().any(|answer| answer.faults.contains(fault));
            step.raises = behaviour.refuses.iter().any(answered);
            let Some(call) = &behaviour.rust else { continue };
            step.keeps_refused = call.keep_refused.is_some() && !step.raises && shows(&behaviour.outcome);
            step.or_nobody = call.or_nobody.is_some() && silent && self.can_be_nobody(made, at);
        }
        made.steps = steps;
    }

    /// The operation is known, nothing later uses what this step gives, and every field that shows it may be null.
    fn can_be_nobody(&self, made: &Derived, at: usize) -> bool {
        let from_here = |source: &Source| *source == Source::Step(at);
        let knows = made.steps.get(at).is_some_and(|step| step.inputs.iter().any(|input| input.meaning == "operation.name"));
        let used = made.steps.iter().skip(at + 1).flat_map(|step| &step.inputs).any(|input| from_here(&input.source));
        let may_lack = |fill: &Fill| !from_here(&fill.source) || self.may_lack(made.response.as_deref(), &fill.path);
        knows && !used && made.fills.iter().all(may_lack)
    }

    fn may_lack(&self, payload: Option<&str>, path: &[String]) -> bool {
        let (Some(payload), Some((first, rest))) = (payload, path.split_first()) else { return false };
        let Some(field) = self.fields(payload).into_iter().find(|field| field.name.text == *first) else { return false };
        field.optional || field.ty.as_ref().is_some_and(|ty| self.may_lack(Some(&ty.name().text), rest))
    }
}
