//! Optimistic concurrency: a change is read, prepared and committed on the condition that nobody else was faster. Such a
//! conflict is retried after a back-off, a pause that grows and is never the same for two who compete.

use std::time::Duration;

use crate::context::unexpected;
use crate::fault::Fault;
use crate::store::Committed;

/// How often a change is attempted before it is given up.
const MAX_RETRIES: usize = 200;

/// After how many retries a pause is slept rather than yielded.
const YIELDS: usize = 3;

/// The longest pause is this times the number of the retry.
const STEP_MICROS: u64 = 1_000;

/// The number of the retry from which pauses grow no more.
const LONGEST_AT: usize = 20;

/// Counts the retries of one change.
#[derive(Debug)]
pub(crate) struct Retry {
    done: usize,
    most: usize,
}

impl Default for Retry {
    fn default() -> Self {
        Retry::at_most(MAX_RETRIES)
    }
}

impl Retry {
    /// For a change that is worth so many attempts.
    pub fn at_most(most: usize) -> Self {
        Retry { done: 0, most }
    }

    /// Goes on after a commit that was not applied: it pauses after a conflict.
    ///
    /// # Errors
    /// `store.unavailable` after too many conflicts, and for any other outcome, which the caller did not expect.
    pub async fn after(&mut self, committed: Committed) -> Result<(), Fault> {
        match committed {
            Committed::Conflict(_) => self.again().await,
            other => Err(unexpected(&other)),
        }
    }

    /// Pauses before the next attempt.
    ///
    /// # Errors
    /// `store.unavailable` after too many.
    pub async fn again(&mut self) -> Result<(), Fault> {
        if self.pause().await { Ok(()) } else { Err(too_much_contention()) }
    }

    /// Pauses before the next attempt; false if there is none.
    pub async fn pause(&mut self) -> bool {
        let retry = self.done;
        self.done += 1;
        if self.done >= self.most {
            return false;
        }
        backoff(retry).await;
        true
    }
}

fn too_much_contention() -> Fault {
    Fault::new("store.unavailable").with_detail("too much contention: others were always faster").busy()
}

async fn backoff(retry: usize) {
    use rand::RngExt;
    if retry < YIELDS {
        tokio::task::yield_now().await;
        return;
    }
    let most = STEP_MICROS * (retry.min(LONGEST_AT) as u64);
    let micros = rand::rng().random_range(STEP_MICROS / 10..=most);
    tokio::time::sleep(Duration::from_micros(micros)).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Kind;

    #[tokio::test(start_paused = true)]
    async fn a_conflict_is_retried_as_often_as_it_is_worth() {
        let mut retry = Retry::at_most(3);
        assert!(retry.after(Committed::Conflict(0)).await.is_ok());
        assert!(retry.after(Committed::Conflict(1)).await.is_ok());
        let fault = retry.after(Committed::Conflict(0)).await.unwrap_err();
        assert_eq!(fault.name, "store.unavailable");
    }

    #[tokio::test]
    async fn what_is_no_conflict_is_not_retried() {
        let mut retry = Retry::default();
        let fault = retry.after(Committed::Over(0)).await.unwrap_err();
        assert!(fault.inner.unwrap().contains("Over(0)"));
        assert!(retry.after(Committed::Full(Kind::Code)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_up_to_a_bound() {
        let started = tokio::time::Instant::now();
        backoff(YIELDS - 1).await;
        assert_eq!(started.elapsed(), Duration::ZERO);
        for retry in [YIELDS, LONGEST_AT, MAX_RETRIES] {
            let started = tokio::time::Instant::now();
            backoff(retry).await;
            let most = Duration::from_micros(STEP_MICROS * retry.min(LONGEST_AT) as u64 + 1_000);
            assert!(started.elapsed() > Duration::ZERO && started.elapsed() <= most, "{:?}", started.elapsed());
        }
    }
}
