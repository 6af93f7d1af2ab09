//! Bodies that are no JSON of the right kind, too large ones, members that there are none of, and another media type.

use serde_json::{Value as Json, json};

use super::super::Run;
use super::super::ask::Ask;
use super::super::base;
use super::super::expected::Expected;
use super::{needs_session, sharing};
use crate::model::{Adapter, Endpoint, Type};

/// Bytes that are no JSON, with what they are.
const MALFORMED: [(&str, &[u8]); 4] = [
    ("a body that ends too early", b"{\"a\": "),
    ("text behind the body", b"{} {}"),
    ("a name without quotation marks", b"{a: 1}"),
    ("bytes that are no UTF-8", b"{\"a\": \"\xff\xfe\"}"),
];

/// JSON of another kind than an object.
const NO_OBJECT: [(&str, &[u8]); 2] =
    [("a list in place of an object", b"[]"), ("a text in place of an object", b"\"text\"")];

/// The body of a request as such.
pub fn all(run: &mut Run<'_>, endpoint: &Endpoint) {
    let of = run.of;
    let Some(body) = base::request(of, endpoint) else { return };
    let good = Ask::of(of, endpoint, Some(&body));
    let Some(bytes) = good.body.clone() else { return };
    if needs_session(endpoint) {
        run.not_run(&endpoint.name, "bodies", super::NO_SESSION);
        return;
    }
    // Until the body shows which endpoint it is for, the first of the route answers.
    let first = sharing(of, endpoint).first().copied().is_some_and(|first| first.name == endpoint.name);
    if first {
        unreadable(run, endpoint, &good);
        large(run, endpoint, &good, &bytes);
    }
    strange_member(run, endpoint, &body);
}

fn unreadable(run: &mut Run<'_>, endpoint: &Endpoint, good: &Ask) {
    let no_object = NO_OBJECT.into_iter().filter(|_| is_object(run.of, endpoint));
    for (name, bytes) in MALFORMED.into_iter().chain(no_object) {
        let ask = Ask { body: Some(bytes.to_vec()), ..good.clone() };
        run.attempt(endpoint, format!("body: {name}"), &ask, &malformed(run.of, bytes, name));
    }
    let empty = Ask { body: Some(Vec::new()), ..good.clone() };
    let expected =
        if run.of.wire.empty_body { Expected::AnyDeclared } else { Expected::fault("body.malformed", "an empty body") };
    run.attempt(endpoint, "body: an empty one".to_owned(), &empty, &expected);
    let other = Ask { media: "text/plain".to_owned(), ..good.clone() };
    let expected = Expected::fault("content_type.wrong", "the media type `text/plain`");
    run.attempt(endpoint, "header: another media type".to_owned(), &other, &expected);
    let with_charset = Ask { media: "application/json; charset=utf-8".to_owned(), ..good.clone() };
    let because = "the media type `application/json; charset=utf-8`".to_owned();
    let kept = Expected::Kept { key: None, fault: "content_type.wrong".to_owned(), because };
    run.attempt(endpoint, "header: the media type with its charset".to_owned(), &with_charset, &kept);
}

/// False where the body is one field of the request, and that is no object.
fn is_object(of: &Adapter, endpoint: &Endpoint) -> bool {
    match endpoint.request.and_then(|id| of.payloads[id].whole_body()).map(|field| &field.ty) {
        Some(Type::Payload(id)) => !of.payloads[*id].as_list,
        Some(ty) => matches!(ty, Type::Union(_)),
        None => true,
    }
}

/// What is no object may be reported as a missing envelope, where there is one and it has a message.
fn malformed(of: &Adapter, bytes: &[u8], name: &str) -> Expected {
    let is_json = serde_json::from_slice::<Json>(bytes).is_ok();
    let faults = if is_json && !of.validation.says.is_empty() {
        vec!["body.malformed", "input.invalid"]
    } else {
        vec!["body.malformed"]
    };
    Expected::Fault { faults, own: Vec::new(), key: None, because: name.to_owned() }
}

fn large(run: &mut Run<'_>, endpoint: &Endpoint, good: &Ask, bytes: &[u8]) {
    let limit = run.of.wire.body_limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(64 * 1024);
    let padded = |length: usize| {
        let mut padded = bytes.to_vec();
        padded.resize(length.max(bytes.len()), b' ');
        Ask { body: Some(padded), waits: true, ..good.clone() }
    };
    let because = format!("a body of {} bytes, and the limit is {limit}", limit + 1);
    run.attempt(
        endpoint,
        "body: one byte over the limit".to_owned(),
        &padded(limit + 1),
        &Expected::fault("body.too_large", because),
    );
    let because = format!("a body of {limit} bytes");
    let kept = Expected::Kept { key: None, fault: "body.too_large".to_owned(), because };
    run.attempt(endpoint, "body: as long as the limit".to_owned(), &padded(limit), &kept);
}

/// A member that the payload does not have.
fn strange_member(run: &mut Run<'_>, endpoint: &Endpoint, body: &Json) {
    if !is_object(run.of, endpoint) {
        return;
    }
    let whole = endpoint.request.and_then(|id| run.of.payloads[id].whole_body()).map(|field| field.wire.clone());
    let path: Vec<String> = whole.into_iter().chain(["noSuchMember".to_owned()]).collect();
    let changed = base::changed(body, &path, Some(json!(1)));
    let ask = Ask::of(run.of, endpoint, Some(&changed));
    let because = "a member `noSuchMember`, which there is none of".to_owned();
    let expected = match run.of.wire.reject_unknown_fields {
        true => Expected::fault("input.unknown_field", because),
        false => Expected::Kept { key: None, fault: "input.unknown_field".to_owned(), because },
    };
    run.attempt(endpoint, "body: a member that there is none of".to_owned(), &ask, &expected);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{BuiltIn, definition};

    const HEAD: &str = "\
adapter: small
title: Small
version: '1'
callers: { none: a test }
envelope: { failure: { code: error.code } }
every_endpoint: { errors: [BROKEN] }
errors:
  BROKEN: { status: 500, because: a test, for: [body.*, content_type.*, input.*, method.*, overloaded, route.*, unexpected] }
messages: { en: { BROKEN: broken } }
endpoints: { ask: { about: Asks., route: POST /ask } }
";

    fn adapter(payloads: &str) -> Adapter {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("adapter.yaml"), format!("{HEAD}payloads: {{ {payloads} }}\n")).unwrap();
        let loaded = definition(folder.path(), &BuiltIn::embedded()).unwrap();
        let checked = crate::check::check(&loaded);
        checked.adapter.unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
    }

    #[test]
    fn a_body_that_is_one_field_may_be_a_list() {
        for (payloads, expected) in [
            ("AskRequest: { a: { as: text } }", true),
            ("AskRequest: { all: { as: One, in: body } }, One: { a: { as: text } }", true),
            ("AskRequest: { all: { as: [One], in: body } }, One: { a: { as: text } }", false),
        ] {
            let of = adapter(payloads);
            assert_eq!(is_object(&of, &of.endpoints[0]), expected, "{payloads}");
        }
    }

    #[test]
    fn what_has_to_be_there_is_there_as_null() {
        let of = adapter("AskRequest: { must: { as: text, present: true, optional: true }, may: optional text }");
        assert_eq!(base::request(&of, &of.endpoints[0]), Some(json!({ "must": null })));
    }
}
