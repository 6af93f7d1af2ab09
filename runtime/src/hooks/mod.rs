//! What a bank writes, and the guard that keeps the bank's code from harming the server.

mod begin;
mod breaker;
mod call;
mod executor;
mod limits;
mod lookup;
mod methods;
mod per_user;
mod pool;
#[cfg(test)]
mod tests;
mod threads;
mod watch;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16};

pub use begin::{BankError, Start};
pub use breaker::Pass;
pub use executor::{HookExecutor, SmsOutcome};
pub use limits::{BreakerLimits, CallLimits, HookLimits};
pub use lookup::{LookupHooks, WithoutGateway};
pub use methods::*;

use crate::entities::{BankAccount, ConsentOption, Operation, Risk, User};
use crate::telemetry::Trace;
use crate::values::{Phone, Secret};

/// What a hook may know of the request it serves.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// The request's id, as the log has it.
    pub request_id: String,
    /// The endpoint's name, such as `create_sms`.
    pub endpoint: &'static str,
    /// The caller's language, such as `en`.
    pub language: String,
    /// The caller's name, where callers show who they are.
    pub caller: Option<String>,
    /// The address that the call comes from, as far as the settings let it be known: behind a proxy that they do not
    /// name it is the proxy's.
    pub source: Option<std::net::IpAddr>,
    /// The trace that the request belongs to, to be sent on to whatever the hook calls.
    pub trace: Trace,
    /// The values of the definition's own meanings.
    pub facts: std::collections::BTreeMap<&'static str, String>,
    pub(crate) texts: Option<Arc<crate::texts::Texts>>,
    /// What becomes of the request while it is served.
    pub(crate) notes: Arc<CallNotes>,
}

/// What is noted of a request while it is served.
#[derive(Debug, Default)]
pub(crate) struct CallNotes {
    /// True once the store has failed the request, so that it is counted once.
    pub failed: AtomicBool,
    /// The status of a success, where it is not the endpoint's usual one; 0 where it is.
    pub status: AtomicU16,
}

impl Call {
    /// The value that the request has for one of the definition's own meanings.
    pub fn fact(&self, meaning: &str) -> Option<&str> {
        self.facts.get(meaning).map(String::as_str)
    }

    /// A text of the definition in the caller's language; the key itself where there is none.
    pub fn text(&self, key: &str) -> String {
        self.texts.as_ref().and_then(|texts| texts.plain(&self.language, key)).unwrap_or_else(|| key.to_owned())
    }
}

/// Whom to look up.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// What is known of the user.
    pub key: UserKey,
    /// The organization in which to look.
    pub organization: Option<String>,
    /// The operation's name, if there is one.
    pub operation: Option<String>,
    /// The country that the request is for, if it says one.
    pub country: Option<String>,
    /// The issuer that the request is for, if it says one.
    pub issuer: Option<String>,
    /// The partner that the request comes from, if it says one.
    pub partner: Option<String>,
}

/// What a user is found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UserKey {
    /// The bank's own number.
    Id(String),
    /// The name they sign in with.
    Username(String),
    /// Their phone.
    Phone(Phone),
    /// A number in a national register.
    RegistrationNumber(String),
}

/// A message to send. It holds a one-time code: do not log the text.
#[derive(Debug, Clone)]
pub struct Sms {
    /// The number.
    pub to: Phone,
    /// The text.
    pub text: Secret<String>,
    /// What it is for: the operation's or the code kind's name.
    pub purpose: String,
    /// The id that the answer names, for the gateway's own books.
    pub id: String,
}

/// A password to check.
#[derive(Debug, Clone)]
pub struct PasswordCheck {
    /// The user, as `lookup_user` found them.
    pub user: User,
    /// The password, decrypted if a key for that is set.
    pub password: Secret<String>,
    /// The operation, if there is one.
    pub operation: Option<Operation>,
}

/// A better hash of a password that was right.
#[derive(Debug, Clone)]
pub struct NewPasswordHash {
    /// The user, as `lookup_user` found them.
    pub user: User,
    /// Argon2id as a PHC string, made with the adapter's current pepper, whose id it names: only an adapter that has
    /// this pepper in its ring can compare it.
    pub phc: Secret<String>,
}

/// What a bank says of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordResult {
    /// It is right.
    Right,
    /// It is wrong.
    Wrong,
    /// The user is locked.
    Locked,
    /// The adapter shall compare it with [`User::password_hash`].
    CompareHash,
}

/// A consent that a user gave.
#[derive(Debug, Clone)]
pub struct SavedConsent {
    /// The user.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// What it is for.
    pub operation: Operation,
    /// The lines as the user left them.
    pub options: Vec<ConsentOption>,
}

