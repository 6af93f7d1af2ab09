//! Users and passwords through the real behaviours.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::adapter::Callers;
use countersign_runtime::crypto::aes_cbc::PasswordCipher;
use countersign_runtime::crypto::password::hash;
use countersign_runtime::hooks::{HookError, PasswordResult};
use countersign_runtime::settings::{Options, PasswordEncryption};
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{
    Adapter, FindUser, KnownDevice, PasswordProtection, RequireDevice, Secret, User, VerifyPassword,
};

const KEY: &str = "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=";
const PROTECTED: &str = "uOaHgDWvvrHPzFSvRY6bUg==:y8SuSlUipZKkcw2QjCpuCw==";

struct Case {
    desk: Desk,
    bank: Arc<TestBank>,
    store: Arc<MemoryStore>,
}

fn case() -> Case {
    case_with(|_| {})
}

fn case_with(change: impl FnOnce(&mut Options)) -> Case {
    case_at(bank(), change)
}

fn bank() -> TestBank {
    let text = |text: &str| Some(text.to_owned());
    let john = User {
        id: "1".into(),
        username: text("john"),
        registration_number: text("900101/1234"),
        phone: "+420601234567".parse().ok(),
        password_hash: hash("passw0rd").ok(),
        ..User::default()
    };
    let locked = User { id: "2".into(), locked: true, password_hash: hash("passw0rd").ok(), ..User::default() };
    TestBank::with([john, locked])
}

/// The same API with callers who show tokens.
const KNOWN_CALLERS: Adapter = Adapter { callers: Callers::Bearer, ..ADAPTER };

fn case_at(bank: TestBank, change: impl FnOnce(&mut Options)) -> Case {
    case_of(&ADAPTER, bank, change)
}

fn case_of(adapter: &'static Adapter, bank: TestBank, change: impl FnOnce(&mut Options)) -> Case {
    let (bank, store) = (Arc::new(bank), Arc::new(MemoryStore::default()));
    let desk = Desk::new(adapter, store.clone(), bank.clone(), change).unwrap();
    Case { desk, bank, store }
}

fn ask(user: &str, password: &str) -> VerifyPassword {
    VerifyPassword {
        user: Some(user.into()),
        organization: Some("RETAIL".into()),
        password: Some(Secret::from(password)),
        ..VerifyPassword::default()
    }
}

impl Case {
    async fn verify(&self, input: VerifyPassword) -> String {
        let verdict = self.desk.core().verify_password(input).await.unwrap();
        assert_eq!(verdict.value.is_some(), verdict.refusal.is_none());
        assert_eq!(verdict.attempts_left, None);
        verdict.refusal.map_or("passed".to_owned(), |fault| fault.name.to_owned())
    }
}

#[tokio::test]
async fn users_are_found_by_the_surest_key() {
    let case = case();
    let find = |input: FindUser| {
        let core = case.desk.core();
        async move { core.find_user(input).await.map(|user| user.id).map_err(|fault| fault.name) }
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        find(FindUser { user: text("1"), username: text("nobody"), ..FindUser::default() }).await,
        Ok("1".into())
    );
    assert_eq!(find(FindUser { user: text(""), username: text("john"), ..FindUser::default() }).await, Ok("1".into()));
    assert_eq!(find(FindUser { phone: "+420601234567".parse().ok(), ..FindUser::default() }).await, Ok("1".into()));
    let number = FindUser { registration_number: text("900101/1234"), ..FindUser::default() };
    assert_eq!(find(number).await, Ok("1".into()));
    for unknown in ["jo\u{200b}hn", "\u{202e}john", "john\0", "nobody"] {
        assert_eq!(find(FindUser { username: text(unknown), ..FindUser::default() }).await, Err("user.unknown"));
    }
    assert_eq!(find(FindUser::default()).await, Err("user.unknown"));
}

