//! One call of a hook on a thread of its own, under a deadline that is kept on the server's side. A call that waits is
//! cancelled there; one that blocks cannot be, and holds its thread and slot until it returns. It holds up nobody else:
//! other calls have other threads, as many as there are slots.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::pool::Slot;
use super::watch::Watched;

/// How long a call that is cancelled may take to end before it counts as one that blocks.
const ENDS_WITHIN: Duration = Duration::from_millis(50);

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
    pub watched: Arc<Watched>,
    pub slot: Slot,
    pub deadline: Duration,
}

/// Makes the call. It goes on to its deadline also if whoever asked goes away; `ended` is told how it ended by then.
pub(super) async fn call<T, Asked>(
    setting: Setting,
    asked: Asked,
    ended: impl FnOnce(&Result<T, HookFailure>) + Send + 'static,
) -> Result<T, HookFailure>
where
    Asked: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let (tell, receiver) = oneshot::channel();
    let tell = move |answer| {
        ended(&answer);
        // If nobody waits any more, nobody misses it.
        let _ = tell.send(answer);
    };
    tokio::spawn(supervise(setting, asked.in_current_span(), tell).in_current_span());
    receiver.await.unwrap_or(Err(HookFailure::NotStarted))
}

async fn supervise<T, Asked>(setting: Setting, asked: Asked, tell: impl FnOnce(Result<T, HookFailure>))
where
    Asked: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let Setting { runtime, watched, slot, deadline } = setting;
    let (start, cancel) = (Arc::new(Start::default()), Arc::new(Notify::new()));
    let mut running = on_a_thread(&runtime, slot, start.clone(), cancel.clone(), asked);
    if let Ok(joined) = tokio::time::timeout(deadline, &mut running).await {
        return tell(match joined {
            Ok(answer) => answer.ok_or(HookFailure::NotStarted),
            Err(error) if error.is_panic() => Err(HookFailure::Panicked),
            // The hooks' threads end.
            Err(_) if start.call_off() => Err(HookFailure::NotStarted),
            Err(_) => Err(HookFailure::TimedOut),
        });
    }
    if start.call_off() {
        return tell(Err(HookFailure::NotStarted));
    }
    cancel.notify_one();
    let gone = tokio::time::timeout(ENDS_WITHIN, &mut running).await.is_ok();
    tell(Err(HookFailure::TimedOut));
    if !gone {
        let _blocked = watched.blocks();
        let _ = running.await;
    }
}

/// Runs a call on a thread of its own unless it was called off before it began, until it ends or is cancelled.
fn on_a_thread<T, Asked>(
    runtime: &Handle,
    slot: Slot,
    start: Arc<Start>,
    cancel: Arc<Notify>,
    asked: Asked,
) -> JoinHandle<Option<T>>
where
    Asked: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let on = runtime.clone();
    runtime.spawn_blocking(move || {
        let _slot = slot;
        if !start.begin() {
            return None;
        }
        on.block_on(async move {
            tokio::select! {
                biased;
                () = cancel.notified() => None,
                answer = asked => Some(answer),
            }
        })
    })
}

/// Whether a call has begun; decided once, by whoever comes first.
#[derive(Default)]
struct Start(AtomicU8);

impl Start {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const CALLED_OFF: u8 = 2;

    /// True if the call may run.
    fn begin(&self) -> bool {
        self.decide(Self::BEGUN)
    }

    /// True if the call will never run.
    fn call_off(&self) -> bool {
        self.decide(Self::CALLED_OFF)
    }

    fn decide(&self, state: u8) -> bool {
        self.0.compare_exchange(Self::WAITING, state, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}
