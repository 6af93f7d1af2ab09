//! Codes that their caller is told and that are found by themselves: single use, what they are bound to, how long they
//! are known, and how many wrong ones a caller may try. Time is turned by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[cfg(feature = "postgres")]
mod pg_server;

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_runtime::crypto::{KeyName, Keyring, NamedSecret};
use countersign_runtime::settings::Options;
use countersign_runtime::store::embedded::EmbeddedStore;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{
    Adapter, Call, Core, IssueOtp, IssuedOtp, OneTimeCode, Secret, Shared, User, Verdict, VerifiedOtp, VerifyOtp,
};
use tokio::task::JoinSet;

const REPLIES: Adapter =
    Adapter { operations: &[], otps: &[RecoveryOtp::KIND, DeviceOtp::KIND], texts: &[], ..ADAPTER };
const MINUTE: i64 = 60;

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(
    name = "recovery",
    alphabet = "base32",
    digits = 10,
    life = "1h",
    attempts = 5,
    id = code,
    one_per(issuer.id, user.id, recovery.type)
)]
struct RecoveryOtp {
    #[bound(issuer.id)]
    issuer: Option<String>,
    #[bound(recovery.type)]
    recovery: Option<String>,
}

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(name = "device", alphabet = "base32", digits = 10, life = "24h", attempts = 5, id = code)]
struct DeviceOtp {
    #[bound(issuer.id)]
    issuer: Option<String>,
    #[kept(device.id)]
    device: Option<String>,
    #[kept(device.app_id)]
    app: Option<String>,
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn retained_until(of: &str) -> RecoveryOtp {
    RecoveryOtp { issuer: text("issuer"), recovery: text(of) }
}

struct Case {
    desk: Desk,
    store: Arc<dyn Store>,
}

fn case() -> Case {
    case_on(Arc::new(MemoryStore::default()))
}

fn case_on(store: Arc<dyn Store>) -> Case {
    case_with(store, |_| {})
}

fn case_with(store: Arc<dyn Store>, change: impl FnOnce(&mut Options)) -> Case {
    let desk = Desk::new(&REPLIES, store.clone(), Arc::new(TestBank::with([User::default()])), change).unwrap();
    Case { desk, store }
}

impl Case {
    fn called_by(&self, caller: &str) -> Core {
        let core = self.desk.core();
        let mut call = Call::clone(&core.call);
        call.caller = text(caller);
        Core { call: Arc::new(call), ..core }
    }

    async fn issued(&self, user: &str, code: RecoveryOtp) -> IssuedOtp {
        self.desk.core().issue_otp(IssueOtp { user: text(user), code, ..IssueOtp::default() }).await.unwrap()
    }

    async fn told_by(&self, core: Core, typed: &str, user: Option<&str>, code: RecoveryOtp) -> &'static str {
        let input = VerifyOtp { id: None, value: Some(Secret::from(typed)), user: user.map(str::to_owned), code };
        entry(&core.verify_otp(input).await.unwrap())
    }

    async fn entry(&self, typed: &str) -> &'static str {
        self.told_by(self.desk.core(), typed, None, retained_until("password")).await
    }

    async fn events(&self) -> Vec<AuditEvent> {
        self.store.audit_after(0, 10_000).await.unwrap().into_iter().map(|stored| stored.record.event).collect()
    }
}

fn entry<C>(verdict: &Verdict<VerifiedOtp<C>>) -> &'static str {
    verdict.refusal.as_ref().map_or("passed", |fault| fault.name)
}

