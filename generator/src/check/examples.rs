//! Examples: each calls an endpoint that is there, with bodies that fit its payloads.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::Cx;
use super::rules::is_required;
use crate::diagnostic::Diagnostic;
use crate::naming::near;
use crate::raw::{Around, Example, Field, Meaning, Member, Text, TypeName};
use crate::source::Place;
use crate::yaml::{Node, Value};

/// Which way a body goes.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// In; a request whose answer is an error may be wrong.
    Request {
        may_be_wrong: bool,
    },
    Response,
}

/// A way in which bodies do not fit, and the examples whose bodies do not.
struct Unfit {
    part: &'static str,
    why: String,
    places: Vec<(String, Place)>,
}

impl<'a> Cx<'a> {
    pub(super) fn check_examples(&mut self) {
        let definition = self.definition;
        let mut unfit: Vec<Unfit> = Vec::new();
        for (_, examples) in definition.examples.iter() {
            for (title, calls) in examples.iter() {
                let mut known: BTreeSet<String> = definition.values.names().map(str::to_owned).collect();
                for call in calls {
                    self.check_call(title, call, &mut known, &mut unfit);
                }
            }
        }
        for Unfit { part, why, places } in unfit {
            let Some(((title, place), others)) = places.split_first() else { continue };
            let more = if others.is_empty() { String::new() } else { format!(" (and of {} more)", others.len()) };
            let told =
                Diagnostic::new("wrong-example", *place, format!("the {part} of `{title}`{more} does not fit: {why}"));
            let told = others.iter().fold(told, |told, (title, place)| told.also(*place, format!("and of `{title}`")));
            self.push(told.help("change the example, which a tailoring does under `examples:`, or the payload"));
        }
    }

    fn check_call(&mut self, title: &Text, call: &'a Example, known: &mut BTreeSet<String>, unfit: &mut Vec<Unfit>) {
        if let (None, Some(route)) = (&call.endpoint, &call.route) {
            self.check_stray(title, route, call);
            return;
        }
        let Some(name) = &call.endpoint else {
            self.tell(
                "unknown-endpoint",
                call.place,
                format!("`{}` names no endpoint", title.text),
                "add `endpoint: <name>`, or `route: <method> <path>` for a call that none takes",
            );
            return;
        };
        let Some(endpoint) = self.definition.endpoints.get(&name.text) else {
            let text = format!("`{}` calls `{}`, and there is no such endpoint", title.text, name.text);
            self.tell("unknown-endpoint", name.place, text, self.near_endpoint(&name.text));
            return;
        };
        for node in [&call.request, &call.response, &call.error].into_iter().flatten() {
            self.check_inserted(title, node, known);
        }
        let usual = |part: &str| crate::naming::pascal(&name.text) + part;
        let request = endpoint.request.as_ref().map_or(usual("Request"), |name| name.text.clone());
        let response = endpoint.response.as_ref().map_or(usual("Response"), |name| name.text.clone());
        let failure = self.failure_payload(super::around::parts(self.definition, endpoint).failure);
        let way = Way::Request { may_be_wrong: call.error.is_some() };
        let bodies = [
            (&call.request, Some(request), way, "request"),
            (&call.response, Some(response), Way::Response, "response"),
            (&call.error, failure, Way::Response, "error"),
        ];
        for (node, payload, way, part) in bodies {
            let (Some(node), Some(payload)) = (node, payload) else { continue };
            let Some(body) = self.inserted(node) else { continue };
            if part == "error" && body.is_string() {
                continue;
            }
            let mut wrong = Vec::new();
            if self.has_payload(&payload) {
                self.fit_fields(&self.fields(&payload), &body, "", way, &mut wrong);
            } else if body.as_object().is_some_and(|body| !body.is_empty()) {
                wrong.push(format!("`{}` has no {part}", name.text));
            }
            for why in wrong {
                let place = (title.text.clone(), if node.place.start == 0 { call.place } else { node.place });
                match unfit.iter_mut().find(|one| one.part == part && one.why == why) {
                    Some(one) => one.places.push(place),
                    None => unfit.push(Unfit { part, why, places: vec![place] }),
                }
            }
        }
        if let Some(error) = call.error.as_ref().and_then(|node| self.inserted(node)) {
            self.check_error(title, &name.text, call, &error);
        }
    }

