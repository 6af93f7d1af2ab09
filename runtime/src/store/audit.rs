//! Audit entries: what is recorded of every event, in the same batch as the change itself. How records are chained is `chain`'s business.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::batch::Millis;
use super::chain::Seal;

/// Microseconds since 1970.
pub type Micros = i64;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditEvent {
    /// A code was stored.
    #[serde(rename = "otp.issued")]
    OtpIssued,
    /// The gateway took the message.
    #[serde(rename = "otp.sent")]
    OtpSent,
    /// It did not, or did not answer.
    #[serde(rename = "otp.send_failed")]
    OtpSendFailed,
    /// A code was asked for again, and the one that is open was answered.
    #[serde(rename = "otp.repeated")]
    OtpRepeated,
    /// A newer code took its place.
    #[serde(rename = "otp.superseded")]
    OtpSuperseded,
    /// A code was right and is spent.
    #[serde(rename = "otp.verified")]
    OtpVerified,
    /// A code need not be checked.
    #[serde(rename = "otp.waived")]
    OtpWaived,
    /// The id of a code was made that is sent later.
    #[serde(rename = "otp.opened")]
    OtpOpened,
    /// A code was ended by whoever asked for it.
    #[serde(rename = "otp.cancelled")]
    OtpCancelled,
    /// A code was wrong or missing.
    #[serde(rename = "otp.failed")]
    OtpFailed,
    /// A code, or its user, has no attempts left.
    #[serde(rename = "otp.blocked")]
    OtpBlocked,
    /// A code came too late.
    #[serde(rename = "otp.expired")]
    OtpExpired,
    /// What the code was made for has changed.
    #[serde(rename = "otp.binding_mismatch")]
    OtpBindingMismatch,
    /// A code that is spent came again.
    #[serde(rename = "otp.replayed")]
    OtpReplayed,
    /// There is no such code.
    #[serde(rename = "otp.unknown")]
    OtpUnknown,
    /// A user has failed so often that one more round of failures blocks them until an operator lifts that.
    #[serde(rename = "failures.near_cap")]
    FailuresNearCap,
    /// Of the codes that were lately sent to a country, too few were used.
    #[serde(rename = "sms.conversion_low")]
    ConversionLow,
    /// A sending limit was reached.
    #[serde(rename = "limit.hit")]
    LimitHit,
    /// A password was right.
    #[serde(rename = "password.verified")]
    PasswordVerified,
    /// A password was wrong.
    #[serde(rename = "password.failed")]
    PasswordFailed,
    /// The user has no attempts left, or the bank has locked them.
    #[serde(rename = "password.blocked")]
    PasswordBlocked,
    /// Answers were asked for after a right code.
    #[serde(rename = "questions.asked")]
    QuestionsAsked,
    /// All answers were right.
    #[serde(rename = "answers.verified")]
    AnswersVerified,
    /// An answer was wrong, or too few were given.
    #[serde(rename = "answers.failed")]
    AnswersFailed,
    /// The user has no attempts left, or the bank has locked them.
    #[serde(rename = "answers.blocked")]
    AnswersBlocked,
    /// New answers took the place of all others.
    #[serde(rename = "answers.replaced")]
    AnswersReplaced,
    /// The amounts were those of the deposits.
    #[serde(rename = "deposits.verified")]
    DepositsVerified,
    /// They were not.
    #[serde(rename = "deposits.failed")]
    DepositsFailed,
    /// Wrong amounts were reported too often for an account.
    #[serde(rename = "deposits.blocked")]
    DepositsBlocked,
    /// The bank accepted a certificate.
    #[serde(rename = "certificate.verified")]
    CertificateVerified,
    /// It did not, or was not asked.
    #[serde(rename = "certificate.failed")]
    CertificateFailed,
    /// Fraud detection was asked of a step; the reason says what it wants.
    #[serde(rename = "risk.assessed")]
    RiskAssessed,
    /// A consent was stored.
    #[serde(rename = "consent.saved")]
    ConsentSaved,
    /// A process of the adapter began to serve.
    #[serde(rename = "adapter.started")]
    AdapterStarted,
    /// It ended as it was asked to.
    #[serde(rename = "adapter.stopped")]
    AdapterStopped,
    /// It did not start.
    #[serde(rename = "adapter.refused")]
    AdapterRefused,
    /// A safety rule is waived by the settings.
    #[serde(rename = "settings.opt_out")]
    SettingsOptOut,
    /// The keys of a ring were exchanged.
    #[serde(rename = "keys.rotated")]
    KeysRotated,
    /// The store failed requests, and this is the first batch that it takes since; says how many and when.
    #[serde(rename = "store.failed")]
    StoreFailed,
    /// The ends of the chains at this time.
    #[serde(rename = "audit.head")]
    AuditHead,
    /// Records were removed because of their age; says which.
    #[serde(rename = "audit.checkpoint")]
    AuditCheckpoint,
    /// An operator has lifted a block.
    #[serde(rename = "limit.lifted")]
    LimitLifted,
    /// A caller did not show who they are.
    #[serde(rename = "caller.refused")]
    CallerRefused,
    /// A user was looked up.
    #[serde(rename = "user.lookup")]
    UserLookup,
    /// A hook gave no answer that can be used.
    #[serde(rename = "hook.failed")]
    HookFailed,
    /// A document was accepted, by the day of its version.
    #[serde(rename = "document.accepted")]
    DocumentAccepted,
    /// A wallet was made, or not, since the phone has one.
    #[serde(rename = "wallet.created")]
    WalletCreated,
    /// A password was stored.
    #[serde(rename = "password.set")]
    PasswordSet,
    /// A session was opened.
    #[serde(rename = "session.opened")]
    SessionOpened,
    /// All sessions but one were revoked.
    #[serde(rename = "session.revoked")]
    SessionRevoked,
}

