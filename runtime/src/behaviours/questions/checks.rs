//! How answers are compared: all that were given, whatever was found before, on the threads for hashing and with
//! nothing held. A question that the user has not answered is compared with nobody's hash, so that it costs the same.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use super::normal::normal_answer;
use super::set::{AnswerSet, Owner, StoredAnswer, pepper_of};
use crate::behaviours::users::password::not_compared;
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

/// Compares every given answer with the one that is known.
pub(super) async fn compare_answers(
    core: &Core,
    owner: &Owner,
    set: &AnswerSet,
    given: &[GivenAnswer],
    pool: &[Question],
) -> Result<Compared, Fault> {
    let mut compared = Compared { all_right: given.len() <= MOST_ANSWERS, questions: BTreeSet::new() };
    for answer in given.iter().take(MOST_ANSWERS) {
        let known = set.find(answer, pool);
        let right = is_right_answer(core, owner, known, answer).await?;
        compared.all_right &= right;
        compared.questions.extend(known.map(|known| known.question.clone()));
    }
    Ok(compared)
}

async fn is_right_answer(
    core: &Core,
    owner: &Owner,
    known: Option<&StoredAnswer>,
    given: &GivenAnswer,
) -> Result<bool, Fault> {
    let normal = normal_answer(given.value.expose());
    let pepper = known.and_then(|known| known.pepper.as_deref());
    let peppered = match (pepper, known, &normal) {
        (Some(pepper), Some(known), Some(normal)) => {
            pepper_of(core, pepper).map(|key| owner.peppered(&key, &known.question, normal))
        }
        (_, _, normal) => normal.clone(),
    };
    let hash = known.filter(|_| peppered.is_some()).map(|known| known.hash.clone());
    let typed = peppered.unwrap_or_else(|| Zeroizing::new(String::new()));
    core.shared.passwords.is_right(typed, hash, core.shared.keys.ring()).await.map_err(not_compared)
}