/// An event that the caller reports. It may arrive more than once: recognise a repetition by operation id and name.
#[derive(Debug, Clone)]
pub struct Event {
    /// What happened, such as `operation_changed`.
    pub name: &'static str,
    /// The operation.
    pub operation: Operation,
    /// The user, if one is known.
    pub user: Option<String>,
    /// The whole request body.
    pub request: crate::values::Json,
}

/// A wallet that was made.
#[derive(Debug, Clone)]
pub struct NewWallet {
    /// In which app.
    pub app: String,
    /// Its number.
    pub id: String,
    /// The numbers of its accounts.
    pub accounts: Vec<String>,
    /// Its owner's phone.
    pub phone: Phone,
    /// Its owner's e-mail address.
    pub email: Option<String>,
    /// What its owner is called.
    pub nickname: Option<String>,
}

/// Why a hook did not answer, by what the caller can do about it.
#[derive(Debug, Clone)]
pub enum HookError {
    /// No: an SMS gateway that will not send to this number.
    Refused(String),
    /// Not now; a lookup is tried once more, nothing else is.
    TryLater(String),
    /// It is broken.
    Broken(String),
}

impl<E: std::error::Error> From<E> for HookError {
    fn from(error: E) -> Self {
        HookError::Broken(error.to_string())
    }
}

/// What a bank writes. Two methods must be written; the others have defaults that work.
///
/// Every method is an `async fn` in the implementation. It runs on a thread of its own, never on the server's, with a
/// slot, a deadline and its panics caught: a hook that blocks or hangs harms only itself. Past its deadline a call is
/// cancelled: the future is dropped where it awaits, so what must not be cut off belongs into a task that it spawns.
/// Code that blocks cannot be cancelled and belongs into `tokio::task::spawn_blocking`. A hook that does not answer is
/// left alone for a while (a circuit breaker); then nothing is called, and the caller is answered at once.
pub trait Hooks: Send + Sync + 'static {
    /// Finds a user. Called by every behaviour that needs one. `None` is "nobody"; [`HookError::Refused`] excludes a
    /// user where the endpoint answers `user.excluded`; any other error is answered as `hook.failed`, after one
    /// repetition if it says [`HookError::TryLater`].
    fn lookup_user(&self, call: &Call, lookup: &Lookup)
    -> impl Future<Output = Result<Option<User>, HookError>> + Send;

    /// Hands a message to the gateway. Called once a code is stored; never repeated by the runtime. One that is cancelled
    /// past its deadline counts as sent, and its code stays good.
    /// [`HookError::Refused`] answers the caller `sms.refused`, any other error as `sms.failed`.
    fn send_sms(&self, call: &Call, sms: &Sms) -> impl Future<Output = Result<(), HookError>> + Send;

    /// Checks a password. By default the adapter compares it with [`User::password_hash`].
    fn verify_password(
        &self,
        _call: &Call,
        _check: &PasswordCheck,
    ) -> impl Future<Output = Result<PasswordResult, HookError>> + Send {
        async { Ok(PasswordResult::CompareHash) }
    }

    /// True if the bank keeps hashes that the adapter makes. Asked once, at the start; where it panics or does not answer
    /// in time, that is logged, and none are kept. By default the bank does not, and none are made.
    fn keeps_password_hashes(&self) -> bool {
        false
    }

    /// Keeps a better hash of a user's password in place of [`User::password_hash`]. Called after a password was right
    /// whose hash is of another scheme, cheaper than the adapter's own, or without its current pepper, if
    /// [`Hooks::keeps_password_hashes`]. An error is logged and recorded in the audit log, and the user signs
    /// in all the same. By default nothing is
    /// kept.
    fn keep_password_hash(
        &self,
        _call: &Call,
        _hash: &NewPasswordHash,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Lists a user's accounts, the default one first. By default there are none, and no form is decorated.
    fn bank_accounts(
        &self,
        _call: &Call,
        _user_id: &str,
    ) -> impl Future<Output = Result<Vec<BankAccount>, HookError>> + Send {
        async { Ok(Vec::new()) }
    }

    /// Stores a consent in the bank's own books, after the adapter has stored its record. `false` answers the caller
    /// that it could not be saved now. By default the adapter's record is all.
    fn save_consent(
        &self,
        _call: &Call,
        _consent: &SavedConsent,
    ) -> impl Future<Output = Result<bool, HookError>> + Send {
        async { Ok(true) }
    }

    /// Gets an event before the caller is answered. By default it is logged.
    fn notify(&self, _call: &Call, _event: &Event) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Gets a wallet after it was made and before the caller is answered. The wallet stays
    /// whatever it answers; an error is logged, and recorded in the audit log. By default nothing is done.
    fn wallet_created(&self, _call: &Call, _wallet: &NewWallet) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Says what an authentication method needs before it is used. By default it needs no certificate.
    fn init_method(
        &self,
        _call: &Call,
        _asked: &MethodAsked,
    ) -> impl Future<Output = Result<MethodReply, HookError>> + Send {
        async { Ok(MethodReply::default()) }
    }

    /// Finds the user of a certificate. `None` is "nobody", which is what everybody is by default.
    fn certificate_user(
        &self,
        _call: &Call,
        _lookup: &CertificateLookup,
    ) -> impl Future<Output = Result<Option<User>, HookError>> + Send {
        async { Ok(None) }
    }

    /// Checks a certificate against the bank's trust anchors, and what was signed with it. By default none is accepted.
    fn verify_certificate(
        &self,
        _call: &Call,
        _check: &CertificateCheck,
    ) -> impl Future<Output = Result<CertificateResult, HookError>> + Send {
        async { Ok(CertificateResult::Wrong { attempts_left: None }) }
    }

    /// Opens an operation for an application that asks for none; `None` refuses it. By default one is opened for the
    /// scopes that [`NewOperation::for_payment_services`] knows.
    fn open_operation(
        &self,
        _call: &Call,
        asked: &NewOperation,
    ) -> impl Future<Output = Result<Option<OpenedOperation>, HookError>> + Send {
        async move { Ok(asked.for_payment_services()) }
    }

    /// Says how an operation is shown by another authentication product. `None`, the default, shows it as it is.
    fn map_operation(
        &self,
        _call: &Call,
        _asked: &OperationMapping,
    ) -> impl Future<Output = Result<Option<MappedOperation>, HookError>> + Send {
        async { Ok(None) }
    }

    /// Assesses the risk of a step by fraud detection. By default it is [`RiskStep::not_assessed`], which waives nothing.
    fn assess_risk(&self, _call: &Call, step: &RiskStep) -> impl Future<Output = Result<Risk, HookError>> + Send {
        async move { Ok(step.not_assessed()) }
    }

    /// Says whether the bank's side is ready for calls: `/health/ready` is red while it gives an error, which the log
    /// names. Called whenever readiness is asked for, once at a time, with 2 seconds; without a slot or a circuit breaker. By
    /// default the bank is always ready: codes are verified without it.
    fn ready(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Names the methods that are not written yet. While there are any, the adapter starts with `--dev` alone, and says so
    /// at every start.
    fn unfinished() -> &'static [&'static str] {
        &[]
    }
}

