//! `verify_answers`: at least as many of the user's questions as are wanted, the required ones among them, and every
//! given answer right; anything else is wrong, and one of the failures in a row.

use super::VerifyAnswers;
use super::checks::Compared;
use super::lockout::{EVENTS, wrong};
use super::set::{AnswerSet, Owner};
use crate::behaviours::lockout::AttemptOutcome;
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
            let fault = self.audit_locked(&owner, "the bank has locked the user").await?;
            return Ok(self.refuse_answers(fault));
        }
        self.room_to_hash()?;
        let set = self.answers_of(&owner, &input.enrolled).await?;
        if set.answers.is_empty() {
            return Ok(self.refuse_answers(Fault::new("questions.not_enrolled")));
        }
        let failed = self.answers_entry(&owner, AuditEvent::AnswersFailed, AuditOutcome::Failure);
        let reserved = match self.reserve_attempt(self.answers_lockout_id(&owner)?).await {
            Ok(reserved) => reserved,
            Err(fault) => {
                self.record(vec![failed.with_reason(fault.name)]).await?;
                return Err(fault);
            }
        };
        let Some(reservation) = reserved else {
            let fault = self.audit_locked(&owner, "failures in a row").await?;
            return Ok(self.refuse_answers(fault));
        };
        let compared = match self.compare_answers(&owner, &set, &input.answers, &input.pool).await {
            Ok(compared) => compared,
            Err(fault) => {
                // It says more than the name: which hash could not be read.
                let why = fault.inner.as_deref().unwrap_or(fault.name);
                self.settle_attempt_of_user(&reservation, AttemptOutcome::Neither, failed.with_reason(why), EVENTS)
                    .await?;
                return Err(fault);
            }
        };
        if compared.all_right && is_enough(&set, &compared, input.count.unwrap_or_default()) {
            let entry = self.answers_entry(&owner, AuditEvent::AnswersVerified, AuditOutcome::Success);
            let better = self.better_answers(&owner, &set, &input.answers, &input.pool).await;
            self.settle_and_rewrite(&reservation, AttemptOutcome::Success, entry, EVENTS, better).await?;
            return Ok(Verdict::pass(()));
        }
        let locked = self.settle_attempt_of_user(&reservation, AttemptOutcome::Failure, failed, EVENTS).await?;
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