/// What a look-up answers to a caller at an address.
async fn looked_up(case: &Case, caller: &str, source: &str, name: &str) -> &'static str {
    let mut core = case.desk.core();
    let call = Arc::make_mut(&mut core.call);
    call.caller = Some(caller.to_owned()).filter(|caller| !caller.is_empty());
    call.source = source.parse().ok();
    let input = FindUser { username: Some(name.to_owned()), ..FindUser::default() };
    core.find_user(input).await.map_or_else(|fault| fault.name, |_| "found")
}

#[tokio::test]
async fn whoever_is_told_too_often_that_nobody_is_there_is_told_nothing_for_a_while() {
    let case = case_of(&KNOWN_CALLERS, bank(), |_| {});
    let ask = async |caller, source, name: &str| looked_up(&case, caller, source, name).await;
    for number in 0..60 {
        assert_eq!(ask("shop", "192.0.2.1", &format!("nobody{number}")).await, "user.unknown");
        assert_eq!(ask("shop", "192.0.2.1", "john").await, if number < 59 { "found" } else { "overloaded" });
    }
    assert_eq!(ask("shop", "192.0.2.1", "nobody").await, "overloaded");
    let last = case.store.audit_after(0, 10_000).await.unwrap().pop().unwrap().record;
    assert_eq!(
        (last.event, last.reason.as_deref(), last.user),
        (AuditEvent::UserLookup, Some("disclosures.limited"), None)
    );
    assert_eq!(ask("shop", "192.0.2.2", "john").await, "found", "from another source");
    assert_eq!(ask("desk", "192.0.2.1", "john").await, "found", "another caller");
    case.desk.clock.turn(61);
    assert_eq!(ask("shop", "192.0.2.1", "nobody").await, "user.unknown");
    assert_eq!(ask("shop", "192.0.2.1", "john").await, "found");
}

#[tokio::test]
async fn honest_look_ups_are_never_counted_against_anybody() {
    let case = case_of(&KNOWN_CALLERS, bank(), |_| {});
    for _ in 0..1_000 {
        assert_eq!(looked_up(&case, "shop", "192.0.2.1", "john").await, "found");
    }
    let silent =
        || FindUser { username: Some("nobody".into()), operation: Some("login_sca".into()), ..FindUser::default() };
    for _ in 0..100 {
        assert!(case.desk.core().find_user_if_known(silent()).await.unwrap().is_none(), "nothing is told");
    }
}

#[tokio::test]
async fn nobody_stops_the_one_system_that_calls_for_everybody() {
    for (caller, any_source, most) in [("", false, 60), ("", true, 100), ("auth", false, 100)] {
        let case = case_with(|options| options.limits.any_source = any_source);
        let mut told = 0;
        for number in 0..100 {
            let answer = looked_up(&case, caller, "192.0.2.1", &format!("nobody{number}")).await;
            told += usize::from(answer == "user.unknown");
        }
        assert_eq!(told, most, "{caller} {any_source}");
    }
}

#[tokio::test]
async fn no_more_is_told_to_many_who_ask_at_once() {
    let case = Arc::new(case_of(&KNOWN_CALLERS, bank(), |_| {}));
    let mut asking = tokio::task::JoinSet::new();
    for number in 0..200 {
        let case = case.clone();
        asking.spawn(async move { looked_up(&case, "shop", "192.0.2.1", &format!("nobody{number}")).await });
    }
    let told = asking.join_all().await.into_iter().filter(|told| *told == "user.unknown").count();
    assert_eq!(told, 60);
}

#[tokio::test]
async fn the_organization_that_was_asked_for_is_the_users_own() {
    let case = case();
    let input = FindUser { user: Some("1".into()), organization: Some("RETAIL".into()), ..FindUser::default() };
    assert_eq!(case.desk.core().find_user(input).await.unwrap().organization.as_deref(), Some("RETAIL"));
}