    /// The code that the body of an error shows; the code itself may stand in place of the body.
    pub(super) fn code_of(&self, error: &Json) -> Option<String> {
        if let Json::String(code) = error {
            return Some(code.clone());
        }
        let usual = self.definition.envelope.failure.as_ref();
        let shown = self.failure_payload(usual).map(|payload| self.fields(&payload)).unwrap_or_default();
        let is_code =
            |field: &&&Field| matches!(&field.meaning, Some(Meaning::Plain(meaning)) if meaning.text == "error.code");
        shown
            .iter()
            .find(is_code)
            .and_then(|field| error.get(&field.name.text))
            .and_then(Json::as_str)
            .map(str::to_owned)
    }

    /// The code of an error is one that the endpoint declares.
    fn check_error(&mut self, title: &Text, endpoint: &str, call: &Example, error: &Json) {
        let Some(code) = self.code_of(error) else { return };
        let Some(declaring) = self.definition.endpoints.get(endpoint) else { return };
        let names = declaring.errors.names().chain(self.definition.every_endpoint.errors.names());
        let codes: Vec<String> = names
            .map(|name| {
                let row = self.definition.errors.get(name).and_then(|row| row.code.as_ref());
                row.map_or(name.to_owned(), |code| code.text.clone())
            })
            .collect();
        if !codes.contains(&code) && !code.starts_with('<') {
            let text = format!("the error of `{}` is `{code}`, and `{endpoint}` declares no such error", title.text);
            let help = near(&code, codes.iter().map(String::as_str))
                .map_or(format!("it declares: {}", codes.join(", ")), |near| format!("did you mean `{near}`?"));
            self.tell("wrong-example", call.place, text, help);
        }
    }

    /// The payload in the hole of a failure.
    fn failure_payload(&self, failure: Option<&Around>) -> Option<String> {
        match failure {
            Some(Around::Payload(name)) => Some(name.text.clone()),
            Some(Around::Shape(members, _)) => {
                let types = members.iter().filter_map(Member::field).filter_map(|field| field.ty.as_ref());
                types.map(|ty| ty.name().text.clone()).find(|name| self.definition.payloads.has(name))
            }
            None => None,
        }
    }

    /// Tells of `$name` that nobody set, and notes `<uuid name>`.
    fn check_inserted(&mut self, title: &Text, node: &Node, known: &mut BTreeSet<String>) {
        let mut texts: Vec<(&str, Place)> = Vec::new();
        leaves(node, &mut texts);
        for (text, place) in texts {
            if let Some(name) = inserts(text) {
                let first = name.split('.').next().unwrap_or_default();
                if !known.contains(first) {
                    let said = format!("`{}` inserts `${first}`, and nothing sets it", title.text);
                    let help =
                        near(first, known.iter().map(String::as_str)).map(|near| format!("did you mean `${near}`?"));
                    let help = help.unwrap_or_else(|| "add it to `examples/values.yaml`".to_owned());
                    self.tell("unknown-value", place, said, help);
                }
            }
            if let Some(name) = remembers(text) {
                known.insert(name.to_owned());
            }
        }
    }

    /// The body with `$name` and `+` filled in; none if something is missing. What is remembered stays as it is.
    pub(super) fn inserted(&self, node: &Node) -> Option<Json> {
        self.insert(node, 0)
    }

