//! The API as a reference in Markdown, for the people who call it and for those who run it: endpoints with their fields,
//! rules and errors, the flows as sequence diagrams, settings, hooks and texts. It reads the model and what was planned.

mod declarations;
mod diagrams;
mod endpoints;
mod hooks;

use crate::markdown::{code, codes, table, text};
use crate::model::{Adapter, Callers};
use crate::openapi::descriptions;

/// The reference, with a line end.
pub fn reference(of: &Adapter) -> String {
    let parts = [
        head(of),
        index(of),
        diagrams::flows(of),
        endpoints::all(of),
        errors(of),
        declarations::types(of),
        declarations::codes_and_operations(of),
        declarations::settings(of),
        hooks::all(of),
        declarations::texts(of),
    ];
    let parts: Vec<&str> = parts.iter().map(|part| part.trim_end()).filter(|part| !part.is_empty()).collect();
    parts.join("\n\n") + "\n"
}

/// A heading with what stands below it; nothing if nothing does.
fn section(level: usize, title: &str, below: &str) -> String {
    if below.trim().is_empty() {
        return String::new();
    }
    format!("{} {title}\n\n{}\n\n", "#".repeat(level), below.trim_end())
}

fn head(of: &Adapter) -> String {
    let mut lines = vec![format!("# {} {}", text(&of.title), text(&of.version))];
    let callers = match &of.callers {
        Callers::None(reason) => {
            format!("Anybody who reaches the port may call: {}.", text(reason.trim_end_matches('.')))
        }
        Callers::Bearer => {
            "Callers show `Authorization: Bearer <token>`; tokens are settings (`callers.<name>`).".to_owned()
        }
        Callers::Basic(realm) => format!(
            "Callers show `Authorization: Basic base64(<access id>:<key>)` in the realm {}; keys are settings (`callers.<name>`).",
            code(realm)
        ),
    };
    lines.push(format!("Generated from the definition {}. {callers}", code(&of.name)));
    let mut wire = Vec::new();
    if !of.base.is_empty() {
        wire.push(format!("Every path is served with and without {}.", code(&of.base)));
    }
    let unknown = if of.wire.reject_unknown_fields { "refused" } else { "passed over" };
    wire.push(format!("Bodies are JSON; members that a payload does not have are {unknown}."));
    let limit = of.wire.body_limit.unwrap_or(64 * 1024);
    wire.push(format!("A body has at most {limit} bytes."));
    let nulls = if of.wire.omit_nulls { "left out" } else { "sent as `null`" };
    wire.push(format!("What an answer does not have is {nulls}."));
    let times = of.wire.times.as_deref().unwrap_or("%Y-%m-%dT%H:%M:%S%.3fZ");
    wire.push(format!("Times are written by {}.", code(times)));
    wire.push("Every answer has `X-Request-Id`, which the log has too, and `Cache-Control: no-store`.".to_owned());
    lines.push(wire.join(" "));
    lines.join("\n\n")
}

fn index(of: &Adapter) -> String {
    let rows: Vec<Vec<String>> = of
        .endpoints
        .iter()
        .map(|endpoint| {
            let link = format!("[{}](#{})", code(&endpoint.name), endpoint.name);
            let route = code(&format!("{} {}", endpoint.method, endpoint.path));
            vec![link, route, text(&endpoint.about)]
        })
        .collect();
    section(2, "Endpoints", &table(&["Endpoint", "Route", "What it does"], &rows))
}

/// The whole error table, with what is answered outside every endpoint.
fn errors(of: &Adapter) -> String {
    let rows: Vec<Vec<String>> = of
        .used_rows()
        .map(|(id, row)| {
            let everywhere = of.endpoints.iter().flat_map(|endpoint| &endpoint.plan.answers).chain(&of.answers);
            let mut faults: Vec<&str> = Vec::new();
            for fault in everywhere.filter(|answer| answer.row == id).flat_map(|answer| &answer.faults) {
                if !faults.contains(&fault.as_str()) {
                    faults.push(fault);
                }
            }
            let outside = of.answers.iter().any(|answer| answer.row == id && !answer.faults.is_empty());
            let answering =
                |endpoint: &&crate::model::Endpoint| endpoint.plan.answers.iter().any(|answer| answer.row == id);
            let names: Vec<&str> =
                of.endpoints.iter().filter(answering).map(|endpoint| endpoint.name.as_str()).collect();
            let at = match (names.len() == of.endpoints.len(), outside) {
                (true, _) => "everywhere".to_owned(),
                (false, true) if names.is_empty() => "outside every endpoint".to_owned(),
                (false, true) => format!("{}, and outside", codes(names)),
                (false, false) => codes(names),
            };
            let columns = row.columns.iter().map(|(name, value)| format!("{}: {}", code(name), code(value)));
            let says = std::iter::once(descriptions::message(&row.says)).chain(columns).collect::<Vec<_>>().join("; ");
            vec![row.status.to_string(), code(&row.name), code(&row.code), codes(faults), says, at]
        })
        .collect();
    section(2, "Errors", &table(&["Status", "Error", "Code", "Faults", "Says", "Where"], &rows))
}