#[tokio::test]
async fn a_code_is_ten_letters_that_look_like_no_others_and_passes_once() {
    let case = case();
    let issued = case.issued("jane", retained_until("password")).await;
    let code = issued.code.expose().clone();
    assert_eq!(code.len(), 10);
    assert!(code.chars().all(|letter| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(letter)), "{code}");
    assert_eq!(format!("{:?}", issued.code), "[redacted]");
    assert_eq!(issued.expires.millis(), case.desk.core().time.millis() + 3_600_000);
    let core = case.desk.core();
    let input = VerifyOtp { id: None, value: Some(issued.code), user: None, code: retained_until("password") };
    let verified = core.verify_otp(input).await.unwrap().passed().unwrap();
    assert_eq!((verified.id, verified.user.as_deref()), (issued.id, Some("jane")));
    assert_eq!(case.entry(&code).await, "otp.used");
    use AuditEvent::{OtpIssued, OtpReplayed, OtpVerified};
    assert_eq!(case.events().await, [OtpIssued, OtpVerified, OtpReplayed]);
}

#[tokio::test]
async fn nothing_in_store_or_audit_is_the_code() {
    let case = case();
    let core = case.desk.core();
    let code = DeviceOtp { issuer: text("issuer"), device: text("device-7731"), app: None };
    let issued = core.issue_otp(IssueOtp { user: text("jane"), code, ..IssueOtp::default() }).await.unwrap();
    let key = countersign_runtime::store::RecordKey::new(countersign_runtime::store::Kind::Code, issued.id.as_str());
    let record = case.store.get(key, core.time.millis()).await.unwrap().record.unwrap().value.to_string();
    let audit = format!("{:?}", case.store.audit_after(0, 10).await.unwrap());
    for text in [record, audit] {
        assert!(!text.contains(issued.code.expose()) && !text.contains("device-7731"), "{text}");
    }
}

#[tokio::test]
async fn what_is_kept_comes_back_with_a_right_code() {
    let case = case();
    let code = DeviceOtp { issuer: text("issuer"), device: text("phone"), app: text("com.example") };
    let issued =
        case.desk.core().issue_otp(IssueOtp { user: text("jane"), code, ..IssueOtp::default() }).await.unwrap();
    let asked = DeviceOtp { issuer: text("issuer"), ..DeviceOtp::default() };
    let input = VerifyOtp { id: None, value: Some(issued.code), user: None, code: asked };
    let verified = case.desk.core().verify_otp(input).await.unwrap().passed().unwrap();
    assert_eq!((verified.code.device, verified.code.app), (text("phone"), text("com.example")));
}

#[tokio::test]
async fn another_type_issuer_or_user_is_a_mismatch_and_costs_the_code_nothing() {
    let case = case();
    let code = case.issued("jane", retained_until("password")).await.code.expose().clone();
    let core = || case.desk.core();
    let elsewhere = RecoveryOtp { issuer: text("other"), ..retained_until("password") };
    assert_eq!(case.told_by(core(), &code, None, retained_until("passcode")).await, "otp.mismatch");
    assert_eq!(case.told_by(core(), &code, None, elsewhere).await, "otp.mismatch");
    assert_eq!(case.told_by(core(), &code, Some("jack"), retained_until("password")).await, "otp.mismatch");
    assert_eq!(case.told_by(core(), &code, Some("jane"), retained_until("password")).await, "passed");
}

#[tokio::test]
async fn a_code_of_one_kind_is_unknown_to_another() {
    let case = case();
    let code = case.issued("jane", retained_until("password")).await.code;
    let asked = DeviceOtp { issuer: text("issuer"), ..DeviceOtp::default() };
    let input = VerifyOtp { id: None, value: Some(code), user: None, code: asked };
    assert_eq!(entry(&case.desk.core().verify_otp(input).await.unwrap()), "otp.unknown");
}

#[tokio::test]
async fn a_newer_code_voids_the_older_one_of_the_same_user_and_type_alone() {
    let case = case();
    let first = case.issued("jane", retained_until("password")).await.code.expose().clone();
    let passcode = case.issued("jane", retained_until("passcode")).await.code.expose().clone();
    let of_jack = case.issued("jack", retained_until("password")).await.code.expose().clone();
    let second = case.issued("jane", retained_until("password")).await.code.expose().clone();
    assert_eq!(case.entry(&first).await, "otp.unknown");
    assert_eq!(case.entry(&second).await, "passed");
    assert_eq!(case.entry(&of_jack).await, "passed");
    assert_eq!(case.told_by(case.desk.core(), &passcode, None, retained_until("passcode")).await, "passed");
    assert!(case.events().await.contains(&AuditEvent::OtpSuperseded));
}

