//! Attempts that take so long that they count as cut off before they end: nothing of what they found is told, a right one
//! is no success, and a wrong one stays a failure. The store turns the clock.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{
    Answering, AuditEvent, Batch, Committed, Millis, Read, RecordKey, Store, StoredAudit,
};
use countersign_runtime::testing::{ADAPTER, Desk, HandClock, TestBank, TestOtp};
use countersign_runtime::{Fault, Secret, SendOtp, User, VerifyOtp, VerifyPassword};

/// Turns the clock after each commit.
#[derive(Default)]
struct SlowStore {
    inner: MemoryStore,
    clock: OnceLock<Arc<HandClock>>,
    seconds: AtomicI64,
}

impl Store for SlowStore {
    fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
        self.inner.get(key, now)
    }
    fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
        Box::pin(async move {
            let done = self.inner.commit(batch).await;
            self.clock.get().unwrap().turn(self.seconds.load(Ordering::SeqCst));
            done
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
    bank: Arc<TestBank>,
    store: Arc<SlowStore>,
}

fn case() -> Case {
    let password_hash = countersign_runtime::crypto::password::hash("s3cret").ok();
    let phone = "+420601234567".parse().ok();
    let bank = Arc::new(TestBank::with([User { id: "john".into(), phone, password_hash, ..User::default() }]));
    let store = Arc::new(SlowStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |_| {}).unwrap();
    store.clock.set(desk.clock.clone()).unwrap();
    Case { desk, bank, store }
}

impl Case {
    fn each_commit_takes(&self, seconds: i64) {
        self.store.seconds.store(seconds, Ordering::SeqCst);
    }

    /// Sends a code; gives its id and the code.
    async fn sent(&self, operation: &str) -> (String, String) {
        let code = TestOtp::payment(operation, "john");
        let input = SendOtp { user: Some("john".into()), code, ..SendOtp::default() };
        let sent = self.desk.core().send_otp(input).await.unwrap();
        (sent.id, self.bank.latest_code())
    }

    /// What a check of a code is answered: the fault, or `passed`.
    async fn code(&self, operation: &str, id: &str, typed: &str) -> Result<&'static str, Fault> {
        let (id, value) = (Some(id.to_owned()), Some(Secret::from(typed)));
        let code = TestOtp::payment(operation, "john");
        let verdict = self.desk.core().verify_otp(VerifyOtp { id, value, user: None, code }).await?;
        Ok(verdict.refusal.map_or("passed", |fault| fault.name))
    }

    async fn password(&self, password: &str) -> Result<&'static str, Fault> {
        let (user, password) = (Some("john".to_owned()), Some(Secret::from(password)));
        let input = VerifyPassword { user, password, ..VerifyPassword::default() };
        Ok(self.desk.core().verify_password(input).await?.refusal.map_or("passed", |fault| fault.name))
    }

    /// The latest record: the event, its outcome and the reason.
    async fn latest(&self) -> (AuditEvent, String, Option<String>) {
        let record = self.store.audit_after(0, 1_000).await.unwrap().pop().unwrap().record;
        (record.event, format!("{:?}", record.outcome), record.reason)
    }
}

fn late(event: AuditEvent) -> (AuditEvent, String, Option<String>) {
    (event, "Failure".to_owned(), Some("store.unavailable".to_owned()))
}

#[tokio::test]
async fn a_right_code_that_is_late_is_not_told_and_stays_good() {
    let case = case();
    let (id, code) = case.sent("op-1").await;
    case.each_commit_takes(30);
    assert_eq!(case.code("op-1", &id, &code).await.unwrap_err().name, "store.unavailable");
    assert_eq!(case.latest().await, late(AuditEvent::OtpFailed));
    case.each_commit_takes(29);
    assert_eq!(case.code("op-1", &id, &code).await.unwrap(), "passed", "it was in time by a second");
}

#[tokio::test]
async fn a_right_code_that_expires_while_it_is_tried_is_not_spent() {
    for (left, entry) in [(20, "passed"), (19, "otp.expired")] {
        let case = case();
        let (id, code) = case.sent("op-1").await;
        case.desk.clock.turn(300 - left);
        case.each_commit_takes(20);
        assert_eq!(case.code("op-1", &id, &code).await.unwrap(), entry);
        let (event, ..) = case.latest().await;
        assert_eq!(event, if left == 20 { AuditEvent::OtpVerified } else { AuditEvent::OtpExpired });
    }
}

#[tokio::test]
async fn wrong_codes_that_are_late_count_and_are_not_told() {
    let case = case();
    for number in 0..5 {
        let operation = format!("op-{number}");
        case.each_commit_takes(0);
        let (id, _) = case.sent(&operation).await;
        case.each_commit_takes(30);
        assert_eq!(case.code(&operation, &id, "x").await.unwrap_err().name, "store.unavailable");
    }
    assert_eq!(case.latest().await.0, AuditEvent::OtpBlocked);
    case.each_commit_takes(0);
    case.desk.clock.turn(600);
    let (id, code) = case.sent("op-6").await;
    assert_eq!(case.code("op-6", &id, &code).await.unwrap(), "otp.limited");
}

#[tokio::test]
async fn passwords_that_are_late_are_neither_right_nor_forgiven() {
    let case = case();
    case.each_commit_takes(30);
    assert_eq!(case.password("s3cret").await.unwrap_err().name, "store.unavailable");
    assert_eq!(case.latest().await, late(AuditEvent::PasswordFailed));
    for _ in 0..5 {
        assert_eq!(case.password("wrong").await.unwrap_err().name, "store.unavailable");
    }
    case.each_commit_takes(0);
    assert_eq!(case.password("s3cret").await.unwrap(), "password.locked");
}
