//! One-time codes through the real behaviours: every step of the check, what codes are bound to, nobody's codes,
//! limits, and what is stored.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::hooks::HookError;
use countersign_runtime::settings::{CodeOptions, Options};
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, AuditOutcome, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank, TestOtp};
use countersign_runtime::{
    CredentialsVerdict, Fault, OneTimeCode, Outcome, Secret, SendOtp, SentOtp, User, Verdict, VerifiedOtp, VerifyOtp,
    VerifyPassword,
};

const JOHN: &str = "12345678";

struct Case {
    desk: Desk,
    bank: Arc<TestBank>,
    store: Arc<MemoryStore>,
}

fn user(id: &str, phone: &str) -> User {
    User { id: id.to_owned(), phone: phone.parse().ok(), ..User::default() }
}

fn case() -> Case {
    case_with(|_| {})
}

fn case_with(change: impl FnOnce(&mut Options)) -> Case {
    let hash = countersign_runtime::crypto::password::hash("s3cret").unwrap();
    let bank = Arc::new(TestBank::with([
        User { password_hash: Some(hash), ..user(JOHN, "+420601234567") },
        user("other", "+420601234568"),
        user("far", "+882601234568"),
        User { id: "no-phone".into(), ..User::default() },
        User { locked: true, ..user("locked", "+420601234569") },
    ]));
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), change).unwrap();
    Case { desk, bank, store }
}

impl Case {
    async fn send(&self, code: TestOtp) -> Result<SentOtp, Fault> {
        let (user, organization) = (code.user_id.clone(), code.organization_id.clone());
        self.desk.core().send_otp(SendOtp { user, organization, keep_refused: true, code, ..SendOtp::default() }).await
    }

    /// Sends a code; gives its id and what the message says it is.
    async fn sent(&self, code: TestOtp) -> (String, String) {
        let sent = self.send(code).await.unwrap();
        assert_eq!(sent.outcome, Outcome::Passed, "{:?}", sent.refusal);
        (sent.id, self.bank.latest_code())
    }

    async fn verify(&self, id: &str, typed: &str, code: TestOtp) -> Verdict<VerifiedOtp<TestOtp>> {
        let (id, value) = (Some(id.to_owned()), Some(Secret::from(typed)));
        self.desk.core().verify_otp(VerifyOtp { id, value, user: code.user_id.clone(), code }).await.unwrap()
    }

    async fn both(&self, id: &str, typed: &str, password: &str, code: TestOtp) -> CredentialsVerdict {
        let core = self.desk.core();
        let password = VerifyPassword {
            user: code.user_id.clone(),
            organization: code.organization_id.clone(),
            password: Some(Secret::from(password)),
            ..VerifyPassword::default()
        };
        let otp = VerifyOtp { id: Some(id.to_owned()), value: Some(Secret::from(typed)), user: None, code };
        core.verify_otp_and_password(otp, password).await.unwrap()
    }

    /// Which limits the audit says were hit.
    async fn limits_hit(&self) -> Vec<String> {
        let entry = self.store.audit_after(0, 10_000).await.unwrap().into_iter().map(|stored| stored.record);
        entry.filter(|entry| entry.event == AuditEvent::LimitHit).filter_map(|entry| entry.reason).collect()
    }

    async fn events(&self) -> Vec<AuditEvent> {
        self.store.audit_after(0, 10_000).await.unwrap().into_iter().map(|stored| stored.record.event).collect()
    }
}

fn entry<T>(verdict: &Verdict<T>) -> (&str, Option<i64>) {
    let fault = verdict.refusal.as_ref().map_or("passed", |fault| fault.name);
    (fault, verdict.attempts_left)
}

fn wrong(code: &str) -> String {
    if code == "00000000" { "00000001".to_owned() } else { "00000000".to_owned() }
}

fn payment() -> TestOtp {
    TestOtp::payment("op-1", JOHN)
}

#[tokio::test]
async fn a_right_code_passes_once() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    let text = case.bank.sent()[0].text.expose().clone();
    assert_eq!(text, format!("The code for 100 CZK to 238400856/0300 is {code}."));
    assert_eq!(case.bank.sent()[0].id, id);
    let verdict = case.verify(&id, &code, payment()).await;
    assert_eq!(entry(&verdict), ("passed", None));
    assert_eq!(verdict.value.unwrap().user.as_deref(), Some(JOHN));
    let again = case.verify(&id, &code, payment()).await;
    assert_eq!(entry(&again), ("otp.used", None));
    assert_eq!(again.error_key, Some("code.used"));
    use AuditEvent::{OtpIssued, OtpReplayed, OtpSent, OtpVerified};
    assert_eq!(case.events().await, [OtpIssued, OtpSent, OtpVerified, OtpReplayed]);
}

#[tokio::test]
async fn an_unknown_id_is_reported_as_such() {
    let case = case();
    for id in ["", "3a4f5e60-0000-4000-8000-000000000000", "x\0y"] {
        assert_eq!(entry(&case.verify(id, "12345678", payment()).await), ("otp.unknown", None));
    }
}

