//! Where passwords are hashed: on as many threads as there are cores, each with memory that it keeps, wiped after each
//! hash. Work waits in a bounded [`queue`](super::queue); past its bound the answer is busy, at once. What is hashed is
//! decided by [`password`](super::password).

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Semaphore, oneshot};

use super::argon::Memory;
use super::password::Busy;
use super::queue::{LONGEST_WAIT, Queue, refused};
use crate::low_priority::{LowPriority, NotCompleted};
use crate::telemetry;

/// Threads that hash, and the queue before them.
pub(super) struct Hashing {
    slots: Arc<Semaphore>,
    queue: Queue,
    threads: LowPriority<Memory>,
}

impl Hashing {
    /// As many threads; they start with the first hash.
    pub fn new(cores: usize) -> Self {
        let (slots, queue) = (Arc::new(Semaphore::new(cores)), Queue::new(cores));
        Hashing { slots, queue, threads: LowPriority::new("hashing", cores) }
    }

    /// Asked before anything is done for a request that will want a hash.
    ///
    /// # Errors
    /// If the hash would wait for so long that others should be asked in place of this process.
    pub fn expects_room(&self) -> Result<(), Busy> {
        self.queue.promise()
    }

    /// Does a piece of work in the memory of one of the threads.
    ///
    /// # Errors
    /// If it would wait, or has waited, for more than a second; then nothing was done. If the work panics, or the system
    /// gives no threads.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let asked = Instant::now();
        let place = self.queue.enter()?;
        let Ok(Ok(slot)) = tokio::time::timeout(LONGEST_WAIT, self.slots.clone().acquire_owned()).await else {
            return Err(refused());
        };
        let (tell, receiver) = oneshot::channel();
        let hash = move |memory: &mut Memory| {
            let began = Instant::now();
            telemetry::hash_waited(began.saturating_duration_since(asked));
            let done = work(memory);
            place.took(began.elapsed());
            // Whoever asked may be gone, and does not wait for the wiping.
            let _ = tell.send(done);
            memory.wipe();
            drop((slot, place));
        };
        self.threads.send(Box::new(hash)).map_err(|NotCompleted| Busy)?;
        receiver.await.map_err(|_| Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_gives_its_slot_back() {
        let hashing = Hashing::new(1);
        for _ in 0..3 {
            assert_eq!(hashing.run(|_| panic!("broken")).await, Err::<(), _>(Busy));
            assert_eq!(hashing.run(|_| 7).await, Ok(7));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_waited_for_long_is_refused() {
        let hashing = Hashing::new(1);
        let taken = hashing.slots.clone().acquire_owned().await.unwrap();
        assert_eq!(hashing.run(|_| ()).await, Err(Busy));
        drop(taken);
        assert_eq!(hashing.run(|_| ()).await, Ok(()));
    }

    #[tokio::test]
    async fn no_more_threads_hash_than_there_are_cores() {
        let hashing = Arc::new(Hashing::new(2));
        let ask = |_| {
            let hashing = hashing.clone();
            tokio::spawn(async move { hashing.run(|_| std::thread::current().id()).await })
        };
        let mut threads = std::collections::HashSet::new();
        for asked in (0..32).map(ask).collect::<Vec<_>>() {
            threads.extend(asked.await.unwrap());
        }
        assert!((1..=2).contains(&threads.len()), "{threads:?}");
    }
}
