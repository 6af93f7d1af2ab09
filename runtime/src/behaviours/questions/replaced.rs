//! `replace_answers`: exactly as many as are wanted, each to another question of the pool, the required ones among
//! them. They are hashed first, with nothing held; then one write takes the place of whatever was known.

use super::ReplaceAnswers;
use super::checks::same_text;
use super::normal::normal_answer;
use super::set::{Owner, StoredAnswer, value};
use crate::behaviours::lockout::NEVER;
use crate::behaviours::retry::Retry;
use crate::behaviours::users::overloaded;
use crate::context::Core;
use crate::crypto::Key;
use crate::entities::{GivenAnswer, Question};
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, Batch, Committed, Condition};

impl Core {
    /// Puts new answers in place of all that are known of a user.
    ///
    /// # Errors
    /// `questions.disabled`; `answers.count`, if there are more or fewer than are wanted; `question.unknown`, if a
    /// question is not in the pool or comes twice, or a required one is missing; `input.invalid`, if an answer is
    /// empty or too long; `overloaded`, `store.unavailable`.
    pub async fn replace_answers(&self, input: ReplaceAnswers) -> Result<(), Fault> {
        if !input.enabled.unwrap_or_default() {
            return Err(Fault::new("questions.disabled"));
        }
        if usize::try_from(input.count.unwrap_or_default()) != Ok(input.answers.len()) {
            return Err(Fault::new("answers.count"));
        }
        let owner = Owner::of(input.issuer, input.user).ok_or_else(|| Fault::new("question.unknown"))?;
        let chosen = chosen(&input.answers, &input.pool).ok_or_else(|| Fault::new("question.unknown"))?;
        self.room_to_hash()?;
        let pepper = self.pepper()?;
        let mut answers = Vec::with_capacity(chosen.len());
        for (question, given) in chosen {
            answers.push(self.stored_answer(&owner, &pepper, question, given).await?);
        }
        let value = value(answers)?;
        let mut retry = Retry::default();
        loop {
            let set = self.answers_of(&owner, &[]).await?;
            let (key, read) = set.place();
            let entry = self.answers_entry(&owner, AuditEvent::AnswersReplaced, AuditOutcome::Success);
            let batch = Batch::at(self.clock_millis()).only_if(Condition::unchanged(key.clone(), read));
            match self.commit(batch.put(key, value.clone(), NEVER).audit(entry)).await? {
                Committed::Applied(_) => return Ok(()),
                other => retry.after(other).await?,
            }
        }
    }

    async fn stored_answer(
        &self,
        owner: &Owner,
        pepper: &Key,
        question: &Question,
        given: &GivenAnswer,
    ) -> Result<StoredAnswer, Fault> {
        let normal = normal_answer(given.value.expose())
            .ok_or_else(|| Fault::new("input.invalid").with_detail("an answer is empty or too long"))?;
        let typed = owner.peppered(pepper, &question.id, &normal);
        let hash = self.shared.passwords.hash(typed).await.map_err(overloaded)?;
        Ok(StoredAnswer {
            question: question.id.clone(),
            text: Some(question.text.clone()),
            required: question.required,
            hash,
            pepper: Some(pepper.id().to_owned()),
        })
    }
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
