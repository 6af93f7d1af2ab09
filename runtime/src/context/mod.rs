//! What a default body works with: a request ([`Core`]), the definition's own settings and the bank's hooks.
//!
//! [`Core`] gives out what the adapter has in parts, each with what one request needs of it: `store()` reads and commits,
//! `audit()` writes the audit log, `hooks()` calls the bank, `keys()` has the keys. Behaviours are functions over these;
//! `behaviours/calls.rs` lists those that generated code calls. Nothing here knows a behaviour.

mod audit_writer;
mod hook_caller;
mod keys;
mod request;
mod shared;
mod store_session;

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub use request::Core;
pub use shared::{Build, Clock, Shared};
pub(crate) use store_session::unexpected;

use crate::fault::{Fault, Verdict};
use crate::hooks::{Call, DynHooks, HookError};
use crate::shown::{Show, Shown};
use crate::wire::Notes;

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
    pub async fn hook<T, E, Fut>(
        &self,
        name: &'static str,
        ask: impl FnOnce(Arc<H>, Arc<Call>) -> Fut + Send + 'static,
    ) -> Result<T, Fault>
    where
        Fut: Future<Output = Result<T, E>> + Send + 'static,
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
    pub async fn hook_or_refusal<T, E, Fut>(
        &self,
        name: &'static str,
        refusals: &[&str],
        ask: impl FnOnce(Arc<H>, Arc<Call>) -> Fut + Send + 'static,
    ) -> Result<Verdict<T>, Fault>
    where
        Fut: Future<Output = Result<T, E>> + Send + 'static,
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

impl<S, H: ?Sized> Context<S, H> {
    /// The same context, whose texts also show a value of this meaning, if there is one.
    pub fn showing(&self, meaning: &'static str, value: impl Show) -> Self {
        let mut context = self.clone();
        context.show(meaning, value.shown());
        context
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
