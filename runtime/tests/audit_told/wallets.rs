//! Wallets: their passwords and sessions.

use std::sync::Arc;

use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{CreateWallet, OpenSession, Secret, Session, SetPassword};
use serde_json::json;

use crate::{event, latest, with};

#[derive(Debug, Default, Session)]
#[session(name = "wallet", idle = "7d")]
struct WalletSession {
    #[bound(app.id)]
    app_id: Option<String>,
}

async fn set_password(desk: &Desk, wallet: &str, password: &str) {
    let password = Some(Secret::from(password));
    desk.core().set_password(SetPassword { wallet: Some(wallet.into()), password }).await.unwrap();
}

#[tokio::test]
async fn passwords_that_are_set_and_sessions_that_are_opened_and_revoked() {
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
    let phone = "+6581000001".parse().ok();
    let wallet = CreateWallet { app: Some("a1".into()), phone, ..CreateWallet::default() };
    let wallet = desk.core().create_wallet(wallet).await.unwrap().id;
    let entry = |name: &str| with(event(name, "success"), json!({ "user": wallet }));
    assert_eq!(latest(&*store, 1).await, [entry("wallet.created")]);
    set_password(&desk, &wallet, "s3cret").await;
    assert_eq!(latest(&*store, 1).await, [entry("password.set")]);
    let session = WalletSession { app_id: Some("a1".into()) };
    desk.core().open_session(OpenSession { wallet: Some(wallet.clone()), user: None, session }).await.unwrap();
    let opened = with(entry("session.opened"), json!({ "method": "wallet" }));
    assert_eq!(latest(&*store, 1).await[0], opened);
    set_password(&desk, &wallet, "s3cret 2").await;
    assert_eq!(latest(&*store, 3).await, [opened, entry("password.set"), entry("session.revoked")]);
}

#[tokio::test]
async fn a_session_of_a_user() {
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
    let session = WalletSession::default();
    desk.core().open_session(OpenSession { wallet: None, user: Some("john".into()), session }).await.unwrap();
    let opened = with(event("session.opened", "success"), json!({ "user": "john", "method": "wallet" }));
    assert_eq!(latest(&*store, 1).await, [opened]);
}
