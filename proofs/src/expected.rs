//! What an answer must hold, and what must be refused: by the plan of the endpoint, which `explain` prints.

use countersign::model::{Adapter, Endpoint, Field, Payload, Type};
use countersign::plan::{Conversion, Fill, Filled, Part, Role, Source, Step, Value as PlanValue};
use countersign::vocabulary::Natural;
use serde_json::{Value, json};

use crate::script::around;
use crate::values;

/// What fills the answer, with the value that does.
pub(crate) fn fills(endpoint: &Endpoint) -> Vec<(&Filled, &PlanValue)> {
    let all = endpoint.plan.answer.iter().flat_map(|answer| answer.all());
    let read = all.filter_map(|filled| if let Fill::Read(read) = &filled.fill { Some((filled, read)) } else { None });
    read.map(|(filled, read)| (filled, &endpoint.plan.values[read.value()])).collect()
}

/// What the answer sends back of the request.
pub(crate) fn echoes(
    of: &Adapter,
    endpoint: &Endpoint,
    whole: Option<&Value>,
    root: &Option<Vec<String>>,
) -> Vec<(Vec<String>, Value)> {
    let (Some(whole), Some(root)) = (whole, root) else { return Vec::new() };
    let mut all = Vec::new();
    for (fill, value) in fills(endpoint) {
        let Source::Request { path } = &value.source else { continue };
        // What stands in a header is not in the body.
        let shown = endpoint.response.iter().flat_map(|id| &of.payloads[*id].fields);
        if shown.filter(|field| field.is_in_head()).any(|field| fill.path.first() == Some(&field.wire)) {
            continue;
        }
        // A phone as a number is written in another way than it came.
        if matches!(&fill.fill, Fill::Read(read) if read.conversion() == Conversion::Into) {
            continue;
        }
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
pub(crate) fn given(of: &Adapter, endpoint: &Endpoint, root: &Option<Vec<String>>) -> Vec<(Vec<String>, Value)> {
    let Some(root) = root else { return Vec::new() };
    let mut all = Vec::new();
    for (fill, value) in fills(endpoint) {
        let (Some(id), Source::Step { step: at, .. }) = (fill.meaning, &value.source) else { continue };
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
pub(crate) fn changed(of: &Adapter, maker: &values::Maker<'_>, payload: &Payload, whole: Option<&Value>) -> Vec<Value> {
    let constants = payload.fields.iter().filter(|field: &&Field| field.constant().is_some() && !field.is_in_head());
    let changed = constants.filter_map(|field| {
        let mut other = whole?.as_object()?.clone();
        other.insert(field.wire.clone(), json!("another value"));
        Some(around(of, maker, Value::Object(other)))
    });
    changed.collect()
}

/// The request with another value of what a code is bound to.
pub(crate) fn unbound(
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
fn path_of(endpoint: &Endpoint, value: countersign::arena::Id<PlanValue>) -> Option<&[Part]> {
    if let Source::Request { path } = &endpoint.plan.values[value].source { Some(path) } else { None }
}

/// A text of the request that tells where it came from.
fn asked(whole: Option<&Value>, path: &[Part]) -> Option<String> {
    let text = path.iter().try_fold(whole?, |value, part| value.get(&part.wire))?.as_str()?;
    text.starts_with("asked ").then(|| text.to_owned())
}

/// What hooks of the bank's own must be given of the request.
pub(crate) fn hook_texts(of: &Adapter, endpoint: &Endpoint, whole: Option<&Value>) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for step in &endpoint.plan.steps {
        let Some(hook) = of.hooks.iter().find(|hook| hook.behaviour == step.behaviour) else { continue };
        let inputs = step.inputs.iter().chain(&endpoint.plan.hook_facts);
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