#[tokio::test]
async fn other_organizations_give_no_further_attempts() {
    let case = case();
    let of = |organization: usize| Some(format!("organization {organization}"));
    for user in ["1", "nobody"] {
        for organization in 0..5 {
            let wrong = VerifyPassword { organization: of(organization), ..ask(user, "wrong") };
            assert_eq!(case.verify(wrong).await, "password.wrong");
        }
        let right = VerifyPassword { organization: of(5), ..ask(user, "passw0rd") };
        assert_eq!(case.verify(right).await, "password.locked", "{user}");
    }
}

#[tokio::test]
async fn nobody_is_an_answer_where_the_operation_is_silent() {
    let case = case();
    let find = |operation: &str| FindUser {
        username: Some("nobody".into()),
        operation: Some(operation.into()),
        ..FindUser::default()
    };
    assert!(case.desk.core().find_user_if_known(find("login_sca")).await.unwrap().is_none());
    assert_eq!(case.desk.core().find_user_if_known(find("login")).await.unwrap_err().name, "user.unknown");
}

#[tokio::test]
async fn a_lookup_is_repeated_once_if_it_says_so() {
    let case = case();
    let find = || FindUser { user: Some("1".into()), ..FindUser::default() };
    case.bank.lookups_say(vec![HookError::TryLater("busy".into())]);
    assert!(case.desk.core().find_user(find()).await.is_ok());
    let later = || HookError::TryLater("busy".into());
    case.bank.lookups_say(vec![later(), later()]);
    assert_eq!(case.desk.core().find_user(find()).await.unwrap_err().name, "hook.failed");
    case.bank.lookups_say(vec![HookError::Broken("down".into())]);
    assert_eq!(case.desk.core().find_user(find()).await.unwrap_err().name, "hook.failed");
}

#[tokio::test]
async fn what_a_lookup_gives_is_looked_at() {
    let case = case();
    let odd = [
        User { id: "other".into(), ..User::default() },
        User { id: "3".into(), given_name: Some("a\0b".into()), ..User::default() },
        User { id: "3".into(), family_name: Some("x".repeat(5_000)), ..User::default() },
    ];
    for user in odd {
        let bank = Arc::new(Mislead(user));
        let desk = Desk::new(&ADAPTER, case.store.clone(), bank, |_| {}).unwrap();
        let input = FindUser { user: Some("3".into()), ..FindUser::default() };
        assert_eq!(desk.core().find_user(input).await.unwrap_err().name, "hook.failed");
    }
}

/// Gives the same user whoever is asked for.
struct Mislead(User);

impl countersign_runtime::hooks::Hooks for Mislead {
    async fn lookup_user(
        &self,
        _call: &countersign_runtime::hooks::Call,
        _lookup: &countersign_runtime::hooks::Lookup,
    ) -> Result<Option<User>, HookError> {
        Ok(Some(self.0.clone()))
    }
    async fn send_sms(
        &self,
        _call: &countersign_runtime::hooks::Call,
        _sms: &countersign_runtime::hooks::Sms,
    ) -> Result<(), HookError> {
        Ok(())
    }
}

#[tokio::test]
async fn passwords_are_compared_with_the_hash() {
    let case = case();
    assert_eq!(case.verify(ask("1", "passw0rd")).await, "passed");
    for wrong in ["Passw0rd", "passw0rd ", "", "x"] {
        assert_eq!(case.verify(ask("1", wrong)).await, "password.wrong");
        case.verify(ask("1", "passw0rd")).await;
    }
    assert_eq!(case.verify(ask("nobody", "passw0rd")).await, "password.wrong");
    assert_eq!(case.verify(VerifyPassword { user: None, ..ask("1", "passw0rd") }).await, "password.wrong");
    assert_eq!(case.verify(ask("2", "passw0rd")).await, "password.locked");
}

