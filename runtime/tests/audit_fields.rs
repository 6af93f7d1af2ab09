//! What the audit tells of each step of a code, field by field: an auditor reads nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::store::Store;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::testing::{ADAPTER, Desk, TestBank, TestOtp};
use countersign_runtime::{Decimal, OneTimeCode, Operation, Secret, SendOtp, User, VerifyOtp};
use serde_json::{Value, json};

struct Case {
    desk: Desk,
    bank: Arc<TestBank>,
    store: Arc<MemoryStore>,
}

fn case() -> Case {
    let phone = "+420601234567".parse().ok();
    let bank = Arc::new(TestBank::with([User { id: "john".into(), phone, ..User::default() }]));
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |_| {}).unwrap();
    Case { desk, bank, store }
}

fn payment() -> TestOtp {
    TestOtp::payment("op-1", "john")
}

impl Case {
    async fn send(&self) -> String {
        let send = SendOtp { user: Some("john".into()), organization: Some("RETAIL".into()), ..SendOtp::default() };
        self.desk.core().send_otp(SendOtp { code: payment(), ..send }).await.unwrap().id
    }

    async fn verify(&self, id: &str, typed: &str, code: TestOtp) {
        let verify = VerifyOtp { id: Some(id.to_owned()), value: Some(Secret::from(typed)), user: None, code };
        let _ = self.desk.core().verify_otp(verify).await.unwrap();
    }

    /// The latest records, without what every record has: where from, when, for which request.
    async fn latest(&self, many: usize) -> Vec<Value> {
        let all = self.store.audit_after(0, 1_000).await.unwrap();
        let entry = all[all.len() - many..].iter().map(|stored| {
            let mut entry = serde_json::to_value(&stored.record).unwrap();
            let fields = entry.as_object_mut().unwrap();
            for same in ["time", "node", "adapter", "definition", "version"] {
                fields.remove(same);
            }
            assert_eq!(fields.remove("request").unwrap().as_str().map(str::len), Some(36), "a request's id");
            entry
        });
        entry.collect()
    }

    async fn digest(&self) -> Value {
        self.store.audit_after(0, 1).await.unwrap()[0].record.data_digest.clone().into()
    }
}

/// What is told of the code of a payment.
fn entry(event: &str, outcome: &str, id: &str) -> Value {
    json!({
        "event": event, "outcome": outcome, "method": "sms", "challenge": id,
        "organization": "RETAIL", "user": "john", "operation_id": "op-1", "operation_name": "authorize_payment",
    })
}

fn with(mut entry: Value, more: Value) -> Value {
    entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    entry
}

#[tokio::test]
async fn issuing_and_sending() {
    let case = case();
    let id = case.send().await;
    let digest = case.digest().await;
    assert_eq!(digest.as_str().map(str::len), Some(16));
    let made = json!({"data_digest": digest, "key": "demo", "attempts": 5});
    assert_eq!(
        case.latest(2).await,
        [with(entry("otp.issued", "success", &id), made), entry("otp.sent", "success", &id)]
    );
    let again = case.send().await;
    assert_eq!(again, id);
    assert_eq!(case.latest(1).await, [entry("otp.repeated", "success", &id)]);
}

#[tokio::test]
async fn each_code_has_a_digest_of_its_own_and_an_organization() {
    let case = case();
    case.send().await;
    let first = case.digest().await;
    for (given, entry) in [("", "RETAIL"), ("SME", "SME")] {
        let code = TestOtp::payment(&format!("op-{entry}"), "john");
        let organization = Some(given.to_owned());
        let send = SendOtp { user: Some("john".into()), organization, code, ..SendOtp::default() };
        case.desk.core().send_otp(send).await.unwrap();
        let issued = case.latest(2).await.remove(0);
        assert_ne!(issued["data_digest"], first);
        assert_eq!(issued["organization"], entry);
    }
}

#[tokio::test]
async fn a_newer_code_and_a_limit() {
    let case = case();
    let old = case.send().await;
    case.desk.clock.turn(61);
    let new = case.send().await;
    let latest = case.latest(3).await;
    assert_eq!(latest[0], entry("otp.superseded", "success", &old));
    assert_eq!((&latest[1]["event"], &latest[1]["challenge"]), (&json!("otp.issued"), &json!(new)));
    for _ in 0..3 {
        case.desk.clock.turn(61);
        case.send().await;
    }
    let mut limited = case.latest(1).await.remove(0);
    assert_eq!(limited.as_object_mut().unwrap().remove("challenge").unwrap().as_str().map(str::len), Some(36));
    let mut wanted = with(entry("limit.hit", "failure", ""), json!({"reason": "sms.operation"}));
    wanted.as_object_mut().unwrap().remove("challenge");
    assert_eq!(limited, wanted);
}

