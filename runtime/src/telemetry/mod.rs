//! What the adapter tells its operators: log lines and figures. No secret gets into either; what happened is decided
//! elsewhere.

mod figures;
mod log;
mod scrub;

pub use figures::Figures;
#[cfg(feature = "tls")]
pub(crate) use figures::handshake;
pub(crate) use figures::{
    answered, audited, budget, certificate_expires, connection_evicted, connection_refused, connections, hash_refused,
    hook_blocked, hook_breaker, hook_outcome, hook_slot, low_conversion, over_budget,
};
pub(crate) use log::line_safe;
pub use log::{LogForm, start_log};
pub(crate) use scrub::{Scrubber, hide, scrub, with_scrubber};
