//! What can go wrong at an endpoint: fault by fault, with answer, message key and reason.

use super::lines::{Lines, Table, list, short};
use crate::arena::Id;
use crate::language::primitive::BOOLEAN;
use crate::model::{Adapter, Endpoint, ErrorRow, Payload, Says, Type};
use crate::raw::NO_CONTENT;
use crate::vocabulary::fault_of_table;

/// Writes every fault of an endpoint, by answer.
pub fn write(of: &Adapter, endpoint: &Endpoint, text: &mut Lines) {
    text.line("What can go wrong");
    let page = Page { of, endpoint };
    page.shown(text);
    for answer in endpoint.plan.answers.iter().filter(|answer| !answer.faults.is_empty()) {
        let row = &of.rows[answer.row];
        text.line(&format!("  {} ({})", row_text(row), short(&row.trace)));
        page.faults(&answer.faults, &row_says(&row.says), text);
    }
    let silent: Vec<String> = endpoint
        .plan
        .answers
        .iter()
        .filter(|answer| answer.faults.is_empty())
        .map(|answer| row_text(&of.rows[answer.row]))
        .collect();
    if !silent.is_empty() {
        text.line(&format!("  {}: declared, and answered only by a method of your own", list(&silent)));
    }
}

/// `400 INPUT_INVALID`
pub fn row_text(row: &ErrorRow) -> String {
    let code = if row.code == row.name { String::new() } else { format!(", sent as {}", row.code) };
    format!("{} {}{code}", row.status, row.name)
}

fn row_says(says: &Says) -> String {
    match says {
        Says::Key(key) => key.clone(),
        Says::FirstOf(lines) => format!("by the broken rules, else {}", lines.last().map_or("", String::as_str)),
        Says::Text(text) => format!("\"{text}\""),
    }
}

struct Page<'a> {
    of: &'a Adapter,
    endpoint: &'a Endpoint,
}

impl Page<'_> {
    /// Refusals that the response shows, together where the same fields show them.
    fn shown(&self, text: &mut Lines) {
        let mut done: Vec<&Vec<String>> = Vec::new();
        for (_, fields) in &self.endpoint.plan.shown {
            if done.contains(&fields) {
                continue;
            }
            done.push(fields);
            let with: Vec<&(String, Vec<String>)> =
                self.endpoint.plan.shown.iter().filter(|(_, other)| other == fields).collect();
            let faults: Vec<String> = with.into_iter().map(|(fault, _)| fault.clone()).collect();
            let status = self.endpoint.refused();
            let values: Vec<String> = fields.iter().map(|field| self.failed(field)).collect();
            let with = if NO_CONTENT.contains(&status) {
                "without content".to_owned()
            } else {
                format!("with {}", list(&values))
            };
            text.line(&format!("  {status}, a success in form, {with}"));
            self.faults(&faults, "", text);
        }
    }

    /// `authenticationResult: VERIFIED_FAILED`
    fn failed(&self, path: &str) -> String {
        let field = self.endpoint.response.and_then(|payload| self.field(payload, path));
        let value = match field.map(|field| &field.ty) {
            Some(Type::Enum(id)) => {
                let members = self.of.enums[*id].members.iter();
                members
                    .into_iter()
                    .find(|member| member.shows.iter().chain(&member.also).any(|value| value == "failed"))
                    .map(|member| member.wire.clone())
            }
            Some(Type::Primitive(primitive)) if *primitive == BOOLEAN => Some("false".to_owned()),
            _ => None,
        };
        value.map_or(path.to_owned(), |value| format!("{path}: {value}"))
    }

    fn field(&self, payload: Id<Payload>, path: &str) -> Option<&crate::model::Field> {
        let payload = &self.of.payloads[payload];
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let field = payload.fields.iter().find(|field| field.wire == first)?;
        match (rest, &field.ty) {
            (None, _) => Some(field),
            (Some(rest), Type::Payload(inner)) => self.field(*inner, rest),
            _ => None,
        }
    }

    /// Fault, message key, reason.
    fn faults(&self, faults: &[String], otherwise: &str, text: &mut Lines) {
        let mut table = Table::default();
        for fault in faults {
            let key = self.of.says.iter().find(|(name, _)| name == fault).map_or(otherwise, |(_, key)| key.as_str());
            let when = self.of.faults.get(fault).cloned().unwrap_or_else(|| self.own(fault));
            let is_apart = self.endpoint.plan.steps.iter().any(|step| step.apart.contains(fault));
            let when = if is_apart { format!("{when}; set apart from what the answer shows") } else { when };
            table.row(["", &format!("  {fault}"), key, &when]);
        }
        text.table(&table);
    }

    /// Where a fault of the definition's own comes from.
    fn own(&self, fault: &str) -> String {
        if let Some(table) = self.of.tables.iter().find(|table| fault_of_table(&table.name) == fault) {
            return format!("the table `{}` has no such row", table.name);
        }
        let hook = self.of.hooks.iter().find(|hook| hook.fails.iter().any(|fails| fails == fault));
        hook.map_or("the bank's code says so".to_owned(), |hook| format!("the hook `{}` says so", hook.name))
    }
}
