//! `ask_questions` after a right code, and `verify_asked_answers`, which alone ends the waiting. An attempt is reserved both
//! of the code and of its user; then all answers are compared, with nothing held; then one write, which only one of
//! many can win, ends the waiting, or counts the failure. After the last one the code is gone.

use std::collections::BTreeSet;

use super::answers_lockout::{EVENTS, answers_entry, answers_lockout_id, audit_locked, wrong};
use super::checks::{Compared, compare_answers};
use super::inputs::{AskQuestions, AskedQuestions, VerifyAskedAnswers};
use super::listed::{drawn, questions_of};
use super::rehash::better_answers;
use super::set::{Owner, read_answers};
use super::verified::refuse_answers;
use crate::behaviours::attempts::lockout::{Admission, AttemptOutcome, Reservation, wait_for_lockout};
use crate::behaviours::attempts::reservation::{
    Attempt, Prepared, Reserved, Rewrite, Settlement, reserve_with, settle_with,
};
use crate::behaviours::codes::inputs::OneTimeCode;
use crate::behaviours::codes::verify::pending::{
    Pending, pending_code, pending_entry, still_pending, wait_for_answers,
};
use crate::behaviours::users::password::room_to_hash;
use crate::context::Core;
use crate::entities::GivenAnswer;
use crate::fault::{Fault, Verdict};
use crate::hooks::BoxFuture;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch};

/// [`Core::ask_questions`].
pub(in crate::behaviours) async fn ask_questions(core: &Core, input: AskQuestions) -> Result<AskedQuestions, Fault> {
    let count = input.count.or(input.wanted).unwrap_or_default();
    let owner = Owner::of(input.issuer, input.user);
    let (Some(owner), true) = (owner, input.enabled.unwrap_or_default() && count > 0) else {
        return Ok(AskedQuestions::default());
    };
    let set = read_answers(core, &owner, &input.enrolled).await?;
    let list = drawn(questions_of(&set, &input.pool), count);
    if list.is_empty() {
        return Ok(AskedQuestions::default());
    }
    let asked = list.iter().map(|question| question.id.clone()).collect();
    wait_for_answers(core, input.otp.as_deref().unwrap_or_default(), asked).await?;
    Ok(AskedQuestions { list: Some(list) })
}

/// [`Core::verify_asked_answers`].
pub(in crate::behaviours) async fn verify_asked_answers<C: OneTimeCode>(
    core: &Core,
    input: VerifyAskedAnswers<C>,
) -> Result<Verdict<()>, Fault> {
    if !input.enabled.unwrap_or_default() {
        return Ok(refuse_answers(core, Fault::new("questions.disabled")));
    }
    let owner = Owner::of(input.issuer.clone(), input.user.clone()).ok_or_else(none_pending)?;
    if input.locked.unwrap_or_default() {
        let fault = audit_locked(core, &owner, "the bank has locked the user").await?;
        return Ok(refuse_answers(core, fault));
    }
    room_to_hash(core)?;
    let set = read_answers(core, &owner, &input.enrolled).await?;
    let (pending, reservation) = match begin_answers(core, &owner, &input).await? {
        Reserved::Attempt(pending, reservation) => (pending, reservation),
        Reserved::Answer(()) => {
            let fault = audit_locked(core, &owner, "failures in a row").await?;
            return Ok(refuse_answers(core, fault));
        }
    };
    if set.answers.is_empty() {
        settle_answers(core, &pending, &reservation, AnswerOutcome::NotCompared, None).await?;
        return Ok(refuse_answers(core, Fault::new("questions.not_enrolled")));
    }
    let compared = match compare_answers(core, &owner, &set, &input.answers, &input.pool).await {
        Ok(compared) => compared,
        Err(fault) => {
            let entry = answers_entry(core, &owner, AuditEvent::AnswersFailed, AuditOutcome::Failure);
            core.audit().record(vec![entry.with_reason(fault.inner.as_deref().unwrap_or(fault.name))]).await?;
            settle_answers(core, &pending, &reservation, AnswerOutcome::NotCompared, None).await?;
            return Err(fault);
        }
    };
    let (ended, better) = if is_all(&pending, &compared) {
        (AnswerOutcome::Right, better_answers(core, &owner, &set, &input.answers, &input.pool).await)
    } else {
        (AnswerOutcome::Wrong, None)
    };
    let refusal = settle_answers(core, &pending, &reservation, ended, better).await?;
    Ok(refusal.map_or_else(|| Verdict::pass(()), |fault| refuse_answers(core, fault)))
}

