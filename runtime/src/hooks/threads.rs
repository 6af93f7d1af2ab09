//! The threads on which hooks are called, and the queue before them. A thread that finds several calls makes one after the
//! other, as long as none of them waits or blocks: so many calls need few wake-ups. One that has to wait, or that takes
//! long, has its thread for itself, and those behind it get others.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a thread that has nothing to do waits before it ends.
const IDLE: Duration = Duration::from_secs(10);

/// A call to be made.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// Threads for calls.
#[derive(Clone)]
pub(super) struct HookThreads(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    most_threads: usize,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    threads: usize,
    /// How many of them wait for calls.
    asleep: usize,
    /// How many of those were woken and have not come yet.
    woken: usize,
    /// Whoever pushed the first of those that wait will say `come`.
    promised: bool,
    closed: bool,
}

impl HookThreads {
    /// At most so many threads; they are started when they are needed.
    pub fn new(most_threads: usize) -> Self {
        HookThreads(Arc::new(Shared { state: Mutex::default(), wake: Condvar::new(), most_threads }))
    }

    /// Has a call made; it is dropped if they were closed, or if the system gives no threads. True if whoever pushes it must
    /// say [`come`](HookThreads::come) soon: until then others may push theirs, and one wake-up is enough for all.
    #[must_use]
    pub fn push(&self, job: Job) -> bool {
        let mut state = self.0.locked();
        if state.closed {
            return false;
        }
        state.waiting.push_back(job);
        // A thread that was woken, or that is at work, comes to those behind the first.
        let first = state.waiting.len() == 1 && state.woken == 0 && !state.promised;
        state.promised |= first;
        first
    }

    /// Has a thread come to what was pushed, unless one came by itself.
    pub fn come(&self) {
        let mut state = self.0.locked();
        state.promised = false;
        if !state.waiting.is_empty() && state.woken == 0 {
            self.another(state);
        }
    }

    /// Has another thread come if calls wait: whoever says so will not come to them soon.
    pub fn hurry(&self) {
        let mut state = self.0.locked();
        if !state.waiting.is_empty() && state.woken < state.waiting.len() {
            // Whoever was to say that a thread shall come may be gone.
            state.promised = false;
            self.another(state);
        }
    }

    /// Ends the threads once they have nothing to do, and drops what waits.
    pub fn close(&self) {
        let mut state = self.0.locked();
        state.closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        self.0.wake.notify_all();
        drop(waiting);
    }

    /// Wakes a thread, or begins one.
    fn another(&self, mut state: MutexGuard<'_, State>) {
        if state.asleep > state.woken {
            state.woken += 1;
            drop(state);
            self.0.wake.notify_one();
        } else if state.threads < self.0.most_threads {
            state.threads += 1;
            drop(state);
            let threads = self.clone();
            let spawned = std::thread::Builder::new().name("hooks".to_owned()).spawn(move || threads.work());
            if let Err(error) = spawned {
                let mut state = self.0.locked();
                state.threads -= 1;
                // Without any thread nobody would come to what waits.
                let lost = if state.threads == 0 { std::mem::take(&mut state.waiting) } else { VecDeque::new() };
                drop(state);
                drop(lost);
                tracing::error!(because = %error.kind(), "there is no further thread for hooks");
            }
        }
    }

    /// What a thread does.
    fn work(&self) {
        while let Some(job) = self.0.next() {
            job();
        }
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call; nothing if the thread shall end.
    fn next(&self) -> Option<Job> {
        let mut state = self.locked();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                return Some(job);
            }
            if state.closed {
                state.threads -= 1;
                return None;
            }
            state.asleep += 1;
            let (waited, timeout) = self.wake.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = waited;
            state.asleep -= 1;
            let was_woken = state.woken > 0;
            state.woken = state.woken.saturating_sub(1);
            if timeout.timed_out() && !was_woken && state.waiting.is_empty() {
                state.threads -= 1;
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Instant;

    use super::*;

    impl HookThreads {
        /// Has a call made at once.
        fn push_alone(&self, job: Job) {
            if self.push(job) {
                self.come();
            }
        }
    }

    #[test]
    fn many_calls_are_made_each_once() {
        let (threads, (tell, told)) = (HookThreads::new(4), mpsc::channel());
        for at in 0..1000 {
            let tell = tell.clone();
            threads.push_alone(Box::new(move || tell.send(at).unwrap()));
        }
        drop(tell);
        let mut all: Vec<_> = told.iter().collect();
        all.sort_unstable();
        assert_eq!(all, (0..1000).collect::<Vec<_>>());
        assert!(threads.0.locked().threads <= 4);
    }

    #[test]
    fn a_call_behind_one_that_blocks_gets_a_thread_of_its_own() {
        let (threads, (tell, told)) = (HookThreads::new(2), mpsc::channel());
        let (release, blocked) = mpsc::channel::<()>();
        threads.push_alone(Box::new(move || {
            let _ = blocked.recv();
        }));
        // The first has been taken, and holds its thread.
        while !threads.0.locked().waiting.is_empty() {
            std::thread::yield_now();
        }
        threads.push_alone(Box::new(move || tell.send(()).unwrap()));
        threads.hurry();
        assert_eq!(told.recv_timeout(Duration::from_secs(10)), Ok(()));
        drop(release);
    }

    #[test]
    fn calls_that_are_pushed_until_a_thread_shall_come_need_one_wake_up() {
        let (threads, (tell, told)) = (HookThreads::new(4), mpsc::channel());
        let job = |at: usize| {
            let tell = tell.clone();
            Box::new(move || tell.send(at).unwrap())
        };
        assert!(threads.push(job(0)), "somebody must say it");
        assert!(!threads.push(job(1)) && !threads.push(job(2)), "and nobody else");
        assert!(told.recv_timeout(Duration::from_millis(20)).is_err());
        threads.come();
        assert_eq!((0..3).map(|_| told.recv_timeout(Duration::from_secs(10)).unwrap()).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(threads.0.locked().threads, 1);
        assert!(threads.push(job(3)));
        // Whoever promised it went away.
        threads.hurry();
        assert_eq!(told.recv_timeout(Duration::from_secs(10)), Ok(3));
        assert!(threads.push(job(4)), "somebody else must say it from now on");
    }

    #[test]
    fn threads_end_when_the_lane_is_closed_and_what_waits_is_dropped() {
        let threads = HookThreads::new(1);
        let (release, blocked) = mpsc::channel::<()>();
        let dropped = Arc::new(());
        threads.push_alone(Box::new(move || {
            let _ = blocked.recv();
        }));
        let waits = dropped.clone();
        threads.push_alone(Box::new(move || drop(waits)));
        threads.close();
        let late = dropped.clone();
        threads.push_alone(Box::new(move || drop(late)));
        drop(release);
        let patience = Instant::now();
        while threads.0.locked().threads > 0 || Arc::strong_count(&dropped) > 1 {
            assert!(patience.elapsed() < Duration::from_secs(10), "a thread stays");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
