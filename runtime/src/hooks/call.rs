//! One call of a hook on a thread of its own, under a deadline that is kept on the server's side. A call that waits is
//! cancelled there; one that blocks cannot be, and holds its thread and slot until it returns. It holds up nobody else:
//! other calls have other threads, as many as there are slots.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};
use tracing::Instrument;

use super::pool::Slot;
use super::threads::HookThreads;
use super::watch::Watched;
use crate::kept::Kept;

/// How long a call that is cancelled may take to end before it counts as one that blocks.
const ENDS_WITHIN: Duration = Duration::from_millis(50);

/// How long a call waits for those before it on their thread, which usually take no time at all, before another thread is
/// asked to come.
const BEGINS_WITHIN: Duration = Duration::from_millis(1);

/// Why a call gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HookFailure {
    /// The circuit breaker is open.
    BreakerOpen,
    /// As many look-ups of the same user as may run at once did not end.
    SameUser,
    /// No slot was free.
    NoSlot,
    /// No thread came to it before its deadline; it will never begin.
    NotStarted,
    TimedOut,
    Panicked,
}

/// What a call needs beside its work.
pub(super) struct Setting {
    pub runtime: Handle,
    pub threads: HookThreads,
    pub watched: Arc<Watched>,
    /// None for a call of nothing.
    pub slot: Option<Slot>,
    pub deadline: Duration,
}

/// How a call ended on its thread.
enum CallEnd<T> {
    Answered(T),
    /// It was cancelled, or called off before it began.
    Cancelled,
    /// There was no turn for it.
    NoTurn,
    Panicked,
}

/// Makes the call. It goes on to its deadline also if whoever asked goes away; `ended` gets how it ended by then.
pub(super) async fn call<T, Fut>(
    setting: Setting,
    asked: Fut,
    ended: impl FnOnce(&Result<T, HookFailure>) + Send + 'static,
) -> Result<T, HookFailure>
where
    Fut: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let asked = asked.in_current_span();
    let supervised = async move {
        let answer = supervise(setting, asked).await;
        ended(&answer);
        answer
    };
    Kept::new(supervised).await.unwrap_or(Err(HookFailure::Panicked))
}

async fn supervise<T, Fut>(setting: Setting, asked: Fut) -> Result<T, HookFailure>
where
    Fut: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let Setting { runtime, threads, watched, slot, deadline } = setting;
    let (start, cancel) = (Arc::new(Start::default()), Arc::new(Notify::new()));
    let (mut running, first) = on_a_thread(&runtime, &threads, slot, start.clone(), cancel.clone(), asked);
    if first {
        // Whoever is ready on this thread, too, goes first: their calls are then made upon the same wake-up.
        tokio::task::yield_now().await;
        threads.come();
    }
    if let Ok(ended) = in_time(&threads, deadline, &mut running).await {
        return match ended {
            Ok(CallEnd::Answered(answer)) => Ok(answer),
            Ok(CallEnd::Panicked) => Err(HookFailure::Panicked),
            Ok(CallEnd::Cancelled) => Err(HookFailure::NotStarted),
            Ok(CallEnd::NoTurn) => Err(HookFailure::SameUser),
            // The hooks' threads end.
            Err(_) if start.call_off() => Err(HookFailure::NotStarted),
            Err(_) => Err(HookFailure::TimedOut),
        };
    }
    if start.call_off() {
        return Err(HookFailure::NotStarted);
    }
    cancel.notify_one();
    if tokio::time::timeout(ENDS_WITHIN, &mut running).await.is_err() {
        let blocked = watched.blocks();
        tokio::spawn(async move {
            let _blocked = blocked;
            // However it ends, nobody waits for it.
            let _ = running.await;
        });
    }
    Err(HookFailure::TimedOut)
}

/// What comes from a thread before a deadline. Those before it may block, so another thread is asked to come soon.
async fn in_time<F: Future + Unpin>(
    threads: &HookThreads,
    deadline: Duration,
    mut awaited: F,
) -> Result<F::Output, tokio::time::error::Elapsed> {
    let soon = deadline.min(BEGINS_WITHIN);
    if let Ok(ended) = tokio::time::timeout(soon, &mut awaited).await {
        return Ok(ended);
    }
    threads.hurry();
    tokio::time::timeout(deadline.saturating_sub(soon), awaited).await
}

/// Runs a call on a thread of its own unless it was called off before it began, until it ends or is cancelled. True if
/// the threads wait to be told that they shall come.
fn on_a_thread<T, Fut>(
    runtime: &Handle,
    threads: &HookThreads,
    mut slot: Option<Slot>,
    start: Arc<Start>,
    cancel: Arc<Notify>,
    asked: Fut,
) -> (oneshot::Receiver<CallEnd<T>>, bool)
where
    Fut: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let (tell, receiver) = oneshot::channel();
    let (runtime, others) = (runtime.clone(), threads.clone());
    let first = threads.push(Box::new(move || {
        let ended = if !start.begin() {
            CallEnd::Cancelled
        } else if !slot.as_mut().is_none_or(Slot::may_begin) {
            CallEnd::NoTurn
        } else {
            run(&runtime, &others, &cancel, asked)
        };
        drop(slot);
        // If nobody waits any more, nobody misses it.
        let _ = tell.send(ended);
    }));
    (receiver, first)
}

/// Runs a call on this thread.
fn run<T>(runtime: &Handle, others: &HookThreads, cancel: &Notify, asked: impl Future<Output = T>) -> CallEnd<T> {
    let answered = async move {
        let mut asked = pin!(asked);
        match poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await {
            Poll::Ready(answer) => CallEnd::Answered(answer),
            Poll::Pending => {
                // It waits, and with it this thread.
                others.hurry();
                tokio::select! {
                    biased;
                    () = cancel.notified() => CallEnd::Cancelled,
                    answer = asked => CallEnd::Answered(answer),
                }
            }
        }
    };
    catch_unwind(AssertUnwindSafe(|| runtime.block_on(answered))).unwrap_or(CallEnd::Panicked)
}

/// Whether a call has begun; decided once, by whoever comes first.
#[derive(Default)]
struct Start(AtomicU8);

impl Start {
    const WAITING: u8 = 0;
    const STARTED: u8 = 1;
    const CALLED_OFF: u8 = 2;

    /// True if the call may run.
    fn begin(&self) -> bool {
        self.decide(Self::STARTED)
    }

    /// True if the call will never run.
    fn call_off(&self) -> bool {
        self.decide(Self::CALLED_OFF)
    }

    fn decide(&self, state: u8) -> bool {
        self.0.compare_exchange(Self::WAITING, state, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}
