//! Attempts of a code: one is reserved before anything is compared, and what came of it is stored afterwards. Both are
//! single batches that hold only if nobody was faster.

use super::claimed::{ClaimedContext, unknown_code_entry};
use crate::adapter::OtpKind;
use crate::behaviours::attempts::lockout::Reservation;
use crate::behaviours::codes::record::{CodeRecord, code_entry};
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome};

/// An attempt that is reserved.
pub(super) struct CodeAttempt {
    /// As the store knows the code.
    pub id: String,
    /// The id that was asked for, and what was said of it, if there is no such code: then the attempt is one of a decoy.
    pub unknown: Option<(String, ClaimedContext)>,
    /// The code as it is stored, this attempt counted.
    pub record: CodeRecord,
    pub reservation: Reservation,
}

/// What looking at a code before an attempt found.
pub(super) enum AttemptStart {
    Reserved(Box<CodeAttempt>),
    /// It has passed already, and does so again.
    Waived(Box<CodeRecord>),
    Refused(Fault),
}

/// The code that is asked for, as the request has it.
pub(super) struct CodeQuery<'a> {
    /// As the store knows it.
    pub id: Option<&'a str>,
    pub kind: &'a OtpKind,
    pub bound: &'a [(&'static str, Option<String>)],
    /// The user, if the request names one.
    pub user: Option<&'a str>,
    /// Something was typed.
    pub has_code: bool,
}

/// What comparing found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    Right,
    Missing,
    Other,
    Changed,
    Wrong,
}

/// What to do with a code that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfRight {
    /// Spend it.
    Spend,
    /// Leave it open, since something else was wrong.
    Leave,
}

/// Answers without an attempt.
pub(super) async fn refuse_attempt(
    core: &Core,
    id: &str,
    record: Option<&CodeRecord>,
    fault: &'static str,
    asked: &CodeQuery<'_>,
) -> Result<AttemptStart, Fault> {
    let event = match fault {
        "otp.expired" => AuditEvent::OtpExpired,
        "otp.used" => AuditEvent::OtpReplayed,
        "otp.unknown" => AuditEvent::OtpUnknown,
        "otp.mismatch" => AuditEvent::OtpBindingMismatch,
        "otp.missing" => AuditEvent::OtpFailed,
        _ => AuditEvent::OtpBlocked,
    };
    let entry = match record {
        Some(record) => code_entry(core, id, record, event, AuditOutcome::Failure),
        None => unknown_code_entry(core, id, asked.kind.name, ClaimedContext::of(asked.bound, asked.user), event),
    };
    core.audit().record(vec![entry.with_reason(fault)]).await?;
    let fault = if fault == "otp.missing" { missing() } else { Fault::new(fault) };
    Ok(AttemptStart::Refused(fault))
}

/// No code is sent, or nothing of it is left: a fault about the value that is missing. Where it must be there, no row names
/// that, and it is broken input.
pub(super) fn missing() -> Fault {
    Fault::new("otp.missing").about("otp.code").otherwise("input.invalid")
}