#[tokio::test]
async fn tries() {
    let case = case();
    let id = case.send().await;
    let (code, digest) = (case.bank.latest_code(), case.digest().await);
    let at = |try_: u32| json!({"data_digest": digest, "key": "demo", "attempts": 5, "attempt": try_});
    let because = |why: &str, try_: u32| with(at(try_), json!({ "reason": why }));
    case.verify(&id, "x", payment()).await;
    assert_eq!(case.latest(1).await, [with(entry("otp.failed", "failure", &id), because("otp.wrong", 1))]);
    case.verify(&id, &code, TestOtp { user_id: Some("jack".into()), ..payment() }).await;
    assert_eq!(case.latest(1).await, [with(entry("otp.binding_mismatch", "failure", &id), because("otp.mismatch", 2))]);
    case.verify(&id, &code, payment()).await;
    assert_eq!(case.latest(1).await, [with(entry("otp.verified", "success", &id), at(3))]);
    case.verify(&id, &code, payment()).await;
    assert_eq!(case.latest(1).await, [with(entry("otp.replayed", "failure", &id), because("otp.used", 3))]);
    case.desk.clock.turn(301);
    case.verify(&id, &code, payment()).await;
    assert_eq!(case.latest(1).await, [with(entry("otp.expired", "failure", &id), because("otp.expired", 3))]);
}

#[tokio::test]
async fn an_id_that_never_was() {
    let case = case();
    for (id, kept) in [("never\u{7}was", "neverwas".to_owned()), (&*"x".repeat(80), "x".repeat(64))] {
        case.verify(id, "12345678", payment()).await;
        let unknown = json!({"event": "otp.unknown", "outcome": "failure", "reason": "otp.unknown", "method": "sms"});
        let said = json!({
            "challenge": kept, "user": "john", "organization": "RETAIL", "operation_id": "op-1",
            "operation_name": "authorize_payment",
        });
        assert_eq!(case.latest(1).await, [with(unknown, said)]);
    }
}

#[tokio::test]
async fn what_is_said_of_an_id_that_never_was_is_reported_in_part_and_in_letters_that_are_seen() {
    let case = case();
    let long = Some("x".repeat(1_000));
    let code = TestOtp {
        operation_id: long.clone(),
        operation_name: Some("pay\u{202e}\n".into()),
        user_id: long,
        organization_id: None,
        ..payment()
    };
    // Too long an id is not even looked for.
    for id in ["never-was".to_owned(), "x".repeat(300)] {
        case.verify(&id, "12345678", code.clone()).await;
        let entry = case.latest(1).await.remove(0);
        assert_eq!((&entry["event"], &entry["operation_name"]), (&json!("otp.unknown"), &json!("pay")));
        assert_eq!(entry["operation_id"], "x".repeat(256));
        assert_eq!((&entry["user"], &entry["organization"]), (&json!("\u{fffd}"), &Value::Null));
    }
}

#[tokio::test]
async fn a_block() {
    let case = case();
    let id = case.send().await;
    for _ in 0..5 {
        case.verify(&id, "x", payment()).await;
    }
    let latest = case.latest(2).await;
    let same = json!({"data_digest": case.digest().await, "key": "demo", "attempts": 5, "attempt": 5});
    assert_eq!(
        latest[0],
        with(with(entry("otp.failed", "failure", &id), same.clone()), json!({"reason": "otp.wrong"}))
    );
    assert_eq!(
        latest[1],
        with(with(entry("otp.blocked", "failure", &id), same), json!({"reason": "failures in a row"}))
    );
}

/// A code of an operation with data.
#[derive(Debug, Clone, Default, OneTimeCode)]
#[code(name = "sms", digits = 8, life = "5m", attempts = 5)]
struct OfData {
    #[bound(
        operation.id,
        operation.name,
        operation.data,
        operation.amount,
        operation.currency,
        operation.account
    )]
    operation: Operation,
}

#[tokio::test]
async fn what_a_form_says_otherwise_than_the_data() {
    let case = case();
    for (id, amount, currency, account, differs) in [
        ("same", "100.00", "czk", "2384 00856/0300", json!(null)),
        ("amount", "100.01", "CZK", "238400856/0300", json!(["operation.amount"])),
        ("currency", "100", "EUR", "238400856/0300", json!(["operation.currency"])),
        ("account", "100", "CZK", "1/0300", json!(["operation.account"])),
        ("all", "7", "EUR", "1/0300", json!(["operation.amount", "operation.currency", "operation.account"])),
    ] {
        let text = |text: &str| Some(text.to_owned());
        let operation = Operation {
            id: text(id),
            name: text("authorize_payment"),
            data: text("A1*A100CZK*Q238400856/0300"),
            amount: Decimal::parse(amount),
            currency: text(currency),
            account: text(account),
            ..Operation::default()
        };
        let send = SendOtp { user: Some("john".into()), code: OfData { operation }, ..SendOtp::default() };
        case.desk.core().send_otp(send).await.unwrap();
        let issued = case.latest(2).await.remove(0);
        assert_eq!((&issued["event"], &issued["operation_id"]), (&json!("otp.issued"), &json!(id)));
        assert_eq!(issued.pointer("/detail/differs_from_data").cloned().unwrap_or_default(), differs, "{id}");
    }
}
