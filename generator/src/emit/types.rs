//! `types.rs`: payloads, unions and enums with the attributes that their macros read. Which payloads are made from
//! things of the runtime follows from how the default bodies fill them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::fields::{FieldView, Meanings, field, rest};
use super::needed::Needed;
use super::scope::{Scope, type_name};
use super::words::{doc, enumerate, literal, sentence};
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
pub fn view(scope: &Scope<'_>, needed: &Needed) -> View {
    let parents = parents(scope);
    let mut unions: Vec<&Union> = scope.adapter.unions.iter().collect();
    let mut types = Vec::new();
    for payload in &scope.adapter.payloads {
        let carries = |union: &&Union| union.variants.iter().any(|variant| variant.payload == payload.name);
        while let Some(at) = unions.iter().position(carries) {
            types.push(union_view(scope, needed, unions.remove(at)));
        }
        types.push(struct_view(scope, needed, payload, &parents));
    }
    types.extend(unions.into_iter().map(|union| union_view(scope, needed, union)));
    types.extend(scope.adapter.enums.iter().map(enum_view));
    View { source: doc(&scope.adapter.source), types }
}

fn struct_view(scope: &Scope<'_>, needed: &Needed, payload: &Payload, parents: &Parents) -> TypeView {
    let mut derives = vec!["Debug", "Clone"];
    derives.extend(needed.defaults.contains(&payload.name).then_some("Default"));
    derives.push("Payload");
    derives.extend(needed.forms.contains(&payload.name).then_some("Form"));
    let meanings = Meanings::of(scope, needed, payload);
    let snake = is_snake(payload);
    let mut fields: Vec<FieldView> = payload
        .fields
        .iter()
        .enumerate()
        .map(|(at, each)| field(scope, needed, &meanings, payload, at, each, snake))
        .collect();
    if payload.keep_unknown {
        fields.push(rest(scope));
    }
    let mut arguments = meanings.arguments.clone();
    arguments.extend(snake.then(|| "names = snake".to_owned()));
    arguments.extend((type_name(&payload.name) != payload.name).then(|| format!("wire = {}", literal(&payload.name))));
    arguments.extend(payload.keep_unknown.then(|| "unknown = keep".to_owned()));
    TypeView {
        kind: "struct",
        docs: payload.about.as_deref().map_or_else(|| docs_of(scope, needed, payload, parents), sentence),
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

fn union_view(scope: &Scope<'_>, needed: &Needed, union: &Union) -> TypeView {
    let mut variants: Vec<VariantView> =
        union.variants.iter().map(|variant| variant_view(needed, union, variant)).collect();
    if union.keep_unknown {
        let holds = Some(scope.runtime("Json"));
        variants.push(VariantView {
            attributes: vec!["payload(unknown)".to_owned()],
            name: "Unknown".to_owned(),
            holds,
        });
    }
    let kept =
        if union.keep_unknown { " What the definition does not know is kept and sent back as it came." } else { "" };
    TypeView {
        kind: "enum",
        docs: format!("Told apart by `{}`.{kept}", doc(&union.tag)),
        derives: "Debug, Clone, Payload".to_owned(),
        attributes: vec![format!("payload(tag = {})", literal(&union.tag))],
        name: type_name(&union.name),
        fields: Vec::new(),
        variants,
    }
}

fn variant_view(needed: &Needed, union: &Union, variant: &Variant) -> VariantView {
    let choice = needed.choices.contains(&(union.name.clone(), variant.wire.clone()));
    let marked = if choice { ", choice" } else { "" };
    VariantView {
        attributes: vec![format!("payload(name = {}{marked})", literal(&variant.wire))],
        name: type_name(&variant.wire),
        holds: Some(type_name(&variant.payload)),
    }
}

fn enum_view(each: &Enum) -> TypeView {
    let variants = each.members.iter().map(|member| {
        let mut arguments = vec![literal(&member.wire)];
        arguments.extend(member.shows.as_deref().filter(|_| each.shows.is_some()).map(naming::pascal));
        arguments.extend(member.number.map(|number| format!("number = {number}")));
        let attributes = vec![format!("wire({})", arguments.join(", "))];
        VariantView { attributes, name: type_name(&member.wire), holds: None }
    });
    let docs = match &each.shows {
        Some(shows) => format!("[`countersign_runtime::{shows}`], as this API writes it."),
        None => "Carried, not understood.".to_owned(),
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

/// Which payloads and unions hold a payload, by name.
type Parents = BTreeMap<String, BTreeSet<String>>;

fn parents(scope: &Scope<'_>) -> Parents {
    let mut parents = Parents::new();
    let mut note = |child: &str, parent: &str| parents.entry(child.to_owned()).or_default().extend([type_name(parent)]);
    for payload in &scope.adapter.payloads {
        payload.fields.iter().filter_map(|field| named(&field.ty)).for_each(|child| note(child, &payload.name));
    }
    for union in &scope.adapter.unions {
        union.variants.iter().for_each(|variant| note(&variant.payload, &union.name));
    }
    parents
}

fn named(ty: &Type) -> Option<&str> {
    match ty {
        Type::Payload(name) | Type::Union(name) => Some(name),
        Type::List(inner) => named(inner),
        Type::Primitive(_) | Type::Enum(_) | Type::Body => None,
    }
}

/// What a payload is, where its definition does not say.
fn docs_of(scope: &Scope<'_>, needed: &Needed, payload: &Payload, parents: &Parents) -> String {
    let endpoints = |of: fn(&crate::model::Endpoint) -> &Option<String>| -> Vec<String> {
        let all = scope.adapter.endpoints.iter().filter(|endpoint| of(endpoint).as_ref() == Some(&payload.name));
        all.map(|endpoint| endpoint.name.clone()).collect()
    };
    let asked = endpoints(|endpoint| &endpoint.request);
    let answered = endpoints(|endpoint| &endpoint.response);
    if !asked.is_empty() {
        return format!("What {} is asked.", enumerate(&asked));
    }
    if let [_, _, ..] = answered.as_slice() {
        return format!("What {} answer.", enumerate(&answered));
    }
    if !answered.is_empty() {
        return format!("What {} answers.", enumerate(&answered));
    }
    if needed.refusals.contains(&payload.name) {
        return "What is told of a failure.".to_owned();
    }
    match parents.get(&payload.name) {
        Some(parents) => format!("Part of {}.", some(parents)),
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
