//! What a default body works with: one request's id, language and facts, and the adapter that it belongs to.
//! The behaviours are methods of [`Core`], one file a family under `behaviours/`.

use std::collections::BTreeMap;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::adapter::Adapter;
use crate::behaviours::sessions::CallSession;
use crate::crypto::Keys;
use crate::entities::Message;
use crate::fault::{Fault, Key, Verdict};
use crate::hooks::{Call, DynHooks, HookError, HookExecutor};
use crate::settings::{Caller, ErrorDetail, Options};
use crate::shown::Shown;
use crate::store::{Batch, Committed, Store, StoreError};
use crate::texts::Texts;
use crate::values::{Date, Time};
use crate::wire::{Notes, Unfit};

/// What all requests of an adapter share.
pub struct Shared {
    /// What the definition fixes.
    pub adapter: &'static Adapter,
    /// What the settings say of the runtime: limits, codes, passwords.
    pub options: Options,
    /// Name, version and time of the build.
    pub build: Build,
    /// Where state is kept.
    pub store: Arc<dyn Store>,
    /// The secrets that codes and counters are bound with.
    pub keys: Keys,
    /// How much memory the large things of all requests take together; [`Default`] will do.
    pub budget: Arc<crate::budget::Budget>,
    /// Where passwords are compared, a few at a time; [`Default`] will do.
    pub passwords: crate::crypto::password::PasswordChecker,
    /// How long real messages take, so that those which are not sent take as long; [`Default`] will do.
    pub latency: crate::behaviours::codes::Latency,
    /// How many of the codes that were sent are used; [`Default`] will do.
    pub conversion: crate::behaviours::codes::Conversion,
    /// What the audit is still to be told, such as requests that the store failed; [`Default`] will do.
    pub pending_audit: crate::pending_audit::PendingAudit,
    /// Where hooks run.
    pub guard: HookExecutor,
    /// What the bank wrote.
    pub hooks: Arc<dyn DynHooks>,
    /// Whether the bank keeps hashes of passwords, as it said at the start.
    pub keeps_password_hashes: bool,
    /// The definition's texts, compiled.
    pub texts: Arc<Texts>,
    /// In place of the gateway, with `--dev`.
    pub outbox: Option<crate::dev::Outbox>,
    /// Tells the time; tests pass their own.
    pub clock: Arc<dyn Clock>,
}

impl Shared {
    /// Applies a batch. The first after failures of the store also tells the audit what it could not be told.
    pub(crate) async fn commit(&self, mut batch: Batch) -> Result<Committed, StoreError> {
        let pending = self.pending_audit.hand_over();
        batch.audit.splice(0..0, pending.records(batch.now));
        let committed = self.store.commit(batch).await?;
        if matches!(committed, Committed::Applied(_)) {
            pending.entry();
        }
        Ok(committed)
    }
}

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
}

/// What was built.
#[derive(Debug, Clone)]
pub struct Build {
    /// The adapter crate's version.
    pub version: &'static str,
    /// When it was built; `SOURCE_DATE_EPOCH` if that was set.
    pub time: Time,
}

/// One request, without the adapter's own settings and hooks: what behaviours work with.
#[derive(Clone)]
pub struct Core {
    /// What all requests share.
    pub shared: Arc<Shared>,
    /// Id, endpoint, language and facts of this one.
    pub call: Arc<Call>,
    /// When it came.
    pub time: Time,
    /// What it says of itself and where its meanings stand, once it was read.
    pub message: Option<Arc<Notes>>,
    /// The session in which it came, if it is one that needs a session.
    pub session: Option<Arc<CallSession>>,
    /// What its texts show that generated code handed over, by meaning.
    pub shown: Arc<BTreeMap<&'static str, Shown>>,
}

impl Core {
    /// What the request says of itself, to be sent back as it came.
    pub fn message(&self) -> Message {
        self.message.as_ref().map(|notes| notes.message.clone()).unwrap_or_default()
    }

    /// The broken rule of a value that was found unfit once the request was read; none if the request does not have it.
    pub(crate) fn broken(&self, meaning: &str, why: Unfit) -> Option<Fault> {
        let violation = self.message.as_ref()?.places.violation(meaning, why, self.adapter())?;
        Some(Fault { violations: vec![violation], ..Fault::new("input.invalid") })
    }

    /// The adapter's facts.
    pub fn adapter(&self) -> &'static Adapter {
        self.shared.adapter
    }

    /// When the request came.
    pub fn time(&self) -> Time {
        self.time
    }

    /// The day on which it came, in the zone where ages are counted.
    pub fn today(&self) -> Date {
        self.time.day_in(&self.shared.options.time_zone)
    }

    /// Name, version and time of the build.
    pub fn build(&self) -> &Build {
        &self.shared.build
    }

    /// Who calls; empty where nobody has to say who they are.
    pub fn caller(&self) -> &str {
        self.call.caller.as_deref().unwrap_or_default()
    }

    /// What the settings say of who calls.
    pub(crate) fn known_caller(&self) -> Option<&Caller> {
        let name = self.call.caller.as_deref()?;
        self.shared.options.callers.iter().find(|caller| caller.name == name)
    }

    /// What the request's session is bound to; empty without one.
    pub fn session(&self, meaning: &str) -> &str {
        self.session.as_ref().and_then(|session| session.bound.get(meaning)).map_or("", String::as_str)
    }

    /// The same, whose hooks also get a value of this meaning.
    pub(crate) fn telling(&self, meaning: &'static str, value: String) -> Core {
        let mut core = self.clone();
        Arc::make_mut(&mut core.call).facts.insert(meaning, value);
        core
    }

    /// Counts this request among those that the store failed.
    pub(crate) fn failed_by_store(&self) {
        if !self.call.notes.failed.swap(true, Ordering::Relaxed) {
            self.shared.pending_audit.failed(self.shared.clock.now().millis());
        }
    }

    /// The status of a success, where it is not the endpoint's usual one.
    pub(crate) fn status(&self) -> Option<u16> {
        Some(self.call.notes.status.load(Ordering::Relaxed)).filter(|status| *status != 0)
    }

    /// The message key that the definition gives a fault, if it does.
    pub fn key_of(&self, fault: &str) -> Option<Key> {
        self.adapter().says.iter().find(|(name, _)| *name == fault).map(|(_, key)| *key)
    }

    /// What a failure of ours tells the caller so that it is found in the log: the request's id, or the time if the
    /// settings say so.
    pub fn error_reference(&self) -> String {
        match self.shared.options.error_detail {
            ErrorDetail::RequestId => self.call.request_id.clone(),
            ErrorDetail::Time => self.time.to_string(),
        }
    }
}