#[tokio::test]
async fn wrong_codes_count_down_and_the_sixth_is_one_too_many() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(entry(&case.verify(&id, &wrong(&code), payment()).await), ("otp.wrong", Some(left)));
    }
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("otp.exhausted", None));
}

#[tokio::test]
async fn a_right_code_passes_at_the_last_try() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    for _ in 0..4 {
        case.verify(&id, &wrong(&code), payment()).await;
    }
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("passed", None));
}

#[tokio::test]
async fn a_missing_code_costs_an_attempt_of_the_code_but_none_of_the_user() {
    let case = case();
    let (id, _) = case.sent(payment()).await;
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(entry(&case.verify(&id, "", payment()).await), ("otp.missing", Some(left)));
    }
    assert_eq!(entry(&case.verify(&id, "", payment()).await), ("otp.exhausted", None));
    let (id, code) = case.sent(TestOtp::payment("op-2", JOHN)).await;
    assert_eq!(entry(&case.verify(&id, &code, TestOtp::payment("op-2", JOHN)).await), ("passed", None));
}

#[tokio::test]
async fn a_code_is_good_to_the_last_moment_and_expired_after_it() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    case.desk.clock.turn(300);
    assert_eq!(entry(&case.verify(&id, &wrong(&code), payment()).await), ("otp.wrong", Some(4)));
    case.desk.clock.turn_millis(1);
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("otp.expired", None));
    case.desk.clock.turn(-300);
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("otp.expired", None), "the clock went back");
}

#[tokio::test]
async fn expired_comes_before_used_and_used_before_exhausted() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    for _ in 0..4 {
        case.verify(&id, &wrong(&code), payment()).await;
    }
    case.verify(&id, &code, payment()).await;
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("otp.used", None));
    case.desk.clock.turn(301);
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("otp.expired", None));
}

#[tokio::test]
async fn a_void_code_expires_like_any_other() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    case.verify(&id, &code, TestOtp { currency: Some("EUR".into()), ..payment() }).await;
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("otp.exhausted", None));
    case.desk.clock.turn(301);
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("otp.expired", None));
}

#[tokio::test]
async fn zeros_belong_to_a_code_of_digits() {
    let case = case_with(|options| options.limits.dev_limits_off = true);
    let (mut id, mut code) = case.sent(payment()).await;
    while !code.starts_with('0') {
        (id, code) = case.sent(payment()).await;
    }
    let without = code.trim_start_matches('0');
    assert_eq!(entry(&case.verify(&id, without, payment()).await), ("otp.wrong", Some(4)));
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("passed", None));
}

#[tokio::test]
async fn the_user_who_asks_must_be_the_codes_even_if_nothing_else_names_one() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    let ask = |user: &str| VerifyOtp {
        id: Some(id.clone()),
        value: Some(Secret::from(code.as_str())),
        user: Some(user.to_owned()),
        code: TestOtp { user_id: None, ..payment() },
    };
    let other = case.desk.core().verify_otp(ask("other")).await.unwrap();
    assert_eq!(entry(&other), ("otp.mismatch", Some(4)));
    let decoy_named = case.desk.core().verify_otp(ask("")).await.unwrap();
    assert_eq!(entry(&decoy_named), ("passed", None));
}

#[tokio::test]
async fn a_silent_operation_sends_to_who_is_there_and_a_loud_one_to_who_is_locked() {
    let case = case();
    let named = |operation: &str, user: &str| TestOtp {
        operation_name: Some(operation.to_owned()),
        ..TestOtp::payment(&format!("{operation}-{user}"), user)
    };
    for (operation, user, sent) in
        [("authorize_payment_sca", JOHN, 1), ("authorize_payment_sca", "locked", 1), ("authorize_payment", "locked", 2)]
    {
        assert_eq!(case.send(named(operation, user)).await.unwrap().outcome, Outcome::Passed);
        assert_eq!(case.bank.sent().len(), sent, "{operation} of {user}");
    }
}

#[tokio::test]
async fn user_and_organization_may_be_left_out_and_the_rest_may_not() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    let silent = TestOtp { user_id: None, organization_id: None, ..payment() };
    assert_eq!(entry(&case.verify(&id, &code, silent).await), ("passed", None));
    let (id, code) = case.sent(TestOtp::payment("op-2", JOHN)).await;
    let without = TestOtp { operation_id: None, ..TestOtp::payment("op-2", JOHN) };
    assert_eq!(entry(&case.verify(&id, &code, without).await), ("otp.mismatch", Some(4)));
}

