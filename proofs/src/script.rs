//! What a definition is asked when it is served: for each endpoint a request that keeps all rules, what may come of it, and
//! where each value of the answer comes from, by the same model that `explain` prints.

use countersign::model::{Adapter, Callers, Choice, Endpoint, OtpKind, Type};
use countersign::openapi::head;
use countersign::plan::{Filled, Step};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::expected::{changed, echoes, fills, given, hook_texts, unbound};
use crate::values;

/// All calls to a definition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Script {
    /// Whose.
    pub seed: u64,
    /// Rows of its tables, as a settings file.
    pub settings: String,
    /// In the order in which they are made.
    pub calls: Vec<Call>,
}

/// A call to an endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    /// Its name.
    pub endpoint: String,
    /// `POST`
    pub method: String,
    /// With the values of its fields.
    pub path: String,
    /// `Authorization`, if callers show who they are.
    pub authorization: Option<String>,
    /// Headers that are fields of the request.
    pub headers: Vec<(String, String)>,
    /// The body; `$id:<kind>` and `$code:<kind>` stand for what the answer to a maker's call showed.
    pub body: Option<Value>,
    /// The status of a success.
    pub success: u16,
    /// Every status that `explain` lists.
    pub statuses: Vec<u16>,
    /// Statuses of refused requests, which this one is not.
    pub invalid: Vec<u16>,
    /// The kind of code that it makes, and where its answer shows id and code.
    pub makes: Option<Made>,
    /// Where values of the answer must be what the request said: paths from the root of the answer, and the value.
    pub echoes: Vec<(Vec<String>, Value)>,
    /// The same of what hooks gave.
    pub given: Vec<(Vec<String>, Value)>,
    /// The same request with one constant changed, which must be refused.
    pub changed: Vec<Value>,
    /// The same request with a value changed that its code is bound to, which must be refused before the code is used.
    pub unbound: Option<Value>,
    /// Hooks, and texts of the request that each must be given.
    pub hook_texts: Vec<(String, Vec<String>)>,
}

/// What the answer of a maker of codes shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Made {
    /// The kind.
    pub kind: String,
    /// Where the id stands.
    pub id: Option<Vec<String>>,
    /// Where the code stands; it is in a message if it is nowhere.
    pub code: Option<Vec<String>>,
}

/// The script of a definition.
pub fn of(seed: u64, of: &Adapter) -> Script {
    let mut calls: Vec<(bool, Call)> = of.endpoints.iter().map(|one| (!is_maker(of, one), call(of, one))).collect();
    calls.sort_by_key(|(later, _)| *later);
    Script { seed, settings: settings(of), calls: calls.into_iter().map(|(_, call)| call).collect() }
}

fn is_maker(of: &Adapter, endpoint: &Endpoint) -> bool {
    endpoint.plan.steps.iter().any(|step| made_by(of, step).is_some())
}

fn made_by<'a>(of: &'a Adapter, step: &Step) -> Option<&'a OtpKind> {
    let makes = ["send_otp", "issue_otp", "waive_otp"].contains(&of.behaviours[step.behaviour].name.as_str());
    makes.then(|| kind_of(of, step))?
}

/// Whether a step holds a request to what its code is bound to; one that only sends a caller's code does not.
fn compares(of: &Adapter, step: &Step) -> bool {
    let spec = &of.behaviours[step.behaviour].spec;
    spec.refuses.iter().chain(&spec.fails).any(|fault| fault == "otp.mismatch")
}

fn kind_of<'a>(of: &'a Adapter, step: &Step) -> Option<&'a OtpKind> {
    if let Choice::Code(kind) = step.choice { Some(&of.otps[kind]) } else { None }
}