#[tokio::test]
async fn a_late_code_is_reported_so_for_a_day_and_then_not_known() {
    let case = case();
    let late = case.issued("jane", retained_until("password")).await.code.expose().clone();
    let used = case.issued("jack", retained_until("password")).await.code.expose().clone();
    assert_eq!(case.entry(&used).await, "passed");
    case.desk.clock.turn(60 * MINUTE);
    let on_time = case.issued("joan", retained_until("password")).await.code.expose().clone();
    case.desk.clock.turn_millis(1);
    assert_eq!(case.entry(&late).await, "otp.expired");
    assert_eq!(case.entry(&used).await, "otp.used");
    assert_eq!(case.entry(&on_time).await, "passed");
    case.desk.clock.turn(24 * 60 * MINUTE);
    assert_eq!(case.entry(&late).await, "otp.unknown");
}

#[tokio::test]
async fn a_code_is_good_until_its_last_millisecond() {
    let case = case();
    let code = case.issued("jane", retained_until("password")).await.code.expose().clone();
    case.desk.clock.turn(60 * MINUTE);
    assert_eq!(case.entry(&code).await, "passed");
}

#[tokio::test]
async fn nothing_typed_is_no_try() {
    let case = case();
    let code = case.issued("jane", retained_until("password")).await.code.expose().clone();
    for _ in 0..20 {
        assert_eq!(case.entry("").await, "otp.missing");
    }
    assert_eq!(case.entry(&code).await, "passed");
}

#[tokio::test]
async fn after_ten_wrong_codes_a_right_one_waits_for_the_minute_to_end() {
    let case = case();
    let code = case.issued("jane", retained_until("password")).await.code.expose().clone();
    for number in 0..10 {
        assert_eq!(case.entry(&format!("WR0NG{number:05}")).await, "otp.unknown");
    }
    assert_eq!(case.entry("WR0NGC0DE9").await, "otp.limited");
    assert_eq!(case.entry(&code).await, "otp.limited");
    // Another caller, and the same caller for another issuer, have failed at nothing.
    let other = RecoveryOtp { issuer: text("other"), ..retained_until("password") };
    let of_other = case.issued("jane", other.clone()).await.code.expose().clone();
    assert_eq!(case.told_by(case.desk.core(), &of_other, None, other).await, "passed");
    assert_eq!(case.told_by(case.called_by("desk 2"), &code, None, retained_until("passcode")).await, "otp.mismatch");
    case.desk.clock.turn(MINUTE);
    assert_eq!(case.entry(&code).await, "passed");
    assert!(case.events().await.contains(&AuditEvent::OtpBlocked));
}

#[tokio::test]
async fn nobodys_wrong_codes_stop_a_right_one_of_eighty_bits() {
    let longer = |options: &mut Options| options.otps.get_mut("recovery").unwrap().digits = 16;
    let case = case_with(Arc::new(MemoryStore::default()), longer);
    let code = case.issued("jane", retained_until("password")).await.code.expose().clone();
    assert_eq!(code.len(), 16);
    for number in 0..30 {
        let wanted = if number < 10 { "otp.unknown" } else { "otp.limited" };
        assert_eq!(case.entry(&format!("WR0NGWR0NGW{number:05}")).await, wanted);
    }
    assert_eq!(case.entry(&code).await, "passed");
    assert_eq!(case.entry(&code).await, "otp.limited", "used ones count as wrong ones do");
}

