//! Until when a new code is good: for its life, and no longer than the operation that it is for.

use super::binding::Facts;
use crate::behaviours::state::millis_of;
use crate::fault::Fault;
use crate::store::Millis;
use crate::values::Time;

/// What the end of an operation is called where a code binds it.
const EXPIRES: &str = "operation.expires";

/// How long a code may be good.
#[derive(Debug, Clone, Copy)]
pub(super) struct Life {
    seconds: u64,
    operation_ends: Option<Millis>,
}

impl Life {
    /// The life of a code that is made now for an operation that ends then, as far as that is known.
    ///
    /// # Errors
    /// `operation.expired`, if the operation has ended.
    pub fn of(seconds: u64, until: Option<Time>, facts: &Facts, now: Millis) -> Result<Life, Fault> {
        let bound = || facts.get(EXPIRES)?.parse().ok().map(Time::from_micros);
        let operation_ends = until.or_else(bound).map(Time::millis);
        match operation_ends {
            Some(end) if end < now => Err(Fault::new("operation.expired")),
            _ => Ok(Life { seconds, operation_ends }),
        }
    }

    /// When a code ends that is made now.
    pub fn end(&self, now: Millis) -> Millis {
        self.capped(now.saturating_add(millis_of(self.seconds)))
    }

    /// The time, or the end of the operation if that is sooner.
    pub fn capped(&self, time: Millis) -> Millis {
        self.operation_ends.map_or(time, |end| time.min(end))
    }
}
