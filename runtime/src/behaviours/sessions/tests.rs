//! Sessions on a whole adapter: how long they are good, what ends them, and what the store holds of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::crypto::{Keyring, NamedSecret};
use crate::settings::Options;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::testing::{ADAPTER, Desk, TestBank};

const KIND: SessionKind = SessionKind { name: "wallet", idle_seconds: 3600 };

#[derive(Debug, Default)]
struct WalletSession(Option<String>);

impl Session for WalletSession {
    const KIND: SessionKind = KIND;

    fn bound(&self) -> Vec<(&'static str, Option<String>)> {
        vec![("app.id", self.0.clone()), ("wallet.id", None)]
    }
}

fn desk() -> Desk {
    Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), Arc::new(TestBank::default()), |_| {}).unwrap()
}

async fn open(core: &Core, wallet: &str) -> String {
    let session = WalletSession(Some("a1".to_owned()));
    let opened = core.open_session(OpenSession { wallet: Some(wallet.to_owned()), user: None, session }).await.unwrap();
    opened.token.expose().clone()
}

async fn is_good(core: &Core, token: &str) -> bool {
    match find_session_of_token(core, &KIND, token).await {
        Ok(_) => true,
        Err(fault) => {
            assert_eq!(fault.name, "caller.unknown");
            false
        }
    }
}

#[tokio::test]
async fn a_token_opens_its_own_kind_and_gives_what_was_bound() {
    let core = desk().core();
    let token = open(&core, "w1").await;
    assert_eq!(token.len(), TOKEN_LENGTH);
    let session = find_session_of_token(&core, &KIND, &token).await.unwrap();
    assert_eq!(session.bound, BTreeMap::from([("app.id".to_owned(), "a1".to_owned())]));
    let other = SessionKind { name: "other", ..KIND };
    assert!(find_session_of_token(&core, &other, &token).await.is_err());
    for bad in ["", "x", &token[1..], &format!("{token}A"), &token.to_lowercase()] {
        assert!(!is_good(&core, bad).await, "{bad}");
    }
}

#[tokio::test]
async fn every_use_gives_it_its_idle_time_again() {
    let desk = desk();
    let token = open(&desk.core(), "w1").await;
    for _ in 0..5 {
        desk.clock.turn(3600);
        assert!(is_good(&desk.core(), &token).await);
    }
    desk.clock.turn_millis(3_600_001);
    assert!(!is_good(&desk.core(), &token).await);
    desk.clock.turn(-7200);
    assert!(!is_good(&desk.core(), &token).await, "a clock that is turned back revives nothing");
}

#[tokio::test]
async fn however_often_it_is_used_it_ends_with_its_life_where_one_is_set() {
    let life = |options: &mut Options| {
        let options = options.sessions.entry(KIND.name.to_owned()).or_insert(SessionOptions::of(&KIND));
        options.life_seconds = Some(7200);
    };
    let (store, bank) = (Arc::new(MemoryStore::default()), Arc::new(TestBank::default()));
    let desk = Desk::new(&ADAPTER, store, bank, life).unwrap();
    let token = open(&desk.core(), "w1").await;
    for _ in 0..2 {
        desk.clock.turn(3600);
        assert!(is_good(&desk.core(), &token).await);
    }
    desk.clock.turn_millis(1);
    assert!(!is_good(&desk.core(), &token).await);
    assert!(is_good(&desk.core(), &open(&desk.core(), "w1").await).await);
}

#[tokio::test]
async fn revoking_spares_the_session_that_asks_and_other_holders() {
    let desk = desk();
    let mut core = desk.core();
    let (own, second, third) = (open(&core, "w1").await, open(&core, "w1").await, open(&core, "w2").await);
    core.session = Some(Arc::new(find_session_of_token(&core, &KIND, &own).await.unwrap()));
    let batch = revoke_other_sessions(&core, "w1", core.store().batch()).await.unwrap();
    assert!(is_good(&core, &second).await);
    assert!(matches!(core.store().commit(batch).await.unwrap(), Committed::Applied(_)));
    assert_eq!(
        [is_good(&core, &own).await, is_good(&core, &second).await, is_good(&core, &third).await],
        [true, false, true]
    );
    let fresh = open(&core, "w1").await;
    assert!(is_good(&core, &fresh).await);
}

#[tokio::test]
async fn a_use_at_the_same_time_does_not_undo_a_revocation() {
    let core = desk().core();
    for _ in 0..50 {
        let token = open(&core, "w1").await;
        let revoke = async {
            loop {
                let batch = revoke_other_sessions(&core, "w1", core.store().batch()).await.unwrap();
                if matches!(core.store().commit(batch).await.unwrap(), Committed::Applied(_)) {
                    return;
                }
            }
        };
        let uses = async {
            for _ in 0..3 {
                let _ = find_session_of_token(&core, &KIND, &token).await;
            }
        };
        tokio::join!(revoke, uses);
        assert!(!is_good(&core, &token).await);
    }
}

#[tokio::test]
async fn tokens_outlive_an_exchange_of_the_key_and_are_never_stored() {
    let secrets = |codes: &[&str]| {
        let named = |text: &str| NamedSecret { id: text.to_owned(), bytes: text.repeat(40).into_bytes().into() };
        let one = |name: KeyName| match name {
            KeyName::Codes => (name, codes.iter().map(|text| named(text)).collect()),
            name => (name, vec![named(name.as_str())]),
        };
        Keyring::new(KeyName::ALL.into_iter().map(one).collect()).unwrap()
    };
    let store: Arc<MemoryStore> = Arc::default();
    let at = |keys: Keyring| {
        let mut desk = Desk::new(&ADAPTER, store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap();
        Arc::get_mut(&mut desk.shared).unwrap().keys = keys.into();
        desk.core()
    };
    let token = open(&at(secrets(&["x"])), "w1").await;
    assert!(is_good(&at(secrets(&["y", "x"])), &token).await);
    assert!(!is_good(&at(secrets(&["y"])), &token).await);
    let entry = format!("{:?}", store.audit_after(0, 100).await.unwrap());
    assert!(!entry.contains(&token));
}
