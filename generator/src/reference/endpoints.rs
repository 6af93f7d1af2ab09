//! The endpoints one by one: request, answer, what it does, what can go wrong, examples.

use serde_json::Value as Json;

use super::section;
use crate::arena::Id;
use crate::markdown::{code, table, text};
use crate::model::{Adapter, Discriminator, Endpoint, Example, Field, Need, Payload, Target, Then, Type};
use crate::openapi::{self, descriptions};

/// All of them.
pub fn all(of: &Adapter) -> String {
    of.endpoints.iter().map(|endpoint| one(of, endpoint)).collect()
}

fn one(of: &Adapter, endpoint: &Endpoint) -> String {
    let when = match &endpoint.when {
        Some(Discriminator::Is { field, value, .. }) => format!(", where {} is {}", code(field), code(value)),
        Some(Discriminator::Has(fields)) => {
            let fields: Vec<String> = fields.iter().map(|field| code(field)).collect();
            format!(", where there is {}", fields.join(" or "))
        }
        None => String::new(),
    };
    let mut page = format!(
        "## {}\n\n{}{when}\n\n{}\n\n",
        endpoint.name,
        code(&format!("{} {}{}", endpoint.method, of.base, endpoint.path)),
        text(&endpoint.about)
    );
    if let Some(kind) = endpoint.session {
        page.push_str(&format!("It is asked in a session of the kind {}.\n\n", code(&of.sessions[kind].name)));
    }
    page.push_str(&request(of, endpoint));
    page.push_str(&response(of, endpoint));
    page.push_str(&section(3, "What it does", &super::diagrams::endpoint(of, endpoint)));
    let shown: Vec<Vec<String>> = endpoint
        .plan
        .shown
        .iter()
        .map(|(fault, fields)| {
            let key = of.says.iter().find(|(name, _)| name == fault).map(|(_, key)| code(key)).unwrap_or_default();
            let fields: Vec<String> = fields.iter().map(|field| code(field)).collect();
            vec![fields.join(", "), code(fault), key, descriptions::when(of, fault)]
        })
        .collect();
    page.push_str(&section(3, "Told by the answer itself", &table(&["Field", "Fault", "Message", "When"], &shown)));
    let errors = descriptions::errors(of, endpoint);
    page.push_str(&section(3, "What can go wrong", &table(&["Status", "Error", "Fault", "Message", "When"], &errors)));
    page.push_str(&section(3, "Examples", &examples(of, endpoint)));
    page
}

fn request(of: &Adapter, endpoint: &Endpoint) -> String {
    let Some(id) = endpoint.request else { return String::new() };
    let inside = body_slot(of.envelope.request.as_ref());
    let below = format!("{inside}Fields are checked from top to bottom.\n\n{}", fields(of, id));
    section(3, "Request", &below)
}

fn response(of: &Adapter, endpoint: &Endpoint) -> String {
    let status = endpoint.success_text(&of.meanings);
    match endpoint.response {
        Some(id) => {
            let below = format!("{}Status {status}.\n\n{}", body_slot(of.envelope.success.as_ref()), fields(of, id));
            section(3, "Answer", &below)
        }
        None => section(3, "Answer", &format!("Status {status}, with no body of its own.")),
    }
}

fn body_slot(envelope: Option<&Payload>) -> String {
    let body_slot = envelope.and_then(|envelope| envelope.fields.iter().find(|field| field.ty == Type::Body));
    body_slot.map(|field| format!("In {}. ", code(&field.wire))).unwrap_or_default()
}

/// The fields of a payload with their rules.
pub fn fields(of: &Adapter, id: Id<Payload>) -> String {
    let payload = &of.payloads[id];
    let mut rows = Vec::new();
    for at in 0..=payload.fields.len() {
        rows.extend(payload.then.iter().filter(|then| then.after == at).map(|then| on_meaning(of, then)));
        rows.extend(payload.fields.get(at).map(|field| row(of, field)));
    }
    table(&["Field", "Type", "Means", "Must be there", "Rules"], &rows)
}

