//! Every rule at its boundary: the last value that keeps it and the first that breaks it.

use serde_json::{Value as Json, json};

use super::super::Run;
use super::super::ask::Ask;
use super::super::base::{self, Spot};
use super::super::expected::Expected;
use super::{NO_SESSION, is_in_path, needs_session};
use crate::language::rules::Constraint;
use crate::model::{Adapter, Discriminator, Endpoint, Need, Rule, Then, Type};
use countersign_engine::pattern::Pattern;

/// A value and whether it keeps the rule.
struct BoundaryValue {
    name: String,
    /// None: without the member.
    value: Option<Json>,
    keeps: bool,
}

/// All rules of an endpoint's request.
pub fn all(run: &mut Run<'_>, endpoint: &Endpoint) {
    let of = run.of;
    let Some(body) = base::request(of, endpoint) else { return };
    let spots = base::spots(of, endpoint, &body);
    for spot in &spots {
        for rule in rules_of(of, spot) {
            let name = format!("rule {} of `{}`", rule.word(), spot.name());
            if needs_session(endpoint) {
                run.not_run(&endpoint.name, name, NO_SESSION);
                continue;
            }
            one(run, endpoint, (&body, spot), &rule, &name);
        }
    }
    if let Some(id) = endpoint.request {
        for then in &of.payloads[id].then {
            on_meaning(run, endpoint, &body, &spots, then);
        }
    }
}

/// The rules that a field says, and those that follow from what it is.
fn rules_of(of: &Adapter, spot: &Spot<'_>) -> Vec<Rule> {
    let own_rules = spot.field.rules.iter().filter(|rule| rule.constraint != Constraint::Type);
    let mut rules: Vec<Rule> = own_rules.cloned().collect();
    let has = |constraint: Constraint| rules.iter().any(|rule| rule.constraint == constraint);
    let implied = match &spot.field.need {
        Need::Required if !has(Constraint::Required) && !is_never(&spot.field.ty) => Some(Constraint::Required),
        Need::Constant { always, .. } if !has(Constraint::Const) && !always.is_null() => Some(Constraint::Const),
        _ => None,
    };
    rules.extend(implied.and_then(Rule::implied));
    for rule in rules.iter_mut().filter(|rule| rule.key.is_none() && rule.raises.is_none()) {
        let usual = of.validation.says.iter().find(|(word, _)| word == rule.word());
        rule.key = Some(usual.map_or_else(|| rule.word().to_owned(), |(_, key)| key.clone()));
    }
    rules
}

fn is_never(ty: &Type) -> bool {
    matches!(ty, Type::Primitive(primitive) if *primitive == "never")
}

fn one(run: &mut Run<'_>, endpoint: &Endpoint, (body, spot): (&Json, &Spot<'_>), rule: &Rule, name: &str) {
    let in_path = spot.path.len() == 1 && is_in_path(endpoint, spot.field);
    if is_discriminator(endpoint, spot) {
        run.not_run(&endpoint.name, name, "the field says which endpoint of the route is meant");
        return;
    }
    let tries = boundary_values(run.of, spot, rule, body);
    let bounded = has_other_bound(run.of, endpoint, spot, rule);
    let can_be_sent = |one: &BoundaryValue| !in_path || is_plain(one.value.as_ref());
    let tries: Vec<BoundaryValue> =
        tries.into_iter().filter(|one| can_be_sent(one) && !(one.keeps && bounded)).collect();
    if tries.is_empty() {
        run.not_run(&endpoint.name, name, "no value is known that breaks it for certain");
        return;
    }
    let body = base::by_its_usual_name(body, spot);
    for one in tries {
        let changed = base::changed(&body, &spot.path, one.value.clone());
        let ask = Ask::of(run.of, endpoint, Some(&changed));
        let expected = expected(rule, &one, &spot.description());
        run.attempt(endpoint, format!("{name}: {}", one.name), &ask, &expected);
    }
}

fn expected(rule: &Rule, one: &BoundaryValue, what: &str) -> Expected {
    let because = format!("{what} {}", one.name);
    let fault = rule.raises.clone().unwrap_or_else(|| "input.invalid".to_owned());
    let key = rule.key.clone().filter(|_| rule.raises.is_none());
    match one.keeps {
        true => Expected::Kept { key, fault, because },
        false => Expected::Fault { faults: Vec::new(), own: vec![fault], key, because },
    }
}

