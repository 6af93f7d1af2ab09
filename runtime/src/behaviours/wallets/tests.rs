//! Wallets on a whole adapter: one a phone and an app, also when many ask at once, and what is stored of them.

use std::sync::{Arc, Mutex};

use super::record::wallet_key;
use super::*;
use crate::adapter::SessionKind;
use crate::behaviours::sessions::{OpenSession, Session, find_session_of_token};
use crate::context::Core;
use crate::crypto::{KeyName, Keyring, NamedSecret};
use crate::entities::User;
use crate::fault::Fault;
use crate::hooks::{Call, HookError, Hooks, Lookup, NewWallet, Sms};
use crate::store::memory::MemoryStore;
use crate::store::{AuditEvent, AuditOutcome, Store};
use crate::testing::{ADAPTER, Desk, TestBank};
use crate::values::{Phone, Secret};

const KIND: SessionKind = SessionKind { name: "wallet", idle_seconds: 3600 };

#[derive(Debug, Default)]
struct WalletSession;

impl Session for WalletSession {
    const KIND: SessionKind = KIND;

    fn bound(&self) -> Vec<(&'static str, Option<String>)> {
        Vec::new()
    }
}

/// A bank that notes the wallets of which it is notified, and then breaks.
#[derive(Default)]
struct Told(Mutex<Vec<NewWallet>>);