#[tokio::test]
async fn name_and_organization_must_be_the_users_own() {
    let case = case();
    let named = |name: &str| VerifyPassword { username: Some(name.into()), ..ask("1", "passw0rd") };
    assert_eq!(case.verify(named("john")).await, "passed");
    assert_eq!(case.verify(named("jane")).await, "password.wrong");
    case.bank.add(User {
        id: "3".into(),
        organization: Some("SME".into()),
        password_hash: hash("passw0rd").ok(),
        ..User::default()
    });
    assert_eq!(case.verify(ask("3", "passw0rd")).await, "password.wrong");
}

#[tokio::test]
async fn five_wrong_passwords_lock_known_and_unknown_users_alike() {
    for user in ["1", "nobody"] {
        let case = case();
        for _ in 0..5 {
            assert_eq!(case.verify(ask(user, "guess")).await, "password.wrong");
        }
        assert_eq!(case.verify(ask(user, "passw0rd")).await, "password.locked");
        case.desk.clock.turn(15 * 60);
        let end = if user == "1" { "passed" } else { "password.wrong" };
        assert_eq!(case.verify(ask(user, "passw0rd")).await, end);
        let events: Vec<_> =
            case.store.audit_after(0, 100).await.unwrap().into_iter().map(|stored| stored.record.event).collect();
        assert_eq!(events.iter().filter(|event| **event == AuditEvent::PasswordBlocked).count(), 2, "{events:?}");
    }
}

#[tokio::test]
async fn other_spellings_of_a_name_give_no_further_attempts() {
    let case = case();
    case.bank.add(User { id: "Zo\u{eb}".into(), password_hash: hash("passw0rd").ok(), ..User::default() });
    assert_eq!(case.verify(ask("Zoe\u{308}", "passw0rd")).await, "passed");
    for spelling in ["Zo\u{eb}", "Zoe\u{308}", "Zo\u{eb}", "Zoe\u{308}", "Zo\u{eb}"] {
        assert_eq!(case.verify(ask(spelling, "guess")).await, "password.wrong");
    }
    for spelling in ["Zo\u{eb}", "Zoe\u{308}"] {
        assert_eq!(case.verify(ask(spelling, "passw0rd")).await, "password.locked");
    }
    // Names that nobody can have share the attempts of one.
    for name in ["jo\u{200b}hn", "\u{202e}john", "john\0", "\u{feff}john", "a\u{2066}"] {
        assert_eq!(case.verify(ask(name, "guess")).await, "password.wrong");
    }
    assert_eq!(case.verify(ask("another\u{200d}", "guess")).await, "password.locked");
    let stored = format!("{:?}", case.store);
    assert!(!stored.contains("\\u{200b}") && !stored.contains("\u{200b}"));
}