/// True if a rule of the same word on the field's meaning may refuse what this one takes.
fn has_other_bound(of: &Adapter, endpoint: &Endpoint, spot: &Spot<'_>, rule: &Rule) -> bool {
    let then = endpoint.request.map(|id| &of.payloads[id].then).into_iter().flatten();
    let mut rules = then.filter(|then| spot.field.meaning == Some(then.meaning)).flat_map(|then| &then.rules);
    let is_other = |other: &Rule| other.word() == rule.word() && other.constraint != rule.constraint;
    rules.any(is_other) || spot.field.rules.iter().any(is_other)
}

/// True if the field decides which endpoint of a route takes the request.
fn is_discriminator(endpoint: &Endpoint, spot: &Spot<'_>) -> bool {
    let name = spot.path.first();
    match &endpoint.when {
        Some(Discriminator::Is { field, .. }) => Some(field) == name,
        Some(Discriminator::Has(fields)) => name.is_some_and(|name| fields.contains(name)) && spot.path.len() == 1,
        None => false,
    }
}

/// True for what can stand in a path.
fn is_plain(value: Option<&Json>) -> bool {
    value.and_then(Json::as_str).is_some_and(|text| !text.is_empty())
}

/// Values at both sides of the boundary of a rule.
fn boundary_values(of: &Adapter, spot: &Spot<'_>, rule: &Rule, body: &Json) -> Vec<BoundaryValue> {
    let good = at(body, &spot.path);
    let text = is_text(&spot.field.ty);
    let breaks = |name: &str, value: Json| BoundaryValue { name: name.to_owned(), value: Some(value), keeps: false };
    let is_number = is_number(&spot.field.ty);
    match &rule.constraint {
        Constraint::Required => {
            let mut all = vec![
                BoundaryValue { name: "left out".to_owned(), value: None, keeps: false },
                breaks("null", Json::Null),
            ];
            all.extend((of.validation.blank_is_empty && text).then(|| breaks("white space alone", json!("  "))));
            all
        }
        Constraint::Present => vec![
            BoundaryValue { name: "left out".to_owned(), value: None, keeps: false },
            BoundaryValue { name: "null".to_owned(), value: Some(Json::Null), keeps: true },
        ],
        Constraint::Const => vec![breaks("another value", json!("no such value"))],
        Constraint::OneOf(_) if text => vec![breaks("another value", json!("no such value"))],
        Constraint::StartsWith(_) if text => vec![breaks("another beginning", json!("~"))],
        Constraint::Pattern(pattern) if text => {
            not_matching(pattern).map(|value| breaks("another form", value)).into_iter().collect()
        }
        Constraint::Printable if text => vec![breaks("two lines", json!("a\nb"))],
        Constraint::Min(bound) | Constraint::Max(bound) if text => {
            let mut all = bound.as_i64().map(|bound| of_length(rule.word(), bound, good)).unwrap_or_default();
            // A text of one letter alone is no address, whatever its length.
            all.retain(|one| !(one.keeps && is(&spot.field.ty, "email")));
            all
        }
        Constraint::Min(bound) | Constraint::Max(bound) | Constraint::Above(bound) if is_number => {
            bound.as_i64().map(|bound| of_value(rule.word(), bound)).unwrap_or_default()
        }
        Constraint::Scale(places) => of_scale(*places),
        Constraint::Latest(_) if is(&spot.field.ty, "time") => vec![breaks("too far ahead", far_ahead(of))],
        Constraint::MinAge(_) if is(&spot.field.ty, "date") => vec![breaks("too young", json!("2999-01-01"))],
        _ => Vec::new(),
    }
}

