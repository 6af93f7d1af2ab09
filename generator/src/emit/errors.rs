//! `errors.rs`: the rows of the error table, and the error type of each endpoint.

use serde::Serialize;

use super::scope::{Scope, type_name};
use super::words::{doc, enumerate, literal, literals, meaning};
use crate::model::{Answer, Endpoint, ErrorRow, Says};
use crate::naming;

/// What the template receives.
#[derive(Serialize)]
pub struct View {
    source: String,
    rows: Vec<Row>,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    status: u16,
    code: String,
    says: String,
    columns: String,
}

#[derive(Serialize)]
struct Table {
    docs: String,
    name: String,
    answers: Vec<AnswerView>,
}

#[derive(Serialize)]
struct AnswerView {
    docs: Option<String>,
    faults: String,
    /// The payload that is sent in place of the failure.
    shows: Option<String>,
    name: String,
}

/// Builds the view.
pub fn view(scope: &Scope<'_>) -> View {
    let adapter = scope.adapter;
    let outside = Table {
        docs: "What is answered outside every endpoint.".to_owned(),
        name: "AdapterError".to_owned(),
        answers: adapter.answers.iter().map(|answer| answer_view(scope, answer, None)).collect(),
    };
    View {
        source: doc(&adapter.source),
        rows: adapter.used_rows().map(|(_, one)| row(one)).collect(),
        tables: adapter.endpoints.iter().map(|endpoint| table(scope, endpoint)).chain([outside]).collect(),
    }
}

/// The error type of an endpoint.
pub fn error_name(endpoint: &Endpoint) -> String {
    format!("{}Error", type_name(&endpoint.name))
}

fn row(row: &ErrorRow) -> Row {
    let says = match &row.says {
        Says::Key(key) => format!("Key({})", literal(key)),
        Says::FirstOf(lines) => format!("FirstOf({})", literals(lines)),
        Says::Text(text) => format!("Text({})", literal(text)),
    };
    let columns: Vec<String> =
        row.columns.iter().map(|(name, value)| format!("({}, {})", literal(name), literal(value))).collect();
    Row {
        name: naming::screaming(&row.name),
        status: row.status,
        code: literal(&row.code),
        says,
        columns: format!("&[{}]", columns.join(", ")),
    }
}

fn table(scope: &Scope<'_>, endpoint: &Endpoint) -> Table {
    let instead = match endpoint.response {
        Some(id) => format!("instead of `{}`", scope.payload_name(id)),
        None => "when it fails".to_owned(),
    };
    Table {
        docs: format!("What `{}` answers {instead}.", endpoint.name),
        name: error_name(endpoint),
        answers: endpoint.plan.answers.iter().map(|answer| answer_view(scope, answer, Some(endpoint))).collect(),
    }
}

fn answer_view(scope: &Scope<'_>, answer: &Answer, endpoint: Option<&Endpoint>) -> AnswerView {
    let faults: Vec<String> = answer.faults.iter().map(|fault| meaning(fault)).collect();
    let row = &scope.adapter.rows[answer.row];
    AnswerView {
        docs: answer.faults.is_empty().then(|| unanswered(endpoint)),
        faults: faults.join(", "),
        shows: row.shows.map(|id| scope.payload_name(id)),
        name: naming::pascal(&row.name),
    }
}

/// Why a row that an endpoint declares is never answered.
fn unanswered(endpoint: Option<&Endpoint>) -> String {
    let mut fields: Vec<String> = Vec::new();
    for (_, paths) in endpoint.into_iter().flat_map(|endpoint| &endpoint.plan.shown) {
        fields.extend(paths.iter().filter(|path| !fields.contains(path)).cloned().collect::<Vec<_>>());
    }
    match fields.len() {
        0 => "Never answered by the default body.".to_owned(),
        1 => format!("Never answered by the default body: {} shows what failed.", enumerate(&fields)),
        _ => format!("Never answered by the default body: {} show what failed.", enumerate(&fields)),
    }
}
