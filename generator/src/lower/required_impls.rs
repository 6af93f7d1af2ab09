//! What payloads must be able to do beside carrying their fields: be made from a thing or become one, have a default,
//! be a form, and say which of their fields mean something. All of it follows from the plans.

use std::collections::{BTreeMap, BTreeSet};

use crate::arena::Id;
use crate::language::rules::{Constraint, Country, REQUESTED_COUNTRY};
use crate::model::{Adapter, Callers, Endpoint, Field, Meaning, Payload, RequiredImpls, Type, Union};
use crate::plan::{PayloadConversion, Record, TextKind};
use crate::vocabulary::{Argument, Natural, Word};

/// Collects what the plans of all endpoints need.
pub(super) fn by(adapter: &Adapter) -> RequiredImpls {
    let mut finder = Finder { adapter, names: names(adapter), required_impls: RequiredImpls::default() };
    for endpoint in &adapter.endpoints {
        for conversion in &endpoint.plan.conversions {
            match conversion.clone() {
                PayloadConversion::From(payload, entity) => drop(finder.required_impls.from.insert(payload, entity)),
                PayloadConversion::Into(payload, entity) => drop(finder.required_impls.into.insert(payload, entity)),
                PayloadConversion::Default(payload) => drop(finder.required_impls.defaults.insert(payload)),
            }
        }
        finder.look_for(endpoint);
    }
    finder.find_forms();
    finder.follow_from();
    finder.find_refusals();
    finder.required_impls
}

/// Meanings by name, for the few that the runtime asks for by itself.
fn names(adapter: &Adapter) -> BTreeMap<&str, Id<Meaning>> {
    adapter.meanings.pairs().map(|(id, meaning)| (meaning.name.as_str(), id)).collect()
}

struct Finder<'a> {
    adapter: &'a Adapter,
    names: BTreeMap<&'a str, Id<Meaning>>,
    required_impls: RequiredImpls,
}

