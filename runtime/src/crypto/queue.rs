//! The queue before hashing: who is let into it. Whoever will want a hash asks before anything is done for the request,
//! and is promised a place: so many are let in as will be served in time, also where they first wait for the bank. What is
//! done with a place is decided by [`hashing`](super::hashing).

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::password::Busy;
use crate::request_scope::RequestScope;
use crate::shares::{self, Asker, Share, Shares};
use crate::telemetry;

/// How long a hash may wait for others to end.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// A request that has done nothing yet is refused if its hash would wait for longer, so that those which are let in are
/// answered within a quarter of a second.
const LONGEST_WAIT_OF_NEWCOMERS: Duration = Duration::from_millis(150);

/// So many may always wait for each core: a hash may take long because the machine has other things to do.
const ALWAYS_WAITING: usize = 2;

/// The last places, so many, are for those who have fewer: it costs no hash, and the queue may be short.
const FEW: usize = 2;

/// What one hash takes before any was measured, in microseconds.
const FIRST_GUESS: u64 = 20_000;

/// A promise that is always kept.
const ALWAYS: u64 = 1_000_000;

/// The queue.
pub(super) struct Queue {
    cores: usize,
    line: Arc<Shares>,
    load: Arc<Load>,
}

/// How much is to be done, and how fast it is done.
struct Load {
    /// Hashes that wait or are being made.
    pending: AtomicUsize,
    /// Requests that have not come to their hash yet.
    promised: AtomicUsize,
    /// What one hash takes, in microseconds.
    typical: Average,
    /// What a request does before it comes to its hash, in microseconds.
    before: Average,
    /// How many of a million promises are kept: where the bank compares passwords itself, none is.
    kept: Average,
}

/// A moving average.
struct Average(AtomicU64);

impl Average {
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, value: u64) {
        self.0.store((self.get().saturating_mul(7).saturating_add(value)) / 8, Ordering::Relaxed);
    }

    fn add_time(&self, time: Duration) {
        self.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 8));
    }
}

/// A place in the queue, given back when it is dropped.
pub(super) struct Place {
    load: Arc<Load>,
    _share: Share,
}

impl Place {
    /// Its hash took so long.
    pub fn took(&self, time: Duration) {
        self.load.typical.add_time(time);
        telemetry::hash_took(time);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.load.pending.fetch_sub(1, Ordering::AcqRel);
        telemetry::hash_pending(-1.0);
    }
}

/// A place that a request was promised.
struct Promise {
    load: Arc<Load>,
    share: Option<Share>,
    since: Instant,
}

/// The place that a request was promised, until it is taken, as a part of what is known of it. What was promised and not taken is
/// given back at its end.
#[derive(Default)]
pub(crate) struct Promised(RefCell<Option<Promise>>);

impl Promise {
    fn keep(mut self) -> Option<Share> {
        self.load.before.add_time(self.since.elapsed());
        self.load.kept.add(ALWAYS);
        self.share.take()
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.load.promised.fetch_sub(1, Ordering::AcqRel);
        if self.share.is_some() {
            self.load.kept.add(0);
        }
    }
}

impl Queue {
    /// An empty queue before so many threads.
    pub fn new(cores: usize) -> Self {
        let load = Load {
            pending: AtomicUsize::new(0),
            promised: AtomicUsize::new(0),
            typical: Average(AtomicU64::new(FIRST_GUESS)),
            before: Average(AtomicU64::new(0)),
            kept: Average(AtomicU64::new(0)),
        };
        Queue { cores, line: Arc::default(), load: Arc::new(load) }
    }

    /// Promises a place to the request that is worked on. Outside of a request, says whether there is one.
    ///
    /// # Errors
    /// If the hash would wait for so long that others should be asked in place of this process.
    pub fn promise(&self) -> Result<(), Busy> {
        if RequestScope::ask(|promised: &Promised| promised.0.borrow().is_some()).unwrap_or_default() {
            return Ok(());
        }
        let (asker, free) = (shares::asker(), self.free_for_newcomers());
        let has_few = self.line.places_of(&asker) < FEW || asker == Asker::Unknown;
        let theirs = if has_few { free } else { free.saturating_sub(FEW) };
        let share = self.line.take(asker, self.line.taken() + theirs).ok_or_else(refused)?;
        self.load.promised.fetch_add(1, Ordering::AcqRel);
        let promise = Promise { load: self.load.clone(), share: Some(share), since: Instant::now() };
        // Outside of a request, it is given back at once.
        let _ = RequestScope::ask(|promised: &Promised| promised.0.replace(Some(promise)));
        Ok(())
    }

    /// The place that was promised, or one for work that has begun.
    ///
    /// # Errors
    /// If it would be waited for, for longer than a second.
    pub fn enter(&self) -> Result<Place, Busy> {
        let promised = RequestScope::ask(|promised: &Promised| promised.0.take()).flatten();
        if self.pending() >= self.places(LONGEST_WAIT) {
            return Err(refused());
        }
        let share = promised.and_then(Promise::keep).unwrap_or_else(|| self.line.take_anyway(shares::asker()));
        self.load.pending.fetch_add(1, Ordering::AcqRel);
        telemetry::hash_pending(1.0);
        Ok(Place { load: self.load.clone(), _share: share })
    }

    fn pending(&self) -> usize {
        self.load.pending.load(Ordering::Acquire)
    }