/// What a default body works with. `S` are the definition's own settings, `H` the hooks that it knows of.
pub struct Context<S, H: ?Sized = dyn DynHooks> {
    core: Core,
    settings: Arc<S>,
    hooks: Arc<H>,
}

impl<S, H: ?Sized> Clone for Context<S, H> {
    fn clone(&self) -> Self {
        Context { core: self.core.clone(), settings: self.settings.clone(), hooks: self.hooks.clone() }
    }
}

impl<S, H: ?Sized> Context<S, H> {
    /// A context from its parts; the edge makes one a request.
    pub fn new(core: Core, settings: Arc<S>, hooks: Arc<H>) -> Self {
        Context { core, settings, hooks }
    }

    /// Keeps what is known of the request beside its payload.
    pub(crate) fn keep_notes(&mut self, notes: Notes) {
        self.core.message = Some(Arc::new(notes));
    }

    /// Lets its texts show a value of this meaning.
    pub(crate) fn show(&mut self, meaning: &'static str, value: Option<Shown>) {
        if let Some(value) = value {
            Arc::make_mut(&mut self.core.shown).insert(meaning, value);
        }
    }

    /// The definition's own settings.
    pub fn settings(&self) -> &S {
        &self.settings
    }

    /// The same context, whose hooks also get a value of one of the definition's own meanings.
    pub fn with_fact(&self, meaning: &'static str, value: impl ToString) -> Self {
        let mut context = self.clone();
        context.fact(meaning, value);
        context
    }

    /// The same, if there is a value.
    pub fn with_facts(&self, meaning: &'static str, value: Option<impl ToString>) -> Self {
        let mut context = self.clone();
        if let Some(value) = value {
            context.fact(meaning, value);
        }
        context
    }

    /// Answers with the status that stands beside an outcome, if one does.
    pub fn answer_with<T: PartialEq>(&self, outcome: T, statuses: &[(T, u16)]) {
        if let Some((_, status)) = statuses.iter().find(|(other, _)| *other == outcome) {
            self.core.call.notes.status.store(*status, Ordering::Relaxed);
        }
    }

    /// Gives the hooks of this request a value of one of the definition's own meanings.
    pub fn fact(&mut self, meaning: &'static str, value: impl ToString) {
        Arc::make_mut(&mut self.core.call).facts.insert(meaning, value.to_string());
    }
}

impl<S, H: ?Sized + Send + Sync + 'static> Context<S, H> {
    /// Asks a hook that the definition declares, by its name, on a thread of the hooks' own, with slot, deadline, circuit
    /// breaker and panic capture.
    ///
    /// # Errors
    /// The hook's own fault, or `hook.failed`, `hook.timed_out`, `hook.panicked`.
    pub async fn hook<T, E, Asked>(
        &self,
        name: &'static str,
        ask: impl FnOnce(Arc<H>, Arc<Call>) -> Asked + Send + 'static,
    ) -> Result<T, Fault>
    where
        Asked: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        let (hooks, call) = (self.hooks.clone(), self.core.call.clone());
        self.core.shared.guard.own(name, ask(hooks, call)).await
    }
}

impl<S, H: ?Sized + Send + Sync + 'static> Context<S, H> {
    /// The same of a hook that may say no: these faults of its own are refusals.
    ///
    /// # Errors
    /// As [`Context::hook`].
    pub async fn hook_or_refusal<T, E, Asked>(
        &self,
        name: &'static str,
        refusals: &[&str],
        ask: impl FnOnce(Arc<H>, Arc<Call>) -> Asked + Send + 'static,
    ) -> Result<Verdict<T>, Fault>
    where
        Asked: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Fault> + Send + 'static,
    {
        match self.hook(name, ask).await {
            Ok(given) => Ok(Verdict::pass(given)),
            Err(fault) if refusals.contains(&fault.name) => {
                let key = self.core.key_of(fault.name);
                Ok(Verdict::refuse(fault, key))
            }
            Err(fault) => Err(fault),
        }
    }
}

impl<S, H: ?Sized> Deref for Context<S, H> {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.core
    }
}

impl From<HookError> for Fault {
    fn from(error: HookError) -> Self {
        match error {
            HookError::Refused(why) | HookError::TryLater(why) | HookError::Broken(why) => {
                Fault::new("hook.failed").with_detail(why)
            }
        }
    }
}
