//! Attempts of a code: one is reserved before anything is compared, and what came of it is stored afterwards. Both are
//! single batches that hold only if nobody was faster.

use super::binding::{Difference, differs};
use super::decoy::ClaimedContext;
use super::record::{CodeRecord, State, code_key, parse, value};
use super::token;
use crate::adapter::OtpKind;
use crate::behaviours::attempts::Settlement;
use crate::behaviours::lockout::{AttemptOutcome, Lockout, Reservation, shared_id, too_late};
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::crypto::KeyName;
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis, Record};

/// The longest id that is looked for.
const LONGEST_ID: usize = 256;

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

impl Core {
    /// Reserves an attempt of a code and of its user, both in one batch.
    pub(super) async fn begin_attempt(&self, asked: CodeQuery<'_>) -> Result<AttemptStart, Fault> {
        let CodeQuery { id, kind, .. } = asked;
        let Some(id) = id.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID) else {
            return self.refuse_attempt(id.unwrap_or_default(), None, "otp.unknown", &asked).await;
        };
        let mut row: Option<String> = None;
        let mut retry = Retry::default();
        loop {
            let read = self.read(&code_key(id)).await?;
            let Some((record, stored)) = known(read.record, kind)? else {
                return self.begin_decoy(id, &asked).await;
            };
            if let Some(fault) = self.closed(id, &record, &asked, read.now) {
                return self.refuse_attempt(id, Some(&record), fault, &asked).await;
            }
            if record.state == State::Waived && self.is_for_this(id, &record, &asked) {
                return self.pass_again(id, record).await;
            }
            let lockout = match self.lockout_if_open(row.as_deref().unwrap_or(&record.failures)).await {
                Ok(Some(lockout)) => lockout,
                Ok(None) => return self.refuse_attempt(id, Some(&record), "otp.limited", &asked).await,
                Err(fault) => {
                    let entry = self.entry_of(id, &record, AuditEvent::OtpFailed, AuditOutcome::Failure);
                    self.record(vec![entry.with_reason(fault.name)]).await?;
                    return Err(fault);
                }
            };
            let record = CodeRecord { tries: record.tries + 1, ..record };
            let (batch, reservation) = self.reserve(id, &record, &stored, lockout)?;
            match self.commit(batch).await? {
                Committed::Applied(_) => {
                    let reserved = CodeAttempt { id: id.to_owned(), unknown: None, record, reservation };
                    return Ok(AttemptStart::Reserved(Box::new(reserved)));
                }
                Committed::Full(full) => {
                    row = Some(shared_id(full)?);
                    retry.again().await?;
                }
                other => retry.after(other).await?,
            }
        }
    }

    /// Why a code may not even be tried. What became of an id that outlives its code is told before its time is, and
    /// where it is not known, or since a newer one took its place, nothing is.
    fn closed(&self, id: &str, record: &CodeRecord, asked: &CodeQuery<'_>, now: Millis) -> Option<&'static str> {
        let outlives = asked.kind.outlives_its_code();
        let key = self.shared.keys.by_id(KeyName::Codes, &record.key);
        // One that was waived by an earlier version has no attempts: it gets one.
        let most_tries = record.most_tries.max(u32::from(record.state == State::Waived));
        let spent = (record.tries >= most_tries).then_some("otp.exhausted");
        match record.state {
            _ if token::is_over(record, asked.kind, now) => Some("otp.unknown"),
            _ if token::is_elsewhere(record, id, key.as_ref(), asked.bound) => Some("otp.mismatch"),
            State::Waived if now > record.known_until.unwrap_or(record.expires) => Some("otp.expired"),
            State::Waived => spent,
            State::Used | State::Waiting if outlives => Some("otp.used"),
            State::Void if outlives => Some("otp.exhausted"),
            State::Open if outlives && spent.is_some() => spent,
            State::Superseded if outlives => Some("otp.unknown"),
            State::Superseded => Some("otp.expired"),
            State::New => Some("otp.unknown"),
            State::Cancelled => Some("otp.expired"),
            _ if now > record.expires => Some("otp.expired"),
            State::Used | State::Waiting => Some("otp.used"),
            State::Void => Some("otp.exhausted"),
            State::Open if outlives && !asked.has_code => Some("otp.missing"),
            State::Open => spent,
        }
    }

    /// True if a code was made for all that the request says, and for its user.
    fn is_for_this(&self, id: &str, record: &CodeRecord, asked: &CodeQuery<'_>) -> bool {
        let key = self.shared.keys.by_id(KeyName::Codes, &record.key);
        key.is_some_and(|key| {
            differs(&key, id, record, asked.bound.to_vec(), asked.user, asked.kind.find_by).0 == Difference::None
        })
    }

    /// A code that has passed already passes again, where it is asked for what it was made for. Where it is not, that is
    /// an attempt of it as of any other code.
    async fn pass_again(&self, id: &str, record: CodeRecord) -> Result<AttemptStart, Fault> {
        self.record(vec![self.entry_of(id, &record, AuditEvent::OtpVerified, AuditOutcome::Success)]).await?;
        Ok(AttemptStart::Waived(Box::new(record)))
    }

    fn reserve(
        &self,
        id: &str,
        record: &CodeRecord,
        stored: &Record,
        lockout: Lockout,
    ) -> Result<(Batch, Reservation), Fault> {
        let batch = Batch::at(self.clock_millis()).only_if(Condition::Version(code_key(id), stored.version)).put(
            code_key(id),
            value(record)?,
            record.retained_until(),
        );
        Ok(lockout.begin(batch))
    }

    /// Answers without an attempt.
    pub(super) async fn refuse_attempt(
        &self,
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
            Some(record) => self.entry_of(id, record, event, AuditOutcome::Failure),
            None => self.unknown_code_entry(id, asked.kind.name, ClaimedContext::of(asked.bound, asked.user), event),
        };
        self.record(vec![entry.with_reason(fault)]).await?;
        let fault = if fault == "otp.missing" { missing() } else { Fault::new(fault) };
        Ok(AttemptStart::Refused(fault))
    }

    /// Stores how an attempt ended. Gives the refusal, or nothing if the code was right and, where asked, is now spent.
    pub(super) async fn settle_attempt(
        &self,
        reserved: &CodeAttempt,
        finding: Finding,
        right: IfRight,
        kind: &OtpKind,
    ) -> Result<Option<Fault>, Fault> {
        self.settle_with(&reserved.reservation, AuditEvent::OtpBlocked, |attempt| {
            Box::pin(async move {
                let read = self.read(&code_key(&reserved.id)).await?;
                let stored =
                    read.record.ok_or_else(|| Fault::new("store.unavailable").with_detail("a code vanished"))?;
                let record: CodeRecord = parse(&stored)?;
                let ended = match attempt.in_time {
                    _ if reserved.unknown.is_some() => AttemptEnd::unknown(),
                    true => AttemptEnd::of(finding, right, &record, reserved, read.now).last(kind),
                    false => AttemptEnd::too_late(finding),
                };
                let entry = self.settled_entry(reserved, &ended);
                let batch = self.settled_batch(reserved, record, &stored, ended.state)?;
                Ok(Settlement { entry, outcome: ended.outcome, batch, answer: ended.refusal })
            })
        })
        .await
    }

    /// What becomes of the code, if anything does.
    fn settled_batch(
        &self,
        reserved: &CodeAttempt,
        record: CodeRecord,
        stored: &Record,
        state: Option<State>,
    ) -> Result<Batch, Fault> {
        let batch = Batch::at(self.clock_millis());
        let Some(state) = state else { return Ok(batch) };
        let (key, retained_until) = (code_key(&reserved.id), record.retained_until());
        let changed = value(&CodeRecord { state, ..record })?;
        Ok(batch.only_if(Condition::Version(key.clone(), stored.version)).put(key, changed, retained_until))
    }

    fn settled_entry(&self, reserved: &CodeAttempt, ended: &AttemptEnd) -> AuditEntry {
        let outcome = if ended.refusal.is_none() { AuditOutcome::Success } else { AuditOutcome::Failure };
        let entry = match &reserved.unknown {
            Some((id, claimed)) => self.unknown_code_entry(id, &reserved.record.kind, claimed.clone(), ended.event),
            None => self.entry_of(&reserved.id, &reserved.record, ended.event, outcome),
        };
        AuditEntry { reason: ended.refusal.as_ref().map(|fault| fault.name.to_owned()), ..entry }
    }

    /// An audit entry of a code.
    pub(super) fn entry_of(
        &self,
        id: &str,
        record: &CodeRecord,
        event: AuditEvent,
        outcome: AuditOutcome,
    ) -> AuditEntry {
        let counted = record.most_tries > 0;
        AuditEntry {
            user: record.user.clone(),
            organization: record.organization.clone(),
            operation_id: record.operation_id.clone(),
            operation_name: record.operation_name.clone(),
            method: Some(record.kind.clone()),
            challenge: Some(id.to_owned()),
            data_digest: Some(record.digest()),
            attempt: counted.then_some(record.tries),
            attempts: counted.then_some(record.most_tries),
            key: Some(record.key.clone()),
            ..self.event(event, outcome)
        }
    }
}

