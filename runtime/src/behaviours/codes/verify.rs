//! `verify_otp`. A try is reserved first, in one batch with the user's row of failures; then the code is compared,
//! with nothing held; then, if it is right, it is spent by a write that only one of many can win.
//!
//! What is looked at, in this order, and what it answers:
//!
//! | | fault | tries left |
//! |---|---|---|
//! | there is no such code | `otp.unknown` | not told |
//! | its time is over, or a newer one took its place | `otp.expired` | not told |
//! | it was used | `otp.used` | not told |
//! | it has no tries left, or what it was for has changed before | `otp.exhausted` | not told |
//! | its user has failed too often, by whatever code | `otp.limited` | not told |
//! | no code came | `otp.missing` | what is left |
//! | another operation, user or organization | `otp.mismatch` | what is left |
//! | another amount, currency, payee or other bound value: the code is void | `otp.mismatch` | 0 |
//! | the code differs | `otp.wrong` | what is left |

use std::collections::BTreeMap;
use std::time::Duration;

use super::binding::{Difference, bound_values, code_mac, compare};
use super::record::{CodeRecord, State, code_key, parse, value};
use super::{OneTimeCode, VerifiedOtp, VerifyOtp};
use crate::adapter::OtpKind;
use crate::behaviours::failures::{Gate, Ticket, TryEnd, shared_id};
use crate::behaviours::state::{MOST_ROUNDS, step_aside, unexpected};
use crate::context::Core;
use crate::crypto::mac::equal;
use crate::crypto::{KeyName, seal};
use crate::fault::{Fault, Verdict};
use crate::store::{AuditEvent, AuditOutcome, AuditRecord, Batch, Committed, Condition, Millis, Record};

/// How long a request waits for others of the same user that use up the tries which are left.
const MOST_WAITS: usize = 150;

/// A try that is reserved.
pub(super) struct Try {
    pub id: String,
    /// The code as it is stored, this try counted.
    pub record: CodeRecord,
    ticket: Ticket,
}

/// What looking at a code before a try found.
pub(super) enum Begun {
    Reserved(Box<Try>),
    Refused(Fault),
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
    /// Checks a code, and spends it if it is right.
    ///
    /// # Errors
    /// `store.unavailable`. Whatever is wrong with the code is in the verdict.
    pub async fn verify_otp<C: OneTimeCode>(&self, input: VerifyOtp<C>) -> Result<Verdict<VerifiedOtp<C>>, Fault> {
        let reserved = match self.begin_try(input.id.as_deref(), &C::KIND).await? {
            Begun::Reserved(reserved) => reserved,
            Begun::Refused(fault) => return Ok(self.refuse_otp(fault)),
        };
        let finding = self.look_at(&reserved, &input);
        if let Some(fault) = self.end_try(&reserved, finding, IfRight::Spend).await? {
            return Ok(self.refuse_otp(fault));
        }
        let mut code = input.code;
        code.restore(&self.kept(&reserved));
        Ok(Verdict::pass(VerifiedOtp { id: reserved.id, user: reserved.record.user, code }))
    }

    fn refuse_otp<T>(&self, fault: Fault) -> Verdict<T> {
        let key = self.key_of(fault.name);
        Verdict::refuse(fault, key)
    }

