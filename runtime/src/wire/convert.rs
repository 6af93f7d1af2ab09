//! Between a field and the quality of a thing that it shows: either may be optional, and the field may have a wire
//! type of its own.

use std::collections::BTreeMap;

use crate::entities::{
    AccountChoice, AccountStatus, Application, BankAccount, CertificateMode, CheckState, ConsentOption, FieldConfig,
    GivenAnswer, Message, Operation, OperationChange, OptionResult, Organization, PasswordProtection, Question, Risk,
    RiskAction, User, Wallet, WalletAccount,
};
use crate::fault::{Outcome, Refusal};
use crate::values::{Decimal, Json, Map, Pairs, Secret, Time};

/// A quality of a thing, optional or not.
pub trait Attribute: Sized {
    /// What it is when it is there.
    type Inner;

    /// What it is, if it is there.
    fn into_option(self) -> Option<Self::Inner>;

    /// Back again; what cannot be absent becomes its default.
    fn from_option(inner: Option<Self::Inner>) -> Self;
}

impl<T> Attribute for Option<T> {
    type Inner = T;

    fn into_option(self) -> Option<T> {
        self
    }

    fn from_option(inner: Option<T>) -> Self {
        inner
    }
}

impl<T> Attribute for Vec<T> {
    type Inner = Vec<T>;

    fn into_option(self) -> Option<Vec<T>> {
        Some(self)
    }

    fn from_option(inner: Option<Vec<T>>) -> Self {
        inner.unwrap_or_default()
    }
}

macro_rules! always_there {
    ($($type:ty),* $(,)?) => {$(
        impl Attribute for $type {
            type Inner = $type;

            fn into_option(self) -> Option<$type> {
                Some(self)
            }

            fn from_option(inner: Option<$type>) -> Self {
                inner.unwrap_or_default()
            }
        }
    )*};
}

always_there! {
    String, bool, i64, Decimal, Time, Json, Map, Pairs, Secret<String>, BTreeMap<&'static str, String>,
    CheckState, User, Organization, Operation, BankAccount, AccountChoice, FieldConfig, ConsentOption,
    OptionResult, Refusal, Message, Question, GivenAnswer, Wallet, WalletAccount, AccountStatus, Application,
    CertificateMode, Risk,
}

/// What nobody asked is not there.
impl Attribute for Outcome {
    type Inner = Outcome;

    fn into_option(self) -> Option<Outcome> {
        (self != Outcome::Skipped).then_some(self)
    }

    fn from_option(inner: Option<Outcome>) -> Self {
        inner.unwrap_or_default()
    }
}

macro_rules! there_or_first {
    ($($type:ty: $default:expr),* $(,)?) => {$(
        impl Attribute for $type {
            type Inner = $type;

            fn into_option(self) -> Option<$type> {
                Some(self)
            }

            fn from_option(inner: Option<$type>) -> Self {
                inner.unwrap_or($default)
            }
        }
    )*};
}

there_or_first! {
    OperationChange: OperationChange::Failed,
    PasswordProtection: PasswordProtection::None,
    RiskAction: RiskAction::LoginStart,
}
