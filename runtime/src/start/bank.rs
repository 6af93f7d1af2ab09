//! The bank's side of a start: its own settings, read with all others, and its hooks, which are there already or are made
//! by an async function that may ask the bank's systems. When it runs, and where, is decided by `start` and the hooks' executor.

use std::future::Future;
use std::sync::Arc;

use crate::hooks::{BankError, BoxFuture, DynHooks, Hooks, Start};
use crate::settings::{SettingError, Settings, SettingsTree};

/// A bank's hooks, shared.
pub struct Bank<H: ?Sized = dyn DynHooks> {
    /// As generated code knows them.
    pub hooks: Arc<H>,
    /// As the behaviours know them.
    pub behaviours: Arc<dyn DynHooks>,
}

/// Makes the hooks. Nothing is done before it is called.
pub(crate) type Begin<H> = Box<dyn FnOnce() -> BoxFuture<'static, Result<Bank<H>, BankError>> + Send>;

type Read<H> = dyn Fn(&SettingsTree, bool) -> Result<Begin<H>, Vec<SettingError>>;

/// How a bank's hooks come to be, and which settings of their own they read.
pub struct BankStart<H: ?Sized = dyn DynHooks> {
    pub(crate) paths: &'static [&'static str],
    pub(crate) defaults: &'static [(&'static str, &'static str)],
    pub(crate) unfinished: &'static [&'static str],
    pub(crate) read: Box<Read<H>>,
}

impl<H: ?Sized + Send + Sync + 'static> BankStart<H> {
    /// Hooks that are there already, and the names of those that are not written yet.
    pub fn made(unfinished: &'static [&'static str], bank: Bank<H>) -> Self {
        let Bank { hooks, behaviours } = bank;
        let read = move |_: &SettingsTree, _| {
            let bank = Bank { hooks: hooks.clone(), behaviours: behaviours.clone() };
            Ok(Box::new(|| Box::pin(async { Ok(bank) }) as BoxFuture<'static, _>) as Begin<H>)
        };
        BankStart { paths: &[], defaults: &[], unfinished, read: Box::new(read) }
    }

    /// Hooks that a function makes from the bank's own settings.
    pub fn by<B, T, F, Made>(unfinished: &'static [&'static str], make: F, shared: fn(T) -> Bank<H>) -> Self
    where
        B: Settings,
        F: Fn(Start<B>) -> Made + Send + Sync + 'static,
        Made: Future<Output = Result<T, BankError>> + Send + 'static,
        T: 'static,
    {
        let make = Arc::new(make);
        let read = move |tree: &SettingsTree, dev| {
            let (settings, make) = (B::read(tree)?, make.clone());
            let begin = move || {
                let made = make(Start { settings, dev });
                Box::pin(async move { made.await.map(shared) }) as BoxFuture<'static, _>
            };
            Ok(Box::new(begin) as Begin<H>)
        };
        BankStart { paths: B::PATHS, defaults: B::DEFAULTS, unfinished, read: Box::new(read) }
    }
}

impl BankStart {
    /// Shipped hooks that are there already.
    pub fn of<B: Hooks>(bank: B) -> Self {
        let hooks: Arc<dyn DynHooks> = Arc::new(bank);
        BankStart::made(B::unfinished(), Bank { hooks: hooks.clone(), behaviours: hooks })
    }
}
