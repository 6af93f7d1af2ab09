//! Paths and operations. Endpoints that share a route are one operation, as OpenAPI has one for a path and a method.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::schemas::Schemas;
use super::{descriptions, examples, fields, head, requests, responses, security};
use crate::model::{Adapter, Discriminator, Endpoint};

/// The name of the parameter for the language.
pub const LANGUAGE: &str = "AcceptLanguage";

/// Endpoints of one route, in order.
pub struct Group<'a> {
    /// At least one.
    pub endpoints: Vec<&'a Endpoint>,
    /// The operation's name.
    pub id: String,
}

impl<'a> Group<'a> {
    /// The first, which takes the request where no other does.
    pub fn first(&self) -> Option<&'a Endpoint> {
        self.endpoints.first().copied()
    }
}

/// All paths with their operations, in the order of the definition.
pub fn paths(of: &Adapter, schemas: &mut Schemas<'_>) -> Json {
    let mut paths: Map<String, Json> = Map::new();
    for group in groups(of) {
        let Some(first) = group.first() else { continue };
        let operation = operation(of, &group, first, schemas);
        let path = paths.entry(first.path.clone()).or_insert_with(|| json!({}));
        if let Json::Object(methods) = path {
            methods.insert(first.method.to_ascii_lowercase(), operation);
        }
    }
    Json::Object(paths)
}

/// The endpoints by route.
pub fn groups(of: &Adapter) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for endpoint in &of.endpoints {
        let same = |group: &&mut Group<'_>| {
            group.first().is_some_and(|first| (&first.method, &first.path) == (&endpoint.method, &endpoint.path))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.endpoints.push(endpoint),
            None => groups.push(Group { endpoints: vec![endpoint], id: String::new() }),
        }
    }
    let mut taken: BTreeSet<String> = groups
        .iter()
        .filter(|group| group.endpoints.len() == 1)
        .flat_map(|group| group.first())
        .map(|one| one.name.clone())
        .collect();
    for group in &mut groups {
        group.id = match group.endpoints.as_slice() {
            [only] => only.name.clone(),
            several => shared_name(several, &mut taken),
        };
    }
    groups
}

/// What the names of endpoints begin with alike: `identify_by_phone`, `identify_by_registration_number` -> `identify`.
fn shared_name(endpoints: &[&Endpoint], taken: &mut BTreeSet<String>) -> String {
    let names: Vec<Vec<&str>> = endpoints.iter().map(|endpoint| endpoint.name.split('_').collect()).collect();
    let first = names.first().cloned().unwrap_or_default();
    let alike = (0..first.len()).take_while(|at| names.iter().all(|name| name.get(*at) == first.get(*at))).count();
    let mut words: Vec<&str> = first.into_iter().take(alike).collect();
    while words.last().is_some_and(|word| matches!(*word, "by" | "with" | "for" | "and" | "or" | "of" | "from" | "to"))
    {
        words.pop();
    }
    let joined = || endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect::<Vec<_>>().join("_or_");
    let short = words.join("_");
    let name = if short.is_empty() || taken.contains(&short) { joined() } else { short };
    taken.insert(name.clone());
    name
}

fn operation(of: &Adapter, group: &Group<'_>, first: &Endpoint, schemas: &mut Schemas<'_>) -> Json {
    let mut operation = Map::new();
    let mut add = |name: &str, value: Json| drop(operation.insert(name.to_owned(), value));
    let summaries: Vec<&str> = group
        .endpoints
        .iter()
        .map(|endpoint| endpoint.about.trim_end_matches('.'))
        .filter(|about| !about.is_empty())
        .collect();
    let summary = if summaries.is_empty() { group.id.clone() } else { summaries.join(" / ") };
    add("operationId", Json::from(group.id.as_str()));
    add("summary", Json::from(summary));
    add("description", Json::from(description(of, group)));
    add("tags", json!([tag(of)]));
    add("security", security::of_endpoint(of, first));
    let parameters = parameters(of, group, first, schemas);
    if !parameters.is_empty() {
        add("parameters", Json::Array(parameters));
    }
    let calls = examples::of_group(of, group);
    if let Some(body) = requests::body(group, &calls, schemas) {
        add("requestBody", body);
    }
    add("responses", responses::all(group, &calls, schemas));
    add("x-endpoints", Json::Array(group.endpoints.iter().map(|endpoint| extensions(of, endpoint)).collect()));
    if let Some(refused) = examples::refused(group, &calls, schemas) {
        add("x-examples", refused);
    }
    Json::Object(operation)
}

