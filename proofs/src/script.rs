//! What a definition is asked when it is served: for each endpoint a request that keeps all rules, what may come of it, and
//! where each value of the answer comes from, by the same model that `explain` prints.

use countersign::model::{Adapter, Callers, Choice, Endpoint, Field, OtpKind, Payload, Type};
use countersign::plan::{Fill, Filled, Part, Role, Source, Step, Value as Held};
use countersign::vocabulary::Natural;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

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
    /// The body; `$id:<kind>` and `$code:<kind>` stand for what a maker's call told.
    pub body: Option<Value>,
    /// The status of a success.
    pub success: u16,
    /// Every status that `explain` lists.
    pub statuses: Vec<u16>,
    /// Statuses of refused requests, which this one is not.
    pub invalid: Vec<u16>,
    /// The kind of code that it makes, and where its answer tells id and code.
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
    pub told: Vec<(String, Vec<String>)>,
}

/// What a maker of codes tells.
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

fn kind_of<'a>(of: &'a Adapter, step: &Step) -> Option<&'a OtpKind> {
    if let Choice::Code(kind) = step.choice { Some(&of.otps[kind]) } else { None }
}

fn call(of: &Adapter, endpoint: &Endpoint) -> Call {
    let payload = endpoint.request.map(|id| &of.payloads[id]);
    let checks = endpoint.plan.steps.iter().find(|step| made_by(of, step).is_none() && kind_of(of, step).is_some());
    let kind = checks.and_then(|step| kind_of(of, step)).map(|kind| kind.name.clone());
    let maker = values::Maker { of, kind: kind.as_deref() };
    let whole = payload.map(|payload| maker.payload(payload, 0));
    let path = filled(&endpoint.path, whole.as_ref());
    let body = whole.as_ref().filter(|_| endpoint.method != "GET").map(|whole| around(of, &maker, whole.clone()));
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
        body,
        success: endpoint.success,
        statuses: statuses(of, endpoint),
        invalid: invalid(of, endpoint),
        makes: endpoint.plan.steps.iter().find_map(|step| made(of, endpoint, step, &success)),
        echoes: echoes(endpoint, whole.as_ref(), &success),
        given: given(of, endpoint, &success),
        changed,
        unbound: checks.filter(|step| step.raises).and_then(|step| unbound(of, endpoint, &maker, step, whole.as_ref())),
        told: told(of, endpoint, whole.as_ref()),
    }
}

