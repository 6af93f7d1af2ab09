//! `ask_questions` after a right code, and `verify_asked_answers`, which alone ends the waiting. An attempt is reserved both
//! of the code and of its user; then all answers are compared, with nothing held; then one write, which only one of
//! many can win, ends the waiting, or counts the failure. After the last one the code is gone.

use std::collections::BTreeSet;

use super::checks::Compared;
use super::listed::{drawn, questions_of};
use super::lockout::{EVENTS, wrong};
use super::set::Owner;
use super::{AskQuestions, AskedQuestions, VerifyAskedAnswers};
use crate::behaviours::attempts::{Attempt, Rewrite, Settlement};
use crate::behaviours::codes::{OneTimeCode, Pending};
use crate::behaviours::lockout::{AttemptOutcome, Reservation, shared_id};
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::entities::GivenAnswer;
use crate::fault::{Fault, Verdict};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed};

/// Whether the answers to a code's questions may be compared.
enum AnswerAttempt {
    Reserved(Box<Pending>, Reservation),
    Locked,
}

impl Core {
    /// Asks as many of the user's questions as are wanted, the required ones first; from now on the code waits for
    /// their answers. Without questions, or for a user who has answered none, the code is done.
    ///
    /// # Errors
    /// `store.unavailable`.
    pub async fn ask_questions(&self, input: AskQuestions) -> Result<AskedQuestions, Fault> {
        let count = input.count.or(input.wanted).unwrap_or_default();
        let owner = Owner::of(input.issuer, input.user);
        let (Some(owner), true) = (owner, input.enabled.unwrap_or_default() && count > 0) else {
            return Ok(AskedQuestions::default());
        };
        let set = self.answers_of(&owner, &input.enrolled).await?;
        let list = drawn(questions_of(&set, &input.pool), count);
        if list.is_empty() {
            return Ok(AskedQuestions::default());
        }
        let asked = list.iter().map(|question| question.id.clone()).collect();
        self.wait_for_answers(input.otp.as_deref().unwrap_or_default(), asked).await?;
        Ok(AskedQuestions { list: Some(list) })
    }

    /// Checks the answers that a code waits for: exactly those that were asked for.
    ///
    /// # Errors
    /// `otp.none_pending`; `answers.count`, if there are more or fewer than were asked for, which is no attempt;
    /// `overloaded`, `store.unavailable`. Whatever is wrong with the answers is in the verdict.
    pub async fn verify_asked_answers<C: OneTimeCode>(
        &self,
        input: VerifyAskedAnswers<C>,
    ) -> Result<Verdict<()>, Fault> {
        if !input.enabled.unwrap_or_default() {
            return Ok(self.refuse_answers(Fault::new("questions.disabled")));
        }
        let owner = Owner::of(input.issuer.clone(), input.user.clone()).ok_or_else(none_pending)?;
        if input.locked.unwrap_or_default() {
            let fault = self.audit_locked(&owner, "the bank has locked the user").await?;
            return Ok(self.refuse_answers(fault));
        }
        self.room_to_hash()?;
        let set = self.answers_of(&owner, &input.enrolled).await?;
        let (pending, reservation) = match self.begin_answers(&owner, &input).await? {
            AnswerAttempt::Reserved(pending, reservation) => (pending, reservation),
            AnswerAttempt::Locked => {
                let fault = self.audit_locked(&owner, "failures in a row").await?;
                return Ok(self.refuse_answers(fault));
            }
        };
        if set.answers.is_empty() {
            self.settle_answers(&pending, &reservation, AnswerOutcome::NotCompared, None).await?;
            return Ok(self.refuse_answers(Fault::new("questions.not_enrolled")));
        }
        let compared = match self.compare_answers(&owner, &set, &input.answers, &input.pool).await {
            Ok(compared) => compared,
            Err(fault) => {
                let entry = self.answers_entry(&owner, AuditEvent::AnswersFailed, AuditOutcome::Failure);
                self.record(vec![entry.with_reason(fault.inner.as_deref().unwrap_or(fault.name))]).await?;
                self.settle_answers(&pending, &reservation, AnswerOutcome::NotCompared, None).await?;
                return Err(fault);
            }
        };
        let (ended, better) = if is_all(&pending, &compared) {
            (AnswerOutcome::Right, self.better_answers(&owner, &set, &input.answers, &input.pool).await)
        } else {
            (AnswerOutcome::Wrong, None)
        };
        let refusal = self.settle_answers(&pending, &reservation, ended, better).await?;
        Ok(refusal.map_or_else(|| Verdict::pass(()), |fault| self.refuse_answers(fault)))
    }

