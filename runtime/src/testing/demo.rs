//! A small definition by hand: payments and sign-ins, a code that is bound to them, its texts.

use std::collections::BTreeMap;

use crate::adapter::{Adapter, Alphabet, Callers, IdForm, OperationKind, OtpKind, Text, UnknownUser, Validation, Wire};
use crate::behaviours::codes::OneTimeCode;
use crate::values::Phone;

const PAYMENT: OperationKind = OperationKind {
    name: "authorize_payment",
    needs: &["operation.amount", "operation.currency", "operation.account"],
    sms: Some("payment.sms"),
    accounts: None,
    consent: None,
    unknown_user: UnknownUser::Error,
};

const LOGIN: OperationKind = OperationKind { name: "login", needs: &[], sms: Some("login.sms"), ..PAYMENT };

/// A small definition.
pub const ADAPTER: Adapter = Adapter {
    name: "test-adapter",
    title: "Test Adapter",
    version: "1.0.0",
    base: "",
    callers: Callers::None("tests call no network"),
    wire: Wire::DEFAULT,
    validation: Validation::DEFAULT,
    says: &[
        ("otp.unknown", "code.unknown"),
        ("otp.wrong", "code.failed"),
        ("otp.mismatch", "code.failed"),
        ("otp.missing", "code.failed"),
        ("otp.expired", "code.expired"),
        ("otp.used", "code.used"),
        ("otp.exhausted", "code.exhausted"),
        ("otp.limited", "code.exhausted"),
        ("password.wrong", "password.failed"),
        ("password.locked", "password.blocked"),
        ("credentials.wrong", "password.failed"),
    ],
    operations: &[
        PAYMENT,
        LOGIN,
        OperationKind { name: "authorize_payment_sca", unknown_user: UnknownUser::Silent, ..PAYMENT },
        OperationKind { name: "login_sca", unknown_user: UnknownUser::Silent, ..LOGIN },
    ],
    otps: &[TestOtp::KIND],
    sessions: &[],
    texts: &[
        Text { language: "en", key: "login.sms", text: "The code for signing in is {{ otp.code }}." },
        Text {
            language: "en",
            key: "payment.sms",
            text: "The code for {{ operation.amount }} {{ operation.currency }} to {{ operation.account }} is {{ otp.code }}.",
        },
        Text { language: "cs", key: "login.sms", text: "Kód pro přihlášení je {{ otp.code }}." },
    ],
};

/// A code for an operation of a user.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct TestOtp {
    /// The operation's id.
    pub operation_id: Option<String>,
    /// The operation's name.
    pub operation_name: Option<String>,
    /// How much, in canonical form.
    pub amount: Option<String>,
    /// Of what.
    pub currency: Option<String>,
    /// To whom.
    pub account: Option<String>,
    /// Whose code.
    pub user_id: Option<String>,
    /// Where.
    pub organization_id: Option<String>,
    /// Kept, not bound.
    pub kept_phone: Option<Phone>,
}

impl TestOtp {
    /// The code for a payment of 100 CZK by the user in the organization `RETAIL`.
    pub fn payment(operation: &str, user: &str) -> Self {
        let text = |text: &str| Some(text.to_owned());
        TestOtp {
            operation_id: text(operation),
            operation_name: text("authorize_payment"),
            amount: text("100"),
            currency: text("CZK"),
            account: text("238400856/0300"),
            user_id: text(user),
            organization_id: text("RETAIL"),
            kept_phone: None,
        }
    }
}

impl OneTimeCode for TestOtp {
    const KIND: OtpKind = OtpKind {
        name: "sms",
        alphabet: Alphabet::Digits,
        digits: 8,
        life_seconds: 300,
        attempts: 5,
        text: None,
        code_mark: Some("{{code}}"),
        one_per: &["operation.id"],
        find_by: &[],
        id_life_seconds: None,
        id: IdForm::Uuid,
        numbers: false,
        per_phone: None,
    };

    fn bound(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("operation.id", self.operation_id.clone()),
            ("operation.name", self.operation_name.clone()),
            ("operation.amount", self.amount.clone()),
            ("operation.currency", self.currency.clone()),
            ("operation.account", self.account.clone()),
            ("user.id", self.user_id.clone()),
            ("organization.id", self.organization_id.clone()),
        ]
    }

    fn kept(&self) -> Vec<(&'static str, Option<String>)> {
        vec![("user.phone", self.kept_phone.as_ref().map(|phone| phone.expose().to_owned()))]
    }

    fn restore(&mut self, kept: &BTreeMap<String, String>) {
        self.kept_phone = kept.get("user.phone").and_then(|phone| phone.parse().ok());
    }
}
