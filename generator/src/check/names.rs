//! Names: each kind has its pattern, what becomes a Rust identifier is one, and no two clash in Rust.

use std::collections::HashMap;

use super::Cx;
use crate::diagnostic::Diagnostic;
use crate::naming::{field, is_identifier, is_keyword, near, pascal, snake};
use crate::raw::{Field, Text};
use crate::source::Place;
use crate::vocabulary::{Argument, PRIMITIVES};

/// Types that every generated crate has.
const TAKEN: [&str; 48] = [
    "AdapterError",
    "Arc",
    "Box",
    "Call",
    "Clone",
    "Const",
    "Context",
    "Copy",
    "Cx",
    "DataAdapter",
    "Date",
    "Debug",
    "Decimal",
    "Default",
    "DynOwnHooks",
    "ErrorTable",
    "FailureEnvelope",
    "Fault",
    "Form",
    "From",
    "Hooks",
    "Into",
    "Json",
    "Key",
    "Map",
    "None",
    "Ok",
    "Option",
    "OwnHooks",
    "Pairs",
    "Payload",
    "Phone",
    "RequestEnvelope",
    "Rest",
    "Result",
    "Says",
    "Secret",
    "Self",
    "Send",
    "Settings",
    "Some",
    "String",
    "SuccessEnvelope",
    "Sync",
    "Time",
    "Vec",
    "Verdict",
    "WireEnum",
];

impl<'a> Cx<'a> {
    pub(super) fn check_names(&mut self) {
        let definition = self.definition;
        if let Some(name) = &definition.adapter {
            let fits = name
                .text
                .split('-')
                .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
            if !fits || name.text.len() > 63 || !name.text.starts_with(|first: char| first.is_ascii_lowercase()) {
                let text = format!("`{}` is no name of an adapter", name.text);
                self.tell(
                    "bad-name",
                    name.place,
                    text,
                    "write lower case words with hyphens: `examplebank-data-adapter`",
                );
            }
        }
        for (name, _) in definition.endpoints.iter() {
            self.identifier(name, "an endpoint");
        }
        for name in &self.words.own_behaviours.clone() {
            if let Some((name, _)) = definition.behaviours.entry(name) {
                self.identifier(&name.clone(), "a behaviour");
                let shipped = self.words.all.behaviours.iter().filter(|(other, _)| *other != name.text);
                if shipped
                    .into_iter()
                    .any(|(_, behaviour)| behaviour.rust.is_some() && behaviour.calls.contains(&name.text))
                {
                    let text = format!("`{}` is a hook that every bank has", name.text);
                    self.tell("name-clash", name.place, text, "give your hook another name");
                }
            }
        }
        for (name, _) in definition.otps.iter() {
            self.identifier(name, "a kind of code");
        }
        for (name, _) in definition.tables.iter() {
            self.identifier(name, "a table");
        }
        for (name, _) in definition.sessions.iter() {
            self.identifier(name, "a kind of session");
        }
        self.check_type_names();
        for (name, _) in definition.payloads.iter() {
            self.check_fields(&self.fields(&name.text));
        }
        for (name, union) in definition.unions.iter() {
            self.clash(union.of.iter().map(|(variant, _)| variant), pascal, "variants");
            for (variant, _) in union.of.iter() {
                self.check_fields(&self.variant_fields(&name.text, &variant.text));
            }
        }
        for (_, members) in definition.enums.iter() {
            self.clash(members.iter().map(|member| &member.name), pascal, "members");
        }
        self.clash(definition.errors.iter().map(|(name, _)| name), pascal, "errors");
        let settings = definition.settings.iter().map(|(name, _)| name);
        self.clash(settings.chain(definition.tables.iter().map(|(name, _)| name)), field, "settings");
        for (name, _) in definition.errors.iter() {
            self.wire_name(name);
        }
    }

    /// `[a-z][a-z0-9_]{0,62}`, and no word of Rust.
    fn identifier(&mut self, name: &Text, what: &str) {
        if is_keyword(&name.text) {
            let text = format!("`{}` is a word that Rust keeps for itself", name.text);
            self.tell("rust-keyword", name.place, text, format!("take another name for {what}"));
        } else if !is_identifier(&name.text) || snake(&name.text) != name.text {
            let text = format!("`{}` is no name of {what}", name.text);
            let better = snake(&name.text);
            let help = if is_identifier(&better) {
                format!("write `{better}`")
            } else {
                "write lower case words with underscores".to_owned()
            };
            self.tell("bad-name", name.place, text, help);
        }
    }

