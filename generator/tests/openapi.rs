//! The OpenAPI documents of everything that ships, in both versions: they say all that the definition says, what they
//! refer to is there, and their examples fit their schemas. What independent tools say of them stands in `docs/openapi.md`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use bench::{Bench, TINY};
use countersign::check::check;
use countersign::load::{BuiltIn, Library as _, built_in, definition};
use countersign::model::{Adapter, Target};
use countersign::openapi::{Version, document, schema_violations};
use serde_json::{Map, Value as Json};

const VERSIONS: [Version; 2] = [Version::V3_1, Version::V3_0];

/// Every adapter with its document, in both versions.
static DOCUMENTS: LazyLock<Vec<(Adapter, Version, Json)>> = LazyLock::new(|| {
    let both = |adapter: Adapter| VERSIONS.map(|version| (adapter.clone(), version, document(&adapter, version)));
    shipped().into_iter().flat_map(both).collect()
});

/// Those of 3.1.
fn newer() -> impl Iterator<Item = (&'static Adapter, &'static Json)> {
    let newer = DOCUMENTS.iter().filter(|(_, version, _)| *version == Version::V3_1);
    newer.map(|(adapter, _, document)| (adapter, document))
}

fn shipped() -> Vec<Adapter> {
    let library = BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")));
    let names = library.names();
    assert!(names.len() >= 5, "{names:?}");
    let mut all: Vec<Adapter> =
        names.iter().map(|name| check(&built_in(name, &library).unwrap()).adapter.unwrap()).collect();
    let acme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/acme-bank");
    all.push(check(&definition(&acme, &library).unwrap()).adapter.unwrap());
    all
}

fn operations(document: &Json) -> Vec<(String, &Json)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().unwrap().iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    methods.collect()
}

fn schemas(document: &Json) -> &Map<String, Json> {
    document["components"]["schemas"].as_object().unwrap()
}

/// What a reference leads to, or the value itself.
fn behind<'j>(document: &'j Json, json: &'j Json) -> &'j Json {
    json["$ref"].as_str().map_or(json, |reference| document.pointer(&reference[1..]).unwrap())
}

/// Calls a function with every object of a document.
fn each<'j>(json: &'j Json, see: &mut impl FnMut(&'j Map<String, Json>)) {
    match json {
        Json::Object(members) => {
            see(members);
            members
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "value" | "example" | "x-examples"))
                .for_each(|(_, inner)| each(inner, see));
        }
        Json::Array(items) => items.iter().for_each(|item| each(item, see)),
        _ => {}
    }
}

#[test]
fn what_a_document_refers_to_is_there_and_what_is_there_is_referred_to() {
    for (adapter, _, document) in DOCUMENTS.iter() {
        let mut referred = BTreeSet::new();
        each(document, &mut |object| {
            referred.extend(object.get("$ref").and_then(Json::as_str).map(str::to_owned));
        });
        for reference in &referred {
            assert!(document.pointer(&reference[1..]).is_some(), "{}: {reference}", adapter.name);
        }
        for name in schemas(document).keys() {
            assert!(referred.contains(&format!("#/components/schemas/{name}")), "{}: {name} is unused", adapter.name);
        }
    }
}

#[test]
fn a_schema_is_of_the_version_that_the_document_says() {
    for (_, version, document) in DOCUMENTS.iter() {
        each(document, &mut |object| match version {
            Version::V3_1 => assert!(!object.contains_key("nullable"), "{object:?}"),
            Version::V3_0 => {
                assert!(!object.get("type").is_some_and(Json::is_array), "{object:?}");
                assert!(object.get("type") != Some(&Json::from("null")), "{object:?}");
                assert!(!object.contains_key("$ref") || object.len() == 1, "{object:?}");
            }
        });
        each(document, &mut |object| assert!(!object.contains_key("const"), "an enum of one value says the same"));
    }
}

/// Client generators have no literal for an object and no class for null, and lose members of a union that no field tells.
#[test]
fn client_generators_have_words_for_every_schema() {
    let is_whole = |value: &Json| value.is_object() || value.is_array();
    for (adapter, version, document) in DOCUMENTS.iter() {
        for (name, schema) in schemas(document) {
            each(schema, &mut |object| {
                let values = object.get("enum").and_then(Json::as_array).into_iter().flatten();
                assert!(!values.into_iter().any(is_whole), "{} {name}: {object:?}", adapter.name);
                assert!(!object.get("default").is_some_and(Json::is_object), "{} {name}: {object:?}", adapter.name);
            });
        }
        let mut untold = 0;
        each(document, &mut |object| {
            let either = object.get("oneOf").or(object.get("anyOf")).and_then(Json::as_array);
            let references = either.into_iter().flatten().filter(|one| one.get("$ref").is_some()).count();
            untold += usize::from(references > 1 && !object.contains_key("discriminator"));
        });
        assert!(untold == 0 || *version == Version::V3_1, "{}: {untold}", adapter.name);
    }
}

#[test]
fn what_no_field_tells_apart_is_one_object_with_the_members_of_all() {
    let of = |wanted: Version| {
        let found = DOCUMENTS.iter().find(|(one, version, _)| one.name.starts_with("b2b") && *version == wanted);
        &found.unwrap().2
    };
    let (newer, older) = (of(Version::V3_1), of(Version::V3_0));
    let answer = |document| {
        &operations(document).into_iter().find(|(name, _)| name.ends_with("/recovery")).unwrap().1["responses"]["200"]["content"]
            ["application/json"]["schema"]
    };
    let union = answer(newer)["oneOf"].as_array().unwrap();
    let object = behind(older, answer(older));
    assert_eq!(union.len(), 2, "{union:?}");
    assert_eq!(object["required"], serde_json::json!(["b2bResponse"]), "{object}");
    for one in union {
        for (name, _) in behind(newer, one)["properties"].as_object().unwrap() {
            assert!(object["properties"].get(name).is_some(), "{name} of {object}");
        }
    }
}