    /// How many more may be let in: those that are made and wait now, and with them those that are still to come.
    fn free_for_newcomers(&self) -> usize {
        let Load { promised, before, kept, .. } = &*self.load;
        let now = self.places(LONGEST_WAIT_OF_NEWCOMERS).saturating_sub(self.pending());
        let to_come = promised.load(Ordering::Acquire) as u64 * kept.get();
        let in_all = self.pending() + usize::try_from(to_come.div_ceil(ALWAYS)).unwrap_or(usize::MAX);
        let later = self.places(LONGEST_WAIT_OF_NEWCOMERS + Duration::from_micros(before.get()));
        now.min(later.saturating_sub(in_all))
    }

    /// How many there may be, those that are being made among them, so that none waits for longer.
    fn places(&self, longest_wait: Duration) -> usize {
        let wait = u64::try_from(longest_wait.as_micros()).unwrap_or(u64::MAX);
        let waiting = wait.saturating_mul(self.cores as u64) / self.load.typical.get().max(1);
        self.cores + usize::try_from(waiting).unwrap_or(usize::MAX).max(ALWAYS_WAITING * self.cores)
    }
}

/// Refuses, and counts it.
pub(super) fn refused() -> Busy {
    telemetry::hash_refused();
    Busy
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: Duration = Duration::from_millis(10);

    fn with_promises() -> RequestScope {
        RequestScope::default().with(Promised::default())
    }

    /// A queue before one thread whose hashes take 10 milliseconds: 1 is made and 15 wait.
    fn queue() -> Queue {
        let queue = Queue::new(1);
        (0..64).for_each(|_| queue.load.typical.add_time(HASH));
        queue
    }

    fn enter(queue: &Queue, times: usize) -> Vec<Place> {
        (0..times).map(|_| queue.enter().unwrap()).collect()
    }

    /// As many requests as are let in, none of which has come to its hash.
    async fn let_in(queue: &Queue, most: usize) -> usize {
        if most == 0 || queue.promise().is_err() {
            return 0;
        }
        1 + Box::pin(with_promises().during(let_in(queue, most - 1))).await
    }

    #[test]
    fn newcomers_are_refused_when_the_queue_is_long_and_what_has_begun_goes_on() {
        let queue = queue();
        let mut places = enter(&queue, 15);
        assert_eq!(queue.promise(), Ok(()));
        places.extend(enter(&queue, 1));
        assert_eq!(queue.promise(), Err(Busy), "15 times 10 ms are enough");
        places.extend(enter(&queue, 85));
        assert!(queue.enter().is_err(), "nothing waits for more than a second");
        drop(places);
        assert_eq!((queue.promise(), queue.line.taken()), (Ok(()), 0));
    }

    #[test]
    fn slow_hashes_make_the_queue_shorter() {
        let queue = queue();
        (0..64).for_each(|_| queue.load.typical.add_time(Duration::from_millis(400)));
        let places = enter(&queue, 2);
        assert_eq!(queue.promise(), Ok(()), "some may always wait");
        let more = enter(&queue, 1);
        assert_eq!(queue.promise(), Err(Busy));
        assert!(queue.enter().is_err(), "2 wait for 800 ms");
        drop((places, more));
    }

    #[tokio::test]
    async fn promises_count_as_far_as_they_are_kept() {
        let queue = queue();
        assert_eq!(with_promises().during(let_in(&queue, 500)).await, 500, "nobody has come to a hash yet");
        (0..64).for_each(|_| queue.load.kept.add(ALWAYS));
        assert_eq!(with_promises().during(let_in(&queue, 500)).await, 16);
        (0..64).for_each(|_| queue.load.kept.add(ALWAYS));
        let before = Duration::from_millis(200);
        (0..64).for_each(|_| queue.load.before.add_time(before));
        let let_in_later = with_promises().during(let_in(&queue, 500)).await;
        assert!((35..=36).contains(&let_in_later), "those who come later wait for each other less: {let_in_later}");
        assert_eq!((queue.line.taken(), queue.load.promised.load(Ordering::Acquire)), (0, 0));
    }

    #[tokio::test]
    async fn a_promised_place_is_taken_once() {
        let queue = queue();
        let work = async {
            assert_eq!((queue.promise(), queue.promise()), (Ok(()), Ok(())));
            assert_eq!((queue.line.taken(), queue.load.promised.load(Ordering::Acquire)), (1, 1));
            let places = enter(&queue, 1);
            assert_eq!((queue.line.taken(), queue.load.promised.load(Ordering::Acquire)), (1, 0));
            drop(places);
            assert_eq!((queue.line.taken(), queue.pending()), (0, 0));
        };
        with_promises().during(work).await;
        assert!(queue.load.kept.get() > 0);
    }

    #[tokio::test]
    async fn a_caller_who_asks_for_much_leaves_places_to_others() {
        let queue = queue();
        (0..64).for_each(|_| queue.load.kept.add(ALWAYS));
        let of = |name: &str| with_promises().with(Asker::Caller(name.to_owned()));
        let greedy = async {
            let places = enter(&queue, 14);
            assert_eq!(queue.promise(), Err(Busy), "the last places are not for whoever has all others");
            places
        };
        let places = of("greedy").during(greedy).await;
        let modest = async { (enter(&queue, 1), queue.promise()) };
        let (own, second) = of("modest").during(modest).await;
        assert_eq!(second, Ok(()), "whoever has one place may have another");
        drop((places, own));
    }
}
