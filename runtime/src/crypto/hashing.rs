//! Where passwords are hashed: on as many threads as there are cores, each with memory that it keeps, wiped after each
//! hash. Work waits in a bounded [`queue`](super::queue); past its bound the answer is busy, at once. What is hashed is
//! decided by [`password`](super::password).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{Semaphore, oneshot};

use super::argon::Memory;
use super::password::Busy;
use super::queue::{LONGEST_WAIT, Queue, refused};
use crate::telemetry;

/// How much lower the priority of these threads is than that of others: what takes microseconds goes before what takes tens of
/// milliseconds, and a third of the processor is left for hashes where all the rest is wanted by others.
#[cfg(target_os = "linux")]
const LOWER: i32 = 4;

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// Threads that hash, and the queue before them.
pub(super) struct Hashing {
    cores: usize,
    slots: Arc<Semaphore>,
    queue: Queue,
    /// None until the first hash is wanted.
    jobs: Mutex<Option<Sender<Job>>>,
}

impl Hashing {
    /// As many threads; they start with the first hash.
    pub fn new(cores: usize) -> Self {
        Hashing { cores, slots: Arc::new(Semaphore::new(cores)), queue: Queue::new(cores), jobs: Mutex::new(None) }
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
        self.send(Box::new(move |memory| {
            let began = Instant::now();
            telemetry::hash_waited(began.saturating_duration_since(asked));
            let done = work(memory);
            place.took(began.elapsed());
            // Whoever asked may be gone.
            let _ = tell.send(done);
            memory.wipe();
            drop((slot, place));
        }))?;
        receiver.await.map_err(|_| Busy)
    }

    fn send(&self, job: Job) -> Result<(), Busy> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match &mut *jobs {
            Some(sender) => sender,
            none => none.insert(start(self.cores).ok_or(Busy)?),
        };
        sender.send(job).map_err(|_| Busy)
    }
}

/// Starts threads that do what is sent, until nobody is left to send. None if the system gives not one.
fn start(threads: usize) -> Option<Sender<Job>> {
    let (send, receive) = mpsc::channel::<Job>();
    let jobs = Arc::new(Mutex::new(receive));
    let begin = |_| {
        let jobs = jobs.clone();
        std::thread::Builder::new().name("hashing".to_owned()).spawn(move || work(&jobs)).ok()
    };
    let started = (0..threads).filter_map(begin).count();
    (started > 0).then_some(send)
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    // Under Linux, that of this thread alone.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(LOWER);
    let mut memory = Memory::default();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
            memory.wipe();
        }
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