#[tokio::test]
async fn wrong_codes_of_one_source_or_about_one_user_stop_no_other() {
    let case = case();
    let code = case.issued("jane", retained_until("password")).await.code.expose().clone();
    let from = |address: &str| {
        let mut core = case.desk.core();
        Arc::make_mut(&mut core.call).source = address.parse().ok();
        core
    };
    for number in 0..11 {
        let typed = format!("WR0NG{number:05}");
        case.told_by(from("192.0.2.1"), &typed, None, retained_until("password")).await;
        case.told_by(from("192.0.2.2"), &typed, Some("john"), retained_until("password")).await;
    }
    let try_it = async |core, user| case.told_by(core, &code, user, retained_until("password")).await;
    assert_eq!(try_it(from("192.0.2.1"), None).await, "otp.limited");
    assert_eq!(try_it(from("192.0.2.2"), Some("john")).await, "otp.limited");
    assert_eq!(try_it(from("192.0.2.2"), Some("jane")).await, "passed");
}

#[tokio::test]
async fn wrong_ones_of_every_sort_count() {
    let case = case();
    let (late, used) =
        (case.issued("late", retained_until("password")).await, case.issued("used", retained_until("password")).await);
    assert_eq!(case.entry(used.code.expose()).await, "passed");
    case.desk.clock.turn(61 * MINUTE);
    let other = case.issued("jane", retained_until("passcode")).await;
    let wrong = [(late.code, "otp.expired"), (used.code, "otp.used"), (other.code, "otp.mismatch")];
    for (code, fault) in wrong.iter().chain([(Secret::from("0000000000"), "otp.unknown")].iter()).cycle().take(10) {
        assert_eq!(case.entry(code.expose()).await, *fault);
    }
    assert_eq!(case.entry("0000000000").await, "otp.limited");
    let entry = case.store.audit_after(0, 10_000).await.unwrap().pop().unwrap().record;
    assert_eq!((entry.user, entry.method.as_deref()), (None, Some("recovery")));
    use AuditEvent::{OtpBindingMismatch, OtpBlocked, OtpExpired, OtpReplayed, OtpUnknown};
    let events = case.events().await;
    assert_eq!(events[events.len() - 5..], [OtpBindingMismatch, OtpUnknown, OtpExpired, OtpReplayed, OtpBlocked]);
}

#[tokio::test]
async fn the_audit_tells_whose_code_was_looked_for_in_vain() {
    let case = case();
    for _ in 0..11 {
        case.told_by(case.desk.core(), "0000000000", Some("jane"), retained_until("password")).await;
        let entry = case.store.audit_after(0, 10_000).await.unwrap().pop().unwrap().record;
        assert_eq!((entry.user.as_deref(), entry.method.as_deref()), (Some("jane"), Some("recovery")));
    }
    assert!(case.events().await.contains(&AuditEvent::OtpBlocked));
}

#[tokio::test]
async fn the_limit_is_a_setting() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let few = |options: &mut countersign_runtime::settings::Options| options.limits.wrong_codes_per_minute = 1;
    let desk = Desk::new(&REPLIES, store.clone(), Arc::new(TestBank::default()), few).unwrap();
    let case = Case { desk, store };
    let code = case.issued("jane", retained_until("password")).await.code.expose().clone();
    assert_eq!(case.entry("0000000000").await, "otp.unknown");
    assert_eq!(case.entry(&code).await, "otp.limited");
}

#[tokio::test]
async fn a_very_long_text_is_no_code() {
    assert_eq!(case().entry(&"0".repeat(100_000)).await, "otp.unknown");
}

