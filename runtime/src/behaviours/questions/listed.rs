//! `list_questions`, and which questions are drawn where not all of them are.
//!
//! | | whole pool to be shown | else |
//! |---|---|---|
//! | the issuer asks no questions | none | none |
//! | no user is named | the pool | as many of the pool as are wanted, the required ones first |
//! | the user has answered nothing | the pool | none |
//! | the bank has answers of the user | the pool | those that were answered |
//! | the user has given answers here | those that were answered | those that were answered |

use rand::seq::SliceRandom;

use super::inputs::{ListQuestions, Questions};
use super::set::{AnswerSet, Owner, read_answers};
use crate::context::Core;
use crate::entities::Question;
use crate::fault::Fault;

/// [`Core::list_questions`].
pub(in crate::behaviours) async fn list_questions(core: &Core, input: ListQuestions) -> Result<Questions, Fault> {
    if !input.enabled.unwrap_or_default() {
        return Ok(Questions::default());
    }
    let count = input.count.unwrap_or_default().max(0);
    let all = input.show_all.unwrap_or_default();
    let list = match Owner::of(input.issuer, input.user) {
        None if all => input.pool,
        None => drawn(input.pool, count),
        Some(owner) => {
            let set = read_answers(core, &owner, &input.enrolled).await?;
            if all && !set.is_updated { input.pool } else { questions_of(&set, &input.pool) }
        }
    };
    Ok(Questions { enabled: true, count, list })
}

/// The questions that a user has answered, as the pool words them.
pub(super) fn questions_of(set: &AnswerSet, pool: &[Question]) -> Vec<Question> {
    let worded = |answer: &super::set::StoredAnswer| {
        let pooled = pool.iter().find(|question| question.id == answer.question);
        let text = pooled.map(|question| question.text.clone()).or_else(|| answer.text.clone());
        Question { id: answer.question.clone(), text: text.unwrap_or_default(), required: answer.required }
    };
    set.answers.iter().map(worded).collect()
}

/// As many questions as are wanted, the required ones first, the others by chance.
pub(super) fn drawn(mut questions: Vec<Question>, count: i64) -> Vec<Question> {
    questions.shuffle(&mut rand::rng());
    questions.sort_by_key(|question| !question.required);
    questions.truncate(usize::try_from(count).unwrap_or_default());
    questions
}
