//! What the audit is told of refusals that no behaviour tells of: callers who are not known, hooks that gave no answer.
//! Strangers can make such refusals without end, so of those beyond a number a minute only the number is told.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::context::Core;
use crate::endpoint::Reply;
use crate::store::{AuditEvent, AuditOutcome, AuditRecord};

/// How many are told a minute.
const MOST: u32 = 60;

const MINUTE: i64 = 60_000;

/// How many were told in this minute, and how many were left out since the last that was told.
#[derive(Debug, Default)]
pub(crate) struct Telling(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    minute: i64,
    told: u32,
    left_out: u64,
}

impl Telling {
    /// Tells the audit of a reply, if it is one to be told of. That it cannot be told changes nothing for the caller,
    /// who is refused anyway.
    pub async fn tell(&self, core: &Core, reply: &Reply) {
        let Some((fault, event)) = reply.fault.and_then(|fault| Some((fault, event_of(fault)?))) else { return };
        let Some(left_out) = self.room(core.time().millis() / MINUTE) else { return };
        let detail = json!({ "endpoint": core.call.endpoint, "left_out": left_out });
        let told = AuditRecord { detail: Some(detail), ..core.event(event, AuditOutcome::Failure) };
        if let Err(error) = core.note(vec![told.because(fault)]).await {
            let because = error.inner.unwrap_or_default();
            tracing::error!(because, "the audit could not be told of a refusal");
        }
    }

    /// How many were left out before this one; nothing if this one is left out too.
    fn room(&self, minute: i64) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.minute != minute {
            (state.minute, state.told) = (minute, 0);
        }
        if state.told >= MOST {
            state.left_out += 1;
            return None;
        }
        state.told += 1;
        Some(std::mem::take(&mut state.left_out))
    }
}

fn event_of(fault: &str) -> Option<AuditEvent> {
    match fault {
        "caller.unknown" | "caller.forbidden" => Some(AuditEvent::CallerRefused),
        "hook.failed" | "hook.timed_out" | "hook.panicked" => Some(AuditEvent::HookFailed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_by_its_number() {
        let telling = Telling::default();
        let told = (0..1_000).filter(|_| telling.room(7).is_some()).count();
        assert_eq!(told, MOST as usize);
        assert_eq!(telling.room(8), Some(1_000 - u64::from(MOST)));
        assert_eq!(telling.room(8), Some(0));
    }
}
