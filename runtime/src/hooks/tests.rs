//! The guard against hooks that hang, block, panic and crowd.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::*;
use crate::fault::Fault;

fn limits(slots: usize, millis: u64) -> HookLimits {
    let pool = CallLimits { slots, deadline: Duration::from_millis(millis) };
    let breaker = BreakerLimits { failures: 4, pause: Duration::from_millis(300) };
    HookLimits { threads: 2, lookup: pool, sms: pool, other: pool, breaker, ..HookLimits::default() }
}

fn guard(slots: usize, millis: u64) -> HookExecutor {
    HookExecutor::new(limits(slots, millis)).unwrap()
}

async fn answer<T: Send + 'static>(value: T) -> Result<T, HookError> {
    Ok(value)
}

fn name<T: std::fmt::Debug>(answer: Result<T, Fault>) -> &'static str {
    answer.unwrap_err().name
}

#[tokio::test]
async fn answers_and_errors_come_through() {
    let guard = guard(4, 1000);
    assert_eq!(guard.lookup_of(&"user", || answer(5)).await.unwrap(), 5);
    assert_eq!(guard.own("a_hook", answer(6)).await.unwrap(), 6);
    assert!(matches!(guard.sms(answer(())).await, SmsOutcome::Sent));
    let broken = || async { Err::<(), _>(HookError::Broken("core 12345678 is down".to_owned())) };
    let fault = guard.lookup_of(&"user", broken).await.unwrap_err();
    assert_eq!((fault.name, fault.inner.as_deref()), ("hook.failed", Some("core [digits] is down")));
    let refused = async { Err(HookError::Refused("a landline".to_owned())) };
    assert!(matches!(guard.sms(refused).await, SmsOutcome::Refused(why) if why == "a landline"));
    assert!(matches!(guard.sms(broken()).await, SmsOutcome::Failed(fault) if fault.name == "hook.failed"));
}

#[tokio::test]
async fn a_hooks_own_fault_stays_what_it_is() {
    let fault = guard(1, 1000).own::<(), _, _>("a_hook", async { Err(Fault::new("card.unknown")) }).await;
    assert_eq!(name(fault), "card.unknown");
}

#[tokio::test]
async fn what_passes_by_takes_no_slot_from_a_call() {
    let guard = guard(1, 1000);
    let messages = async {
        for _ in 0..200 {
            assert!(matches!(guard.sms(answer(())).await, SmsOutcome::Sent));
        }
    };
    let decoys = async {
        for _ in 0..200 {
            guard.pass_by().await;
        }
    };
    tokio::join!(messages, decoys);
}

