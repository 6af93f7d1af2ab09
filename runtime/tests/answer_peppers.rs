//! Answers that were hashed with an older pepper: when they are right they are hashed anew, in the commit that there is
//! anyway, so that the old pepper can leave the ring. Wrong answers change nothing, and answers that were replaced
//! meanwhile stay replaced.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use countersign_runtime::crypto::{KeyName, Keyring, NamedSecret};
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{Answering, Applied, Batch, Committed, Millis, Read, RecordKey, Store, StoredAudit};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{
    Adapter, AskQuestions, Fault, GivenAnswer, IssueOtp, OneTimeCode, Question, ReplaceAnswers, Secret, VerifyAnswers,
    VerifyAskedAnswers, VerifyOtp,
};

const ASKING: Adapter = Adapter { operations: &[], otps: &[DeviceOtp::KIND], texts: &[], ..ADAPTER };

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(name = "device", alphabet = "base32", digits = 10, life = "24h", attempts = 5, id = code, one_per(user.id))]
struct DeviceOtp {}

const RIGHT: [(&str, &str); 2] = [("q-pet", "Rex"), ("q-street", "Elm Street")];
const WRONG: [(&str, &str); 2] = [("q-pet", "Rex"), ("q-street", "Oak Street")];
const OTHERS: [(&str, &str); 2] = [("q-pet", "Max"), ("q-street", "Hill Road")];

/// Counts commits, and may hold one back until another one comes.
#[derive(Default)]
struct Counting {
    inner: MemoryStore,
    commits: AtomicUsize,
    holds_next: Mutex<bool>,
    held: Mutex<Option<Batch>>,
    /// The held batch is applied before the commit of this number.
    before: AtomicUsize,
}

impl Store for Counting {
    fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
        self.inner.get(key, now)
    }
    fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
        if std::mem::take(&mut *self.holds_next.lock().unwrap()) {
            *self.held.lock().unwrap() = Some(batch);
            return Box::pin(std::future::ready(Ok(Committed::Applied(Applied::default()))));
        }
        let number = self.commits.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            if number == self.before.load(Ordering::SeqCst) {
                let held = self.held.lock().unwrap().take().unwrap();
                assert!(matches!(self.inner.commit(held).await?, Committed::Applied(_)));
            }
            self.inner.commit(batch).await
        })
    }
    fn audit_after(&self, sequence: u64, most: usize) -> Answering<'_, Vec<StoredAudit>> {
        self.inner.audit_after(sequence, most)
    }
    fn purge(&self, now: Millis) -> Answering<'_, usize> {
        self.inner.purge(now)
    }
    fn ready(&self) -> Answering<'_, ()> {
        self.inner.ready()
    }
}

struct Case {
    desk: Desk,
    store: Arc<Counting>,
}

/// Dana, whose answers were given while the old pepper was the only one.
async fn case() -> Case {
    let store = Arc::new(Counting::default());
    let desk = Desk::new(&ASKING, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
    let case = Case { desk, store };
    case.peppers(&["old"]);
    assert_eq!(case.replace(&RIGHT).await, "passed");
    case
}

impl Case {
    /// Exchanges the peppers, the current one first; all other keys stay.
    fn peppers(&self, ids: &[&str]) {
        let secret =
            |id: &str| NamedSecret { id: id.to_owned(), bytes: format!("{id} {}", "x".repeat(40)).into_bytes().into() };
        let mut all: BTreeMap<_, _> = KeyName::ALL.map(|name| (name, vec![secret(name.as_str())])).into();
        all.insert(KeyName::Pepper, ids.iter().map(|id| secret(id)).collect());
        self.desk.shared.keys.exchange(Keyring::new(all).unwrap());
    }

    async fn replace(&self, answers: &[(&str, &str)]) -> &'static str {
        let input = ReplaceAnswers {
            user: text("dana"),
            answers: given(answers),
            enabled: Some(true),
            count: Some(2),
            pool: pool(),
            issuer: text("issuer"),
        };
        entry(self.desk.core().replace_answers(input).await)
    }

    async fn verify(&self, answers: &[(&str, &str)]) -> &'static str {
        let input = VerifyAnswers {
            user: text("dana"),
            answers: given(answers),
            enabled: Some(true),
            count: Some(1),
            pool: pool(),
            issuer: text("issuer"),
            ..VerifyAnswers::default()
        };
        entry(self.desk.core().verify_answers(input).await.unwrap().passed())
    }

    /// The same, and how many commits it took.
    async fn counted(&self, answers: &[(&str, &str)]) -> (&'static str, usize) {
        let before = self.store.commits.load(Ordering::SeqCst);
        let entry = self.verify(answers).await;
        (entry, self.store.commits.load(Ordering::SeqCst) - before)
    }

    /// A right code, and then the answers that it waits for.
    async fn verify_asked(&self, answers: &[(&str, &str)]) -> &'static str {
        let core = self.desk.core();
        let issued = core.issue_otp(IssueOtp::<DeviceOtp> { user: text("dana"), ..IssueOtp::default() }).await.unwrap();
        let input = VerifyOtp::<DeviceOtp> { value: Some(issued.code), ..VerifyOtp::default() };
        let spent = core.verify_otp(input).await.unwrap().passed().unwrap();
        let ask = AskQuestions {
            otp: Some(spent.id),
            user: text("dana"),
            enabled: Some(true),
            wanted: Some(2),
            pool: pool(),
            issuer: text("issuer"),
            ..AskQuestions::default()
        };
        assert_eq!(core.ask_questions(ask).await.unwrap().list.unwrap().len(), 2);
        let input = VerifyAskedAnswers::<DeviceOtp> {
            user: text("dana"),
            answers: given(answers),
            enabled: Some(true),
            pool: pool(),
            issuer: text("issuer"),
            ..VerifyAskedAnswers::default()
        };
        entry(core.verify_asked_answers(input).await.unwrap().passed())
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn pool() -> Vec<Question> {
    let question = |id: &str, text: &str| Question { id: id.to_owned(), text: text.to_owned(), required: false };
    vec![question("q-pet", "What was your first pet?"), question("q-street", "Where did you grow up?")]
}

