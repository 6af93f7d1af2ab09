//! The definition's examples, call by call. What a call remembers (`<uuid message>`) is inserted into later ones, and so
//! is the code that the server sent.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::super::ask::{Ask, Credential};
use super::super::client::Answer;
use super::super::codes::Message;
use super::super::expected::Expected;
use super::super::judge::{self, outcome};
use super::super::{Outcome, Run};
use super::server_data;
use super::{NO_SESSION, needs_state};
use crate::model::{Adapter, Call, Endpoint, Example, Target, Type};
use crate::openapi::{head, row_of_example, shapes};

/// What is known between the calls of an example.
#[derive(Default)]
struct ExampleState {
    /// What was remembered, by name.
    values: BTreeMap<String, Json>,
    /// The code that the example says, and the one that the server sent.
    code: Option<(String, String)>,
    /// The token of a session.
    session: Option<String>,
}

/// All examples.
pub fn all(run: &mut Run<'_>) {
    let of = run.of;
    for example in &of.examples {
        let mut known = ExampleState::default();
        for (at, call) in example.calls.iter().enumerate() {
            let Target::Endpoint(name) = &call.to else { continue };
            let Some(endpoint) = of.endpoints.iter().find(|endpoint| endpoint.name == *name) else { continue };
            let title = title(example, at);
            if let Some(why) = hindrance(run, endpoint, example, call, &known) {
                run.not_run(name, title, why);
                continue;
            }
            let outcome = one(run, endpoint, call, &mut known);
            let goes_on = outcome == Outcome::Conforms;
            run.note(name, title, outcome);
            if !goes_on {
                rest(run, example, at + 1);
                break;
            }
        }
    }
}

fn title(example: &Example, at: usize) -> String {
    match example.calls.len() {
        1 => format!("example: {}", example.title),
        _ => format!("example: {} ({})", example.title, at + 1),
    }
}

/// What follows a call that went wrong cannot be tried.
fn rest(run: &mut Run<'_>, example: &Example, from: usize) {
    for (at, call) in example.calls.iter().enumerate().skip(from) {
        if let Target::Endpoint(name) = &call.to {
            run.not_run(name, title(example, at), "a call before it deviates");
        }
    }
}

/// Why a call cannot be tried.
fn hindrance(
    run: &Run<'_>,
    endpoint: &Endpoint,
    example: &Example,
    call: &Call,
    known: &ExampleState,
) -> Option<String> {
    if let Some(hook) = arranged(call) {
        return Some(format!("the server's `{hook}` would have to answer otherwise"));
    }
    let row = call.error.as_ref().and_then(|error| row_of_example(run.of, endpoint, call, error));
    let answer = row.and_then(|row| run.of.answer_of(endpoint, row));
    let is_about_callers = answer.is_some_and(|answer| answer.faults.iter().any(|fault| fault.starts_with("caller.")));
    if endpoint.session.is_some() && known.session.is_none() && !is_about_callers {
        return Some(NO_SESSION.to_owned());
    }
    if let Some(faults) = answer.map(|answer| &answer.faults)
        && !faults.is_empty()
        && faults.iter().all(|fault| needs_state(run.of, fault))
    {
        return Some(format!("{} cannot be provoked by a request alone", faults.join(", ")));
    }
    let says_code = example.calls.iter().filter_map(code_of).next();
    let wants_code = says_code.as_ref().is_some_and(|code| call.request.as_ref().is_some_and(|body| has(body, code)));
    if wants_code && known.code.is_none() {
        return Some("the code is not known: say `--outbox FILE`, or `code` in the file of `--values`".to_owned());
    }
    let unknown = call.request.as_ref().and_then(|body| missing(body, known));
    unknown.map(|name| format!("`${name}` is not known: the call that gives it was not run"))
}

/// The hook that an example wants to answer what no foreign server can be made to.
fn arranged(call: &Call) -> Option<&str> {
    let given = call.given.as_ref()?.as_object()?;
    let odd = |value: &Json| match value {
        Json::String(word) => !matches!(word.as_str(), "nobody"),
        Json::Bool(_) => true,
        _ => false,
    };
    given.iter().find(|(name, value)| *name != "otp" && odd(value)).map(|(name, _)| name.as_str())
}

