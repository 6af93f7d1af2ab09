//! Whether an answer is one that the definition knows, and the one that is expected. What differs is reported in the words
//! of the definition.

use serde_json::Value as Json;

use super::cases::server_data;
use super::client::Answer;
use super::expected::Expected;
use super::{Outcome, Run};
use crate::model::{Adapter, Endpoint, ErrorRow, JSON};
use crate::openapi::{SchemaViolation, rows_by_status, shapes};

/// What came of a case with these differences.
pub fn outcome(differences: Vec<String>) -> Outcome {
    if differences.is_empty() { Outcome::Conforms } else { Outcome::Deviates(differences) }
}

/// Every difference.
pub fn judge(run: &mut Run<'_>, endpoint: &Endpoint, expected: &Expected, answer: &Answer) -> Vec<String> {
    let of = run.of;
    let row = row_of(of, endpoint, answer);
    if let Some(row) = row {
        run.seen.insert((endpoint.name.clone(), row.name.clone()));
    }
    let mut wrong = known(run, endpoint, row, answer);
    match expected {
        Expected::AnyDeclared => {}
        Expected::Fault { faults, own, key, because } => {
            let all: Vec<&str> = faults.iter().copied().chain(own.iter().map(String::as_str)).collect();
            let difference = refused(of, endpoint, (&all, key.as_deref()), row, answer);
            wrong.extend(difference.map(|what| format!("{because}: {what}")));
        }
        Expected::Kept { key, fault, because } => {
            let answers = |row: &ErrorRow| answering(of, endpoint, &[fault]).iter().any(|one| one.name == row.name);
            let is_shown = key.as_deref().is_none_or(|key| shows_key(of, endpoint, answer, key).unwrap_or(true));
            if row.is_some_and(answers) && is_shown {
                wrong.push(format!("{because}: this is allowed, and it answered {}", shown(row, answer)));
            }
        }
    }
    wrong
}

/// Why an answer does not show whether a value was allowed: its row answers faults, too, that depend on the data that
/// the server holds.
pub fn ambiguous(of: &Adapter, endpoint: &Endpoint, expected: &Expected, answer: &Answer) -> Option<String> {
    let Expected::Kept { key, fault, .. } = expected else { return None };
    let answering = answering(of, endpoint, &[fault]);
    let row = row_of(of, endpoint, answer).filter(|row| answering.iter().any(|one| one.name == row.name))?;
    let other = server_data::one_of_data(of, endpoint, row)?;
    let is_shown = key.as_deref().and_then(|key| shows_key(of, endpoint, answer, key));
    is_shown
        .is_none()
        .then(|| format!("`{}` also answers `{other}`, which depends on the data that the server holds", row.name))
}

/// What is true of every answer: a status, a media type, a code and a shape that the definition has.
fn known(run: &mut Run<'_>, endpoint: &Endpoint, row: Option<&ErrorRow>, answer: &Answer) -> Vec<String> {
    let of = run.of;
    let mut wrong = Vec::new();
    let rows = rows_by_status(of, endpoint);
    let is_success = endpoint.is_success(answer.status) && row.is_none();
    if !is_success && !rows.contains_key(&answer.status) {
        let mut statuses: Vec<String> = rows.keys().map(u16::to_string).collect();
        statuses.extend(endpoint.successes().iter().map(u16::to_string));
        statuses.sort();
        statuses.dedup();
        wrong.push(format!("it answered {}, and `{}` answers {}", answer.status, endpoint.name, statuses.join(", ")));
        return wrong;
    }
    if is_success && matches!(endpoint.success, 204 | 205) {
        return wrong;
    }
    let media = if is_success { JSON } else { of.envelope.media_type_of(answer.status) };
    if answer.media != media {
        wrong.push(format!("it answered the media type `{}`, not `{media}`", answer.media));
    }
    let Some(body) = &answer.json else {
        wrong.push("what it answered is not JSON".to_owned());
        return wrong;
    };
    match row {
        Some(row) => {
            let violations = run.shapes.failure(endpoint, row, body);
            wrong.extend(
                violations.iter().map(|violation| format!("the error `{}`: {}", row.name, place(None, violation))),
            );
        }
        None if is_success => {
            let violations = run.shapes.success(endpoint, body);
            wrong.extend(violations.iter().map(|violation| {
                let field = shapes::field_at(of, endpoint, &violation.pointer);
                let meant = field.and_then(|field| {
                    let meaning = field.meaning.map(|id| of.meanings[id].name.as_str());
                    Some(format!(" (`{}`, {})", meaning?, field.trace))
                });
                place(meant, violation)
            }));
        }
        None => {
            let codes: Vec<&str> =
                rows.get(&answer.status).into_iter().flatten().map(|(row, _)| row.code.as_str()).collect();
            let code = shapes::shown_by_failure(of, endpoint, body, "error.code")
                .map_or("no code".to_owned(), Json::to_string);
            wrong.push(format!(
                "it answered {} with {code}; with this status the codes are {}",
                answer.status,
                codes.join(", ")
            ));
        }
    }
    wrong
}