#[tokio::test]
async fn a_code_of_the_key_before_is_found_by_the_key_after() {
    let case = case();
    let code = case.issued("jane", retained_until("password")).await.code.expose().clone();
    let secret = |id: &str, seed: u8| NamedSecret { id: id.into(), bytes: vec![seed; 32].into() };
    let ring = |codes: Vec<NamedSecret>| {
        let others = KeyName::ALL.into_iter().zip(100_u8..).map(|(name, seed)| (name, vec![secret("o", seed)]));
        let mut secrets: BTreeMap<_, _> = others.collect();
        secrets.insert(KeyName::Codes, codes);
        Keyring::new(secrets).unwrap()
    };
    let with = |keys: Keyring| {
        let shared = Desk::new(&REPLIES, case.store.clone(), Arc::new(TestBank::default()), |_| {}).unwrap().shared;
        let shared =
            Shared { keys: keys.into(), clock: case.desk.clock.clone(), ..Arc::try_unwrap(shared).ok().unwrap() };
        Core { shared: Arc::new(shared), ..case.desk.core() }
    };
    let demo = case.desk.shared.keys.ring();
    assert_eq!(
        case.told_by(with(ring(vec![secret("new", 7)])), &code, None, retained_until("password")).await,
        "otp.unknown"
    );
    let made_by_old = with(ring(vec![secret("old", 9)]));
    let code = made_by_old
        .issue_otp(IssueOtp { user: text("joan"), code: retained_until("password"), ..IssueOtp::default() })
        .await
        .unwrap()
        .code;
    let after = with(ring(vec![secret("new", 7), secret("old", 9)]));
    assert_eq!(case.told_by(after, code.expose(), None, retained_until("password")).await, "passed");
    assert!(demo.is_demo());
}

async fn one_success_for_every_code(store: Arc<dyn Store>, rounds: usize) {
    let case = Arc::new(case_on(store));
    for number in 0..rounds {
        // The loser of each round counts as wrong; so each round has an issuer of its own.
        let of = RecoveryOtp { issuer: Some(format!("issuer {number}")), recovery: text("password") };
        let code = case.issued("jane", of.clone()).await.code.expose().clone();
        let mut tasks = JoinSet::new();
        for _ in 0..2 {
            let (case, code, of) = (case.clone(), code.clone(), of.clone());
            tasks.spawn(async move { case.told_by(case.desk.core(), &code, None, of).await });
        }
        let mut answers = tasks.join_all().await;
        answers.sort_unstable();
        assert_eq!(answers, ["otp.used", "passed"], "round {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_show_a_code_at_once_one_passes() {
    one_success_for_every_code(Arc::new(MemoryStore::default()), 1_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_is_on_the_embedded_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(&folder.path().join("codes.db")).unwrap();
    one_success_for_every_code(Arc::new(store), 50).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_is_in_a_database() {
    one_success_for_every_code(Arc::new(pg_server::shared().store(Default::default())), 200).await;
}

/// A hundred guesses at once, ten of which are answered.
async fn ten_of_a_hundred(store: Arc<dyn Store>) {
    let case = Arc::new(case_on(store));
    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let case = case.clone();
        tasks.spawn(async move { case.entry(&format!("WR0NG{number:05}")).await });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == "otp.unknown").count(), 10);
    assert_eq!(answers.iter().filter(|answer| **answer == "otp.limited").count(), 90);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_guesses_at_once_ten_are_answered() {
    for _ in 0..20 {
        ten_of_a_hundred(Arc::new(MemoryStore::default())).await;
    }
    #[cfg(feature = "postgres")]
    ten_of_a_hundred(Arc::new(pg_server::shared().store(Default::default()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_ones_side_by_side_block_nobody() {
    let case = Arc::new(case());
    let mut codes = Vec::new();
    for number in 0..200 {
        codes.push(case.issued(&format!("u{number}"), retained_until("password")).await.code.expose().clone());
    }
    let mut tasks = JoinSet::new();
    for code in codes {
        let case = case.clone();
        tasks.spawn(async move { case.entry(&code).await });
    }
    assert!(tasks.join_all().await.iter().all(|answer| *answer == "passed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_new_codes_for_the_same_one_is_good() {
    let case = Arc::new(case());
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let case = case.clone();
        tasks.spawn(async move { case.issued("jane", retained_until("password")).await.code });
    }
    let mut passed = 0;
    for code in tasks.join_all().await {
        passed += usize::from(case.entry(code.expose()).await == "passed");
        case.desk.clock.turn(MINUTE);
    }
    assert_eq!(passed, 1);
}
