//! `replace_answers`: exactly as many as are wanted, each to another question of the pool, the required ones among
//! them. They are hashed first, with nothing held; then one write takes the place of whatever was known.

use super::answers_lockout::answers_entry;
use super::inputs::ReplaceAnswers;
use super::normal::{normal_answer, same_text};
use super::set::{Owner, StoredAnswer, pepper, read_answers, value};
use crate::behaviours::attempts::lockout::NEVER;
use crate::behaviours::retry::Retry;
use crate::behaviours::users::password::{overloaded, room_to_hash};
use crate::context::Core;
use crate::crypto::Key;
use crate::entities::{GivenAnswer, Question};
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, Committed, Condition};

/// [`Core::replace_answers`].
pub(in crate::behaviours) async fn replace_answers(core: &Core, input: ReplaceAnswers) -> Result<(), Fault> {
    if !input.enabled.unwrap_or_default() {
        return Err(Fault::new("questions.disabled"));
    }
    if usize::try_from(input.count.unwrap_or_default()) != Ok(input.answers.len()) {
        return Err(Fault::new("answers.count"));
    }
    let owner = Owner::of(input.issuer, input.user).ok_or_else(|| Fault::new("question.unknown"))?;
    let chosen = chosen(&input.answers, &input.pool).ok_or_else(|| Fault::new("question.unknown"))?;
    room_to_hash(core)?;
    let pepper = pepper(core)?;
    let mut answers = Vec::with_capacity(chosen.len());
    for (question, given) in chosen {
        answers.push(stored_answer(core, &owner, &pepper, question, given).await?);
    }
    let value = value(answers)?;
    let mut retry = Retry::default();
    loop {
        let set = read_answers(core, &owner, &[]).await?;
        let (key, read) = set.place();
        let entry = answers_entry(core, &owner, AuditEvent::AnswersReplaced, AuditOutcome::Success);
        let batch = core.store().batch().only_if(Condition::unchanged(key.clone(), read));
        match core.store().commit(batch.put(key, value.clone(), NEVER).audit(entry)).await? {
            Committed::Applied(_) => return Ok(()),
            other => retry.after(other).await?,
        }
    }
}

async fn stored_answer(
    core: &Core,
    owner: &Owner,
    pepper: &Key,
    question: &Question,
    given: &GivenAnswer,
) -> Result<StoredAnswer, Fault> {
    let normal = normal_answer(given.value.expose())
        .ok_or_else(|| Fault::new("input.invalid").with_detail("an answer is empty or too long"))?;
    let typed = owner.peppered(pepper, &question.id, &normal);
    let hash = core.shared.passwords.hash(typed).await.map_err(overloaded)?;
    Ok(StoredAnswer {
        question: question.id.clone(),
        text: Some(question.text.clone()),
        required: question.required,
        hash,
        pepper: Some(pepper.id().to_owned()),
    })
}

/// Every given answer with its question of the pool; none if one has none or they are not all different, or if a
/// required question is not among them.
fn chosen<'a>(given: &'a [GivenAnswer], pool: &'a [Question]) -> Option<Vec<(&'a Question, &'a GivenAnswer)>> {
    let mut chosen: Vec<(&Question, &GivenAnswer)> = Vec::with_capacity(given.len());
    for answer in given {
        let question = pool.iter().find(|question| is_for(answer, question))?;
        if chosen.iter().any(|(other, _)| other.id == question.id) {
            return None;
        }
        chosen.push((question, answer));
    }
    let is_chosen = |question: &Question| chosen.iter().any(|(other, _)| other.id == question.id);
    pool.iter().filter(|question| question.required).all(is_chosen).then_some(chosen)
}

fn is_for(answer: &GivenAnswer, question: &Question) -> bool {
    match (&answer.question_id, &answer.question_text) {
        (Some(id), _) if !id.is_empty() => question.id == *id,
        (_, Some(text)) => same_text(&question.text, text),
        _ => false,
    }
}
