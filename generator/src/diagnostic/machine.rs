//! Mistakes for machines: JSON for scripts, SARIF for code hosts.

use serde_json::{Map, Value as Json, json};

use super::Diagnostic;
use super::codes;
use crate::source::{Origin, Place, Sources};

/// The mistakes as a list of JSON objects.
pub fn json(all: &[Diagnostic], sources: &Sources) -> Json {
    all.iter().map(|one| Json::Object(entry(one, sources))).collect()
}

fn entry(one: &Diagnostic, sources: &Sources) -> Map<String, Json> {
    let mut entry = Map::new();
    entry.insert("id".to_owned(), json!(one.id));
    entry.insert("severity".to_owned(), json!(one.level().word()));
    entry.insert("message".to_owned(), json!(one.message));
    entry.extend(one.place.map(|place| position(place, sources)).unwrap_or_default());
    entry.insert("label".to_owned(), json!(one.label));
    entry.insert("help".to_owned(), json!(one.help));
    let related = one.related.iter().map(|(place, text)| {
        let mut entry = position(*place, sources);
        entry.insert("message".to_owned(), json!(text));
        Json::Object(entry)
    });
    entry.insert("related".to_owned(), related.collect());
    entry.insert("more".to_owned(), json!(one.more));
    entry
}

fn position(place: Place, sources: &Sources) -> Map<String, Json> {
    let (line, column) = sources.position(place);
    let (end_line, end_column) = sources.position(Place { start: place.end, ..place });
    let (file, origin) = sources.file(place.file).map_or(("", Origin::Own), |file| (file.name.as_str(), file.origin));
    let numbers = [("line", line), ("column", column), ("end_line", end_line), ("end_column", end_column)];
    let numbers = numbers.into_iter().map(|(name, number)| (name.to_owned(), json!(number)));
    let whose = [("file", json!(file)), ("built_in", json!(origin == Origin::BuiltIn))];
    whose.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(numbers).collect()
}

/// A document as it is printed: indented, and without signs that nobody sees.
pub fn written(document: &Json) -> String {
    super::legible::legible_json(&format!("{document:#}"))
}

/// The mistakes as SARIF 2.1.0.
pub fn sarif(all: &[Diagnostic], sources: &Sources) -> Json {
    let mut ids: Vec<&str> = all.iter().map(|one| one.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let driver = json!({
        "name": "countersign",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": ids.iter().map(|id| rule(id)).collect::<Json>(),
    });
    let results: Json = all.iter().map(|one| result(one, sources)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    })
}

fn rule(id: &str) -> Json {
    let (what, long) = codes::find(id).map_or(("", ""), |code| (code.what, code.long));
    let level = codes::level(id).word();
    json!({
        "id": id,
        "shortDescription": { "text": what },
        "fullDescription": { "text": long },
        "defaultConfiguration": { "level": level },
    })
}

fn result(one: &Diagnostic, sources: &Sources) -> Json {
    let mut text = one.help.as_ref().map_or(one.message.clone(), |help| format!("{}; {help}", one.message));
    if one.more > 0 {
        text.push_str(&format!(" (and {} more of the same cause)", one.more));
    }
    let places: Json = one.place.iter().map(|place| location(*place, &one.message, sources)).collect();
    let related: Json = one.related.iter().map(|(place, text)| location(*place, text, sources)).collect();
    json!({
        "ruleId": one.id,
        "level": one.level().word(),
        "message": { "text": text },
        "locations": places,
        "relatedLocations": related,
    })
}

fn location(place: Place, text: &str, sources: &Sources) -> Json {
    let (line, column) = sources.position(place);
    let (end_line, end_column) = sources.position(Place { start: place.end, ..place });
    let file = sources.file(place.file).map_or("", |file| file.name.as_str());
    let region = json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column });
    let physical = json!({ "artifactLocation": { "uri": file }, "region": region });
    json!({ "physicalLocation": physical, "message": { "text": text } })
}