/// How an attempt ended.
struct AttemptEnd {
    refusal: Option<Fault>,
    event: AuditEvent,
    /// For the user's lockout record.
    outcome: AttemptOutcome,
    /// What becomes of the code, if anything.
    state: Option<State>,
}

impl AttemptEnd {
    fn of(finding: Finding, right: IfRight, record: &CodeRecord, reserved: &CodeAttempt, now: Millis) -> AttemptEnd {
        let left = Some(i64::from(reserved.record.most_tries.saturating_sub(reserved.record.tries)));
        let tries = i64::from(reserved.record.tries);
        let failed = |fault, left, event, outcome| AttemptEnd {
            refusal: Some(Fault::new(fault).with_attempts_left(left).after_attempts(tries)),
            event,
            outcome,
            state: None,
        };
        match finding {
            Finding::Right if right == IfRight::Leave => {
                failed("credentials.wrong", None, AuditEvent::OtpFailed, AttemptOutcome::Neither)
            }
            Finding::Right => match lost(record, now) {
                Some((fault, event)) => failed(fault, None, event, AttemptOutcome::Neither),
                None => AttemptEnd {
                    refusal: None,
                    event: AuditEvent::OtpVerified,
                    outcome: AttemptOutcome::Success,
                    state: Some(State::Used),
                },
            },
            Finding::Missing => AttemptEnd {
                refusal: Some(missing().with_attempts_left(left).after_attempts(tries)),
                ..failed("otp.missing", left, AuditEvent::OtpFailed, AttemptOutcome::Neither)
            },
            Finding::Wrong => failed("otp.wrong", left, AuditEvent::OtpFailed, AttemptOutcome::Failure),
            Finding::Other => failed("otp.mismatch", left, AuditEvent::OtpBindingMismatch, AttemptOutcome::Failure),
            Finding::Changed => AttemptEnd {
                state: matches!(record.state, State::Open | State::Waived).then_some(State::Void),
                ..failed("otp.mismatch", Some(0), AuditEvent::OtpBindingMismatch, AttemptOutcome::Failure)
            },
        }
    }

