//! For tests: a whole adapter behind its behaviours, with a clock that is turned by hand, a bank that does as it is
//! told, and a kind of code. Not part of the interface.

mod bank;
mod demo;
pub mod fuzzing;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub use bank::TestBank;
pub use demo::{ADAPTER, TestOtp};

use crate::adapter::Adapter;
use crate::behaviours::keeps_password_hashes;
use crate::context::{Build, Clock, Core, Shared};
use crate::crypto::Keyring;
use crate::hooks::{Call, DynHooks, HookExecutor};
use crate::settings::Options;
use crate::store::Store;
use crate::texts::Texts;
use crate::values::Time;

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub struct HandClock(AtomicI64);

impl HandClock {
    /// A clock at some time in 2026.
    pub fn new() -> Arc<Self> {
        Arc::new(HandClock(AtomicI64::new(1_780_000_000_000)))
    }

    /// Turns the clock, also back.
    pub fn turn_millis(&self, by: i64) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    /// Turns the clock by seconds, also back.
    pub fn turn(&self, seconds: i64) {
        self.turn_millis(seconds * 1000);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A whole adapter behind its behaviours.
pub struct Desk {
    /// Its clock.
    pub clock: Arc<HandClock>,
    /// What all its requests share.
    pub shared: Arc<Shared>,
}

impl Desk {
    /// An adapter over a store, with the bank's hooks; `change` changes its settings.
    ///
    /// # Errors
    /// The definition's texts are no templates, or the system gives no threads.
    pub fn new(
        adapter: &'static Adapter,
        store: Arc<dyn Store>,
        hooks: Arc<dyn DynHooks>,
        change: impl FnOnce(&mut Options),
    ) -> Result<Self, String> {
        let mut options = Options::of(adapter);
        change(&mut options);
        let clock = HandClock::new();
        let texts = Texts::compile(adapter, "en").map_err(|error| error.to_string())?;
        let guard = HookExecutor::new(options.hooks).map_err(|error| error.to_string())?;
        let shared = Shared {
            adapter,
            keeps_password_hashes: keeps_password_hashes(&guard, &hooks),
            guard,
            options,
            build: Build { version: "0.0.0", time: clock.now() },
            store,
            keys: Keyring::demo().into(),
            budget: Default::default(),
            passwords: Default::default(),
            latency: Default::default(),
            conversion: Default::default(),
            pending_audit: Default::default(),
            hooks,
            texts: Arc::new(texts),
            outbox: None,
            clock: clock.clone(),
        };
        Ok(Desk { clock, shared: Arc::new(shared) })
    }

    /// What the behaviours of one request work with.
    pub fn core(&self) -> Core {
        let call = Call {
            request_id: uuid::Uuid::new_v4().to_string(),
            endpoint: "test",
            language: "en".to_owned(),
            texts: Some(self.shared.texts.clone()),
            ..Call::default()
        };
        let (shared, call, time) = (self.shared.clone(), Arc::new(call), self.clock.now());
        Core { shared, call, time, message: None, session: None, shown: Arc::default() }
    }
}
