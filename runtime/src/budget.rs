//! How much memory the large things of all requests may take together: bodies as they come in, the values that are made
//! of them, answers on their way out. It decides who gets some and who does not; what a thing costs is known to those
//! who ask. Whatever else gets large may ask the same budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::telemetry;

/// What is held together where nothing is set, in bytes: with hashes and connections it fits into 512 MiB.
pub const USUAL_LIMIT: usize = 96 * 1024 * 1024;

/// How many holders there are at once at the most, where nothing is set.
const USUAL_HOLDERS: usize = 1024;

/// There is no memory left for this; come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the requests of this moment take as much memory as they may")]
pub struct OverBudget;

/// Bytes that may be held together.
///
/// A third of them is kept for holders of little, enough for one such holder on each connection: so large things, however
/// many, never keep a small one out.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    /// The most that a holder of little holds.
    little: usize,
    used: AtomicUsize,
}

impl Default for Budget {
    fn default() -> Self {
        Budget::new(USUAL_LIMIT, USUAL_HOLDERS)
    }
}

impl Budget {
    /// A budget of so many bytes for so many holders at once.
    pub fn new(limit: usize, holders: usize) -> Self {
        let little = limit / 3 / holders.max(1);
        Budget { limit, little, used: AtomicUsize::new(0) }
    }

    /// The most that one holder can get.
    pub fn most_of_one(limit: usize) -> usize {
        limit - limit / 3
    }

    /// How many bytes are held now.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// How many may be.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Somebody who holds nothing yet.
    pub fn holder(self: &Arc<Self>) -> BudgetShare {
        BudgetShare { budget: self.clone(), bytes: 0 }
    }

    fn take(&self, bytes: usize, in_all: usize) -> Result<(), OverBudget> {
        let limit = if in_all <= self.little { self.limit } else { Budget::most_of_one(self.limit) };
        let taken = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= limit);
        match self.used.fetch_update(Ordering::AcqRel, Ordering::Relaxed, taken) {
            Ok(_) => Ok(()),
            Err(_) => {
                telemetry::over_budget();
                Err(OverBudget)
            }
        }
    }
}

/// What one request holds of the budget; given back when it is dropped.
#[derive(Debug)]
pub struct BudgetShare {
    budget: Arc<Budget>,
    bytes: usize,
}

impl BudgetShare {
    /// Holds so many bytes more.
    ///
    /// # Errors
    /// If others hold them; then nothing changed.
    pub fn grow(&mut self, by: usize) -> Result<(), OverBudget> {
        let in_all = self.bytes.checked_add(by).ok_or(OverBudget)?;
        self.budget.take(by, in_all)?;
        self.bytes = in_all;
        Ok(())
    }

    /// Holds so many bytes from now on, also if that is more than there are: for what is there already, such as the
    /// answer to a change that was made. Others get as much less.
    pub fn hold_exactly(&mut self, bytes: usize) {
        if bytes >= self.bytes {
            self.budget.used.fetch_add(bytes - self.bytes, Ordering::AcqRel);
        } else {
            self.budget.used.fetch_sub(self.bytes - bytes, Ordering::AcqRel);
        }
        self.bytes = bytes;
    }
}

impl Drop for BudgetShare {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_together_is_bounded_and_given_back() {
        let budget = Arc::new(Budget::new(3000, 10));
        let mut first = budget.holder();
        assert_eq!(first.grow(1500), Ok(()));
        let mut second = budget.holder();
        assert_eq!(second.grow(501), Err(OverBudget), "large holders get two thirds together");
        assert_eq!(second.grow(500), Ok(()));
        assert_eq!((budget.used(), second.grow(1)), (2000, Err(OverBudget)));
        drop(first);
        assert_eq!(second.grow(1500), Ok(()));
        drop(second);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn holders_of_little_are_never_kept_out_by_large_ones() {
        let budget = Arc::new(Budget::new(3000, 10));
        let mut large = budget.holder();
        assert_eq!(large.grow(2000), Ok(()));
        let mut small: Vec<BudgetShare> = (0..10).map(|_| budget.holder()).collect();
        for holder in &mut small {
            assert_eq!((holder.grow(60), holder.grow(40)), (Ok(()), Ok(())));
            assert_eq!(holder.grow(1), Err(OverBudget), "who wants more is no holder of little");
        }
        assert_eq!(budget.holder().grow(1), Err(OverBudget), "there are more than were reckoned with");
    }

    #[test]
    fn what_is_there_already_counts_even_beyond_the_limit() {
        let budget = Arc::new(Budget::new(3000, 10));
        let mut answer = budget.holder();
        answer.hold_exactly(5000);
        assert_eq!((budget.used(), budget.holder().grow(1)), (5000, Err(OverBudget)));
        answer.hold_exactly(10);
        assert_eq!((budget.used(), budget.holder().grow(1000)), (10, Ok(())));
        drop(answer);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn threads_never_hold_more_than_there_is() {
        let budget = Arc::new(Budget::new(30_000, 1));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let budget = budget.clone();
                std::thread::spawn(move || {
                    for _ in 0..2000 {
                        let mut held = budget.holder();
                        while held.grow(700).is_ok() {
                            assert!(budget.used() <= 30_000);
                        }
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(budget.used(), 0);
    }
}
