//! `check`: every mistake of a definition at once, for people or for programs.

use std::path::PathBuf;

use countersign::diagnostic;
use serde_json::{Value as Json, json};

use super::project::{self, Named, Opened};
use super::{Format, Outcome, changes};

/// What is asked beside the mistakes.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct CheckOptions {
    /// How mistakes are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Tell also what each definition changes of the one that it extends.
    #[arg(long)]
    changes: bool,
    /// End with 1 if there are warnings.
    #[arg(long)]
    deny_warnings: bool,
}

/// Checks definitions.
pub fn run(given: &[PathBuf], asked: CheckOptions) -> anyhow::Result<Outcome> {
    let CheckOptions { format, changes, deny_warnings } = asked;
    let all: Vec<Named> = match given {
        [] => project::folders(&[])?.into_iter().map(Named::Folder).collect(),
        given => given.iter().map(|name| project::named(name)).collect::<anyhow::Result<_>>()?,
    };
    let opened: Vec<Opened> = all.iter().map(project::open).collect();
    match format {
        Format::Text => all.iter().zip(&opened).for_each(|(named, opened)| {
            print_result(named, opened);
            if changes {
                report_changes(opened);
            }
        }),
        Format::Json if changes => {
            let both = json!({ "mistakes": merged_json(&opened), "changes": all_changes(&opened) });
            anstream::println!("{}", diagnostic::written(&both));
        }
        Format::Json => anstream::println!("{}", diagnostic::written(&merged_json(&opened))),
        Format::Sarif => anstream::println!("{}", diagnostic::written(&merged_sarif(&opened))),
    }
    let good = |opened: &Opened| opened.adapter.is_some() && (!deny_warnings || opened.diagnostics.is_empty());
    Ok(if opened.iter().all(good) { Outcome::Good } else { Outcome::Wrong })
}

fn print_result(named: &Named, opened: &Opened) {
    project::print_diagnostics(opened);
    let Some(adapter) = &opened.adapter else { return };
    let name = match named {
        Named::Folder(folder) => folder.join("adapter.yaml").display().to_string(),
        Named::BuiltIn(name) => name.clone(),
    };
    let (endpoints, payloads) = (adapter.endpoints.len(), adapter.payloads.len());
    anstream::println!("{name} is good: {endpoints} endpoints, {payloads} payloads");
}

fn report_changes(opened: &Opened) {
    let (Some(loaded), Some(adapter)) = (&opened.loaded, &opened.adapter) else { return };
    match (changes::text(loaded, adapter), &loaded.extends) {
        (_, None) => anstream::println!("it extends nothing"),
        (text, Some(extends)) if text.is_empty() => anstream::println!("nothing is changed against `{extends}`"),
        (text, _) => anstream::print!("{text}"),
    }
}

/// What each good definition changes, by its name; null for one that extends nothing.
fn all_changes(all: &[Opened]) -> Json {
    let good = all.iter().filter_map(|opened| opened.loaded.as_ref().zip(opened.adapter.as_ref()));
    let changes = good.map(|(loaded, adapter)| (adapter.name.clone(), changes::json(loaded, adapter).into()));
    Json::Object(changes.collect())
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