/// A future in a box, for hooks whose type is not known.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`Hooks`] behind a pointer; every implementation of that is one of this.
#[allow(missing_docs)]
pub trait DynHooks: Send + Sync + 'static {
    fn lookup_user<'a>(&'a self, call: &'a Call, lookup: &'a Lookup) -> BoxFuture<'a, Result<Option<User>, HookError>>;
    fn send_sms<'a>(&'a self, call: &'a Call, sms: &'a Sms) -> BoxFuture<'a, Result<(), HookError>>;
    fn verify_password<'a>(
        &'a self,
        call: &'a Call,
        check: &'a PasswordCheck,
    ) -> BoxFuture<'a, Result<PasswordResult, HookError>>;
    fn keeps_password_hashes(&self) -> bool;
    fn keep_password_hash<'a>(
        &'a self,
        call: &'a Call,
        hash: &'a NewPasswordHash,
    ) -> BoxFuture<'a, Result<(), HookError>>;
    fn bank_accounts<'a>(
        &'a self,
        call: &'a Call,
        user_id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<BankAccount>, HookError>>;
    fn save_consent<'a>(&'a self, call: &'a Call, consent: &'a SavedConsent) -> BoxFuture<'a, Result<bool, HookError>>;
    fn notify<'a>(&'a self, call: &'a Call, event: &'a Event) -> BoxFuture<'a, Result<(), HookError>>;
    fn wallet_created<'a>(&'a self, call: &'a Call, wallet: &'a NewWallet) -> BoxFuture<'a, Result<(), HookError>>;
    fn init_method<'a>(
        &'a self,
        call: &'a Call,
        asked: &'a MethodAsked,
    ) -> BoxFuture<'a, Result<MethodReply, HookError>>;
    fn certificate_user<'a>(
        &'a self,
        call: &'a Call,
        lookup: &'a CertificateLookup,
    ) -> BoxFuture<'a, Result<Option<User>, HookError>>;
    fn verify_certificate<'a>(
        &'a self,
        call: &'a Call,
        check: &'a CertificateCheck,
    ) -> BoxFuture<'a, Result<CertificateResult, HookError>>;
    fn open_operation<'a>(
        &'a self,
        call: &'a Call,
        asked: &'a NewOperation,
    ) -> BoxFuture<'a, Result<Option<OpenedOperation>, HookError>>;
    fn map_operation<'a>(
        &'a self,
        call: &'a Call,
        asked: &'a OperationMapping,
    ) -> BoxFuture<'a, Result<Option<MappedOperation>, HookError>>;
    fn assess_risk<'a>(&'a self, call: &'a Call, step: &'a RiskStep) -> BoxFuture<'a, Result<Risk, HookError>>;
    fn ready(&self) -> BoxFuture<'_, Result<(), HookError>>;
}

