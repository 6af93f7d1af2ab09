//! `types.rs`: payloads, unions and enums with the attributes that their macros read. Which payloads are made from
//! things of the runtime follows from how the default bodies fill them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::escaping::{doc, enumerate, literal};
use super::fields::{FieldView, Marks, Owner, field, rest};
use super::scope::{Scope, is_reached, type_name};
use crate::arena::Id;
use crate::model::{Enum, Payload, Type, Union, Variant};
use crate::naming;

/// What the template receives.
#[derive(Serialize)]
pub struct View {
    source: String,
    types: Vec<TypeView>,
}

#[derive(Serialize)]
struct TypeView {
    kind: &'static str,
    docs: String,
    derives: String,
    attributes: Vec<String>,
    name: String,
    fields: Vec<FieldView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<VariantView>,
}

#[derive(Serialize)]
struct VariantView {
    attributes: Vec<String>,
    name: String,
    holds: Option<String>,
}

/// Builds the view.
pub fn view(scope: &Scope<'_>) -> View {
    let users = Users::of(scope);
    let unions = scope.adapter.unions.pairs().filter(|(_, union)| union.is_reached);
    let mut unions: Vec<(Id<Union>, &Union)> = unions.collect();
    let mut types = Vec::new();
    for (id, payload) in scope.adapter.payloads.pairs().filter(|(_, payload)| is_reached(payload)) {
        let carries = |(_, union): &(Id<Union>, &Union)| union.variants.iter().any(|variant| variant.payload == id);
        while let Some(at) = unions.iter().position(carries) {
            types.push(union_view(scope, unions.remove(at)));
        }
        types.push(struct_view(scope, (id, payload), &users));
    }
    types.extend(unions.into_iter().map(|union| union_view(scope, union)));
    types.extend(scope.adapter.enums.iter().filter(|one| one.is_reached).map(enum_view));
    View { source: doc(&scope.adapter.source), types }
}

fn struct_view(scope: &Scope<'_>, (id, payload): (Id<Payload>, &Payload), users: &Users) -> TypeView {
    let required_impls = &scope.adapter.required_impls;
    let mut derives = vec!["Debug", "Clone"];
    derives.extend(required_impls.defaults.contains(&id).then_some("Default"));
    derives.push("Payload");
    derives.extend(required_impls.forms.contains(&id).then_some("Form"));
    let meanings = Marks::of(scope, id);
    let snake = is_snake(payload);
    let mut fields: Vec<FieldView> = payload
        .fields
        .iter()
        .enumerate()
        .map(|(at, each)| field(scope, &meanings, Owner { payload, id: Some(id) }, at, each, snake))
        .collect();
    if payload.echo_unknown {
        fields.push(rest(scope));
    }
    let mut arguments = meanings.arguments.clone();
    arguments.extend(snake.then(|| "names = snake".to_owned()));
    arguments.extend((type_name(&payload.name) != payload.name).then(|| format!("wire = {}", literal(&payload.name))));
    arguments.extend(payload.as_list.then(|| "list".to_owned()));
    arguments.extend(payload.echo_unknown.then(|| "unknown = echo".to_owned()));
    TypeView {
        kind: "struct",
        docs: docs_of(scope, id, users),
        derives: derives.join(", "),
        attributes: attribute(&arguments),
        name: type_name(&payload.name),
        fields,
        variants: Vec::new(),
    }
}

fn attribute(arguments: &[String]) -> Vec<String> {
    if arguments.is_empty() { Vec::new() } else { vec![format!("payload({})", arguments.join(", "))] }
}

/// Whether the wire names are rather those of Rust than their camelCase.
fn is_snake(payload: &Payload) -> bool {
    let fits = |name: fn(&str) -> String| {
        payload.fields.iter().filter(|field| name(&naming::field(&field.wire)) == field.wire).count()
    };
    fits(str::to_owned) > fits(naming::camel)
}

fn union_view(scope: &Scope<'_>, (id, union): (Id<Union>, &Union)) -> TypeView {
    let mut variants: Vec<VariantView> =
        union.variants.iter().map(|variant| variant_view(scope, id, variant)).collect();
    if union.echo_unknown {
        let holds = Some(scope.runtime("Json"));
        variants.push(VariantView {
            attributes: vec!["payload(unknown)".to_owned()],
            name: "Unknown".to_owned(),
            holds,
        });
    }
    let kept =
        if union.echo_unknown { " What the definition does not know is kept and sent back as it came." } else { "" };
    TypeView {
        kind: "enum",
        docs: format!("One of several, identified by `{}`.{kept}", doc(&union.tag)),
        derives: "Debug, Clone, Payload".to_owned(),
        attributes: vec![format!("payload(tag = {})", literal(&union.tag))],
        name: type_name(&union.name),
        fields: Vec::new(),
        variants,
    }
}

