//! `check`: every mistake of a definition at once, for people or for programs.

use std::path::PathBuf;

use countersign::diagnostic;
use serde_json::{Value as Json, json};

use super::project::{self, Named, Opened};
use super::{Ended, Format};

/// Checks definitions.
pub fn run(given: &[PathBuf], format: Format) -> anyhow::Result<Ended> {
    let all: Vec<Named> = match given {
        [] => project::folders(&[])?.into_iter().map(Named::Folder).collect(),
        given => given.iter().map(|name| project::named(name)).collect::<anyhow::Result<_>>()?,
    };
    let opened: Vec<Opened> = all.iter().map(project::open).collect();
    match format {
        Format::Text => all.iter().zip(&opened).for_each(|(named, opened)| tell(named, opened)),
        Format::Json => anstream::println!("{:#}", merged_json(&opened)),
        Format::Sarif => anstream::println!("{:#}", merged_sarif(&opened)),
    }
    let good = opened.iter().all(|opened| opened.adapter.is_some());
    Ok(if good { Ended::Good } else { Ended::Wrong })
}

fn tell(named: &Named, opened: &Opened) {
    match &opened.adapter {
        Some(adapter) => {
            let name = match named {
                Named::Folder(folder) => folder.join("adapter.yaml").display().to_string(),
                Named::BuiltIn(name) => name.clone(),
            };
            anstream::println!(
                "{name} is good: {} endpoints, {} payloads",
                adapter.endpoints.len(),
                adapter.payloads.len()
            );
        }
        None => project::tell(opened),
    }
}

/// All mistakes of all definitions in one list.
fn merged_json(all: &[Opened]) -> Json {
    let documents = all.iter().map(|opened| diagnostic::json(&opened.diagnostics, &opened.sources));
    let lists = documents.map(|document| match document {
        Json::Array(list) => list,
        other => vec![other],
    });
    Json::Array(lists.flatten().collect())
}

/// One run a definition.
fn merged_sarif(all: &[Opened]) -> Json {
    let mut documents = all.iter().map(|opened| diagnostic::sarif(&opened.diagnostics, &opened.sources));
    let mut first = documents.next().unwrap_or_else(|| json!({ "version": "2.1.0", "runs": [] }));
    let more = documents.filter_map(|mut document| document.get_mut("runs").map(Json::take));
    let more: Vec<Json> = more.filter_map(|runs| runs.as_array().cloned()).flatten().collect();
    if let Some(runs) = first.get_mut("runs").and_then(Json::as_array_mut) {
        runs.extend(more);
    }
    first
}
