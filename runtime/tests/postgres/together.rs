//! Several adapters on one database, each with connections of its own.

use std::sync::Arc;

use countersign_runtime::store::postgres::{PostgresOptions, PostgresStore};
use countersign_runtime::store::{
    AuditEvent, Batch, Clocked, Committed, Condition, Count, Kind, RecordKey, Store, Window,
};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank, TestOtp};
use countersign_runtime::{Outcome, Secret, SendOtp, User, Verdict, VerifiedOtp, VerifyOtp};
use serde_json::json;
use tokio::task::JoinSet;

use crate::pg_server::shared;
use crate::times;

const ADAPTERS: usize = 4;
const AT_ONCE: usize = 16;
const NOW: i64 = 1_780_000_000_000;

fn stores(clocked: Clocked) -> Vec<Arc<dyn Store>> {
    let address = shared().address(&shared().database());
    let options = PostgresOptions { clocked, connections: 8, ..PostgresOptions::default() };
    (0..ADAPTERS)
        .map(|_| Arc::new(PostgresStore::open_with(&address, options.clone()).unwrap()) as Arc<dyn Store>)
        .collect()
}

/// Adapters of one bank.
struct Bank {
    desks: Vec<Arc<Desk>>,
    bank: Arc<TestBank>,
}

fn bank(stores: Vec<Arc<dyn Store>>) -> Bank {
    let bank = Arc::new(TestBank::default());
    let desk =
        |store| Desk::new(&ADAPTER, store, bank.clone(), |options| options.limits.dev_limits_off = true).unwrap();
    Bank { desks: stores.into_iter().map(|store| Arc::new(desk(store))).collect(), bank }
}

impl Bank {
    fn desk(&self, number: usize) -> Arc<Desk> {
        self.desks[number % self.desks.len()].clone()
    }

    async fn sent(&self, by: usize, user: &str, operation: &str) -> (String, String) {
        self.bank.add(User { id: user.into(), phone: "+420601234567".parse().ok(), ..User::default() });
        let code = TestOtp::payment(operation, user);
        let input = SendOtp { user: Some(user.into()), code, ..SendOtp::default() };
        let sent = self.desk(by).core().send_otp(input).await.unwrap();
        assert_eq!(sent.outcome, Outcome::Passed);
        (sent.id, self.bank.latest_code())
    }
}

