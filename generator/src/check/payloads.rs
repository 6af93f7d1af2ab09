//! Payloads, unions and enums of the model: what something reaches, with rules and keys filled in.

use std::collections::BTreeSet;

use super::Cx;
use super::names::variant_payload;
use super::rules::is_required;
use super::words::thing_of;
use crate::model;
use crate::raw::{Around, Field, Meaning, Member, Says, Text, TypeName, Variant};
use crate::vocabulary::{Natural, PRIMITIVES};

/// The words of all rules.
pub const RULE_WORDS: [&str; 12] = [
    "required",
    "type",
    "min",
    "max",
    "pattern",
    "one_of",
    "above",
    "scale",
    "latest",
    "min_age",
    "present",
    "registered_in",
];

/// Names of types that requests and responses reach.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    pub requests: BTreeSet<String>,
    pub responses: BTreeSet<String>,
}

impl<'a> Cx<'a> {
    /// What requests and responses reach; a response that echoes part of a request reaches that too.
    pub fn reached(&self) -> Reached {
        let mut reached = Reached::default();
        for (name, endpoint) in self.definition.endpoints.iter() {
            let usual = |part: &str| crate::naming::pascal(&name.text) + part;
            let request = endpoint.request.as_ref().map_or(usual("Request"), |name| name.text.clone());
            let response = endpoint.response.as_ref().map_or(usual("Response"), |name| name.text.clone());
            self.reach(&request, &mut reached.requests);
            self.reach(&response, &mut reached.responses);
        }
        for failure in self.failures() {
            match failure {
                Around::Payload(name) => self.reach(&name.text, &mut reached.responses),
                Around::Shape(members, _) => self.reach_members(members, &mut reached.responses),
            }
        }
        for payload in self.definition.errors.iter().filter_map(|(_, row)| row.payload.as_ref()) {
            self.reach(&payload.text, &mut reached.responses);
        }
        reached
    }

    /// Adds a type, and whatever its fields have as their types.
    pub fn reach(&self, name: &str, into: &mut BTreeSet<String>) {
        let declared = self.has_payload(name) || self.definition.unions.has(name) || self.definition.enums.has(name);
        if !declared || !into.insert(name.to_owned()) {
            return;
        }
        for field in self.fields(name) {
            field.ty.iter().for_each(|ty| self.reach(&ty.name().text, into));
        }
        if let Some(union) = self.definition.unions.get(name) {
            self.reach_members(&union.every, into);
            for (variant, shape) in union.of.iter() {
                if let Variant::Fields(members) = shape {
                    into.insert(variant_payload(name, &variant.text));
                    self.reach_members(members, into);
                }
            }
        }
    }

    fn reach_members(&self, members: &'a [Member], into: &mut BTreeSet<String>) {
        for field in self.expand_members(members, 0).into_iter().filter_map(Member::field) {
            field.ty.iter().for_each(|ty| self.reach(&ty.name().text, into));
        }
    }

    /// All payloads that something reaches, variants of unions after the others.
    pub fn model_payloads(&self, reached: &Reached) -> Vec<model::Payload> {
        let mut all = Vec::new();
        for (name, members) in self.definition.payloads.iter() {
            let in_request = reached.requests.contains(&name.text);
            let in_response = reached.responses.contains(&name.text);
            if in_request || in_response {
                let lines = self.expand(&name.text);
                let mut payload = self.model_payload(&name.text, lines, None);
                payload.keep_unknown = members.iter().any(|member| matches!(member, Member::KeepUnknown(_)));
                (payload.in_request, payload.in_response) = (in_request, in_response);
                all.push(payload);
            }
        }
        for name in self.empty_bodies() {
            let mut payload = self.model_payload(&name, self.expand(&name), None);
            payload.in_request = reached.requests.contains(&name);
            payload.in_response = reached.responses.contains(&name);
            all.push(payload);
        }
        for (name, union) in self.definition.unions.iter() {
            for (variant, shape) in union.of.iter() {
                let Variant::Fields(own) = shape else { continue };
                let rust = variant_payload(&name.text, &variant.text);
                let in_request = reached.requests.contains(&rust);
                let in_response = reached.responses.contains(&rust);
                if in_request || in_response {
                    let every = self.expand_members(&union.every, 0);
                    let lines = every.into_iter().chain(self.expand_members(own, 0)).collect();
                    let mut payload = self.model_payload(&rust, lines, Some(own));
                    payload.keep_unknown = union.keep_unknown;
                    (payload.in_request, payload.in_response) = (in_request, in_response);
                    all.push(payload);
                }
            }
        }
        all
    }