    fn insert(&self, node: &Node, depth: usize) -> Option<Json> {
        if depth > 24 {
            return None;
        }
        match &node.value {
            Value::Text(text) => match inserts(text) {
                None => Some(Json::String(text.clone())),
                Some(path) => match self.value_at(path, depth) {
                    Some(value) => Some(value),
                    None => Some(Json::String("<any>".to_owned())),
                },
            },
            Value::List(items) => {
                let mut all = Vec::new();
                for item in items {
                    let spread = item.as_map().filter(|map| map.entries.len() == 1).and_then(|map| map.node("+"));
                    match spread.map(|node| self.insert(node, depth + 1)) {
                        Some(Some(Json::Array(inside))) => all.extend(inside),
                        _ => all.push(self.insert(item, depth + 1)?),
                    }
                }
                Some(Json::Array(all))
            }
            Value::Map(map) => {
                let mut all = serde_json::Map::new();
                for entry in &map.entries {
                    let value = self.insert(&entry.node, depth + 1)?;
                    match (entry.key.as_str(), value) {
                        ("+", Json::Object(inside)) => all.extend(inside),
                        (key, value) => {
                            all.insert(key.to_owned(), value);
                        }
                    }
                }
                Some(Json::Object(all))
            }
            _ => Some(node.to_json()),
        }
    }

    fn value_at(&self, path: &str, depth: usize) -> Option<Json> {
        let mut parts = path.split('.');
        let first = parts.next()?;
        let mut value = self.insert(self.definition.values.get(first)?, depth + 1)?;
        for part in parts {
            value = value.get(part)?.clone();
        }
        Some(value)
    }

    fn fit_fields(&self, fields: &[&Field], body: &Json, path: &str, way: Way, wrong: &mut Vec<String>) {
        if is_wildcard(body) {
            return;
        }
        let Json::Object(body) = body else {
            wrong.push(format!("`{}` is no object", if path.is_empty() { "it" } else { path.trim_end_matches('.') }));
            return;
        };
        // A definition that refuses unknown fields has examples of that.
        let may_be_strange = way == (Way::Request { may_be_wrong: true }) && self.definition.wire.reject_unknown_fields;
        for key in body.keys().filter(|_| !may_be_strange) {
            let known =
                fields.iter().any(|field| field.name.text == *key || field.also.iter().any(|also| also.text == *key));
            if !known {
                let near =
                    near(key, fields.iter().map(|field| field.name.text.as_str())).map(|near| format!(" (`{near}`?)"));
                wrong.push(format!("there is no field `{path}{key}`{}", near.unwrap_or_default()));
            }
        }
        for field in fields {
            let value = std::iter::once(&field.name).chain(&field.also).find_map(|name| body.get(&name.text));
            let here = format!("{path}{}", field.name.text);
            match value {
                None if self.may_be_absent(field, way) => {}
                None => wrong.push(format!("`{here}` is missing")),
                Some(Json::Null) if field.optional || way == (Way::Request { may_be_wrong: true }) => {}
                Some(value) => self.fit(field, value, &here, way, wrong),
            }
        }
    }

    fn may_be_absent(&self, field: &Field, way: Way) -> bool {
        match way {
            Way::Request { may_be_wrong } => may_be_wrong || !is_required(field),
            Way::Response => field.optional && self.definition.wire.omit_nulls,
        }
    }

    fn fit(&self, field: &Field, value: &Json, path: &str, way: Way, wrong: &mut Vec<String>) {
        if is_wildcard(value) || way == (Way::Request { may_be_wrong: true }) && !value.is_object() && !value.is_array()
        {
            return;
        }
        let takes_number = field.accepts.iter().any(|kind| kind.text == "number");
        if takes_number && value.is_number() && matches!(way, Way::Request { .. }) {
            return;
        }
        if let Some(constant) = &field.constant {
            let wanted = constant.to_json();
            if way != (Way::Request { may_be_wrong: true }) && *value != wanted {
                wrong.push(format!("`{path}` is always {wanted}"));
            }
            return;
        }
        match &field.ty {
            Some(TypeName::List(element)) => match value {
                Json::Array(items) => {
                    for (at, item) in items.iter().enumerate() {
                        self.fit_named(&element.text, item, &format!("{path}[{at}]"), way, wrong);
                    }
                }
                one if field.accepts.iter().any(|kind| kind.text == "single") => {
                    self.fit_named(&element.text, one, path, way, wrong)
                }
                _ => wrong.push(format!("`{path}` is no list")),
            },
            Some(TypeName::One(name)) => self.fit_named(&name.text, value, path, way, wrong),
            None => {
                if let crate::model::Type::Primitive(name) = self.model_field(field).ty {
                    self.fit_named(&name, value, path, way, wrong);
                }
            }
        }
    }