#[tokio::test]
async fn another_operation_user_or_organization_counts_as_a_wrong_code() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    let text = |text: &str| Some(text.to_owned());
    let others = [
        TestOtp { operation_id: text("op-2"), ..payment() },
        TestOtp { operation_name: text("login"), ..payment() },
        TestOtp { user_id: text("other"), ..payment() },
        TestOtp { organization_id: text("SME"), ..payment() },
    ];
    for (left, other) in [4, 3, 2, 1].into_iter().zip(others) {
        assert_eq!(entry(&case.verify(&id, &code, other).await), ("otp.mismatch", Some(left)));
    }
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("passed", None));
}

#[tokio::test]
async fn a_changed_amount_currency_or_payee_voids_the_code() {
    let text = |text: &str| Some(text.to_owned());
    let changes = [
        TestOtp { amount: text("100.01"), ..payment() },
        TestOtp { currency: text("EUR"), ..payment() },
        TestOtp { account: text("238400856/0301"), ..payment() },
        TestOtp { account: None, ..payment() },
    ];
    for changed in changes {
        let case = case();
        let (id, code) = case.sent(payment()).await;
        let verdict = case.verify(&id, &code, changed).await;
        assert_eq!(entry(&verdict), ("otp.mismatch", Some(0)));
        assert_eq!(verdict.error_key, Some("code.failed"));
        assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("otp.exhausted", None));
        assert!(case.events().await.contains(&AuditEvent::OtpBindingMismatch));
    }
}

