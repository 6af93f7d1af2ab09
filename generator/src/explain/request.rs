//! The request of an endpoint: its fields with their rules, in the order in which they are checked.

use super::lines::{Lines, Table, list, short};
use crate::arena::Id;
use crate::model::rules;
use crate::model::{Adapter, Envelope, Field, Meaning, Need, Payload, Placement, Rule, Then, Type};

/// Writes the request.
pub fn write(of: &Adapter, payload: &Payload, text: &mut Lines) {
    text.line(&format!("Request: {}{}, checked from top to bottom", payload.name, inside(&of.envelope, true)));
    let mut table = Table::default();
    payload_rows(of, payload, "", &mut table);
    text.table(&table);
    text.blank();
}

/// The fields of a payload, and of its parts those that are held to something, by their paths: `target.type`, `items[].name`.
fn payload_rows(of: &Adapter, payload: &Payload, path: &str, table: &mut Table) {
    for at in 0..=payload.fields.len() {
        for then in payload.then.iter().filter(|then| then.after == at) {
            then_row(of, then, table);
        }
        let Some(field) = payload.fields.get(at) else { continue };
        let name = format!("{path}{}", field.wire);
        if path.is_empty() || is_held_to_something(field) {
            rows(table, [&name, &what(of, field), short(&field.trace)], field.rules.iter().map(rule).collect());
        }
        match &field.ty {
            Type::Payload(part) => payload_rows(of, &of.payloads[*part], &format!("{name}."), table),
            Type::List(element) => {
                if let Type::Payload(part) = **element {
                    payload_rows(of, &of.payloads[part], &format!("{name}[]."), table);
                }
            }
            _ => {}
        }
    }
}

fn is_held_to_something(field: &Field) -> bool {
    !field.rules.is_empty() || !field.conditional.is_empty() || matches!(field.need, Need::Constant { .. })
}

/// ` in requestObject`, where an envelope has a body slot of that name.
pub fn inside(envelope: &Envelope, request: bool) -> String {
    let around = if request { &envelope.request } else { &envelope.success };
    let body_slot = around.iter().flat_map(|payload| &payload.fields).find(|field| field.ty == Type::Body);
    body_slot.map(|field| format!(" in {}", field.wire)).unwrap_or_default()
}

fn what(of: &Adapter, field: &Field) -> String {
    let what = meaning(of, field).unwrap_or_else(|| type_name(of, &field.ty));
    let what = match field.placement {
        Placement::Body => what,
        Placement::Query => format!("{what} in the query"),
        Placement::Header => format!("{what} in a header"),
        Placement::WholeBody => format!("{what}, which is all of the body"),
    };
    match &field.need {
        Need::Default(default) => format!("{what}, else {default}"),
        Need::Optional => format!("{what}, optional"),
        Need::Constant { always, optional: true } => format!("{what}, if sent always {}", rules::plain(always)),
        Need::Constant { always, optional: false } => format!("{what}, always {}", rules::plain(always)),
        Need::Required => what,
    }
}

/// What it means, or what it means on a condition.
fn meaning(of: &Adapter, field: &Field) -> Option<String> {
    let name = |id: Id<Meaning>| of.meanings[id].name.clone();
    let conditions =
        field.conditional.iter().map(|(id, sibling, value)| format!("{} if {sibling} is {value}", name(*id)));
    let conditions: Vec<String> = conditions.collect();
    field.meaning.map(name).or_else(|| (!conditions.is_empty()).then(|| conditions.join(", ")))
}

fn then_row(of: &Adapter, then: &Then, table: &mut Table) {
    let mut lines: Vec<String> = then.rules.iter().map(rule).collect();
    if then.if_needed {
        lines.push(format!("(asked of {})", list(&needing(of, then.meaning))));
    }
    if let Some((meaning, value)) = &then.when {
        lines.push(format!("(asked while {} is {value})", of.meanings[*meaning].name));
    }
    let at = then.at.as_ref().map(|at| format!("at {at}")).unwrap_or_default();
    rows(table, [&format!("  {}", of.meanings[then.meaning].name), &at, short(&then.trace)], lines);
}

/// The first rule stands beside the field, the others below.
fn rows(table: &mut Table, [name, what, place]: [&str; 3], rules: Vec<String>) {
    let mut rules = rules.iter();
    table.row([name, what, place, rules.next().map_or("", String::as_str)]);
    rules.for_each(|rule| table.row(["", "", "", rule]));
}

/// Operations that need a meaning.
fn needing(of: &Adapter, meaning: Id<Meaning>) -> Vec<String> {
    let all = of.operations.iter().filter(|operation| operation.needs.contains(&meaning));
    all.map(|operation| operation.name.clone()).collect()
}

/// `longer than 40: login.username.long`
fn rule(rule: &Rule) -> String {
    let says = rule.raises.as_ref().map(|fault| format!("raises {fault}")).or_else(|| rule.key.clone());
    format!("{}: {}", rule.broken(), says.unwrap_or_else(|| "input.invalid".to_owned()))
}

fn type_name(of: &Adapter, ty: &Type) -> String {
    match ty {
        Type::Primitive(primitive) => primitive.word().to_owned(),
        Type::Payload(id) => of.payloads[*id].name.clone(),
        Type::Union(id) => of.unions[*id].name.clone(),
        Type::Enum(id) => of.enums[*id].name.clone(),
        Type::List(inner) => format!("list of {}", type_name(of, inner)),
        Type::Body => "the body".to_owned(),
    }
}
