//! `verify_answers`: at least as many of the user's questions as are wanted, the required ones among them, and every
//! given answer right; anything else is wrong, and one of the failures in a row.

use super::answers_lockout::{EVENTS, answers_entry, answers_lockout_id, audit_locked, wrong};
use super::checks::{Compared, compare_answers};
use super::inputs::VerifyAnswers;
use super::rehash::better_answers;
use super::set::{AnswerSet, Owner, read_answers};
use crate::behaviours::attempts::lockout::AttemptOutcome;
use crate::behaviours::attempts::reservation::{Reserved, reserve_attempt, settle_and_rewrite, settle_attempt_of_user};
use crate::behaviours::users::password::room_to_hash;
use crate::context::Core;
use crate::fault::{Fault, Verdict};
use crate::store::{AuditEvent, AuditOutcome};

/// [`Core::verify_answers`].
pub(in crate::behaviours) async fn verify_answers(core: &Core, input: VerifyAnswers) -> Result<Verdict<()>, Fault> {
    if !input.enabled.unwrap_or_default() {
        return Ok(refuse_answers(core, Fault::new("questions.disabled")));
    }
    let Some(owner) = Owner::of(input.issuer, input.user) else {
        return Ok(refuse_answers(core, Fault::new("questions.not_enrolled")));
    };
    if input.locked.unwrap_or_default() {
        let fault = audit_locked(core, &owner, "the bank has locked the user").await?;
        return Ok(refuse_answers(core, fault));
    }
    room_to_hash(core)?;
    let set = read_answers(core, &owner, &input.enrolled).await?;
    if set.answers.is_empty() {
        return Ok(refuse_answers(core, Fault::new("questions.not_enrolled")));
    }
    let failed = answers_entry(core, &owner, AuditEvent::AnswersFailed, AuditOutcome::Failure);
    let reservation = match reserve_attempt(core, answers_lockout_id(core, &owner)?).await {
        Ok(Reserved::Attempt((), reservation)) => reservation,
        Ok(Reserved::Answer(_)) => {
            let fault = audit_locked(core, &owner, "failures in a row").await?;
            return Ok(refuse_answers(core, fault));
        }
        Err(fault) => {
            core.audit().record(vec![failed.with_reason(fault.name)]).await?;
            return Err(fault);
        }
    };
    let compared = match compare_answers(core, &owner, &set, &input.answers, &input.pool).await {
        Ok(compared) => compared,
        Err(fault) => {
            // It says more than the name: which hash could not be read.
            let why = fault.inner.as_deref().unwrap_or(fault.name);
            settle_attempt_of_user(core, &reservation, AttemptOutcome::Neither, failed.with_reason(why), EVENTS)
                .await?;
            return Err(fault);
        }
    };
    if compared.all_right && is_enough(&set, &compared, input.count.unwrap_or_default()) {
        let entry = answers_entry(core, &owner, AuditEvent::AnswersVerified, AuditOutcome::Success);
        let better = better_answers(core, &owner, &set, &input.answers, &input.pool).await;
        settle_and_rewrite(core, &reservation, AttemptOutcome::Success, entry, EVENTS, better).await?;
        return Ok(Verdict::pass(()));
    }
    let locked = settle_attempt_of_user(core, &reservation, AttemptOutcome::Failure, failed, EVENTS).await?;
    Ok(refuse_answers(core, wrong(locked)))
}

pub(super) fn refuse_answers(core: &Core, fault: Fault) -> Verdict<()> {
    let key = core.key_of(fault.name);
    Verdict::refuse(fault, key)
}

/// True if as many questions were answered as are wanted, and the required ones.
fn is_enough(set: &AnswerSet, compared: &Compared, count: i64) -> bool {
    let wanted = usize::try_from(count).unwrap_or_default().max(1);
    let required = set.answers.iter().filter(|answer| answer.required);
    let has_required = required.into_iter().all(|answer| compared.questions.contains(&answer.question));
    compared.questions.len() >= wanted && has_required
}