fn row(of: &Adapter, field: &Field) -> Vec<String> {
    let mut means: Vec<String> = field.meaning.iter().map(|id| code(&of.meanings[*id].name)).collect();
    means.extend(field.conditional.iter().map(|(id, sibling, value)| {
        format!("{} where {} is {}", code(&of.meanings[*id].name), code(sibling), code(value))
    }));
    let must = match &field.need {
        Need::Required => "yes".to_owned(),
        Need::Optional => "no".to_owned(),
        Need::Default(default) => format!("no, else {}", code(&default.to_string())),
        Need::Constant { always, optional } => {
            format!("{}always {}", if *optional { "no, " } else { "" }, code(&always.to_string()))
        }
    };
    let mut rules: Vec<String> = field.rules.iter().map(descriptions::rule).collect();
    if !field.also.is_empty() {
        rules.push(format!("Also called {}.", crate::markdown::codes(field.also.iter().map(String::as_str))));
    }
    if !field.accepts.is_empty() {
        rules.push(format!("Accepts {}.", text(&field.accepts.join(", "))));
    }
    vec![code(&field.wire), type_name(of, &field.ty), means.join(", "), must, rules.join(" ")]
}

/// Rules on whatever has a meaning.
fn on_meaning(of: &Adapter, then: &Then) -> Vec<String> {
    let mut rules: Vec<String> = then.rules.iter().map(descriptions::rule).collect();
    if let Some(at) = &then.at {
        rules.push(format!("Told at {}.", code(at)));
    }
    if let Some((meaning, value)) = &then.when {
        rules.push(format!("Asked while {} is {}.", code(&of.meanings[*meaning].name), code(value)));
    }
    if then.if_needed {
        rules.push("Asked of operations that need it.".to_owned());
    }
    let meaning = code(&of.meanings[then.meaning].name);
    vec!["wherever it stands".to_owned(), String::new(), meaning, String::new(), rules.join(" ")]
}

/// A type, with a link where it has a section of its own.
pub fn type_name(of: &Adapter, ty: &Type) -> String {
    let link = |name: &str| format!("[{}](#{})", code(name), name.to_lowercase());
    match ty {
        Type::Primitive(primitive) => primitive.word().to_owned(),
        Type::Payload(id) => link(&of.payloads[*id].name),
        Type::Union(id) => link(&of.unions[*id].name),
        Type::Enum(id) => link(&of.enums[*id].name),
        Type::List(inner) => format!("list of {}", type_name(of, inner)),
        Type::Body => "the body".to_owned(),
    }
}

fn examples(of: &Adapter, endpoint: &Endpoint) -> String {
    let asked =
        |example: &&Example| example.calls.iter().any(|call| call.to == Target::Endpoint(endpoint.name.clone()));
    of.examples.iter().filter(asked).map(|example| shown(example, endpoint)).collect()
}

fn shown(example: &Example, endpoint: &Endpoint) -> String {
    let mut page = format!("**{}**\n\n", text(&example.title));
    for call in example.calls.iter().filter(|call| call.to == Target::Endpoint(endpoint.name.clone())) {
        let bodies = [("asked", &call.request), ("answered", &call.response), ("refused", &call.error)];
        for (word, body) in bodies.into_iter().filter_map(|(word, body)| Some((word, body.as_ref()?))) {
            page.push_str(&format!("{word}:\n\n{}\n", json(body)));
        }
        if let Some(sms) = &call.sms {
            page.push_str(&format!("SMS: {}\n\n", text(sms)));
        }
    }
    page
}

/// JSON as a block; no text of it ends the block.
fn json(body: &Json) -> String {
    let written = openapi::written(body);
    let longest = written.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}json\n{written}\n{fence}\n")
}