impl AuditEvent {
    /// Its name, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            AuditEvent::OtpIssued => "otp.issued",
            AuditEvent::OtpSent => "otp.sent",
            AuditEvent::OtpSendFailed => "otp.send_failed",
            AuditEvent::OtpRepeated => "otp.repeated",
            AuditEvent::OtpSuperseded => "otp.superseded",
            AuditEvent::OtpVerified => "otp.verified",
            AuditEvent::OtpWaived => "otp.waived",
            AuditEvent::OtpOpened => "otp.opened",
            AuditEvent::OtpCancelled => "otp.cancelled",
            AuditEvent::OtpFailed => "otp.failed",
            AuditEvent::OtpBlocked => "otp.blocked",
            AuditEvent::OtpExpired => "otp.expired",
            AuditEvent::OtpBindingMismatch => "otp.binding_mismatch",
            AuditEvent::OtpReplayed => "otp.replayed",
            AuditEvent::OtpUnknown => "otp.unknown",
            AuditEvent::FailuresNearCap => "failures.near_cap",
            AuditEvent::ConversionLow => "sms.conversion_low",
            AuditEvent::LimitHit => "limit.hit",
            AuditEvent::PasswordVerified => "password.verified",
            AuditEvent::PasswordFailed => "password.failed",
            AuditEvent::PasswordBlocked => "password.blocked",
            AuditEvent::QuestionsAsked => "questions.asked",
            AuditEvent::AnswersVerified => "answers.verified",
            AuditEvent::AnswersFailed => "answers.failed",
            AuditEvent::AnswersBlocked => "answers.blocked",
            AuditEvent::AnswersReplaced => "answers.replaced",
            AuditEvent::DepositsVerified => "deposits.verified",
            AuditEvent::DepositsFailed => "deposits.failed",
            AuditEvent::DepositsBlocked => "deposits.blocked",
            AuditEvent::CertificateVerified => "certificate.verified",
            AuditEvent::CertificateFailed => "certificate.failed",
            AuditEvent::RiskAssessed => "risk.assessed",
            AuditEvent::ConsentSaved => "consent.saved",
            AuditEvent::AdapterStarted => "adapter.started",
            AuditEvent::AdapterStopped => "adapter.stopped",
            AuditEvent::AdapterRefused => "adapter.refused",
            AuditEvent::SettingsOptOut => "settings.opt_out",
            AuditEvent::KeysRotated => "keys.rotated",
            AuditEvent::StoreFailed => "store.failed",
            AuditEvent::AuditHead => "audit.head",
            AuditEvent::AuditCheckpoint => "audit.checkpoint",
            AuditEvent::LimitLifted => "limit.lifted",
            AuditEvent::CallerRefused => "caller.refused",
            AuditEvent::UserLookup => "user.lookup",
            AuditEvent::HookFailed => "hook.failed",
            AuditEvent::DocumentAccepted => "document.accepted",
            AuditEvent::WalletCreated => "wallet.created",
            AuditEvent::PasswordSet => "password.set",
            AuditEvent::SessionOpened => "session.opened",
            AuditEvent::SessionRevoked => "session.revoked",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuditOutcome {
    /// As asked.
    Success,
    /// Not as asked.
    Failure,
}

impl AuditOutcome {
    /// Its name, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            AuditOutcome::Success => "success",
            AuditOutcome::Failure => "failure",
        }
    }
}

/// One event. Holds no code, no password, no phone and no text of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When, by the store's clock.
    pub time: Micros,
    /// On which node; the engine says it.
    #[serde(default)]
    pub node: Arc<str>,
    /// What happened.
    pub event: AuditEvent,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Why, such as a fault's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In which organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Of which user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// For which caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// From which address the caller's connection came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// For which operation, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    /// For which operation, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// By what: `password`, or the kind of code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The code's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// A MAC of what the code is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_digest: Option<String>,
    /// Which try it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// Of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// The key that made the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What else belongs to the event, such as the ends of chains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<serde_json::Value>,
    /// The request's id, as the log has it; empty where there was no request.
    pub request: String,
    /// The adapter's name and its API's version.
    pub adapter: Arc<str>,
    /// A hash of the definition's facts.
    #[serde(default)]
    pub definition: Arc<str>,
    /// The version of the adapter's program.
    #[serde(default)]
    pub version: Arc<str>,
}

impl AuditEntry {
    /// A record of this event with nothing said of it yet. The engine replaces the time by its own.
    pub fn new(time: Millis, event: AuditEvent, outcome: AuditOutcome) -> Self {
        AuditEntry {
            time: time.saturating_mul(1000),
            node: Arc::default(),
            event,
            outcome,
            reason: None,
            organization: None,
            user: None,
            caller: None,
            source: None,
            operation_id: None,
            operation_name: None,
            method: None,
            challenge: None,
            data_digest: None,
            attempt: None,
            attempts: None,
            key: None,
            detail: None,
            request: String::new(),
            adapter: Arc::default(),
            definition: Arc::default(),
            version: Arc::default(),
        }
    }

    /// The same record with a reason.
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// An audit entry as the store has it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAudit {
    /// Its number; later ones are greater.
    pub sequence: u64,
    /// Its event.
    pub record: AuditEntry,
    /// Where it stands in its chain.
    pub seal: Seal,
}
