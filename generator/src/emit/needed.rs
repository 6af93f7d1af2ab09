//! What payloads must be able to do beside carrying their fields: be made from a thing or become one, have a default,
//! be a form, and say which of their fields mean something. All of it follows from the default bodies.

use std::collections::{BTreeMap, BTreeSet};

use super::binding;
use super::body::Body;
use super::scope::Scope;
use crate::model::{Callers, Endpoint, Payload, Source, Type};
use crate::vocabulary::{Argument, Natural, Word};

/// What payloads must be able to do, by their names.
#[derive(Debug, Default)]
pub struct Needed {
    /// Made from this thing.
    pub from: BTreeMap<String, String>,
    /// Become this thing.
    pub into: BTreeMap<String, String>,
    /// Have a default.
    pub defaults: BTreeSet<String>,
    /// Are forms.
    pub forms: BTreeSet<String>,
    /// Unions' variants in which a form offers a choice: union, tag.
    pub choices: BTreeSet<(String, String)>,
    /// Tell of a failure.
    pub refusals: BTreeSet<String>,
    /// Meanings that are looked for in a request, by the payloads that it reaches.
    pub meanings: BTreeMap<String, BTreeSet<String>>,
}

impl Needed {
    /// Collects what the bodies need.
    pub fn by(scope: &Scope<'_>, bodies: &[Body]) -> Self {
        let mut needed = Needed::default();
        for (endpoint, body) in scope.adapter.endpoints.iter().zip(bodies) {
            needed.from.extend(body.made_from.clone());
            needed.into.extend(body.made_into.clone());
            needed.defaults.extend(body.defaulted.clone());
            needed.look_for(scope, endpoint);
        }
        needed.find_forms(scope);
        needed.follow_from(scope);
        needed.find_refusals(scope);
        needed
    }

    /// What is looked for in the request of an endpoint, rather than read from a field by its name.
    fn look_for(&mut self, scope: &Scope<'_>, endpoint: &Endpoint) {
        let Some(request) = endpoint.request.as_deref() else { return };
        let reached = reached(scope, request);
        let mut sought: BTreeSet<String> = BTreeSet::new();
        let mut all = false;
        for step in &endpoint.steps {
            let call = scope.vocabulary.behaviours.get(&step.behaviour).and_then(|behaviour| behaviour.rust.as_ref());
            all |=
                call.is_some_and(|call| call.inputs.iter().any(|input| matches!(input, Argument::Word(Word::Request))));
            let inputs = step.inputs.iter();
            sought.extend(inputs.filter(|input| is_sought(scope, input)).map(|input| input.meaning.clone()));
        }
        for then in reached.iter().flat_map(|payload| &payload.then) {
            sought.insert(then.meaning.clone());
            sought.extend(then.when.iter().map(|(meaning, _)| meaning.clone()));
            // A country is named, or it is the one that the request says.
            let countries = then.rules.iter().filter(|rule| rule.word == "registered_in");
            sought.extend(
                countries.filter_map(|rule| rule.value.as_str()).filter(|it| it.contains('.')).map(str::to_owned),
            );
            sought.extend(then.if_needed.then(|| "operation.name".to_owned()));
        }
        sought.extend(told_at_field(endpoint).map(str::to_owned));
        if !matches!(scope.adapter.callers, Callers::None(_)) {
            // Who calls may do so for some partners alone, and for some countries.
            sought.extend(["issuer.id", "partner.id"].map(str::to_owned));
            sought.extend(endpoint.path.contains('{').then(|| "country.code".to_owned()));
        }
        let kinds = scope.adapter.sessions.iter();
        sought.extend(
            kinds.filter(|kind| endpoint.session.as_ref() == Some(&kind.name)).flat_map(|kind| kind.binds.clone()),
        );
        let worked_out = |meaning: &String| scope.vocabulary.derived.get(meaning).cloned().unwrap_or_default();
        sought.extend(sought.iter().flat_map(worked_out).collect::<Vec<_>>());
        for payload in reached {
            let fields = payload.fields.iter();
            let here = fields
                .flat_map(|field| field.meaning.iter().chain(field.conditional.iter().map(|(meaning, _, _)| meaning)));
            // A behaviour that takes the whole request looks for what stands at its top.
            let all = all && payload.name == request;
            let marked = here.filter(|meaning| {
                all || sought.contains(*meaning) || binding::gathered(meaning, scope.vocabulary).is_some()
            });
            self.meanings.entry(payload.name.clone()).or_default().extend(marked.cloned());
        }
    }

    /// A field that holds a form makes its payload one; the form's own lists say what they hold.
    fn find_forms(&mut self, scope: &Scope<'_>) {
        for field in scope.adapter.payloads.iter().flat_map(|payload| &payload.fields) {
            let natural = field.meaning.as_deref().and_then(|meaning| scope.vocabulary.meaning(meaning));
            let (Some(Natural::Thing(thing)), Type::Payload(name)) = (natural, &field.ty) else { continue };
            let Some(payload) = scope.payload(name) else { continue };
            self.forms.insert(name.clone());
            self.defaults.insert(name.clone());
            for field in &payload.fields {
                if form_list(scope, thing, &field.ty).is_some() {
                    self.elements_of_form(scope, &field.ty);
                }
            }
        }
    }

