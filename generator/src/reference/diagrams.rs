//! Mermaid sequence diagrams: of an endpoint, by its plan, and of a flow, which is an example of several calls.

use super::section;
use crate::model::{Adapter, Call, Endpoint, Example, Target, Type};
use crate::naming::is_invisible;

/// Every flow: what several calls in a row do.
pub fn flows(of: &Adapter) -> String {
    let several = of.examples.iter().filter(|example| example.calls.len() > 1);
    let flows: String =
        several.map(|example| section(3, &crate::markdown::text(&example.title), &flow(of, example))).collect();
    section(2, "Flows", &flows)
}

fn flow(of: &Adapter, example: &Example) -> String {
    let mut lines = heads(of, &called(of, example));
    for call in &example.calls {
        lines.extend(one(of, call));
    }
    block(&lines)
}

fn called<'a>(of: &'a Adapter, example: &Example) -> Vec<&'a Endpoint> {
    let names = example.calls.iter().filter_map(|call| match &call.to {
        Target::Endpoint(name) => Some(name),
        Target::Nowhere(..) => None,
    });
    names.filter_map(|name| of.endpoints.iter().find(|endpoint| endpoint.name == *name)).collect()
}

/// The parties that take part.
fn heads(of: &Adapter, endpoints: &[&Endpoint]) -> Vec<String> {
    let mut lines = vec!["participant C as Caller".to_owned(), "participant A as Adapter".to_owned()];
    let steps = || endpoints.iter().flat_map(|endpoint| &endpoint.plan.steps);
    if steps().any(|step| of.behaviours[step.behaviour].spec.store) {
        lines.push("participant S as Store".to_owned());
    }
    if steps().any(|step| !hooks(of, step).is_empty()) {
        lines.push("participant B as Bank".to_owned());
    }
    lines
}

/// A call of a flow: asked, done, answered.
fn one(of: &Adapter, call: &Call) -> Vec<String> {
    let name = match &call.to {
        Target::Endpoint(name) => name.clone(),
        Target::Nowhere(method, path) => format!("{method} {path}"),
    };
    let endpoint = of.endpoints.iter().find(|endpoint| endpoint.name == name);
    let mut lines = vec![format!("C->>A: {}", label(&name))];
    if let Some(endpoint) = endpoint {
        lines.extend(steps(of, endpoint));
        lines.extend(call.sms.as_ref().map(|sms| format!("Note over B: {}", label(sms))));
    }
    let code = match &call.error {
        Some(serde_json::Value::String(code)) => code.clone(),
        Some(body) => body.get("code").and_then(serde_json::Value::as_str).unwrap_or("an error").to_owned(),
        None => endpoint.map_or_else(|| "an answer".to_owned(), |endpoint| success(of, endpoint, call)),
    };
    lines.push(format!("A-->>C: {}", label(&code)));
    lines
}

/// `200 VERIFIED_FAILED`: the status, and what the answer shows of the outcome.
fn success(of: &Adapter, endpoint: &Endpoint, call: &Call) -> String {
    let fields = endpoint.response.map(|id| &of.payloads[id].fields).into_iter().flatten();
    let outcomes = fields.filter(|field| matches!(field.ty, Type::Enum(_)));
    let shown = outcomes.filter_map(|field| call.response.as_ref()?.get(&field.wire)?.as_str());
    std::iter::once(endpoint.success.to_string()).chain(shown.map(str::to_owned)).collect::<Vec<_>>().join(" ")
}

/// An endpoint by itself.
pub fn endpoint(of: &Adapter, endpoint: &Endpoint) -> String {
    if endpoint.plan.steps.is_empty() {
        return String::new();
    }
    let mut lines = heads(of, &[endpoint]);
    lines.push(format!("C->>A: {}", label(&format!("{} {}", endpoint.method, endpoint.path))));
    lines.extend(steps(of, endpoint));
    lines.push(format!("A-->>C: {}", endpoint.success));
    let rows: Vec<&str> = endpoint
        .plan
        .answers
        .iter()
        .filter(|answer| !answer.faults.is_empty())
        .map(|answer| of.rows[answer.row].name.as_str())
        .collect();
    if !rows.is_empty() {
        lines.push(format!("A-->>C: or {}", label(&rows.join(", "))));
    }
    block(&lines)
}

fn steps(of: &Adapter, endpoint: &Endpoint) -> Vec<String> {
    let mut lines = Vec::new();
    for step in &endpoint.plan.steps {
        let behaviour = &of.behaviours[step.behaviour];
        let option = step.option.as_ref().map(|option| format!(" {option}")).unwrap_or_default();
        let name = label(&format!("{}{option}", behaviour.name));
        let hooks = hooks(of, step);
        if behaviour.spec.store {
            lines.push(format!("A->>S: {name}"));
        } else if hooks.is_empty() {
            lines.push(format!("A->>A: {name}"));
        }
        for hook in hooks {
            lines.push(format!("A->>B: {}", label(&hook)));
            lines.push(format!("B-->>A: {}", label("its answer")));
        }
    }
    lines
}

/// The hooks that a step may call.
fn hooks(of: &Adapter, step: &crate::plan::Step) -> Vec<String> {
    let behaviour = &of.behaviours[step.behaviour];
    if behaviour.spec.rust.is_none() {
        return vec![behaviour.name.clone()];
    }
    behaviour.spec.calls.clone()
}

fn block(lines: &[String]) -> String {
    format!(
        "```mermaid\nsequenceDiagram\n{}```\n",
        lines.iter().map(|line| format!("    {line}\n")).collect::<String>()
    )
}

/// A text as a label: signs that mean something to Mermaid are written by their number.
fn label(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '#' | ';' | '<' | '>' | '"' | '`' | '\\' | '%' | '&' => {
                written.push_str(&format!("#{};", u32::from(letter)))
            }
            other if other.is_control() || is_invisible(other) => written.push(' '),
            other => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_ends_no_line_and_begins_no_comment() {
        assert_eq!(label("a; b\n%% <c> #1"), "a#59; b #37;#37; #60;c#62; #35;1");
    }
}