    /// One payload. `own`: the lines that decide which thing it shows, if not all.
    pub fn model_payload(&self, name: &str, lines: Vec<&'a Member>, own: Option<&'a [Member]>) -> model::Payload {
        let (mut fields, mut then) = (Vec::new(), Vec::new());
        for line in &lines {
            match line {
                Member::Field(field) => fields.push(self.model_field(field)),
                Member::Rules(rules) => then.extend(self.model_then(rules, fields.len())),
                _ => {}
            }
        }
        let of_thing = own.map_or(lines, |own| self.expand_members(own, 0));
        let thing = self.shown_thing(of_thing.into_iter().filter_map(Member::field));
        let keep_unknown = false;
        let name = name.to_owned();
        model::Payload { name, about: None, thing, fields, then, keep_unknown, in_request: false, in_response: false }
    }

    /// The thing whose qualities the fields show, if they show one that the runtime has, and no other.
    fn shown_thing(&self, fields: impl Iterator<Item = &'a Field>) -> Option<String> {
        let mut things: Vec<String> = Vec::new();
        for field in fields.filter(|field| !field.name.text.contains('.')) {
            if let Some(meaning) = self.meaning_of(field) {
                let thing = if thing_of(&meaning) == "violations" { "error" } else { thing_of(&meaning) };
                if !things.iter().any(|one| one == thing) {
                    things.push(thing.to_owned());
                }
            }
        }
        match things.as_slice() {
            [one] if self.words.all.things.has(one) => Some(one.clone()),
            _ => None,
        }
    }

    pub fn model_field(&self, field: &Field) -> model::Field {
        let conditional = match &field.meaning {
            Some(Meaning::Conditional(all)) => all
                .iter()
                .map(|(meaning, sibling, value)| (meaning.text.clone(), sibling.text.clone(), value.text.clone()))
                .collect(),
            _ => Vec::new(),
        };
        let rules = self.model_rules(field, is_required(field));
        let at = rules.iter().find(|rule| rule.word == "required").and_then(|rule| rule.key.clone());
        let texts = |all: &[Text]| all.iter().map(|one| one.text.clone()).collect();
        model::Field {
            wire: field.name.text.clone(),
            meaning: self.meaning_of(field),
            conditional,
            ty: self.model_type(field),
            optional: field.optional,
            constant: field.constant.as_ref().map(crate::yaml::Node::to_json),
            default: field.default.as_ref().map(crate::yaml::Node::to_json),
            also: texts(&field.also),
            accepts: texts(&field.accepts),
            rules,
            at,
            trace: self.sources.trace(field.name.place),
        }
    }

    /// The wire type: as said, else that of the meaning.
    fn model_type(&self, field: &Field) -> model::Type {
        match (&field.ty, &field.meaning) {
            (Some(TypeName::One(name)), _) => self.named_type(&name.text),
            (Some(TypeName::List(name)), _) => model::Type::List(Box::new(self.named_type(&name.text))),
            (None, Some(Meaning::Plain(meaning))) => self.natural_type(&meaning.text),
            (None, Some(Meaning::Conditional(all))) => {
                let first = all.first().map(|(meaning, ..)| self.natural_type(&meaning.text));
                first.unwrap_or_else(|| model::Type::Primitive("text".to_owned()))
            }
            (None, None) => constant_type(field.constant.as_ref().map(crate::yaml::Node::to_json).as_ref()),
        }
    }

    fn named_type(&self, name: &str) -> model::Type {
        let owned = name.to_owned();
        match name {
            "Body" => model::Type::Body,
            _ if PRIMITIVES.contains(&name) => model::Type::Primitive(owned),
            _ if self.definition.unions.has(name) => model::Type::Union(owned),
            _ if self.definition.enums.has(name) => model::Type::Enum(owned),
            _ => model::Type::Payload(owned),
        }
    }

    /// How a meaning looks on the wire where nothing else is said.
    pub fn natural_type(&self, meaning: &str) -> model::Type {
        let primitive = |name: &str| model::Type::Primitive(name.to_owned());
        if let Some(setting) = meaning.strip_prefix("settings.") {
            return primitive(match self.definition.settings.get(setting).map(|default| &default.value) {
                Some(crate::yaml::Value::Boolean(_)) => "boolean",
                Some(crate::yaml::Value::Number(_)) => "integer",
                _ => "text",
            });
        }
        match self.words.all.meaning(meaning) {
            Some(Natural::Primitive(name)) => primitive(name),
            Some(Natural::List(inner)) => model::Type::List(Box::new(self.named_type(inner))),
            Some(Natural::Thing(_)) => primitive("json"),
            Some(Natural::OneOf(_) | Natural::Key) | None => primitive("text"),
        }
    }

