//! The guard against hooks that hang, block, panic and crowd. Time stands still where no thread is involved.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::*;
use crate::fault::Fault;

fn limits(slots: usize, millis: u64) -> GuardLimits {
    let lane = CallLimits { slots, deadline: Duration::from_millis(millis) };
    GuardLimits { threads: 2, lookup: lane, sms: lane, other: lane }
}

fn guard(slots: usize, millis: u64) -> Guard {
    Guard::new(limits(slots, millis)).unwrap()
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
    assert_eq!(guard.lookup(|| answer(5)).await.unwrap(), 5);
    assert_eq!(guard.own(answer(6)).await.unwrap(), 6);
    assert!(matches!(guard.sms(answer(())).await, SmsOutcome::Sent));
    let broken = || async { Err::<(), _>(HookError::Broken("core 12345678 is down".to_owned())) };
    let fault = guard.lookup(broken).await.unwrap_err();
    assert_eq!((fault.name, fault.inner.as_deref()), ("hook.failed", Some("core [digits] is down")));
    let refused = async { Err(HookError::Refused("a landline".to_owned())) };
    assert!(matches!(guard.sms(refused).await, SmsOutcome::Refused(why) if why == "a landline"));
    assert!(matches!(guard.sms(broken()).await, SmsOutcome::Failed(fault) if fault.name == "hook.failed"));
}

#[tokio::test]
async fn a_hooks_own_fault_stays_what_it_is() {
    let fault = guard(1, 1000).own::<(), _, _>(async { Err(Fault::new("card.unknown")) }).await;
    assert_eq!(name(fault), "card.unknown");
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
    assert_eq!(name(guard.lookup(|| later(&asked)).await), "hook.failed");
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
    assert_eq!(name(guard.lookup(panics).await), "hook.panicked");
    assert_eq!(name(guard.own(panics()).await), "hook.panicked");
    assert!(matches!(guard.sms(panics()).await, SmsOutcome::Failed(fault) if fault.name == "hook.panicked"));
    assert!(guard.own(answer(1)).await.is_ok(), "a panic gives its slot back");
}

#[tokio::test]
async fn a_call_that_hangs_keeps_its_slot_until_it_returns() {
    let guard = guard(1, 400);
    let release = Arc::new(Notify::new());
    let hang = release.clone();
    let hangs = async move {
        hang.notified().await;
        Ok::<(), HookError>(())
    };
    assert_eq!(name(guard.own(hangs).await), "hook.timed_out");
    let began = Instant::now();
    assert_eq!(name(guard.own(answer(1)).await), "hook.timed_out");
    assert!(began.elapsed() < Duration::from_millis(300), "without a free slot the answer is immediate");
    assert!(guard.lookup(|| answer(1)).await.is_ok(), "other kinds have slots of their own");
    release.notify_one();
    let patience = Instant::now();
    while guard.own(answer(1)).await.is_err() {
        assert!(patience.elapsed() < Duration::from_secs(5), "the slot came back");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_became_of_a_message_is_told_apart() {
    let guard = guard(1, 50);
    let hangs = std::future::pending::<Result<(), HookError>>();
    assert!(matches!(guard.sms(hangs).await, SmsOutcome::TimedOut(_)));
    assert!(matches!(guard.sms(answer(())).await, SmsOutcome::NeverCalled(_)), "there is no slot");
}

#[tokio::test]
async fn hooks_that_block_all_threads_hold_up_nobody_else() {
    let guard = Arc::new(guard(8, 200));
    let blocking: Vec<_> = (0..2)
        .map(|_| {
            let guard = guard.clone();
            tokio::spawn(async move {
                let blocks = async {
                    std::thread::sleep(Duration::from_millis(800));
                    Ok::<(), HookError>(())
                };
                guard.own(blocks).await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let began = Instant::now();
    let called = Arc::new(AtomicUsize::new(0));
    let counted = called.clone();
    let late = guard.sms(async move {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(())
    });
    assert!(matches!(late.await, SmsOutcome::NeverCalled(_)), "no thread came to it before its deadline");
    assert!(began.elapsed() < Duration::from_millis(500), "the deadline is kept on this side");
    for blocked in blocking {
        assert_eq!(name(blocked.await.unwrap()), "hook.timed_out");
    }
    let patience = Instant::now();
    while guard.own(answer(1)).await.is_err() {
        assert!(patience.elapsed() < Duration::from_secs(5), "the threads came back");
    }
    assert_eq!(called.load(Ordering::SeqCst), 0, "a call that was given up is never made");
}

#[tokio::test]
async fn a_guard_can_be_dropped_while_hooks_run() {
    let guard = guard(1, 10);
    let blocks = async {
        std::thread::sleep(Duration::from_secs(2));
        Ok::<(), HookError>(())
    };
    assert!(guard.own(blocks).await.is_err());
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