    fn elements_of_form(&mut self, scope: &Scope<'_>, list: &Type) {
        let Type::List(element) = list else { return };
        match &**element {
            Type::Payload(name) => {
                if let Some((thing, _)) = scope.payload(name).and_then(|payload| scope.thing_of(payload)) {
                    self.into.insert(name.clone(), thing.to_owned());
                }
            }
            Type::Union(name) => {
                let Some(union) = scope.union(name) else { return };
                for variant in &union.variants {
                    self.name_elements(scope, union, &variant.payload);
                    let payload = scope.payload(&variant.payload);
                    if let Some(thing) = payload.and_then(|payload| offered(scope, payload)) {
                        self.choices.insert((name.clone(), variant.wire.clone()));
                        self.from.insert(variant.payload.clone(), thing);
                    }
                }
            }
            _ => {}
        }
    }

    /// The elements of a form are told apart by what they say of themselves.
    fn name_elements(&mut self, scope: &Scope<'_>, union: &crate::model::Union, payload: &str) {
        let Some(thing) = union.thing.as_deref() else { return };
        let fields = scope.payload(payload).into_iter().flat_map(|payload| &payload.fields);
        let meanings = fields.filter_map(|field| field.meaning.clone());
        let own = meanings.filter(|meaning| meaning.split_once('.').is_some_and(|(of, _)| of == thing));
        self.meanings.entry(payload.to_owned()).or_default().extend(own);
    }

    /// What a payload that is made from a thing holds is made from that thing's parts.
    fn follow_from(&mut self, scope: &Scope<'_>) {
        let mut open: Vec<String> = self.from.keys().cloned().collect();
        while let Some(name) = open.pop() {
            let fields = scope.payload(&name).into_iter().flat_map(|payload| &payload.fields);
            for field in fields {
                let inner = match &field.ty {
                    Type::List(inner) => inner,
                    ty => ty,
                };
                let Type::Payload(inner) = inner else { continue };
                let thing = scope.payload(inner).and_then(|payload| scope.thing_of(payload));
                if let Some((thing, _)) = thing.filter(|_| !self.from.contains_key(inner)) {
                    self.from.insert(inner.clone(), thing.to_owned());
                    open.push(inner.clone());
                }
            }
        }
    }

    /// Whatever a failure reaches is made from a refusal.
    fn find_refusals(&mut self, scope: &Scope<'_>) {
        let adapter = scope.adapter;
        let rows = adapter.rows.iter().filter_map(|row| row.shows.as_ref());
        let mut open: Vec<&String> = rows.collect();
        for failure in adapter.envelope.failure.iter().chain(&adapter.failures) {
            open.extend(scope.payload(&failure.name).map(|own| &own.name));
            open.extend(failure.fields.iter().filter_map(|field| match &field.ty {
                Type::Payload(name) => Some(name),
                Type::List(inner) => match &**inner {
                    Type::Payload(name) => Some(name),
                    _ => None,
                },
                _ => None,
            }));
        }
        for name in open {
            self.refusals.extend(reached(scope, name).iter().map(|payload| payload.name.clone()));
        }
    }
}

/// The meaning of the value that a fault is about, where the row of broken rules answers that fault.
fn told_at_field(endpoint: &Endpoint) -> impl Iterator<Item = &'static str> {
    let has = |faults: &[String], fault: &str| faults.iter().any(|one| one == fault);
    let mut rows = endpoint.answers.iter().map(|answer| &answer.faults);
    let told = rows.any(|faults| has(faults, "input.invalid") && has(faults, "otp.missing"));
    told.then_some("otp.code").into_iter()
}

/// Whether an input is looked for by its meaning.
fn is_sought(scope: &Scope<'_>, input: &crate::model::Input) -> bool {
    matches!(input.source, Source::Found { .. }) && binding::gathered(&input.meaning, scope.vocabulary).is_none()
}

/// `config` or `attributes`: what a list of a form holds.
pub fn form_list(scope: &Scope<'_>, form: &str, list: &Type) -> Option<String> {
    let Type::List(element) = list else { return None };
    let thing = match &**element {
        Type::Payload(name) => scope.payload(name)?.thing.as_deref()?,
        Type::Union(name) => scope.union(name)?.thing.as_deref()?,
        _ => return None,
    };
    let holds = |quality: &&str| {
        scope.vocabulary.meaning(&format!("{form}.{quality}")) == Some(&Natural::List(thing.to_owned()))
    };
    scope.vocabulary.qualities(form).find(holds).map(str::to_owned)
}

/// The thing that a variant of a form's attributes offers, if it offers one.
fn offered(scope: &Scope<'_>, payload: &Payload) -> Option<String> {
    let things =
        payload.fields.iter().filter_map(|field| field.meaning.as_deref()?.split_once('.')).map(|(thing, _)| thing);
    let mut offered = things.filter(|name| scope.vocabulary.thing(name).is_some_and(|thing| !thing.gathered));
    offered.next().map(str::to_owned)
}

/// A payload and all that it holds.
fn reached<'a>(scope: &Scope<'a>, name: &str) -> Vec<&'a Payload> {
    let mut found: Vec<&Payload> = Vec::new();
    let mut open: Vec<Type> = vec![Type::Payload(name.to_owned())];
    while let Some(ty) = open.pop() {
        match ty {
            Type::List(inner) => open.push(*inner),
            Type::Union(name) => {
                let variants = scope.union(&name).into_iter().flat_map(|union| &union.variants);
                open.extend(variants.map(|variant| Type::Payload(variant.payload.clone())));
            }
            Type::Payload(name) => {
                let Some(payload) = scope.payload(&name) else { continue };
                if !found.iter().any(|other| other.name == payload.name) {
                    found.push(payload);
                    // What is sent back as it came is looked into by nobody.
                    let fields = payload.fields.iter().filter(|field| !scope.is_echoed(field));
                    open.extend(fields.map(|field| field.ty.clone()));
                }
            }
            Type::Primitive(_) | Type::Enum(_) | Type::Body => {}
        }
    }
    found
}
