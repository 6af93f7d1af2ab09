//! Answers that were right and whose hashes have an older pepper, or cost less than new ones do: hashed anew, with
//! nothing held, to be stored with the success. Only answers that are kept here; nobody's answers fail for it.

use super::normal::normal_answer;
use super::set::{AnswerSet, Owner, StoredAnswer, pepper, value};
use crate::behaviours::attempts::lockout::NEVER;
use crate::behaviours::attempts::reservation::Rewrite;
use crate::context::Core;
use crate::crypto::Key;
use crate::crypto::password::is_cheap;
use crate::entities::{GivenAnswer, Question};

/// The set with better hashes of answers that are right, if any of them can be better.
pub(super) async fn better_answers(
    core: &Core,
    owner: &Owner,
    set: &AnswerSet,
    given: &[GivenAnswer],
    pool: &[Question],
) -> Option<Rewrite> {
    let (key, Some(read)) = set.place() else { return None };
    let pepper = pepper(core).ok()?;
    let mut answers = set.answers.clone();
    let mut is_changed = false;
    for answer in given {
        let known = set.find(answer, pool).map(|known| known.question.as_str());
        let Some(stored) = answers.iter_mut().find(|stored| Some(stored.question.as_str()) == known) else {
            continue;
        };
        if is_behind(stored, &pepper)
            && let Some(hash) = hashed_answer(core, owner, &pepper, stored, answer).await
        {
            (stored.hash, stored.pepper, is_changed) = (hash, Some(pepper.id().to_owned()), true);
        }
    }
    let (version, value) = (read.version, value(answers).ok()?);
    is_changed.then_some(Rewrite { key, version, value, expires: NEVER })
}

async fn hashed_answer(
    core: &Core,
    owner: &Owner,
    pepper: &Key,
    stored: &StoredAnswer,
    given: &GivenAnswer,
) -> Option<String> {
    let typed = owner.peppered(pepper, &stored.question, &normal_answer(given.value.expose())?);
    core.shared.passwords.hash(typed).await.ok()
}

/// True if a new hash would have another pepper, or cost more.
fn is_behind(stored: &StoredAnswer, pepper: &Key) -> bool {
    stored.pepper.as_deref() != Some(pepper.id()) || is_cheap(&stored.hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{KeyName, Keyring, password};

    #[test]
    fn an_answer_is_behind_by_its_pepper_or_by_what_its_hash_costs() {
        let pepper = Keyring::demo().current(KeyName::Pepper).unwrap();
        let is_behind = |pepper_id: Option<&str>, hash: &str| {
            let stored = StoredAnswer {
                question: "q-pet".to_owned(),
                text: None,
                required: false,
                hash: hash.to_owned(),
                pepper: pepper_id.map(str::to_owned),
            };
            super::is_behind(&stored, &pepper)
        };
        let ours = password::hash("rex").unwrap();
        assert!(!is_behind(Some(pepper.id()), &ours));
        assert!(is_behind(Some("older"), &ours) && is_behind(None, &ours));
        let cheap = "$argon2id$v=19$m=256,t=3,p=1$c29tZXNhbHQ$YOgNgJkdQhBRqQIs1M3kLqkHnJu1sGxYk4Xi2M8x8Wo";
        assert!(is_behind(Some(pepper.id()), cheap));
    }
}
