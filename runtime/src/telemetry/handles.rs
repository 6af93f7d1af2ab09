//! Handles of metrics, kept: to find a metric by its name and labels takes ten times as long as to count.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// True once the process counts; before, a handle would count nowhere for ever.
static COUNTS: AtomicBool = AtomicBool::new(false);

/// From now on handles are kept.
pub(super) fn begin() {
    COUNTS.store(true, Ordering::Release);
}

/// The handles of one metric, by its labels.
pub(super) struct Handles<L, H>(RwLock<Vec<(L, H)>>);

impl<L: PartialEq, H> Handles<L, H> {
    /// None yet.
    pub const fn none() -> Self {
        Handles(RwLock::new(Vec::new()))
    }

    /// Uses the handle for these labels, which is made if there is none.
    pub fn with(&self, labels: L, make: impl FnOnce(&L) -> H, then: impl FnOnce(&H)) {
        if !COUNTS.load(Ordering::Acquire) {
            return then(&make(&labels));
        }
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, handle)) = known.iter().find(|(known, _)| *known == labels) {
            return then(handle);
        }
        drop(known);
        let handle = make(&labels);
        then(&handle);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !known.iter().any(|(known, _)| *known == labels) {
            known.push((labels, handle));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn a_handle_is_made_once_for_its_labels_and_only_while_the_process_counts() {
        static KNOWN: Handles<(&str, u16), usize> = Handles::none();
        let made = AtomicUsize::new(0);
        let make = |_: &(&str, u16)| made.fetch_add(1, Ordering::SeqCst);
        if !COUNTS.load(Ordering::Acquire) {
            KNOWN.with(("a", 1), make, |_| {});
            KNOWN.with(("a", 1), make, |_| {});
        }
        begin();
        let before = made.load(Ordering::SeqCst);
        for labels in [("a", 1), ("a", 2), ("a", 1), ("b", 1), ("a", 2)] {
            KNOWN.with(labels, make, |_| {});
        }
        assert_eq!(made.load(Ordering::SeqCst) - before, 3);
    }
}
