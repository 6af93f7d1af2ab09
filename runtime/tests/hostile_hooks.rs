//! A bank whose code is against its adapter: it hangs, blocks threads, panics, fails with secrets in its words, floods,
//! and gives what no bank gives. What the caller is told, what is counted, and that everything else goes on.
//! `COUNTERSIGN_HOSTILE_SECONDS` sets for how long verifications are counted; see `docs/figures.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use countersign_runtime::hooks::{Call, HookError, Hooks, Lookup, PasswordCheck, PasswordResult, Sms, UserKey};
use countersign_runtime::settings::Options;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestOtp};
use countersign_runtime::{Fault, Organization, Secret, SendOtp, SentOtp, User, VerifyOtp, VerifyPassword};

const USER: &str = "12345678";

/// What the bank's code does when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Well,
    Hangs,
    Blocks,
    Panics,
    Fails,
    Refuses,
    Later,
}

/// A bank that is against its adapter.
struct Hostile {
    lookup: Mutex<Does>,
    gateway: Mutex<Does>,
    password: Mutex<Does>,
    users: Mutex<Option<User>>,
    sent: Mutex<Vec<Sms>>,
    calls: AtomicUsize,
    release: Arc<AtomicBool>,
}

impl Default for Hostile {
    fn default() -> Self {
        Hostile {
            lookup: Mutex::new(Does::Well),
            gateway: Mutex::new(Does::Well),
            password: Mutex::new(Does::Well),
            users: Mutex::new(Some(user())),
            sent: Mutex::default(),
            calls: AtomicUsize::new(0),
            release: Arc::default(),
        }
    }
}

fn user() -> User {
    let hash = countersign_runtime::crypto::password::hash("s3cret").ok();
    User { id: USER.into(), phone: "+420601234567".parse().ok(), password_hash: hash, ..User::default() }
}

impl Hostile {
    async fn act(&self, does: Does) -> Result<(), HookError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let secrets = "code 12345678 for +420601234567, password s3cret-Heslo\n2026 INFO all well".to_owned();
        match does {
            Does::Well => Ok(()),
            Does::Hangs => std::future::pending().await,
            Does::Blocks => {
                while !self.release.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Ok(())
            }
            Does::Panics => panic!("{secrets}"),
            Does::Fails => Err(HookError::Broken(secrets)),
            Does::Refuses => Err(HookError::Refused(secrets)),
            Does::Later => Err(HookError::TryLater(secrets)),
        }
    }

    fn code(&self) -> String {
        let text = self.sent.lock().unwrap().last().unwrap().text.expose().clone();
        text.trim_end_matches('.').rsplit(' ').next().unwrap().to_owned()
    }
}

impl Hooks for Hostile {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let does = *self.lookup.lock().unwrap();
        self.act(does).await?;
        let user = self.users.lock().unwrap().clone();
        match &lookup.key {
            // Each of many users has a number of their own.
            UserKey::Id(id) if id.starts_with('u') => {
                let phone = format!("+42060{:07}", id[1..].parse::<u32>().unwrap());
                Ok(Some(User { id: id.clone(), phone: phone.parse().ok(), ..User::default() }))
            }
            _ => Ok(user),
        }
    }

    async fn send_sms(&self, _call: &Call, sms: &Sms) -> Result<(), HookError> {
        let does = *self.gateway.lock().unwrap();
        self.sent.lock().unwrap().push(sms.clone());
        self.act(does).await
    }

    async fn verify_password(&self, _call: &Call, _check: &PasswordCheck) -> Result<PasswordResult, HookError> {
        let does = *self.password.lock().unwrap();
        self.act(does).await.map(|()| PasswordResult::CompareHash)
    }
}

struct Case {
    desk: Arc<Desk>,
    bank: Arc<Hostile>,
    store: Arc<MemoryStore>,
}

fn case() -> Case {
    case_with(|options| {
        options.hooks.lookup.deadline = Duration::from_millis(300);
        options.hooks.sms.deadline = Duration::from_millis(300);
        options.hooks.other.deadline = Duration::from_millis(300);
    })
}

fn case_with(change: impl FnOnce(&mut Options)) -> Case {
    let (bank, store) = (Arc::new(Hostile::default()), Arc::new(MemoryStore::default()));
    let desk = Arc::new(Desk::new(&ADAPTER, store.clone(), bank.clone(), change).unwrap());
    Case { desk, bank, store }
}

impl Drop for Case {
    fn drop(&mut self) {
        self.bank.release.store(true, Ordering::SeqCst);
    }
}