    /// Reserves a try of a code and of its user, both in one batch.
    pub(super) async fn begin_try(&self, id: Option<&str>, kind: &OtpKind) -> Result<Begun, Fault> {
        let Some(id) = id.filter(|id| !id.is_empty() && id.len() <= 256) else {
            return self.refuse_try(None, None, "otp.unknown", kind).await;
        };
        let mut row: Option<String> = None;
        let mut waits = 0;
        for round in 0..MOST_ROUNDS {
            let read = self.read(&code_key(id)).await?;
            let Some((record, stored)) = self.known_code(read.record, kind)? else {
                return self.refuse_try(Some(id), None, "otp.unknown", kind).await;
            };
            if let Some(fault) = closed(&record, read.now) {
                return self.refuse_try(Some(id), Some(&record), fault, kind).await;
            }
            let failures = self.failures(row.as_deref().unwrap_or(&record.failures)).await?;
            match failures.gate(&self.shared.options.limits) {
                Gate::Blocked => return self.refuse_try(Some(id), Some(&record), "otp.limited", kind).await,
                Gate::Busy if waits == MOST_WAITS => {
                    return self.refuse_try(Some(id), Some(&record), "otp.limited", kind).await;
                }
                Gate::Busy => {
                    waits += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
                Gate::Open => {}
            }
            let record = CodeRecord { tries: record.tries + 1, ..record };
            let batch = Batch::at(self.clock_millis())
                .only_if(Condition::Version(code_key(id), stored.version))
                .put(code_key(id), value(&record)?, record.forgotten());
            let (batch, ticket) = failures.begin(batch);
            match self.commit(batch).await? {
                Committed::Applied(_) => {
                    return Ok(Begun::Reserved(Box::new(Try { id: id.to_owned(), record, ticket })));
                }
                Committed::Conflict(_) => step_aside(round).await,
                Committed::Full(full) => row = Some(shared_id(full)?),
                over @ Committed::Over(_) => return Err(unexpected(&over)),
            }
        }
        Err(Fault::new("store.unavailable").because("others were always faster"))
    }

    fn known_code(&self, record: Option<Record>, kind: &OtpKind) -> Result<Option<(CodeRecord, Record)>, Fault> {
        let Some(stored) = record else { return Ok(None) };
        let record: CodeRecord = parse(&stored)?;
        Ok((record.kind == kind.name).then_some((record, stored)))
    }

    /// Answers without a try.
    async fn refuse_try(
        &self,
        id: Option<&str>,
        record: Option<&CodeRecord>,
        fault: &'static str,
        kind: &OtpKind,
    ) -> Result<Begun, Fault> {
        let event = match fault {
            "otp.expired" => AuditEvent::OtpExpired,
            "otp.used" => AuditEvent::OtpReplayed,
            "otp.unknown" => AuditEvent::OtpUnknown,
            _ => AuditEvent::OtpBlocked,
        };
        let mut told = match record {
            Some(record) => self.told_of(id.unwrap_or_default(), record, event, AuditOutcome::Failure),
            None => AuditRecord {
                method: Some(kind.name.to_owned()),
                challenge: id.map(|id| id.chars().filter(|letter| !letter.is_control()).take(64).collect()),
                ..self.event(event, AuditOutcome::Failure)
            },
        };
        told.reason = Some(fault.to_owned());
        self.note(vec![told]).await?;
        Ok(Begun::Refused(Fault::new(fault)))
    }

    /// Compares what the request says with what is stored. Takes the same steps whatever it finds.
    pub(super) fn look_at<C: OneTimeCode>(&self, reserved: &Try, input: &VerifyOtp<C>) -> Finding {
        let record = &reserved.record;
        let Some(key) = self.shared.keys.by_id(KeyName::Codes, &record.key) else { return Finding::Wrong };
        let (difference, values) = compare(record, bound_values(&key, &reserved.id, input.code.bound()));
        let typed = input.value.as_ref().map_or("", |value| value.expose().as_str());
        let mac = hex::encode(code_mac(&key, &reserved.id, C::KIND.name, &values, typed));
        let right = equal(mac.as_bytes(), record.mac.as_bytes());
        let user = input.user.as_deref().filter(|user| !user.is_empty());
        let other_user = matches!((user, record.user.as_deref()), (Some(asked), stored) if stored != Some(asked));
        match difference {
            _ if typed.is_empty() => Finding::Missing,
            Difference::Other => Finding::Other,
            _ if other_user => Finding::Other,
            Difference::Changed => Finding::Changed,
            Difference::None if right => Finding::Right,
            Difference::None => Finding::Wrong,
        }
    }

    /// Stores how a try ended. Gives the refusal, or nothing if the code was right and, where asked, is now spent.
    pub(super) async fn end_try(
        &self,
        reserved: &Try,
        finding: Finding,
        if_right: IfRight,
    ) -> Result<Option<Fault>, Fault> {
        for round in 0..MOST_ROUNDS {
            let read = self.read(&code_key(&reserved.id)).await?;
            let stored = read.record.ok_or_else(|| Fault::new("store.unavailable").because("a code vanished"))?;
            let record: CodeRecord = parse(&stored)?;
            let ended = Ended::of(finding, if_right, &record, reserved, read.now);
            let failures = self.failures(reserved.ticket.id()).await?;
            let mut batch = Batch::at(self.clock_millis());
            if let Some(state) = ended.state {
                let forgotten = record.forgotten();
                batch = batch
                    .only_if(Condition::Version(code_key(&reserved.id), stored.version))
                    .put(code_key(&reserved.id), value(&CodeRecord { state, ..record })?, forgotten);
            }
            let (mut batch, blocked) = failures.end(&reserved.ticket, ended.end, &self.shared.options.limits, batch);
            batch.audit = self.told_of_end(reserved, &ended, blocked);
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(ended.refusal),
                Committed::Conflict(_) => step_aside(round).await,
                other => return Err(unexpected(&other)),
            }
        }
        Err(Fault::new("store.unavailable").because("others were always faster"))
    }

