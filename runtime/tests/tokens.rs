//! Codes whose id is a token: what is told of them in each of their states, for how long, where, and to whom. Time is
//! turned by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::settings::Options;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, AuditOutcome, Batch, Kind, RecordKey, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{
    AcceptDocument, Adapter, OneTimeCode, Outcome, Secret, SendOtp, Text, UnsentOtp, User, Verdict, VerifiedOtp,
    VerifyOtp,
};
use serde_json::Value;
use tokio::task::JoinSet;

const TOKENS: Adapter = Adapter {
    operations: &[],
    otps: &[TokenOtp::KIND, PaymentOtp::KIND, ShortOtp::KIND],
    sessions: &[],
    texts: &[Text { language: "en", key: "sms.token", text: "Your code is {{ otp.code }}" }],
    ..ADAPTER
};

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(
    name = "token",
    digits = 8,
    life = "5m",
    attempts = 5,
    text = "sms.token",
    id_life = "1h",
    id = token,
    numbers,
    per_phone = "10 in 1h"
)]
struct TokenOtp {
    #[bound(country.code)]
    country: Option<String>,
    #[bound(partner.id)]
    partner: Option<String>,
    #[kept(document.name)]
    document: Option<String>,
}

/// A kind that binds more than where it is known.
#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(
    name = "payment",
    digits = 8,
    life = "5m",
    attempts = 3,
    text = "sms.token",
    id_life = "1h",
    id = token,
    per_phone = "10 in 1h"
)]
struct PaymentOtp {
    #[bound(country.code)]
    country: Option<String>,
    #[bound(operation.id)]
    operation: Option<String>,
    #[bound(operation.amount)]
    amount: Option<String>,
    #[bound(operation.account)]
    payee: Option<String>,
    #[bound(user.id)]
    user: Option<String>,
}

/// A kind whose id is known no longer than its code.
#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(name = "short", digits = 8, life = "5m", attempts = 5, text = "sms.token")]
struct ShortOtp {
    #[bound(country.code)]
    country: Option<String>,
}

impl PaymentOtp {
    fn of_jane() -> Self {
        let text = |text: &str| Some(text.to_owned());
        PaymentOtp {
            country: text("SE"),
            operation: text("1"),
            amount: text("100"),
            payee: text("77"),
            user: text("jane"),
        }
    }
}

fn here() -> TokenOtp {
    let text = |text: &str| Some(text.to_owned());
    TokenOtp { country: text("SE"), partner: text("shop"), document: text("lease") }
}

struct Case {
    desk: Desk,
    bank: Arc<TestBank>,
    store: Arc<MemoryStore>,
}

fn case() -> Case {
    case_with(|options| options.limits.dev_limits_off = true)
}

fn case_with(change: impl FnOnce(&mut Options)) -> Case {
    let bank = Arc::new(TestBank::with([user("jane"), user("jack")]));
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&TOKENS, store.clone(), bank.clone(), change).unwrap();
    Case { desk, bank, store }
}

fn user(id: &str) -> User {
    User { id: id.to_owned(), phone: "+46731234567".parse().ok(), ..User::default() }
}

impl Case {
    async fn sent(&self) -> (String, String) {
        let sent = self.desk.core().send_otp(self.to("jane")).await.unwrap();
        assert_eq!(sent.outcome, Outcome::Passed, "{:?}", sent.refusal);
        (sent.id, self.bank.latest_code())
    }

    fn to(&self, user: &str) -> SendOtp<TokenOtp> {
        SendOtp { user: Some(user.to_owned()), code: here(), ..SendOtp::default() }
    }

    async fn verify_in(&self, id: &str, typed: Option<&str>, code: TokenOtp) -> Verdict<VerifiedOtp<TokenOtp>> {
        let (id, value) = (Some(id.to_owned()), typed.map(Secret::from));
        self.desk.core().verify_otp(VerifyOtp { id, value, user: None, code }).await.unwrap()
    }

    async fn waived_payment(&self) -> String {
        let input = UnsentOtp { user: Some("jane".into()), code: PaymentOtp::of_jane(), ..UnsentOtp::default() };
        self.desk.core().waive_otp(input).await.unwrap().id
    }

    /// The fault of a payment's code, or `passed`; `user` is whom the request names beside what is bound.
    async fn payment_entry(&self, id: &str, typed: Option<&str>, user: Option<&str>, code: PaymentOtp) -> String {
        let (id, value, user) = (Some(id.to_owned()), typed.map(Secret::from), user.map(str::to_owned));
        let verdict = self.desk.core().verify_otp(VerifyOtp { id, value, user, code }).await.unwrap();
        verdict.passed().map_or_else(|fault| fault.name, |_| "passed").to_owned()
    }