    /// There is no such code.
    fn unknown() -> AttemptEnd {
        let refusal = Some(Fault::new("otp.unknown"));
        AttemptEnd { refusal, event: AuditEvent::OtpUnknown, outcome: AttemptOutcome::Neither, state: None }
    }

    /// It took so long that it counted as cut off: it is a failure if it found one, and no success whatever it found.
    fn too_late(finding: Finding) -> AttemptEnd {
        let outcome = if finding == Finding::Right { AttemptOutcome::Neither } else { AttemptOutcome::Failure };
        AttemptEnd { refusal: Some(too_late()), event: AuditEvent::OtpFailed, outcome, state: None }
    }

    /// The last wrong attempt of a code whose id outlives it says that it was the last.
    fn last(mut self, kind: &OtpKind) -> AttemptEnd {
        let is_wrong = |fault: &Fault| matches!(fault.name, "otp.wrong" | "otp.mismatch");
        let refusal = self.refusal.as_mut().filter(|fault| is_wrong(fault) && fault.carried().attempts_left == Some(0));
        if let (Some(refusal), true) = (refusal, kind.outlives_its_code()) {
            refusal.name = "otp.exhausted";
        }
        self
    }
}

/// No code is sent: a fault about the value that is missing.
fn missing() -> Fault {
    Fault::new("otp.missing").about("otp.code")
}

fn known(record: Option<Record>, kind: &OtpKind) -> Result<Option<(CodeRecord, Record)>, Fault> {
    let Some(stored) = record else { return Ok(None) };
    let record: CodeRecord = parse(&stored)?;
    Ok((record.kind == kind.name).then_some((record, stored)))
}

/// Why a code can no longer be spent, although it was right.
fn lost(record: &CodeRecord, now: Millis) -> Option<(&'static str, AuditEvent)> {
    match record.state {
        State::Used | State::Waiting => Some(("otp.used", AuditEvent::OtpReplayed)),
        State::Void => Some(("otp.exhausted", AuditEvent::OtpBlocked)),
        State::Superseded | State::Cancelled => Some(("otp.expired", AuditEvent::OtpExpired)),
        State::Open if now > record.expires => Some(("otp.expired", AuditEvent::OtpExpired)),
        State::New | State::Open | State::Waived => None,
    }
}