/// The text of each endpoint, with what distinguishes it from the others.
fn description(of: &Adapter, group: &Group<'_>) -> String {
    if let [only] = group.endpoints.as_slice() {
        return descriptions::of_endpoint(of, only);
    }
    let one = |endpoint: &&Endpoint| {
        let when = match &endpoint.when {
            Some(Discriminator::Is { field, value, .. }) => format!(", where `{field}` is `{value}`"),
            Some(Discriminator::Has(fields)) => format!(", where there is `{}`", fields.join("` or `")),
            None => String::new(),
        };
        format!("**{}**{when}\n\n{}", crate::markdown::code(&endpoint.name), descriptions::of_endpoint(of, endpoint))
    };
    group.endpoints.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// What is known of an endpoint that OpenAPI has no word for.
fn extensions(of: &Adapter, endpoint: &Endpoint) -> Json {
    let steps: Vec<Json> = endpoint
        .plan
        .steps
        .iter()
        .map(|step| {
            let behaviour = &of.behaviours[step.behaviour];
            let mut members = Map::new();
            members.insert("behaviour".to_owned(), Json::from(behaviour.name.as_str()));
            members.extend(step.option.as_ref().map(|option| ("option".to_owned(), Json::from(option.as_str()))));
            if !behaviour.spec.calls.is_empty() {
                members.insert("hooks".to_owned(), json!(behaviour.spec.calls));
            }
            Json::Object(members)
        })
        .collect();
    let shown: Map<String, Json> =
        endpoint.plan.shown.iter().map(|(fault, fields)| (fault.clone(), json!(fields))).collect();
    let mut operation = json!({ "name": endpoint.name, "does": steps, "x-errors": responses::errors(of, endpoint) });
    if let Json::Object(members) = &mut operation {
        members.extend((!shown.is_empty()).then(|| ("shows".to_owned(), Json::Object(shown))));
        members.extend(endpoint.when.as_ref().map(|when| ("when".to_owned(), discriminator(when))));
    }
    operation
}

fn discriminator(when: &Discriminator) -> Json {
    match when {
        Discriminator::Is { field, value, .. } => json!({ field.as_str(): value }),
        Discriminator::Has(fields) => json!(fields),
    }
}

/// What stands in the path, and the language.
fn parameters(of: &Adapter, group: &Group<'_>, first: &Endpoint, schemas: &mut Schemas<'_>) -> Vec<Json> {
    let mut all = Vec::new();
    for name in path_parameters(&first.path) {
        let payload = first.request.map(|id| &of.payloads[id]);
        let field = payload.and_then(|payload| payload.fields.iter().find(|field| field.wire == name));
        let schema = match field {
            Some(field) => fields::property(schemas, field, fields::Direction::Request),
            None => json!({ "type": "string" }),
        };
        let mut parameter = json!({ "name": name, "in": "path", "required": true, "schema": schema });
        let example = examples::in_path(of, group, &name);
        if let (Json::Object(members), Some(example)) = (&mut parameter, example) {
            members.insert("example".to_owned(), example);
        }
        all.push(parameter);
    }
    all.extend(head::parameters(group.endpoints.iter().copied(), schemas));
    if language(of).is_some() {
        all.push(json!({ "$ref": format!("#/components/parameters/{LANGUAGE}") }));
    }
    all
}

/// The header by which a caller asks for a language, where there are several.
pub fn language(of: &Adapter) -> Option<Json> {
    let mut languages: Vec<&str> = of.texts.iter().map(|text| text.language.as_str()).collect();
    languages.dedup();
    (languages.len() > 1).then(|| {
        json!({
            "name": "Accept-Language",
            "in": "header",
            "required": false,
            "description": format!("The language of texts: {}.", languages.join(", ")),
            "schema": { "type": "string" },
            "example": languages.first(),
        })
    })
}

/// The names in braces of a path.
pub fn path_parameters(path: &str) -> Vec<String> {
    let parts = path.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

/// The one tag: the adapter.
pub fn tag(of: &Adapter) -> &str {
    if of.title.is_empty() { &of.name } else { &of.title }
}
