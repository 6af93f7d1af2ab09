//! The rows of tables, as they stand in the settings file: every cell of its column's type, no column missing or
//! unknown. What finds a row is `behaviours::tables`.

use std::collections::{BTreeMap, HashMap};

use serde_yaml::Value as Yaml;

use crate::behaviours::tables::{Row, Table};
use crate::entities::Question;
use crate::values::{Date, Decimal, Phone, Time};

/// The cells of a row, by column.
pub struct Cells<'y> {
    cells: BTreeMap<String, Cell<'y>>,
    known: Vec<&'static str>,
    errors: Vec<String>,
}

/// What stands in a cell.
#[derive(Clone, Copy)]
pub struct Cell<'y>(&'y Yaml);

/// A value that a column holds.
pub trait Column: Sized {
    /// Reads a cell.
    ///
    /// # Errors
    /// What is wanted and what is there, for people. It holds nothing of the cell.
    fn read(cell: Cell<'_>) -> Result<Self, String>;
}

/// Reads all rows; mistakes come with the numbers of their rows, which count from 1.
pub(super) fn table<R: Row>(rows: &[Yaml]) -> (Table<R>, Vec<(usize, String)>) {
    let mut errors = Vec::new();
    let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
    let mut good = Vec::new();
    for (at, row) in rows.iter().enumerate().map(|(at, row)| (at + 1, row)) {
        let mut cells = match Cells::of(row) {
            Ok(cells) => cells,
            Err(what) => {
                errors.push((at, what));
                continue;
            }
        };
        let read = R::read(&mut cells);
        errors.extend(cells.finish().into_iter().map(|what| (at, what)));
        let Some(row) = read else { continue };
        if let Some(before) = seen.insert(row.key(), at) {
            errors.push((at, format!("it has the key of row {before}: {}", row.key().join(", "))));
        }
        good.push(row);
    }
    (Table::of(good), errors)
}

impl<'y> Cells<'y> {
    /// The cells of a mapping; dots in its keys part levels as everywhere in the settings.
    pub(super) fn of(row: &'y Yaml) -> Result<Self, String> {
        let mut cells = Cells { cells: BTreeMap::new(), known: Vec::new(), errors: Vec::new() };
        match row {
            Yaml::Mapping(_) => cells.flatten("", row),
            other => return Err(format!("a mapping from columns to values is wanted, this is {}", Cell(other).kind())),
        }
        Ok(cells)
    }

    fn flatten(&mut self, prefix: &str, yaml: &'y Yaml) {
        let Yaml::Mapping(members) = yaml else {
            if self.cells.insert(prefix.to_owned(), Cell(yaml)).is_some() {
                self.errors.push(format!("`{prefix}` is there twice"));
            }
            return;
        };
        for (key, member) in members {
            match key.as_str() {
                Some(key) if prefix.is_empty() => self.flatten(key, member),
                Some(key) => self.flatten(&format!("{prefix}.{key}"), member),
                None => self.errors.push("the name of a column must be a text".to_owned()),
            }
        }
    }

    /// True if the cell of this column is `true`.
    pub(super) fn says(&self, column: &str) -> bool {
        self.cells.get(column).is_some_and(|cell| cell.0.as_bool() == Some(true))
    }

    /// The value of a column; a mistake is noted if there is none of this type.
    pub fn take<T: Column>(&mut self, column: &'static str) -> Option<T> {
        self.known.push(column);
        let Some(cell) = self.cells.remove(column) else {
            self.errors.push(format!("`{column}` is missing"));
            return None;
        };
        T::read(cell).map_err(|what| self.errors.push(format!("`{column}`: {what}"))).ok()
    }

    /// Every mistake; what no column took is one.
    pub(super) fn finish(self) -> Vec<String> {
        let strange = self.cells.keys().map(|name| match super::read::near(name, &self.known) {
            Some(near) => format!("there is no column `{name}`; did you mean `{near}`?"),
            None => format!("there is no column `{name}`"),
        });
        let strange: Vec<String> = strange.collect();
        self.errors.into_iter().chain(strange).collect()
    }
}

impl<'y> Cell<'y> {
    fn kind(self) -> &'static str {
        match self.0 {
            Yaml::Null => "nothing",
            Yaml::Bool(_) => "true or false",
            Yaml::Number(number) if number.is_f64() => "a fraction",
            Yaml::Number(_) => "an integer",
            Yaml::String(_) => "a text",
            Yaml::Sequence(_) => "a list",
            Yaml::Mapping(_) | Yaml::Tagged(_) => "a mapping",
        }
    }

    fn wanted<T>(self, what: &str) -> Result<T, String> {
        Err(format!("{what} is wanted, this is {}", self.kind()))
    }

    fn text(self) -> Result<&'y str, String> {
        match self.0 {
            Yaml::String(text) => Ok(text),
            Yaml::Bool(_) | Yaml::Number(_) => {
                self.wanted("a text").map_err(|what: String| what + "; put it in quotes")
            }
            _ => self.wanted("a text"),
        }
    }

    /// A thing that a column lists: what its qualities are read from, and every mistake as one.
    ///
    /// # Errors
    /// What is missing, unknown or of the wrong type.
    pub fn entity<T>(self, read: impl FnOnce(&mut Cells<'y>) -> Option<T>) -> Result<T, String> {
        let mut cells = Cells::of(self.0)?;
        let made = read(&mut cells);
        let errors = cells.finish();
        made.filter(|_| errors.is_empty()).ok_or_else(|| errors.join("; "))
    }
}

impl Column for String {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        cell.text().map(str::to_owned)
    }
}

impl Column for bool {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        cell.0.as_bool().map_or_else(|| cell.wanted("`true` or `false`"), Ok)
    }
}

impl Column for i64 {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        cell.0.as_i64().map_or_else(|| cell.wanted("an integer"), Ok)
    }
}

impl Column for Decimal {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        let text = cell.text()?;
        text.parse().map_err(|_| "a decimal such as \"12.50\" is wanted".to_owned())
    }
}

impl Column for Date {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        Date::parse(cell.text()?).ok_or_else(|| "a day such as `2021-09-15` is wanted".to_owned())
    }
}

impl Column for Time {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        Time::parse(cell.text()?).ok_or_else(|| "a time such as `2021-09-15T10:00:00Z` is wanted".to_owned())
    }
}

impl Column for Phone {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        let text = cell.text()?;
        Phone::read(text).ok_or_else(|| "a phone such as `\"+420601000001\"` is wanted".to_owned())
    }
}

impl Column for Question {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        cell.entity(|cells| {
            let (id, text, required) = (cells.take("id"), cells.take("text"), cells.take("required"));
            Some(Question { id: id?, text: text?, required: required? })
        })
    }
}

impl<T: Column> Column for Vec<T> {
    fn read(cell: Cell<'_>) -> Result<Self, String> {
        let Yaml::Sequence(items) = cell.0 else { return cell.wanted("a list") };
        let items = items.iter().enumerate();
        items.map(|(at, item)| T::read(Cell(item)).map_err(|what| format!("number {}: {what}", at + 1))).collect()
    }
}