impl<'a> Finder<'a> {
    fn meaning(&self, id: Id<Meaning>) -> &'a Meaning {
        &self.adapter.meanings[id]
    }

    fn named<const N: usize>(&self, names: [&str; N]) -> Vec<Id<Meaning>> {
        names.iter().filter_map(|name| self.names.get(name).copied()).collect()
    }

    /// What is looked for in the request of an endpoint, rather than read from a field by its name.
    fn look_for(&mut self, endpoint: &Endpoint) {
        let Some(request) = endpoint.request else { return };
        let adapter = self.adapter;
        let reached = reached(adapter, request);
        let mut sought: BTreeSet<Id<Meaning>> = BTreeSet::new();
        let mut all = false;
        for step in &endpoint.plan.steps {
            let call = adapter.behaviours[step.behaviour].spec.rust.as_ref();
            all |=
                call.is_some_and(|call| call.inputs.iter().any(|input| matches!(input, Argument::Word(Word::Request))));
            let found = step
                .inputs
                .iter()
                .chain(&step.shows)
                .filter(|input| endpoint.plan.values[input.read.value()].source.is_searched());
            sought.extend(found.map(|input| input.meaning).filter(|meaning| !self.meaning(*meaning).is_gathered));
        }
        let values = &endpoint.plan.values;
        let shown = endpoint.plan.answer.iter().flat_map(Record::all).flat_map(|filled| filled.fill.reads());
        let found = shown.map(|read| &values[read.value()]).filter(|value| value.source.is_searched());
        sought.extend(found.map(|value| value.meaning).filter(|meaning| !self.meaning(*meaning).is_gathered));
        for then in reached.iter().flat_map(|(_, payload)| &payload.then) {
            sought.insert(then.meaning);
            sought.extend(then.when.iter().map(|(meaning, _)| *meaning));
            // A country is named, or it is the one that the request says.
            let requested = Constraint::RegisteredIn(Country::Requested);
            let asks = then.rules.iter().any(|rule| rule.constraint == requested);
            sought.extend(asks.then(|| self.named([REQUESTED_COUNTRY])).into_iter().flatten());
            sought.extend(then.if_needed.then(|| self.named(["operation.name"])).into_iter().flatten());
        }
        // What is wrong with a caller's words is reported at their field.
        let words = endpoint.plan.steps.iter().flat_map(|step| &step.inputs).map(|input| input.meaning);
        sought.extend(words.filter(|meaning| self.meaning(*meaning).name == "sms.words"));
        let shown =
            endpoint.plan.texts.iter().filter(|text| text.kind == TextKind::Sms).flat_map(|text| &text.available);
        sought.extend(shown.map(|(meaning, _)| *meaning).filter(|meaning| self.meaning(*meaning).is_in_message));
        sought.extend(shown_at_field(endpoint).flat_map(|name| self.named([name])));
        if !matches!(adapter.callers, Callers::None(_)) {
            // Who calls may do so for some partners alone, and for some countries.
            sought.extend(self.named(["issuer.id", "partner.id"]));
            let in_head = |(_, payload): &(Id<Payload>, &Payload)| payload.fields.iter().any(Field::is_in_head);
            let early = endpoint.path.contains('{') || reached.iter().any(in_head);
            sought.extend(early.then(|| self.named(["country.code"])).into_iter().flatten());
        }
        sought.extend(endpoint.session.iter().flat_map(|kind| adapter.sessions[*kind].binds.clone()));
        let worked_out = adapter.derived.iter().filter(|(meaning, _)| sought.contains(meaning));
        sought.extend(worked_out.flat_map(|(_, from)| from.clone()).collect::<Vec<_>>());
        for (id, payload) in reached {
            let fields = payload.fields.iter();
            let here = fields
                .flat_map(|field| field.meaning.iter().chain(field.conditional.iter().map(|(meaning, _, _)| meaning)));
            // A behaviour that takes the whole request looks for what stands at its top.
            let all = all && id == request;
            let marked =
                here.filter(|meaning| all || sought.contains(*meaning) || adapter.meanings[**meaning].is_gathered);
            self.required_impls.meanings.entry(id).or_default().extend(marked);
        }
    }

    /// A field that holds a form makes its payload one; the form's own lists say what they hold.
    fn find_forms(&mut self) {
        let adapter = self.adapter;
        let payloads = adapter.payloads.iter().filter(|payload| payload.in_request || payload.in_response);
        for field in payloads.flat_map(|payload| &payload.fields) {
            let meaning = field.meaning.map(|meaning| self.meaning(meaning)).filter(|meaning| meaning.shape.is_none());
            let natural = meaning.map(|meaning| &meaning.natural);
            let (Some(Natural::Entity(entity)), Type::Payload(id)) = (natural, &field.ty) else { continue };
            self.required_impls.forms.insert(*id);
            self.required_impls.defaults.insert(*id);
            for field in &adapter.payloads[*id].fields {
                if adapter.form_list(entity, &field.ty).is_some() {
                    self.elements_of_form(&field.ty);
                }
            }
        }
    }

    fn elements_of_form(&mut self, list: &Type) {
        let adapter = self.adapter;
        let Type::List(element) = list else { return };
        match &**element {
            Type::Payload(id) => {
                let entity = adapter.payloads[*id].entity.clone();
                self.required_impls.into.extend(entity.map(|entity| (*id, entity)));
            }
            Type::Union(id) => {
                let union = &adapter.unions[*id];
                for variant in &union.variants {
                    self.name_elements(union, variant.payload);
                    if let Some(entity) = self.offered(&adapter.payloads[variant.payload]) {
                        self.required_impls.choices.insert((*id, variant.wire.clone()));
                        self.required_impls.from.insert(variant.payload, entity);
                    }
                }
            }
            _ => {}
        }
    }

    /// The elements of a form are distinguished by what they say of themselves.
    fn name_elements(&mut self, union: &Union, payload: Id<Payload>) {
        let Some(entity) = union.entity.as_deref() else { return };
        let fields = self.adapter.payloads[payload].fields.iter();
        let own = fields.filter_map(|field| field.meaning).filter(|meaning| self.meaning(*meaning).is_of(entity));
        let own: Vec<Id<Meaning>> = own.collect();
        self.required_impls.meanings.entry(payload).or_default().extend(own);
    }

    /// The thing that a variant of a form's attributes offers, if it offers one.
    fn offered(&self, payload: &Payload) -> Option<String> {
        let mut entities = payload.fields.iter().filter_map(|field| field.meaning).map(|meaning| self.meaning(meaning));
        let is_whole = |name: &str| self.adapter.entities.get(name).is_some_and(|entity| !entity.gathered);
        entities.find(|meaning| is_whole(&meaning.entity)).map(|meaning| meaning.entity.clone())
    }

    /// What a payload that is made from a thing holds is made from that thing's parts.
    fn follow_from(&mut self) {
        let mut open: Vec<Id<Payload>> = self.required_impls.from.keys().copied().collect();
        while let Some(id) = open.pop() {
            for field in &self.adapter.payloads[id].fields {
                let inner = match &field.ty {
                    Type::List(inner) => inner,
                    ty => ty,
                };
                let Type::Payload(inner) = inner else { continue };
                let entity = self.adapter.payloads[*inner].entity.clone();
                if let Some(entity) = entity.filter(|_| !self.required_impls.from.contains_key(inner)) {
                    self.required_impls.from.insert(*inner, entity);
                    open.push(*inner);
                }
            }
        }
    }

    /// Whatever a failure reaches is made from a refusal.
    fn find_refusals(&mut self) {
        let adapter = self.adapter;
        let mut open: Vec<Id<Payload>> = adapter.used_rows().filter_map(|(_, row)| row.shows).collect();
        for failure in adapter.envelope.failure.iter().chain(&adapter.failures) {
            open.extend(failure.declared);
            open.extend(failure.payload.fields.iter().filter_map(|field| match &field.ty {
                Type::Payload(id) => Some(*id),
                Type::List(inner) => match &**inner {
                    Type::Payload(id) => Some(*id),
                    _ => None,
                },
                _ => None,
            }));
        }
        for id in open {
            self.required_impls.refusals.extend(reached(adapter, id).iter().map(|(id, _)| *id));
        }
    }
}

