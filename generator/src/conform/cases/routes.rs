//! Paths that no endpoint has, and methods that a path does not have.

use super::super::Run;
use super::super::ask::{Ask, Credential};
use super::super::base;
use super::super::client::Answer;
use super::super::judge::outcome;
use crate::model::{Adapter, Endpoint, ErrorRow};
use crate::openapi::shapes;

const OUTSIDE: &str = "outside";

/// What is answered outside every endpoint.
pub fn all(run: &mut Run<'_>) {
    let of = run.of;
    let nowhere = Ask {
        method: "GET".to_owned(),
        path: "/no/such/path".to_owned(),
        headers: Vec::new(),
        media: "application/json".to_owned(),
        body: None,
        credential: Credential::Usual,
        waits: false,
    };
    one(run, "a path that there is none of".to_owned(), &nowhere, "route.unknown");
    let mut done: Vec<&str> = Vec::new();
    for endpoint in &of.endpoints {
        if done.contains(&endpoint.path.as_str()) {
            continue;
        }
        done.push(&endpoint.path);
        let Some(method) = other_method(of, endpoint) else { continue };
        let body = base::request(of, endpoint);
        let ask = Ask { method: method.to_owned(), body: None, ..Ask::of(of, endpoint, body.as_ref()) };
        one(run, format!("method {method} of {}", endpoint.path), &ask, "method.wrong");
    }
}

/// A method that a path does not have; HEAD comes with GET.
fn other_method(of: &Adapter, endpoint: &Endpoint) -> Option<&'static str> {
    let taken = |method: &str| of.endpoints.iter().any(|other| other.path == endpoint.path && other.method == method);
    ["DELETE", "PUT", "GET", "POST"].into_iter().find(|method| !taken(method))
}

fn one(run: &mut Run<'_>, name: String, ask: &Ask, fault: &str) {
    let outcome = match run.client.send(ask) {
        Err(why) => outcome(vec![format!("it does not answer: {why}")]),
        Ok(answer) => outcome(differences(run, fault, &answer)),
    };
    run.note(OUTSIDE, name, outcome);
}

fn differences(run: &mut Run<'_>, fault: &str, answer: &Answer) -> Vec<String> {
    let of = run.of;
    let rows: Vec<&ErrorRow> = of
        .answers
        .iter()
        .filter(|one| one.faults.iter().any(|own| own == fault))
        .map(|one| &of.rows[one.row])
        .collect();
    // What stands around a failure is that of the API, which any endpoint without its own has.
    let Some(usual) = of.endpoints.iter().find(|endpoint| endpoint.failure.is_none()).or(of.endpoints.first()) else {
        return Vec::new();
    };
    let code = answer.json.as_ref().and_then(|body| shapes::shown_by_failure(of, usual, body, "error.code")?.as_str());
    let found = rows.iter().find(|row| row.status == answer.status && code.is_none_or(|code| code == row.code));
    let Some(row) = found else {
        let wanted: Vec<String> = rows.iter().map(|row| format!("{} `{}`", row.status, row.name)).collect();
        let code = code.map(|code| format!(" `{code}`")).unwrap_or_default();
        return vec![format!(
            "{fault} is answered by {}, and it answered {}{code}",
            wanted.join(" or "),
            answer.status
        )];
    };
    run.seen.insert((OUTSIDE.to_owned(), row.name.clone()));
    let Some(body) = &answer.json else { return vec!["what it answered is not JSON".to_owned()] };
    let violations = run.shapes.failure(usual, row, body);
    violations
        .iter()
        .map(|violation| format!("the error `{}`: `{}` {}", row.name, violation.pointer, violation.what))
        .collect()
}