#[tokio::test]
async fn a_newer_code_of_the_operation_voids_the_older() {
    let case = case();
    let (first, old) = case.sent(payment()).await;
    case.desk.clock.turn(60);
    let (second, new) = case.sent(payment()).await;
    assert_ne!(first, second);
    assert_eq!(entry(&case.verify(&first, &old, payment()).await), ("otp.expired", None));
    assert_eq!(entry(&case.verify(&second, &new, payment()).await), ("passed", None));
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_id_and_sends_nothing() {
    let case = case();
    let (first, code) = case.sent(payment()).await;
    case.desk.clock.turn(59);
    let again = case.send(payment()).await.unwrap();
    assert_eq!((again.id.as_str(), again.outcome), (first.as_str(), Outcome::Passed));
    assert_eq!(case.bank.sent().len(), 1);
    // Another amount is another message.
    let other = case.send(TestOtp { amount: Some("200".into()), ..payment() }).await.unwrap();
    assert_ne!(other.id, first);
    assert_eq!(case.bank.sent().len(), 2);
    assert_eq!(entry(&case.verify(&first, &code, payment()).await), ("otp.expired", None));
}

#[tokio::test]
async fn a_repeated_request_gets_a_new_code_once_the_old_one_cannot_be_tried() {
    let case = case();
    let (spent, _) = case.sent(payment()).await;
    for _ in 0..5 {
        case.verify(&spent, "", payment()).await;
    }
    let (id, code) = case.sent(payment()).await;
    assert_ne!(id, spent);
    assert_eq!(entry(&case.verify(&id, &code, payment()).await), ("passed", None));
}

#[tokio::test]
async fn a_repeated_request_gets_a_new_code_once_the_old_one_has_expired() {
    let case = case_with(|options| {
        options.otps.insert("sms".into(), CodeOptions { life_seconds: 10, ..CodeOptions::of(&TestOtp::KIND) });
    });
    let (short, _) = case.sent(payment()).await;
    case.desk.clock.turn(10);
    assert_eq!(case.send(payment()).await.unwrap().id, short, "it is good to its last moment");
    case.desk.clock.turn_millis(1);
    assert_ne!(case.sent(payment()).await.0, short);
}

#[tokio::test]
async fn where_no_operation_is_named_codes_of_a_user_follow_one_another() {
    let case = case();
    let code = || TestOtp { operation_id: None, ..payment() };
    let (mut last, mut typed) = case.sent(code()).await;
    for _ in 0..4 {
        let (id, next) = case.sent(code()).await;
        assert_ne!(id, last, "without an operation nothing is a repetition");
        assert_eq!(entry(&case.verify(&last, &typed, code()).await), ("otp.expired", None));
        (last, typed) = (id, next);
    }
    case.desk.clock.turn(601);
    let (id, typed) = case.sent(code()).await;
    assert_eq!(entry(&case.verify(&id, &typed, code()).await), ("passed", None), "nor is it one message too many");
}

#[tokio::test]
async fn three_messages_follow_the_first_and_no_more() {
    let case = case();
    let resend = || async {
        let input = SendOtp { user: Some(JOHN.into()), resend: Some(true), code: payment(), ..SendOtp::default() };
        case.desk.core().send_otp(input).await.unwrap()
    };
    let mut ids = vec![case.sent(payment()).await.0];
    for _ in 0..3 {
        let sent = resend().await;
        assert_eq!(sent.outcome, Outcome::Passed);
        ids.push(sent.id);
    }
    ids.dedup();
    assert_eq!(ids.len(), 4);
    let limited = resend().await;
    assert_eq!(limited.refusal.unwrap().name, "sms.limited");
    assert_eq!(&limited.id, ids.last().unwrap(), "the open code stays good");
    assert_eq!(entry(&case.verify(&limited.id, &case.bank.latest_code(), payment()).await), ("passed", None));
}

#[tokio::test]
async fn a_phone_gets_five_messages_in_ten_minutes() {
    let case = case();
    for number in 0..5 {
        case.sent(TestOtp::payment(&format!("op-{number}"), JOHN)).await;
        case.desk.clock.turn(1);
    }
    let limited = case.send(TestOtp::payment("op-5", JOHN)).await.unwrap();
    assert_eq!(limited.refusal.as_ref().unwrap().name, "sms.limited");
    assert_eq!(entry(&case.verify(&limited.id, "12345678", payment()).await), ("otp.unknown", None));
    case.desk.clock.turn(600);
    case.sent(TestOtp::payment("op-6", JOHN)).await;
    // Without the limits, and only those of sending.
    let case = case_with(|options| options.limits.dev_limits_off = true);
    for number in 0..20 {
        case.sent(TestOtp::payment(&format!("op-{number}"), JOHN)).await;
    }
    case.sent(payment()).await;
    case.sent(payment()).await;
    assert_eq!(case.bank.sent().len(), 22);
}

#[tokio::test]
async fn neighbouring_numbers_share_a_limit() {
    let case = case();
    for number in 0..21 {
        case.bank.add(user(&format!("u{number}"), &format!("+42060999{number:04}")));
    }
    for number in 0..20 {
        case.sent(TestOtp::payment(&format!("op-{number}"), &format!("u{number}"))).await;
    }
    let limited = case.send(TestOtp::payment("op-20", "u20")).await.unwrap();
    assert_eq!(limited.refusal.unwrap().name, "sms.limited");
}

#[tokio::test]
async fn strangers_are_limited_by_where_they_call_from() {
    let case = case_with(|options| options.proxies = vec!["10.0.0.0/8".parse().unwrap()]);
    let send = |number: usize, source: Option<&str>, caller: Option<&str>| {
        let (id, phone) = (format!("s{number}"), format!("+42060{:03}{number:04}", number % 1000));
        case.bank.add(user(&id, &phone));
        let mut core = case.desk.core();
        let call = Arc::make_mut(&mut core.call);
        call.source = source.map(|address| address.parse().unwrap());
        call.caller = caller.map(str::to_owned);
        let code = TestOtp::payment(&format!("op-{number}"), &id);
        async move {
            let sent = core.send_otp(SendOtp { user: Some(id), code, ..SendOtp::default() }).await.unwrap();
            sent.refusal.map_or("sent", |fault| fault.name)
        }
    };
    for number in 0..10 {
        assert_eq!(send(number, Some("2001:db8::1"), None).await, "sent");
    }
    assert_eq!(send(10, Some("2001:db8::2"), None).await, "sms.limited", "it is the same network");
    assert_eq!(send(11, Some("198.51.100.7"), None).await, "sent");
    assert_eq!(send(12, Some("2001:db8::1"), Some("web flow")).await, "sent", "a caller who is known is no stranger");
    for number in 13..23 {
        assert_eq!(send(number, None, None).await, "sent");
    }
    assert_eq!(send(23, None, None).await, "sms.limited", "calls from nowhere share one limit");
    case.desk.clock.turn(3_600);
    assert_eq!(send(24, Some("2001:db8::1"), None).await, "sent");
}

#[tokio::test]
async fn direct_peers_are_limited_unless_one_system_calls_for_everybody() {
    for (any_source, most) in [(false, 10), (true, 12)] {
        let case = case_with(|options| options.limits.any_source = any_source);
        let mut sent = 0;
        for number in 0..12 {
            let (id, phone) = (format!("s{number}"), format!("+42060{number:03}0000"));
            case.bank.add(user(&id, &phone));
            let mut core = case.desk.core();
            Arc::make_mut(&mut core.call).source = "192.0.2.1".parse().ok();
            let code = TestOtp::payment(&format!("op-{number}"), &id);
            let made = core.send_otp(SendOtp { user: Some(id), code, ..SendOtp::default() }).await.unwrap();
            sent += usize::from(made.refusal.is_none());
        }
        assert_eq!(sent, most, "{any_source}");
    }
}

#[tokio::test]
async fn no_more_is_sent_in_an_hour_than_is_paid_for() {
    let case = case_with(|options| options.limits.budget_per_hour = Some(12));
    for number in 0..13 {
        let (id, phone) = (format!("s{number}"), format!("+42060{number:03}0000"));
        case.bank.add(user(&id, &phone));
        let sent = case.send(TestOtp::payment(&format!("op-{number}"), &id)).await.unwrap();
        assert_eq!(sent.refusal.map(|fault| fault.name), (number == 12).then_some("sms.limited"), "{number}");
    }
    // Then nobody gets one either, or they would be told from users.
    let sent = case.send(decoys(0)).await.unwrap();
    assert_eq!(sent.refusal.map(|fault| fault.name), Some("sms.limited"));
    assert_eq!(case.limits_hit().await, ["sms.all", "sms.all"]);
}

fn decoys(number: usize) -> TestOtp {
    TestOtp {
        operation_id: Some(format!("op-{number}")),
        operation_name: Some("login_sca".into()),
        user_id: Some(format!("nobody-{number}")),
        ..TestOtp::default()
    }
}

#[tokio::test]
async fn beyond_a_budget_nobodys_codes_take_the_place_of_older_ones_and_whoever_asks_sees_no_difference() {
    let case = case_with(|options| options.limits.budget_per_hour = Some(12));
    for number in 0..40 {
        let (sent, decoys) = (case.send(decoys(number)).await.unwrap(), decoys(number));
        assert_eq!((sent.outcome, sent.refusal.map(|fault| fault.name)), (Outcome::Passed, None), "{number}");
        for left in [4, 3, 2, 1, 0] {
            assert_eq!(entry(&case.verify(&sent.id, "12345678", decoys.clone()).await), ("otp.wrong", Some(left)));
        }
        assert_eq!(entry(&case.verify(&sent.id, "12345678", decoys).await), ("otp.exhausted", None));
    }
    assert_eq!(case.limits_hit().await, ["sms.nobody"; 28]);
}

#[tokio::test]
async fn a_silent_operation_does_not_tell_of_whom_nothing_can_be_sent_to() {
    let case = case_with(|options| options.limits.countries = Some(vec!["CZ".into()]));
    let login = |user: &str| TestOtp {
        operation_id: Some(format!("op-{user}")),
        operation_name: Some("login_sca".into()),
        user_id: Some(user.to_owned()),
        ..TestOtp::default()
    };
    let whys = [
        ("nobody-1", "user.unknown"),
        ("no-phone", "the user has no phone"),
        ("far", "no codes are sent to this country"),
        ("locked", "the user is locked"),
    ];
    for (user, why) in whys {
        let sent = case.send(login(user)).await.unwrap();
        assert_eq!((sent.outcome, sent.error_key, sent.id.len()), (Outcome::Passed, None, 36), "{user}");
        let latest = case.store.audit_after(0, 10_000).await.unwrap().pop().unwrap().record;
        assert_eq!((latest.event, latest.reason.as_deref()), (AuditEvent::OtpSendFailed, Some(why)));
        assert_eq!(latest.user.as_deref(), Some(user));
        assert_eq!(entry(&case.verify(&sent.id, "12345678", login(user)).await), ("otp.wrong", Some(4)));
    }
    assert_eq!(case.bank.sent().len(), 0);
}

#[tokio::test]
async fn while_messages_fail_nobodys_fail_too() {
    let login = |number: usize, user: &str| TestOtp {
        operation_id: Some(format!("op-{number}")),
        operation_name: Some("login_sca".into()),
        user_id: Some(user.to_owned()),
        ..TestOtp::default()
    };
    let case = case();
    let fares = async |range: std::ops::Range<usize>, known: bool| {
        let mut entry = std::collections::BTreeSet::new();
        for number in range {
            let (user, phone) = (format!("u{number}"), format!("+42060{number:03}0000"));
            if known {
                case.bank.add(crate::user(&user, &phone));
            }
            let sent = case.send(login(number, &user)).await;
            entry.insert(sent.map_or_else(|fault| fault.name, |sent| sent.refusal.map_or("sent", |fault| fault.name)));
        }
        entry.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(fares(0..10, true).await, ["sent"]);
    assert_eq!(fares(10..20, false).await, ["sent"]);
    case.bank.gateway_says(Some(HookError::Broken("no route to +420601234567".into())));
    assert_eq!(fares(20..28, true).await, ["sms.failed"]);
    assert_eq!(fares(30..60, false).await, ["sms.failed"]);
    case.bank.gateway_says(None);
    assert_eq!(fares(60..68, true).await, ["sent"]);
    assert_eq!(fares(70..100, false).await, ["sent"]);
}

#[tokio::test]
async fn few_used_codes_are_reported() {
    let case = case_with(|options| {
        options.limits.per_prefix = vec![countersign_runtime::SendWindow { seconds: 60, most: 1_000 }];
    });
    for number in 0..202 {
        let id = format!("s{number}");
        case.bank.add(user(&id, &format!("+42060123{number:04}")));
        let code = TestOtp::payment(&format!("op-{number}"), &id);
        let (otp, typed) = case.sent(code.clone()).await;
        if number % 4 == 0 {
            case.verify(&otp, &typed, code).await;
        }
    }
    assert!(!case.events().await.contains(&AuditEvent::ConversionLow), "they could all still be used");
    case.desk.clock.turn(301);
    for number in 0..101 {
        case.bank.add(user(&format!("t{number}"), "+421901234567"));
        case.send(TestOtp::payment(&format!("t-{number}"), &format!("t{number}"))).await.unwrap();
        case.desk.clock.turn(120);
    }
    let entry = case.store.audit_after(0, 10_000).await.unwrap().into_iter().map(|stored| stored.record);
    let entry: Vec<_> = entry.filter(|record| record.event == AuditEvent::ConversionLow).collect();
    assert_eq!(entry.len(), 1);
    assert_eq!(entry[0].reason.as_deref(), Some("CZ: 50 of the latest 200 were used"));
    assert_eq!((entry[0].outcome, entry[0].method.as_deref()), (AuditOutcome::Failure, Some("sms")));
}

#[tokio::test]
async fn a_code_belongs_to_a_user_however_their_name_is_spelled() {
    let case = case();
    let spelled = |name: &str| TestOtp::payment("op-1", name);
    case.bank.add(user("Zo\u{eb}", "+420601234567"));
    let (id, code) = case.sent(spelled("Zoe\u{308}")).await;
    assert_eq!(entry(&case.verify(&id, &code, spelled("Zo\u{eb}")).await), ("passed", None));
}

#[tokio::test]
async fn failures_add_up_across_codes_and_block_the_right_one_too() {
    let case = case();
    for number in 0..5 {
        let code = TestOtp::payment(&format!("op-{number}"), JOHN);
        let (id, right) = case.sent(code.clone()).await;
        assert_eq!(entry(&case.verify(&id, &wrong(&right), code).await), ("otp.wrong", Some(4)));
    }
    case.desk.clock.turn(601);
    let code = TestOtp::payment("op-6", JOHN);
    let (id, right) = case.sent(code.clone()).await;
    let blocked = case.verify(&id, &right, code.clone()).await;
    assert_eq!((entry(&blocked), blocked.error_key), (("otp.limited", None), Some("code.exhausted")));
    assert!(case.events().await.contains(&AuditEvent::OtpBlocked));
    case.desk.clock.turn(299);
    assert_eq!(entry(&case.verify(&id, &right, code).await), ("passed", None), "a quarter of an hour is over");
}

#[tokio::test]
async fn a_success_forgets_failures() {
    let case = case();
    for number in 0..4 {
        let code = TestOtp::payment(&format!("op-{number}"), JOHN);
        let (id, right) = case.sent(code.clone()).await;
        for _ in 0..4 {
            assert_eq!(entry(&case.verify(&id, &wrong(&right), code.clone()).await).0, "otp.wrong");
        }
        assert_eq!(entry(&case.verify(&id, &right, code).await), ("passed", None));
    }
}

#[tokio::test]
async fn nobodys_code_looks_like_any_other() {
    let case = case();
    let login = |user: Option<&str>| TestOtp {
        operation_id: Some("op-1".into()),
        operation_name: Some("login_sca".into()),
        user_id: user.map(str::to_owned),
        organization_id: Some("RETAIL".into()),
        ..TestOtp::default()
    };
    for unknown in [None, Some("nobody-1"), Some("locked")] {
        let sent = case.send(login(unknown)).await.unwrap();
        assert_eq!((sent.outcome, sent.error_key), (Outcome::Passed, None));
        for left in [4, 3, 2, 1, 0] {
            assert_eq!(entry(&case.verify(&sent.id, "12345678", login(unknown)).await), ("otp.wrong", Some(left)));
        }
        assert_eq!(entry(&case.verify(&sent.id, "12345678", login(unknown)).await), ("otp.exhausted", None));
        case.desk.clock.turn(3_600);
    }
    assert_eq!(case.bank.sent().len(), 0);
}

#[tokio::test]
async fn as_much_is_stored_for_nobody_as_for_somebody() {
    let shape = |user: &'static str| async move {
        let case = case_with(|options| options.limits.budget_per_hour = Some(12));
        let code =
            || TestOtp { operation_name: Some("authorize_payment_sca".into()), ..TestOtp::payment("op-1", user) };
        let sent = case.send(code()).await.unwrap();
        case.verify(&sent.id, "00000000", code()).await;
        let removed = case.store.purge(i64::MAX / 2).await.unwrap();
        (case.events().await.len(), removed)
    };
    assert_eq!(shape(JOHN).await, shape("nobody-1").await);
}

#[tokio::test]
async fn an_operation_without_a_text_is_unknown() {
    let case = case();
    let code = TestOtp { operation_name: Some("transfer".into()), ..payment() };
    assert_eq!(case.send(code).await.unwrap_err().name, "operation.unknown");
}

#[tokio::test]
async fn a_refused_message_is_reported_and_its_code_kept_where_that_is_wanted() {
    let case = case();
    case.bank.gateway_says(Some(HookError::Refused("not to this number".into())));
    let refused = case.send(payment()).await.unwrap();
    assert_eq!((refused.outcome, refused.refusal.unwrap().name), (Outcome::Failed, "sms.refused"));
    assert_eq!(entry(&case.verify(&refused.id, "1", payment()).await), ("otp.wrong", Some(4)));
    let again = case.send(payment()).await.unwrap();
    assert_eq!((again.id.as_str(), again.outcome), (refused.id.as_str(), Outcome::Failed));

    let other = TestOtp::payment("op-2", JOHN);
    let input = SendOtp { user: Some(JOHN.into()), code: other.clone(), ..SendOtp::default() };
    let refused = case.desk.core().send_otp(input).await.unwrap();
    assert_eq!(entry(&case.verify(&refused.id, "1", other).await), ("otp.unknown", None));
}

#[tokio::test]
async fn a_message_that_failed_still_counts_and_its_code_stays_good() {
    let case = case();
    case.bank.gateway_says(Some(HookError::Broken("no route".into())));
    for number in 0..5 {
        let fault = case.send(TestOtp::payment(&format!("op-{number}"), JOHN)).await.unwrap_err();
        assert_eq!(fault.name, "sms.failed");
    }
    case.bank.gateway_says(None);
    let limited = case.send(TestOtp::payment("op-9", JOHN)).await.unwrap();
    assert_eq!(limited.refusal.unwrap().name, "sms.limited");
}

#[tokio::test]
async fn without_a_free_slot_nothing_is_counted_and_nothing_kept() {
    let case = case_with(|options| options.hooks.sms.slots = 0);
    for _ in 0..20 {
        assert_eq!(case.send(payment()).await.unwrap_err().name, "sms.failed");
    }
    let events = case.events().await;
    assert_eq!(events.iter().filter(|event| **event == AuditEvent::LimitHit).count(), 0);
}

#[tokio::test]
async fn no_codes_go_to_other_countries_or_to_users_without_a_phone() {
    let case = case_with(|options| options.limits.countries = Some(vec!["CZ".into()]));
    for user in ["far", "no-phone"] {
        let sent = case.send(TestOtp::payment(user, user)).await.unwrap();
        assert_eq!(sent.refusal.unwrap().name, "sms.refused");
    }
    case.sent(payment()).await;
    assert_eq!(case.bank.sent().len(), 1);
}

#[tokio::test]
async fn a_phone_may_be_given_and_is_given_back() {
    let case = case();
    let phone = Some("+420601999999".parse().unwrap());
    let code = TestOtp { user_id: None, kept_phone: phone.clone(), ..payment() };
    let input = SendOtp { phone: phone.clone(), code, ..SendOtp::default() };
    let sent = case.desk.core().send_otp(input).await.unwrap();
    assert_eq!(case.bank.sent()[0].to, phone.clone().unwrap());
    let verdict = case.verify(&sent.id, &case.bank.latest_code(), TestOtp { user_id: None, ..payment() }).await;
    assert_eq!(verdict.value.unwrap().code.kept_phone, phone);
}

#[tokio::test]
async fn the_store_holds_no_code_no_phone_and_no_text() {
    let case = case();
    let code = TestOtp { kept_phone: "+420601234567".parse().ok(), ..payment() };
    let (id, typed) = case.sent(code.clone()).await;
    case.verify(&id, &wrong(&typed), code).await;
    let everything = format!("{:?}", case.store);
    assert!(everything.contains(&id));
    for secret in [typed.as_str(), "601234567", "The code for", "238400856"] {
        assert!(!everything.contains(secret), "{secret} is in the store");
    }
}

#[tokio::test]
async fn values_cannot_make_the_text_say_something_else() {
    let case = case();
    let account = "1/0300 is 11111111.\nVisit https://evil.example/\u{202e}".to_owned();
    case.sent(TestOtp { account: Some(account), ..payment() }).await;
    let text = case.bank.sent()[0].text.expose().clone();
    assert!(!text.contains("://") && !text.contains('\n') && !text.contains('\u{202e}'), "{text}");
    let long = TestOtp { account: Some("1".repeat(400)), ..TestOtp::payment("op-2", JOHN) };
    assert_eq!(case.send(long).await.unwrap_err().name, "sms.failed");
}

#[tokio::test]
async fn both_right_spend_the_code() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    let verdict = case.both(&id, &code, "s3cret", payment()).await;
    assert_eq!((verdict.otp, verdict.password), (Outcome::Passed, Outcome::Passed));
    assert_eq!(verdict.user.unwrap().id, JOHN);
    let again = case.both(&id, &code, "s3cret", payment()).await;
    assert_eq!((again.otp, again.password), (Outcome::Failed, Outcome::Passed));
    assert_eq!(again.refusal.unwrap().name, "credentials.wrong");
}