/// `responseObject.givenName is missing (user.given_name, payloads.yaml:42)`
fn place(meant: Option<String>, violation: &SchemaViolation) -> String {
    let path = violation.pointer.trim_start_matches('/').replace('/', ".");
    let path = if path.is_empty() { "the answer".to_owned() } else { format!("`{path}`") };
    format!("{path} {}{}", violation.what, meant.unwrap_or_default())
}

/// How an answer differs from the refusal of one of these faults.
fn refused(
    of: &Adapter,
    endpoint: &Endpoint,
    (faults, key): (&[&str], Option<&str>),
    row: Option<&ErrorRow>,
    answer: &Answer,
) -> Option<String> {
    let rows = answering(of, endpoint, faults);
    let shown_at = endpoint.plan.shown.iter().find(|(fault, _)| faults.contains(&fault.as_str()));
    if rows.is_empty() {
        return match shown_at {
            Some(_) if row.is_none() && endpoint.is_success(answer.status) => None,
            _ => Some(format!(
                "no row of `{}` answers {}, and it answered {}",
                endpoint.name,
                faults.join(" or "),
                shown(row, answer)
            )),
        };
    }
    let Some(found) = row
        .filter(|row| rows.iter().any(|one| one.name == row.name || one.code == row.code && one.status == row.status))
    else {
        let wanted: Vec<String> = rows.iter().map(|row| format!("{} `{}`", row.status, row.name)).collect();
        return Some(format!("it must be answered by {}, and it answered {}", wanted.join(" or "), shown(row, answer)));
    };
    let key = key?;
    match shows_key(of, endpoint, answer, key) {
        Some(false) => {
            Some(format!("the error `{}` must say `{key}`, and it does not: {}", found.name, short(&answer.text)))
        }
        _ => None,
    }
}

/// The rows of an endpoint that answer one of these faults.
fn answering<'a>(of: &'a Adapter, endpoint: &Endpoint, faults: &[impl AsRef<str>]) -> Vec<&'a ErrorRow> {
    let answers = endpoint.plan.answers.iter();
    let answers =
        answers.filter(|answer| answer.faults.iter().any(|own| faults.iter().any(|fault| own == fault.as_ref())));
    answers.map(|answer| &of.rows[answer.row]).collect()
}

/// Whether a failure shows a key, where it shows keys of rules at all.
fn shows_key(of: &Adapter, endpoint: &Endpoint, answer: &Answer, key: &str) -> Option<bool> {
    let body = answer.json.as_ref()?;
    let codes = shapes::shown_by_failure(of, endpoint, body, "violations.codes").and_then(Json::as_array)?;
    let patterns = of.validation.field_codes.iter().chain(&of.validation.body_codes);
    let starts: Vec<String> =
        patterns.filter_map(|pattern| pattern.strip_prefix("{key}")).map(|_| key.to_owned()).collect();
    let starts = if starts.is_empty() { vec![key.to_owned()] } else { starts };
    let is_of_key = |code: &str| {
        starts
            .iter()
            .any(|start| code.strip_prefix(start.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    Some(codes.iter().filter_map(Json::as_str).any(is_of_key))
}

/// The row that an answer is of, by its status and code.
pub fn row_of<'a>(of: &'a Adapter, endpoint: &'a Endpoint, answer: &Answer) -> Option<&'a ErrorRow> {
    let body = answer.json.as_ref()?;
    let rows = rows_by_status(of, endpoint).remove(&answer.status)?;
    let code = shapes::shown_by_failure(of, endpoint, body, "error.code").and_then(Json::as_str);
    let by_code = rows.iter().filter(|(row, _)| Some(row.code.as_str()) == code && row.shows.is_none());
    let by_code = by_code.max_by_key(|(row, _)| row.code == row.name);
    // A row with a body of its own has no code to be known by.
    let by_body =
        || rows.iter().find(|(row, _)| row.shows.is_some() && code.is_none() && !endpoint.is_success(answer.status));
    by_code.or_else(by_body).map(|(row, _)| *row)
}

fn shown(row: Option<&ErrorRow>, answer: &Answer) -> String {
    match row {
        Some(row) => format!("{} `{}`", answer.status, row.name),
        None => format!("{}: {}", answer.status, short(&answer.text)),
    }
}

/// The beginning of a text.
fn short(text: &str) -> String {
    let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(200).collect();
    if line.len() < text.len() { format!("{line}…") } else { line }
}