fn call(of: &Adapter, endpoint: &Endpoint) -> Call {
    let payload = endpoint.request.map(|id| &of.payloads[id]);
    let checks = endpoint.plan.steps.iter().find(|step| made_by(of, step).is_none() && kind_of(of, step).is_some());
    let kind = checks.and_then(|step| kind_of(of, step)).map(|kind| kind.name.clone());
    let maker = values::Maker { of, kind: kind.as_deref() };
    let whole = payload.map(|payload| maker.payload(payload, 0));
    let head = head::request_head(of, endpoint, whole.as_ref());
    let path = filled(&endpoint.path, whole.as_ref()) + &head.query;
    let in_body = |whole: &Value| {
        let mut body = whole.clone();
        head::without_head(of, endpoint, &mut body);
        around(of, &maker, body)
    };
    let body = whole.as_ref().filter(|_| head::has_body(of, endpoint)).map(in_body);
    let success = response(of, endpoint);
    let changed = payload.map(|payload| changed(of, &maker, payload, whole.as_ref())).unwrap_or_default();
    Call {
        endpoint: endpoint.name.clone(),
        method: endpoint.method.clone(),
        path: format!("{}{path}", of.base),
        authorization: match &of.callers {
            Callers::None(_) => None,
            Callers::Bearer => Some("Bearer demo-access-token".to_owned()),
            Callers::Basic(_) => Some("Basic ZGVtbzpkZW1vLWFjY2Vzcy10b2tlbg==".to_owned()),
        },
        headers: head.headers,
        body,
        success: endpoint.success,
        statuses: statuses(of, endpoint),
        invalid: invalid(of, endpoint),
        makes: endpoint.plan.steps.iter().find_map(|step| made(of, endpoint, step, &success)),
        echoes: echoes(of, endpoint, whole.as_ref(), &success),
        given: given(of, endpoint, &success),
        changed,
        unbound: checks
            .filter(|step| step.raises && compares(of, step))
            .and_then(|step| unbound(of, endpoint, &maker, step, whole.as_ref())),
        hook_texts: hook_texts(of, endpoint, whole.as_ref()),
    }
}

/// `/a/{user}` with the value of `user`.
fn filled(path: &str, whole: Option<&Value>) -> String {
    let filled =
        path.split('/').map(|segment| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => match whole.and_then(|whole| whole.get(name)) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => "1".to_owned(),
            },
            None => segment.to_owned(),
        });
    filled.collect::<Vec<_>>().join("/")
}

/// The body in the hole of the envelope.
pub(crate) fn around(of: &Adapter, maker: &values::Maker<'_>, body: Value) -> Value {
    let Some(envelope) = &of.envelope.request else { return body };
    let mut whole = Map::new();
    for field in &envelope.fields {
        let value = if field.ty == Type::Body { Some(body.clone()) } else { maker.field(field, 0) };
        whole.extend(value.map(|value| (field.wire.clone(), value)));
    }
    Value::Object(whole)
}

/// Where the body of an answer stands.
fn response(of: &Adapter, endpoint: &Endpoint) -> Option<Vec<String>> {
    endpoint.response?;
    let body_slot =
        of.envelope.success.iter().flat_map(|envelope| &envelope.fields).find(|field| field.ty == Type::Body);
    Some(body_slot.map(|field| field.wire.clone()).into_iter().collect())
}

fn statuses(of: &Adapter, endpoint: &Endpoint) -> Vec<u16> {
    let rows = endpoint.plan.answers.iter().map(|answer| &of.rows[answer.row]);
    rows.map(|row| row.status).chain(endpoint.successes()).collect()
}

/// Statuses by which requests are refused that break a rule.
fn invalid(of: &Adapter, endpoint: &Endpoint) -> Vec<u16> {
    let invalid = |fault: &String| {
        ["input.invalid", "body.malformed", "content_type.wrong", "input.unknown_field"].contains(&fault.as_str())
    };
    let answers = endpoint.plan.answers.iter().filter(|answer| answer.faults.iter().any(invalid));
    let rows = answers.map(|answer| &of.rows[answer.row]);
    rows.map(|row| row.status).filter(|status| *status != endpoint.success).collect()
}

fn made(of: &Adapter, endpoint: &Endpoint, step: &Step, root: &Option<Vec<String>>) -> Option<Made> {
    let kind = made_by(of, step)?;
    let shown = |meaning: &str| {
        let is = |filled: &Filled| filled.meaning.is_some_and(|id| of.meanings[id].name == meaning);
        let (fill, _) = fills(endpoint).into_iter().find(|(filled, _)| is(filled))?;
        Some(root.clone().unwrap_or_default().into_iter().chain(fill.path.clone()).collect())
    };
    Some(Made { kind: kind.name.clone(), id: shown("otp.id"), code: shown("otp.code") })
}

/// A row of each table, with the key that requests have.
fn settings(of: &Adapter) -> String {
    let mut tables = Map::new();
    for table in &of.tables {
        let mut row = Map::new();
        for meaning in table.key.iter().chain(&table.gives).map(|id| &of.meanings[*id]) {
            row.insert(meaning.name.clone(), values::column(of, &meaning.name, &meaning.natural));
        }
        tables.insert(table.name.clone(), json!([row]));
    }
    if tables.is_empty() { String::new() } else { json!({ "tables": tables }).to_string() }
}
