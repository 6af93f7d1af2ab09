//! Tables whose rows are settings: what a key and a column may be, and what a behaviour whose option is a table needs,
//! gives and fails with.

use super::Cx;
use crate::diagnostic::Diagnostic;
use crate::model::{self, Type};
use crate::naming::near;
use crate::raw::{LookUpTable, Text};
use crate::vocabulary::{Behaviour, Natural, Vocabulary, fault_of_table};

/// Types whose values a column holds.
const COLUMNS: [&str; 11] =
    ["text", "boolean", "integer", "decimal", "date", "time", "url", "html", "phone", "email", "digits"];

/// Those that are compared letter by letter.
const TEXTS: [&str; 5] = ["text", "url", "html", "email", "digits"];

impl<'a> Cx<'a> {
    pub(super) fn check_tables(&mut self) {
        let definition = self.definition;
        for (name, table) in definition.tables.iter() {
            if table.key.is_empty() {
                let text = format!("the table `{}` does not say its `key`", name.text);
                self.tell("missing-key", table.place, text, "add `key: [<meaning>]`: what a row is found by");
            }
            for meaning in table.key.iter().chain(&table.gives) {
                self.known_meaning(meaning);
            }
            for twice in table.gives.iter().filter(|give| table.key.iter().any(|key| key.text == give.text)) {
                let text = format!("the table `{}` has `{}` in its key, and gives it", name.text, twice.text);
                self.tell("wrong-value", twice.place, text, "leave it out of `gives`");
            }
            for meaning in &table.key {
                let fits = self.words.all.meaning(&meaning.text).is_none_or(|natural| is_one_of(natural, &TEXTS));
                self.check_column(fits, meaning, "the key", "a key is made of texts");
            }
            for meaning in &table.gives {
                let all = &self.words.all;
                let fits = all.meaning(&meaning.text).is_none_or(|natural| holds(natural, all));
                let help =
                    "a column holds a text, a number, true or false, a date, a time, a phone, or a list of these";
                self.check_column(fits, meaning, "a column", help);
            }
            self.check_table_fault(name);
        }
    }

    fn check_column(&mut self, fits: bool, meaning: &Text, what: &str, help: &str) {
        if !fits {
            let text = format!("`{}` cannot be {what} of a table", meaning.text);
            self.tell("column-type", meaning.place, text, help);
        }
    }

    /// The fault of a table is its own.
    fn check_table_fault(&mut self, name: &Text) {
        let fault = fault_of_table(&name.text);
        let behaviours = self.words.all.behaviours.iter();
        if behaviours.into_iter().any(|(_, one)| one.refuses.contains(&fault) || one.fails.contains(&fault)) {
            let text = format!("the table `{}` would fail with `{fault}`, which means something else", name.text);
            self.tell("name-clash", name.place, text, "give the table another name");
        }
    }

    /// The table that a behaviour's option names.
    pub(super) fn table_of(&self, behaviour: &Behaviour, option: Option<&str>) -> Option<&'a LookUpTable> {
        if !behaviour.has_table() {
            return None;
        }
        self.definition.tables.get(option?)
    }

    /// Fills in what a table makes of a behaviour: its key is needed, its columns are given, and it has a fault.
    pub(super) fn with_table(&mut self, name: &Text, option: Option<&Text>, behaviour: Behaviour) -> Option<Behaviour> {
        if !behaviour.has_table() {
            return Some(behaviour);
        }
        let tables = &self.definition.tables;
        let Some(option) = option else {
            let text = format!("`{}` does not say which table", name.text);
            self.tell("unknown-option", name.place, text, format!("write `{}: <table>`", name.text));
            return None;
        };
        let Some(table) = tables.get(&option.text) else {
            let near = near(&option.text, tables.names()).map(|near| format!("did you mean `{near}`?"));
            let told = Diagnostic::new("unknown-option", option.place, format!("no table `{}`", option.text));
            self.push(told.help("declare it under `tables:`").help_if(near));
            return None;
        };
        let names = |all: &[Text]| all.iter().map(|one| one.text.clone()).collect();
        Some(Behaviour {
            needs: names(&table.key),
            gives: names(&table.gives),
            fails: vec![fault_of_table(&option.text)],
            ..behaviour
        })
    }

    pub(super) fn model_tables(&self) -> Vec<model::LookUpTable> {
        let columns = |all: &[Text]| -> Vec<(String, Type)> {
            all.iter().map(|one| (one.text.clone(), self.column_type(&one.text))).collect()
        };
        let tables = self.definition.tables.iter();
        tables
            .map(|(name, table)| model::LookUpTable {
                name: name.text.clone(),
                key: columns(&table.key),
                gives: columns(&table.gives),
                optional: table.optional,
            })
            .collect()
    }

    /// The type of a column; an element of a list of things is named by the thing.
    fn column_type(&self, meaning: &str) -> Type {
        match self.words.all.meaning(meaning) {
            Some(Natural::List(inner)) if self.words.all.thing(inner).is_some() => {
                Type::List(Box::new(Type::Payload(inner.clone())))
            }
            Some(Natural::List(inner)) => Type::List(Box::new(Type::Primitive(inner.clone()))),
            _ => self.natural_type(meaning),
        }
    }
}

/// True for what a column holds: a plain value, or a list of plain values or of things that rows may list.
fn holds(natural: &Natural, words: &Vocabulary) -> bool {
    match natural {
        Natural::List(inner) => {
            COLUMNS.contains(&inner.as_str()) || words.thing(inner).is_some_and(|thing| thing.in_tables)
        }
        other => is_one_of(other, &COLUMNS),
    }
}

fn is_one_of(natural: &Natural, words: &[&str]) -> bool {
    matches!(natural, Natural::Primitive(word) if words.contains(&word.as_str()))
}
