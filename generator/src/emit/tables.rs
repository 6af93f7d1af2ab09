//! `tables.rs`: one struct a table, for its rows.

use serde::Serialize;

use super::body::variable_of;
use super::scope::{Scope, type_name};
use super::words::{doc, literal, meaning};
use crate::model::{LookUpTable, Type};

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
    let column = |word: &str, (name, ty): &(String, Type)| ColumnView {
        attribute: format!("{word}({})", meaning(name)),
        name: variable_of(name),
        r#type: column_type(scope, ty),
    };
    let keys = table.key.iter().map(|one| column("key", one));
    TableView {
        docs: format!("A row of the table `{}`.", doc(&table.name)),
        table: literal(&table.name),
        name: row_name(table),
        columns: keys.chain(table.gives.iter().map(|one| column("column", one))).collect(),
    }
}

/// A list of things is named by the thing.
fn column_type(scope: &Scope<'_>, ty: &Type) -> String {
    match ty {
        Type::List(inner) => format!("Vec<{}>", column_type(scope, inner)),
        Type::Payload(thing) => scope.vocabulary.thing(thing).map_or_else(String::new, |is| scope.runtime(&is.rust)),
        other => scope.rust_type(other),
    }
}
