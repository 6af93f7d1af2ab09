//! Passwords, and failures in a row.

use std::sync::Arc;

use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{Operation, Secret, User, VerifyPassword};
use serde_json::{Value, json};

use crate::{event, latest, with};

async fn verify(desk: &Desk, password: &str) {
    let operation = Operation { id: Some("op-1".into()), name: Some("login".into()), ..Operation::default() };
    let input = VerifyPassword {
        user: Some("john".into()),
        organization: Some("RETAIL".into()),
        password: Some(Secret::from(password)),
        operation,
        ..VerifyPassword::default()
    };
    drop(desk.core().verify_password(input).await.unwrap());
}

fn entry(name: &str, outcome: &str) -> Value {
    let of = json!({
        "user": "john", "organization": "RETAIL", "operation_id": "op-1", "operation_name": "login",
        "method": "password",
    });
    with(event(name, outcome), of)
}

#[tokio::test]
async fn passwords_that_are_right_and_wrong_and_the_last_round_before_the_end() {
    let password_hash = countersign_runtime::crypto::password::hash("s3cret").ok();
    let bank = TestBank::with([User { id: "john".into(), password_hash, ..User::default() }]);
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(bank), |options| options.limits.hard_cap = 10).unwrap();
    verify(&desk, "s3cret").await;
    assert_eq!(latest(&*store, 1).await, [entry("password.verified", "success")]);
    for _ in 0..4 {
        verify(&desk, "guess").await;
        assert_eq!(latest(&*store, 1).await, [entry("password.failed", "failure")]);
    }
    verify(&desk, "guess").await;
    let because = |name: &str, why: &str| with(entry(name, "failure"), json!({ "reason": why }));
    let ends = [
        entry("password.failed", "failure"),
        because("password.blocked", "failures in a row"),
        because("failures.near_cap", "the last round of failures before"),
    ];
    assert_eq!(latest(&*store, 3).await, ends);
    desk.clock.turn(15 * 60);
    for _ in 0..5 {
        verify(&desk, "guess").await;
    }
    let ends = [
        entry("password.failed", "failure"),
        because("password.blocked", "failures in a row, until an operator lifts the block"),
    ];
    assert_eq!(latest(&*store, 2).await, ends);
}
