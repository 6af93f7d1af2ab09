//! How answers are compared: all that were given, whatever was found before, on the threads for hashing and with
//! nothing held. A question that the user has not answered is compared with nobody's hash, so that it costs the same.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::normal::normal_answer;
use super::set::{AnswerSet, Owner, StoredAnswer};
use crate::behaviours::users::not_compared;
use crate::context::Core;
use crate::entities::{GivenAnswer, Question};
use crate::fault::Fault;

/// The most answers that are compared; who gives more is wrong.
const MOST_ANSWERS: usize = 16;

/// What comparing found.
pub(super) struct Compared {
    /// Every given answer is right.
    pub all_right: bool,
    /// The questions that were answered, by their ids; those that the user does not have are left out.
    pub questions: BTreeSet<String>,
}

impl Core {
    /// Compares every given answer with the one that is known.
    pub(super) async fn compare_answers(
        &self,
        owner: &Owner,
        set: &AnswerSet,
        given: &[GivenAnswer],
        pool: &[Question],
    ) -> Result<Compared, Fault> {
        let mut compared = Compared { all_right: given.len() <= MOST_ANSWERS, questions: BTreeSet::new() };
        for answer in given.iter().take(MOST_ANSWERS) {
            let known = set.find(answer, pool);
            let right = self.is_right_answer(owner, known, answer).await?;
            compared.all_right &= right;
            compared.questions.extend(known.map(|known| known.question.clone()));
        }
        Ok(compared)
    }

    async fn is_right_answer(
        &self,
        owner: &Owner,
        known: Option<&StoredAnswer>,
        given: &GivenAnswer,
    ) -> Result<bool, Fault> {
        let normal = normal_answer(given.value.expose());
        let pepper = known.and_then(|known| known.pepper.as_deref());
        let peppered = match (pepper, known, &normal) {
            (Some(pepper), Some(known), Some(normal)) => {
                self.pepper_of(pepper).map(|key| owner.peppered(&key, &known.question, normal))
            }
            (_, _, normal) => normal.clone(),
        };
        let hash = known.filter(|_| peppered.is_some()).map(|known| known.hash.clone());
        let typed = peppered.unwrap_or_else(|| Zeroizing::new(String::new()));
        self.shared.passwords.is_right(typed, hash, self.shared.keys.ring()).await.map_err(not_compared)
    }
}

impl AnswerSet {
    /// The known answer to the question that a given one is for: by its id, else by its text.
    pub fn find(&self, given: &GivenAnswer, pool: &[Question]) -> Option<&StoredAnswer> {
        let mut known = self.answers.iter();
        match (&given.question_id, &given.question_text) {
            (Some(id), _) if !id.is_empty() => known.find(|known| known.question == *id),
            (_, Some(text)) => known.find(|known| {
                let pooled = pool.iter().find(|question| question.id == known.question);
                let worded = pooled.map(|question| question.text.as_str()).or(known.text.as_deref());
                worded.is_some_and(|worded| same_text(worded, text))
            }),
            _ => None,
        }
    }
}

/// True for two spellings of one question.
pub(super) fn same_text(one: &str, other: &str) -> bool {
    normal_answer(one).is_some_and(|one| normal_answer(other) == Some(one))
}
