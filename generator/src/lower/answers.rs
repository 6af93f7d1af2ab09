//! Envelopes and the error table of the model.

use std::collections::HashSet;

use super::internal_error::{InternalError, required};
use super::payloads;
use crate::arena::{Arena, Id};
use crate::model;
use crate::naming::pascal;
use crate::raw::{Endpoint, Entries, EnvelopePart, Row, RowSays, Text};
use crate::resolve::{Resolved, failure_meanings, is_body_slot_of_fields};

/// What stands around every body. What is laid around a body with `+: Body` stands in its payload.
pub(super) fn envelope(of: &Resolved<'_>) -> Result<model::Envelope, InternalError> {
    let envelope = &of.raw.envelope;
    let whole = |part: &&EnvelopePart| !matches!(part, EnvelopePart::Shape(lines, _) if lines.iter().any(is_body_slot_of_fields));
    let whole_part = |part: &Option<EnvelopePart>, name: &str| {
        part.as_ref().filter(whole).map(|part| part_of(of, part, name)).transpose()
    };
    let mut request = whole_part(&envelope.request, "RequestEnvelope")?;
    let mut success = whole_part(&envelope.success, "SuccessEnvelope")?;
    request.iter_mut().for_each(|payload| payload.in_request = true);
    success.iter_mut().for_each(|payload| payload.in_response = true);
    let failure = envelope.failure.as_ref().map(|failure| failure_of(of, failure, "FailureEnvelope")).transpose()?;
    let failure_type = envelope.failure_type.as_ref().map_or(model::JSON, |text| text.text.as_str()).to_owned();
    Ok(model::Envelope { request, success, failure, failure_type })
}

fn part_of(of: &Resolved<'_>, part: &EnvelopePart, name: &str) -> Result<model::Payload, InternalError> {
    let (name, payload) = match part {
        EnvelopePart::Shape(lines, _) => (name, of.shape(lines)),
        EnvelopePart::Payload(payload) => {
            (payload.text.as_str(), of.payload_id(&payload.text).map(|id| &of.payloads[id]))
        }
    };
    payloads::shape(of, name, required(payload, "the payload of an envelope")?)
}

fn failure_of(of: &Resolved<'_>, failure: &EnvelopePart, name: &str) -> Result<model::Failure, InternalError> {
    let entity = Some("error".to_owned());
    let payload = model::Payload { in_response: true, entity, ..part_of(of, failure, name)? };
    let declared = if let EnvelopePart::Payload(name) = failure { of.payload_id(&name.text) } else { None };
    Ok(model::Failure { payload, declared })
}

/// The failures of the envelopes that endpoints name.
pub(super) fn failures(of: &Resolved<'_>) -> Result<Vec<model::Failure>, InternalError> {
    let named = of.raw.envelopes.iter();
    named.filter_map(|(name, own)| Some(failure_of(of, own.failure.as_ref()?, &failure_name(name)))).collect()
}

fn failure_name(envelope: &Text) -> String {
    format!("{}FailureEnvelope", pascal(&envelope.text))
}

/// The failure of an endpoint, if it is not the usual one.
pub(super) fn own_failure(of: &Resolved<'_>, endpoint: &Endpoint) -> Option<String> {
    let (name, envelope) = of.raw.envelopes.entry(&endpoint.envelope.as_ref()?.text)?;
    Some(match envelope.failure.as_ref()? {
        EnvelopePart::Shape(..) => failure_name(name),
        EnvelopePart::Payload(payload) => payload.text.clone(),
    })
}

/// The error table; `used`: the rows that something declares.
pub(super) fn rows(
    of: &Resolved<'_>,
    used: &HashSet<Id<model::ErrorRow>>,
) -> Result<Arena<model::ErrorRow>, InternalError> {
    let shows_id = failure_meanings(of).into_iter().any(|(id, _)| of.meaning(id).name == "request.id");
    of.rows.try_map(|(id, (name, row))| row_of(of, name, row, (used.contains(&id), shows_id)))
}

fn row_of(
    of: &Resolved<'_>,
    name: &Text,
    row: &Row,
    (is_used, shows_id): (bool, bool),
) -> Result<model::ErrorRow, InternalError> {
    let every = of.raw.every_error.as_ref();
    let pairs = |columns: &Entries<Text>| -> Vec<(String, String)> {
        columns.iter().map(|(key, value)| (key.text.clone(), value.text.clone())).collect()
    };
    let mut columns = pairs(&row.columns);
    let shared = every.map(|every| pairs(&every.columns)).unwrap_or_default();
    columns.extend(shared.into_iter().filter(|(column, _)| !row.columns.has(column)));
    columns.extend(shows_id.then(|| ("request_id".to_owned(), "{{ request.id }}".to_owned())));
    let status = row.status.or(every.and_then(|every| every.status)).map(|(status, _)| status);
    let shows = row.payload.as_ref().map(|payload| required(of.payload_id(&payload.text), "an error's payload"));
    Ok(model::ErrorRow {
        name: name.text.clone(),
        code: row.code.as_ref().map_or(name.text.clone(), |code| code.text.clone()),
        status: required(status, "the status of an error")?,
        says: says(name, row.says.as_ref().or(every.and_then(|every| every.says.as_ref()))),
        columns,
        shows: shows.transpose()?,
        is_used,
        trace: of.sources.trace(name.place),
    })
}

/// What a row says; its own name is a key, too.
fn says(name: &Text, row_says: Option<&RowSays>) -> model::Says {
    match row_says {
        None => model::Says::Key(name.text.clone()),
        Some(RowSays::FirstOf(lines)) => model::Says::FirstOf(lines.iter().map(|line| line.text.clone()).collect()),
        Some(RowSays::One(text)) if text.text.contains("{{") => model::Says::Text(text.text.clone()),
        Some(RowSays::One(key)) => model::Says::Key(key.text.clone()),
    }
}
