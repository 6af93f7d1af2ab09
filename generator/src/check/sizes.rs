//! Payloads have an end, and not too far away: asked before anything goes through them.

use std::collections::HashMap;

use crate::raw::{Definition, Member, Text, Variant};
use crate::report::Report;

/// How many fields a payload may have, those of nested ones included.
const MAX_FIELDS: u64 = 10_000;
/// How deep payloads may stand in each other.
const MAX_NESTING: usize = 12;
/// How many payloads of a circle are named.
const MAX_REPORTED: usize = 10;

/// Fields and nesting of a payload.
#[derive(Clone, Copy, Default)]
struct Size {
    fields: u64,
    depth: usize,
}

/// Reports payloads without end; false if there is one.
pub(crate) fn check_sizes(definition: &Definition, report: &mut Report) -> bool {
    let names: Vec<&Text> = definition
        .payloads
        .iter()
        .map(|(name, _)| name)
        .chain(definition.unions.iter().map(|(name, _)| name))
        .collect();
    let sizes = sizes(definition, &names);
    let endless: Vec<&&Text> = names.iter().filter(|name| !sizes.contains_key(name.text.as_str())).collect();
    let mut whole = endless.is_empty();
    let circle = endless.iter().filter(|name| contains(definition, &name.text, &name.text)).take(MAX_REPORTED);
    for name in circle.map(|name| (**name).clone()).collect::<Vec<_>>() {
        let text = format!("`{}` contains itself", name.text);
        report.push_new("payload-cycle", name.place, text, "take the field out; a body has an end");
    }
    for name in names {
        let size = sizes.get(name.text.as_str()).copied().unwrap_or_default();
        if size.fields > MAX_FIELDS {
            let text = format!("`{}` has more than {MAX_FIELDS} fields, nested ones included", name.text);
            report.push_new("too-large", name.place, text, "take `json` for bodies of any size");
            whole = false;
        } else if size.depth > MAX_NESTING {
            let text = format!("in `{}` payloads stand more than {MAX_NESTING} deep in each other", name.text);
            report.push_new("too-deep", name.place, text, "take `json` for bodies of any depth");
            whole = false;
        }
    }
    whole
}

/// The sizes of all that have one: leaves first, then what consists of them.
fn sizes<'a>(definition: &'a Definition, names: &[&'a Text]) -> HashMap<&'a str, Size> {
    let mut open: HashMap<&'a str, usize> = HashMap::new();
    let mut users: HashMap<&'a str, Vec<&'a str>> = HashMap::new();
    let mut inside: HashMap<&'a str, Vec<&'a str>> = HashMap::new();
    for name in names {
        let types = types_in(definition, &name.text);
        let known: Vec<&'a str> = types.into_iter().filter(|ty| is_composed(definition, ty)).collect();
        open.insert(&name.text, known.len());
        known.iter().for_each(|ty| users.entry(ty).or_default().push(&name.text));
        inside.insert(&name.text, known);
    }
    let mut ready: Vec<&'a str> =
        names.iter().filter(|name| open.get(name.text.as_str()) == Some(&0)).map(|name| name.text.as_str()).collect();
    let mut sizes: HashMap<&'a str, Size> = HashMap::new();
    while let Some(name) = ready.pop() {
        let mut size = Size { fields: own_fields(definition, name), depth: 1 };
        for ty in inside.get(name).into_iter().flatten() {
            let part = sizes.get(ty).copied().unwrap_or_default();
            size.fields = size.fields.saturating_add(part.fields);
            size.depth = size.depth.max(part.depth.saturating_add(1));
        }
        sizes.insert(name, size);
        for user in users.get(name).into_iter().flatten() {
            if let Some(left) = open.get_mut(user) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    ready.push(user);
                }
            }
        }
    }
    sizes
}

fn is_composed(definition: &Definition, name: &str) -> bool {
    definition.payloads.has(name) || definition.unions.has(name)
}

fn own_fields(definition: &Definition, name: &str) -> u64 {
    let payload = definition.payloads.get(name).map_or(0, Vec::len);
    let union = definition.unions.get(name).map_or(0, |union| {
        let own = union.of.iter().map(|(_, variant)| if let Variant::Fields(own) = variant { own.len() } else { 0 });
        own.map(|own| own + union.every.len()).sum()
    });
    (payload + union) as u64
}

fn contains<'a>(definition: &'a Definition, name: &'a str, wanted: &str) -> bool {
    let mut open = vec![name];
    let mut seen: std::collections::HashSet<&str> = std::collections::HashSet::new();
    while let Some(here) = open.pop() {
        for next in types_in(definition, here) {
            if next == wanted {
                return true;
            }
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}

/// Payloads and unions that a payload or union mentions.
fn types_in<'a>(definition: &'a Definition, name: &str) -> Vec<&'a str> {
    let mut all = Vec::new();
    let mut members: Vec<&[Member]> = Vec::new();
    if let Some(payload) = definition.payloads.get(name) {
        members.push(payload);
    }
    if let Some(union) = definition.unions.get(name) {
        members.push(&union.every);
        members.extend(union.of.iter().filter_map(|(_, variant)| match variant {
            Variant::Fields(own) => Some(own.as_slice()),
            Variant::Like(_) => None,
        }));
    }
    for member in members.into_iter().flatten() {
        match member {
            Member::Include(names) => all.extend(names.iter().map(|name| name.text.as_str())),
            Member::Field(field) => all.extend(field.ty.as_ref().map(|ty| ty.name().text.as_str())),
            _ => {}
        }
    }
    all
}