    fn fit_named(&self, name: &str, value: &Json, path: &str, way: Way, wrong: &mut Vec<String>) {
        if is_wildcard(value) {
            return;
        }
        let definition = self.definition;
        if definition.payloads.has(name) {
            self.fit_fields(&self.fields(name), value, &format!("{path}."), way, wrong);
        } else if let Some(members) = definition.enums.get(name) {
            if !members.iter().any(|member| {
                value.as_str() == Some(&member.name.text) || member.number.is_some() && value.as_i64() == member.number
            }) {
                let all: Vec<&str> = members.iter().map(|member| member.name.text.as_str()).collect();
                wrong.push(format!("`{path}` is {value}, and `{name}` has {}", all.join(", ")));
            }
        } else if let Some(union) = definition.unions.get(name) {
            let tag = union.tag.as_ref().map(|tag| tag.text.as_str()).unwrap_or_default();
            let variant = value.get(tag).and_then(Json::as_str).unwrap_or_default();
            if union.of.has(variant) {
                let mut body = value.clone();
                if let Json::Object(body) = &mut body {
                    body.remove(tag);
                }
                self.fit_fields(&self.variant_fields(name, variant), &body, &format!("{path}."), way, wrong);
            } else if !union.keep_unknown {
                wrong.push(format!("`{path}` has no known `{tag}`"));
            }
        } else if let Some(kind) = self.wrong_kind(name, value, way) {
            wrong.push(format!("`{path}` is {value}, and not {kind}"));
        }
    }

    /// What a primitive looks like in JSON, if the value does not.
    fn wrong_kind(&self, primitive: &str, value: &Json, way: Way) -> Option<&'static str> {
        let lenient = matches!(way, Way::Request { .. });
        let wire = &self.definition.wire;
        let accepts = |all: &[Text], kind: &str| lenient && all.iter().any(|one| one.text == kind);
        let (fits, kind) = match primitive {
            "boolean" => (value.is_boolean(), "true or false"),
            "integer" => (value.is_i64() || value.is_u64(), "a whole number"),
            "decimal" => (value.is_number() || value.is_string() && accepts(&wire.decimal_accepts, "text"), "a number"),
            "map" => (value.is_object(), "an object"),
            "json" | "pairs" => (true, ""),
            "time" => (value.is_string() || value.is_number(), "a time"),
            "never" => (false, "anything at all"),
            _ => {
                let number = value.is_number() && (accepts(&wire.text_accepts, "number") || primitive == "code");
                (value.is_string() || number || value.is_boolean() && accepts(&wire.text_accepts, "boolean"), "a text")
            }
        };
        (!fits).then_some(kind)
    }
}

/// The texts in a node with their places.
fn leaves<'n>(node: &'n Node, all: &mut Vec<(&'n str, Place)>) {
    match &node.value {
        Value::Text(text) => all.push((text, node.place)),
        Value::List(items) => items.iter().for_each(|item| leaves(item, all)),
        Value::Map(map) => map.entries.iter().for_each(|entry| leaves(&entry.node, all)),
        _ => {}
    }
}

/// `$name.path` -> `name.path`
fn inserts(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    name.chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.')
        .then_some(name)
        .filter(|name| !name.is_empty())
}

/// `<uuid name>` -> `name`
fn remembers(text: &str) -> Option<&str> {
    text.strip_prefix('<')?.strip_suffix('>')?.split_once(' ').map(|(_, name)| name)
}

/// `<uuid>` matches anything, and so does a text with one in it.
fn is_wildcard(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('<') && text.ends_with('>'))
}
