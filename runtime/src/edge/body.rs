//! Reads a request's body: media type, size, time, then JSON. What is in it is the payload's business.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::adapter::EmptyBody;
use crate::fault::Fault;
use crate::values::Json;
use crate::wire;

/// Reads a body, and gives its bytes too.
///
/// # Errors
/// `content_type.wrong`, `body.too_large`, `body.malformed`.
pub(super) async fn read(
    request: Request<Body>,
    limit: usize,
    deadline: Duration,
    empty: EmptyBody,
) -> Result<(Json, Bytes), Fault> {
    let headers = request.headers();
    if empty == EmptyBody::Refused || headers.contains_key(header::CONTENT_TYPE) {
        check_media_type(headers)?;
    }
    if told_length(headers).is_some_and(|length| length > limit as u64) {
        return Err(Fault::new("body.too_large"));
    }
    let collecting = Limited::new(request.into_body(), limit).collect();
    let bytes = match tokio::time::timeout(deadline, collecting).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(Fault::new("body.too_large")),
        Ok(Err(_)) => return Err(malformed("the body broke off")),
        Err(_) => return Err(malformed("the body did not come in time")),
    };
    if bytes.is_empty() {
        return match empty {
            EmptyBody::Refused => Err(malformed("there is no body")),
            EmptyBody::Allowed => Ok((Json::Object(Default::default()), bytes)),
        };
    }
    Ok((wire::read(&bytes)?, bytes))
}

fn malformed(why: &str) -> Fault {
    Fault::new("body.malformed").because(why)
}

fn told_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Fault> {
    let wrong = || Fault::new("content_type.wrong");
    let encodings = headers.get_all(header::CONTENT_ENCODING);
    if encodings.iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(wrong());
    }
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return Err(wrong()) };
    if only.to_str().is_ok_and(is_json) { Ok(()) } else { Err(wrong()) }
}

/// True for `application/json` and `application/*+json`, with no character set or UTF-8.
fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let Some(essence) = parts.next() else { return false };
    let Some(subtype) = essence.strip_prefix("application/") else { return false };
    let json = subtype == "json" || (subtype.ends_with("+json") && subtype.len() > "+json".len());
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some(("charset", set)) => matches!(set.trim_matches('"'), "utf-8" | "utf8"),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_in_utf8_is_taken() {
        let good = [
            "application/json",
            "Application/JSON;charset=UTF-8",
            "application/json; charset=\"utf-8\"",
            "application/vnd.bank.v1+json",
            "application/json;odata=verbose",
        ];
        for media_type in good {
            assert!(is_json(media_type), "{media_type}");
        }
    }

    #[test]
    fn other_media_types_are_not() {
        let bad = [
            "",
            "text/json",
            "application/jsonp",
            "application/+json",
            "application/json;charset=latin1",
            "json",
            "application/xml",
        ];
        for media_type in bad {
            assert!(!is_json(media_type), "{media_type}");
        }
    }
}