impl<H: Hooks> DynHooks for H {
    fn lookup_user<'a>(&'a self, call: &'a Call, lookup: &'a Lookup) -> BoxFuture<'a, Result<Option<User>, HookError>> {
        Box::pin(Hooks::lookup_user(self, call, lookup))
    }
    fn send_sms<'a>(&'a self, call: &'a Call, sms: &'a Sms) -> BoxFuture<'a, Result<(), HookError>> {
        Box::pin(Hooks::send_sms(self, call, sms))
    }
    fn verify_password<'a>(
        &'a self,
        call: &'a Call,
        check: &'a PasswordCheck,
    ) -> BoxFuture<'a, Result<PasswordResult, HookError>> {
        Box::pin(Hooks::verify_password(self, call, check))
    }
    fn keeps_password_hashes(&self) -> bool {
        Hooks::keeps_password_hashes(self)
    }
    fn keep_password_hash<'a>(
        &'a self,
        call: &'a Call,
        hash: &'a NewPasswordHash,
    ) -> BoxFuture<'a, Result<(), HookError>> {
        Box::pin(Hooks::keep_password_hash(self, call, hash))
    }
    fn bank_accounts<'a>(
        &'a self,
        call: &'a Call,
        user_id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<BankAccount>, HookError>> {
        Box::pin(Hooks::bank_accounts(self, call, user_id))
    }
    fn save_consent<'a>(&'a self, call: &'a Call, consent: &'a SavedConsent) -> BoxFuture<'a, Result<bool, HookError>> {
        Box::pin(Hooks::save_consent(self, call, consent))
    }
    fn notify<'a>(&'a self, call: &'a Call, event: &'a Event) -> BoxFuture<'a, Result<(), HookError>> {
        Box::pin(Hooks::notify(self, call, event))
    }
    fn wallet_created<'a>(&'a self, call: &'a Call, wallet: &'a NewWallet) -> BoxFuture<'a, Result<(), HookError>> {
        Box::pin(Hooks::wallet_created(self, call, wallet))
    }
    fn init_method<'a>(
        &'a self,
        call: &'a Call,
        asked: &'a MethodAsked,
    ) -> BoxFuture<'a, Result<MethodReply, HookError>> {
        Box::pin(Hooks::init_method(self, call, asked))
    }
    fn certificate_user<'a>(
        &'a self,
        call: &'a Call,
        lookup: &'a CertificateLookup,
    ) -> BoxFuture<'a, Result<Option<User>, HookError>> {
        Box::pin(Hooks::certificate_user(self, call, lookup))
    }
    fn verify_certificate<'a>(
        &'a self,
        call: &'a Call,
        check: &'a CertificateCheck,
    ) -> BoxFuture<'a, Result<CertificateResult, HookError>> {
        Box::pin(Hooks::verify_certificate(self, call, check))
    }
    fn open_operation<'a>(
        &'a self,
        call: &'a Call,
        asked: &'a NewOperation,
    ) -> BoxFuture<'a, Result<Option<OpenedOperation>, HookError>> {
        Box::pin(Hooks::open_operation(self, call, asked))
    }
    fn map_operation<'a>(
        &'a self,
        call: &'a Call,
        asked: &'a OperationMapping,
    ) -> BoxFuture<'a, Result<Option<MappedOperation>, HookError>> {
        Box::pin(Hooks::map_operation(self, call, asked))
    }
    fn assess_risk<'a>(&'a self, call: &'a Call, step: &'a RiskStep) -> BoxFuture<'a, Result<Risk, HookError>> {
        Box::pin(Hooks::assess_risk(self, call, step))
    }
    fn ready(&self) -> BoxFuture<'_, Result<(), HookError>> {
        Box::pin(Hooks::ready(self))
    }
}
