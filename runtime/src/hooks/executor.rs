//! Keeps the bank's code from harming the server: each call has a slot, a thread, a deadline and its panics caught, and
//! a hook that does not answer is left alone for a while. What a hook is asked, and what its answer means, is decided by
//! the behaviours.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use super::breaker::{Pass, Verdict};
use super::call::{HookFailure, Setting, call};
use super::limits::{BreakerLimits, HookLimits};
use super::per_user::{PerUser, Turn};
use super::pool::{HookPool, Slot};
use super::threads::HookThreads;
use super::watch::Watched;
use super::{BankError, BoxFuture, DynHooks, HookError};
use crate::fault::Fault;
use crate::telemetry;

/// How many threads hooks have for blocking code that they hand to `spawn_blocking`.
const THREADS_FOR_BLOCKING: usize = 512;

/// How long the bank's hooks may take to be made before the log says that they are waited for.
const BEGIN_SILENTLY: Duration = Duration::from_secs(1);

/// How long a bank may take to say whether it is ready.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// What became of a message.
#[derive(Debug, Clone)]
pub enum SmsOutcome {
    /// The gateway took it.
    Sent,
    /// The gateway will not send to this number; why, for the log.
    Refused(String),
    /// The hook failed or panicked; the message may be on its way.
    Failed(Fault),
    /// The hook did not answer in time and was cancelled, if it could be; the message may be on its way.
    TimedOut(Fault),
    /// The hook never ran, for want of a slot or a thread; nothing was sent.
    NeverCalled(Fault),
    /// The hook never ran, since its circuit breaker is open; nothing was sent.
    BreakerOpen(Fault),
}

/// Runs hooks.
pub struct HookExecutor {
    /// Taken only when the guard goes.
    runtime: Option<Runtime>,
    threads: HookThreads,
    lookup: (HookPool, Arc<Watched>),
    sms: (HookPool, Arc<Watched>),
    other: HookPool,
    /// The hooks of the pool `other`, by name.
    others: Mutex<HashMap<&'static str, Arc<Watched>>>,
    breaker: BreakerLimits,
    users: Arc<PerUser>,
    /// Whether the bank was ready when it was last asked; locked while it is asked.
    readiness: Arc<tokio::sync::Mutex<bool>>,
}

