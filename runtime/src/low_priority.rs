//! Threads of a lower priority, for work that takes milliseconds of processor time: hashing, and reading large bodies. What
//! takes microseconds goes before it, so that one does not wait for the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

/// How much lower the priority of these threads is than that of others: a third of the processor is left for them where all
/// the rest is wanted by others.
#[cfg(target_os = "linux")]
const NICE: i32 = 4;

pub(crate) type Job<State> = Box<dyn FnOnce(&mut State) + Send>;

/// So many threads, each with something that it keeps from one piece of work to the next. They start with the first piece.
pub(crate) struct LowPriority<State> {
    name: &'static str,
    threads: usize,
    /// None until there is work.
    jobs: Mutex<Option<Sender<Job<State>>>>,
}

/// The system gives no thread, or the work panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotCompleted;

impl<State: Default + 'static> LowPriority<State> {
    /// So many threads of this name.
    pub fn new(name: &'static str, threads: usize) -> Self {
        LowPriority { name, threads, jobs: Mutex::new(None) }
    }

    /// Does a piece of work once one of the threads has time for it, in their order; also if nobody waits for it any more.
    ///
    /// # Errors
    /// [`NotCompleted`].
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut State) -> T + Send + 'static,
    ) -> Result<T, NotCompleted> {
        let (tell, receiver) = oneshot::channel();
        // Whoever asked may be gone.
        self.send(Box::new(move |state| drop(tell.send(work(state)))))?;
        receiver.await.map_err(|_| NotCompleted)
    }

    /// Has a piece of work done. It is forgotten if it panics.
    ///
    /// # Errors
    /// [`NotCompleted`].
    pub fn send(&self, job: Job<State>) -> Result<(), NotCompleted> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match &mut *jobs {
            Some(sender) => sender,
            none => none.insert(start(self.name, self.threads).ok_or(NotCompleted)?),
        };
        sender.send(job).map_err(|_| NotCompleted)
    }
}

/// Starts threads that do what is sent, until nobody is left to send. None if the system gives not one.
fn start<State: Default + 'static>(name: &str, threads: usize) -> Option<Sender<Job<State>>> {
    let (send, receive) = mpsc::channel();
    let jobs = Arc::new(Mutex::new(receive));
    let begin = |_| {
        let jobs = jobs.clone();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || work(&jobs)).ok()
    };
    let started = (0..threads).filter_map(begin).count();
    (started > 0).then_some(send)
}

/// Does what comes. Of work that panics nothing is kept.
fn work<State: Default>(jobs: &Mutex<Receiver<Job<State>>>) {
    // Under Linux, that of this thread alone.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICE);
    let mut state = State::default();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if catch_unwind(AssertUnwindSafe(|| job(&mut state))).is_err() {
            state = State::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_work_that_panics_nothing_is_kept_and_others_are_done() {
        let threads = LowPriority::<Vec<u8>>::new("test", 1);
        for _ in 0..3 {
            let broken = |state: &mut Vec<u8>| {
                state.push(1);
                panic!("broken");
            };
            assert_eq!(threads.run(broken).await, Err::<(), _>(NotCompleted));
            assert_eq!(threads.run(|state| state.len()).await, Ok(0));
        }
    }

    #[tokio::test]
    async fn what_was_begun_is_done_although_nobody_waits_for_it() {
        let threads = LowPriority::<u32>::new("test", 1);
        let (go, wait) = mpsc::channel::<()>();
        let first = threads.run(move |_| wait.recv());
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), first).await.is_err());
        let second = threads.run(|state| *state += 1);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), second).await.is_err());
        go.send(()).unwrap();
        assert_eq!(threads.run(|state| *state).await, Ok(1));
    }
}
