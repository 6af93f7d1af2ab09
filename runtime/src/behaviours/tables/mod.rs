//! Tables whose rows are settings: a row is found by its key, letter by letter. How rows are read stands in
//! `settings::rows`.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::fault::Fault;
use crate::settings::Cells;

/// A row of a table; derived by `Row`.
pub trait Row: Clone + Send + Sync + Sized + 'static {
    /// The fault of a table that has no such row, such as `apps.unknown`.
    const UNKNOWN: &'static str;

    /// Reads its cells.
    fn read(cells: &mut Cells<'_>) -> Option<Self>;

    /// What it is found by.
    fn key(&self) -> Vec<String>;
}

/// A table: rows by their keys.
#[derive(Debug, Clone)]
pub struct Table<R> {
    rows: HashMap<Vec<String>, R>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Table { rows: HashMap::new() }
    }
}

impl<R: Row> Table<R> {
    /// The table of these rows; of two with the same key the later one counts.
    pub fn of(rows: impl IntoIterator<Item = R>) -> Self {
        Table { rows: rows.into_iter().map(|row| (row.key(), row)).collect() }
    }

    /// The row of a key.
    pub fn get(&self, key: &[String]) -> Option<&R> {
        self.rows.get(key)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// [`Core::find_row`].
pub(super) fn find_row<R: Row, const N: usize>(table: &Table<R>, key: [Option<String>; N]) -> Result<R, Fault> {
    let key: Option<Vec<String>> = key.into_iter().collect();
    key.and_then(|key| table.get(&key)).cloned().ok_or_else(|| Fault::new(R::UNKNOWN))
}

/// [`Core::find_row_if_any`].
pub(super) fn find_row_if_any<R: Row, const N: usize>(
    table: &Table<R>,
    key: [Option<String>; N],
) -> Result<Option<R>, Fault> {
    if table.is_empty() || key.iter().any(Option::is_none) {
        return Ok(None);
    }
    find_row(table, key).map(Some)
}
