//! Settings by path, with the place that each came from. What a value means is decided by who reads it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use countersign_engine::duration;
use serde_yaml::Value as Yaml;

use super::secrets;
use crate::behaviours::tables::{Row, Table};
use crate::telemetry::line_safe;
use crate::values::Secret;

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An environment variable.
    Environment(String),
    /// The settings file.
    File(PathBuf),
    /// The defaults of `--dev`.
    Dev,
    /// The definition.
    Definition,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Environment(name) => write!(out, "environment variable {name}"),
            Place::File(path) => write!(out, "{}", path.display()),
            Place::Dev => write!(out, "defaults of --dev"),
            Place::Definition => write!(out, "definition"),
        }
    }
}

/// A setting that cannot be used as it is. Says one line; never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    /// The setting's path, such as `otps.sms.digits`.
    pub path: String,
    /// Where it was set, if it was.
    pub place: Option<Place>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for SettingError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A key of the file may hold whatever YAML can write; the line stays one line.
        let (path, what) = (line_safe(&self.path), line_safe(&self.what));
        match &self.place {
            Some(place) => write!(out, "setting `{path}` ({place}): {what}"),
            None => write!(out, "setting `{path}`: {what}"),
        }
    }
}

impl std::error::Error for SettingError {}

/// What is said of a path that one file sets nested and dotted.
pub(super) const SET_TWICE: &str = "it is set twice";

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A text from the environment, which has no other kind.
    Loose(String),
    Text(String),
    Boolean(bool),
    Integer(i64),
    List(Vec<String>),
    Rows(Vec<Yaml>),
    /// Something that no setting is.
    Other(&'static str),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Value::Loose(_) | Value::Text(_) => "a text",
            Value::Boolean(_) => "true or false",
            Value::Integer(_) => "an integer",
            Value::List(_) | Value::Rows(_) => "a list",
            Value::Other(kind) => kind,
        }
    }
}

/// All settings, each from the place that wins.
#[derive(Debug, Clone, Default)]
pub struct SettingsTree {
    values: BTreeMap<String, (Value, Place)>,
    environment: Environment,
}

/// The environment, in which secrets are; it is never printed.
#[derive(Clone, Default)]
struct Environment(Arc<BTreeMap<String, String>>);

impl fmt::Debug for Environment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[redacted]")
    }
}

impl SettingsTree {
    /// A text, or the default where none is set.
    ///
    /// # Errors
    /// If something else is set.
    pub fn text(&self, path: &str, default: &str) -> Result<String, SettingError> {
        Ok(self.text_if_set(path)?.unwrap_or_else(|| default.to_owned()))
    }

    /// A text, if one is set.
    ///
    /// # Errors
    /// If something else is set.
    pub fn text_if_set(&self, path: &str) -> Result<Option<String>, SettingError> {
        match self.values.get(path) {
            None => Ok(None),
            Some((Value::Loose(text) | Value::Text(text), _)) => Ok(Some(text.clone())),
            Some((value, _)) => {
                Err(self.error(path, format!("a text is wanted, this is {}; put it in quotes", value.kind())))
            }
        }
    }

    /// `true` or `false`, or the default where neither is set.
    ///
    /// # Errors
    /// If something else is set.
    pub fn boolean(&self, path: &str, default: bool) -> Result<bool, SettingError> {
        let value = match self.values.get(path) {
            None => return Ok(default),
            Some((value, _)) => value,
        };
        match value {
            Value::Boolean(value) => Ok(*value),
            Value::Loose(text) if text == "true" => Ok(true),
            Value::Loose(text) if text == "false" => Ok(false),
            other => Err(self.error(path, format!("`true` or `false` is wanted, this is {}", other.kind()))),
        }
    }

    /// An integer, or the default where none is set.
    ///
    /// # Errors
    /// If something else is set.
    pub fn integer(&self, path: &str, default: i64) -> Result<i64, SettingError> {
        let value = match self.values.get(path) {
            None => return Ok(default),
            Some((value, _)) => value,
        };
        match value {
            Value::Integer(value) => Ok(*value),
            Value::Loose(text) => {
                text.trim().parse().map_err(|_| self.error(path, "an integer is wanted, this is a text"))
            }
            other => Err(self.error(path, format!("an integer is wanted, this is {}", other.kind()))),
        }
    }