    async fn begin_answers<C: OneTimeCode>(
        &self,
        owner: &Owner,
        input: &VerifyAskedAnswers<C>,
    ) -> Result<AnswerAttempt, Fault> {
        let mut row = self.answers_lockout_id(owner)?;
        let mut retry = Retry::default();
        loop {
            let lockout = match self.lockout_if_open(&row).await {
                Ok(Some(lockout)) => lockout,
                Ok(None) => return Ok(AnswerAttempt::Locked),
                Err(fault) => {
                    let entry = self.answers_entry(owner, AuditEvent::AnswersFailed, AuditOutcome::Failure);
                    self.record(vec![entry.with_reason(fault.name)]).await?;
                    return Err(fault);
                }
            };
            let pending = self.pending(&input.code, &owner.user).await?;
            let pending = pending.filter(|pending| !pending.is_exhausted()).ok_or_else(none_pending)?;
            if count(&input.answers) != pending.asked().len() {
                return Err(Fault::new("answers.count"));
            }
            let (batch, reservation) = lockout.begin(Batch::at(self.clock_millis()));
            match self.commit(pending.begin(batch)?).await? {
                Committed::Applied(_) => return Ok(AnswerAttempt::Reserved(Box::new(pending), reservation)),
                Committed::Full(full) => {
                    row = shared_id(full)?;
                    retry.again().await?;
                }
                other => retry.after(other).await?,
            }
        }
    }

    /// Stores how an attempt ended. Gives the refusal, or nothing if this very request ended the waiting.
    async fn settle_answers(
        &self,
        before: &Pending,
        reservation: &Reservation,
        ended: AnswerOutcome,
        mut better: Option<Rewrite>,
    ) -> Result<Option<Fault>, Fault> {
        let answer = self.settle_with(reservation, EVENTS.blocked, |attempt| {
            let better = better.take();
            Box::pin(async move {
                let pending = self.still_pending(before).await?;
                self.answers_settlement((before, pending), ended, better, attempt)
            })
        });
        answer.await?
    }

    /// How answers are settled; `pending` is the code as it was and as it is now, if it still waits.
    fn answers_settlement(
        &self,
        (before, pending): (&Pending, Option<Pending>),
        ended: AnswerOutcome,
        better: Option<Rewrite>,
        attempt: Attempt,
    ) -> Result<Settlement<Result<Option<Fault>, Fault>>, Fault> {
        let right = ended == AnswerOutcome::Right && pending.is_some() && attempt.in_time;
        let entry = self.asked_entry(pending.as_ref().unwrap_or(before), right);
        let outcome = ended.for_lockout(right);
        let (entry, outcome) = if attempt.in_time { (entry, outcome) } else { EVENTS.late(entry, outcome) };
        let blocked = outcome == AttemptOutcome::Failure && attempt.blocks_if_wrong;
        let over = |pending: &Pending| ended == AnswerOutcome::Wrong && (blocked || pending.is_exhausted());
        let batch = Batch::at(self.clock_millis());
        let batch = match &pending {
            Some(pending) if right => pending.finish(rewritten(batch, better))?,
            Some(pending) if over(pending) => pending.give_up(batch)?,
            _ => batch,
        };
        let answer = match ended {
            AnswerOutcome::Wrong => Ok(Some(wrong(blocked))),
            AnswerOutcome::Right if !right => Err(none_pending()),
            AnswerOutcome::Right | AnswerOutcome::NotCompared => Ok(None),
        };
        Ok(Settlement { entry, outcome, batch, answer })
    }

    fn asked_entry(&self, pending: &Pending, right: bool) -> AuditEntry {
        match right {
            true => self.pending_entry(pending, AuditEvent::AnswersVerified, AuditOutcome::Success),
            false => self.pending_entry(pending, AuditEvent::AnswersFailed, AuditOutcome::Failure),
        }
    }
}

/// How an attempt of answers ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnswerOutcome {
    Right,
    Wrong,
    /// Nothing was compared.
    NotCompared,
}

impl AnswerOutcome {
    /// What it is for the user's lockout record.
    fn for_lockout(self, right: bool) -> AttemptOutcome {
        match self {
            AnswerOutcome::Wrong => AttemptOutcome::Failure,
            AnswerOutcome::Right if right => AttemptOutcome::Success,
            AnswerOutcome::Right | AnswerOutcome::NotCompared => AttemptOutcome::Neither,
        }
    }
}

fn rewritten(batch: Batch, better: Option<Rewrite>) -> Batch {
    match better {
        Some(better) => better.put(batch),
        None => batch,
    }
}

fn none_pending() -> Fault {
    Fault::new("otp.none_pending")
}

/// How many answers were given, each question counted once.
fn count(given: &[GivenAnswer]) -> usize {
    let entry = |answer: &GivenAnswer| (answer.question_id.clone(), answer.question_text.clone());
    given.iter().map(entry).collect::<BTreeSet<_>>().len()
}

/// True if exactly what was asked for was answered, and rightly.
fn is_all(pending: &Pending, compared: &Compared) -> bool {
    let asked: BTreeSet<String> = pending.asked().iter().cloned().collect();
    compared.all_right && compared.questions == asked
}
