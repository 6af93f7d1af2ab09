//! Codes that a caller made and sends by us: they go out in our words and under our limits, and are never checked here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::hooks::HookError;
use countersign_runtime::store::Store;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::testing::{ADAPTER, Desk, TestBank, TestOtp};
use countersign_runtime::{AccountStatus, Fault, Outcome, Secret, SendOtp, SendSms, SentOtp, User, VerifyOtp};

const JOHN: &str = "12345678";

struct Case {
    desk: Desk,
    bank: Arc<TestBank>,
    store: Arc<MemoryStore>,
}

fn case() -> Case {
    let user = User { id: JOHN.to_owned(), phone: "+420601234567".parse().ok(), ..User::default() };
    let (bank, store) = (Arc::new(TestBank::with([user])), Arc::new(MemoryStore::default()));
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |_| {}).unwrap();
    Case { desk, bank, store }
}

fn message(id: &str, code: &str, operation: &str, user: &str) -> SendSms<TestOtp> {
    let login = TestOtp { operation_name: Some("login_sca".into()), ..TestOtp::payment(operation, user) };
    SendSms {
        id: Some(id.to_owned()),
        value: Some(Secret::from(code)),
        user: login.user_id.clone(),
        organization: login.organization_id.clone(),
        code: login,
        ..SendSms::default()
    }
}

impl Case {
    async fn send(&self, input: SendSms<TestOtp>) -> Result<SentOtp, Fault> {
        self.desk.core().send_sms(input).await
    }

    fn texts(&self) -> Vec<String> {
        self.bank.sent().into_iter().map(|sms| sms.text.expose().clone()).collect()
    }
}

#[tokio::test]
async fn it_goes_out_in_our_words_and_is_never_right_here() {
    let case = case();
    let sent = case.send(message("m-1", "24681357", "op", JOHN)).await.unwrap();
    assert_eq!((sent.id.as_str(), sent.outcome), ("m-1", Outcome::Passed));
    assert_eq!(case.texts(), ["The code for signing in is 24681357."]);
    let code = message("m-1", "24681357", "op", JOHN).code;
    let verify = VerifyOtp { id: Some("m-1".into()), value: Some(Secret::from("24681357")), user: None, code };
    let verdict = case.desk.core().verify_otp(verify).await.unwrap();
    assert_eq!(verdict.refusal.map(|fault| fault.name), Some("otp.unknown"));
}

#[tokio::test]
async fn words_are_no_code_and_no_id() {
    let case = case();
    let long = "1".repeat(33);
    for code in ["", " ", "call +420 601 000 000", "evil.example", "https://evil", "12\u{202e}34", "１２３４", &long]
    {
        let fault = case.send(message("m-1", code, "op", JOHN)).await.unwrap_err();
        assert_eq!(fault.name, "input.invalid", "{code}");
    }
    for id in ["", "m\0", "m\u{200b}", &"m".repeat(257)] {
        assert_eq!(case.send(message(id, "24681357", "op", JOHN)).await.unwrap_err().name, "input.invalid", "{id}");
    }
    assert!(case.texts().is_empty());
}

#[tokio::test]
async fn the_same_message_is_sent_once_and_a_new_one_is_new() {
    let case = case();
    for _ in 0..3 {
        let sent = case.send(message("m-1", "11112222", "op", JOHN)).await.unwrap();
        assert_eq!((sent.id.as_str(), sent.outcome), ("m-1", Outcome::Passed));
    }
    let other = case.send(message("m-2", "33334444", "op", JOHN)).await.unwrap();
    assert_eq!(other.id, "m-2");
    // The id of an earlier message with another code is another message.
    case.send(message("m-2", "55556666", "op", JOHN)).await.unwrap();
    let codes = ["11112222", "33334444", "55556666"].map(|code| format!("The code for signing in is {code}."));
    assert_eq!(case.texts(), codes);
}

/// What a row of messages is answered; the same for somebody and for nobody.
async fn outcomes(user: &str) -> Vec<(String, Outcome, Option<&'static str>)> {
    let case = case();
    let mut all = Vec::new();
    for id in ["m-1", "m-1", "m-2", "m-3", "m-4", "m-5", "m-5"] {
        let sent = case.send(message(id, "24681357", "op", user)).await.unwrap();
        all.push((sent.id, sent.outcome, sent.refusal.map(|fault| fault.name)));
    }
    all
}

#[tokio::test]
async fn an_operation_has_so_many_messages_for_somebody_and_for_nobody() {
    let somebody = outcomes(JOHN).await;
    let good: Vec<bool> = somebody.iter().map(|(_, outcome, _)| outcome.passed()).collect();
    assert_eq!(good, [true, true, true, true, true, false, false], "one and three more");
    assert_eq!(somebody[5].2, Some("sms.limited"));
    assert_eq!(outcomes("nobody").await, somebody);
}

#[tokio::test]
async fn our_own_code_of_the_operation_stays_as_good_as_it_was() {
    let case = case();
    let code = message("m-1", "24681357", "op", JOHN).code;
    let send = SendOtp { user: code.user_id.clone(), code: code.clone(), ..SendOtp::default() };
    let ours = case.desk.core().send_otp(send).await.unwrap();
    let typed = case.bank.latest_code();
    case.send(message("m-1", "24681357", "op", JOHN)).await.unwrap();
    let verify = VerifyOtp { id: Some(ours.id), value: Some(Secret::from(typed.as_str())), user: None, code };
    assert_eq!(case.desk.core().verify_otp(verify).await.unwrap().outcome, Outcome::Passed);
}

#[tokio::test]
async fn nothing_is_sent_for_an_account_that_is_not_active() {
    let case = case();
    let input = SendSms { account: Some(AccountStatus::Inactive), ..message("m-1", "24681357", "op", JOHN) };
    let sent = case.send(input).await.unwrap();
    assert_eq!((sent.id.as_str(), sent.outcome), ("m-1", Outcome::Passed));
    assert!(case.texts().is_empty());
}

#[tokio::test]
async fn a_refusal_is_reported_under_the_callers_id_and_the_audit_never_sees_the_code() {
    let case = case();
    case.bank.gateway_says(Some(HookError::Refused("no".into())));
    let sent = case.send(message("m-1", "24681357", "op", JOHN)).await.unwrap();
    assert_eq!((sent.id.as_str(), sent.refusal.map(|fault| fault.name)), ("m-1", Some("sms.refused")));
    let records = case.store.audit_after(0, 10_000).await.unwrap();
    let of_it = records.iter().filter(|stored| stored.record.challenge.as_deref() == Some("m-1"));
    assert!(of_it.count() >= 2, "issued, and not sent: {records:?}");
    assert!(!format!("{records:?}").contains("24681357"));
}