    /// An integer of a range, or the default where none is set.
    ///
    /// # Errors
    /// If something else is set.
    pub fn integer_between(&self, path: &str, default: i64, least: i64, most: i64) -> Result<i64, SettingError> {
        let value = self.integer(path, default)?;
        if (least..=most).contains(&value) {
            return Ok(value);
        }
        Err(self.error(path, format!("{value} is not between {least} and {most}")))
    }

    /// A length of time such as `90s`, `5m` or `1h`, in seconds, or the default where none is set.
    ///
    /// # Errors
    /// If something else is set.
    pub fn seconds(&self, path: &str, default: u64) -> Result<u64, SettingError> {
        if self.place(path).is_none() {
            return Ok(default);
        }
        let text = self.text_if_set(path).ok().flatten();
        text.and_then(|text| duration::seconds(text.trim()))
            .ok_or_else(|| self.error(path, "a length of time such as `90s`, `5m` or `1h` is wanted"))
    }

    /// Texts: a list, or one text with commas from the environment. None where nothing is set.
    ///
    /// # Errors
    /// If something else is set.
    pub fn list(&self, path: &str) -> Result<Option<Vec<String>>, SettingError> {
        match self.values.get(path) {
            None => Ok(None),
            Some((Value::List(items), _)) => Ok(Some(items.clone())),
            Some((Value::Text(item), _)) => Ok(Some(vec![item.clone()])),
            Some((Value::Loose(items), _)) => {
                let items = items.split(',').map(str::trim).filter(|item| !item.is_empty());
                Ok(Some(items.map(str::to_owned).collect()))
            }
            Some((Value::Rows(items), _)) => Err(self.error(path, no_texts(items))),
            Some((value, _)) => Err(self.error(path, format!("a list of texts is wanted, this is {}", value.kind()))),
        }
    }

    /// The secret that a reference names, `env:NAME` or `file:PATH`.
    ///
    /// # Errors
    /// If nothing or something else is set, or the secret cannot be read, is empty or no text.
    pub fn secret(&self, path: &str) -> Result<Secret<String>, SettingError> {
        let Some(reference) = self.text_if_set(path)? else { return Err(self.error(path, "it is missing")) };
        let bytes = secrets::read(&reference, &|name| self.environment.0.get(name).cloned());
        let bytes = bytes.map_err(|what| self.error(path, what))?;
        match std::str::from_utf8(&bytes) {
            Ok("") => Err(self.error(path, "the secret is empty")),
            Ok(text) => Ok(Secret::from(text)),
            Err(_) => Err(self.error(path, "the secret is no text in UTF-8")),
        }
    }

    /// The same settings with one more, as the environment would write it.
    pub(super) fn with_one(&self, path: &str, text: &str) -> Self {
        let mut tree = SettingsTree { values: BTreeMap::new(), environment: self.environment.clone() };
        tree.set(path.to_owned(), text.to_owned(), Place::Definition);
        tree
    }

    /// Has secrets read from here.
    pub(super) fn in_environment(&mut self, environment: &BTreeMap<String, String>) {
        self.environment = Environment(Arc::new(environment.clone()));
    }

    /// True if a row of any table has a cell of this column that is `true`.
    pub(super) fn any_row_says(&self, column: &str) -> bool {
        let rows = self.values.values().filter_map(|(value, _)| match value {
            Value::Rows(rows) => Some(rows),
            _ => None,
        });
        rows.flatten().any(|row| super::rows::Cells::of(row).is_ok_and(|cells| cells.says(column)))
    }

    /// The rows of a table. Every mistake is reported with the number of its row, which counts from 1.
    ///
    /// # Errors
    /// Every row that cannot be read, and every row with the key of an earlier one.
    pub fn rows<R: Row>(&self, path: &str) -> Result<Table<R>, Vec<SettingError>> {
        let rows = match self.values.get(path) {
            None => return Ok(Table::default()),
            Some((Value::Rows(rows), _)) => rows,
            Some((Value::List(rows), _)) if rows.is_empty() => return Ok(Table::default()),
            Some((Value::List(_), _)) => {
                return Err(vec![self.error(path, "a list of rows is wanted, each a mapping")]);
            }
            Some((Value::Loose(_), _)) => {
                return Err(vec![self.error(path, "rows are written in the settings file alone")]);
            }
            Some((value, _)) => {
                return Err(vec![self.error(path, format!("a list of rows is wanted, this is {}", value.kind()))]);
            }
        };
        let (table, wrong) = super::rows::table(rows);
        let found = wrong.into_iter().map(|(at, what)| self.error(path, format!("row {at}: {what}")));
        let found: Vec<SettingError> = found.collect();
        if found.is_empty() { Ok(table) } else { Err(found) }
    }