/// The code that an example wants to be sent.
fn code_of(call: &Call) -> Option<String> {
    call.given.as_ref()?.get("otp")?.as_str().map(str::to_owned)
}

/// True if a body has this code, as a text or as a number.
fn has(body: &Json, code: &str) -> bool {
    match body {
        Json::String(text) => text == code,
        Json::Number(number) => number.to_string() == code.trim_start_matches('0'),
        Json::Array(items) => items.iter().any(|item| has(item, code)),
        Json::Object(members) => members.values().any(|inner| has(inner, code)),
        _ => false,
    }
}

/// A name that a body inserts and nobody remembered.
fn missing(body: &Json, known: &ExampleState) -> Option<String> {
    match body {
        Json::String(text) => {
            text.strip_prefix('$').filter(|name| is_name(name) && !known.values.contains_key(*name)).map(str::to_owned)
        }
        Json::Array(items) => items.iter().find_map(|item| missing(item, known)),
        Json::Object(members) => members.values().find_map(|inner| missing(inner, known)),
        _ => None,
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn one(run: &mut Run<'_>, endpoint: &Endpoint, call: &Call, known: &mut ExampleState) -> Outcome {
    let of = run.of;
    let body = call.request.as_ref().map(|body| inserted(body, known));
    let mut ask = Ask::of(of, endpoint, body.as_ref());
    ask.credential = credential(of, endpoint, call, known);
    if let Some(media) = &call.sent_as {
        ask.media.clone_from(media);
    }
    let answer = match run.client.send(&ask) {
        Ok(answer) => answer,
        Err(why) => return outcome(vec![format!("it does not answer: {why}")]),
    };
    let sends = call.sms.is_some() || call.given.as_ref().is_some_and(|given| given.get("otp").is_some());
    let message = if sends { run.codes.last() } else { None };
    let mut wrong = judge::judge(run, endpoint, &Expected::AnyDeclared, &answer);
    if wrong.is_empty()
        && let Some(why) = other_data(of, endpoint, call, &answer)
    {
        return Outcome::NotRun(why);
    }
    wrong.extend(compared(of, endpoint, call, &answer, known));
    wrong.extend(sent(run, call, message.as_ref()));
    if let (Some(example_code), Some(sent)) = (code_of(call), message.and_then(|message| message.code)) {
        known.code = Some((example_code, sent));
    }
    outcome(wrong)
}

/// Why an answer that the definition knows is another one than the example's: the server holds other data.
fn other_data(of: &Adapter, endpoint: &Endpoint, call: &Call, answer: &Answer) -> Option<String> {
    let answered = judge::row_of(of, endpoint, answer);
    let expected = call.error.as_ref().and_then(|error| row_of_example(of, endpoint, call, error));
    if expected.map(|row| &row.name) == answered.map(|row| &row.name) {
        return None;
    }
    let wanted = expected.and_then(|row| server_data::of_data_alone(of, endpoint, row));
    let got = answered.and_then(|row| Some((row, server_data::one_of_data(of, endpoint, row)?)));
    match (wanted, got) {
        (_, Some((row, fault))) => {
            Some(format!("it answers `{}` (`{fault}`): that depends on the data that the server holds", row.name))
        }
        (Some(faults), None) => Some(format!("the server would have to hold other data, for {}", faults.join(" or "))),
        (None, None) => None,
    }
}

fn credential(of: &Adapter, endpoint: &Endpoint, call: &Call, known: &ExampleState) -> Credential {
    let row = call.error.as_ref().and_then(|error| row_of_example(of, endpoint, call, error));
    let faults = row.and_then(|row| of.answer_of(endpoint, row));
    let unknown = faults.is_some_and(|answer| answer.faults.iter().any(|fault| fault == "caller.unknown"));
    match (&known.session, endpoint.session) {
        (Some(token), Some(_)) => Credential::Session(token.clone()),
        (None, Some(_)) => Credential::Nothing,
        (_, None) if unknown => Credential::Nothing,
        _ => Credential::Usual,
    }
}

/// A request with what is known.
fn inserted(body: &Json, known: &ExampleState) -> Json {
    match body {
        Json::String(text) => match (text.strip_prefix('$').and_then(|name| known.values.get(name)), &known.code) {
            (Some(value), _) => value.clone(),
            (None, Some((example_code, sent))) if text == example_code => Json::from(sent.as_str()),
            _ => body.clone(),
        },
        Json::Number(number) => match &known.code {
            Some((example_code, sent)) if number.to_string() == example_code.trim_start_matches('0') => {
                sent.trim_start_matches('0').parse().map_or_else(|_| body.clone(), Json::Number)
            }
            _ => body.clone(),
        },
        Json::Array(items) => items.iter().map(|item| inserted(item, known)).collect(),
        Json::Object(members) => Json::Object(
            members.iter().map(|(name, inner)| (name.clone(), inserted(inner, known))).collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

/// How an answer differs from the example's.
fn compared(of: &Adapter, endpoint: &Endpoint, call: &Call, answer: &Answer, known: &mut ExampleState) -> Vec<String> {
    let mut wrong = in_headers(of, endpoint, call, answer, known);
    let Some(body) = &answer.json else { return wrong };
    if let Some(expected) = &call.response {
        if !endpoint.is_success(answer.status) || judge::row_of(of, endpoint, answer).is_some() {
            return vec![format!(
                "the example is answered {}, and it answered {}: {}",
                endpoint.success, answer.status, body
            )];
        }
        let is_free = |pointer: &str| {
            shapes::field_at(of, endpoint, pointer).is_some_and(|field| is_time(&field.ty))
                || server_data::is_server_data(of, endpoint, pointer)
        };
        let mut comparing = Comparing { known, is_free: &is_free, wrong: &mut wrong };
        comparing.compare(&shapes::success(of, endpoint, expected.clone()), body, "");
        remember(of, endpoint, call, body, known);
    }
    if let Some(expected) = &call.error {
        let Some(row) = row_of_example(of, endpoint, call, expected) else { return wrong };
        if answer.status != row.status {
            return vec![format!(
                "the example is answered {} `{}`, and it answered {}",
                row.status, row.name, answer.status
            )];
        }
        match expected {
            Json::String(_) if row.shows.is_some() => {}
            Json::String(code) => {
                let code_shown = shapes::shown_by_failure(of, endpoint, body, "error.code");
                if code_shown.and_then(Json::as_str) != Some(code) {
                    wrong.push(format!("the example has the code `{code}`, and it answered {body}"));
                }
            }
            expected => {
                let mut comparing = Comparing { known, is_free: &|_| false, wrong: &mut wrong };
                comparing.compare(&shapes::failure(of, endpoint, expected.clone()), body, "");
            }
        }
    }
    wrong
}

/// How the headers of a success differ from the example's.
fn in_headers(
    of: &Adapter,
    endpoint: &Endpoint,
    call: &Call,
    answer: &Answer,
    known: &mut ExampleState,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some(expected) = call.response.as_ref().filter(|_| endpoint.is_success(answer.status)) else { return wrong };
    for field in head::of_response(of, endpoint) {
        let Some(expected) = expected.get(&field.wire).filter(|value| !value.is_null()) else { continue };
        let expected = if expected.is_string() { expected.clone() } else { Json::from(expected.to_string()) };
        let shown = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(&field.wire));
        let is_time = is_time(&field.ty);
        let mut comparing = Comparing { known, is_free: &|_| is_time, wrong: &mut wrong };
        match shown {
            Some((_, value)) => comparing.compare(&expected, &Json::from(value.as_str()), &format!("/{}", field.wire)),
            None => wrong.push(format!("the header `{}` is missing, and the example has {expected}", field.wire)),
        }
    }
    wrong
}

/// The token of a session and the code, if the answer shows them.
fn remember(of: &Adapter, endpoint: &Endpoint, call: &Call, body: &Json, known: &mut ExampleState) {
    let Some(payload) = endpoint.response.map(|id| &of.payloads[id]) else { return };
    let shown = |meaning: &str| shapes::inside(of, payload, body, meaning).and_then(Json::as_str).map(str::to_owned);
    known.session = shown("session.token").or(known.session.take());
    if let (Some(example_code), Some(code)) = (code_of(call), shown("otp.code")) {
        known.code = Some((example_code, code));
    }
}

fn is_time(ty: &Type) -> bool {
    matches!(ty, Type::Primitive(primitive) if *primitive == "time")
}

/// An answer that is compared with an example.
struct Comparing<'c> {
    known: &'c mut ExampleState,
    /// Whether a field may have another value than in the example: a time, or what the server holds.
    is_free: &'c dyn Fn(&str) -> bool,
    wrong: &'c mut Vec<String>,
}

impl Comparing<'_> {
    /// Compares member by member. `<uuid message>` matches a text and remembers it.
    fn compare(&mut self, expected: &Json, actual: &Json, at: &str) {
        match (expected, actual) {
            (Json::String(text), _) if text.starts_with('<') && text.ends_with('>') => self.any(text, actual, at),
            (Json::String(text), Json::String(other)) if text.contains('<') => {
                let fits = text.split_once('<').and_then(|(before, rest)| Some((before, rest.split_once('>')?.1)));
                if !fits.is_some_and(|(before, after)| other.starts_with(before) && other.ends_with(after)) {
                    self.differs(expected, actual, at);
                }
            }
            (Json::Object(members), Json::Object(others)) => {
                for (name, inner) in members {
                    let here = format!("{at}/{name}");
                    match others.get(name) {
                        Some(other) => self.compare(inner, other, &here),
                        None => self.wrong.push(format!("`{}` is missing, and the example has {inner}", dotted(&here))),
                    }
                }
            }
            (Json::Array(items), Json::Array(others)) if items.len() == others.len() => {
                for (number, (item, other)) in items.iter().zip(others).enumerate() {
                    self.compare(item, other, &format!("{at}/{number}"));
                }
            }
            _ => self.one(expected, actual, at),
        }
    }

    fn any(&mut self, text: &str, actual: &Json, at: &str) {
        if actual.is_null() {
            self.wrong.push(format!("`{}` is null, and the example has {text}", dotted(at)));
        } else if let Some((_, name)) = text.trim_matches(['<', '>']).split_once(' ') {
            self.known.values.insert(name.to_owned(), actual.clone());
        }
    }

    fn one(&mut self, expected: &Json, actual: &Json, at: &str) {
        let wanted = inserted(expected, self.known);
        let same_number = wanted.as_f64().is_some_and(|number| actual.as_f64() == Some(number));
        let is_free = !actual.is_null() && (self.is_free)(at);
        if wanted != *actual && !(same_number && wanted.is_number()) && !is_free {
            self.differs(&wanted, actual, at);
        }
    }

    fn differs(&mut self, expected: &Json, actual: &Json, at: &str) {
        self.wrong.push(format!("`{}` is {actual}, and the example has {expected}", dotted(at)));
    }
}

/// `/a/b/0` -> `a.b.0`
fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

/// How the message that was sent differs from the example's.
fn sent(run: &Run<'_>, call: &Call, message: Option<&Message>) -> Option<String> {
    let wanted = call.sms.as_ref().filter(|_| run.codes.are_read())?;
    let Some(Message { text: Some(text), code }) = message else {
        return Some(format!("the example sends `{wanted}`, and nothing was sent"));
    };
    let wanted = match (code_of(call), code) {
        (Some(example_code), Some(sent)) => wanted.replace(&example_code, sent),
        _ => wanted.clone(),
    };
    (*text != wanted).then(|| format!("it sent `{text}`, and the example `{wanted}`"))
}