#[tokio::test]
async fn a_wrong_password_costs_an_attempt_and_leaves_the_code_open() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    for _ in 0..3 {
        let verdict = case.both(&id, &code, "guess", payment()).await;
        assert_eq!((verdict.otp, verdict.password), (Outcome::Passed, Outcome::Failed));
        assert_eq!((verdict.error_key, verdict.attempts_left), (Some("password.failed"), None));
        assert!(verdict.user.is_none());
    }
    let verdict = case.both(&id, &wrong(&code), "s3cret", payment()).await;
    assert_eq!((verdict.otp, verdict.password), (Outcome::Failed, Outcome::Passed));
    assert!(case.both(&id, &code, "s3cret", payment()).await.refusal.is_none());
}

#[tokio::test]
async fn both_wrong_are_answered_by_one_message() {
    let case = case();
    let (id, code) = case.sent(payment()).await;
    let verdict = case.both(&id, &wrong(&code), "guess", payment()).await;
    assert_eq!((verdict.otp, verdict.password), (Outcome::Failed, Outcome::Failed));
    assert_eq!(verdict.error_key, Some("password.failed"));
    let unknown = case.both("unknown", &code, "s3cret", payment()).await;
    assert_eq!((unknown.otp, unknown.password), (Outcome::Failed, Outcome::Passed));
    assert_eq!(unknown.error_key, Some("password.failed"));
}