fn variant_view(scope: &Scope<'_>, union: Id<Union>, variant: &Variant) -> VariantView {
    let choice = scope.adapter.required_impls.choices.contains(&(union, variant.wire.clone()));
    let marked = if choice { ", choice" } else { "" };
    VariantView {
        attributes: vec![format!("payload(name = {}{marked})", literal(&variant.wire))],
        name: variant.rust.clone(),
        holds: Some(scope.payload_name(variant.payload)),
    }
}

fn enum_view(each: &Enum) -> TypeView {
    let variants = each.members.iter().map(|member| {
        let mut arguments = vec![literal(&member.wire)];
        let values = member.shows.iter().chain(&member.also).filter(|_| each.shows.is_some());
        arguments.extend(values.map(|value| naming::pascal(value)));
        arguments.extend(member.number.map(|number| format!("number = {number}")));
        let attributes = vec![format!("wire({})", arguments.join(", "))];
        VariantView { attributes, name: member.rust.clone(), holds: None }
    });
    let docs = match &each.shows {
        Some(shows) => format!("[`countersign_runtime::{shows}`], as this API writes it."),
        None => "Passed on as it is; it has no meaning here.".to_owned(),
    };
    TypeView {
        kind: "enum",
        docs,
        derives: "Debug, Clone, Copy, PartialEq, Eq, WireEnum".to_owned(),
        attributes: each.shows.iter().map(|shows| format!("wire(shows = {})", naming::pascal(shows))).collect(),
        name: type_name(&each.name),
        fields: Vec::new(),
        variants: variants.collect(),
    }
}

/// Who has a payload, by its id: what holds it, who is asked with it, who answers with it.
#[derive(Default)]
struct Users {
    parents: BTreeMap<Id<Payload>, BTreeSet<String>>,
    asked: BTreeMap<Id<Payload>, Vec<String>>,
    answered: BTreeMap<Id<Payload>, Vec<String>>,
}

impl Users {
    fn of(scope: &Scope<'_>) -> Self {
        let mut users = Users::default();
        let adapter = scope.adapter;
        let mut note = |child: Id<Payload>, parent: &str| {
            users.parents.entry(child).or_default().extend([type_name(parent)]);
        };
        for payload in adapter.payloads.iter().filter(|payload| is_reached(payload)) {
            payload.fields.iter().filter_map(|field| named(&field.ty)).for_each(|child| note(child, &payload.name));
        }
        for union in adapter.unions.iter().filter(|union| union.is_reached) {
            union.variants.iter().for_each(|variant| note(variant.payload, &union.name));
        }
        for endpoint in &adapter.endpoints {
            let name = || endpoint.name.clone();
            endpoint.request.into_iter().for_each(|id| users.asked.entry(id).or_default().push(name()));
            endpoint.response.into_iter().for_each(|id| users.answered.entry(id).or_default().push(name()));
        }
        users
    }
}

fn named(ty: &Type) -> Option<Id<Payload>> {
    match ty {
        Type::Payload(id) => Some(*id),
        Type::List(inner) => named(inner),
        Type::Union(_) | Type::Primitive(_) | Type::Enum(_) | Type::Body => None,
    }
}

/// What a payload is: who is asked with it, who answers with it, or what it is part of.
fn docs_of(scope: &Scope<'_>, id: Id<Payload>, users: &Users) -> String {
    if let Some(asked) = users.asked.get(&id) {
        return format!("The request of {}.", enumerate(asked));
    }
    if let Some(answered) = users.answered.get(&id) {
        return format!("The response of {}.", enumerate(answered));
    }
    let rows = scope.adapter.used_rows().filter(|(_, row)| row.shows == Some(id));
    let rows: Vec<String> = rows.map(|(_, row)| row.name.clone()).collect();
    let is_refusal = scope.adapter.required_impls.refusals.contains(&id);
    match users.parents.get(&id) {
        _ if !rows.is_empty() => format!("The body of {}, in place of that of other failures.", enumerate(&rows)),
        Some(parents) if is_refusal => format!("Part of {}, in a failure.", some(parents)),
        Some(parents) => format!("Part of {}.", some(parents)),
        None if is_refusal => "The body of a failure.".to_owned(),
        None => "Part of an envelope.".to_owned(),
    }
}

/// Up to three names.
fn some(names: &BTreeSet<String>) -> String {
    let shown: Vec<String> = names.iter().take(3).cloned().collect();
    if names.len() > shown.len() {
        let quoted: Vec<String> = shown.iter().map(|name| format!("`{name}`")).collect();
        return format!("{} and {} more", quoted.join(", "), names.len() - shown.len());
    }
    enumerate(&shown)
}
