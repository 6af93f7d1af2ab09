//! Reads a request's body: media type, size, time, then JSON. Every byte is asked of the budget as it comes, and so are
//! the values as they are found; large bodies are read off the server's threads, at a lower priority. What is in it is the payload's
//! business.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use http_body_util::BodyExt;

use crate::adapter::EmptyBody;
use crate::budget::BudgetShare;
use crate::crypto::wipe::WipedBytes;
use crate::fault::Fault;
use crate::low_priority::{LowPriority, NotCompleted};
use crate::wire::Tape;

/// A body with more bytes is read as JSON off the server's threads.
const LARGE: usize = 16 * 1024;

/// What is made room for at first, in bytes, whatever length the head announces.
const FIRST_ROOM: usize = 1024;

/// How large a body may be, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimits {
    /// The most bytes.
    pub bytes: usize,
    /// The most JSON values, members of objects and elements of lists among them.
    pub values: usize,
    /// From the head to the last byte.
    pub deadline: Duration,
    /// Whether there may be none.
    pub empty: EmptyBody,
}

/// A body, and what it holds of the budget for as long as anything of it is there.
pub(super) struct Read {
    pub body: Arc<Tape>,
    pub held: BudgetShare,
}

/// Where large bodies are read as JSON: on as many threads as there are cores.
#[derive(Clone)]
pub(crate) struct LargeBodies(Arc<LowPriority<()>>);

impl Default for LargeBodies {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        LargeBodies(Arc::new(LowPriority::new("large-bodies", threads)))
    }
}

/// Takes a body in.
///
/// # Errors
/// `content_type.wrong`, `body.too_large`, `body.malformed`; `overloaded` if all requests together take as much memory as
/// they may.
pub(super) async fn collect(
    request: Request<Body>,
    limits: BodyLimits,
    held: &mut BudgetShare,
) -> Result<WipedBytes, Fault> {
    let headers = request.headers();
    if limits.empty == EmptyBody::Refused || headers.contains_key(header::CONTENT_TYPE) {
        check_media_type(headers)?;
    }
    if declared_length(headers).is_some_and(|length| length > limits.bytes as u64) {
        return Err(Fault::new("body.too_large"));
    }
    match tokio::time::timeout(limits.deadline, gather(request.into_body(), limits.bytes, held)).await {
        Ok(gathered) => gathered,
        Err(_) => Err(malformed("the body did not come in time")),
    }
}

/// Reads what was taken in as JSON.
///
/// # Errors
/// `body.malformed`, `body.too_large`, `overloaded`.
pub(super) async fn read(
    bytes: WipedBytes,
    limits: BodyLimits,
    held: BudgetShare,
    large: &LargeBodies,
) -> Result<Read, Fault> {
    if bytes.len() == 0 {
        return match limits.empty {
            EmptyBody::Refused => Err(malformed("there is no body")),
            EmptyBody::Allowed => read_now(WipedBytes::of(b"{}".to_vec()), limits.values, held),
        };
    }
    if bytes.len() <= LARGE {
        return read_now(bytes, limits.values, held);
    }
    let read = large.0.run(move |()| read_now(bytes, limits.values, held)).await;
    read.unwrap_or_else(|NotCompleted| Err(Fault::new("unexpected").with_detail("a large body could not be read")))
}

fn read_now(bytes: WipedBytes, most_values: usize, mut held: BudgetShare) -> Result<Read, Fault> {
    let body = Arc::new(Tape::read_within(bytes.take(), most_values, &mut held)?);
    Ok(Read { body, held })
}

/// The bytes of a body, in room that is asked for before it is taken.
async fn gather(mut body: Body, limit: usize, held: &mut BudgetShare) -> Result<WipedBytes, Fault> {
    let mut whole = WipedBytes::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| malformed("the body broke off"))?;
        // What is no data are trailers, which nobody reads.
        let Ok(data) = frame.into_data() else { continue };
        let length = whole.len() + data.len();
        if length > limit {
            return Err(Fault::new("body.too_large"));
        }
        if length > whole.room() {
            let room = length.max(2 * whole.room()).max(FIRST_ROOM).min(limit);
            held.grow(room - whole.room()).map_err(Fault::overloaded)?;
            whole.move_to_room(room);
        }
        whole.extend(&data);
    }
    Ok(whole)
}

fn malformed(why: &str) -> Fault {
    Fault::new("body.malformed").with_detail(why)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
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
