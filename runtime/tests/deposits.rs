//! Deposits: which account is meant, which amounts pass, how failures lock for good, and what a refusal carries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::store::embedded::EmbeddedStore;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{
    Decimal, DepositMethod, Fault, Outcome, Pairs, PaymentAccount, VerifiedDeposits, VerifyDeposits,
};
use tokio::task::JoinSet;

fn amount(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn accounts() -> Vec<PaymentAccount> {
    let account = |id: &str, name: &str, deposits: Option<[&str; 2]>| PaymentAccount {
        id: id.to_owned(),
        account_type: "credit".into(),
        network: "visa".into(),
        attributes: [("cardNickname".to_owned(), name.to_owned())].into(),
        deposits: deposits.map(|amounts| amounts.map(amount)),
    };
    vec![
        account("blue", "Blue card", Some(["0.75", "0.25"])),
        account("red", "Red card", Some(["0.10", "0.20"])),
        account("free", "Free card", None),
    ]
}

struct Case {
    desk: Desk,
    store: Arc<dyn Store>,
}

fn case() -> Case {
    case_on(Arc::new(MemoryStore::default()))
}

fn case_on(store: Arc<dyn Store>) -> Case {
    let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
    Case { desk, store }
}

fn entry(account: &str, first: &str, second: &str) -> VerifyDeposits {
    VerifyDeposits {
        user: Some("dana".into()),
        accounts: accounts(),
        first: Some(amount(first)),
        second: Some(amount(second)),
        account: Some(account.to_owned()),
        account_type: Some("credit".into()),
        network: Some("visa".into()),
        attributes: Some(Pairs::default()),
        issuer: Some("issuer".into()),
    }
}

impl Case {
    async fn verify(&self, input: VerifyDeposits) -> Result<VerifiedDeposits, Fault> {
        self.desk.core().verify_deposits(input).await?.passed()
    }

    async fn says(&self, account: &str, first: &str, second: &str) -> &'static str {
        self.verify(entry(account, first, second)).await.map_or_else(|fault| fault.name, |_| "passed")
    }

    async fn events(&self) -> Vec<AuditEvent> {
        self.store.audit_after(0, 10_000).await.unwrap().into_iter().map(|stored| stored.record.event).collect()
    }
}

#[tokio::test]
async fn the_two_amounts_pass_in_either_order_as_often_as_they_are_reported() {
    let case = case();
    let verified = case.verify(entry("blue", "0.75", "0.25")).await.unwrap();
    assert_eq!(verified, VerifiedDeposits { outcome: Outcome::Passed, method: DepositMethod::Compared });
    assert_eq!(case.says("blue", "0.25", "0.75").await, "passed");
    assert_eq!(case.says("blue", "2.5e-1", "0.750").await, "passed");
    assert_eq!(case.says("red", "0.2", "0.1").await, "passed");
    assert_eq!(case.events().await, [AuditEvent::DepositsVerified; 4]);
}

#[tokio::test]
async fn an_account_without_deposits_passes_unasked() {
    let verified = case().verify(entry("free", "1", "2")).await.unwrap();
    assert_eq!(verified, VerifiedDeposits { outcome: Outcome::Passed, method: DepositMethod::Waived });
}

#[tokio::test]
async fn without_a_number_the_account_is_found_by_what_is_reported_of_it() {
    let case = case();
    let by = |pairs: &[(&str, &str)]| VerifyDeposits {
        account: None,
        attributes: Some(Pairs(pairs.iter().map(|(name, value)| ((*name).into(), Some((*value).into()))).collect())),
        ..entry("", "0.1", "0.2")
    };
    assert!(case.verify(by(&[("cardNickname", "Red card")])).await.is_ok());
    for pairs in [&[][..], &[("cardNickname", "Grey card")], &[("cardNickname", "Red card"), ("x", "y")]] {
        assert_eq!(case.verify(by(pairs)).await.unwrap_err().name, "payment_account.unknown", "{pairs:?}");
    }
    let nobody = VerifyDeposits { accounts: Vec::new(), ..entry("blue", "0.75", "0.25") };
    assert_eq!(case.verify(nobody).await.unwrap_err().name, "payment_account.unknown");
    assert_eq!(case.says("grey", "0.75", "0.25").await, "payment_account.unknown");
}

#[tokio::test]
async fn the_third_failure_locks_the_account_for_good() {
    let case = case();
    assert_eq!(case.says("blue", "0.11", "0.12").await, "deposit.wrong");
    assert_eq!(case.says("blue", "0.75", "0.75").await, "deposit.wrong");
    assert_eq!(case.says("blue", "0.25", "0.25").await, "deposit.locked");
    for seconds in [0, 24 * 3600, 10 * 365 * 24 * 3600] {
        case.desk.clock.turn(seconds);
        assert_eq!(case.says("blue", "0.75", "0.25").await, "deposit.locked");
    }
    // Other accounts and users are not; another issuer gives no further attempts.
    assert_eq!(case.says("red", "0.1", "0.2").await, "passed");
    let jane = VerifyDeposits { user: Some("jane".into()), ..entry("blue", "0.75", "0.25") };
    assert!(case.verify(jane).await.is_ok());
    let elsewhere = VerifyDeposits { issuer: Some("other".into()), ..entry("blue", "0.75", "0.25") };
    assert_eq!(case.verify(elsewhere).await.unwrap_err().name, "deposit.locked");
    let blocked = case.events().await.into_iter().filter(|event| *event == AuditEvent::DepositsBlocked).count();
    assert_eq!(blocked, 5);
}

#[tokio::test]
async fn right_amounts_begin_the_row_of_failures_anew() {
    let case = case();
    for _ in 0..3 {
        assert_eq!(case.says("blue", "1", "1").await, "deposit.wrong");
        assert_eq!(case.says("blue", "2", "2").await, "deposit.wrong");
        assert_eq!(case.says("blue", "0.75", "0.25").await, "passed");
    }
}

#[tokio::test]
async fn a_refusal_carries_that_amounts_were_compared_and_failed() {
    let case = case();
    for name in ["deposit.wrong", "deposit.wrong", "deposit.locked", "deposit.locked"] {
        let fault = case.verify(entry("blue", "0.11", "0.12")).await.unwrap_err();
        let carried = fault.carried();
        assert_eq!(
            (fault.name, carried.outcome, carried.method),
            (name, Outcome::Failed, Some(DepositMethod::Compared))
        );
    }
    let unknown = case.verify(entry("grey", "1", "2")).await.unwrap_err();
    assert_eq!((unknown.carried().outcome, unknown.carried().method), (Outcome::Skipped, None));
}

#[tokio::test]
async fn the_lock_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deposits.db");
    {
        let case = case_on(Arc::new(EmbeddedStore::open(&path).unwrap()));
        for _ in 0..3 {
            case.says("blue", "1", "1").await;
        }
    }
    let case = case_on(Arc::new(EmbeddedStore::open(&path).unwrap()));
    assert_eq!(case.says("blue", "0.75", "0.25").await, "deposit.locked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_guesses_at_once_two_are_told_to_be_wrong() {
    for _ in 0..50 {
        let case = Arc::new(case());
        let mut tasks = JoinSet::new();
        for number in 0..50 {
            let case = case.clone();
            tasks.spawn(async move { case.says("blue", &format!("0.{number:02}"), "0.99").await });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| **answer == "deposit.wrong").count(), 2);
        assert_eq!(answers.iter().filter(|answer| **answer == "deposit.locked").count(), 48);
        assert_eq!(case.says("blue", "0.75", "0.25").await, "deposit.locked");
    }
}