#[test]
fn every_endpoint_row_rule_and_meaning_is_in_the_document() {
    for (adapter, document) in newer() {
        let text = document.to_string();
        let listed: Vec<(&str, &Json)> = operations(document)
            .iter()
            .flat_map(|(_, operation)| operation["x-endpoints"].as_array().unwrap())
            .map(|endpoint| (endpoint["name"].as_str().unwrap(), endpoint))
            .collect();
        assert_eq!(listed.len(), adapter.endpoints.len());
        for endpoint in &adapter.endpoints {
            let said = listed.iter().find(|(name, _)| *name == endpoint.name).unwrap().1;
            let operations = operations(document);
            let (_, operation) = operations
                .iter()
                .find(|(_, operation)| {
                    operation["x-endpoints"].to_string().contains(&format!("\"name\":\"{}\"", endpoint.name))
                })
                .unwrap();
            assert!(operation["responses"][endpoint.success.to_string()].is_object(), "{}", endpoint.name);
            for answer in &endpoint.plan.answers {
                let row = &adapter.rows[answer.row];
                let told = said["x-errors"].as_array().unwrap().iter().find(|line| line["error"] == row.name.as_str());
                assert_eq!(told.unwrap()["faults"], serde_json::json!(answer.faults), "{}", endpoint.name);
                let response = behind(document, &operation["responses"][row.status.to_string()]);
                let content = &response["content"][&adapter.envelope.failure_type];
                assert!(content["examples"][&row.name].is_object(), "{} {}: {response}", endpoint.name, row.name);
                assert!(response["headers"]["X-Request-Id"].is_object());
            }
        }
        for payload in adapter.payloads.iter().filter(|payload| payload.in_request) {
            for field in &payload.fields {
                for key in field.rules.iter().filter_map(|rule| rule.key.as_ref()) {
                    assert!(text.contains(key.as_str()), "{}.{}: {key}", payload.name, field.wire);
                }
                if let Some(id) = field.meaning {
                    assert!(document["x-meanings"].get(&adapter.meanings[id].name).is_some());
                }
            }
        }
    }
}

#[test]
fn every_example_is_shown_and_those_that_are_shown_fit_their_schemas() {
    for (adapter, _, document) in DOCUMENTS.iter() {
        let mut shown = 0;
        each(document, &mut |object| {
            let (Some(Json::Object(examples)), Some(schema)) = (object.get("examples"), object.get("schema")) else {
                return;
            };
            for (key, example) in examples {
                let wrong = schema_violations(&behind(document, example)["value"], schema, schemas(document));
                assert!(wrong.is_empty(), "{} {key}: {wrong:?} in {}", adapter.name, example["value"]);
                shown += 1;
            }
        });
        let calls = adapter.examples.iter().flat_map(|example| &example.calls);
        let calls = calls.filter(|call| matches!(call.to, Target::Endpoint(_))).count();
        assert!(shown >= calls, "{}: {shown} of {calls}", adapter.name);
        let text = document.to_string();
        let titles = adapter
            .examples
            .iter()
            .filter(|example| example.calls.iter().any(|call| matches!(call.to, Target::Endpoint(_))));
        for example in titles {
            let title = Json::from(example.title.as_str()).to_string();
            assert!(text.contains(title.trim_matches('"')), "{}: {}", adapter.name, example.title);
        }
    }
}

#[test]
fn operations_have_names_of_their_own_and_say_who_may_call() {
    for (_, document) in newer() {
        let mut names = BTreeSet::new();
        for (route, operation) in operations(document) {
            assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{route}");
            for wanted in operation["security"].as_array().unwrap() {
                for scheme in wanted.as_object().unwrap().keys() {
                    assert!(document["components"]["securitySchemes"][scheme].is_object(), "{route}: {scheme}");
                }
            }
        }
    }
}

#[test]
fn the_same_definition_gives_the_same_document_on_the_command_line() {
    let bench = Bench::with(TINY);
    let first = bench.run(&["openapi", "."]);
    assert_eq!(first.code, 0, "{first:?}");
    let document: Json = serde_json::from_str(&first.out).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(bench.run(&["openapi", "."]).out, first.out);
    assert_eq!(bench.run(&["openapi", ".", "--output", "api.json"]).code, 0);
    assert_eq!(bench.read("api.json"), first.out);
    let older: Json = serde_json::from_str(&bench.run(&["openapi", ".", "--version", "3.0.3"]).out).unwrap();
    assert_eq!(older["openapi"], "3.0.3");
    assert_eq!(
        document["paths"]["/user/find"]["post"]["responses"]["404"]["content"]["application/json"]["examples"]["UNKNOWN"]
            ["value"],
        serde_json::json!({ "code": "UNKNOWN" })
    );
}

#[test]
fn no_word_of_a_definition_becomes_markup() {
    let bench = Bench::with(&TINY.replace("Finds a user.", "Finds <script>alert(1)</script> | *users*."));
    let document: Json = serde_json::from_str(&bench.run(&["openapi", "."]).out).unwrap();
    let said = document["paths"]["/user/find"]["post"]["description"].as_str().unwrap();
    assert!(said.contains(r"\<script\>") && said.contains(r"\| \*users\*"), "{said}");
}
