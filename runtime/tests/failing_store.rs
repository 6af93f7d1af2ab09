//! A store that fails, and gateways that hang or panic: no success comes out of either, and the audit log records the
//! requests that the store failed once it can be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use countersign_runtime::hooks::{Call, HookError, Hooks, Lookup, Sms};
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{
    Answering, AuditEvent, AuditOutcome, Batch, Committed, Millis, Read, RecordKey, Store, StoreError, StoredAudit,
};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank, TestOtp};
use countersign_runtime::{
    Adapter, Clock, Decimal, EnrolledAnswer, Fault, GivenAnswer, IssueOtp, OneTimeCode, PaymentAccount, Secret,
    SendOtp, User, Verdict, VerifiedOtp, VerifyAnswers, VerifyDeposits, VerifyOtp, VerifyPassword,
};

const USER: &str = "12345678";

/// Fails one commit: before it is applied, or after, as a connection does that is cut before the answer comes. Or fails
/// everything, for as long as it is down.
#[derive(Default)]
struct FailingStore {
    inner: MemoryStore,
    /// How many commits go well before.
    before_failure: AtomicI64,
    applies: bool,
    down: AtomicBool,
}

impl FailingStore {
    fn fail_after(&self, commits: i64) {
        self.before_failure.store(commits + 1, Ordering::SeqCst);
    }
}

