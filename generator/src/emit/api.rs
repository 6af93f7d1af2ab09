//! `api.rs`: the trait with one method an endpoint.

use serde::Serialize;

use super::body::{Body, Made};
use super::constants::envelope_names;
use super::errors::error_name;
use super::escaping::{doc, literal, sentence};
use super::scope::{Scope, type_name};
use super::value::{Value, View as ValueView};
use crate::model::{Discriminator, Endpoint, Enum, JSON};

/// What the template receives.
#[derive(Serialize)]
pub struct View {
    source: String,
    title: String,
    arguments: String,
    endpoints: Vec<EndpointView>,
}

#[derive(Serialize)]
struct EndpointView {
    about: String,
    trace: String,
    route: String,
    name: String,
    context: &'static str,
    request: Option<Request>,
    response: String,
    error: String,
    lines: Vec<String>,
    steps: Vec<StepView>,
    /// What the status of the answer follows.
    status: Option<String>,
    answer: ValueView,
}

#[derive(Serialize)]
struct Request {
    name: &'static str,
    r#type: String,
}

#[derive(Serialize)]
struct StepView {
    input: Option<ValueView>,
    name: Option<String>,
    shows: Vec<String>,
    method: String,
    arguments: Vec<ValueView>,
    passed: bool,
    apart: String,
    after: Vec<String>,
}

/// Builds the view.
pub fn view(scope: &Scope<'_>, bodies: &[Body]) -> View {
    let endpoints = scope.adapter.endpoints.iter().zip(bodies);
    View {
        source: doc(&scope.adapter.source),
        title: sentence(&scope.adapter.title),
        arguments: arguments(scope),
        endpoints: endpoints.map(|(endpoint, body)| endpoint_view(scope, endpoint, body)).collect(),
    }
}

fn arguments(scope: &Scope<'_>) -> String {
    let names = envelope_names(scope);
    let mut arguments = vec!["adapter = ADAPTER".to_owned(), "errors = AdapterError".to_owned()];
    arguments.extend(names.request.map(|name| format!("request = {name}")));
    arguments.extend(names.success.map(|name| format!("success = {name}")));
    arguments.extend(names.failure.map(|name| format!("failure = {name}")));
    let failure_type = &scope.adapter.envelope.failure_type;
    arguments.extend((failure_type != JSON).then(|| format!("failure_type = {}", literal(failure_type))));
    arguments.push(format!("document = {}", literal(super::DOCUMENT)));
    arguments.extend((!scope.adapter.hooks.is_empty()).then(|| "hooks = OwnHooks".to_owned()));
    arguments.extend(scope.adapter.needs_no_gateway.then(|| "messages = none".to_owned()));
    arguments.join(", ")
}

fn endpoint_view(scope: &Scope<'_>, endpoint: &Endpoint, body: &Body) -> EndpointView {
    let lines = body.gathered.iter().map(|(name, value)| format!("let {name} = {value};"));
    let lines: Vec<String> = lines.chain(body.facts.iter().cloned()).collect();
    let steps: Vec<StepView> = body.calls.iter().map(|call| step_view(body, call)).collect();
    let status = body
        .status
        .as_ref()
        .map(|(outcome, statuses)| format!("cx.answer_with({}, &[{statuses}]);", body.uses.show(outcome).text()));
    let answer = body.answer.as_ref().map_or_else(ValueView::unit, |answer| body.uses.show(answer));
    let uses_context = !steps.is_empty() || !body.facts.is_empty() || mentions_context(&answer);
    let request = endpoint.request.map(|id| Request {
        name: if body.uses.has("request") { "request" } else { "_request" },
        r#type: scope.payload_name(id),
    });
    EndpointView {
        about: sentence(&endpoint.about),
        trace: trace(scope, &endpoint.trace),
        route: route(scope, endpoint),
        name: endpoint.name.clone(),
        context: if uses_context { "cx" } else { "_cx" },
        request,
        response: endpoint.response.map_or_else(|| "()".to_owned(), |id| scope.payload_name(id)),
        error: error_name(endpoint),
        lines,
        steps,
        status,
        answer,
    }
}

fn mentions_context(answer: &ValueView) -> bool {
    match answer {
        ValueView::Text { text } => text.contains("cx."),
        ValueView::Record { record } => record.values().any(mentions_context),
    }
}

fn step_view(body: &Body, call: &Made) -> StepView {
    StepView {
        input: call.input.as_ref().map(|input| body.uses.show(input)),
        name: call.variable.clone().filter(|variable| body.uses.has(variable)),
        shows: call.shows.clone(),
        method: call.method.clone(),
        arguments: call.arguments.iter().map(|argument| body.uses.show(argument)).collect(),
        passed: call.passed,
        apart: call.apart.iter().map(|fault| literal(fault)).collect::<Vec<_>>().join(", "),
        after: after(body, call),
    }
}

/// What becomes of what a step gives.
fn after(body: &Body, call: &Made) -> Vec<String> {
    let overlays = call.overlays.iter().map(|overlay| {
        let field = |(name, value): &(String, Value)| format!("{name}: {}", body.uses.show(value).text());
        let fields: Vec<String> = overlay.fields.iter().map(field).collect();
        format!("let {} = {} {{ {}, ..{} }};", overlay.entity, overlay.rust, fields.join(", "), overlay.rest)
    });
    overlays.chain(call.facts.iter().cloned()).collect()
}

fn route(scope: &Scope<'_>, endpoint: &Endpoint) -> String {
    let success = match endpoint.success {
        200 => String::new(),
        status => format!(", success = {status}"),
    };
    let method: String = endpoint.method.chars().filter(char::is_ascii_uppercase).collect();
    let when = endpoint.when.as_ref().map(|one| when(scope, one)).unwrap_or_default();
    let failure = endpoint.failure.as_ref().map(|name| format!(", failure = {}", type_name(name))).unwrap_or_default();
    let session = endpoint.session.map(|kind| super::settings::session_name(&scope.adapter.sessions[kind]));
    let session = session.map(|name| format!(", session = {name}")).unwrap_or_default();
    format!("{method}, {}{session}{when}{success}{failure}", literal(&endpoint.path))
}

/// What distinguishes it from others at its route.
fn when(scope: &Scope<'_>, when: &Discriminator) -> String {
    match when {
        Discriminator::Is { field, of: Some(of), value } => {
            format!(
                ", when({} = {}::{})",
                literal(field),
                type_name(&scope.adapter.enums[*of].name),
                member_of(&scope.adapter.enums[*of], value)
            )
        }
        Discriminator::Is { field, of: None, value } => format!(", when({} = {})", literal(field), literal(value)),
        Discriminator::Has(fields) => {
            format!(", when({})", fields.iter().map(|field| literal(field)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Where the endpoint stands in the definition.
fn trace(scope: &Scope<'_>, trace: &str) -> String {
    let source = &scope.adapter.source;
    let of_folder = !source.ends_with(".yaml") && !trace.contains('/');
    doc(&if of_folder { format!("{source}/{trace}") } else { trace.to_owned() })
}

/// What a member is called in Rust.
fn member_of(of: &Enum, wire: &str) -> String {
    let found = of.members.iter().find(|member| member.wire == wire);
    found.map_or_else(|| type_name(wire), |member| member.rust.clone())
}