/// Reserves an attempt of a code that waits for answers, and of its user; nothing if the user is locked.
async fn begin_answers<C: OneTimeCode>(
    core: &Core,
    owner: &Owner,
    input: &VerifyAskedAnswers<C>,
) -> Result<Reserved<Box<Pending>, ()>, Fault> {
    let id = answers_lockout_id(core, owner)?;
    let prepare = |shared: Option<String>| -> BoxFuture<'_, _> {
        Box::pin(prepare_answers(core, owner, input, shared.unwrap_or_else(|| id.clone())))
    };
    reserve_with(core, prepare).await
}

async fn prepare_answers<C: OneTimeCode>(
    core: &Core,
    owner: &Owner,
    input: &VerifyAskedAnswers<C>,
    lockout: String,
) -> Result<Prepared<Box<Pending>, ()>, Fault> {
    let lockout = match wait_for_lockout(core, &lockout).await {
        Ok(Admission::Open(lockout)) => lockout,
        Ok(Admission::Blocked(_)) => return Ok(Prepared::Answer(())),
        Err(fault) => {
            let entry = answers_entry(core, owner, AuditEvent::AnswersFailed, AuditOutcome::Failure);
            core.audit().record(vec![entry.with_reason(fault.name)]).await?;
            return Err(fault);
        }
    };
    let pending = pending_code(core, &input.code, &owner.user).await?;
    let pending = pending.filter(|pending| !pending.is_exhausted()).ok_or_else(none_pending)?;
    if count(&input.answers) != pending.asked().len() {
        return Err(Fault::new("answers.count"));
    }
    let batch = pending.begin(core.store().batch())?;
    Ok(Prepared::Attempt(lockout, batch, Box::new(pending)))
}

/// Stores how an attempt ended. Gives the refusal, or nothing if this very request ended the waiting.
async fn settle_answers(
    core: &Core,
    before: &Pending,
    reservation: &Reservation,
    ended: AnswerOutcome,
    mut better: Option<Rewrite>,
) -> Result<Option<Fault>, Fault> {
    let answer = settle_with(core, reservation, EVENTS.blocked, |attempt| {
        let better = if attempt.assumed_at.is_some() { better.clone() } else { better.take() };
        Box::pin(async move {
            let pending = still_pending(core, before).await?;
            answers_settlement(core, (before, pending), ended, better, attempt)
        })
    });
    answer.await?
}

/// How answers are settled; `pending` is the code as it was and as it is now, if it still waits.
fn answers_settlement(
    core: &Core,
    (before, pending): (&Pending, Option<Pending>),
    ended: AnswerOutcome,
    better: Option<Rewrite>,
    attempt: Attempt,
) -> Result<Settlement<Result<Option<Fault>, Fault>>, Fault> {
    let right = ended == AnswerOutcome::Right && pending.is_some() && attempt.in_time;
    let entry = asked_entry(core, pending.as_ref().unwrap_or(before), right);
    let outcome = ended.for_lockout(right);
    let (entry, outcome) = if attempt.in_time { (entry, outcome) } else { EVENTS.late(entry, outcome) };
    let blocked = outcome == AttemptOutcome::Failure && attempt.blocks_if_wrong;
    let over = |pending: &Pending| ended == AnswerOutcome::Wrong && (blocked || pending.is_exhausted());
    let batch = core.store().batch();
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

fn asked_entry(core: &Core, pending: &Pending, right: bool) -> AuditEntry {
    match right {
        true => pending_entry(core, pending, AuditEvent::AnswersVerified, AuditOutcome::Success),
        false => pending_entry(core, pending, AuditEvent::AnswersFailed, AuditOutcome::Failure),
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
