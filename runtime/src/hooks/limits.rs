//! How many hooks may run at once, how long each may take, and when a hook is left alone for a while: plain data, which
//! the settings fill. What is done with it is decided by the guard.

use std::time::Duration;

/// How many hooks may run at once, how long each may take, and when one is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HookLimits {
    /// Threads for the timers and sockets that hooks wait for, and for tasks that they spawn. Each call has a thread of
    /// its own beside them, so there are at most as many of those as there are slots.
    pub threads: usize,
    /// For `lookup_user`.
    pub lookup: CallLimits,
    /// For `send_sms`.
    pub sms: CallLimits,
    /// For every other hook.
    pub other: CallLimits,
    /// When a hook is left alone.
    pub breaker: BreakerLimits,
    /// How long the bank's hooks may take to be made at a start.
    pub start: Duration,
    /// True if the adapter is not ready while a circuit breaker is open or a pool has no free slot.
    pub readiness: bool,
}

/// How many calls of one kind may run at once, and how long each may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls at once. One that overran its deadline is cancelled and frees its slot; one that blocks its thread counts
    /// until it returns.
    pub slots: usize,
    /// When the caller is answered without it.
    pub deadline: Duration,
}

/// When a hook's circuit breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Failures in a row, with no call that went well for the length of a deadline; no breaker opens if it is 0.
    pub failures: u32,
    /// For how long every call is answered at once before some are let through as probes.
    pub pause: Duration,
}

impl Default for HookLimits {
    fn default() -> Self {
        HookLimits {
            threads: 16,
            lookup: CallLimits { slots: 64, deadline: Duration::from_secs(2) },
            sms: CallLimits { slots: 64, deadline: Duration::from_secs(5) },
            other: CallLimits { slots: 64, deadline: Duration::from_secs(5) },
            breaker: BreakerLimits::default(),
            start: Duration::from_secs(30),
            readiness: false,
        }
    }
}

impl Default for BreakerLimits {
    fn default() -> Self {
        BreakerLimits { failures: 10, pause: Duration::from_secs(5) }
    }
}
