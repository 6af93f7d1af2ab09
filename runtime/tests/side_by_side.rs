//! Attempts of one user side by side, with a bank that takes its time over passwords: how many are under way at once, what
//! those are answered that find no room, and that nothing lifts the last block but an operator.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countersign_runtime::hooks::{Call, HookError, Hooks, Lookup, PasswordCheck, PasswordResult, Sms};
use countersign_runtime::settings::Options;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEntry, AuditEvent, AuditOutcome, Store};
use countersign_runtime::testing::{ADAPTER, Desk};
use countersign_runtime::{Fault, Secret, User, VerifyPassword};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// A bank that says of a password what it is called, once it is let.
struct SlowBank {
    begun: AtomicUsize,
    right: Semaphore,
    wrong: Semaphore,
}

impl Hooks for SlowBank {
    async fn lookup_user(&self, _call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        Ok(Some(User { id: "john".to_owned(), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }

    async fn verify_password(&self, _call: &Call, check: &PasswordCheck) -> Result<PasswordResult, HookError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let (gate, result) = match check.password.expose().as_str() {
            "right" => (&self.right, PasswordResult::Right),
            _ => (&self.wrong, PasswordResult::Wrong),
        };
        gate.acquire().await.unwrap().forget();
        Ok(result)
    }
}

struct Case {
    desk: Desk,
    bank: Arc<SlowBank>,
    store: Arc<MemoryStore>,
}

fn case(change: impl FnOnce(&mut Options)) -> Case {
    let bank = Arc::new(SlowBank { begun: AtomicUsize::new(0), right: Semaphore::new(0), wrong: Semaphore::new(0) });
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), change).unwrap();
    Case { desk, bank, store }
}

type Answer = Result<&'static str, Fault>;

impl Case {
    fn asked(&self, password: &str) -> JoinHandle<Answer> {
        let (core, user, password) = (self.desk.core(), Some("john".to_owned()), Some(Secret::from(password)));
        tokio::spawn(async move {
            let input = VerifyPassword { user, password, ..VerifyPassword::default() };
            Ok(core.verify_password(input).await?.refusal.map_or("passed", |fault| fault.name))
        })
    }

    async fn answered(&self, password: &str) -> &'static str {
        self.asked(password).await.unwrap().unwrap()
    }

    /// Waits until the bank has begun with so many passwords.
    async fn begun(&self, many: usize) {
        while self.bank.begun.load(Ordering::SeqCst) < many {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn audit(&self) -> Vec<AuditEntry> {
        self.store.audit_after(0, 10_000).await.unwrap().into_iter().map(|stored| stored.record).collect()
    }

    /// Lets so many wrong passwords in a row be tried, and each block that they bring go by.
    async fn failed(&self, many: usize) {
        self.bank.wrong.add_permits(many);
        for number in 0..many {
            assert_eq!(self.answered("wrong").await, "password.wrong", "{number}");
            if (number + 1) % self.desk.shared.options.limits.failures as usize == 0 {
                self.desk.clock.turn(24 * 60 * 60);
            }
        }
    }
}

#[tokio::test]
async fn who_finds_as_many_tries_under_way_as_are_left_is_not_told_to_be_blocked() {
    let case = case(|_| {});
    let hanging: Vec<_> = (0..5).map(|_| case.asked("right")).collect();
    case.begun(5).await;
    let sixth = case.asked("right").await.unwrap();
    assert_eq!(sixth.unwrap_err().name, "overloaded");
    let entry = case.audit().await.pop().unwrap();
    assert_eq!((entry.event, entry.outcome), (AuditEvent::PasswordFailed, AuditOutcome::Failure));
    assert_eq!((entry.reason.as_deref(), entry.user.as_deref()), (Some("overloaded"), Some("john")));
    assert_eq!(case.bank.begun.load(Ordering::SeqCst), 5, "the bank was not asked about it");
    case.bank.right.add_permits(6);
    for one in hanging {
        assert_eq!(one.await.unwrap().unwrap(), "passed");
    }
    assert_eq!(case.answered("right").await, "passed");
    assert!(case.audit().await.iter().all(|entry| entry.event != AuditEvent::PasswordBlocked));
}

#[tokio::test]
async fn at_the_cap_one_try_is_under_way_and_no_success_lifts_the_last_block() {
    // The cap is no multiple of the failures of a round.
    let case = case(|options| options.limits.failures = 3);
    case.failed(96).await;
    let near = |entry: &AuditEntry| entry.event == AuditEvent::FailuresNearCap;
    assert_eq!(case.audit().await.iter().filter(|entry| near(entry)).count(), 0);
    case.failed(3).await;
    assert_eq!(case.audit().await.iter().filter(|entry| near(entry)).count(), 1);

    let last = case.asked("wrong");
    case.begun(100).await;
    let beside = case.asked("right");
    case.bank.right.add_permits(2);
    tokio::time::sleep(Duration::from_millis(100)).await;
    case.bank.wrong.add_permits(1);
    assert_eq!(last.await.unwrap().unwrap(), "password.wrong");
    assert_eq!(beside.await.unwrap().unwrap(), "password.locked");
    assert_eq!(case.bank.begun.load(Ordering::SeqCst), 100);
    let why = case.audit().await.into_iter().filter(|entry| entry.event == AuditEvent::PasswordBlocked);
    let why: Vec<_> = why.filter_map(|entry| entry.reason).collect();
    assert_eq!(why[why.len() - 2], "failures in a row, until an operator lifts the block");
    case.desk.clock.turn(10 * 365 * 24 * 60 * 60);
    assert_eq!(case.answered("right").await, "password.locked");
}

#[tokio::test]
async fn a_cap_of_one_round_is_the_first_block_and_is_not_told_before() {
    let case = case(|options| options.limits.hard_cap = 5);
    case.failed(5).await;
    assert_eq!(case.answered("right").await, "password.locked");
    assert!(case.audit().await.iter().all(|entry| entry.event != AuditEvent::FailuresNearCap));
}
