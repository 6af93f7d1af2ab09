//! Where passwords are hashed: on as many threads as there are cores, each with memory that it keeps, wiped after each
//! hash. Work waits in a bounded queue; past its bound the answer is busy, at once. What is hashed is decided by
//! [`password`](super::password).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot};

use super::argon::Memory;
use super::password::Busy;
use crate::telemetry;

/// How long a hash may wait for others to end.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// A request that has done nothing yet is refused if its hash would wait for longer, so that those which are let in are
/// answered within a quarter of a second.
const LONGEST_WAIT_OF_NEWCOMERS: Duration = Duration::from_millis(150);

/// So many may always wait for each core: a hash may take long because the machine has other things to do.
const ALWAYS_WAITING: usize = 2;

/// What one hash takes before any was measured, in microseconds.
const FIRST_GUESS: u64 = 20_000;

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// Threads that hash, and the queue before them.
pub(super) struct Hashing {
    cores: usize,
    slots: Arc<Semaphore>,
    load: Arc<Load>,
    /// None until the first hash is wanted.
    jobs: Mutex<Option<Sender<Job>>>,
}

/// How much is to be done, and how fast it is done.
struct Load {
    /// Hashes that wait or are being made.
    pending: AtomicUsize,
    /// A moving average of what one takes, in microseconds.
    typical: AtomicU64,
}

/// A place in the queue, given back when it is dropped.
struct Place(Arc<Load>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::AcqRel);
        telemetry::hash_pending(-1.0);
    }
}

impl Hashing {
    /// As many threads; they start with the first hash.
    pub fn new(cores: usize) -> Self {
        let load = Load { pending: AtomicUsize::new(0), typical: AtomicU64::new(FIRST_GUESS) };
        Hashing { cores, slots: Arc::new(Semaphore::new(cores)), load: Arc::new(load), jobs: Mutex::new(None) }
    }

    /// Asked before anything is done for a request that will want a hash.
    ///
    /// # Errors
    /// If the hash would wait for so long that others should be asked in place of this process.
    pub fn expects_room(&self) -> Result<(), Busy> {
        self.has_room(LONGEST_WAIT_OF_NEWCOMERS)
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
        self.has_room(LONGEST_WAIT)?;
        self.load.pending.fetch_add(1, Ordering::AcqRel);
        telemetry::hash_pending(1.0);
        let asked = Instant::now();
        let place = Place(self.load.clone());
        let Ok(Ok(slot)) = tokio::time::timeout(LONGEST_WAIT, self.slots.clone().acquire_owned()).await else {
            return Err(refused());
        };
        let (tell, told) = oneshot::channel();
        self.send(Box::new(move |memory| {
            let began = Instant::now();
            telemetry::hash_waited(began.saturating_duration_since(asked));
            let done = work(memory);
            place.0.took(began.elapsed());
            telemetry::hash_took(began.elapsed());
            // Whoever asked may be gone.
            let _ = tell.send(done);
            memory.wipe();
            drop((slot, place));
        }))?;
        told.await.map_err(|_| Busy)
    }

    fn has_room(&self, longest_wait: Duration) -> Result<(), Busy> {
        let waiting = self.load.pending.load(Ordering::Acquire).saturating_sub(self.cores);
        let typical = self.load.typical.load(Ordering::Relaxed);
        let wait = (waiting as u64).saturating_mul(typical) / self.cores.max(1) as u64;
        let is_short = Duration::from_micros(wait) <= longest_wait;
        if is_short || waiting < ALWAYS_WAITING * self.cores { Ok(()) } else { Err(refused()) }
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

impl Load {
    fn took(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 8);
        let typical = self.typical.load(Ordering::Relaxed);
        self.typical.store((typical.saturating_mul(7).saturating_add(time)) / 8, Ordering::Relaxed);
    }
}

fn refused() -> Busy {
    telemetry::hash_refused();
    Busy
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

    /// A thread that is held until it is let go.
    fn held(hashing: &Arc<Hashing>) -> (Sender<()>, tokio::task::JoinHandle<Result<(), Busy>>) {
        let (release, released) = mpsc::channel();
        let hashing = hashing.clone();
        let work = tokio::spawn(async move { hashing.run(move |_| released.recv().unwrap_or_default()).await });
        (release, work)
    }

    #[tokio::test]
    async fn newcomers_are_refused_at_once_when_the_queue_is_long() {
        let hashing = Arc::new(Hashing::new(1));
        let (release, first) = held(&hashing);
        let waiting: Vec<_> = (0..8).map(|_| held(&hashing)).collect();
        while hashing.load.pending.load(Ordering::Acquire) < 9 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hashing.expects_room(), Err(Busy), "8 times 20 ms are more than 150 ms");
        assert_eq!(hashing.has_room(LONGEST_WAIT), Ok(()), "what has begun goes on");
        drop(release);
        assert_eq!(first.await.unwrap(), Ok(()));
        for (release, work) in waiting {
            drop(release);
            assert_eq!(work.await.unwrap(), Ok(()));
        }
        while hashing.load.pending.load(Ordering::Acquire) > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hashing.expects_room(), Ok(()));
    }

    #[tokio::test]
    async fn slow_hashes_make_the_queue_shorter() {
        let hashing = Hashing::new(1);
        hashing.load.pending.store(4, Ordering::Release);
        assert_eq!(hashing.expects_room(), Ok(()), "3 wait for 60 ms");
        for _ in 0..64 {
            hashing.load.took(Duration::from_millis(400));
        }
        assert_eq!(hashing.expects_room(), Err(Busy), "3 wait for 1,200 ms");
        assert_eq!(hashing.has_room(LONGEST_WAIT), Err(Busy));
        hashing.load.pending.store(2, Ordering::Release);
        assert_eq!(hashing.expects_room(), Ok(()), "some may always wait");
    }

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
