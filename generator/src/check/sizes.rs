//! Payloads have an end, and not too far away: asked before anything goes through them.

use std::collections::HashMap;

use super::Cx;
use crate::raw::{Member, Text, Variant};

/// How many fields a payload may have, those of nested ones included.
const MAX_FIELDS: u64 = 10_000;
/// How deep payloads may stand in each other.
const MAX_NESTING: usize = 12;
/// How many payloads of a circle are told.
const MAX_TOLD: usize = 10;

/// Fields and nesting of a payload.
#[derive(Clone, Copy, Default)]
struct Size {
    fields: u64,
    depth: usize,
}

impl<'a> Cx<'a> {
    /// Tells of payloads without end; false if there is one.
    pub(super) fn check_sizes(&mut self) -> bool {
        let definition = self.definition;
        let names: Vec<&'a Text> = definition
            .payloads
            .iter()
            .map(|(name, _)| name)
            .chain(definition.unions.iter().map(|(name, _)| name))
            .collect();
        let sizes = self.sizes(&names);
        let endless: Vec<&&Text> = names.iter().filter(|name| !sizes.contains_key(name.text.as_str())).collect();
        let mut whole = endless.is_empty();
        let circle = endless.iter().filter(|name| self.contains(&name.text, &name.text)).take(MAX_TOLD);
        for name in circle.map(|name| (**name).clone()).collect::<Vec<_>>() {
            let text = format!("`{}` contains itself", name.text);
            self.tell("payload-cycle", name.place, text, "take the field out; a body has an end");
        }
        for name in names {
            let size = sizes.get(name.text.as_str()).copied().unwrap_or_default();
            if size.fields > MAX_FIELDS {
                let text = format!("`{}` has more than {MAX_FIELDS} fields, nested ones included", name.text);
                self.tell("too-large", name.place, text, "take `json` for bodies of any size");
                whole = false;
            } else if size.depth > MAX_NESTING {
                let text = format!("in `{}` payloads stand more than {MAX_NESTING} deep in each other", name.text);
                self.tell("too-deep", name.place, text, "take `json` for bodies of any depth");
                whole = false;
            }
        }
        whole
    }

    /// The sizes of all that have one: leaves first, then what consists of them.
    fn sizes(&self, names: &[&'a Text]) -> HashMap<&'a str, Size> {
        let mut open: HashMap<&str, usize> = HashMap::new();
        let mut users: HashMap<&str, Vec<&'a str>> = HashMap::new();
        let mut inside: HashMap<&str, Vec<&'a str>> = HashMap::new();
        for name in names {
            let types = self.types_in(&name.text);
            let known: Vec<&str> = types.into_iter().filter(|ty| self.is_composed(ty)).collect();
            open.insert(&name.text, known.len());
            known.iter().for_each(|ty| users.entry(ty).or_default().push(&name.text));
            inside.insert(&name.text, known);
        }
        let mut ready: Vec<&'a str> = names
            .iter()
            .filter(|name| open.get(name.text.as_str()) == Some(&0))
            .map(|name| name.text.as_str())
            .collect();
        let mut sizes: HashMap<&'a str, Size> = HashMap::new();
        while let Some(name) = ready.pop() {
            let mut size = Size { fields: self.own_fields(name), depth: 1 };
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

    fn is_composed(&self, name: &str) -> bool {
        self.definition.payloads.has(name) || self.definition.unions.has(name)
    }

    fn own_fields(&self, name: &str) -> u64 {
        let payload = self.definition.payloads.get(name).map_or(0, Vec::len);
        let union = self.definition.unions.get(name).map_or(0, |union| {
            let own =
                union.of.iter().map(|(_, variant)| if let Variant::Fields(own) = variant { own.len() } else { 0 });
            own.map(|own| own + union.every.len()).sum()
        });
        (payload + union) as u64
    }

    fn contains(&self, name: &str, wanted: &str) -> bool {
        let mut open = vec![name];
        let mut seen: std::collections::HashSet<&str> = std::collections::HashSet::new();
        while let Some(here) = open.pop() {
            for next in self.types_in(here) {
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
    fn types_in(&self, name: &str) -> Vec<&'a str> {
        let mut all = Vec::new();
        let mut members: Vec<&'a [Member]> = Vec::new();
        if let Some(payload) = self.definition.payloads.get(name) {
            members.push(payload);
        }
        if let Some(union) = self.definition.unions.get(name) {
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
}
