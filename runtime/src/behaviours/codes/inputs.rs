//! What the behaviours of codes take and give.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::adapter::OtpKind;
use crate::entities::{AccountStatus, User};
use crate::fault::{Fault, Key, Outcome};
use crate::values::{Phone, Secret, Time};

/// A kind of one-time code: what it binds and keeps. Derived by `OneTimeCode`.
pub trait OneTimeCode: Send + Sync + Default + 'static {
    /// What the definition says of it.
    const KIND: OtpKind;

    /// The meanings whose values a message may cut where it would be too long.
    const SHORTENS: &'static [&'static str] = &[];

    /// Meaning and canonical text of every bound value, in declaration order; all of them, none where absent.
    fn bound(&self) -> Vec<(&'static str, Option<String>)>;

    /// The same for kept values.
    fn kept(&self) -> Vec<(&'static str, Option<String>)>;

    /// Meaning and text for people of all of them: what a message shows.
    fn shown(&self) -> Vec<(&'static str, Option<String>)> {
        self.bound().into_iter().chain(self.kept()).collect()
    }

    /// Takes back the kept values that were stored.
    fn restore(&mut self, kept: &BTreeMap<String, String>);
}

/// Whom to send a code to, and what it is for.
#[derive(Debug, Default)]
pub struct SendOtp<C> {
    /// The caller's own words, with the kind's `code_mark` where the code belongs; those of the definition if there are none.
    pub words: Option<Secret<String>>,
    /// The user; their phone is looked up unless one is given.
    pub user: Option<String>,
    /// The phone.
    pub phone: Option<Phone>,
    /// The organization in which the user is looked up.
    pub organization: Option<String>,
    /// Whether the user's account is active, if the caller says so; for one that is not, nothing is sent, and the
    /// answer does not say so.
    pub account: Option<AccountStatus>,
    /// The language of the text; the caller's if none is given.
    pub language: Option<String>,
    /// Whether the user asked for another message.
    pub resend: Option<bool>,
    /// When the operation ends, if that is known; the code is good no longer.
    pub until: Option<Time>,
    /// Whether a code is kept that the gateway refused to send.
    pub keep_refused: bool,
    /// What it is for.
    pub code: C,
}

/// A code that was made, and whether it was sent.
#[derive(Debug)]
pub struct SentOtp {
    /// Its id.
    pub id: String,
    /// Until when it is good.
    pub expires: Time,
    /// Whether it was sent.
    pub outcome: Outcome,
    /// The key of the refusal's message.
    pub error_key: Option<Cow<'static, str>>,
    /// Why it was not sent.
    pub refusal: Option<Fault>,
}

/// A code to check.
#[derive(Debug, Default)]
pub struct VerifyOtp<C> {
    /// Its id.
    pub id: Option<String>,
    /// What the user typed.
    pub value: Option<Secret<String>>,
    /// The user, if the request names one.
    pub user: Option<String>,
    /// What it is for, as this request has it.
    pub code: C,
}

/// A code that was right.
#[derive(Debug)]
pub struct VerifiedOtp<C> {
    /// Its id.
    pub id: String,
    /// The user that it was made for.
    pub user: Option<String>,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// What it was made for.
    pub code: C,
}

/// What the check of a code and a password together found. Both are always checked.
#[derive(Debug)]
pub struct CredentialsVerdict {
    /// Whether the code was right.
    pub otp: Outcome,
    /// Whether the password was right.
    pub password: Outcome,
    /// The key of the refusal's message; the same whatever was wrong.
    pub error_key: Option<Key>,
    /// How many attempts are left; not answered, since it would disclose what was wrong.
    pub attempts_left: Option<i64>,
    /// The user, if both were right.
    pub user: Option<User>,
    /// The refusal, if anything was wrong.
    pub refusal: Option<Fault>,
}
