//! The headers of answers.

use serde_json::{Map, Value as Json, json};

/// Those of every answer.
const ALWAYS: [&str; 2] = ["X-Request-Id", "Cache-Control"];

/// Every header, by name.
pub fn all() -> Json {
    json!({
        "X-Request-Id": header("The request's number, which the adapter's log has too.", "string"),
        "Cache-Control": header("Always `no-store`.", "string"),
        "Retry-After": header("After how many seconds it may be tried again.", "integer"),
        "WWW-Authenticate": header("How callers show who they are.", "string"),
    })
}

fn header(description: &str, ty: &str) -> Json {
    json!({ "description": description, "schema": { "type": ty } })
}

/// Those of an answer with this status, to one or several faults, and those of its own.
pub fn of_status(status: u16, faults: &[&str], own: Map<String, Json>) -> Json {
    let busy = matches!(status, 429 | 503);
    let mut names: Vec<&str> = ALWAYS.to_vec();
    names.extend(
        (busy || faults.contains(&"caller.limited") || faults.contains(&"caller.unknown")).then_some("Retry-After"),
    );
    names.extend((status == 401).then_some("WWW-Authenticate"));
    let references =
        names.into_iter().map(|name| (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })));
    let mut all: Map<String, Json> = references.collect();
    let is_other = |name: &str| !all.keys().any(|known| known.eq_ignore_ascii_case(name));
    let own: Vec<_> = own.into_iter().filter(|(name, _)| is_other(name)).collect();
    all.extend(own);
    Json::Object(all)
}
