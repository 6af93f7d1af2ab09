//! The templates: those that come with the program, or those of a folder that somebody else has read.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use serde::Serialize;

use crate::bundle::TEMPLATES;

/// Templates by path, such as `rust/api.rs.j2`.
#[derive(Debug, Clone)]
pub struct Templates {
    texts: BTreeMap<String, String>,
}

impl Templates {
    /// Those that come with the program.
    pub fn shipped() -> Self {
        let mut texts = BTreeMap::new();
        let mut open = vec![&TEMPLATES];
        while let Some(folder) = open.pop() {
            open.extend(folder.dirs());
            for file in folder.files() {
                let path = file.path().to_string_lossy().replace('\\', "/");
                texts.extend(file.contents_utf8().map(|text| (path, text.to_owned())));
            }
        }
        Templates { texts }
    }

    /// These texts in place of the shipped ones of the same path.
    pub fn with(mut self, texts: impl IntoIterator<Item = (String, String)>) -> Self {
        self.texts.extend(texts);
        self
    }

    /// Their paths.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// The text of one.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Fills a template.
    ///
    /// # Errors
    /// The template is missing, is none, or names something that it does not receive.
    pub fn fill(&self, path: &str, view: &impl Serialize) -> Result<String, Error> {
        let missing = || Error::new(ErrorKind::TemplateNotFound, path.to_owned());
        let text = self.texts.get(path).ok_or_else(missing)?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_formatter(write);
        environment.add_template(path, text)?;
        let filled = environment.get_template(path)?.render(Serde(view))?;
        Ok(filled.trim_end().to_owned() + "\n")
    }
}

/// Writes `true` as Rust does, and refuses to write nothing.
fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Err(Error::new(ErrorKind::UndefinedError, "nothing to write here")),
        ValueKind::Bool => Ok(out.write_str(if value.is_true() { "true" } else { "false" })?),
        _ => minijinja::escape_formatter(out, state, value),
    }
}