impl Hooks for Told {
    async fn lookup_user(&self, call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        Ok((call.fact("app.id") == Some("a9")).then(|| User { id: "u1".to_owned(), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }

    async fn wallet_created(&self, _call: &Call, wallet: &NewWallet) -> Result<(), HookError> {
        self.0.lock().unwrap().push(wallet.clone());
        Err(HookError::Broken("the core is down".to_owned()))
    }
}

fn desk_on(store: Arc<dyn Store>) -> Desk {
    Desk::new(&ADAPTER, store, Arc::new(TestBank::default()), |_| {}).unwrap()
}

fn desk() -> Desk {
    desk_on(Arc::new(MemoryStore::default()))
}

fn phone(number: usize) -> Phone {
    format!("+65{}", 81_000_000 + number).parse().unwrap()
}

fn wallet(app: &str, number: usize) -> CreateWallet {
    CreateWallet {
        app: Some(app.to_owned()),
        currency: Some("SGD".to_owned()),
        account_prefix: Some("EWCV".to_owned()),
        phone: Some(phone(number)),
        email: Some("foob@example.com".to_owned()),
        ..CreateWallet::default()
    }
}

async fn set_password(core: &Core, wallet: &str, password: &str) -> Result<(), Fault> {
    let password = Some(Secret::new(password.to_owned()));
    core.set_password(SetPassword { wallet: Some(wallet.to_owned()), password }).await
}

#[tokio::test]
async fn a_phone_has_one_wallet_in_an_app() {
    let core = desk().core();
    let made = core.create_wallet(wallet("a1", 1)).await.unwrap();
    assert_eq!(made.accounts[0].id, format!("EWCV{}", made.id));
    assert_eq!(core.create_wallet(wallet("a1", 1)).await.unwrap_err().name, "wallet.exists");
    assert_ne!(core.create_wallet(wallet("a2", 1)).await.unwrap().id, made.id);
    assert_ne!(core.create_wallet(wallet("a1", 2)).await.unwrap().id, made.id);
    let lacks = CreateWallet { phone: None, ..wallet("a1", 3) };
    assert_eq!(core.create_wallet(lacks).await.unwrap_err().name, "input.invalid");
}

#[tokio::test]
async fn who_has_a_wallet_or_is_known_to_the_bank_is_not_new() {
    let core = desk().core();
    let ask = |app: &str, phone: Phone| {
        core.require_new_user(RequireNewUser { phone: Some(phone), app: Some(app.to_owned()) })
    };
    ask("a1", phone(1)).await.unwrap();
    core.create_wallet(wallet("a1", 1)).await.unwrap();
    assert_eq!(ask("a1", phone(1)).await.unwrap_err().name, "user.exists");
    ask("a2", phone(1)).await.unwrap();
    assert_eq!(core.require_new_user(RequireNewUser::default()).await.unwrap_err().name, "input.invalid");
}

#[tokio::test]
async fn a_phone_is_found_again_after_an_exchange_of_the_key() {
    let store: Arc<MemoryStore> = Arc::default();
    let at = |counters: &[&str]| {
        let named = |text: &str| NamedSecret { id: text.to_owned(), bytes: text.repeat(40).into_bytes().into() };
        let one = |name: KeyName| match name {
            KeyName::Counters => (name, counters.iter().map(|text| named(text)).collect()),
            name => (name, vec![named(name.as_str())]),
        };
        let mut desk = desk_on(store.clone());
        let keys = Keyring::new(KeyName::ALL.into_iter().map(one).collect()).unwrap();
        Arc::get_mut(&mut desk.shared).unwrap().keys = keys.into();
        desk.core()
    };
    at(&["x"]).create_wallet(wallet("a1", 1)).await.unwrap();
    assert_eq!(at(&["y", "x"]).create_wallet(wallet("a1", 1)).await.unwrap_err().name, "wallet.exists");
}

#[tokio::test]
async fn the_first_password_revokes_nothing_and_a_change_revokes_the_others() {
    let desk = desk();
    let mut core = desk.core();
    let id = core.create_wallet(wallet("a1", 1)).await.unwrap().id;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let input = OpenSession { wallet: Some(id.clone()), user: None, session: WalletSession };
        tokens.push(core.open_session(input).await.unwrap().token.expose().clone());
    }
    core.session = Some(Arc::new(find_session_of_token(&core, &KIND, &tokens[0]).await.unwrap()));
    set_password(&core, &id, "first").await.unwrap();
    for token in &tokens {
        find_session_of_token(&core, &KIND, token).await.unwrap();
    }
    set_password(&core, &id, "second").await.unwrap();
    find_session_of_token(&core, &KIND, &tokens[0]).await.unwrap();
    for token in &tokens[1..] {
        assert_eq!(find_session_of_token(&core, &KIND, token).await.unwrap_err().name, "caller.unknown");
    }
}

#[tokio::test]
async fn a_password_is_stored_as_a_hash_and_an_owner_sealed() {
    let core = desk().core();
    let id = core.create_wallet(wallet("a1", 1)).await.unwrap().id;
    set_password(&core, &id, "5f4dcc3b5aa765d61d8327deb882cf99").await.unwrap();
    let stored = core.store().read(&wallet_key(&id)).await.unwrap().record.unwrap().value.value();
    assert!(stored["password"].as_str().unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1"));
    let text = stored.to_string();
    for plain in ["5f4dcc3b5aa765d61d8327deb882cf99", "foob@example.com", phone(1).expose()] {
        assert!(!text.contains(plain), "{plain}");
    }
    assert_eq!(set_password(&core, "000000000", "x").await.unwrap_err().name, "wallet.unknown");
    assert_eq!(set_password(&core, &id, &"x".repeat(1025)).await.unwrap_err().name, "input.invalid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_make_a_wallet_at_once_one_does() {
    let desk = desk();
    for round in 0..100 {
        let all: Vec<_> = (0..8)
            .map(|_| {
                let core = desk.core();
                tokio::spawn(async move { core.create_wallet(wallet("a1", round)).await.is_ok() })
            })
            .collect();
        let mut made = 0;
        for one in all {
            made += usize::from(one.await.unwrap());
        }
        assert_eq!(made, 1);
    }
}

#[tokio::test]
async fn the_bank_is_reported_of_a_wallet_and_its_answer_changes_nothing() {
    let bank: Arc<Told> = Arc::default();
    let store = Arc::new(MemoryStore::default());
    let core = Desk::new(&ADAPTER, store.clone(), bank.clone(), |_| {}).unwrap().core();
    let made = core.create_wallet(wallet("a1", 1)).await.unwrap();
    let audited = store.audit_after(0, 10).await.unwrap().pop().unwrap().record;
    assert_eq!((audited.event, audited.reason.as_deref()), (AuditEvent::HookFailed, Some("hook.failed")));
    assert_eq!((audited.outcome, audited.user.as_ref()), (AuditOutcome::Failure, Some(&made.id)));
    assert_eq!(audited.detail, Some(serde_json::json!({ "endpoint": "test", "hook": "wallet_created" })));
    core.create_wallet(wallet("a1", 1)).await.unwrap_err();
    let entry = bank.0.lock().unwrap().clone();
    assert_eq!(entry.len(), 1);
    assert_eq!((&*entry[0].app, &entry[0].id, &entry[0].phone), ("a1", &made.id, &phone(1)));
    assert_eq!(
        (&entry[0].accounts, entry[0].email.as_deref()),
        (&vec![made.accounts[0].id.clone()], Some("foob@example.com"))
    );
}

#[tokio::test]
async fn the_bank_is_asked_for_a_new_user_in_an_app() {
    let core = Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), Arc::new(Told::default()), |_| {}).unwrap().core();
    let ask = |app: &str| core.require_new_user(RequireNewUser { phone: Some(phone(1)), app: Some(app.to_owned()) });
    ask("a1").await.unwrap();
    assert_eq!(ask("a9").await.unwrap_err().name, "user.exists");
}