    fn told_of_end(&self, reserved: &Try, ended: &Ended, blocked: bool) -> Vec<AuditRecord> {
        let outcome = if ended.event == AuditEvent::OtpVerified { AuditOutcome::Success } else { AuditOutcome::Failure };
        let mut told = self.told_of(&reserved.id, &reserved.record, ended.event, outcome);
        told.reason = ended.refusal.as_ref().map(|fault| fault.name.to_owned());
        let mut all = vec![told];
        if blocked {
            let told = self.told_of(&reserved.id, &reserved.record, AuditEvent::OtpBlocked, AuditOutcome::Failure);
            all.push(told.because("failures in a row"));
        }
        all
    }

    fn told_of(&self, id: &str, record: &CodeRecord, event: AuditEvent, outcome: AuditOutcome) -> AuditRecord {
        AuditRecord {
            user: record.user.clone(),
            organization: record.organization.clone(),
            operation_id: record.operation_id.clone(),
            operation_name: record.operation_name.clone(),
            method: Some(record.kind.clone()),
            challenge: Some(id.to_owned()),
            data_digest: Some(record.digest()),
            attempt: Some(record.tries),
            attempts: Some(record.most_tries),
            key: Some(record.key.clone()),
            ..self.event(event, outcome)
        }
    }

    fn kept(&self, reserved: &Try) -> BTreeMap<String, String> {
        let Some(key) = self.shared.keys.by_id(KeyName::Codes, &reserved.record.key) else { return BTreeMap::new() };
        let opened = reserved.record.kept.as_deref().and_then(|sealed| seal::open(&key, &reserved.id, sealed));
        let kept: Vec<(String, Option<String>)> =
            opened.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        kept.into_iter().filter_map(|(meaning, value)| Some((meaning, value?))).collect()
    }
}

/// How a try ended.
struct Ended {
    refusal: Option<Fault>,
    event: AuditEvent,
    /// For the user's row of failures.
    end: TryEnd,
    /// What becomes of the code, if anything.
    state: Option<State>,
}

impl Ended {
    fn of(finding: Finding, if_right: IfRight, record: &CodeRecord, reserved: &Try, now: Millis) -> Ended {
        let left = i64::from(reserved.record.most_tries.saturating_sub(reserved.record.tries));
        let failed = |fault, left, event, end, state| Ended {
            refusal: Some(Fault::new(fault).with_attempts_left(left)),
            event,
            end,
            state,
        };
        let void = (record.state == State::Open).then_some(State::Void);
        match finding {
            Finding::Right if if_right == IfRight::Leave => {
                failed("credentials.wrong", None, AuditEvent::OtpFailed, TryEnd::Neither, None)
            }
            Finding::Right => match lost(record, now) {
                None => Ended {
                    refusal: None,
                    event: AuditEvent::OtpVerified,
                    end: TryEnd::Success,
                    state: Some(State::Used),
                },
                Some((fault, event)) => failed(fault, None, event, TryEnd::Neither, None),
            },
            Finding::Missing => failed("otp.missing", Some(left), AuditEvent::OtpFailed, TryEnd::Neither, None),
            Finding::Other => {
                failed("otp.mismatch", Some(left), AuditEvent::OtpBindingMismatch, TryEnd::Failure, None)
            }
            Finding::Changed => {
                failed("otp.mismatch", Some(0), AuditEvent::OtpBindingMismatch, TryEnd::Failure, void)
            }
            Finding::Wrong => failed("otp.wrong", Some(left), AuditEvent::OtpFailed, TryEnd::Failure, None),
        }
    }
}

/// Why a code can no longer be spent, although it was right.
fn lost(record: &CodeRecord, now: Millis) -> Option<(&'static str, AuditEvent)> {
    match record.state {
        State::Used => Some(("otp.used", AuditEvent::OtpReplayed)),
        State::Void => Some(("otp.exhausted", AuditEvent::OtpBlocked)),
        State::Superseded => Some(("otp.expired", AuditEvent::OtpExpired)),
        State::Open if now > record.expires => Some(("otp.expired", AuditEvent::OtpExpired)),
        State::Open => None,
    }
}

/// Why a code may not even be tried.
fn closed(record: &CodeRecord, now: Millis) -> Option<&'static str> {
    match record.state {
        State::Superseded => Some("otp.expired"),
        _ if now > record.expires => Some("otp.expired"),
        State::Used => Some("otp.used"),
        State::Void => Some("otp.exhausted"),
        State::Open if record.tries >= record.most_tries => Some("otp.exhausted"),
        State::Open => None,
    }
}
