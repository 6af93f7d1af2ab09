//! The slots of one kind of call: how many of them are taken, and who gets one. What takes a slot, and for how long, is
//! decided by `call`.

use std::sync::Arc;
use std::time::Duration;

use super::limits::CallLimits;
use super::per_user::Turn;
use crate::shares::{self, Share, Shares};
use crate::telemetry;

/// One kind of call.
pub(super) struct HookPool {
    pub name: &'static str,
    pub slots: usize,
    pub deadline: Duration,
    taken: Arc<Shares>,
}

impl HookPool {
    pub fn new(name: &'static str, limits: CallLimits) -> Self {
        let CallLimits { slots, deadline } = limits;
        HookPool { name, slots, deadline, taken: Arc::default() }
    }

    /// True if no slot is free.
    pub fn is_full(&self) -> bool {
        self.taken.taken() >= self.slots
    }

    /// True if a slot is free for whoever asks now.
    pub fn has_room(&self) -> bool {
        self.taken.has_room(&shares::asker(), self.slots)
    }

    /// A slot, if one is free for whoever asks, for a call that wants a turn or none.
    pub fn take(&self, turn: Option<Turn>) -> Option<Slot> {
        let share = self.taken.take(shares::asker(), self.slots)?;
        telemetry::hook_slot(self.name, 1.0);
        Some(Slot { pool: self.name, turn, _share: share })
    }
}

/// A slot, free again when this is dropped.
pub(super) struct Slot {
    pool: &'static str,
    /// Kept for as long as the slot is: a call that blocks its thread has both.
    turn: Option<Turn>,
    _share: Share,
}

impl Slot {
    /// True if the call may begin: there is a turn for it, or it needs none.
    pub fn may_begin(&mut self) -> bool {
        self.turn.as_mut().is_none_or(Turn::take_now)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        telemetry::hook_slot(self.pool, -1.0);
    }
}