    /// The fault, or `passed`.
    async fn entry(&self, id: &str, typed: Option<&str>) -> &'static str {
        let code = TokenOtp { document: None, ..here() };
        self.verify_in(id, typed, code).await.passed().map_or_else(|fault| fault.name, |_| "passed")
    }
}

fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect()
}

#[tokio::test]
async fn a_token_has_sixteen_random_bytes_and_comes_back_with_what_was_kept() {
    let case = case();
    let (id, code) = case.sent().await;
    assert_eq!(id.len(), 22);
    assert!(id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'), "{id}");
    let verified = case.verify_in(&id, Some(&code), TokenOtp { document: None, ..here() }).await.passed().unwrap();
    assert_eq!((verified.id, verified.user.as_deref()), (id, Some("jane")));
    assert_eq!(verified.code.document.as_deref(), Some("lease"));
}

#[tokio::test]
async fn attempts_are_counted_up_and_a_refusal_names_what_was_asked_for() {
    let case = case();
    let (id, code) = case.sent().await;
    for tries in 1..=2 {
        let refused = case.verify_in(&id, Some(&wrong(&code)), here()).await;
        assert_eq!((refused.attempts, refused.attempts_left), (Some(tries), Some(5 - tries)));
        assert_eq!(refused.passed().unwrap_err().carried().id.as_ref(), Some(&id));
    }
    assert_eq!(case.verify_in(&id, Some(&code), here()).await.passed().unwrap().attempts, 3);
}

#[tokio::test]
async fn the_store_and_the_audit_know_no_token() {
    let case = case();
    let (id, code) = case.sent().await;
    assert_eq!(case.entry(&id, Some(&code)).await, "passed");
    let audit = format!("{:?}", case.store.audit_after(0, 100).await.unwrap());
    assert!(!audit.contains(&id) && audit.contains("OtpVerified"), "{audit}");
}

#[tokio::test]
async fn the_audit_of_a_document_knows_the_token_as_that_of_the_code_does() {
    let case = case();
    let (id, _) = case.sent().await;
    let accepted = |otp: &str| AcceptDocument {
        accepted: countersign_runtime::Time::parse("2026-11-21T10:00:00Z"),
        updated: countersign_runtime::Date::parse("2026-11-01"),
        otp: Some(otp.to_owned()),
        ..AcceptDocument::default()
    };
    let mut entry = Vec::new();
    for otp in [id.as_str(), "3a4f5e60-0000-4000-8000-000000000000", "x\ny"] {
        case.desk.core().accept_document(accepted(otp)).await.unwrap();
        entry.push(case.store.audit_after(0, 100).await.unwrap().pop().unwrap().record.challenge.unwrap());
    }
    let issued = case.store.audit_after(0, 1).await.unwrap().pop().unwrap().record;
    assert_eq!((issued.event, issued.challenge.as_ref()), (AuditEvent::OtpIssued, Some(&entry[0])));
    assert_eq!(entry[1..], ["3a4f5e60-0000-4000-8000-000000000000", "xy"]);
}

#[tokio::test]
async fn what_became_of_a_code_is_reported_while_the_token_is_known() {
    let case = case();
    let (used, code) = case.sent().await;
    assert_eq!(case.entry(&used, Some(&code)).await, "passed");
    let (dead, right) = case.sent().await;
    for _ in 0..4 {
        assert_eq!(case.entry(&dead, Some(&wrong(&right))).await, "otp.wrong");
    }
    assert_eq!(case.entry(&dead, Some(&wrong(&right))).await, "otp.exhausted");
    let (late, good) = case.sent().await;
    for minutes in [0, 6] {
        case.desk.clock.turn(minutes * 60);
        assert_eq!(case.entry(&used, Some(&code)).await, "otp.used");
        assert_eq!(case.entry(&dead, Some(&right)).await, "otp.exhausted");
    }
    assert_eq!(case.entry(&late, Some(&good)).await, "otp.expired");
    assert_eq!(case.entry(&late, None).await, "otp.expired");
    case.desk.clock.turn(60 * 60);
    for id in [&used, &dead, &late] {
        assert_eq!(case.entry(id, Some(&code)).await, "otp.unknown");
    }
}

#[tokio::test]
async fn asking_without_a_code_is_no_try() {
    let case = case();
    let (id, code) = case.sent().await;
    for _ in 0..20 {
        let refusal = case.verify_in(&id, None, here()).await.passed().unwrap_err();
        assert_eq!((refusal.name, refusal.about), ("otp.missing", Some("otp.code")));
    }
    let entry = case.store.audit_after(0, 100).await.unwrap().pop().unwrap().record;
    assert_eq!((entry.event, entry.reason.as_deref()), (AuditEvent::OtpFailed, Some("otp.missing")));
    assert_eq!(case.entry(&id, Some(&code)).await, "passed");
}

#[tokio::test]
async fn elsewhere_a_token_is_not_known_and_loses_nothing() {
    let case = case();
    let (id, code) = case.sent().await;
    let input = UnsentOtp { user: Some("jane".into()), code: here(), ..UnsentOtp::default() };
    let waived = case.desk.core().waive_otp(input).await.unwrap().id;
    let elsewhere =
        [TokenOtp { country: Some("NO".into()), ..here() }, TokenOtp { partner: Some("other".into()), ..here() }];
    for code_there in elsewhere.iter().cycle().take(10) {
        for token in [&id, &waived] {
            let there = case.verify_in(token, Some(&code), code_there.clone()).await;
            assert_eq!(there.passed().unwrap_err().name, "otp.mismatch");
            let entry = case.store.audit_after(0, 100).await.unwrap().pop().unwrap().record.event;
            assert_eq!(entry, AuditEvent::OtpBindingMismatch);
        }
    }
    assert_eq!(case.entry(&id, Some(&code)).await, "passed");
}

#[tokio::test]
async fn a_waived_code_passes_as_often_as_it_is_asked_while_it_is_known() {
    let case = case();
    let (user, organization) = (Some("jane".into()), Some("RETAIL".into()));
    let input = UnsentOtp { user, organization, code: here(), ..UnsentOtp::default() };
    let id = case.desk.core().waive_otp(input).await.unwrap().id;
    assert_eq!(id.len(), 22);
    let entry = case.store.audit_after(0, 100).await.unwrap().pop().unwrap().record;
    assert_eq!((entry.event, entry.outcome), (AuditEvent::OtpWaived, AuditOutcome::Success));
    let whose = (entry.user.as_deref(), entry.organization.as_deref(), entry.method.as_deref());
    assert_eq!(whose, (Some("jane"), Some("RETAIL"), Some("token")));
    assert!(entry.challenge.is_some_and(|stored| !stored.is_empty() && stored != id));
    assert!(entry.data_digest.is_some_and(|digest| !digest.is_empty()) && entry.key.as_deref() == Some("demo"));
    for typed in [None, Some("00000000"), None] {
        let verified = case.verify_in(&id, typed, here()).await.passed().unwrap();
        assert_eq!((verified.id.as_str(), verified.user.as_deref()), (id.as_str(), Some("jane")));
    }
    case.desk.clock.turn(59 * 60);
    assert_eq!(case.entry(&id, None).await, "passed");
    case.desk.clock.turn(2 * 60);
    assert_eq!(case.entry(&id, None).await, "otp.unknown");
    assert!(case.bank.sent().is_empty());
}

#[tokio::test]
async fn a_waived_code_passes_for_nothing_but_what_it_was_made_for() {
    let payment = PaymentOtp::of_jane;
    let text = |text: &str| Some(text.to_owned());
    let changes = [
        (PaymentOtp { operation: text("2"), ..payment() }, None, "otp.mismatch"),
        (PaymentOtp { user: text("jack"), ..payment() }, None, "otp.mismatch"),
        (payment(), Some("jack"), "otp.mismatch"),
        (PaymentOtp { country: text("NO"), ..payment() }, None, "otp.mismatch"),
        (PaymentOtp { amount: text("101"), ..payment() }, None, "otp.exhausted"),
        (PaymentOtp { payee: text("78"), ..payment() }, None, "otp.exhausted"),
        (PaymentOtp { amount: None, ..payment() }, None, "otp.exhausted"),
    ];
    for (changed, user, fault) in changes {
        let case = case();
        // A code of the same kind that was sent gives the same answers, but that something must be typed for it.
        let input = SendOtp { user: text("jane"), code: payment(), ..SendOtp::default() };
        let sent = case.desk.core().send_otp(input).await.unwrap().id;
        let code = case.bank.latest_code();
        let waived = case.waived_payment().await;
        for typed in [None, Some(code.as_str())] {
            let entry = case.payment_entry(&waived, typed, user, changed.clone()).await;
            assert_eq!(entry, fault, "{changed:?} {user:?} {typed:?}");
        }
        assert_eq!(case.payment_entry(&sent, Some(&code), user, changed.clone()).await, fault);
        // What changed voids both.
        let then = if fault == "otp.exhausted" { "otp.exhausted" } else { "passed" };
        assert_eq!(case.payment_entry(&waived, None, Some("jane"), payment()).await, then);
        assert_eq!(case.payment_entry(&sent, Some(&code), Some("jane"), payment()).await, then);
    }
}

#[tokio::test]
async fn the_values_of_a_waived_code_can_be_guessed_no_oftener_than_a_code() {
    let case = case();
    let id = case.waived_payment().await;
    for user in ["jack", "joan", "jim"] {
        let entry = case.payment_entry(&id, None, Some(user), PaymentOtp::of_jane()).await;
        assert_eq!(entry, if user == "jim" { "otp.exhausted" } else { "otp.mismatch" });
    }
    assert_eq!(case.payment_entry(&id, None, Some("jane"), PaymentOtp::of_jane()).await, "otp.exhausted");
    let entry = case.store.audit_after(0, 100).await.unwrap().pop().unwrap().record;
    assert_eq!((entry.event, entry.user.as_deref()), (AuditEvent::OtpBlocked, Some("jane")));
}

#[tokio::test]
async fn a_waived_code_whose_id_does_not_outlive_it_expires_with_it() {
    let case = case();
    let code = || ShortOtp { country: Some("SE".into()) };
    let input = UnsentOtp { user: Some("jane".into()), code: code(), ..UnsentOtp::default() };
    let waived = case.desk.core().waive_otp(input).await.unwrap();
    assert_eq!(waived.expires.millis(), case.desk.core().time.millis() + 5 * 60 * 1000);
    for (seconds, entry) in [(5 * 60, "passed"), (1, "otp.expired"), (5 * 60, "otp.expired")] {
        case.desk.clock.turn(seconds);
        let (id, code) = (Some(waived.id.clone()), code());
        let verdict = case.desk.core().verify_otp(VerifyOtp { id, value: None, user: None, code }).await.unwrap();
        assert_eq!(verdict.passed().map_or_else(|fault| fault.name, |_| "passed"), entry);
    }
}

#[tokio::test]
async fn a_waived_code_lives_by_the_clock_of_the_store() {
    let case = case();
    case.sent().await;
    // The store has seen a later time than this process has now, and goes by that.
    case.desk.clock.turn(-2 * 60 * 60);
    let input = UnsentOtp { user: Some("jane".into()), code: here(), ..UnsentOtp::default() };
    let id = case.desk.core().waive_otp(input).await.unwrap().id;
    assert_eq!(case.entry(&id, None).await, "passed");
}

#[tokio::test]
async fn a_code_that_an_earlier_version_waived_passes_too() {
    let case = case();
    let input = UnsentOtp { user: Some("jane".into()), code: here(), ..UnsentOtp::default() };
    let id = case.desk.core().waive_otp(input).await.unwrap().id;
    let entry = case.store.audit_after(0, 100).await.unwrap().pop().unwrap().record;
    let key = RecordKey::new(Kind::Code, entry.challenge.unwrap());
    let stored = case.store.get(key.clone(), 0).await.unwrap().record.unwrap();
    let mut value = stored.value.value();
    assert_ne!(value["most_tries"].take(), Value::Null);
    value["most_tries"] = 0.into();
    case.store.commit(Batch::at(0).put(key, value, stored.expires)).await.unwrap();
    assert_eq!([case.entry(&id, None).await, case.entry(&id, None).await], ["passed"; 2]);
}

#[tokio::test]
async fn a_number_may_have_lost_its_zeros() {
    let case = case();
    let (mut id, mut code) = case.sent().await;
    while !code.starts_with('0') {
        (id, code) = case.sent().await;
    }
    assert_eq!(case.entry(&id, Some(code.trim_start_matches('0'))).await, "passed");
}

#[tokio::test]
async fn a_kind_says_how_many_messages_a_phone_gets() {
    let case = case_with(|_| {});
    for at in 0..10 {
        let user = if at % 2 == 0 { "jane" } else { "jack" };
        assert_eq!(case.desk.core().send_otp(case.to(user)).await.unwrap().outcome, Outcome::Passed, "{at}");
    }
    let more = case.desk.core().send_otp(case.to("jane")).await.unwrap();
    assert_eq!(more.refusal.unwrap().name, "sms.limited");
}

#[tokio::test]
async fn failures_are_counted_across_the_tokens_of_a_user() {
    let case = case();
    for _ in 0..5 {
        let (id, code) = case.sent().await;
        assert_eq!(case.entry(&id, Some(&wrong(&code))).await, "otp.wrong");
    }
    let (id, code) = case.sent().await;
    assert_eq!(case.entry(&id, Some(&code)).await, "otp.limited");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_verify_at_once_one_passes() {
    let case = Arc::new(case());
    for _ in 0..1_000 {
        let (id, code) = case.sent().await;
        let mut racing = JoinSet::new();
        for _ in 0..2 {
            let (case, id, code) = (case.clone(), id.clone(), code.clone());
            racing.spawn(async move { case.entry(&id, Some(&code)).await });
        }
        let entry = racing.join_all().await;
        assert_eq!(entry.iter().filter(|one| **one == "passed").count(), 1, "{entry:?}");
    }
}