#[tokio::test]
async fn a_lookup_is_tried_once_more_and_a_message_is_not() {
    let guard = guard(4, 1000);
    let asked = Arc::new(AtomicUsize::new(0));
    let later = |asked: &Arc<AtomicUsize>| {
        let asked = asked.clone();
        async move {
            asked.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(HookError::TryLater("busy".to_owned()))
        }
    };
    assert_eq!(name(guard.lookup_of(&"user", || later(&asked)).await), "hook.failed");
    assert_eq!(asked.swap(0, Ordering::SeqCst), 2);
    assert!(matches!(guard.sms(later(&asked)).await, SmsOutcome::Failed(_)));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn panics_are_caught() {
    // A panic may take its time to unwind on a busy machine.
    let guard = guard(1, 20_000);
    async fn panics() -> Result<(), HookError> {
        panic!("with +420603123456")
    }
    assert_eq!(name(guard.lookup_of(&"user", panics).await), "hook.panicked");
    assert_eq!(name(guard.own("a_hook", panics()).await), "hook.panicked");
    assert!(matches!(guard.sms(panics()).await, SmsOutcome::Failed(fault) if fault.name == "hook.panicked"));
    assert!(guard.own("a_hook", answer(1)).await.is_ok(), "a panic gives its slot back");
}

/// Notes that it is gone.
struct Gone(Arc<AtomicUsize>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Blocks its thread until it is released.
async fn blocks(release: Arc<AtomicBool>) -> Result<(), HookError> {
    while !release.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_waits_is_cancelled_at_its_deadline_and_frees_its_slot() {
    let (guard, gone) = (guard(1, 200), Arc::new(AtomicUsize::new(0)));
    let hangs = |gone: &Arc<AtomicUsize>| {
        let gone = Gone(gone.clone());
        async move {
            let _gone = gone;
            std::future::pending::<Result<(), HookError>>().await
        }
    };
    assert_eq!(name(guard.own("a_hook", hangs(&gone)).await), "hook.timed_out");
    assert_eq!(gone.load(Ordering::SeqCst), 1);
    assert_eq!(guard.own("a_hook", answer(1)).await.unwrap(), 1, "the slot is free again");
    // Who asked goes away before the deadline; the call ends at it all the same.
    let asked = tokio::time::timeout(Duration::from_millis(20), guard.own("a_hook", hangs(&gone))).await;
    assert!(asked.is_err());
    let patience = Instant::now();
    while guard.own("a_hook", answer(1)).await.is_err() {
        assert!(patience.elapsed() < Duration::from_secs(10), "the slot never came back");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(gone.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_became_of_a_message_is_told_apart() {
    let guard = guard(1, 50);
    let release = Arc::new(AtomicBool::new(false));
    assert!(matches!(guard.sms(blocks(release.clone())).await, SmsOutcome::TimedOut(_)));
    assert!(matches!(guard.sms(answer(())).await, SmsOutcome::NeverCalled(_)), "there is no slot");
    assert!(matches!(guard.sms_decoy(), Err(SmsOutcome::NeverCalled(_))), "nor for a decoy");
    (0..4).for_each(|_| drop(guard.sms_decoy()));
    assert!(matches!(guard.sms(answer(())).await, SmsOutcome::BreakerOpen(_)));
    assert!(matches!(guard.sms_decoy(), Err(SmsOutcome::BreakerOpen(_))));
    assert!(guard.lookup_of(&"user", || answer(1)).await.is_ok(), "other hooks have slots and breakers of their own");
    release.store(true, Ordering::SeqCst);
    let patience = Instant::now();
    while !matches!(guard.sms(answer(())).await, SmsOutcome::Sent) {
        assert!(patience.elapsed() < Duration::from_secs(10), "it is never called again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn hooks_that_block_their_threads_hold_up_nobody_else_and_are_counted_and_named() {
    let logged = Logged::default();
    let _logging = logged.clone().listen();
    // Whoever asks first begins to count.
    let _ = crate::telemetry::MetricsExporter::of_process();
    let guard = Arc::new(guard(8, 200));
    let release = Arc::new(AtomicBool::new(false));
    let mut blocking = tokio::task::JoinSet::new();
    for _ in 0..7 {
        let (guard, release) = (guard.clone(), release.clone());
        blocking.spawn(async move { guard.own("a_blocking_hook", blocks(release)).await });
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    // There are two threads for all of them, but each call has one of its own.
    assert!(matches!(guard.sms(answer(())).await, SmsOutcome::Sent));
    assert_eq!(guard.own("a_hook", answer(2)).await.unwrap(), 2, "the last slot");
    assert!(blocking.join_all().await.into_iter().all(|blocked| name(blocked) == "hook.timed_out"));
    let threads = || telemetry_of(r#"countersign_hook_blocked_threads{hook="a_blocking_hook"}"#);
    let patience = Instant::now();
    while threads() != Some(7.0) {
        assert!(patience.elapsed() < Duration::from_secs(10), "{:?}", threads());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(logged.text().contains(r#"the hook blocks its thread and cannot be cancelled"#), "{}", logged.text());
    assert!(logged.text().contains(r#"hook="a_blocking_hook""#), "{}", logged.text());
    release.store(true, Ordering::SeqCst);
    while threads() != Some(0.0) {
        assert!(patience.elapsed() < Duration::from_secs(10), "{:?}", threads());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_hook_that_hangs_is_left_alone_and_probed() {
    let guard = guard(4, 150);
    let hangs = || std::future::pending::<Result<i32, HookError>>();
    let ask = || guard.lookup_of(&"user", hangs);
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    assert!([a, b, c, d].into_iter().all(|answer| name(answer) == "hook.timed_out"));
    assert!(!guard.is_available());
    let fault = guard.lookup_of(&"user", hangs).await.unwrap_err();
    assert_eq!(fault.inner.as_deref(), Some("lookup_user: its circuit breaker is open"));
    let patience = Instant::now();
    while guard.lookup_of(&"user", || answer(1)).await.is_err() {
        assert!(patience.elapsed() < Duration::from_secs(10), "it is never called again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(guard.is_available());
}

#[tokio::test]
async fn a_user_for_whom_the_core_system_hangs_takes_four_slots_and_others_have_theirs() {
    for blocks in [false, true] {
        let (guard, begun) = (Arc::new(guard(64, 400)), Arc::new(AtomicUsize::new(0)));
        let hangs = {
            let begun = begun.clone();
            move || {
                let begun = begun.clone();
                async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    if blocks {
                        std::thread::sleep(Duration::from_millis(700));
                    }
                    std::future::pending::<Result<i32, HookError>>().await
                }
            }
        };
        let mut asked = tokio::task::JoinSet::new();
        for _ in 0..60 {
            let (guard, hangs) = (guard.clone(), hangs.clone());
            asked.spawn(async move { name(guard.lookup_of(&"hangs", hangs).await) });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(begun.load(Ordering::SeqCst), 4, "others of the user wait");
        for other in 0..200 {
            assert_eq!(guard.lookup_of(&other, || answer(other)).await.unwrap(), other);
        }
        assert!(asked.join_all().await.into_iter().all(|fault| fault == "hook.timed_out"));
    }
}

#[tokio::test]
async fn of_a_user_for_whom_many_ask_at_once_all_are_answered() {
    let guard = Arc::new(guard(64, 2_000));
    let mut asked = tokio::task::JoinSet::new();
    for at in 0..60 {
        let guard = guard.clone();
        asked.spawn(async move {
            let waits = || async move {
                // Some answer at once, and some take their time.
                tokio::time::sleep(Duration::from_millis(at % 3)).await;
                answer(1).await
            };
            guard.lookup_of(&"popular", waits).await.unwrap()
        });
    }
    assert_eq!(asked.join_all().await.len(), 60);
}

#[tokio::test]
async fn errors_that_come_at_once_leave_a_hook_open_to_all_others() {
    let guard = guard(1, 20_000);
    for _ in 0..100 {
        let broken = || async { Err::<i32, _>(HookError::Broken("no such branch".into())) };
        assert_eq!(name(guard.lookup_of(&"user", broken).await), "hook.failed");
    }
    assert_eq!(guard.lookup_of(&"user", || answer(1)).await.unwrap(), 1);
}

/// The value of a line of the metrics.
fn telemetry_of(line: &str) -> Option<f64> {
    let text = crate::telemetry::MetricsExporter::of_process().text();
    text.lines().find_map(|found| found.strip_prefix(line)?.trim().parse().ok())
}

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    fn listen(self) -> tracing::subscriber::DefaultGuard {
        // What is logged is cached by all threads together: one subscriber must be there for as long as the process is.
        let all = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
        let _ = tracing::subscriber::set_global_default(all);
        let writer = move || self.clone();
        tracing::subscriber::set_default(tracing_subscriber::fmt().with_ansi(false).with_writer(writer).finish())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_guard_can_be_dropped_while_hooks_run() {
    let guard = guard(1, 10);
    let blocks = async {
        std::thread::sleep(Duration::from_secs(2));
        Ok::<(), HookError>(())
    };
    assert!(guard.own("a_hook", blocks).await.is_err());
    let began = Instant::now();
    drop(guard);
    assert!(began.elapsed() < Duration::from_millis(500));
}

#[tokio::test]
async fn hooks_without_a_gateway_may_keep_hashes_too() {
    struct Keeps(AtomicUsize);
    impl LookupHooks for Keeps {
        async fn lookup_user(&self, _: &Call, _: &Lookup) -> Result<Option<User>, HookError> {
            Ok(None)
        }
        fn keeps_password_hashes(&self) -> bool {
            true
        }
        async fn keep_password_hash(&self, _: &Call, _: &NewPasswordHash) -> Result<(), HookError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    }
    let hooks = WithoutGateway(Keeps(AtomicUsize::new(0)));
    let hash = NewPasswordHash { user: User::default(), phc: Secret::new("$argon2id$".to_owned()) };
    assert!(Hooks::keeps_password_hashes(&hooks));
    Hooks::keep_password_hash(&hooks, &Call::default(), &hash).await.unwrap();
    assert_eq!(hooks.0.0.load(Ordering::SeqCst), 1);
}
