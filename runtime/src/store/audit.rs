//! What is told of every event, in the same batch as the change itself. The chain over these records is the engine's
//! and comes with the issue on state.

use serde::{Deserialize, Serialize};

use super::batch::Millis;

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
    /// A code was wrong or missing.
    #[serde(rename = "otp.failed")]
    OtpFailed,
    /// A code, or its user, has no tries left.
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
    /// The user has no tries left, or the bank has locked them.
    #[serde(rename = "password.blocked")]
    PasswordBlocked,
    /// A consent was stored.
    #[serde(rename = "consent.saved")]
    ConsentSaved,
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
            AuditEvent::ConsentSaved => "consent.saved",
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

/// One event. Holds no code, no password, no phone and no text of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// When, in milliseconds since 1970.
    pub time: Millis,
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
    /// The request's id, as the log has it.
    pub request: String,
    /// The adapter's name and version.
    pub adapter: String,
}

impl AuditRecord {
    /// A record of this event with nothing said of it yet.
    pub fn new(time: Millis, event: AuditEvent, outcome: AuditOutcome) -> Self {
        AuditRecord {
            time,
            event,
            outcome,
            reason: None,
            organization: None,
            user: None,
            operation_id: None,
            operation_name: None,
            method: None,
            challenge: None,
            data_digest: None,
            attempt: None,
            attempts: None,
            key: None,
            request: String::new(),
            adapter: String::new(),
        }
    }

    /// The same record with a reason.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// An audit record as the store has it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAudit {
    /// Its number; later ones are greater.
    pub sequence: u64,
    /// What it tells.
    pub record: AuditRecord,
}
