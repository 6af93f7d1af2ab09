//! Answers that are replaced, questions that a code waits for, and deposits.

use std::sync::Arc;

use countersign_runtime::store::Store;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{
    Adapter, AskQuestions, Decimal, GivenAnswer, IssueOtp, OneTimeCode, PaymentAccount, Question, ReplaceAnswers,
    Secret, VerifyDeposits, VerifyOtp,
};
use serde_json::{Value, json};

use crate::{event, latest, with};

const ASKING: Adapter = Adapter { operations: &[], otps: &[DeviceOtp::KIND], texts: &[], ..ADAPTER };

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(name = "device", alphabet = "base32", digits = 10, life = "24h", attempts = 5, id = code)]
struct DeviceOtp {
    #[bound(issuer.id)]
    issuer: Option<String>,
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn pool() -> Vec<Question> {
    vec![Question { id: "q-pet".into(), text: "What was the name of your first pet?".into(), required: true }]
}

fn desk() -> (Desk, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::default());
    (Desk::new(&ASKING, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap(), store)
}

fn of_dana(name: &str, outcome: &str, method: &str) -> Value {
    with(event(name, outcome), json!({ "user": "dana", "organization": "issuer", "method": method }))
}

#[tokio::test]
async fn answers_that_are_replaced_and_questions_that_are_asked() {
    let (desk, store) = desk();
    let core = desk.core();
    let answer = GivenAnswer { question_id: text("q-pet"), question_text: None, value: Secret::from("Rex") };
    let replace = ReplaceAnswers {
        user: text("dana"),
        answers: vec![answer],
        enabled: Some(true),
        count: Some(1),
        pool: pool(),
        issuer: text("issuer"),
    };
    core.replace_answers(replace).await.unwrap();
    assert_eq!(latest(&*store, 1).await, [of_dana("answers.replaced", "success", "questions")]);
    let code = DeviceOtp { issuer: text("issuer") };
    let issued = IssueOtp { user: text("dana"), code: code.clone(), ..IssueOtp::default() };
    let issued = core.issue_otp(issued).await.unwrap();
    let verify = VerifyOtp { id: None, value: Some(issued.code), user: None, code };
    let spent = core.verify_otp(verify).await.unwrap().passed().unwrap().id;
    let ask = AskQuestions {
        otp: Some(spent.clone()),
        user: text("dana"),
        enabled: Some(true),
        wanted: Some(1),
        count: Some(1),
        pool: pool(),
        enrolled: Vec::new(),
        issuer: text("issuer"),
    };
    assert!(core.ask_questions(ask).await.unwrap().list.is_some());
    let digest = store.audit_after(0, 2).await.unwrap().pop().unwrap().record.data_digest;
    assert_eq!(digest.as_deref().map(str::len), Some(16));
    let of_the_code = |name: &str| {
        let of = json!({
            "user": "dana", "method": "device", "challenge": spent, "data_digest": digest, "key": "demo",
        });
        with(event(name, "success"), of)
    };
    // A code that is found by itself is right or not there; the answers that it waits for may be tried.
    let asked = with(of_the_code("questions.asked"), json!({ "attempt": 0, "attempts": 5 }));
    assert_eq!(latest(&*store, 2).await, [of_the_code("otp.verified"), asked]);
}

#[tokio::test]
async fn deposits_that_are_wrong() {
    let (desk, store) = desk();
    let amount = |text: &str| Decimal::parse(text).unwrap();
    let deposits = Some([amount("0.75"), amount("0.25")]);
    let input = VerifyDeposits {
        user: text("dana"),
        accounts: vec![PaymentAccount { id: "blue".into(), deposits, ..PaymentAccount::default() }],
        first: Some(amount("0.75")),
        second: Some(amount("0.26")),
        account: text("blue"),
        issuer: text("issuer"),
        ..VerifyDeposits::default()
    };
    let failed = of_dana("deposits.failed", "failure", "deposits");
    for _ in 0..2 {
        drop(desk.core().verify_deposits(input.clone()).await.unwrap());
        assert_eq!(latest(&*store, 1).await[0], failed);
    }
    drop(desk.core().verify_deposits(input.clone()).await.unwrap());
    let blocked = of_dana("deposits.blocked", "failure", "deposits");
    let because = |why: &str| with(blocked.clone(), json!({ "reason": why }));
    assert_eq!(latest(&*store, 2).await, [failed, because("failures in a row")]);
    drop(desk.core().verify_deposits(input).await.unwrap());
    assert_eq!(latest(&*store, 1).await, [because("wrong amounts before")]);
}
