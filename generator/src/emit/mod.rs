//! The model as Rust: files in memory. Every decision is made here, in one view a template; the templates loop and
//! choose. It sees no place in a file and no disk, and the same model gives the same bytes.

mod api;
mod body;
mod constants;
mod errors;
mod escaping;
mod fields;
mod format;
mod imports;
mod line_joining;
mod own_hooks;
mod scope;
mod settings;
mod tables;
mod templates;
#[cfg(test)]
mod tests;
mod types;
mod value;

use std::collections::BTreeSet;

use serde::Serialize;
use thiserror::Error;

pub use escaping::literal;
pub use templates::Templates;

use crate::model::Adapter;
use crate::openapi;
use scope::Scope;

/// The file that holds the API as an OpenAPI document.
const DOCUMENT: &str = "openapi.json";

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name in the folder of generated files.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// Why nothing could be generated from a good model. Each is a mistake of ours.
#[derive(Debug, Error)]
pub enum EmitError {
    /// A template could not be filled.
    #[error("the template `{0}` cannot be filled: {1:#}")]
    Template(String, minijinja::Error),
    /// What a template wrote is no Rust.
    #[error("the template `{0}` wrote something else than Rust: {1}\n{2}")]
    Rust(String, syn::Error, String),
}

/// What the root of the generated module receives.
#[derive(Serialize)]
struct Root {
    title: String,
    version: String,
    source: String,
    modules: Vec<&'static str>,
    hooks: bool,
}

/// Writes a model as Rust.
///
/// # Errors
/// A template that does not fit the model.
pub fn emit(adapter: &Adapter, templates: &Templates) -> Result<Vec<File>, EmitError> {
    let scope = Scope::of(adapter);
    let bodies: Vec<body::Body> = adapter.endpoints.iter().map(|endpoint| body::of(&scope, endpoint)).collect();
    let mut drafts = vec![
        Draft::fill(templates, "adapter", &constants::view(&scope))?,
        Draft::fill(templates, "api", &api::view(&scope, &bodies))?,
        Draft::fill(templates, "errors", &errors::view(&scope))?,
        Draft::fill(templates, "settings", &settings::view(&scope))?,
        Draft::fill(templates, "types", &types::view(&scope))?,
    ];
    if !adapter.hooks.is_empty() {
        drafts.push(Draft::fill(templates, "hooks", &own_hooks::view(&scope))?);
    }
    if !adapter.tables.is_empty() {
        drafts.push(Draft::fill(templates, "tables", &tables::view(&scope))?);
    }
    drafts.sort_by_key(|draft| draft.name);
    let root = Root {
        title: escaping::doc(&adapter.title),
        version: escaping::doc(&adapter.version),
        source: escaping::doc(&adapter.source),
        modules: drafts.iter().map(|draft| draft.name).collect(),
        hooks: !adapter.hooks.is_empty(),
    };
    let names: BTreeSet<String> = drafts.iter().flat_map(Draft::names).collect();
    let root = Draft::fill(templates, "mod", &root)?.finish(&names, Draft::without_siblings)?;
    let files = drafts.into_iter().map(|draft| draft.finish(&names, Draft::with_siblings));
    let document = File { name: DOCUMENT.to_owned(), text: openapi::text(adapter, openapi::Version::V3_1) };
    std::iter::once(Ok(root)).chain(files).chain([Ok(document)]).collect()
}

/// The types that the facts of an adapter are written with.
const FACTS: [&str; 18] = [
    "Adapter",
    "Callers",
    "Case",
    "Consent",
    "ConsentLine",
    "EmptyBody",
    "JsonKind",
    "Length",
    "Nulls",
    "OperationKind",
    "Payload",
    "Phones",
    "Text",
    "Times",
    "UnknownFields",
    "UnknownUser",
    "Validation",
    "Wire",
];

/// A filled template.
struct Draft {
    name: &'static str,
    parsed: syn::File,
}

impl Draft {
    fn fill(templates: &Templates, name: &'static str, view: &impl Serialize) -> Result<Self, EmitError> {
        let text = templates
            .fill(&format!("rust/{name}.rs.j2"), view)
            .map_err(|error| EmitError::Template(name.to_owned(), error))?;
        let text = format::keep_comments(&text);
        match syn::parse_file(&text) {
            Ok(parsed) => Ok(Draft { name, parsed }),
            Err(error) => {
                let at = error.span().start().line;
                let line = text.lines().nth(at.saturating_sub(1)).unwrap_or_default().to_owned();
                Err(EmitError::Rust(name.to_owned(), error, line))
            }
        }
    }

    /// What other files may import from this one.
    fn names(&self) -> Vec<String> {
        self.parsed.items.iter().flat_map(imports::names_of).collect()
    }

    /// The other files' names are imported one by one; where the template itself names a type of the runtime, that one
    /// is meant.
    fn with_siblings(&self, siblings: &BTreeSet<String>) -> String {
        let provided: &[&str] = match self.name {
            "adapter" => &FACTS,
            "hooks" => &["Call", "HookFault", "Hooks"],
            "errors" => &["ErrorTable", "Fault"],
            "settings" => &["OneTimeCode", "Session", "Table"],
            "tables" => &["Row"],
            _ => &[],
        };
        let names = siblings.iter().map(String::as_str).chain(["Cx"]);
        imports::imports_for(&self.parsed, &names.filter(|name| !provided.contains(name)).collect())
    }

    /// The root has the other files' names already.
    fn without_siblings(&self, siblings: &BTreeSet<String>) -> String {
        let known = siblings.iter().map(String::as_str);
        imports::runtime_imports_for(&self.parsed, &known.collect())
    }

    fn finish(
        self,
        siblings: &BTreeSet<String>,
        imports: fn(&Self, &BTreeSet<String>) -> String,
    ) -> Result<File, EmitError> {
        let imports = imports(&self, siblings);
        let broken = |error: syn::Error| EmitError::Rust(self.name.to_owned(), error, imports.clone());
        let uses = syn::parse_file(&imports).map_err(broken)?;
        let mut parsed = self.parsed.clone();
        parsed.items.splice(0..0, uses.items);
        Ok(File { name: format!("{}.rs", self.name), text: format::format_tokens(&parsed) })
    }
}
