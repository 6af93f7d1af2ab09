//! `tables.rs`: one struct a table, for its rows.

use serde::Serialize;

use super::escaping::{doc, literal, meaning};
use super::scope::{Scope, type_name};
use crate::arena::Id;
use crate::model::{LookUpTable, Meaning};
use crate::naming;

/// What the template receives.
#[derive(Serialize)]
pub struct View {
    source: String,
    tables: Vec<TableView>,
}

#[derive(Serialize)]
struct TableView {
    docs: String,
    table: String,
    name: String,
    columns: Vec<ColumnView>,
}

#[derive(Serialize)]
struct ColumnView {
    attribute: String,
    name: String,
    r#type: String,
}

/// Builds the view.
pub fn view(scope: &Scope<'_>) -> View {
    let tables = scope.adapter.tables.iter().map(|table| table_view(scope, table)).collect();
    View { source: doc(&scope.adapter.source), tables }
}

/// The struct of a table's rows.
pub fn row_name(table: &LookUpTable) -> String {
    format!("{}Row", type_name(&table.name))
}

fn table_view(scope: &Scope<'_>, table: &LookUpTable) -> TableView {
    let column = |word: &str, id: Id<Meaning>| {
        let is = scope.meaning(id);
        ColumnView {
            attribute: format!("{word}({})", meaning(&is.name)),
            name: naming::variable(&is.name),
            r#type: scope.natural(&is.natural),
        }
    };
    let keys = table.key.iter().map(|one| column("key", *one));
    TableView {
        docs: format!("A row of the table `{}`.", doc(&table.name)),
        table: literal(&table.name),
        name: row_name(table),
        columns: keys.chain(table.gives.iter().map(|one| column("column", *one))).collect(),
    }
}
