//! Fields that stand in a request's headers or its query, and in the headers of answers: read as texts beside the body,
//! and written beside it. Which fields do is said by their attributes.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use serde_json::Value;
use zeroize::Zeroize;

use super::field::Field;
use super::tape::Tape;
use crate::values::Json;

/// Members of an object.
type Members = serde_json::Map<String, Value>;

/// Where a field stands that is not in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a header.
    Header,
    /// In the query.
    Query,
}

/// A field that is not in the body.
#[derive(Debug, Clone, Copy)]
pub struct HeadField {
    /// The field.
    pub field: &'static Field,
    /// Where it stands.
    pub place: Place,
}

/// What a request says beside its path and its body.
#[derive(Debug, Default)]
pub struct Head {
    headers: HeaderMap,
    query: Option<String>,
}

impl Head {
    /// That of a request.
    pub fn of<B>(request: &axum::http::Request<B>) -> Self {
        Head { headers: request.headers().clone(), query: request.uri().query().map(str::to_owned) }
    }

    /// What it says of these fields, as an object of a body would.
    pub(crate) fn values(&self, fields: &[HeadField]) -> Option<Tape> {
        let mut all = Value::Object(self.members(fields));
        let tape = Tape::of_own(all.to_string());
        wipe(&mut all);
        tape
    }

    /// The values of these fields by their names: a text, or a list of texts where one is said several times. What is no
    /// UTF-8 is an empty object, which no field takes.
    fn members(&self, fields: &[HeadField]) -> Members {
        let mut all = Members::new();
        let asks = fields.iter().any(|one| one.place == Place::Query);
        let pairs = if asks { self.pairs() } else { Vec::new() };
        for HeadField { field, place } in fields {
            let names = || std::iter::once(&field.name).chain(field.also);
            let said: Vec<Value> = match place {
                Place::Header => names().flat_map(|name| self.headers.get_all(*name)).map(text_of).collect(),
                Place::Query => pairs.iter().filter(|(name, _)| names().any(|own| name == own)).map(value_of).collect(),
            };
            all.extend(one_or_all(said).map(|value| (field.name.to_owned(), value)));
        }
        all
    }

    /// Names and values of the query, as a form has them: `+` is a blank.
    fn pairs(&self) -> Vec<(String, Option<String>)> {
        let parts = self.query.iter().flat_map(|query| query.split('&')).filter(|part| !part.is_empty());
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decoded(name)?, decoded(value)))
        };
        parts.filter_map(pair).collect()
    }
}

fn text_of(value: &HeaderValue) -> Value {
    std::str::from_utf8(value.as_bytes()).map_or_else(|_| unreadable(), Value::from)
}

fn value_of((_, value): &(String, Option<String>)) -> Value {
    value.as_ref().map_or_else(unreadable, |value| Value::from(value.as_str()))
}

/// What no field that stands in a head takes.
fn unreadable() -> Value {
    Value::Object(Members::new())
}

fn one_or_all(mut said: Vec<Value>) -> Option<Value> {
    if said.len() > 1 { Some(Value::Array(said)) } else { said.pop() }
}

/// Secrets may stand in a head.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(elements) => elements.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text of a query without its escapes; none if they are no UTF-8, or no escapes.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// A text as a part of a path or of a query.
pub(crate) fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => written.push(char::from(byte)),
            byte => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

/// The id that a request says of itself in this header, if there is one and it can be taken over: up to 128 letters,
/// digits and `-._:=/+@`.
pub(crate) fn request_id(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut all = headers.get_all(name).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let text = only.to_str().ok()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:=/+@".contains(&byte);
    ((1..=128).contains(&text.len()) && text.bytes().all(fits)).then(|| text.to_owned())
}

/// The header of an answer that says this; none for nothing. What cannot stand in a header is left out.
pub(crate) fn header(name: &'static str, value: &Json) -> Option<(HeaderName, HeaderValue)> {
    let text = written(&value.value())?;
    let header = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_bytes(text.as_bytes()).ok());
    if header.is_none() {
        tracing::error!(name, "a value that cannot stand in a header was left out");
    }
    header
}

/// A value as a header has it: a list with commas.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(all) => Some(all.iter().filter_map(written).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static ID: Field = Field { name: "X-Request-ID", ..Field::DEFAULT };
    static PAGE: Field = Field { name: "page", also: &["p"], ..Field::DEFAULT };
    const FIELDS: [HeadField; 2] =
        [HeadField { field: &ID, place: Place::Header }, HeadField { field: &PAGE, place: Place::Query }];

    fn said(headers: &[(&str, &[u8])], query: &str) -> Value {
        let mut request = axum::http::Request::builder().uri(format!("/a?{query}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Head::of(&request.body(()).unwrap()).values(&FIELDS).unwrap().root().value()
    }

    #[test]
    fn headers_are_found_in_any_case_and_queries_letter_by_letter() {
        assert_eq!(said(&[("x-request-id", b"a")], "page=1"), json!({ "X-Request-ID": "a", "page": "1" }));
        assert_eq!(said(&[("X-REQUEST-ID", b"a")], "PAGE=1&p=2"), json!({ "X-Request-ID": "a", "page": "2" }));
        assert_eq!(said(&[], "x=1&&"), json!({}));
    }

    #[test]
    fn what_is_said_twice_is_a_list() {
        let twice = said(&[("x-request-id", b"a"), ("x-request-id", b"b")], "page=1&page=2");
        assert_eq!(twice, json!({ "X-Request-ID": ["a", "b"], "page": ["1", "2"] }));
    }

    #[test]
    fn what_is_no_text_is_told_from_what_is_absent() {
        let read = |query: &str| said(&[], query).get("page").cloned();
        for odd in ["page=%", "page=%4", "page=%zz", "page=%ff", "page=%+1"] {
            assert_eq!(read(odd), Some(json!({})), "{odd}");
        }
        assert_eq!(read("page=a+b%20c%c3%a9"), Some(json!("a b cé")));
        assert_eq!((read("page"), read("page=")), (Some(json!("")), Some(json!(""))));
        assert_eq!(said(&[("x-request-id", &[0xff])], ""), json!({ "X-Request-ID": {} }));
    }

    #[test]
    fn an_id_is_taken_over_if_it_is_one() {
        let of = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("x-id", HeaderValue::from_static(value));
            }
            request_id(&headers, "X-Id")
        };
        assert_eq!(
            of(&["99391c7e-ad88-49ec-a2ad-99ddcb1f7721"]).as_deref(),
            Some("99391c7e-ad88-49ec-a2ad-99ddcb1f7721")
        );
        for odd in [&[][..], &[""], &["a b"], &["a\"b"], &["a,b"], &["a", "b"]] {
            assert_eq!(of(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn values_of_links_cannot_end_a_part() {
        assert_eq!(escaped("a-b_c.d~1"), "a-b_c.d~1");
        assert_eq!(escaped("../x?y=1&é #"), "..%2Fx%3Fy%3D1%26%C3%A9%20%23");
    }

    #[test]
    fn answers_say_what_a_header_can() {
        let of = |value: Value| header("Location", &value.into()).map(|(_, value)| value.to_str().unwrap().to_owned());
        assert_eq!(of(json!("/a/1")).as_deref(), Some("/a/1"));
        assert_eq!(of(json!(["a", 1, true])).as_deref(), Some("a, 1, true"));
        assert_eq!((of(json!(null)), of(json!("a\r\nSet-Cookie: b"))), (None, None));
    }
}