/// What fills the answer, with the value that does.
fn fills(endpoint: &Endpoint) -> Vec<(&Filled, &Held)> {
    let all = endpoint.plan.answer.iter().flat_map(|answer| answer.all());
    let read = all.filter_map(|filled| if let Fill::Read(read) = &filled.fill { Some((filled, read)) } else { None });
    read.map(|(filled, read)| (filled, &endpoint.plan.values[read.value()])).collect()
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
fn around(of: &Adapter, maker: &values::Maker<'_>, body: Value) -> Value {
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
    let hole = of.envelope.success.iter().flat_map(|envelope| &envelope.fields).find(|field| field.ty == Type::Body);
    Some(hole.map(|field| field.wire.clone()).into_iter().collect())
}

fn statuses(of: &Adapter, endpoint: &Endpoint) -> Vec<u16> {
    let rows = endpoint.plan.answers.iter().filter_map(|answer| of.rows.iter().find(|row| row.name == answer.row));
    rows.map(|row| row.status).chain([endpoint.success]).collect()
}

/// Statuses by which requests are refused that break a rule.
fn invalid(of: &Adapter, endpoint: &Endpoint) -> Vec<u16> {
    let invalid = |fault: &String| {
        ["input.invalid", "body.malformed", "content_type.wrong", "input.unknown_field"].contains(&fault.as_str())
    };
    let answers = endpoint.plan.answers.iter().filter(|answer| answer.faults.iter().any(invalid));
    let rows = answers.filter_map(|answer| of.rows.iter().find(|row| row.name == answer.row));
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

/// What the answer sends back of the request.
fn echoes(endpoint: &Endpoint, whole: Option<&Value>, root: &Option<Vec<String>>) -> Vec<(Vec<String>, Value)> {
    let (Some(whole), Some(root)) = (whole, root) else { return Vec::new() };
    let mut all = Vec::new();
    for (fill, held) in fills(endpoint) {
        let Source::Request { path } = &held.source else { continue };
        let found = path.iter().try_fold(whole, |value, part| value.get(&part.wire));
        let Some(value) = found.filter(|value| !value.is_object() && !value.is_array()) else { continue };
        if value.as_str().is_some_and(|text| text.starts_with('$')) {
            continue;
        }
        all.push((root.iter().chain(&fill.path).cloned().collect(), value.clone()));
    }
    all
}

/// What the answer shows of hooks.
fn given(of: &Adapter, endpoint: &Endpoint, root: &Option<Vec<String>>) -> Vec<(Vec<String>, Value)> {
    let Some(root) = root else { return Vec::new() };
    let mut all = Vec::new();
    for (fill, held) in fills(endpoint) {
        let (Some(id), Source::Step { step: at, .. }) = (fill.meaning, &held.source) else { continue };
        let Some(step) = endpoint.plan.steps.get(*at) else { continue };
        let Some(hook) = of.hooks.iter().find(|hook| hook.behaviour == step.behaviour) else { continue };
        let meaning = &of.meanings[id];
        let is_text = matches!(meaning.natural, Natural::Primitive(word) if word == "text");
        if is_text && hook.gives.contains(&id) {
            let value = json!(format!("given text {}", meaning.name.replace('.', "_")));
            all.push((root.iter().chain(&fill.path).cloned().collect(), value));
        }
    }
    all
}

/// The request with one constant changed, for each.
fn changed(of: &Adapter, maker: &values::Maker<'_>, payload: &Payload, whole: Option<&Value>) -> Vec<Value> {
    let constants = payload.fields.iter().filter(|field: &&Field| field.constant().is_some());
    let changed = constants.filter_map(|field| {
        let mut other = whole?.as_object()?.clone();
        other.insert(field.wire.clone(), json!("another value"));
        Some(around(of, maker, Value::Object(other)))
    });
    changed.collect()
}

/// The request with another value of what a code is bound to.
fn unbound(
    of: &Adapter,
    endpoint: &Endpoint,
    maker: &values::Maker<'_>,
    step: &Step,
    whole: Option<&Value>,
) -> Option<Value> {
    let bound = step.inputs.iter().filter(|input| input.role == Role::Bound);
    let mut changed = whole?.clone();
    let mut paths = bound.filter_map(|input| path_of(endpoint, input.read.value()));
    let path = paths.find(|path| asked(whole, path).is_some())?;
    let place = path.iter().try_fold(&mut changed, |value, part| value.get_mut(&part.wire))?;
    *place = json!("another value");
    Some(around(of, maker, changed))
}

/// The way to a value that the request says.
fn path_of(endpoint: &Endpoint, value: countersign::arena::Id<Held>) -> Option<&[Part]> {
    if let Source::Request { path } = &endpoint.plan.values[value].source { Some(path) } else { None }
}

/// A text of the request that tells where it came from.
fn asked(whole: Option<&Value>, path: &[Part]) -> Option<String> {
    let text = path.iter().try_fold(whole?, |value, part| value.get(&part.wire))?.as_str()?;
    text.starts_with("asked ").then(|| text.to_owned())
}

/// What hooks of the bank's own must be given of the request.
fn told(of: &Adapter, endpoint: &Endpoint, whole: Option<&Value>) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for step in &endpoint.plan.steps {
        let Some(hook) = of.hooks.iter().find(|hook| hook.behaviour == step.behaviour) else { continue };
        let inputs = step.inputs.iter().chain(&endpoint.plan.tells);
        let paths = inputs.filter_map(|input| path_of(endpoint, input.read.value()));
        let open = paths.filter(|path| is_open(of, endpoint, path));
        all.push((of.behaviours[hook.behaviour].name.clone(), open.filter_map(|path| asked(whole, path)).collect()));
    }
    all
}

/// False for what is not shown in logs.
fn is_open(of: &Adapter, endpoint: &Endpoint, path: &[Part]) -> bool {
    let payload = endpoint.request.map(|id| &of.payloads[id]);
    let first = path.first().map(|part| &part.wire);
    let field = payload.into_iter().flat_map(|payload| &payload.fields).find(|field| first == Some(&field.wire));
    path.len() == 1 && field.is_some_and(|field| matches!(field.ty, Type::Primitive(word) if word == "text"))
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