impl Store for FailingStore {
    fn get(&self, key: RecordKey, now: Millis) -> Answering<'_, Read> {
        if self.down.load(Ordering::SeqCst) {
            return down();
        }
        self.inner.get(key, now)
    }
    fn commit(&self, batch: Batch) -> Answering<'_, Committed> {
        if self.down.load(Ordering::SeqCst) {
            return down();
        }
        let fails = self.before_failure.fetch_sub(1, Ordering::SeqCst) == 1;
        if !fails {
            return self.inner.commit(batch);
        }
        Box::pin(async move {
            if self.applies {
                self.inner.commit(batch).await?;
            }
            Err(StoreError::Unavailable("the line is cut".into()))
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

fn down<T: Send + 'static>() -> Answering<'static, T> {
    Box::pin(std::future::ready(Err(StoreError::Unavailable("it is down".into()))))
}

fn user() -> User {
    let password_hash = countersign_runtime::crypto::password::hash("s3cret").ok();
    User { id: USER.into(), phone: "+420601234567".parse().ok(), password_hash, ..User::default() }
}

fn code() -> TestOtp {
    TestOtp::payment("op-1", USER)
}

async fn send(desk: &Desk) -> Result<String, Fault> {
    let input = SendOtp { user: Some(USER.into()), code: code(), ..SendOtp::default() };
    desk.core().send_otp(input).await.map(|sent| sent.id)
}

async fn verify(desk: &Desk, id: &str, typed: &str) -> Result<Verdict<VerifiedOtp<TestOtp>>, Fault> {
    let value = Some(Secret::from(typed));
    desk.core().verify_otp(VerifyOtp { id: Some(id.into()), value, user: None, code: code() }).await
}

#[tokio::test]
async fn a_commit_that_fails_is_no_success_and_spends_nothing_twice() {
    for applies in [false, true] {
        for commits in 0..2 {
            let store = Arc::new(FailingStore { applies, ..FailingStore::default() });
            let bank = Arc::new(TestBank::with([user()]));
            let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |_| {}).unwrap();
            let id = send(&desk).await.unwrap();
            store.fail_after(commits);
            let fault = verify(&desk, &id, &bank.latest_code()).await.unwrap_err();
            assert_eq!(fault.name, "store.unavailable");
            let again = verify(&desk, &id, &bank.latest_code()).await.unwrap();
            let spent = applies && commits == 1;
            assert_eq!(again.outcome.passed(), !spent, "applies: {applies}, after {commits}");
            if spent {
                assert_eq!(again.refusal.unwrap().name, "otp.used");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_for_a_code_that_is_not_stored() {
    for applies in [false, true] {
        let store = Arc::new(FailingStore { applies, ..FailingStore::default() });
        let bank = Arc::new(TestBank::with([user()]));
        let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |_| {}).unwrap();
        store.fail_after(0);
        assert_eq!(send(&desk).await.unwrap_err().name, "store.unavailable");
        assert_eq!(bank.sent().len(), 0);
    }
}

#[tokio::test]
async fn a_password_is_not_right_while_the_store_fails() {
    for commits in 0..2 {
        let store = Arc::new(FailingStore::default());
        let bank = Arc::new(TestBank::with([user()]));
        let desk = Desk::new(&ADAPTER, store.clone(), bank, |_| {}).unwrap();
        store.fail_after(commits);
        let input = VerifyPassword {
            user: Some(USER.into()),
            password: Some(Secret::from("s3cret")),
            ..VerifyPassword::default()
        };
        assert_eq!(desk.core().verify_password(input).await.unwrap_err().name, "store.unavailable");
    }
}

/// A gateway that takes the message and then hangs, or panics.
struct Gateway {
    inner: Arc<TestBank>,
    panics: bool,
}

impl Hooks for Gateway {
    async fn lookup_user(&self, call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        Hooks::lookup_user(&*self.inner, call, lookup).await
    }
    async fn send_sms(&self, call: &Call, sms: &Sms) -> Result<(), HookError> {
        Hooks::send_sms(&*self.inner, call, sms).await?;
        if self.panics {
            panic!("the gateway's library has a bug");
        }
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_gateway_that_hangs_or_panics_fails_but_its_code_is_good() {
    for (panics, fault) in [(false, "sms.failed"), (true, "hook.panicked")] {
        let inner = Arc::new(TestBank::with([user()]));
        let hooks = Arc::new(Gateway { inner: inner.clone(), panics });
        let deadline = Duration::from_millis(if panics { 5_000 } else { 50 });
        let desk = Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), hooks, |options| {
            options.hooks.sms.deadline = deadline;
        })
        .unwrap();
        assert_eq!(send(&desk).await.unwrap_err().name, fault);
        // The message may have arrived, and a repetition within the interval finds its code and sends no other.
        let id = send(&desk).await.unwrap();
        assert_eq!(inner.sent().len(), 1);
        assert_eq!(inner.sent()[0].id, id);
        assert!(verify(&desk, &id, &inner.latest_code()).await.unwrap().outcome.passed());
    }
}

const REPLIES: Adapter = Adapter { operations: &[], otps: &[ReplyOtp::KIND], texts: &[], ..ADAPTER };

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(name = "reply", alphabet = "base32", digits = 10, life = "1h", attempts = 5, id = code)]
struct ReplyOtp {
    #[bound(issuer.id)]
    issuer: Option<String>,
}

#[tokio::test]
async fn a_code_that_is_found_by_itself_is_spent_once_although_a_commit_fails() {
    for applies in [false, true] {
        let store = Arc::new(FailingStore { applies, ..FailingStore::default() });
        let desk = Desk::new(&REPLIES, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
        let core = desk.core();
        let issued =
            core.issue_otp(IssueOtp::<ReplyOtp> { user: Some(USER.into()), ..IssueOtp::default() }).await.unwrap();
        let verify = || async {
            let input = VerifyOtp { value: Some(issued.code.clone()), ..VerifyOtp::<ReplyOtp>::default() };
            core.verify_otp(input).await.and_then(Verdict::passed).map_or_else(|fault| fault.name, |_| "passed")
        };
        store.fail_after(0);
        assert_eq!(verify().await, "store.unavailable");
        assert_eq!(verify().await, if applies { "otp.used" } else { "passed" });
        assert_eq!(verify().await, "otp.used");
    }
}

#[tokio::test]
async fn no_answers_and_no_deposits_pass_without_the_store() {
    for applies in [false, true] {
        let store = Arc::new(FailingStore { applies, ..FailingStore::default() });
        let desk = Desk::new(&REPLIES, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
        let core = desk.core();
        let hash = bcrypt::hash("rex", 4).unwrap();
        let answer =
            GivenAnswer { question_id: Some("q".into()), value: Secret::from("Rex"), ..GivenAnswer::default() };
        let answers = VerifyAnswers {
            user: Some(USER.into()),
            answers: vec![answer],
            enabled: Some(true),
            count: Some(1),
            enrolled: vec![EnrolledAnswer { question_id: "q".into(), hash, ..EnrolledAnswer::default() }],
            ..VerifyAnswers::default()
        };
        for commits in [0, 1] {
            store.fail_after(commits);
            assert_eq!(core.verify_answers(answers.clone()).await.unwrap_err().name, "store.unavailable");
        }
        assert!(core.verify_answers(answers).await.unwrap().passed().is_ok());
        let amounts = || [Decimal::parse("0.1").unwrap(), Decimal::parse("0.2").unwrap()];
        let [first, second] = amounts().map(Some);
        let account = PaymentAccount { id: "a".into(), deposits: Some(amounts()), ..PaymentAccount::default() };
        let deposits = VerifyDeposits {
            user: Some(USER.into()),
            account: Some("a".into()),
            accounts: vec![account],
            first,
            second,
            ..VerifyDeposits::default()
        };
        store.fail_after(0);
        assert_eq!(core.verify_deposits(deposits.clone()).await.unwrap_err().name, "store.unavailable");
        assert!(core.verify_deposits(deposits).await.unwrap().passed().is_ok());
    }
}

/// What the audit was told of failures of the store: how many requests, since when, until when.
async fn outages(store: &FailingStore) -> Vec<(u64, String, String)> {
    let entry = store.audit_after(0, 1_000).await.unwrap().into_iter().map(|stored| stored.record);
    let entry = entry.filter(|record| record.event == AuditEvent::StoreFailed);
    entry
        .map(|record| {
            assert_eq!((record.outcome, record.request.as_str()), (AuditOutcome::Failure, ""));
            let detail = record.detail.unwrap();
            let text = |name: &str| detail[name].as_str().unwrap().to_owned();
            (detail["requests"].as_u64().unwrap(), text("since"), text("until"))
        })
        .collect()
}

#[tokio::test]
async fn the_audit_is_reported_once_of_the_requests_that_the_store_failed() {
    let store = Arc::new(FailingStore::default());
    let bank = Arc::new(TestBank::with([user()]));
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |_| {}).unwrap();
    let id = send(&desk).await.unwrap();
    assert_eq!(outages(&store).await, [], "nothing has failed");
    store.down.store(true, Ordering::SeqCst);
    let (since, mut until) = (desk.clock.now().to_string(), String::new());
    for _ in 0..3 {
        until = desk.clock.now().to_string();
        // A request counts once, whatever it asks of the store.
        let core = desk.core();
        for _ in 0..2 {
            let value = Some(Secret::from("00000000"));
            let input = VerifyOtp { id: Some(id.clone()), value, user: None, code: code() };
            assert_eq!(core.verify_otp(input).await.unwrap_err().name, "store.unavailable");
        }
        desk.clock.turn(1);
    }
    assert_eq!(outages(&store).await, [], "the store is down");
    store.down.store(false, Ordering::SeqCst);
    assert!(verify(&desk, &id, &bank.latest_code()).await.unwrap().outcome.passed());
    assert_eq!(outages(&store).await, [(3, since, until)]);
    send(&desk).await.unwrap();
    assert_eq!(outages(&store).await.len(), 1, "what was told is told again");
}

#[tokio::test]
async fn what_the_audit_could_not_be_reported_is_reported_by_the_next() {
    for applies in [false, true] {
        let store = Arc::new(FailingStore { applies, ..FailingStore::default() });
        let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::with([user()])), |_| {}).unwrap();
        store.down.store(true, Ordering::SeqCst);
        send(&desk).await.unwrap_err();
        store.down.store(false, Ordering::SeqCst);
        let since = desk.clock.now().to_string();
        desk.clock.turn(60);
        // This one would have told it.
        store.fail_after(0);
        send(&desk).await.unwrap_err();
        let until = desk.clock.now().to_string();
        desk.clock.turn(60);
        send(&desk).await.unwrap();
        let mut expected = vec![(2, since.clone(), until)];
        if applies {
            // Nobody knew that it was stored; the same beginning shows that it is the same outage.
            expected.insert(0, (1, since.clone(), since));
        }
        assert_eq!(outages(&store).await, expected, "applies: {applies}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_requests_that_are_stored_at_once_one_tells_it() {
    let store = Arc::new(FailingStore::default());
    let desk = Arc::new(Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::with([user()])), |_| {}).unwrap());
    let together = |count: usize| {
        let tasks = (0..count).map(|_| {
            let desk = desk.clone();
            tokio::spawn(async move { verify(&desk, "no-such-code", "00000000").await.map(drop) })
        });
        tasks.collect::<Vec<_>>()
    };
    store.down.store(true, Ordering::SeqCst);
    for task in together(50) {
        assert_eq!(task.await.unwrap().unwrap_err().name, "store.unavailable");
    }
    store.down.store(false, Ordering::SeqCst);
    for task in together(50) {
        let _ = task.await.unwrap();
    }
    let entry: Vec<u64> = outages(&store).await.into_iter().map(|(requests, ..)| requests).collect();
    assert_eq!(entry, [50]);
}
