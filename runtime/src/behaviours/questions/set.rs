//! What is known of a user's answers: those that they gave here, else those that the bank enrolled them with. Answers
//! given here are stored as Argon2id over a MAC that the pepper makes for this user and question, so that neither a
//! stolen store nor a guess that is tried on many users at once is of much use.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::normal::same_text;
use crate::behaviours::state::{decoded, encoded};
use crate::behaviours::users::name::counted;
use crate::context::Core;
use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{Key, KeyName};
use crate::entities::{EnrolledAnswer, GivenAnswer, Question};
use crate::fault::Fault;
use crate::store::{Kind, Record, RecordKey};
use crate::values::Json;

/// An answer as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StoredAnswer {
    /// The question's id.
    pub question: String,
    /// The question, in case that the pool loses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether it must be among the answered ones.
    #[serde(default)]
    pub required: bool,
    /// A PHC string.
    pub hash: String,
    /// The id of the pepper; none if the bank made the hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pepper: Option<String>,
}

/// All answers of a user, as they are stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stored {
    answers: Vec<StoredAnswer>,
}

/// Whose answers.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub issuer: Option<String>,
    pub user: String,
}

/// What is known of a user's answers.
#[derive(Debug, Clone)]
pub(super) struct AnswerSet {
    pub answers: Vec<StoredAnswer>,
    /// They were given here, in place of those that the bank has.
    pub is_updated: bool,
    key: RecordKey,
    record: Option<Record>,
}

impl Owner {
    /// The owner, if the request names one.
    pub fn of(issuer: Option<String>, user: Option<String>) -> Option<Owner> {
        let user = user.filter(|user| !user.is_empty())?;
        Some(Owner { issuer: issuer.filter(|issuer| !issuer.is_empty()), user: counted(&user) })
    }

    fn fields(&self) -> [Field<'_>; 2] {
        [Field::of(self.issuer.as_deref()), Field::Text(&self.user)]
    }

    /// What is hashed of an answer: by the pepper, for this user and question.
    pub fn peppered(&self, pepper: &Key, question: &str, normal: &str) -> Zeroizing<String> {
        let [issuer, user] = self.fields();
        Zeroizing::new(mac_text(pepper, "answer", &[issuer, user, Field::Text(question), Field::Text(normal)]))
    }
}

/// The answers of a user.
pub(super) async fn read_answers(core: &Core, owner: &Owner, enrolled: &[EnrolledAnswer]) -> Result<AnswerSet, Fault> {
    let key = RecordKey::new(Kind::Answers, core.keys().pseudonym("answers", &owner.fields())?);
    let record = core.store().read(&key).await?.record;
    let stored: Option<Stored> = record.as_ref().map(decoded).transpose()?;
    let is_updated = stored.is_some();
    let answers = match stored {
        Some(stored) => stored.answers,
        None => enrolled.iter().map(from_bank).collect(),
    };
    Ok(AnswerSet { answers, is_updated, key, record })
}

/// The pepper that new answers are hashed with.
pub(super) fn pepper(core: &Core) -> Result<Key, Fault> {
    core.keys().current(KeyName::Pepper)
}

/// The pepper that an answer was hashed with.
pub(super) fn pepper_of(core: &Core, id: &str) -> Option<Key> {
    core.keys().by_id(KeyName::Pepper, id)
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

    /// Where the set is stored, and how it was read.
    pub fn place(&self) -> (RecordKey, Option<&Record>) {
        (self.key.clone(), self.record.as_ref())
    }
}

/// Answers as they are stored.
pub(super) fn value(answers: Vec<StoredAnswer>) -> Result<Json, Fault> {
    encoded(&Stored { answers })
}

fn from_bank(answer: &EnrolledAnswer) -> StoredAnswer {
    StoredAnswer {
        question: answer.question_id.clone(),
        text: answer.question_text.clone(),
        required: answer.required,
        hash: answer.hash.clone(),
        pepper: None,
    }
}
