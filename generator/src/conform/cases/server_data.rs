//! What an answer owes to the data that a server holds: rows of its tables, what its hooks answer, what earlier requests
//! left. A server may hold other data than an example supposes, and conforms all the same.

use super::needs_state;
use crate::model::{Adapter, Choice, Endpoint, ErrorRow, Type};
use crate::plan::{Fill, Filled, Making, Source, Value};
use crate::vocabulary::Natural;

/// True for a fault that depends on the data that the server holds.
pub fn is_of_data(of: &Adapter, fault: &str) -> bool {
    let is_table = |name: &str| of.tables.iter().any(|table| table.name == name);
    let is_of_own_hook = || of.hooks.iter().any(|hook| hook.fails.iter().any(|one| one == fault));
    of.unprovoked.data.iter().any(|one| one == fault)
        || needs_state(of, fault)
        || is_of_own_hook()
        || fault.ends_with(".exists")
        || fault.strip_suffix(".unknown").is_some_and(is_table)
}

/// The faults of a row that depend on the data that the server holds; none if there are others, and the row may be wrong.
pub fn of_data_alone<'a>(of: &Adapter, endpoint: &'a Endpoint, row: &ErrorRow) -> Option<&'a [String]> {
    let faults = faults(of, endpoint, row)?;
    faults.iter().all(|fault| is_of_data(of, fault)).then_some(faults)
}

/// The first fault of a row that depends on the data that the server holds.
pub fn one_of_data<'a>(of: &Adapter, endpoint: &'a Endpoint, row: &ErrorRow) -> Option<&'a str> {
    faults(of, endpoint, row)?.iter().map(String::as_str).find(|fault| is_of_data(of, fault))
}

fn faults<'a>(of: &Adapter, endpoint: &'a Endpoint, row: &ErrorRow) -> Option<&'a [String]> {
    let answer = of.answer_of(endpoint, row)?;
    Some(&answer.faults).filter(|faults| !faults.is_empty()).map(Vec::as_slice)
}

/// True for a place of a success that is filled from a setting, from a row of a table, or with a list that a hook gives.
pub fn is_server_data(of: &Adapter, endpoint: &Endpoint, pointer: &str) -> bool {
    let Some(answer) = &endpoint.plan.answer else { return false };
    let path: Vec<&str> = pointer.split('/').skip(1).collect();
    let path = match of.envelope.success.as_ref().map(|around| &around.fields) {
        Some(fields)
            if fields.iter().any(|field| field.ty == Type::Body && path.first() == Some(&field.wire.as_str())) =>
        {
            path.get(1..).unwrap_or_default()
        }
        Some(_) => return false,
        None => &path[..],
    };
    let stands_in = |filled: &&&Filled| {
        filled.path.len() <= path.len() && filled.path.iter().zip(path).all(|(own, part)| own == part)
    };
    answer.all().iter().filter(stands_in).any(|filled| match &filled.fill {
        Fill::Read(read) => match &endpoint.plan.values[read.value()].source {
            Source::Setting(_) => true,
            Source::Step { step, hook, .. } => {
                *hook || is_table(endpoint, *step) || is_structure(of, &endpoint.plan.values[read.value()])
            }
            _ => false,
        },
        Fill::Record(record) => match &record.making {
            Making::Whole { step, .. } => is_table(endpoint, *step),
            Making::Echoed(entity) => is_changed(endpoint, entity),
            Making::Fields | Making::Default => false,
        },
        Fill::Nothing | Fill::Only(_) | Fill::Text { .. } => false,
    })
}

/// True for an entity of the request into which a hook's answer goes.
fn is_changed(endpoint: &Endpoint, entity: &str) -> bool {
    endpoint.plan.steps.iter().flat_map(|step| &step.overlays).any(|overlay| overlay.entity == entity)
}

fn is_table(endpoint: &Endpoint, step: usize) -> bool {
    endpoint.plan.steps.get(step).is_some_and(|step| matches!(step.choice, Choice::Table(_)))
}

fn is_structure(of: &Adapter, value: &Value) -> bool {
    matches!(of.meanings[value.meaning].natural, Natural::List(_) | Natural::Entity(_))
}