async fn verify(desk: Arc<Desk>, id: String, typed: String, code: TestOtp) -> Verdict<VerifiedOtp<TestOtp>> {
    let input = VerifyOtp { id: Some(id), value: Some(Secret::from(typed)), user: None, code };
    desk.core().verify_otp(input).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_passes_exactly_once_on_whichever_adapter() {
    let bank = bank(stores(Clocked::Own));
    let codes = times("COUNTERSIGN_RACE_CODES", 200);
    let began = std::time::Instant::now();
    for number in 0..codes {
        let (user, operation) = (format!("u{}", number % 50), format!("op-{number}"));
        let (id, typed) = bank.sent(number, &user, &operation).await;
        let mut tasks = JoinSet::new();
        for turn in 0..AT_ONCE {
            let code = TestOtp::payment(&operation, &user);
            tasks.spawn(verify(bank.desk(turn), id.clone(), typed.clone(), code));
        }
        let passed = tasks.join_all().await.iter().filter(|verdict| verdict.outcome.passed()).count();
        assert_eq!(passed, 1, "code {number}");
    }
    println!("{codes} codes, {AT_ONCE} right verifications each over {ADAPTERS} adapters, {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_fifty_codes_of_one_user_five_attempts_are_compared() {
    let stores = stores(Clocked::Own);
    let bank = bank(stores.clone());
    let mut open = Vec::new();
    for number in 0..50 {
        let operation = format!("op-{number}");
        let (id, typed) = bank.sent(number, "victim", &operation).await;
        open.push((operation, id, if typed == "00000000" { "00000001" } else { "00000000" }));
    }
    let mut tasks = JoinSet::new();
    for (operation, id, wrong) in &open {
        for turn in 0..4 {
            tasks.spawn(verify(bank.desk(turn), id.clone(), (*wrong).into(), TestOtp::payment(operation, "victim")));
        }
    }
    let verdicts = tasks.join_all().await;
    let compared = verdicts.iter().filter(|verdict| verdict.refusal.as_ref().is_some_and(|f| f.name == "otp.wrong"));
    assert_eq!(compared.count(), 5);
    let audit = stores[0].audit_after(0, 100_000).await.unwrap();
    assert_eq!(audit.iter().filter(|stored| stored.record.event == AuditEvent::OtpFailed).count(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_is_never_over_full() {
    let stores = stores(Clocked::Own);
    for round in 0..20 {
        let mut tasks = JoinSet::new();
        for turn in 0..40 {
            let windows = vec![Window { length: 600_000, most: 10 }];
            let count = Count { family: "test", key: format!("k{round}"), add: 1, grain: 1, windows };
            let store = stores[turn % ADAPTERS].clone();
            let batch = Batch { counts: vec![count], ..Batch::at(0) };
            tasks.spawn(async move { store.commit(batch).await.unwrap() });
        }
        let done = tasks.join_all().await;
        assert_eq!(done.iter().filter(|done| matches!(done, Committed::Applied(_))).count(), 10);
        assert_eq!(done.iter().filter(|done| matches!(done, Committed::Over(0))).count(), 30);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_must_be_absent_stays_absent_until_the_batch_is_done() {
    let stores = stores(Clocked::Own);
    let key = |name: &str, round: usize| RecordKey::new(Kind::Consent, format!("{name}{round}"));
    for round in 0..50 {
        // Each wants the other's record to be absent; in whichever order, one of them finds it.
        let one = |mine: &str, other: &str| {
            let batch = Batch::at(0).only_if(Condition::Absent(key(other, round)));
            batch.put(key(mine, round), json!(1), i64::MAX)
        };
        let (first, second) = (stores[0].commit(one("a", "b")), stores[1].commit(one("b", "a")));
        let (first, second) = tokio::join!(first, second);
        let done = [first.unwrap(), second.unwrap()];
        assert_eq!(done.iter().filter(|done| matches!(done, Committed::Applied(_))).count(), 1, "{done:?}");
        assert_eq!(done.iter().filter(|done| matches!(done, Committed::Conflict(0))).count(), 1, "{done:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_that_name_the_same_rows_in_any_order_all_come_through() {
    let stores = stores(Clocked::Own);
    let mut tasks = JoinSet::new();
    for turn in 0..64_usize {
        let store = stores[turn % ADAPTERS].clone();
        tasks.spawn(async move {
            let mut batch = Batch::at(0);
            for offset in 0..20 {
                let id = format!("r{}", if turn % 2 == 0 { offset } else { 19 - offset });
                batch = batch.put(RecordKey::new(Kind::Code, id), json!(turn), i64::MAX);
            }
            store.commit(batch).await.unwrap()
        });
    }
    assert!(tasks.join_all().await.iter().all(|done| matches!(done, Committed::Applied(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_clock_counts_whatever_the_adapters_clocks_say() {
    let stores = stores(Clocked::Own);
    let key = RecordKey::new(Kind::Code, "a");
    let now = stores[0].get(key.clone(), 0).await.unwrap().now;
    assert!(now > NOW);
    let batch = Batch::at(now + 600_000).put(key.clone(), json!(1), now + 60_000);
    assert!(matches!(stores[0].commit(batch).await.unwrap(), Committed::Applied(_)));
    for wrong in [now - 600_000, now + 600_000] {
        let read = stores[1].get(key.clone(), wrong).await.unwrap();
        assert!(read.record.is_some() && (now..now + 30_000).contains(&read.now), "{} and {now}", read.now);
        assert_eq!(stores[2].purge(wrong).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_the_database_cannot_hold_is_unknown() {
    let stores = stores(Clocked::Own);
    assert_eq!(stores[0].get(RecordKey::new(Kind::Code, "a\0b"), 0).await.unwrap().record, None);
}
