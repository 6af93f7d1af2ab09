//! `errors.rs`: the rows of the error table, and the error type of each endpoint.

use std::collections::BTreeMap;

use countersign_engine::rows;
use serde::Serialize;

use super::escaping::{doc, enumerate, literal, literals, meaning, sentence};
use super::scope::{Scope, type_name};
use crate::arena::Id;
use crate::model::{Adapter, Answer, Endpoint, ErrorRow, Says};
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
    /// The faults that it usually answers.
    answers: String,
    says: String,
    columns: String,
}

#[derive(Serialize)]
struct Table {
    docs: String,
    /// What the endpoint does, as the definition has it.
    about: Option<String>,
    name: String,
    answers: Vec<AnswerView>,
}

#[derive(Serialize)]
struct AnswerView {
    docs: Option<String>,
    /// The attribute with the faults that it answers here, if they are not the usual ones of its row.
    answers: Option<String>,
    /// The payload that is sent in place of the failure.
    shows: Option<String>,
    name: String,
}

/// Builds the view.
pub fn view(scope: &Scope<'_>) -> View {
    let adapter = scope.adapter;
    let usual = Usual::of(adapter);
    let outside = Table {
        docs: "The errors outside every endpoint, such as an unknown path.".to_owned(),
        about: None,
        name: "AdapterError".to_owned(),
        answers: adapter.answers.iter().map(|answer| answer_view(scope, &usual, answer, None)).collect(),
    };
    View {
        source: doc(&adapter.source),
        rows: adapter.used_rows().map(|(id, one)| row(one, usual.faults(id))).collect(),
        tables: adapter.endpoints.iter().map(|endpoint| table(scope, &usual, endpoint)).chain([outside]).collect(),
    }
}

/// The faults that each row answers in most tables. A row says them once, and a table only what it answers otherwise.
struct Usual<'a>(BTreeMap<Id<ErrorRow>, &'a [String]>);

impl<'a> Usual<'a> {
    fn of(adapter: &'a Adapter) -> Self {
        let mut counts: BTreeMap<Id<ErrorRow>, Vec<(&'a [String], usize)>> = BTreeMap::new();
        let tables = adapter.endpoints.iter().map(|endpoint| &endpoint.plan.answers).chain([&adapter.answers]);
        for answer in tables.flatten().filter(|answer| !answer.faults.is_empty()) {
            let row = counts.entry(answer.row).or_default();
            match row.iter_mut().find(|(faults, _)| is_same(faults, &answer.faults)) {
                Some((_, count)) => *count += 1,
                None => row.push((&answer.faults, 1)),
            }
        }
        // Of several that are as frequent, the first one.
        let most = |row: Vec<(&'a [String], usize)>| row.into_iter().rev().max_by_key(|(_, count)| *count);
        Usual(counts.into_iter().filter_map(|(id, row)| Some((id, most(row)?.0))).collect())
    }

    fn faults(&self, row: Id<ErrorRow>) -> &'a [String] {
        self.0.get(&row).copied().unwrap_or_default()
    }
}

/// Whether two lists have the same faults, in whatever order.
fn is_same(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().all(|fault| other.contains(fault))
}

/// The error type of an endpoint.
pub fn error_name(endpoint: &Endpoint) -> String {
    format!("{}Error", type_name(&endpoint.name))
}

fn row(row: &ErrorRow, usual: &[String]) -> Row {
    let says = match &row.says {
        Says::Key(key) => format!("Key({})", literal(key)),
        Says::FirstOf(lines) => format!("FirstOf({})", literals(lines)),
        Says::Text(text) => format!("Text({})", literal(text)),
    };
    let columns: Vec<String> =
        row.columns.iter().map(|(name, value)| format!("({}, {})", literal(name), literal(value))).collect();
    Row {
        // The derive finds the row by the name of its variant.
        name: rows::constant(&naming::pascal(&row.name)),
        status: row.status,
        code: literal(&row.code),
        answers: literals(usual),
        says,
        columns: format!("&[{}]", columns.join(", ")),
    }
}

fn table(scope: &Scope<'_>, usual: &Usual<'_>, endpoint: &Endpoint) -> Table {
    Table {
        docs: format!("The errors of `{}`.", endpoint.name),
        about: Some(sentence(&endpoint.about)).filter(|about| !about.is_empty()),
        name: error_name(endpoint),
        answers: endpoint.plan.answers.iter().map(|answer| answer_view(scope, usual, answer, Some(endpoint))).collect(),
    }
}

fn answer_view(scope: &Scope<'_>, usual: &Usual<'_>, answer: &Answer, endpoint: Option<&Endpoint>) -> AnswerView {
    let own = Some(&answer.faults).filter(|faults| !is_same(faults, usual.faults(answer.row)));
    let own = own.map(|faults| faults.iter().map(|fault| meaning(fault)).collect::<Vec<_>>().join(", "));
    let answers = own.map(|faults| format!("answers({faults})"));
    let row = &scope.adapter.rows[answer.row];
    AnswerView {
        docs: answer.faults.is_empty().then(|| unanswered(endpoint)),
        answers,
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