#[tokio::test]
async fn who_finds_no_room_shares_one_row_of_failures_that_nobody_resets() {
    use countersign_runtime::store::Caps;
    let bank = Arc::new(TestBank::with([user("a", "+420601234567"), user("b", "+420601234568")]));
    let store = Arc::new(MemoryStore::with_caps(Caps { limiters: 0, ..Caps::default() }));
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |_| {}).unwrap();
    let case = Case { desk, bank, store };
    let (a, b) = (TestOtp::payment("op-a", "a"), TestOtp::payment("op-b", "b"));
    let (id_a, code_a) = case.sent(a.clone()).await;
    let (id_b, code_b) = case.sent(b.clone()).await;
    for _ in 0..4 {
        assert_eq!(entry(&case.verify(&id_a, &wrong(&code_a), a.clone()).await).0, "otp.wrong");
    }
    assert_eq!(entry(&case.verify(&id_a, &code_a, a).await).0, "passed");
    assert_eq!(entry(&case.verify(&id_b, &wrong(&code_b), b.clone()).await).0, "otp.wrong");
    assert_eq!(entry(&case.verify(&id_b, &code_b, b).await).0, "otp.limited");
}

#[tokio::test]
async fn codes_of_an_older_key_are_still_good_and_those_of_a_lost_key_are_wrong() {
    use countersign_runtime::crypto::{KeyName, Keyring, NamedSecret};
    let ring = |codes: &[(&str, u8)]| {
        let secret = |id: &str, byte: u8| NamedSecret { id: id.to_owned(), bytes: vec![byte; 32].into() };
        let mut all: std::collections::BTreeMap<_, _> =
            KeyName::ALL.iter().zip(1..).map(|(name, byte)| (*name, vec![secret("k", byte)])).collect();
        all.insert(KeyName::Codes, codes.iter().map(|(id, byte)| secret(id, *byte)).collect());
        Keyring::new(all).unwrap()
    };
    let case = case();
    let with = |keys: Keyring| {
        let shared = &case.desk.shared;
        let mut core = case.desk.core();
        core.shared = Arc::new(countersign_runtime::Shared {
            adapter: shared.adapter,
            options: shared.options.clone(),
            build: shared.build.clone(),
            store: shared.store.clone(),
            keys: keys.into(),
            budget: shared.budget.clone(),
            passwords: shared.passwords.clone(),
            latency: Default::default(),
            conversion: Default::default(),
            guard: countersign_runtime::hooks::HookExecutor::new(shared.options.hooks).unwrap(),
            hooks: shared.hooks.clone(),
            keeps_password_hashes: false,
            texts: shared.texts.clone(),
            outbox: None,
            pending_audit: Default::default(),
            clock: shared.clock.clone(),
        });
        core
    };
    let old = with(ring(&[("old", 90)]));
    let send = |operation: &str| SendOtp {
        user: Some(JOHN.into()),
        code: TestOtp::payment(operation, JOHN),
        ..SendOtp::default()
    };
    let check = |id: String, operation: &str| VerifyOtp {
        id: Some(id),
        value: Some(Secret::from(case.bank.latest_code())),
        user: None,
        code: TestOtp::payment(operation, JOHN),
    };
    let sent = old.send_otp(send("op-1")).await.unwrap();
    let rotated = with(ring(&[("new", 91), ("old", 90)]));
    assert_eq!(entry(&rotated.verify_otp(check(sent.id, "op-1")).await.unwrap()), ("passed", None));
    let core = with(ring(&[("old", 90)]));
    let sent = core.send_otp(send("op-3")).await.unwrap();
    core.shared.keys.exchange(ring(&[("new", 91), ("old", 90)]));
    assert_eq!(entry(&core.verify_otp(check(sent.id, "op-3")).await.unwrap()), ("passed", None));
    let sent = old.send_otp(send("op-2")).await.unwrap();
    let lost = with(ring(&[("new", 91)]));
    assert_eq!(entry(&lost.verify_otp(check(sent.id, "op-2")).await.unwrap()).0, "otp.wrong");
}
