//! A bank that should keep better hashes of passwords, and hangs, blocks its thread, panics or fails when it is asked
//! whether it does, or given one: nobody waits for it beyond its deadline, and whoever typed the right password is in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countersign_runtime::hooks::{Call, HookError, Hooks, Lookup, NewPasswordHash, Sms};
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEntry, AuditEvent, AuditOutcome, Store};
use countersign_runtime::testing::{ADAPTER, Desk};
use countersign_runtime::{Secret, User, VerifyPassword};
use serde_json::json;

/// A password `s3cret` that was hashed for little.
const WEAK: &str = "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0$q4sYjZoWndy2sRlwZSoG0eoyLhc0LzJf+RgVnt8rKKE";

const DEADLINE: Duration = Duration::from_millis(300);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Well,
    Hangs,
    Blocks,
    Panics,
    Fails,
}

/// What it does when it is asked whether it keeps hashes, and when it gets one.
struct Hostile {
    asked: Does,
    given: Does,
    /// The threads on which it was asked.
    threads: Mutex<Vec<String>>,
    kept: AtomicUsize,
}

impl Hooks for Hostile {
    async fn lookup_user(&self, _call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        Ok(Some(User { id: "u1".into(), password_hash: Some(WEAK.into()), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }

    fn keeps_password_hashes(&self) -> bool {
        self.threads.lock().unwrap().push(std::thread::current().name().unwrap_or_default().to_owned());
        match self.asked {
            Does::Panics => panic!("no database yet"),
            Does::Blocks => std::thread::sleep(10 * DEADLINE),
            _ => {}
        }
        true
    }

    async fn keep_password_hash(&self, _call: &Call, _hash: &NewPasswordHash) -> Result<(), HookError> {
        self.kept.fetch_add(1, Ordering::SeqCst);
        match self.given {
            Does::Panics => panic!("no database yet"),
            Does::Blocks => std::thread::sleep(10 * DEADLINE),
            Does::Hangs => std::future::pending().await,
            Does::Fails => return Err(HookError::Broken("no database yet".into())),
            Does::Well => {}
        }
        Ok(())
    }
}

struct Case {
    desk: Desk,
    bank: Arc<Hostile>,
    store: Arc<MemoryStore>,
}

fn case(asked: Does, given: Does) -> Case {
    let bank = Arc::new(Hostile { asked, given, threads: Mutex::default(), kept: AtomicUsize::new(0) });
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |options| options.hooks.other.deadline = DEADLINE);
    Case { desk: desk.unwrap(), bank, store }
}

impl Case {
    async fn sign_in(&self) -> &'static str {
        let password = Some(Secret::from("s3cret"));
        let input = VerifyPassword { user: Some("u1".into()), password, ..VerifyPassword::default() };
        let verdict = self.desk.core().verify_password(input).await.unwrap();
        verdict.refusal.map_or("passed", |fault| fault.name)
    }

    async fn failed(&self) -> Vec<AuditEntry> {
        let entry = self.store.audit_after(0, 100).await.unwrap().into_iter().map(|stored| stored.record);
        entry.filter(|record| record.event == AuditEvent::HookFailed).collect()
    }
}

#[tokio::test]
async fn it_is_asked_once_and_on_a_thread_of_its_own() {
    let case = case(Does::Well, Does::Well);
    for number in 1..4 {
        assert_eq!(case.sign_in().await, "passed");
        assert_eq!(case.bank.kept.load(Ordering::SeqCst), number);
    }
    assert_eq!(*case.bank.threads.lock().unwrap(), ["hooks"]);
    assert!(case.failed().await.is_empty());
}

#[tokio::test]
async fn where_it_does_not_say_so_it_gets_none() {
    for does in [Does::Panics, Does::Blocks] {
        let began = Instant::now();
        let case = case(does, Does::Well);
        assert!(began.elapsed() < 9 * DEADLINE, "{does:?}: the start waits for it no longer than for any hook");
        for _ in 0..3 {
            assert_eq!(case.sign_in().await, "passed", "{does:?}");
        }
        assert_eq!(case.bank.threads.lock().unwrap().len(), 1, "{does:?}");
        assert_eq!(case.bank.kept.load(Ordering::SeqCst), 0, "{does:?}");
    }
}

#[tokio::test]
async fn that_it_does_not_keep_one_is_reported_and_nobody_else_bears_it() {
    for (does, reason) in [
        (Does::Fails, "hook.failed"),
        (Does::Panics, "hook.panicked"),
        (Does::Hangs, "hook.timed_out"),
        (Does::Blocks, "hook.timed_out"),
    ] {
        let case = case(Does::Well, does);
        assert_eq!(case.sign_in().await, "passed", "{does:?}");
        let failed = case.failed().await;
        assert_eq!(failed.len(), 1, "{does:?}");
        let AuditEntry { outcome, user, detail, request, .. } = &failed[0];
        assert_eq!((*outcome, user.as_deref()), (AuditOutcome::Failure, Some("u1")));
        assert_eq!(*detail, Some(json!({ "endpoint": "test", "hook": "keep_password_hash" })));
        assert_eq!(request.len(), 36);
        // A panic may take longer to unwind on a busy machine.
        let entry = failed[0].reason.as_deref().unwrap();
        assert!(entry == reason || does == Does::Panics && entry == "hook.timed_out", "{does:?}: {entry}");
    }
}