#[tokio::test]
async fn a_bank_that_keeps_hashes_gets_a_better_one_once() {
    let bank = bank();
    bank.keeps_hashes.store(true, std::sync::atomic::Ordering::Relaxed);
    let case = case_at(bank, |_| {});
    let weak = "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0$q4sYjZoWndy2sRlwZSoG0eoyLhc0LzJf+RgVnt8rKKE".to_owned();
    let kept = || case.bank.user("4").unwrap().password_hash.unwrap();
    case.bank.add(User { id: "4".into(), password_hash: Some(weak.clone()), ..User::default() });
    assert_eq!(case.verify(ask("4", "guess")).await, "password.wrong");
    assert_eq!(kept(), weak, "only a right password gives a better hash");
    assert_eq!(case.verify(ask("4", "s3cret")).await, "passed");
    let better = kept();
    assert!(better.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{better}");
    assert_eq!(case.verify(ask("4", "s3cret")).await, "passed");
    assert_eq!(kept(), better, "there is nothing better");
    assert_eq!(case.verify(ask("4", "guess")).await, "password.wrong");
}

#[tokio::test]
async fn the_bank_may_decide_for_itself() {
    let case = case();
    for (says, end) in [
        (PasswordResult::Right, "passed"),
        (PasswordResult::Wrong, "password.wrong"),
        (PasswordResult::Locked, "password.locked"),
    ] {
        *case.bank.password_result.lock().unwrap() = Some(says);
        assert_eq!(case.verify(ask("1", "whatever")).await, end);
    }
}

fn encrypted(transformation: &str, password: &str) -> VerifyPassword {
    VerifyPassword {
        protection: Some(PasswordProtection::Aes),
        transformation: Some(transformation.into()),
        ..ask("1", password)
    }
}

#[tokio::test]
async fn an_encrypted_password_is_decrypted_if_a_key_is_set() {
    let transformation = "AES/CBC/PKCS7Padding";
    let case = case_with(|options| {
        let cipher = PasswordCipher::new(KEY, transformation).unwrap();
        let transformation = transformation.into();
        options.password_encryption = Some(PasswordEncryption { cipher, transformation, required: false });
    });
    assert_eq!(case.verify(encrypted(transformation, PROTECTED)).await, "passed");
    assert_eq!(case.verify(encrypted("aes/cbc/pkcs5padding", PROTECTED)).await, "passed");
    assert_eq!(case.bank.passwords(), ["passw0rd", "passw0rd"]);
    assert_eq!(case.verify(ask("1", "passw0rd")).await, "passed", "plain ones are still taken");
    for (transformation, password) in [
        ("AES/ECB/PKCS5Padding", PROTECTED),
        ("", PROTECTED),
        (transformation, "passw0rd"),
        (transformation, "uOaHgDWvvrHPzFSvRY6bUg==:y8SuSlUipZKkcw2QjCpuCx=="),
    ] {
        assert_eq!(case.verify(encrypted(transformation, password)).await, "password.wrong");
        case.verify(ask("1", "passw0rd")).await;
    }
}

#[tokio::test]
async fn without_a_key_the_bank_gets_what_came() {
    let case = case();
    *case.bank.password_result.lock().unwrap() = Some(PasswordResult::Wrong);
    assert_eq!(case.verify(encrypted("AES/CBC/PKCS7Padding", PROTECTED)).await, "password.wrong");
    assert_eq!(case.bank.passwords(), [PROTECTED]);
    *case.bank.password_result.lock().unwrap() = Some(PasswordResult::Right);
    assert_eq!(case.verify(encrypted("AES/CBC/PKCS7Padding", PROTECTED)).await, "passed");
}

#[tokio::test]
async fn without_a_key_nothing_encrypted_is_compared_or_counted() {
    let case = case();
    for (user, typed) in [("1", PROTECTED), ("2", PROTECTED), ("1", "passw0rd"), ("1", "a:b"), ("nobody", PROTECTED)] {
        for _ in 0..7 {
            let input = VerifyPassword { user: Some(user.into()), ..encrypted("AES/CBC/PKCS7Padding", typed) };
            let fault = case.desk.core().verify_password(input).await.unwrap_err();
            assert_eq!(fault.name, "unexpected", "{user} {typed}");
        }
    }
    assert_eq!(case.verify(ask("1", "passw0rd")).await, "passed", "nobody has failed yet");
    assert_eq!(case.verify(ask("2", "passw0rd")).await, "password.locked", "the bank locked them");
    assert_eq!(case.verify(ask("nobody", "passw0rd")).await, "password.wrong");
    let entry = case.store.audit_after(0, 100).await.unwrap().into_iter().map(|stored| stored.record);
    let without_key = entry.filter(|record| record.reason.as_deref() == Some("there is no key to decrypt it with"));
    assert_eq!(without_key.count(), 35);
}

#[tokio::test]
async fn what_is_declared_encrypted_and_is_not_is_wrong_where_the_bank_decrypts() {
    let case = case();
    *case.bank.password_result.lock().unwrap() = Some(PasswordResult::Right);
    assert_eq!(case.verify(encrypted("AES/CBC/PKCS7Padding", PROTECTED)).await, "passed");
    for plain in ["passw0rd", "", ":", "a:b", "uOaHgDWvvrHPzFSvRY6bUg==:", PROTECTED.trim_end_matches('=')] {
        assert_eq!(case.verify(encrypted("AES/CBC/PKCS7Padding", plain)).await, "password.wrong", "{plain}");
        case.verify(encrypted("AES/CBC/PKCS7Padding", PROTECTED)).await;
    }
    assert!(case.bank.passwords().iter().all(|given| given == PROTECTED), "the bank sees none of them");
}

#[tokio::test]
async fn plain_passwords_can_be_refused_where_a_key_is_set() {
    let transformation = "AES/CBC/PKCS7Padding";
    let case = case_with(|options| {
        let cipher = PasswordCipher::new(KEY, transformation).unwrap();
        let transformation = transformation.into();
        options.password_encryption = Some(PasswordEncryption { cipher, transformation, required: true });
    });
    for protection in [None, Some(PasswordProtection::None)] {
        for _ in 0..7 {
            let input = VerifyPassword { protection, ..ask("1", "passw0rd") };
            let fault = case.desk.core().verify_password(input).await.unwrap_err();
            assert_eq!((fault.name, fault.about), ("input.invalid", Some("user.password_protection")));
        }
    }
    assert!(case.bank.passwords().is_empty());
    assert_eq!(case.verify(encrypted(transformation, PROTECTED)).await, "passed", "nobody has failed yet");
}

#[tokio::test]
async fn a_hook_that_fails_is_no_wrong_password() {
    let case = case();
    for _ in 0..10 {
        case.bank.lookups_say(vec![HookError::Broken("down".into())]);
        let fault = case.desk.core().verify_password(ask("1", "passw0rd")).await.unwrap_err();
        assert_eq!(fault.name, "hook.failed");
    }
    assert_eq!(case.verify(ask("1", "passw0rd")).await, "passed");
}

#[tokio::test]
async fn the_failure_that_locks_tells_so_where_that_is_wanted() {
    let case = case();
    let entry = |user: &str, password: &str| VerifyPassword { tell_lock: true, ..ask(user, password) };
    for user in ["1", "nobody"] {
        for _ in 0..4 {
            assert_eq!(case.verify(entry(user, "wrong")).await, "password.wrong", "{user}");
        }
        assert_eq!(case.verify(entry(user, "wrong")).await, "password.locked", "{user}");
        assert_eq!(case.verify(entry(user, "passw0rd")).await, "password.locked", "{user}");
    }
    case.desk.clock.turn(15 * 60);
    assert_eq!(case.verify(entry("1", "passw0rd")).await, "passed");
}

#[tokio::test]
async fn another_issuer_gives_no_further_attempts() {
    let case = case();
    for number in 0..5 {
        let wrong = VerifyPassword { issuer: Some(format!("issuer {number}")), ..ask("1", "wrong") };
        assert_eq!(case.verify(wrong).await, "password.wrong");
    }
    assert_eq!(case.verify(ask("1", "passw0rd")).await, "password.locked");
}

#[tokio::test]
async fn a_name_may_be_written_with_other_capitals_and_nothing_else() {
    let case = case();
    let named = |name: &str| VerifyPassword { username: Some(name.into()), ..ask("1", "passw0rd") };
    for name in ["john", "John", "JOHN"] {
        assert_eq!(case.verify(named(name)).await, "passed", "{name}");
    }
    for name in ["joh", "john ", "jöhn"] {
        assert_eq!(case.verify(named(name)).await, "password.wrong", "{name}");
    }
}

fn named(name: &str, password: &str) -> VerifyPassword {
    VerifyPassword { user: None, username: Some(name.into()), ..ask("", password) }
}

#[tokio::test]
async fn a_user_is_found_by_name_alone() {
    let case = case();
    assert_eq!(case.verify(named("john", "passw0rd")).await, "passed");
    assert_eq!(case.verify(VerifyPassword { user: Some(String::new()), ..named("john", "passw0rd") }).await, "passed");
    assert_eq!(case.verify(named("john", "guess")).await, "password.wrong");
    assert_eq!(case.verify(named("nobody", "passw0rd")).await, "password.wrong");
    assert_eq!(case.verify(named("", "passw0rd")).await, "password.wrong");
}

#[tokio::test]
async fn name_and_number_share_the_attempts_of_one_user() {
    let case = case();
    for (at, wrong) in [named("john", "a"), ask("1", "b"), named("john", "c"), ask("1", "d")].into_iter().enumerate() {
        assert_eq!(case.verify(wrong).await, "password.wrong", "{at}");
    }
    assert_eq!(case.verify(named("john", "e")).await, "password.wrong");
    assert_eq!(case.verify(ask("1", "passw0rd")).await, "password.locked");
    assert_eq!(case.verify(named("john", "passw0rd")).await, "password.locked");
    let entry = case.store.audit_after(0, 100).await.unwrap();
    assert!(entry.iter().all(|stored| stored.record.user.as_deref() == Some("1")), "who was found is told, no name");
}

#[tokio::test]
async fn a_name_of_nobody_is_counted_and_locks_no_number() {
    let case = case();
    for _ in 0..5 {
        assert_eq!(case.verify(named("1", "guess")).await, "password.wrong");
    }
    assert_eq!(case.verify(named("1", "guess")).await, "password.locked");
    assert_eq!(case.verify(ask("1", "passw0rd")).await, "passed", "a name that looks like a number is no number");
    let entry = case.store.audit_after(0, 100).await.unwrap();
    assert!(entry.iter().take(6).all(|stored| stored.record.user.is_none()), "names of nobody may be anything");
}

#[tokio::test]
async fn a_device_must_be_one_of_the_users_where_the_bank_tells_of_any() {
    let case = case();
    let known = |id: &str, apps: &[&str]| KnownDevice {
        id: id.to_owned(),
        app_ids: apps.iter().map(|app| (*app).to_owned()).collect(),
    };
    let all = vec![known("phone", &["bank", "shop"]), known("tablet", &[])];
    let good = |known: &[KnownDevice], device: &str, app: Option<&str>| {
        let (device, app) = (Some(device.to_owned()), app.map(str::to_owned));
        let (core, known) = (case.desk.core(), known.to_vec());
        async move { core.require_device(RequireDevice { known, device, app }).await.is_ok() }
    };
    for (device, app) in [("phone", Some("bank")), ("phone", None), ("tablet", Some("any")), ("tablet", Some(""))] {
        assert!(good(&all, device, app).await, "{device} {app:?}");
    }
    for (device, app) in [("phone", Some("game")), ("watch", None), ("", None), ("watch", Some("bank"))] {
        assert!(!good(&all, device, app).await, "{device} {app:?}");
    }
    assert!(good(&[], "watch", Some("bank")).await);
}

#[tokio::test]
async fn a_password_that_would_wait_for_long_is_refused_before_anything_is_done_for_it() {
    let case = case();
    let passwords = &case.desk.shared.passwords;
    let flood: Vec<_> = (0..256)
        .map(|_| {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.hash(zeroize::Zeroizing::new("x".to_owned())).await })
        })
        .collect();
    // Each has asked for its place by then.
    tokio::task::yield_now().await;
    case.bank.lookups_say(vec![HookError::Broken("it was asked".to_owned())]);
    let refused = case.desk.core().verify_password(ask("1", "passw0rd")).await.unwrap_err();
    assert_eq!(refused.name, "overloaded", "nobody was looked up");
    assert!(case.store.audit_after(0, 100).await.unwrap().is_empty(), "nothing was stored");
    case.bank.lookups_say(Vec::new());
    for hash in flood {
        // Some were refused themselves, some have waited for too long.
        let _ = hash.await.unwrap();
    }
    assert_eq!(case.verify(ask("1", "passw0rd")).await, "passed");
}