impl Case {
    async fn send_to(&self, user: &str, operation: &str) -> Result<SentOtp, Fault> {
        let code = TestOtp::payment(operation, user);
        self.desk.core().send_otp(SendOtp { user: Some(user.into()), code, ..SendOtp::default() }).await
    }

    async fn send(&self, operation: &str) -> Result<SentOtp, Fault> {
        self.send_to(USER, operation).await
    }

    async fn verify(&self, id: &str, typed: &str, operation: &str) -> &'static str {
        let value = Some(Secret::from(typed));
        let input = VerifyOtp { id: Some(id.into()), value, user: None, code: TestOtp::payment(operation, USER) };
        let verdict = self.desk.core().verify_otp(input).await.unwrap();
        verdict.refusal.map_or("passed", |fault| fault.name)
    }

    async fn sign_in(&self) -> &'static str {
        let input = VerifyPassword {
            user: Some(USER.into()),
            password: Some(Secret::from("s3cret")),
            ..VerifyPassword::default()
        };
        match self.desk.core().verify_password(input).await {
            Ok(verdict) => verdict.refusal.map_or("passed", |fault| fault.name),
            Err(fault) => fault.name,
        }
    }

    async fn count(&self, event: AuditEvent) -> usize {
        let entry = self.store.audit_after(0, 100_000).await.unwrap();
        entry.iter().filter(|stored| stored.record.event == event).count()
    }
}

fn scrubbed(fault: &Fault) {
    let entry = format!("{fault:?}");
    for secret in ["12345678", "601234567", "\n"] {
        assert!(!entry.contains(secret), "{entry}");
    }
}

#[tokio::test]
async fn a_gateway_that_does_anything_but_well_counts_and_is_not_asked_again() {
    for (does, entry) in [
        (Does::Hangs, "sms.failed"),
        (Does::Panics, "hook.panicked"),
        (Does::Fails, "sms.failed"),
        (Does::Later, "sms.failed"),
        (Does::Refuses, "sms.refused"),
        (Does::Blocks, "sms.failed"),
    ] {
        let case = case();
        *case.bank.gateway.lock().unwrap() = does;
        // A panic takes its time to unwind on a busy machine; all others are over in time or at the deadline.
        for number in 0..5 {
            let fault = match case.send(&format!("op-{number}")).await {
                Err(fault) => fault,
                Ok(sent) => sent.refusal.unwrap(),
            };
            assert!(fault.name == entry || does == Does::Panics, "{does:?}: {fault:?}");
            scrubbed(&fault);
        }
        assert_eq!(case.bank.sent.lock().unwrap().len(), 5, "{does:?}: each message was handed over once");
        assert_eq!(case.count(AuditEvent::OtpSendFailed).await, 5, "{does:?}");
        let limited = case.send("op-5").await.unwrap();
        assert_eq!(limited.refusal.unwrap().name, "sms.limited", "{does:?}: what was handed over counts");
        assert_eq!(case.bank.sent.lock().unwrap().len(), 5);
    }
}

#[tokio::test]
async fn a_code_whose_message_hung_is_good_until_it_expires() {
    let case = case();
    *case.bank.gateway.lock().unwrap() = Does::Hangs;
    assert_eq!(case.send("op-1").await.unwrap_err().name, "sms.failed");
    let id = case.bank.sent.lock().unwrap()[0].id.clone();
    let code = case.bank.code();
    assert_eq!(case.verify(&id, &code, "op-1").await, "passed");
}

