//! Keeps the bank's code from harming the server: hooks run on threads of their own, each call with a slot, a
//! deadline and its panics caught. What a hook is asked, and what its answer means, is decided by the behaviours.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument;

use super::HookError;
use crate::fault::Fault;
use crate::telemetry;

/// How many hooks may run at once, and how long each may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuardLimits {
    /// Threads that hooks run on.
    pub threads: usize,
    /// For `lookup_user`.
    pub lookup: CallLimits,
    /// For `send_sms`.
    pub sms: CallLimits,
    /// For every other hook.
    pub other: CallLimits,
}

/// How many calls of one kind may run at once, and how long each may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls at once; one that overran its deadline counts until it returns.
    pub slots: usize,
    /// When the caller is answered without it.
    pub deadline: Duration,
}

impl Default for GuardLimits {
    fn default() -> Self {
        GuardLimits {
            threads: 16,
            lookup: CallLimits { slots: 64, deadline: Duration::from_secs(2) },
            sms: CallLimits { slots: 64, deadline: Duration::from_secs(5) },
            other: CallLimits { slots: 64, deadline: Duration::from_secs(5) },
        }
    }
}

/// What became of a message.
#[derive(Debug, Clone)]
pub enum SmsOutcome {
    /// The gateway took it.
    Sent,
    /// The gateway will not send to this number; why, for the log.
    Refused(String),
    /// The hook failed or panicked; the message may be on its way.
    Failed(Fault),
    /// The hook did not answer in time; the message may be on its way.
    TimedOut(Fault),
    /// The hook never ran, for want of a slot or a thread; nothing was sent.
    NeverCalled(Fault),
}

/// Runs hooks.
pub struct Guard {
    /// Taken only when the guard goes.
    runtime: Option<Runtime>,
    lookup: Lane,
    sms: Lane,
    other: Lane,
}

/// The slots of one kind of call.
struct Lane {
    name: &'static str,
    slots: Arc<Semaphore>,
    deadline: Duration,
}

/// Why a call gave no answer.
enum Unanswered {
    NeverCalled,
    TimedOut,
    Panicked,
}

