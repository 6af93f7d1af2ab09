//! The slots of one kind of call: how many of them are taken. What takes a slot, and for how long, is decided by `call`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::CallLimits;
use crate::telemetry;

/// One kind of call.
pub(super) struct Lane {
    pub name: &'static str,
    pub slots: usize,
    pub deadline: Duration,
    free: Arc<Semaphore>,
}

impl Lane {
    pub fn new(name: &'static str, limits: CallLimits) -> Self {
        let CallLimits { slots, deadline } = limits;
        Lane { name, slots, deadline, free: Arc::new(Semaphore::new(slots)) }
    }

    pub fn is_full(&self) -> bool {
        self.free.available_permits() == 0
    }

    /// A slot, if one is free.
    pub fn take(&self) -> Option<Slot> {
        let permit = self.free.clone().try_acquire_owned().ok()?;
        telemetry::hook_slot(self.name, 1.0);
        Some(Slot { lane: self.name, _permit: permit })
    }
}

/// A slot, free again when this is dropped.
pub(super) struct Slot {
    lane: &'static str,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Slot {
    fn drop(&mut self) {
        telemetry::hook_slot(self.lane, -1.0);
    }
}