#[tokio::test]
async fn a_message_that_was_never_handed_over_counts_for_nothing() {
    let case = case_with(|options| options.hooks.sms.slots = 0);
    for _ in 0..20 {
        assert_eq!(case.send("op-1").await.unwrap_err().name, "sms.failed");
    }
    assert_eq!(case.count(AuditEvent::LimitHit).await, 0);
    assert_eq!(case.bank.sent.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_lookup_that_does_anything_but_well_stores_and_sends_nothing() {
    for (does, entry, calls) in [
        (Does::Hangs, "hook.timed_out", 1),
        (Does::Blocks, "hook.timed_out", 1),
        (Does::Panics, "hook.panicked", 1),
        (Does::Fails, "hook.failed", 1),
        (Does::Refuses, "user.excluded", 1),
        (Does::Later, "hook.failed", 2),
    ] {
        let case = case();
        *case.bank.lookup.lock().unwrap() = does;
        let fault = case.send("op-1").await.unwrap_err();
        assert!(fault.name == entry || does == Does::Panics, "{does:?}: {fault:?}");
        scrubbed(&fault);
        assert_eq!(case.bank.calls.load(Ordering::SeqCst), calls, "{does:?}");
        assert_eq!(case.count(AuditEvent::OtpIssued).await, 0);
        assert_eq!(case.bank.sent.lock().unwrap().len(), 0);
    }
}

#[tokio::test]
async fn a_password_hook_that_fails_is_neither_right_nor_wrong() {
    for does in [Does::Hangs, Does::Panics, Does::Fails, Does::Blocks] {
        let case = case();
        *case.bank.password.lock().unwrap() = does;
        for _ in 0..6 {
            assert!(case.sign_in().await.starts_with("hook."), "{does:?}");
        }
        case.bank.release.store(true, Ordering::SeqCst);
        *case.bank.password.lock().unwrap() = Does::Well;
        assert_eq!(case.sign_in().await, "passed", "{does:?}: it counted for nothing");
    }
}

#[tokio::test]
async fn what_no_bank_gives_is_not_used() {
    let long = || Some("x".repeat(5_000));
    let nul = || Some("a\0b".to_owned());
    let organization = |name: Option<String>| Organization { id: "o".into(), name: name.unwrap() };
    let odd: Vec<(&str, User)> = vec![
        ("another user", User { id: "87654321".into(), ..user() }),
        ("no id", User { id: String::new(), ..user() }),
        ("a long id", User { id: "9".repeat(300), ..user() }),
        ("a long name", User { given_name: long(), ..user() }),
        ("a NUL in a name", User { family_name: nul(), ..user() }),
        ("a NUL in a hash", User { password_hash: nul(), ..user() }),
        ("a long hash", User { password_hash: long(), ..user() }),
        ("a NUL in the organization", User { organization: nul(), ..user() }),
        ("a long name of an organization", User { organizations: vec![organization(long())], ..user() }),
        ("a NUL in a number", User { registration_number: nul(), ..user() }),
    ];
    for (what, odd) in odd {
        let case = case();
        *case.bank.users.lock().unwrap() = Some(odd);
        assert_eq!(case.send("op-1").await.unwrap_err().name, "hook.failed", "{what}");
        assert_eq!(case.sign_in().await, "hook.failed", "{what}");
    }
    for phone in
        ["420601234567", "+0420601234567", "+12345", "+1234567890123456", "+42060123456７", "+420 601 234 567", ""]
    {
        assert!(phone.parse::<countersign_runtime::Phone>().is_err(), "{phone:?} is no phone, so no bank can give it");
    }
    for (hash, fault) in [
        ("", "password.wrong"),
        // What cannot be read is the bank's matter and not the user's.
        ("s3cret", "hook.failed"),
        ("$argon2id$", "hook.failed"),
        ("$2b$10$short", "hook.failed"),
        ("$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$YOgNgJkdQh", "hook.failed"),
    ] {
        let case = case();
        *case.bank.users.lock().unwrap() = Some(User { password_hash: Some(hash.into()), ..user() });
        assert_eq!(case.sign_in().await, fault, "{hash:?}");
    }
}

/// 64 look-ups that hang for ever, again and again: they are cancelled, and the bank that works again is asked again.
#[tokio::test]
async fn look_ups_that_hang_are_no_outage_for_ever() {
    let case = Arc::new(case_with(|options| {
        options.limits.dev_limits_off = true;
        options.hooks.lookup.deadline = Duration::from_millis(300);
        options.hooks.breaker.pause = Duration::from_millis(500);
    }));
    *case.bank.lookup.lock().unwrap() = Does::Hangs;
    let mut hung = tokio::task::JoinSet::new();
    for number in 0..64 {
        let case = case.clone();
        hung.spawn(async move { case.send_to(&format!("u{number}"), &format!("op-{number}")).await.unwrap_err().name });
    }
    assert!(hung.join_all().await.iter().all(|fault| *fault == "hook.timed_out"));
    let before = case.bank.calls.load(Ordering::SeqCst);
    let refused = case.send("op-refused").await.unwrap_err();
    assert_eq!(refused.inner.as_deref(), Some("lookup_user: its circuit breaker is open"));
    assert_eq!(case.bank.calls.load(Ordering::SeqCst), before, "the hook is left alone");
    *case.bank.lookup.lock().unwrap() = Does::Well;
    let patience = Instant::now();
    while case.send("op-well").await.is_err() {
        assert!(patience.elapsed() < Duration::from_secs(20), "an outage for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for number in 0..100 {
        case.send_to("u1", &format!("works-{number}")).await.unwrap();
    }
}

/// What a message and a decoy fare alike while the gateway hangs: cancelled first, refused at once then.
#[tokio::test]
async fn a_decoy_is_refused_as_a_message_is_while_the_breaker_is_open() {
    let case = Arc::new(case_with(|options| {
        options.hooks.sms.deadline = Duration::from_millis(300);
        options.hooks.breaker.failures = 10;
        options.hooks.breaker.pause = Duration::from_secs(300);
    }));
    *case.bank.gateway.lock().unwrap() = Does::Hangs;
    let mut hung = tokio::task::JoinSet::new();
    for number in 0..10 {
        let case = case.clone();
        // Numbers that differ in more than their last four digits.
        let user = format!("u{}", 10_000 * number + 7);
        hung.spawn(async move { case.send_to(&user, &format!("op-{number}")).await.unwrap_err().name });
    }
    assert!(hung.join_all().await.iter().all(|fault| *fault == "sms.failed"));
    assert_eq!(case.bank.sent.lock().unwrap().len(), 10);
    for round in 0..20 {
        let message = case.send_to("u1", &format!("message-{round}")).await.unwrap_err();
        *case.bank.users.lock().unwrap() = None;
        let code = TestOtp {
            operation_name: Some("authorize_payment_sca".into()),
            ..TestOtp::payment(&format!("decoy-{round}"), "nobody")
        };
        let decoy =
            case.desk.core().send_otp(SendOtp { user: Some("nobody".into()), code, ..SendOtp::default() }).await;
        *case.bank.users.lock().unwrap() = Some(user());
        assert_eq!((message.name, message.inner), (decoy.as_ref().unwrap_err().name, decoy.unwrap_err().inner));
    }
    assert_eq!(case.bank.sent.lock().unwrap().len(), 10, "nothing was handed over");
    assert_eq!(case.count(AuditEvent::LimitHit).await, 0, "what was reserved was given back");
}

fn seconds() -> f64 {
    std::env::var("COUNTERSIGN_HOSTILE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0.5)
}

/// How many attempts are answered in a second: of ids that never were, which take the steps of a code without using one up.
async fn rate(case: &Case) -> f64 {
    let (began, mut tried) = (Instant::now(), 0_u32);
    while began.elapsed().as_secs_f64() < seconds() {
        assert_eq!(case.verify("no-such-id", "12345678", "op-good").await, "otp.unknown");
        tried += 1;
    }
    f64::from(tried) / began.elapsed().as_secs_f64()
}

/// All slots of both lanes are taken by calls that never end and hold their threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_checked_while_all_slots_of_the_bank_are_blocked_for_ever() {
    let full = seconds() >= 5.0;
    let case = Arc::new(case_with(|options| {
        options.limits.dev_limits_off = true;
        if !full {
            options.hooks.sms.deadline = Duration::from_millis(500);
            options.hooks.lookup.deadline = Duration::from_millis(500);
        }
    }));
    let before = rate(&case).await;
    *case.bank.gateway.lock().unwrap() = Does::Blocks;
    let began = Instant::now();
    let mut blocked = tokio::task::JoinSet::new();
    for number in 0..64 {
        let case = case.clone();
        blocked
            .spawn(async move { case.send_to(&format!("u{number}"), &format!("op-{number}")).await.unwrap_err().name });
    }
    let entry = blocked.join_all().await;
    assert!(entry.iter().all(|fault| *fault == "sms.failed"), "{entry:?}");
    let longest = began.elapsed();
    // Each call has a thread of its own, so users are found still; for messages there is no slot.
    let mut late = tokio::task::JoinSet::new();
    for number in 0..64 {
        let case = case.clone();
        late.spawn(async move { case.send_to("u1", &format!("late-{number}")).await.unwrap_err().name });
    }
    let during = rate(&case).await;
    assert!(late.join_all().await.iter().all(|fault| *fault == "sms.failed"));
    let mut slowest = Duration::ZERO;
    for number in 0..20 {
        let began = Instant::now();
        let fault = case.send_to("u1", &format!("after-{number}")).await.unwrap_err();
        assert_eq!(fault.name, "sms.failed");
        slowest = slowest.max(began.elapsed());
    }
    println!(
        "verifications a second: {before:.0} before, {during:.0} while blocked ({:.0} %); 64 creates at once: {longest:?}; \
         each of the next: at most {slowest:?}",
        100.0 * during / before
    );
    let deadline = if full { 5.1 } else { 0.6 };
    // A busy machine wakes late; the figure is printed for a quiet one.
    assert!(longest.as_secs_f64() < deadline + 2.0, "{longest:?}");
    assert!(during > before * if full { 0.95 } else { 0.3 });
}