impl Guard {
    /// A guard with threads of its own.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn new(limits: GuardLimits) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(limits.threads.max(1))
            .thread_name("hooks")
            .enable_all()
            .build()?;
        Ok(Guard {
            runtime: Some(runtime),
            lookup: Lane::new("lookup_user", limits.lookup),
            sms: Lane::new("send_sms", limits.sms),
            other: Lane::new("other", limits.other),
        })
    }

    /// Asks `lookup_user`, once more if the first answer says [`HookError::TryLater`].
    ///
    /// # Errors
    /// `hook.failed`, `hook.timed_out`, `hook.panicked`.
    pub async fn lookup<T, Asked>(&self, ask: impl Fn() -> Asked) -> Result<T, Fault>
    where
        Asked: Future<Output = Result<T, HookError>> + Send + 'static,
        T: Send + 'static,
    {
        match self.run(&self.lookup, ask()).await {
            Ok(Err(HookError::TryLater(_))) => settle(&self.lookup, self.run(&self.lookup, ask()).await),
            Ok(Err(HookError::Refused(why))) => {
                telemetry::hook_outcome(self.lookup.name, "refused");
                Err(Fault::new("user.excluded").otherwise("hook.failed").because(telemetry::scrub(&why)))
            }
            answer => settle(&self.lookup, answer),
        }
    }

    /// Hands a message to `send_sms`, once, whatever comes of it.
    pub async fn sms<Asked>(&self, asked: Asked) -> SmsOutcome
    where
        Asked: Future<Output = Result<(), HookError>> + Send + 'static,
    {
        let answer = self.run(&self.sms, asked).await;
        let kind = match &answer {
            Ok(Err(HookError::Refused(why))) => {
                telemetry::hook_outcome(self.sms.name, "refused");
                let why = telemetry::scrub(why);
                tracing::warn!(why, "the gateway refused a message");
                return SmsOutcome::Refused(why);
            }
            Err(Unanswered::NeverCalled) => SmsOutcome::NeverCalled,
            Err(Unanswered::TimedOut) => SmsOutcome::TimedOut,
            Ok(_) | Err(Unanswered::Panicked) => SmsOutcome::Failed,
        };
        match settle(&self.sms, answer) {
            Ok(()) => SmsOutcome::Sent,
            Err(fault) => {
                let because = fault.inner.as_deref().unwrap_or_default();
                tracing::warn!(fault = fault.name, because, "a message was not sent");
                kind(fault)
            }
        }
    }

    /// Asks any other hook.
    ///
    /// # Errors
    /// The hook's own fault, or `hook.failed`, `hook.timed_out`, `hook.panicked`.
    pub async fn own<T, E, Asked>(&self, asked: Asked) -> Result<T, Fault>
    where
        Asked: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        settle(&self.other, self.run(&self.other, asked).await)
    }

    /// Asks what a hook says without waiting for anything, at the start. Blocks, for the deadline at most.
    ///
    /// # Errors
    /// `hook.timed_out`, `hook.panicked`.
    pub fn at_the_start<T: Send + 'static>(&self, ask: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let lane = &self.other;
        let never = || lane.fault(&Unanswered::NeverCalled);
        let (runtime, slot) = (self.runtime.as_ref(), lane.slots.clone().try_acquire_owned());
        let (runtime, slot) = (runtime.ok_or_else(never)?, slot.map_err(|_| never())?);
        let (tell, told) = mpsc::sync_channel(1);
        runtime.spawn(async move {
            let _slot = slot;
            // If nobody waits any more, nobody misses it.
            let _ = tell.send(ask());
        });
        let answer = told.recv_timeout(lane.deadline).map_err(|error| match error {
            RecvTimeoutError::Timeout => Unanswered::TimedOut,
            RecvTimeoutError::Disconnected => Unanswered::Panicked,
        });
        settle::<T, Fault>(lane, answer.map(Ok))
    }

    /// Runs a call on the hooks' threads. The deadline is kept here, on the server's side; the slot stays with the
    /// call until that returns. A call that has not begun by then never begins.
    async fn run<T, Asked>(&self, lane: &Lane, asked: Asked) -> Result<T, Unanswered>
    where
        Asked: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let Some(runtime) = &self.runtime else { return Err(Unanswered::NeverCalled) };
        let Ok(slot) = lane.slots.clone().try_acquire_owned() else { return Err(Unanswered::NeverCalled) };
        let start = Arc::new(Start::default());
        let running = runtime.spawn(hold(slot, start.clone(), asked).in_current_span());
        match tokio::time::timeout(lane.deadline, running).await {
            Ok(Ok(Some(answer))) => Ok(answer),
            Ok(Ok(None)) => Err(Unanswered::NeverCalled),
            Ok(Err(joined)) if joined.is_panic() => Err(Unanswered::Panicked),
            Ok(Err(_)) => Err(Unanswered::TimedOut),
            Err(_) if start.call_off() => Err(Unanswered::NeverCalled),
            Err(_) => Err(Unanswered::TimedOut),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Waiting for hooks would block, and a runtime that is dropped inside another one panics.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Lane {
    fn new(name: &'static str, limits: CallLimits) -> Self {
        Lane { name, slots: Arc::new(Semaphore::new(limits.slots)), deadline: limits.deadline }
    }

    fn fault(&self, unanswered: &Unanswered) -> Fault {
        let (fault, outcome, why) = match unanswered {
            Unanswered::NeverCalled => ("hook.timed_out", "no_slot", "no slot was free, or no thread"),
            Unanswered::TimedOut => ("hook.timed_out", "timed_out", "it did not answer in time"),
            Unanswered::Panicked => ("hook.panicked", "panicked", "it panicked"),
        };
        telemetry::hook_outcome(self.name, outcome);
        Fault::new(fault).because(format_args!("{}: {why}", self.name))
    }
}

/// Keeps the slot as long as the call lives, and runs the call unless it was called off before it began.
async fn hold<T>(slot: OwnedSemaphorePermit, start: Arc<Start>, asked: impl Future<Output = T>) -> Option<T> {
    let _slot = slot;
    if start.begin() { Some(asked.await) } else { None }
}

/// Turns what a call gave into what a behaviour works with, and counts it.
fn settle<T, E: Into<Fault>>(lane: &Lane, answer: Result<Result<T, E>, Unanswered>) -> Result<T, Fault> {
    match answer {
        Ok(Ok(value)) => {
            telemetry::hook_outcome(lane.name, "answered");
            Ok(value)
        }
        Ok(Err(error)) => {
            telemetry::hook_outcome(lane.name, "failed");
            let fault: Fault = error.into();
            Err(Fault { inner: fault.inner.map(|inner| telemetry::scrub(&inner)), ..fault })
        }
        Err(unanswered) => Err(lane.fault(&unanswered)),
    }
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
