//! A definition that is being written: what stands under each key, and the YAML that it makes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Lines under a key: name and YAML in one line.
pub type Lines = Vec<(String, String)>;

/// An endpoint: its keys.
#[derive(Debug, Clone, Default)]
pub struct EndpointDraft {
    /// Its name.
    pub name: String,
    /// `does`, `without`, ...
    pub keys: Lines,
}

/// A definition.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// What it is about, for the report: `behaviour send_otp`, `type date need`.
    pub features: BTreeSet<String>,
    /// Top-level keys in one line, such as `wire`.
    pub top: Lines,
    /// Sections whose lines are in one line each, in the order in which they are written.
    pub sections: Vec<(&'static str, Lines)>,
    /// The endpoints.
    pub endpoints: Vec<EndpointDraft>,
    /// Payloads, field by field.
    pub payloads: Vec<(String, Lines)>,
}

impl Draft {
    /// Adds a line to a section, once by its name.
    pub fn line(&mut self, section: &'static str, name: &str, yaml: impl Into<String>) {
        let at = self.sections.iter().position(|(other, _)| *other == section).unwrap_or_else(|| {
            self.sections.push((section, Vec::new()));
            self.sections.len() - 1
        });
        let Some((_, lines)) = self.sections.get_mut(at) else { return };
        if !lines.iter().any(|(other, _)| other == name) {
            lines.push((name.to_owned(), yaml.into()));
        }
    }

    /// True if a section has a line of this name.
    pub fn has(&self, section: &str, name: &str) -> bool {
        self.sections.iter().any(|(other, lines)| *other == section && lines.iter().any(|(line, _)| line == name))
    }

    /// Adds a payload, once by its name.
    pub fn payload(&mut self, name: &str, fields: Lines) {
        if !self.payloads.iter().any(|(other, _)| other == name) {
            self.payloads.push((name.to_owned(), fields));
        }
    }

    /// Sets a top-level key.
    pub fn set(&mut self, key: &str, yaml: impl Into<String>) {
        self.top.retain(|(other, _)| other != key);
        self.top.push((key.to_owned(), yaml.into()));
    }

    /// The whole as one document.
    pub fn yaml(&self) -> String {
        let mut text = String::new();
        let mut line = |indent: usize, key: &str, value: &str| {
            let key = if key.starts_with(|first: char| first.is_ascii_alphabetic()) || key == "+" {
                key.to_owned()
            } else {
                format!("{key:?}")
            };
            _ = writeln!(text, "{}{key}: {value}", "  ".repeat(indent));
        };
        self.top.iter().for_each(|(key, value)| line(0, key, value));
        for (section, lines) in &self.sections {
            line(0, section, "");
            lines.iter().for_each(|(name, value)| line(1, name, value));
        }
        line(0, "endpoints", "");
        for endpoint in &self.endpoints {
            line(1, &endpoint.name, "");
            endpoint.keys.iter().for_each(|(key, value)| line(2, key, value));
        }
        line(0, "payloads", "");
        for (name, fields) in &self.payloads {
            line(1, name, if fields.is_empty() { "{}" } else { "" });
            fields.iter().for_each(|(field, value)| line(2, field, value));
        }
        text
    }
}