    fn model_then(&self, rules: &Field, after: usize) -> Option<model::Then> {
        let meaning = rules.name.text.clone();
        let if_needed =
            self.operations().iter().any(|operation| operation.needs.iter().any(|need| need.text == meaning));
        let made = self.model_rules(rules, !rules.optional);
        (!made.is_empty()).then(|| model::Then {
            after,
            meaning,
            at: rules.at.as_ref().map(|at| at.text.clone()),
            if_needed,
            when: rules.when.as_ref().map(|(meaning, value)| (meaning.text.clone(), value.text.clone())),
            rules: made,
            trace: self.sources.trace(rules.name.place),
        })
    }

    /// The rules of a field with their keys. What has no key of its own and no fault takes `validation.says`.
    fn model_rules(&self, field: &Field, required: bool) -> Vec<model::Rule> {
        let words: Vec<(&str, serde_json::Value)> =
            field.rules.iter().map(|rule| (rule.word.text.as_str(), rule.value.to_json())).collect();
        let key = |word: &str| self.key_of(field, word);
        let raises = |word: &str| field.raises.get(word).map(|fault| fault.text.clone());
        let mut all: Vec<model::Rule> = Vec::new();
        let said = key("required").or_else(|| self.default_key("required")).or_else(|| raises("required"));
        if required && said.is_some() {
            all.push(rule("required", serde_json::Value::Null, key("required"), raises("required")));
        }
        let typed = matches!(&field.says, Says::Each(keys) if keys.has("type")) || field.raises.has("type");
        if typed {
            all.push(rule("type", serde_json::Value::Null, key("type"), raises("type")));
        }
        for (word, value) in words {
            let value = if word == "present" { serde_json::Value::Null } else { value };
            all.push(rule(word, value, key(word), raises(word)));
        }
        all
    }

    fn default_key(&self, word: &str) -> Option<String> {
        self.definition.validation.says.get(word).map(|key| key.text.clone())
    }

    /// The message key of a rule: `k.*` stands for `k` and the rule's word.
    pub fn key_of(&self, field: &Field, word: &str) -> Option<String> {
        match &field.says {
            Says::Nothing => None,
            Says::Each(keys) => keys.get(word).map(|key| key.text.clone()),
            Says::All(key) => Some(match key.text.strip_suffix('*') {
                Some(start) => {
                    let word = self.definition.validation.words.get(word).map_or(word, |word| word.text.as_str());
                    format!("{start}{word}")
                }
                None => key.text.clone(),
            }),
        }
    }

    pub fn model_unions(&self, reached: &Reached) -> Vec<model::Union> {
        let is_reached = |name: &str| reached.requests.contains(name) || reached.responses.contains(name);
        let unions = self.definition.unions.iter().filter(|(name, _)| is_reached(&name.text));
        unions
            .map(|(name, union)| model::Union {
                name: name.text.clone(),
                tag: union.tag.as_ref().map(|tag| tag.text.clone()).unwrap_or_default(),
                keep_unknown: union.keep_unknown,
                thing: self.element_thing(&name.text),
                variants: union
                    .of
                    .iter()
                    .map(|(variant, shape)| {
                        let carries = if let Variant::Like(like) = shape { &like.text } else { &variant.text };
                        model::Variant { wire: variant.text.clone(), payload: variant_payload(&name.text, carries) }
                    })
                    .collect(),
            })
            .collect()
    }

    pub fn model_enums(&self, reached: &Reached) -> Vec<model::Enum> {
        let is_reached = |name: &str| reached.requests.contains(name) || reached.responses.contains(name);
        let enums = self.definition.enums.iter().filter(|(name, _)| is_reached(&name.text));
        enums
            .map(|(name, members)| {
                let values: Vec<String> =
                    members.iter().filter_map(|member| member.shows.clone()).map(|shows| shows.text).collect();
                let shows =
                    if values.is_empty() { None } else { self.words.all.set_of_values(&values).map(str::to_owned) };
                model::Enum {
                    name: name.text.clone(),
                    shows,
                    members: members
                        .iter()
                        .map(|member| model::Member {
                            wire: member.name.text.clone(),
                            number: member.number,
                            shows: member.shows.as_ref().map(|shows| shows.text.clone()),
                        })
                        .collect(),
                }
            })
            .collect()
    }
}

fn rule(word: &str, value: serde_json::Value, key: Option<String>, raises: Option<String>) -> model::Rule {
    model::Rule { word: word.to_owned(), value, key, raises }
}

fn constant_type(constant: Option<&serde_json::Value>) -> model::Type {
    model::Type::Primitive(
        match constant {
            Some(serde_json::Value::Bool(_)) => "boolean",
            Some(serde_json::Value::Number(_)) => "integer",
            Some(serde_json::Value::String(_)) => "text",
            _ => "json",
        }
        .to_owned(),
    )
}