impl HookExecutor {
    /// A guard with threads of its own.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn new(limits: HookLimits) -> std::io::Result<Self> {
        let HookLimits { threads, lookup, sms, other, breaker, .. } = limits;
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .max_blocking_threads(THREADS_FOR_BLOCKING)
            .thread_name("hooks")
            .enable_all()
            .build()?;
        // The timer that decoys are waited for by has a thread of its own, which begins with the first wait.
        drop(futures_timer::Delay::new(Duration::ZERO));
        let named = |name, limits| (HookPool::new(name, limits), Arc::new(Watched::new(name, limits, breaker)));
        Ok(HookExecutor {
            runtime: Some(runtime),
            threads: HookThreads::new(lookup.slots + sms.slots + other.slots),
            lookup: named("lookup_user", lookup),
            sms: named("send_sms", sms),
            other: HookPool::new("other", other),
            others: Mutex::default(),
            breaker,
            users: Arc::default(),
            readiness: Arc::new(tokio::sync::Mutex::new(true)),
        })
    }

    /// Asks `lookup_user` for a user, once more if the first answer says [`HookError::TryLater`]. Look-ups of the same user
    /// beyond a few at once wait for each other, and take no slots meanwhile.
    ///
    /// # Errors
    /// `hook.failed`, `hook.timed_out`, `hook.panicked`.
    pub async fn lookup_of<T, Fut>(&self, user: &impl Hash, ask: impl Fn() -> Fut) -> Result<T, Fault>
    where
        Fut: Future<Output = Result<T, HookError>> + Send + 'static,
        T: Send + 'static,
    {
        let watched = &self.lookup.1;
        match self.in_turn(user, &ask).await {
            Ok(Err(HookError::TryLater(_))) => settle(watched, self.in_turn(user, &ask).await),
            Ok(Err(HookError::Refused(why))) => {
                telemetry::hook_outcome(watched.name, "refused");
                Err(Fault::new("user.excluded").otherwise("hook.failed").with_detail(telemetry::scrub(&why)))
            }
            answer => settle(watched, answer),
        }
    }

    /// Asks for a user when it is their turn.
    async fn in_turn<T, Fut>(
        &self,
        user: &impl Hash,
        ask: &impl Fn() -> Fut,
    ) -> Result<Result<T, HookError>, HookFailure>
    where
        Fut: Future<Output = Result<T, HookError>> + Send + 'static,
        T: Send + 'static,
    {
        let ((pool, watched), mut turn) = (&self.lookup, self.users.turn(user));
        // Most look-ups have ended before the next one begins on their thread, so that none waits for another. Of a user for whom
        // many ask, half of the slots are left for others until a thread has come to them.
        if turn.is_likely(pool.slots / 2) {
            match self.run(pool, watched, Some(turn), ask()).await {
                Err(HookFailure::SameUser) => turn = self.users.turn(user),
                answer => return answer,
            }
        }
        if !turn.take(pool.deadline).await {
            return Err(HookFailure::SameUser);
        }
        self.run(pool, watched, Some(turn), ask()).await
    }

    /// Hands a message to `send_sms`, once, whatever comes of it.
    pub async fn sms<Fut>(&self, asked: Fut) -> SmsOutcome
    where
        Fut: Future<Output = Result<(), HookError>> + Send + 'static,
    {
        let (pool, watched) = &self.sms;
        let answer = self.run(pool, watched, None, asked).await;
        let kind = match &answer {
            Ok(Err(HookError::Refused(why))) => {
                telemetry::hook_outcome(watched.name, "refused");
                let why = telemetry::scrub(why);
                tracing::warn!(why, "the gateway refused a message");
                return SmsOutcome::Refused(why);
            }
            Err(HookFailure::BreakerOpen) => SmsOutcome::BreakerOpen,
            Err(HookFailure::NoSlot | HookFailure::NotStarted | HookFailure::SameUser) => SmsOutcome::NeverCalled,
            Err(HookFailure::TimedOut) => SmsOutcome::TimedOut,
            Ok(_) | Err(HookFailure::Panicked) => SmsOutcome::Failed,
        };
        match settle(watched, answer) {
            Ok(()) => SmsOutcome::Sent,
            Err(fault) => {
                let because = fault.inner.as_deref().unwrap_or_default();
                tracing::warn!(fault = fault.name, because, "a message was not sent");
                kind(fault)
            }
        }
    }

    /// Permission for a message that is not sent, such as a decoy's, where one that is would be handed over now.
    ///
    /// # Errors
    /// As a message would fare that is not handed over.
    pub fn sms_decoy(&self) -> Result<Pass, SmsOutcome> {
        let (pool, watched) = &self.sms;
        let Some(pass) = watched.breaker.admit(Instant::now()) else {
            return Err(SmsOutcome::BreakerOpen(fault_of(watched.name, HookFailure::BreakerOpen)));
        };
        if !pool.has_room() {
            pass.settle(Verdict::Fails, Instant::now());
            return Err(SmsOutcome::NeverCalled(fault_of(watched.name, HookFailure::NoSlot)));
        }
        Ok(pass)
    }

    /// Makes a call of nothing, as a message is one to a gateway that answers at once: by a thread, under the deadline. It takes no
    /// slot from calls that are made.
    pub async fn pass_by(&self) {
        let (pool, watched) = &self.sms;
        if let Some(setting) = self.setting(watched, pool.deadline, None) {
            let _ = call(setting, std::future::ready(()), |_| {}).await;
        }
    }

    /// Asks any other hook, by the name that the log, the metrics and its circuit breaker have for it.
    ///
    /// # Errors
    /// The hook's own fault, or `hook.failed`, `hook.timed_out`, `hook.panicked`.
    pub async fn own<T, E, Fut>(&self, name: &'static str, asked: Fut) -> Result<T, Fault>
    where
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        let watched = self.watched(name);
        settle(&watched, self.run(&self.other, &watched, None, asked).await)
    }

    /// Permission for a call of any other hook that is not made, where one that is would be.
    ///
    /// # Errors
    /// `hook.timed_out`.
    pub fn own_decoy(&self, name: &'static str) -> Result<Pass, Fault> {
        let admitted = self.watched(name).breaker.admit(Instant::now()).ok_or(HookFailure::BreakerOpen);
        let admitted =
            admitted.and_then(|pass| if self.other.has_room() { Ok(pass) } else { Err(HookFailure::NoSlot) });
        admitted.map_err(|unanswered| fault_of(name, unanswered))
    }

    /// Asks what a hook says without waiting for anything, at the start. Blocks, for the deadline at most.
    ///
    /// # Errors
    /// `hook.timed_out`, `hook.panicked`.
    pub fn at_the_start<T: Send + 'static>(
        &self,
        name: &'static str,
        ask: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let refused = |unanswered| settle::<T, Fault>(&self.watched(name), Err(unanswered));
        let Some(runtime) = &self.runtime else { return refused(HookFailure::NotStarted) };
        let Some(slot) = self.other.take(None) else { return refused(HookFailure::NoSlot) };
        let (tell, receiver) = mpsc::sync_channel(1);
        runtime.spawn_blocking(move || {
            let _slot = slot;
            // If nobody waits any more, nobody misses it.
            let _ = tell.send(ask());
        });
        let answer = receiver.recv_timeout(self.other.deadline).map_err(|error| match error {
            RecvTimeoutError::Timeout => HookFailure::TimedOut,
            RecvTimeoutError::Disconnected => HookFailure::Panicked,
        });
        settle::<T, Fault>(&self.watched(name), answer.map(Ok))
    }

    /// Makes the bank's hooks on the threads of hooks, so that what they spawn lives there. Blocks, for the deadline at most.
    ///
    /// # Errors
    /// The bank's own, or that it panicked or did not end.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        begin: impl FnOnce() -> BoxFuture<'static, Result<T, BankError>> + Send + 'static,
        deadline: Duration,
    ) -> Result<T, BankError> {
        let unavailable = |why: String| Err(BankError::Unavailable(why));
        let Some(runtime) = &self.runtime else { return unavailable("there are no threads".to_owned()) };
        let (tell, receiver) = mpsc::sync_channel(1);
        let task = runtime.spawn(async move {
            // If nobody waits any more, nobody misses it.
            let _ = tell.send(begin().await);
        });
        let mut answer = receiver.recv_timeout(deadline.min(BEGIN_SILENTLY));
        if matches!(answer, Err(RecvTimeoutError::Timeout)) {
            tracing::info!(deadline_seconds = deadline.as_secs(), "waiting for the bank's hooks to be made");
            answer = receiver.recv_timeout(deadline.saturating_sub(BEGIN_SILENTLY));
        }
        match answer {
            Ok(made) => made,
            Err(RecvTimeoutError::Timeout) => {
                task.abort();
                unavailable(format!("they were not within {}s (`hooks.start_deadline`)", deadline.as_secs()))
            }
            Err(RecvTimeoutError::Disconnected) => unavailable("their start panicked".to_owned()),
        }
    }

    /// Asks the bank whether it is ready, and tells the log when that changes. What blocks is asked once, and not again before
    /// it has ended.
    pub(crate) async fn bank_is_ready(&self, bank: Arc<dyn DynHooks>) -> bool {
        let Some(runtime) = &self.runtime else { return false };
        let Ok(turn) = self.readiness.clone().try_lock_owned() else { return false };
        let asked = runtime.spawn(async move {
            let (mut was_ready, answer) = (turn, bank.ready().await);
            match &answer {
                Ok(()) if !*was_ready => tracing::info!("the bank is ready again"),
                Err(error) if *was_ready => {
                    let because = telemetry::scrub(&Fault::from(error.clone()).inner.unwrap_or_default());
                    tracing::warn!(because, "the bank is not ready");
                }
                _ => {}
            }
            *was_ready = answer.is_ok();
            *was_ready
        });
        let stop = asked.abort_handle();
        let answer = tokio::time::timeout(READY_WITHIN, asked).await;
        stop.abort();
        matches!(answer, Ok(Ok(true)))
    }

    /// True unless a pool has no free slot or a circuit breaker is open.
    pub fn is_available(&self) -> bool {
        let others: Vec<_> = self.others.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let mut watched = [&self.lookup.1, &self.sms.1].into_iter().chain(&others);
        let full = [&self.lookup.0, &self.sms.0, &self.other].into_iter().any(HookPool::is_full);
        !full && watched.all(|watched| !watched.breaker.is_open())
    }

    fn watched(&self, name: &'static str) -> Arc<Watched> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let limits = super::CallLimits { slots: self.other.slots, deadline: self.other.deadline };
            Arc::new(Watched::new(name, limits, self.breaker))
        };
        others.entry(name).or_insert_with(new).clone()
    }

    /// What a call needs; nothing when the guard goes.
    fn setting(&self, watched: &Arc<Watched>, deadline: Duration, slot: Option<Slot>) -> Option<Setting> {
        let runtime = self.runtime.as_ref()?.handle().clone();
        Some(Setting { runtime, threads: self.threads.clone(), watched: watched.clone(), slot, deadline })
    }

    /// Makes a call, if the hook is not to be left alone and a slot is free, and there is a turn for it where it wants one.
    async fn run<T, E, Fut>(
        &self,
        pool: &HookPool,
        watched: &Arc<Watched>,
        turn: Option<Turn>,
        asked: Fut,
    ) -> Result<Result<T, E>, HookFailure>
    where
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let pass = watched.breaker.admit(Instant::now()).ok_or(HookFailure::BreakerOpen)?;
        let Some(slot) = pool.take(turn) else {
            watched.short_of_slots(pool.slots);
            pass.settle(Verdict::Fails, Instant::now());
            return Err(HookFailure::NoSlot);
        };
        let setting = self.setting(watched, pool.deadline, Some(slot)).ok_or(HookFailure::NotStarted)?;
        let (name, deadline) = (watched.name, pool.deadline);
        let judge = move |answer: &Result<Result<T, E>, HookFailure>| {
            let now = Instant::now();
            let took = now.saturating_duration_since(pass.began());
            // Without a turn it was not called, and is yet to be.
            if !matches!(answer, Err(HookFailure::SameUser)) {
                telemetry::hook_took(name, took);
                telemetry::hook_called(name, outcome_of(answer), took);
            }
            // An error that comes at once costs nobody anything. Only what makes callers wait counts, so that nobody
            // takes a hook from all others by asking for what it cannot answer.
            let slow = took >= deadline / 2;
            pass.settle(if slow && !matches!(answer, Ok(Ok(_))) { Verdict::Fails } else { Verdict::Works }, now);
        };
        call(setting, asked, judge).await
    }
}

