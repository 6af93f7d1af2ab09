//! `verify_answers`: at least as many of the user's questions as are wanted, the required ones among them, and every
//! given answer right; anything else is wrong, and one of the failures in a row.

use super::VerifyAnswers;
use super::checks::Compared;
use super::set::{AnswerSet, Owner};
use super::tries::{EVENTS, wrong};
use crate::behaviours::failures::TryEnd;
use crate::context::Core;
use crate::fault::{Fault, Verdict};
use crate::store::{AuditEvent, AuditOutcome};

impl Core {
    /// Checks answers of a user.
    ///
    /// # Errors
    /// `store.unavailable`, `overloaded`. Whatever is wrong with the answers is in the verdict.
    pub async fn verify_answers(&self, input: VerifyAnswers) -> Result<Verdict<()>, Fault> {
        if !input.enabled.unwrap_or_default() {
            return Ok(self.refuse_answers(Fault::new("questions.disabled")));
        }
        let Some(owner) = Owner::of(input.issuer, input.user) else {
            return Ok(self.refuse_answers(Fault::new("questions.not_enrolled")));
        };
        if input.locked.unwrap_or_default() {
            let fault = self.note_locked(&owner, "the bank has locked the user").await?;
            return Ok(self.refuse_answers(fault));
        }
        self.room_to_hash()?;
        let set = self.answers_of(&owner, &input.enrolled).await?;
        if set.answers.is_empty() {
            return Ok(self.refuse_answers(Fault::new("questions.not_enrolled")));
        }
        let failed = self.told_of_answers(&owner, AuditEvent::AnswersFailed, AuditOutcome::Failure);
        let reserved = match self.reserve_try(self.answers_row(&owner)?).await {
            Ok(reserved) => reserved,
            Err(fault) => {
                self.note(vec![failed.because(fault.name)]).await?;
                return Err(fault);
            }
        };
        let Some(ticket) = reserved else {
            let fault = self.note_locked(&owner, "failures in a row").await?;
            return Ok(self.refuse_answers(fault));
        };
        let compared = match self.compare_answers(&owner, &set, &input.answers, &input.pool).await {
            Ok(compared) => compared,
            Err(fault) => {
                self.end_reserved(&ticket, TryEnd::Neither, failed.because(fault.name), EVENTS).await?;
                return Err(fault);
            }
        };
        if compared.all_right && is_enough(&set, &compared, input.count.unwrap_or_default()) {
            let told = self.told_of_answers(&owner, AuditEvent::AnswersVerified, AuditOutcome::Success);
            let better = self.better_answers(&owner, &set, &input.answers, &input.pool).await;
            self.end_rewriting(&ticket, TryEnd::Success, told, EVENTS, better).await?;
            return Ok(Verdict::pass(()));
        }
        let locked = self.end_reserved(&ticket, TryEnd::Failure, failed, EVENTS).await?;
        Ok(self.refuse_answers(wrong(locked)))
    }

    pub(super) fn refuse_answers(&self, fault: Fault) -> Verdict<()> {
        let key = self.key_of(fault.name);
        Verdict::refuse(fault, key)
    }
}

/// True if as many questions were answered as are wanted, and the required ones.
fn is_enough(set: &AnswerSet, compared: &Compared, count: i64) -> bool {
    let wanted = usize::try_from(count).unwrap_or_default().max(1);
    let required = set.answers.iter().filter(|answer| answer.required);
    let has_required = required.into_iter().all(|answer| compared.questions.contains(&answer.question));
    compared.questions.len() >= wanted && has_required
}
