//! The trace that a request belongs to, as W3C Trace Context has it: taken from its head if that says it well, begun anew
//! otherwise, and handed to the bank's hooks to be sent on. What is recorded of it is decided elsewhere.

use std::fmt;

use axum::http::HeaderMap;

use crate::hex_text::hex_text;

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";

/// The longest `tracestate` that is passed on, in bytes.
const LONGEST_STATE: usize = 512;

/// The flag by which whoever calls says that the trace is recorded.
const SAMPLED: u8 = 1;

/// The trace of a request, and this request's place in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    pub(super) trace: u128,
    /// This request.
    pub(super) span: u64,
    /// What called, if it said so.
    pub(super) parent: Option<u64>,
    flags: u8,
    state: Option<String>,
}

impl Trace {
    /// The trace that a request says it belongs to, with a place of its own in it; a new one if it says none that can be
    /// read.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let random = || rand::random::<u128>() | 1;
        let span = rand::random::<u64>() | 1;
        match parent_of(headers) {
            Some((trace, parent, flags)) => Trace { trace, span, parent: Some(parent), flags, state: state(headers) },
            None => Trace { trace: random(), span, parent: None, flags: SAMPLED, state: None },
        }
    }

    /// Its id: 32 hexadecimal digits.
    pub fn id(&self) -> String {
        hex_text(self.trace.to_be_bytes())
    }

    /// The id of this request in it: 16 hexadecimal digits.
    pub fn span_id(&self) -> String {
        hex_text(self.span.to_be_bytes())
    }

    /// Whether it is recorded, as whoever began it says.
    pub fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// What a hook sends on as the header `traceparent` when it calls others for this request.
    pub fn parent_header(&self) -> String {
        self.to_string()
    }

    /// What a hook sends on as the header `tracestate`, if there is something.
    pub fn state_header(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The id of what called in it, if it said so: 16 hexadecimal digits.
    pub fn parent_id(&self) -> Option<String> {
        self.parent.map(|parent| format!("{parent:016x}"))
    }
}

/// As `traceparent` has it.
impl fmt::Display for Trace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

/// Trace, parent and flags of the only `traceparent`.
fn parent_of(headers: &HeaderMap) -> Option<(u128, u64, u8)> {
    let mut all = headers.get_all(PARENT).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let mut parts = only.to_str().ok()?.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // Later versions may say more behind what is known of this one.
    let is_whole = if version == "00" { parts.next().is_none() } else { version != "ff" };
    let (trace, parent) = (number(trace, 32)?, number(parent, 16)?);
    let flags = u8::try_from(number(flags, 2)?).ok()?;
    number(version, 2)?;
    (is_whole && trace != 0 && parent != 0).then_some((trace, u64::try_from(parent).ok()?, flags & SAMPLED))
}

/// A number of exactly so many hexadecimal digits in small letters.
fn number(text: &str, digits: usize) -> Option<u128> {
    let is_one = text.len() == digits && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    is_one.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

/// What stands beside it for others, passed on as it came if it is not too long.
fn state(headers: &HeaderMap) -> Option<String> {
    let lines: Option<Vec<&str>> = headers.get_all(STATE).iter().map(|line| line.to_str().ok()).collect();
    let state = lines?.join(",");
    (!state.is_empty() && state.len() <= LONGEST_STATE).then_some(state)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn of(said: &[(&'static str, &'static str)]) -> Trace {
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            headers.append(*name, HeaderValue::from_static(value));
        }
        Trace::of(&headers)
    }

    #[test]
    fn a_trace_that_is_said_goes_on_with_a_place_of_its_own() {
        let trace = of(&[(PARENT, GOOD), (STATE, "a=1"), (STATE, "b=2")]);
        assert_eq!(
            (trace.id().as_str(), trace.parent),
            ("4bf92f3577b34da6a3ce929d0e0e4736", Some(0x00f0_67aa_0ba9_02b7))
        );
        let handed_on = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", trace.span_id());
        assert_eq!((trace.parent_header(), trace.state_header()), (handed_on, Some("a=1,b=2")));
        assert_ne!(trace.span_id(), "00f067aa0ba902b7");
        assert!(
            of(&[(PARENT, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")]).to_string().ends_with("-00")
        );
        let later = of(&[(PARENT, "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-else")]);
        assert_eq!(later.id(), trace.id());
    }

    #[test]
    fn what_cannot_be_read_begins_a_new_one() {
        for said in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            let trace = of(&[(PARENT, said), (STATE, "a=1")]);
            assert_eq!((trace.parent, trace.state_header()), (None, None), "{said}");
            assert_eq!(trace.id().len(), 32);
            assert_ne!(trace.trace, 0);
        }
        assert_eq!(of(&[(PARENT, GOOD), (PARENT, GOOD)]).parent, None, "two of them are none");
        assert_ne!(of(&[]).id(), of(&[]).id());
    }

    #[test]
    fn a_long_state_is_not_passed_on() {
        let mut headers = HeaderMap::new();
        headers.append(PARENT, HeaderValue::from_static(GOOD));
        headers.append(STATE, HeaderValue::from_str(&"a".repeat(LONGEST_STATE + 1)).unwrap());
        assert_eq!(Trace::of(&headers).state_header(), None);
    }
}