    fn check_type_names(&mut self) {
        let definition = self.definition;
        let payloads = definition.payloads.iter().map(|(name, _)| name);
        let unions = definition.unions.iter().map(|(name, _)| name);
        let enums = definition.enums.iter().map(|(name, _)| name);
        let declared: Vec<&Text> = payloads.chain(unions).chain(enums).collect();
        for name in &declared {
            let fits = name.text.starts_with(|first: char| first.is_ascii_uppercase()) && name.text.len() <= 63;
            if PRIMITIVES.contains(&name.text.as_str()) || name.text == "Body" {
                let text = format!("`{}` is a type of the language", name.text);
                self.tell("name-clash", name.place, text, "take another name");
            } else if !fits || !name.text.chars().all(|letter| letter.is_ascii_alphanumeric()) {
                let text = format!("`{}` is no name of a type", name.text);
                self.tell("bad-name", name.place, text, format!("write `{}`", pascal(&name.text)));
            }
        }
        let mut taken = self.taken_types();
        for (rust, place, why) in self.made_types(&declared) {
            match taken.get(&rust) {
                Some((before, other)) => {
                    let text = format!("two types would be called `{rust}` in Rust: {other}");
                    let told = Diagnostic::new("name-clash", place, text).help("give one of them another name");
                    self.push(if let Some(before) = before { told.also(*before, other.clone()) } else { told });
                }
                None => {
                    taken.insert(rust, (Some(place), why));
                }
            }
        }
    }

    /// Names that generated code has already.
    fn taken_types(&self) -> HashMap<String, (Option<Place>, String)> {
        let calls = self.words.all.behaviours.iter().filter_map(|(_, behaviour)| behaviour.rust.as_ref());
        let structs = calls.flat_map(|call| &call.inputs).filter_map(|argument| match argument {
            Argument::Struct { name, .. } => Some(name.clone()),
            Argument::Word(_) => None,
        });
        let names = TAKEN.into_iter().map(str::to_owned).chain(structs);
        names.map(|name| (name, (None, "the runtime has a type of this name".to_owned()))).collect()
    }

    /// Every type that this definition makes, with its place and why.
    fn made_types(&self, declared: &[&Text]) -> Vec<(String, Place, String)> {
        let definition = self.definition;
        let mut made: Vec<(String, Place, String)> = Vec::new();
        made.extend(declared.iter().map(|name| (pascal(&name.text), name.place, "it is declared here".to_owned())));
        for (name, _) in definition.endpoints.iter() {
            made.push((pascal(&name.text) + "Error", name.place, format!("it is the error of `{}`", name.text)));
        }
        for (name, _) in definition.otps.iter() {
            made.push((pascal(&name.text) + "Otp", name.place, format!("it is the code `{}`", name.text)));
        }
        for (name, _) in definition.sessions.iter() {
            made.push((pascal(&name.text) + "Session", name.place, format!("it is the session `{}`", name.text)));
        }
        for (name, _) in definition.tables.iter() {
            made.push((pascal(&name.text) + "Row", name.place, format!("it is a row of `{}`", name.text)));
        }
        for (name, union) in definition.unions.iter() {
            let own = union.of.iter().filter(|(_, shape)| matches!(shape, crate::raw::Variant::Fields(_)));
            for (variant, _) in own {
                let why = format!("it is the variant `{}` of `{}`", variant.text, name.text);
                made.push((variant_payload(&name.text, &variant.text), variant.place, why));
            }
        }
        made
    }

    fn check_fields(&mut self, fields: &[&'a Field]) {
        self.clash(fields.iter().map(|field| &field.name), field, "fields");
        for one in fields {
            self.wire_name(&one.name);
            for also in &one.also {
                self.wire_name(also);
            }
        }
    }

    /// A name on the wire: printable, and something that Rust can call it by.
    fn wire_name(&mut self, name: &Text) {
        let printable = name.text.chars().all(|letter| letter.is_ascii_graphic() || letter == ' ');
        if !printable
            || name.text.len() > 63
            || !is_identifier(&field(&name.text)) && !is_identifier(&format!("n{}", field(&name.text)))
        {
            let text = format!("`{}` is no name that a field or an error may have", name.text.escape_debug());
            self.tell(
                "bad-name",
                name.place,
                text,
                "use letters, digits, `-`, `_` and `.`, at most 63, a letter among them",
            );
        }
    }

    /// Tells of names that are the same once they are Rust.
    fn clash<'t>(&mut self, names: impl Iterator<Item = &'t Text>, rust: impl Fn(&str) -> String, what: &str) {
        let mut seen: HashMap<String, &Text> = HashMap::new();
        for name in names {
            match seen.get(&rust(&name.text)) {
                Some(before) if before.text != name.text => {
                    let text = format!(
                        "the {what} `{}` and `{}` would both be `{}` in Rust",
                        before.text,
                        name.text,
                        rust(&name.text)
                    );
                    let told = Diagnostic::new("name-clash", name.place, text).also(before.place, "the other one");
                    self.push(told.help("give one of them another name"));
                }
                Some(_) => {}
                None => {
                    seen.insert(rust(&name.text), name);
                }
            }
        }
    }

    /// Help for a name that is not there.
    pub fn near_endpoint(&self, name: &str) -> String {
        let near = near(name, self.definition.endpoints.names());
        near.map_or_else(|| "name an endpoint of this definition".to_owned(), |near| format!("did you mean `{near}`?"))
    }
}

/// The payload that a variant carries: `FormAttribute`, `BANK_ACCOUNT_CHOICE` -> `BankAccountChoiceAttribute`.
pub(crate) fn variant_payload(union: &str, variant: &str) -> String {
    let last = crate::naming::words(union).pop().unwrap_or_default();
    pascal(variant) + &pascal(&last)
}