impl Drop for HookExecutor {
    fn drop(&mut self) {
        self.threads.close();
        // Waiting for hooks would block, and a runtime that is dropped inside another one panics.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What a trace says of a call that was made.
fn outcome_of<T, E>(answer: &Result<Result<T, E>, HookFailure>) -> &'static str {
    match answer {
        Ok(Ok(_)) => "answered",
        Ok(Err(_)) => "failed",
        Err(HookFailure::TimedOut) => "timed_out",
        Err(HookFailure::Panicked) => "panicked",
        Err(_) => "not_called",
    }
}

fn fault_of(hook: &'static str, unanswered: HookFailure) -> Fault {
    let (fault, outcome, why) = match unanswered {
        HookFailure::BreakerOpen => ("hook.timed_out", "breaker_open", "its circuit breaker is open"),
        HookFailure::SameUser => ("hook.timed_out", "same_user", "others wait for the same user"),
        HookFailure::NoSlot => ("hook.timed_out", "no_slot", "no slot was free"),
        HookFailure::NotStarted => ("hook.timed_out", "no_thread", "no thread came to it in time"),
        HookFailure::TimedOut => ("hook.timed_out", "timed_out", "it did not answer in time"),
        HookFailure::Panicked => ("hook.panicked", "panicked", "it panicked"),
    };
    telemetry::hook_outcome(hook, outcome);
    let fault = Fault::new(fault).with_detail(format_args!("{hook}: {why}"));
    // Nothing went wrong with these: the hook was not called at all.
    let busy = !matches!(unanswered, HookFailure::TimedOut | HookFailure::Panicked);
    if busy { fault.busy() } else { fault }
}

/// Turns what a call gave into what a behaviour works with, and counts it.
fn settle<T, E: Into<Fault>>(watched: &Watched, answer: Result<Result<T, E>, HookFailure>) -> Result<T, Fault> {
    match answer {
        Ok(Ok(value)) => {
            telemetry::hook_outcome(watched.name, "answered");
            Ok(value)
        }
        Ok(Err(error)) => {
            telemetry::hook_outcome(watched.name, "failed");
            let fault: Fault = error.into();
            Err(Fault { inner: fault.inner.map(|inner| telemetry::scrub(&inner)), ..fault })
        }
        Err(unanswered) => Err(fault_of(watched.name, unanswered)),
    }
}
