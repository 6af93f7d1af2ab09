//! `ask_questions` after a right code, and `verify_asked_answers`, which alone ends the waiting. A try is reserved both
//! of the code and of its user; then all answers are compared, with nothing held; then one write, which only one of
//! many can win, ends the waiting, or counts the failure. After the last one the code is gone.

use std::collections::BTreeSet;

use super::checks::Compared;
use super::listed::{drawn, questions_of};
use super::set::Owner;
use super::tries::{EVENTS, wrong};
use super::{AskQuestions, AskedQuestions, VerifyAskedAnswers};
use crate::behaviours::codes::{OneTimeCode, Pending};
use crate::behaviours::failures::{Ticket, TryEnd, shared_id, too_late};
use crate::behaviours::state::{MOST_ROUNDS, always_late, step_aside, unexpected};
use crate::behaviours::tried::Rewrite;
use crate::context::Core;
use crate::fault::{Fault, Verdict};
use crate::store::{AuditEvent, AuditOutcome, AuditRecord, Batch, Committed};
use crate::things::GivenAnswer;

/// Whether the answers to a code's questions may be compared.
enum Begun {
    Reserved(Box<Pending>, Ticket),
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
    /// `otp.none_pending`; `answers.count`, if there are more or fewer than were asked for, which is no try;
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
            let fault = self.note_locked(&owner, "the bank has locked the user").await?;
            return Ok(self.refuse_answers(fault));
        }
        self.room_to_hash()?;
        let set = self.answers_of(&owner, &input.enrolled).await?;
        let (pending, ticket) = match self.begin_asked(&owner, &input).await? {
            Begun::Reserved(pending, ticket) => (pending, ticket),
            Begun::Locked => {
                let fault = self.note_locked(&owner, "failures in a row").await?;
                return Ok(self.refuse_answers(fault));
            }
        };
        if set.answers.is_empty() {
            self.end_asked(&pending, &ticket, Ended::Untried, None).await?;
            return Ok(self.refuse_answers(Fault::new("questions.not_enrolled")));
        }
        let compared = match self.compare_answers(&owner, &set, &input.answers, &input.pool).await {
            Ok(compared) => compared,
            Err(fault) => {
                self.end_asked(&pending, &ticket, Ended::Untried, None).await?;
                return Err(fault);
            }
        };
        let (ended, better) = if is_all(&pending, &compared) {
            (Ended::Right, self.better_answers(&owner, &set, &input.answers, &input.pool).await)
        } else {
            (Ended::Wrong, None)
        };
        let refusal = self.end_asked(&pending, &ticket, ended, better).await?;
        Ok(refusal.map_or_else(|| Verdict::pass(()), |fault| self.refuse_answers(fault)))
    }

    async fn begin_asked<C: OneTimeCode>(&self, owner: &Owner, input: &VerifyAskedAnswers<C>) -> Result<Begun, Fault> {
        let mut row = self.answers_row(owner)?;
        for round in 0..MOST_ROUNDS {
            let failures = match self.failures_if_open(&row).await {
                Ok(Some(failures)) => failures,
                Ok(None) => return Ok(Begun::Locked),
                Err(fault) => {
                    let told = self.told_of_answers(owner, AuditEvent::AnswersFailed, AuditOutcome::Failure);
                    self.note(vec![told.because(fault.name)]).await?;
                    return Err(fault);
                }
            };
            let pending = self.pending(&input.code, &owner.user).await?;
            let pending = pending.filter(|pending| !pending.is_exhausted()).ok_or_else(none_pending)?;
            if count(&input.answers) != pending.asked().len() {
                return Err(Fault::new("answers.count"));
            }
            let (batch, ticket) = failures.begin(Batch::at(self.clock_millis()));
            match self.commit(pending.begin(batch)?).await? {
                Committed::Applied(_) => return Ok(Begun::Reserved(Box::new(pending), ticket)),
                Committed::Conflict(_) => step_aside(round).await,
                Committed::Full(full) => row = shared_id(full)?,
                over @ Committed::Over(_) => return Err(unexpected(&over)),
            }
        }
        Err(always_late())
    }

    /// Stores how a try ended. Gives the refusal, or nothing if this very request ended the waiting.
    async fn end_asked(
        &self,
        before: &Pending,
        ticket: &Ticket,
        ended: Ended,
        mut better: Option<Rewrite>,
    ) -> Result<Option<Fault>, Fault> {
        for round in 0..MOST_ROUNDS {
            let failures = self.failures(ticket.id()).await?;
            let pending = self.still_pending(before).await?;
            let in_time = failures.awaits(ticket);
            let right = ended == Ended::Right && pending.is_some() && in_time;
            let told = self.told_of_asked(pending.as_ref().unwrap_or(before), right);
            let (told, end) =
                if in_time { (told, ended.for_row(right)) } else { EVENTS.late(told, ended.for_row(right)) };
            let batch = Batch::at(self.clock_millis());
            let (mut batch, aftermath) = failures.end(ticket, end, &self.shared.options.limits, batch);
            batch.audit = aftermath.told(&told, EVENTS.blocked);
            batch.audit.insert(0, told);
            let over = |pending: &Pending| ended == Ended::Wrong && (aftermath.is_blocked() || pending.is_exhausted());
            batch = match &pending {
                Some(pending) if right => pending.finish(rewritten(batch, better.take()))?,
                Some(pending) if over(pending) => pending.give_up(batch)?,
                _ => batch,
            };
            match self.commit(batch).await? {
                Committed::Applied(_) if !in_time => return Err(too_late()),
                Committed::Applied(_) if ended == Ended::Wrong => return Ok(Some(wrong(aftermath.is_blocked()))),
                Committed::Applied(_) if right || ended == Ended::Untried => return Ok(None),
                Committed::Applied(_) => return Err(none_pending()),
                Committed::Conflict(_) => step_aside(round).await,
                other => return Err(unexpected(&other)),
            }
        }
        Err(always_late())
    }

    fn told_of_asked(&self, pending: &Pending, right: bool) -> AuditRecord {
        match right {
            true => self.told_of_pending(pending, AuditEvent::AnswersVerified, AuditOutcome::Success),
            false => self.told_of_pending(pending, AuditEvent::AnswersFailed, AuditOutcome::Failure),
        }
    }
}

/// How a try of answers ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Right,
    Wrong,
    /// Nothing was compared.
    Untried,
}

impl Ended {
    /// What it is for the user's row of failures.
    fn for_row(self, right: bool) -> TryEnd {
        match self {
            Ended::Wrong => TryEnd::Failure,
            Ended::Right if right => TryEnd::Success,
            Ended::Right | Ended::Untried => TryEnd::Neither,
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
    let told = |answer: &GivenAnswer| (answer.question_id.clone(), answer.question_text.clone());
    given.iter().map(told).collect::<BTreeSet<_>>().len()
}

/// True if exactly what was asked for was answered, and rightly.
fn is_all(pending: &Pending, compared: &Compared) -> bool {
    let asked: BTreeSet<String> = pending.asked().iter().cloned().collect();
    compared.all_right && compared.questions == asked
}
