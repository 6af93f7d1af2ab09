//! A value of the wrong kind in every field, one at a time, and a name that an enum does not have.

use serde_json::{Value as Json, json};

use super::super::Run;
use super::super::ask::Ask;
use super::super::base::{self, Spot};
use super::super::expected::Expected;
use super::{NO_SESSION, is_in_path, needs_session};
use crate::language::rules::Constraint;
use crate::model::{Adapter, Discriminator, Endpoint, Then, Type};

/// All fields of an endpoint's request.
pub fn all(run: &mut Run<'_>, endpoint: &Endpoint) {
    let of = run.of;
    let Some(body) = base::request(of, endpoint) else { return };
    for spot in base::spots(of, endpoint, &body) {
        let in_path = spot.path.len() == 1 && is_in_path(endpoint, spot.field);
        let Some(wrong) = wrong(&spot, in_path) else { continue };
        let name = format!("type of `{}`", spot.name());
        if needs_session(endpoint) {
            run.not_run(&endpoint.name, name, NO_SESSION);
            continue;
        }
        if is_discriminator(endpoint, &spot) {
            run.not_run(&endpoint.name, name, "the field says which endpoint of the route is meant");
            continue;
        }
        let ask = Ask::of(of, endpoint, Some(&base::changed(&body, &spot.path, Some(wrong.clone()))));
        let expected = expected(of, endpoint, &spot, &wrong);
        run.attempt(endpoint, name, &ask, &expected);
    }
}

fn is_discriminator(endpoint: &Endpoint, spot: &Spot<'_>) -> bool {
    matches!(&endpoint.when, Some(Discriminator::Is { field, .. }) if spot.path.first() == Some(field))
        || matches!(&endpoint.when, Some(Discriminator::Has(fields)) if spot.path.first().is_some_and(|name| fields.contains(name)))
}

/// A value that the type cannot be; none if there is none.
fn wrong(spot: &Spot<'_>, in_path: bool) -> Option<Json> {
    if spot.field.constant().is_some() {
        return None;
    }
    match &spot.field.ty {
        Type::Enum(_) => Some(json!("no such value")),
        _ if in_path => None,
        Type::Payload(_) | Type::Union(_) => Some(json!(true)),
        Type::List(_) if spot.field.accepts.iter().any(|word| word == "single") => Some(json!(true)),
        Type::List(_) => Some(json!({})),
        Type::Primitive(primitive) => match primitive.word() {
            "json" => None,
            "map" | "pairs" => Some(json!(true)),
            _ => Some(json!({ "no": "such entity" })),
        },
        Type::Body => None,
    }
}

/// A wrong kind is a broken rule where there is a message for it, else the body is malformed.
fn expected(of: &Adapter, endpoint: &Endpoint, spot: &Spot<'_>, wrong: &Json) -> Expected {
    let because = format!("{} sent as {wrong}", spot.description());
    let own = spot.field.rules.iter().find(|rule| rule.constraint == Constraint::Type);
    if let Some(fault) = own.and_then(|rule| rule.raises.clone()) {
        return Expected::Fault { faults: Vec::new(), own: vec![fault], key: None, because };
    }
    let usual = || of.validation.says.iter().find(|(word, _)| word == "type").map(|(_, key)| key.clone());
    let key = own.and_then(|rule| rule.key.clone()).or_else(usual).or_else(|| on_meaning(of, endpoint, spot));
    let never = matches!(&spot.field.ty, Type::Primitive(primitive) if *primitive == "never");
    let faults = match (&key, never) {
        (_, true) => vec!["input.invalid", "body.malformed"],
        (Some(_), false) => vec!["input.invalid"],
        (None, false) => vec!["body.malformed"],
    };
    Expected::Fault { faults, own: Vec::new(), key, because }
}

/// The key of a rule on the field's meaning.
fn on_meaning(of: &Adapter, endpoint: &Endpoint, spot: &Spot<'_>) -> Option<String> {
    let means = |then: &&Then| spot.field.meaning == Some(then.meaning);
    let payload = &of.payloads[endpoint.request?];
    let rules = payload.then.iter().filter(means).flat_map(|then| &then.rules);
    rules.filter(|rule| rule.constraint == Constraint::Type).find_map(|rule| rule.key.clone())
}
