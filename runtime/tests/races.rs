//! Many requests at once: of all right verifications of a code exactly one passes, and of all wrong ones no more are
//! compared than a user has attempts. `COUNTERSIGN_RACE_CODES` sets how many codes are raced for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[cfg(feature = "postgres")]
mod pg_server;

use std::sync::Arc;

use countersign_runtime::store::embedded::EmbeddedStore;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank, TestOtp};
use countersign_runtime::{Outcome, Secret, SendOtp, User, Verdict, VerifiedOtp, VerifyOtp};
use tokio::task::JoinSet;

const AT_ONCE: usize = 16;

fn codes() -> usize {
    std::env::var("COUNTERSIGN_RACE_CODES").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

struct Case {
    desk: Arc<Desk>,
    bank: Arc<TestBank>,
}

fn case(store: Arc<dyn Store>) -> Case {
    let bank = Arc::new(TestBank::default());
    let desk = Desk::new(&ADAPTER, store, bank.clone(), |options| options.limits.dev_limits_off = true).unwrap();
    Case { desk: Arc::new(desk), bank }
}

impl Case {
    async fn sent(&self, user: &str, operation: &str) -> (String, String) {
        self.bank.add(User { id: user.into(), phone: "+420601234567".parse().ok(), ..User::default() });
        let code = TestOtp::payment(operation, user);
        let input = SendOtp { user: Some(user.into()), code, ..SendOtp::default() };
        let sent = self.desk.core().send_otp(input).await.unwrap();
        assert_eq!(sent.outcome, Outcome::Passed);
        (sent.id, self.bank.latest_code())
    }
}

async fn verify(desk: Arc<Desk>, id: String, typed: String, code: TestOtp) -> Verdict<VerifiedOtp<TestOtp>> {
    let input = VerifyOtp { id: Some(id), value: Some(Secret::from(typed)), user: None, code };
    desk.core().verify_otp(input).await.unwrap()
}

async fn one_success_for_every_code(store: Arc<dyn Store>, name: &str) {
    let case = case(store);
    let began = std::time::Instant::now();
    let mut refusals = std::collections::BTreeMap::<&str, usize>::new();
    for number in 0..codes() {
        let (user, operation) = (format!("u{}", number % 50), format!("op-{number}"));
        let (id, typed) = case.sent(&user, &operation).await;
        let mut tasks = JoinSet::new();
        for _ in 0..AT_ONCE {
            let code = TestOtp::payment(&operation, &user);
            tasks.spawn(verify(case.desk.clone(), id.clone(), typed.clone(), code));
        }
        let verdicts = tasks.join_all().await;
        let passed = verdicts.iter().filter(|verdict| verdict.outcome.passed()).count();
        assert_eq!(passed, 1, "code {number} on {name}");
        for refusal in verdicts.iter().filter_map(|verdict| verdict.refusal.as_ref()) {
            *refusals.entry(refusal.name).or_default() += 1;
        }
    }
    println!("{name}: {} codes, {AT_ONCE} at once, {:?}, {refusals:?}", codes(), began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_memory_every_code_passes_exactly_once() {
    one_success_for_every_code(Arc::new(MemoryStore::default()), "memory").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_file_every_code_passes_exactly_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = Arc::new(EmbeddedStore::open(&folder.path().join("races.db")).unwrap());
    one_success_for_every_code(store, "embedded").await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_database_every_code_passes_exactly_once() {
    one_success_for_every_code(Arc::new(pg_server::shared().store(Default::default())), "postgres").await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_pooler_every_code_passes_exactly_once() {
    let Some(pooler) = pg_server::pooler::shared() else { return };
    let store = pooler.store(pg_server::shared(), Default::default());
    one_success_for_every_code(Arc::new(store), "pooler").await;
}

async fn no_more_compared_than_attempts(store: Arc<dyn Store>) {
    let case = case(store.clone());
    let mut open = Vec::new();
    for number in 0..50 {
        let operation = format!("op-{number}");
        let (id, typed) = case.sent("victim", &operation).await;
        open.push((operation, id, if typed == "00000000" { "00000001" } else { "00000000" }));
    }
    let mut tasks = JoinSet::new();
    for (operation, id, wrong) in &open {
        for _ in 0..4 {
            let code = TestOtp::payment(operation, "victim");
            tasks.spawn(verify(case.desk.clone(), id.clone(), (*wrong).to_owned(), code));
        }
    }
    let verdicts = tasks.join_all().await;
    let compared = verdicts.iter().filter(|verdict| verdict.refusal.as_ref().is_some_and(|f| f.name == "otp.wrong"));
    assert_eq!(compared.count(), 5);
    let audit = store.audit_after(0, 100_000).await.unwrap();
    assert_eq!(audit.iter().filter(|stored| stored.record.event == AuditEvent::OtpFailed).count(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_fifty_codes_of_one_user_five_attempts_are_compared() {
    no_more_compared_than_attempts(Arc::new(MemoryStore::default())).await;
    let folder = tempfile::TempDir::new().unwrap();
    no_more_compared_than_attempts(Arc::new(EmbeddedStore::open(&folder.path().join("races.db")).unwrap())).await;
    #[cfg(feature = "postgres")]
    no_more_compared_than_attempts(Arc::new(pg_server::shared().store(Default::default()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixteen_wrong_attempts_of_a_code_five_are_compared() {
    let case = case(Arc::new(MemoryStore::default()));
    let began = std::time::Instant::now();
    let mut most = 0;
    for number in 0..codes() {
        // Each code has a user of its own, or the user would be blocked before the code.
        let (user, operation) = (format!("u{number}"), format!("op-{number}"));
        let (id, typed) = case.sent(&user, &operation).await;
        let wrong = if typed == "00000000" { "00000001" } else { "00000000" };
        let mut tasks = JoinSet::new();
        for _ in 0..AT_ONCE {
            let code = TestOtp::payment(&operation, &user);
            tasks.spawn(verify(case.desk.clone(), id.clone(), wrong.to_owned(), code));
        }
        let verdicts = tasks.join_all().await;
        let compared =
            verdicts.iter().filter(|verdict| verdict.refusal.as_ref().is_some_and(|f| f.name == "otp.wrong"));
        let compared = compared.count();
        assert!(compared <= 5, "code {number}: {compared} were compared");
        most = most.max(compared);
        assert!(!verify(case.desk.clone(), id, typed, TestOtp::payment(&operation, &user)).await.outcome.passed());
    }
    println!("wrong codes: {} codes, {AT_ONCE} at once, at most {most} compared, {:?}", codes(), began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_pairs_side_by_side_block_nobody() {
    let case = case(Arc::new(MemoryStore::default()));
    for number in 0..codes() {
        let mut pairs = Vec::new();
        for half in ["a", "b"] {
            let operation = format!("op-{number}-{half}");
            let (id, typed) = case.sent("honest", &operation).await;
            pairs.push((operation, id, typed));
        }
        let mut tasks = JoinSet::new();
        for (operation, id, typed) in pairs {
            tasks.spawn(verify(case.desk.clone(), id, typed, TestOtp::payment(&operation, "honest")));
        }
        assert!(tasks.join_all().await.iter().all(|verdict| verdict.outcome.passed()), "pair {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creating_side_by_side_leaves_one_open_code() {
    let case = case(Arc::new(MemoryStore::default()));
    case.bank.add(User { id: "u".into(), phone: "+420601234567".parse().ok(), ..User::default() });
    let mut tasks = JoinSet::new();
    for _ in 0..AT_ONCE {
        let desk = case.desk.clone();
        tasks.spawn(async move {
            let code = TestOtp::payment("op", "u");
            let input = SendOtp { user: Some("u".into()), code, ..SendOtp::default() };
            desk.core().send_otp(input).await.unwrap().id
        });
    }
    let ids = tasks.join_all().await;
    let mut open = 0;
    for id in ids {
        let verdict = verify(case.desk.clone(), id, String::new(), TestOtp::payment("op", "u")).await;
        open += usize::from(verdict.refusal.is_some_and(|fault| fault.name == "otp.missing"));
    }
    assert_eq!(open, 1);
}