    /// A mistake at a path, with the place where that is set.
    pub fn error(&self, path: &str, what: impl Into<String>) -> SettingError {
        SettingError { path: path.to_owned(), place: self.place(path).cloned(), what: what.into() }
    }

    /// Where a path is set.
    pub fn place(&self, path: &str) -> Option<&Place> {
        self.values.get(path).map(|(_, place)| place)
    }

    /// What is set at a path, as the file would have it, and where.
    pub(super) fn shown(&self, path: &str) -> Option<(String, &Place)> {
        let (value, place) = self.values.get(path)?;
        let shown = match value {
            Value::Loose(text) | Value::Text(text) => text.clone(),
            Value::Boolean(value) => value.to_string(),
            Value::Integer(value) => value.to_string(),
            Value::List(items) => format!("[{}]", items.join(", ")),
            Value::Rows(rows) => format!("{} rows", rows.len()),
            Value::Other(kind) => (*kind).to_owned(),
        };
        Some((shown, place))
    }

    /// A hash of what is set, wherever it was set. Secrets are set by reference, so none of them is in it.
    pub fn digest(&self) -> String {
        use sha2::Digest;
        let hash = self
            .values
            .iter()
            .fold(sha2::Sha256::new(), |hash, (path, (value, _))| hash.chain_update(format!("{path:?} {value:?}\n")));
        hex::encode(hash.finalize())
    }

    /// The paths that are set.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Forgets what is no setting.
    pub(super) fn forget(&mut self, is_none: impl Fn(&str, &Place) -> bool) {
        self.values.retain(|path, (_, place)| !is_none(path, place));
    }

    /// Sets a text, over whatever is there.
    pub(super) fn set(&mut self, path: String, text: String, place: Place) {
        self.values.insert(path, (Value::Loose(text), place));
    }

    /// Sets all leaves of a YAML mapping, over whatever is there. Dots in a key part levels too.
    pub(crate) fn set_all(&mut self, prefix: &str, yaml: &Yaml, place: &Place, errors: &mut Vec<SettingError>) {
        // With nothing in it, a mapping is as much as a value: nobody else would see it.
        let Some(members) = yaml.as_mapping().filter(|members| prefix.is_empty() || !members.is_empty()) else {
            let found = (leaf(yaml), place.clone());
            if self.values.get(prefix).is_some_and(|(_, before)| before == place) {
                errors.push(self.error(prefix, SET_TWICE));
            }
            self.values.insert(prefix.to_owned(), found);
            return;
        };
        for (key, member) in members {
            let Some(key) = key.as_str() else {
                let what = "a key must be a text".to_owned();
                errors.push(SettingError { path: prefix.to_owned(), place: Some(place.clone()), what });
                continue;
            };
            let path = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
            self.set_all(&path, member, place, errors);
        }
    }
}

/// Which element of a list is no text. Its value is not said: it may stand where a secret is named.
fn no_texts(items: &[Yaml]) -> String {
    let other = items.iter().enumerate().find(|(_, item)| item.as_str().is_none());
    let (at, kind) = other.map_or((0, "a list"), |(at, item)| (at, leaf(item).kind()));
    let help = match kind {
        "an integer" | "a fraction" | "true or false" => ": write it in quotes",
        _ => "",
    };
    format!("a list of texts is wanted, and element {} is {kind}{help}", at + 1)
}

fn leaf(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Other("nothing"),
        Yaml::Bool(value) => Value::Boolean(*value),
        Yaml::Number(number) => number.as_i64().map_or(Value::Other("a fraction"), Value::Integer),
        Yaml::String(text) => Value::Text(text.clone()),
        Yaml::Sequence(items) => {
            let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
            texts.map_or_else(|| Value::Rows(items.clone()), Value::List)
        }
        Yaml::Mapping(_) | Yaml::Tagged(_) => Value::Other("a mapping"),
    }
}
