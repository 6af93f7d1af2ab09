//! The chains of one process. A single one would let only one transaction be under way at a time, so there are as many
//! as there are transactions side by side: each takes a slot for its own, and gives it back once the outcome is known.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::audit::Micros;
use crate::store::chain::{AuditHead, Chain};

/// A chain that one transaction has for itself.
pub(super) struct ChainSlot {
    committed: Chain,
    /// The chain with what the transaction adds to it.
    pub next: Chain,
}

/// The slots of this process.
#[derive(Debug)]
pub(super) struct ChainSlots {
    /// Begins the ids of this process's chains; nobody else has it.
    run: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Chain>,
    begun: u64,
    /// The end of each slot as it was acknowledged, also of those that were not given back, and when.
    acknowledged: BTreeMap<String, (AuditHead, Micros)>,
}

impl ChainSlots {
    /// The slots of a process that has none yet.
    pub fn new() -> Self {
        ChainSlots { run: uuid::Uuid::new_v4().simple().to_string(), state: Mutex::default() }
    }

    /// A slot that no other transaction has: the one that was given back last, or a new one.
    pub fn take(&self) -> ChainSlot {
        let mut state = self.state();
        let committed = state.idle.pop().unwrap_or_else(|| {
            state.begun += 1;
            Chain::begin(format!("{}.{}", self.run, state.begun))
        });
        ChainSlot { next: committed.clone(), committed }
    }

    /// Gives back a slot of whose transaction it is known whether it was committed.
    pub fn give_back(&self, slot: ChainSlot, committed: bool) {
        let mut state = self.state();
        let ChainSlot { committed: before, next } = slot;
        if !committed {
            return state.idle.push(before);
        }
        if let Some(head) = next.head() {
            state.acknowledged.insert(head.chain.clone(), (head, next.time()));
        }
        state.idle.push(next);
    }

    /// The ends of slots that were written on since then. What is older is forgotten.
    pub fn heads_since(&self, since: Micros) -> Vec<AuditHead> {
        let mut state = self.state();
        state.acknowledged.retain(|_, (_, time)| *time >= since);
        state.acknowledged.values().map(|(head, _)| head.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{AuditEntry, AuditEvent, AuditOutcome, ChainSealer};

    fn link(slot: &mut ChainSlot) -> u64 {
        let record = AuditEntry::new(0, AuditEvent::OtpIssued, AuditOutcome::Success);
        slot.next.link(&ChainSealer::default(), Some(1), record, 7).unwrap().seal.number
    }

    #[test]
    fn a_lane_goes_on_behind_what_was_committed_and_not_behind_what_is_not_known() {
        let slots = ChainSlots::new();
        let mut slot = slots.take();
        assert_eq!(link(&mut slot), 1);
        slots.give_back(slot, true);
        let mut rolled_back = slots.take();
        assert_eq!(link(&mut rolled_back), 2);
        slots.give_back(rolled_back, false);
        let mut again = slots.take();
        assert_eq!(link(&mut again), 2, "what was rolled back leaves no gap");
        drop(again);
        let mut new = slots.take();
        assert_eq!(link(&mut new), 1, "nobody knows where the lost one ended");
        let heads = slots.heads_since(0);
        assert_eq!((heads.len(), heads[0].number), (1, 1));
        assert!(slots.heads_since(8).is_empty());
    }

    #[test]
    fn nobody_has_the_same_lane_at_the_same_time() {
        let slots = ChainSlots::new();
        let (mut one, mut other) = (slots.take(), slots.take());
        link(&mut one);
        link(&mut other);
        assert_ne!(one.next.head().unwrap().chain, other.next.head().unwrap().chain);
    }
}