fn given(answers: &[(&str, &str)]) -> Vec<GivenAnswer> {
    let one = |(id, answer): &(&str, &str)| GivenAnswer {
        question_id: text(id),
        question_text: None,
        value: Secret::from(*answer),
    };
    answers.iter().map(one).collect()
}

fn entry(done: Result<(), Fault>) -> &'static str {
    done.map_or_else(|fault| fault.name, |()| "passed")
}

#[tokio::test]
async fn right_answers_get_the_current_pepper_with_no_further_commit() {
    let case = case().await;
    case.peppers(&["new", "old"]);
    assert_eq!(case.verify(&WRONG).await, "answers.wrong");
    case.peppers(&["new"]);
    assert_eq!(case.verify(&RIGHT).await, "answers.wrong", "a wrong answer is no reason to hash anything anew");
    case.peppers(&["new", "old"]);
    let (entry, commits) = case.counted(&RIGHT).await;
    assert_eq!(entry, "passed");
    case.peppers(&["new"]);
    assert_eq!(case.counted(&RIGHT).await, ("passed", commits));
    assert_eq!(case.verify(&WRONG).await, "answers.wrong");
}

#[tokio::test]
async fn answers_that_a_code_waits_for_get_it_too() {
    let case = case().await;
    case.peppers(&["new", "old"]);
    assert_eq!(case.verify_asked(&RIGHT).await, "passed");
    case.peppers(&["new"]);
    assert_eq!(case.verify_asked(&RIGHT).await, "passed");
    assert_eq!(case.verify(&RIGHT).await, "passed");
}

#[tokio::test]
async fn an_answer_that_is_not_given_keeps_its_pepper() {
    let case = case().await;
    case.peppers(&["new", "old"]);
    assert_eq!(case.verify(&RIGHT[..1]).await, "passed");
    case.peppers(&["new"]);
    assert_eq!(case.verify(&RIGHT[..1]).await, "passed");
    assert_eq!(case.verify(&RIGHT[1..]).await, "answers.wrong");
}

#[tokio::test]
async fn answers_that_were_replaced_meanwhile_stay_replaced() {
    let case = case().await;
    case.peppers(&["new", "old"]);
    *case.store.holds_next.lock().unwrap() = true;
    assert_eq!(case.replace(&OTHERS).await, "passed");
    // The first commit of a check reserves the attempt, the second tells how it ended.
    case.store.before.store(case.store.commits.load(Ordering::SeqCst) + 2, Ordering::SeqCst);
    // A third finds that it was not the lockout alone that has changed, and a fourth leaves the answers as they are.
    assert_eq!(case.counted(&RIGHT).await, ("passed", 4), "they were right when they were compared");
    assert_eq!(case.verify(&RIGHT).await, "answers.wrong");
    assert_eq!(case.verify(&OTHERS).await, "passed");
}
