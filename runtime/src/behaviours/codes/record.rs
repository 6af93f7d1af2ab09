//! How codes are stored. No code, no text of a message and no phone stands here: values that bind a code are MACs
//! under the code's own id, and what must be given back is sealed.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::context::Core;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Kind, Millis, RecordKey};

pub(super) use crate::behaviours::state::{decoded as parse, encoded as value};

/// How long a code is known after it has expired, so that a late or second use is recognised.
const TOMBSTONE: Millis = 24 * 60 * 60 * 1000;

/// How far a code has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// It has an id, and was not sent yet.
    New,
    /// It may be used.
    Open,
    /// It was.
    Used,
    /// A newer code took its place.
    Superseded,
    /// What it was made for has changed.
    Void,
    /// It was used, and waits for answers.
    Waiting,
    /// It need not be checked.
    Waived,
    /// Somebody ended it.
    Cancelled,
}

impl State {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            State::New => "new",
            State::Open => "open",
            State::Used => "used",
            State::Superseded => "superseded",
            State::Void => "void",
            State::Waiting => "waiting",
            State::Waived => "waived",
            State::Cancelled => "cancelled",
        }
    }

    /// True if something may still come of it.
    pub fn is_under_way(self) -> bool {
        matches!(self, State::Open | State::Waiting)
    }
}

/// A bound value: its meaning, and its MAC if it has a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BoundValue {
    pub meaning: Cow<'static, str>,
    pub mac: Option<String>,
}

/// A code as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CodeRecord {
    /// The kind's name.
    pub kind: String,
    pub state: State,
    /// How many attempts began.
    #[serde(rename = "tries")]
    pub attempts: u32,
    /// How many there may be.
    #[serde(rename = "most_tries")]
    pub max_attempts: u32,
    pub made: Millis,
    pub expires: Millis,
    /// The id of the key.
    pub key: String,
    /// The MAC of the code and of what it is bound to. For a decoy it is noise that no code matches.
    pub mac: String,
    pub bound: Vec<BoundValue>,
    /// The lockout record that its attempts count in.
    pub failures: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// The kept values, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// How long its id is known after it was made, if the kind says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_until: Option<Millis>,
    /// The questions whose answers it waits for, by their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<String>,
}

impl CodeRecord {
    /// When the store may forget it.
    pub fn retained_until(&self) -> Millis {
        self.known_until.unwrap_or(0).max(self.expires.saturating_add(TOMBSTONE))
    }

    /// True if a user could still use it.
    pub fn is_usable(&self, now: Millis) -> bool {
        self.state == State::Open && now <= self.expires && self.attempts < self.max_attempts
    }

    /// True if its time is over and its id is still known, so that another code may be sent under it.
    pub fn may_be_renewed(&self, now: Millis) -> bool {
        matches!(self.state, State::New | State::Open) && self.known_until.is_some_and(|until| now <= until)
    }

    /// True if it waits for answers that may still come.
    pub fn is_waiting(&self, now: Millis) -> bool {
        self.state == State::Waiting && now <= self.expires
    }

    /// The first digits of the MAC of it and of all that it is bound to, for the audit.
    pub fn digest(&self) -> String {
        self.mac.get(..16).unwrap_or(&self.mac).to_owned()
    }

    /// How far it has come.
    pub(super) fn status(&self, now: Millis) -> OtpStatus {
        match self.state {
            State::Used | State::Waiting | State::Waived => OtpStatus::Passed,
            State::Void => OtpStatus::Spent,
            State::Superseded => OtpStatus::Expired,
            State::Cancelled => OtpStatus::Cancelled,
            State::New | State::Open if now > self.expires => OtpStatus::Expired,
            State::Open if self.attempts >= self.max_attempts => OtpStatus::Spent,
            State::New => OtpStatus::New,
            State::Open => OtpStatus::Open,
        }
    }
}

/// Which code is open where there may be only one, and how its message fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct OpenRecord {
    /// The code's id.
    pub code: String,
    /// When it was made.
    pub made: Millis,
    /// How many messages there were for the same operation.
    pub sent: u32,
    /// True if the gateway refused the latest message.
    #[serde(default)]
    pub refused: bool,
}

impl OpenRecord {
    /// When the store may forget it.
    pub fn retained_until(&self) -> Millis {
        self.made.saturating_add(TOMBSTONE)
    }
}

/// Where a code is stored.
pub(super) fn code_key(id: &str) -> RecordKey {
    RecordKey::new(Kind::Code, id)
}

/// An audit entry of a code.
pub(super) fn code_entry(
    core: &Core,
    id: &str,
    record: &CodeRecord,
    event: AuditEvent,
    outcome: AuditOutcome,
) -> AuditEntry {
    let counted = record.max_attempts > 0;
    AuditEntry {
        user: record.user.clone(),
        organization: record.organization.clone(),
        operation_id: record.operation_id.clone(),
        operation_name: record.operation_name.clone(),
        method: Some(record.kind.clone()),
        challenge: Some(id.to_owned()),
        data_digest: Some(record.digest()),
        attempt: counted.then_some(record.attempts),
        attempts: counted.then_some(record.max_attempts),
        key: Some(record.key.clone()),
        ..core.audit().entry(event, outcome)
    }
}

/// How far a code has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtpStatus {
    /// It has an id, and was not sent yet.
    New,
    /// It may be used.
    Open,
    /// It was right.
    Passed,
    /// It was tried too often, or what it was for has changed.
    Spent,
    /// Its time is over, or a newer one took its place.
    Expired,
    /// Somebody ended it.
    Cancelled,
}