/// Texts of a length at the bound and one beyond it. One that keeps the rule is only sent where nothing else is asked of
/// the text.
fn of_length(word: &str, bound: i64, good: Option<&Json>) -> Vec<BoundaryValue> {
    let letter = good
        .and_then(Json::as_str)
        .and_then(|text| text.chars().next())
        .filter(char::is_ascii_alphanumeric)
        .unwrap_or('a');
    let text = |length: i64| json!(letter.to_string().repeat(usize::try_from(length).unwrap_or_default()));
    let (beyond, side) = if word == "min" { (bound - 1, "under") } else { (bound + 1, "over") };
    let mut all = Vec::new();
    if beyond >= 0 {
        all.push(BoundaryValue { name: format!("{side} {bound} characters"), value: Some(text(beyond)), keeps: false });
    }
    all.push(BoundaryValue { name: format!("{bound} characters"), value: Some(text(bound)), keeps: true });
    all
}

fn of_value(word: &str, bound: i64) -> Vec<BoundaryValue> {
    let one = |name: String, value: i64, keeps| BoundaryValue { name, value: Some(json!(value)), keeps };
    match word {
        "min" => vec![one(format!("under {bound}"), bound - 1, false), one(format!("{bound}"), bound, true)],
        "max" => vec![one(format!("over {bound}"), bound + 1, false), one(format!("{bound}"), bound, true)],
        _ => vec![
            one(format!("{bound}, which is not above"), bound, false),
            one(format!("{}", bound + 1), bound + 1, true),
        ],
    }
}

fn of_scale(places: u32) -> Vec<BoundaryValue> {
    let places = usize::try_from(places).unwrap_or_default();
    let literal = |places: usize| -> Option<Json> {
        let text = if places == 0 { "1".to_owned() } else { format!("1.{}", "1".repeat(places)) };
        Some(Json::Number(text.parse().ok()?))
    };
    vec![
        BoundaryValue { name: format!("{} decimals", places + 1), value: literal(places + 1), keeps: false },
        BoundaryValue { name: format!("{places} decimals"), value: literal(places), keeps: true },
    ]
}

fn not_matching(pattern: &str) -> Option<Json> {
    let pattern = Pattern::remembered(pattern).ok()?;
    let candidates = ["~~~~", "!", "a", "1", "no such value"];
    candidates.into_iter().find(|text| !pattern.matches(text)).map(Json::from)
}

/// A moment that no clock shows.
fn far_ahead(of: &Adapter) -> Json {
    match of.wire.times.as_deref() {
        Some("epoch_ms") => json!(32_472_144_000_000_i64),
        Some("epoch_s") => json!(32_472_144_000_i64),
        _ => json!("2999-01-01T00:00:00Z"),
    }
}

/// A rule on whatever has a meaning, tried where one place of the request has it.
fn on_meaning(run: &mut Run<'_>, endpoint: &Endpoint, body: &Json, spots: &[Spot<'_>], then: &Then) {
    let of = run.of;
    let meaning = of.meanings[then.meaning].name.clone();
    let carriers: Vec<&Spot<'_>> = spots.iter().filter(|spot| spot.field.meaning == Some(then.meaning)).collect();
    let tried = |rule: &&Rule| !matches!(rule.constraint, Constraint::Type | Constraint::Agrees);
    for rule in then.rules.iter().filter(tried) {
        let name = format!("rule {} of {meaning}", rule.word());
        let [spot] = carriers.as_slice() else {
            run.not_run(&endpoint.name, name, "the request has several places for it, or none");
            continue;
        };
        if then.when.is_some() || then.if_needed {
            run.not_run(&endpoint.name, name, "it holds only for some requests");
            continue;
        }
        if needs_session(endpoint) {
            run.not_run(&endpoint.name, name, NO_SESSION);
            continue;
        }
        one(run, endpoint, (body, spot), rule, &name);
    }
}

/// The value at a place.
fn at<'j>(body: &'j Json, path: &[String]) -> Option<&'j Json> {
    path.iter().try_fold(body, |here, part| match part.parse::<usize>() {
        Ok(number) if here.is_array() => here.get(number),
        _ => here.get(part),
    })
}

fn is(ty: &Type, word: &str) -> bool {
    matches!(ty, Type::Primitive(primitive) if primitive == word)
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Primitive(primitive) if primitive.is_text() || primitive.is_secret())
}

fn is_number(ty: &Type) -> bool {
    is(ty, "integer") || is(ty, "decimal")
}
