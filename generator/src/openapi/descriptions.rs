//! What is said in words: descriptions in Markdown, out of what the definition says.

use crate::markdown::{code, codes, table, text};
use crate::model::{Adapter, Endpoint, Enum, Field, Need, Payload, Rule, Says, Union};
use crate::vocabulary::fault_of_table;

/// The adapter as a whole.
pub fn of_adapter(of: &Adapter) -> String {
    let mut description = format!("Generated from the definition {}.\n", code(&of.name));
    let outside = of.answers.iter().filter(|answer| !answer.faults.is_empty()).map(|answer| {
        let row = &of.rows[answer.row];
        vec![row.status.to_string(), code(&row.name), codes(answer.faults.iter().map(String::as_str))]
    });
    let outside: Vec<Vec<String>> = outside.collect();
    if !outside.is_empty() {
        description.push_str("\nWhat no operation takes is answered by the same error table:\n\n");
        description.push_str(&table(&["Status", "Error", "Why"], &outside));
    }
    description
}

/// The one tag.
pub fn tag(of: &Adapter) -> String {
    format!("The endpoints of {}.", text(&of.title))
}

/// One endpoint: what it does, and what it answers when something is wrong.
pub fn of_endpoint(of: &Adapter, endpoint: &Endpoint) -> String {
    let mut description = format!("{}\n", text(&endpoint.about));
    let steps = endpoint.plan.steps.iter().enumerate().map(|(at, step)| {
        let behaviour = &of.behaviours[step.behaviour];
        let about = if behaviour.spec.about.is_empty() { "Calls a hook of the bank." } else { &behaviour.spec.about };
        let option = step.option.as_ref().map(|option| format!(" {}", code(option))).unwrap_or_default();
        format!("{}. {}{option}: {}\n", at + 1, code(&behaviour.name), text(about))
    });
    let steps: String = steps.collect();
    if !steps.is_empty() {
        description.push_str(&format!("\n{steps}"));
    }
    let shown: Vec<Vec<String>> = endpoint
        .plan
        .shown
        .iter()
        .map(|(fault, fields)| vec![codes(fields.iter().map(String::as_str)), code(fault), when(of, fault)])
        .collect();
    if !shown.is_empty() {
        description.push_str("\nTold by the answer itself:\n\n");
        description.push_str(&table(&["Field", "Fault", "When"], &shown));
    }
    let errors = errors(of, endpoint);
    if !errors.is_empty() {
        description.push_str("\nErrors:\n\n");
        description.push_str(&table(&["Status", "Error", "Fault", "Message", "When"], &errors));
    }
    description
}

/// A row for each fault.
pub fn errors(of: &Adapter, endpoint: &Endpoint) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for answer in &endpoint.plan.answers {
        let row = &of.rows[answer.row];
        let start = || vec![row.status.to_string(), code(&row.name)];
        if answer.faults.is_empty() {
            rows.push(
                [start(), vec![String::new(), message(&row.says), "only where the bank's own code says so".to_owned()]]
                    .concat(),
            );
        }
        for fault in &answer.faults {
            let own = of.says.iter().find(|(name, _)| name == fault).map(|(_, key)| code(key));
            let shown = own.unwrap_or_else(|| message(&row.says));
            rows.push([start(), vec![code(fault), shown, when(of, fault)]].concat());
        }
    }
    rows
}

/// What a row says.
pub fn message(says: &Says) -> String {
    match says {
        Says::Key(key) | Says::Text(key) => code(key),
        Says::FirstOf(lines) => {
            let last = lines.last().map_or("", String::as_str);
            format!("by the broken rules, else {}", code(last))
        }
    }
}

/// When a fault is answered, in Markdown.
pub fn when(of: &Adapter, fault: &str) -> String {
    if let Some(when) = of.faults.get(fault) {
        return when.replace('|', "\\|");
    }
    if let Some(table) = of.tables.iter().find(|table| fault_of_table(&table.name) == fault) {
        return format!("the table {} has no such row", code(&table.name));
    }
    let hook = of.hooks.iter().find(|hook| hook.fails.iter().any(|fails| fails == fault));
    hook.map_or("the bank's code says so".to_owned(), |hook| format!("the hook {} says so", code(&hook.name)))
}

/// A payload.
pub fn of_payload(of: &Adapter, payload: &Payload) -> String {
    let id = of.payloads.pairs().find(|(_, one)| one.name == payload.name).map(|(id, _)| id);
    let names = |all: Vec<&Endpoint>| codes(all.into_iter().map(|endpoint| endpoint.name.as_str()));
    let asked: Vec<&Endpoint> = of.endpoints.iter().filter(|one| id.is_some() && one.request == id).collect();
    if !asked.is_empty() {
        return format!("The request of {}.", names(asked));
    }
    let answered: Vec<&Endpoint> = of.endpoints.iter().filter(|one| id.is_some() && one.response == id).collect();
    if !answered.is_empty() {
        return format!("The response of {}.", names(answered));
    }
    format!("{}.", text(&payload.name))
}

/// A union.
pub fn of_union(union: &Union) -> String {
    let kept = if union.echo_unknown { " A variant that is not known is sent back as it came." } else { "" };
    format!("One of several, identified by {}.{kept}", code(&union.tag))
}

/// An enum.
pub fn of_enum(one: &Enum) -> String {
    let shown = one.members.iter().filter_map(|member| Some((member, member.shows.as_ref()?)));
    let lines: Vec<String> = shown.map(|(member, shows)| format!("{}: {}", code(&member.wire), text(shows))).collect();
    if lines.is_empty() { "One of these.".to_owned() } else { format!("{}.", lines.join("; ")) }
}

/// A field: what it means, what it is where it is not sent, its rules.
pub fn of_field(of: &Adapter, field: &Field) -> String {
    let mut description = Vec::new();
    match field.meaning {
        Some(id) => description.push(format!("Means {}.", code(&of.meanings[id].name))),
        None => description.push("Passed on as it is; it has no meaning here.".to_owned()),
    }
    match &field.need {
        Need::Default(default) => description.push(format!("Not sent, it is {}.", code(&default.to_string()))),
        Need::Constant { always, .. } => description.push(format!("Always {}.", code(&always.to_string()))),
        Need::Required | Need::Optional => {}
    }
    description.extend(field.rules.iter().map(rule));
    description.join(" ")
}

/// `` Over 40: `login.username.long`. ``
pub fn rule(rule: &Rule) -> String {
    let broken = rule.broken();
    let says = match (&rule.raises, &rule.key) {
        (Some(fault), _) => format!("the fault {}", code(fault)),
        (None, Some(key)) => code(key),
        (None, None) => format!("the fault {}", code("input.invalid")),
    };
    let mut letters = broken.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{}: {says}.", text(&format!("{first}{}", letters.as_str())))
}
