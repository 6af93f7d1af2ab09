//! What follows for one endpoint: what each behaviour is given, how the response is filled, which faults can occur.

use std::collections::BTreeSet;

use super::Cx;
use super::around::parts;
use super::bind::Have;
use super::inputs::Signature;
use super::words::matches;
use crate::diagnostic::Diagnostic;
use crate::model::{Answer, Fill, Input, Role, Step};
use crate::raw::{Endpoint, Text};
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

impl<'a> Cx<'a> {
    /// Derives one endpoint and tells of everything that does not follow.
    pub fn derive(&mut self, name: &'a Text, endpoint: &'a Endpoint) -> Derived {
        let request = self.payload_of(name, endpoint.request.as_ref(), "Request");
        let response = self.payload_of(name, endpoint.response.as_ref(), "Response");
        let around = parts(self.definition, endpoint);
        let have = self.bind(request.as_deref(), around.request, endpoint);
        let mut made = Derived {
            name: name.clone(),
            faults: self.edge_faults(request.as_deref(), endpoint),
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
                self.push(
                    Diagnostic::new("unknown-type", said.place, format!("no payload `{}`", said.text)).help_if(help),
                );
                return None;
            }
            return Some(said.text.clone());
        }
        let usual = crate::naming::pascal(&name.text) + part;
        self.has_payload(&usual).then_some(usual)
    }

    /// Faults that the edge raises before anything is done.
    fn edge_faults(&self, request: Option<&str>, endpoint: &Endpoint) -> Vec<(String, Vec<String>)> {
        let mut all = Vec::new();
        if self.knows_callers() {
            all.extend(["caller.unknown", "caller.forbidden"].map(str::to_owned));
            // Answered like somebody who is not known, unless the definition has an error of its own for it.
            let mut faults = self.definition.errors.iter().flat_map(|(_, row)| &row.faults);
            all.extend(faults.any(|fault| fault.text == "caller.limited").then(|| "caller.limited".to_owned()));
        }
        if self.session_of(endpoint).is_some() {
            let known = all.iter().any(|fault| fault == "caller.unknown");
            all.extend((!known).then(|| "caller.unknown".to_owned()));
            all.push("store.unavailable".to_owned());
        }
        if let Some(request) = request {
            all.extend(["input.invalid", "body.malformed", "body.too_large", "content_type.wrong"].map(str::to_owned));
            let mut reached = BTreeSet::new();
            self.reach(request, &mut reached);
            let fields = reached.iter().flat_map(|name| self.expand(name)).filter_map(|member| member.field());
            // Any number of rules may raise one fault.
            let raised: BTreeSet<&str> =
                fields.flat_map(|field| field.raises.iter().map(|(_, fault)| fault.text.as_str())).collect();
            all.extend(raised.into_iter().map(str::to_owned));
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
            let help =
                near.map_or("declare it under `behaviours:`".to_owned(), |near| format!("did you mean `{near}`?"));
            self.tell("unknown-behaviour", name.place, format!("no behaviour `{}`", name.text), help);
            made.broken = true;
            return;
        };
        let Some(behaviour) = self.with_table(name, option, behaviour) else {
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
        self.raise(made, &behaviour, &inputs);
        made.steps.push(Step {
            behaviour: name.text.clone(),
            option: option.map(|option| option.text.clone()),
            inputs,
            raises: false,
            keeps_refused: false,
            or_nobody: false,
            trace: self.sources.trace(name.place),
        });
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
        // A code gives what it keeps and what it is bound to, which may be the same.
        let earlier = given.clone();
        for give in signature.gives.iter().chain(&behaviour.outcome) {
            let all: Vec<String> = if give.ends_with(".*") {
                self.words.all.meanings.names().filter(|name| matches(name, give)).map(str::to_owned).collect()
            } else {
                vec![give.clone()]
            };
            for meaning in all {
                let before = earlier.iter().find(|(other, _)| *other == meaning).map(|(_, by)| by);
                let used = inputs.iter().any(|input| input.meaning == meaning && input.role != Role::Fact);
                if let (Some(before), false, false) = (before, used, give.contains('*')) {
                    let text = format!("in `{}` both `{before}` and `{label}` give `{meaning}`", made.name.text);
                    self.tell(
                        "given-twice",
                        endpoint.does_place,
                        text,
                        "let the first keep it, or leave one of them out",
                    );
                }
                // What was asked for by its name stays what the request said, where a whole thing is given.
                made.have.give(&meaning, at, label);
                given.retain(|(other, _)| *other != meaning);
                given.push((meaning, label.to_owned()));
            }
        }
    }

    fn raise(&self, made: &mut Derived, behaviour: &Behaviour, inputs: &[Input]) {
        let knows_the_end = inputs.iter().any(|input| input.meaning == "operation.expires");
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
            let can_be = match fault.as_str() {
                "operation.unknown" => !self.definition.operations.as_slice().is_empty(),
                "operation.expired" => knows_the_end,
                _ => true,
            };
            if can_be {
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
}