/// The meaning of the value that a fault is about, where the row of broken rules answers that fault.
fn shown_at_field(endpoint: &Endpoint) -> impl Iterator<Item = &'static str> {
    let has = |faults: &[String], fault: &str| faults.iter().any(|one| one == fault);
    let mut rows = endpoint.plan.answers.iter().map(|answer| &answer.faults);
    let is_answered_alike = rows.any(|faults| has(faults, "input.invalid") && has(faults, "otp.missing"));
    is_answered_alike.then_some("otp.code").into_iter()
}

/// A payload and all that it holds.
fn reached(adapter: &Adapter, id: Id<Payload>) -> Vec<(Id<Payload>, &Payload)> {
    let mut found: Vec<(Id<Payload>, &Payload)> = Vec::new();
    let mut seen: BTreeSet<Id<Payload>> = BTreeSet::new();
    let mut open: Vec<&Type> = Vec::new();
    let mut next = vec![id];
    loop {
        for id in next.drain(..) {
            let payload = &adapter.payloads[id];
            if seen.insert(id) {
                found.push((id, payload));
                // What is sent back as it came is looked into by nobody.
                let echoed = |meaning: Option<Id<Meaning>>| meaning.is_some_and(|id| adapter.meanings[id].is_echoed);
                open.extend(payload.fields.iter().filter(|field| !echoed(field.meaning)).map(|field| &field.ty));
            }
        }
        match open.pop() {
            None => return found,
            Some(Type::List(inner)) => open.push(inner),
            Some(Type::Union(id)) => {
                next.extend(adapter.unions[*id].variants.iter().rev().map(|variant| variant.payload));
            }
            Some(Type::Payload(id)) => next.push(*id),
            Some(Type::Primitive(_) | Type::Enum(_) | Type::Body) => {}
        }
    }
}
