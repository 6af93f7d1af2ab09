//! Hooks for an API that sends no messages: those of [`Hooks`] that it can call, without a gateway.

use std::future::Future;

use super::{Call, Event, HookError, Hooks, Lookup, NewPasswordHash, PasswordCheck, PasswordResult, Sms};
use crate::entities::User;

/// What a bank writes where no message is sent. One method must be written; all run as those of [`Hooks`] do.
pub trait LookupHooks: Send + Sync + 'static {
    /// Finds a user, as [`Hooks::lookup_user`] does.
    fn lookup_user(&self, call: &Call, lookup: &Lookup)
    -> impl Future<Output = Result<Option<User>, HookError>> + Send;

    /// Checks a password, as [`Hooks::verify_password`] does. By default the adapter compares it with
    /// [`User::password_hash`].
    fn verify_password(
        &self,
        _call: &Call,
        _check: &PasswordCheck,
    ) -> impl Future<Output = Result<PasswordResult, HookError>> + Send {
        async { Ok(PasswordResult::CompareHash) }
    }

    /// True if the bank keeps hashes that the adapter makes, as [`Hooks::keeps_password_hashes`] says it. By default it
    /// does not.
    fn keeps_password_hashes(&self) -> bool {
        false
    }

    /// Keeps a better hash of a user's password, as [`Hooks::keep_password_hash`] does. By default nothing is kept.
    fn keep_password_hash(
        &self,
        _call: &Call,
        _hash: &NewPasswordHash,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Gets an event before the caller is answered. By default it is logged.
    fn notify(&self, _call: &Call, _event: &Event) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Says whether the bank's side is ready for calls, as [`Hooks::ready`] does. By default it always is.
    fn ready(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Names the methods that are not written yet. While there are any, the adapter starts with `--dev` alone.
    fn unfinished() -> &'static [&'static str] {
        &[]
    }
}

/// Hooks without a gateway, as the runtime calls them.
#[derive(Debug)]
pub struct WithoutGateway<H>(pub H);

impl<H: LookupHooks> Hooks for WithoutGateway<H> {
    async fn lookup_user(&self, call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        self.0.lookup_user(call, lookup).await
    }

    /// Called by nothing: no endpoint of such an API sends a message.
    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Broken("this API sends no messages".to_owned()))
    }

    async fn verify_password(&self, call: &Call, check: &PasswordCheck) -> Result<PasswordResult, HookError> {
        self.0.verify_password(call, check).await
    }

    fn keeps_password_hashes(&self) -> bool {
        self.0.keeps_password_hashes()
    }

    async fn keep_password_hash(&self, call: &Call, hash: &NewPasswordHash) -> Result<(), HookError> {
        self.0.keep_password_hash(call, hash).await
    }

    async fn notify(&self, call: &Call, event: &Event) -> Result<(), HookError> {
        self.0.notify(call, event).await
    }

    async fn ready(&self) -> Result<(), HookError> {
        self.0.ready().await
    }

    fn unfinished() -> &'static [&'static str] {
        H::unfinished()
    }
}
