//! What each operation makes of what went before it: logins, questions, codes, verifications and deposits, with limits
//! and times, on a clock that is turned by hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

#[rustfmt::skip]
#[allow(dead_code, reason = "the binary serves it")]
#[path = "../src/generated/mod.rs"]
mod generated;
#[path = "../src/hooks.rs"]
mod hooks;
mod support;
mod turned;

use serde_json::{Value, json};
use support::{DANA, DEVICE, reason, request};
use turned::{Turned, answers, start};

const LOGIN: &str = "/customers/security/login";
const MFA: &str = "/customers/security/authenticate/mfa";
const SEARCH: &str = "/customers/security/mfa/search";
const UPDATE: &str = "/customers/security/mfa";
const RECOVERY: &str = "/customers/security/recovery";
const RECOVER: &str = "/customers/security/recovery/authenticate";
const EMAIL: &str = "/customers/security/emailverification";
const EMAIL_MFA: &str = "/customers/security/emailverification/mfa";
const APP: &str = "/customers/security/appverification";
const APP_MFA: &str = "/customers/security/appverification/mfa";
const DEPOSITS: &str = "/customers/wallet/verification";
const IIN: &str = "/partners/iin/details";

const RIGHT: &str = "correct horse 7";
const BOTH: &[(&str, &str)] = &[("q-pet", "Rex"), ("q-street", "Elm Street")];
const NOOR: &str = "wlwdemo:entity:customer#new";
const NOBODY: &str = "wlwdemo:entity:customer#nobody";
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

async fn login(issuer: &Turned, customer: &str, username: &str, password: &str) -> String {
    reason(&issuer.about(customer, "POST", LOGIN, json!({ "username": username, "password": password })).await)
}

async fn dana(issuer: &Turned, password: &str) -> String {
    login(issuer, DANA, "dana@example.com", password).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_locked_by_its_fifth_failure_until_the_lock_ends() {
    let issuer = start(&[]);
    for _ in 0..4 {
        assert_eq!(dana(&issuer, "wrong").await, "CREDENTIALS_MISMATCH");
    }
    assert_eq!(dana(&issuer, "wrong").await, "CUSTOMER_LOCKED");
    assert_eq!(dana(&issuer, RIGHT).await, "CUSTOMER_LOCKED");
    issuer.clock.turn(15 * MINUTE + 1);
    assert_eq!(dana(&issuer, RIGHT).await, "SUCCESS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_login_forgets_the_failures_before_it() {
    let issuer = start(&[]);
    for _ in 0..2 {
        for _ in 0..4 {
            assert_eq!(dana(&issuer, "wrong").await, "CREDENTIALS_MISMATCH");
        }
        assert_eq!(login(&issuer, DANA, "Dana@Example.COM", RIGHT).await, "SUCCESS", "case does not count");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_name_and_an_unknown_customer_are_wrong_logins() {
    let issuer = start(&[]);
    assert_eq!(login(&issuer, DANA, "noor@example.com", RIGHT).await, "CREDENTIALS_MISMATCH");
    for _ in 0..4 {
        assert_eq!(login(&issuer, NOBODY, "dana@example.com", RIGHT).await, "CREDENTIALS_MISMATCH");
    }
    assert_eq!(login(&issuer, NOBODY, "dana@example.com", RIGHT).await, "CUSTOMER_LOCKED");
    let locked = "wlwdemo:entity:customer#locked";
    assert_eq!(login(&issuer, locked, "lou@example.com", RIGHT).await, "CUSTOMER_LOCKED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_without_questions_returns_none() {
    let issuer = start(&[("enabled: true", "enabled: false")]);
    let more = json!({ "username": "dana@example.com", "password": RIGHT });
    let body = issuer.about(DANA, "POST", LOGIN, more).await;
    assert_eq!((&body["numberOfQuestionsToAnswer"], &body["questionDetails"]), (&json!(0), &json!([])));
}

fn ids(body: &Value) -> Vec<&str> {
    body["questionDetails"].as_array().unwrap().iter().map(|one| one["questionId"].as_str().unwrap()).collect()
}

const ALL: &[(&str, &str)] = &[("show_all: false", "show_all: true")];

#[tokio::test(flavor = "multi_thread")]
async fn which_questions_a_customer_has_follows_from_what_they_answered() {
    let (some, all) = (start(&[]), start(ALL));
    let pool = ["q-pet", "q-street", "q-teacher"];
    for (issuer, customer, expected) in
        [(&some, NOOR, &pool[..0]), (&all, NOOR, &pool), (&some, DANA, &pool[..2]), (&all, DANA, &pool)]
    {
        assert_eq!(ids(&issuer.about(customer, "POST", SEARCH, json!({})).await), expected);
    }
    for issuer in [&some, &all] {
        let new = answers(&[("q-pet", "Rex"), ("q-teacher", "Ms Hill")]);
        for customer in [DANA, NOOR] {
            assert_eq!(reason(&issuer.about(customer, "PUT", UPDATE, new.clone()).await), "SUCCESS");
            assert_eq!(ids(&issuer.about(customer, "POST", SEARCH, json!({})).await), ["q-pet", "q-teacher"]);
        }
        assert_eq!(issuer.ask("POST", MFA, new).await, "SUCCESS");
        assert_eq!(issuer.ask("POST", MFA, answers(BOTH)).await, "MFA_MISMATCH", "the old ones are gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_replaced_by_as_many_as_there_must_be_from_the_pool() {
    let issuer = start(&[]);
    for (given, expected) in [
        (&[("q-pet", "a"), ("q-street", "b"), ("q-teacher", "c")][..], "QUESTION_COUNT_MISMATCH"),
        (&[("q-pet", "a")], "QUESTION_COUNT_MISMATCH"),
        (&[("q-pet", "a"), ("q-none", "b")], "QUESTION_UNKNOWN"),
        (&[("q-pet", "a"), ("q-pet", "b")], "QUESTION_UNKNOWN"),
        (&[("q-street", "a"), ("q-teacher", "b")], "QUESTION_UNKNOWN"),
    ] {
        assert_eq!(issuer.ask("PUT", UPDATE, answers(given)).await, expected, "{given:?}");
    }
    assert_eq!(issuer.ask("POST", MFA, answers(BOTH)).await, "SUCCESS", "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_answers_must_be_right_and_the_required_ones_among_them() {
    let issuer = start(&[]);
    for given in [&[("q-pet", "Rex")][..], &[("q-street", "Elm Street")], &[("q-pet", "Rex"), ("q-teacher", "x")]] {
        assert_eq!(issuer.ask("POST", MFA, answers(given)).await, "MFA_MISMATCH", "{given:?}");
    }
    let single = json!({ "questionAnswers": { "questionUri": "q-pet", "answer": "Rex" } });
    assert_eq!(issuer.ask("POST", MFA, single).await, "MFA_MISMATCH", "one object is a list of one");
    assert_eq!(issuer.ask("POST", MFA, answers(BOTH)).await, "SUCCESS");
    for expected in ["MFA_MISMATCH", "MFA_MISMATCH", "MFA_MISMATCH", "MFA_MISMATCH", "CUSTOMER_LOCKED"] {
        assert_eq!(issuer.ask("POST", MFA, answers(&[("q-pet", "x"), ("q-street", "y")])).await, expected);
    }
    assert_eq!(issuer.ask("POST", MFA, answers(BOTH)).await, "CUSTOMER_LOCKED");
    issuer.clock.turn(15 * MINUTE + 1);
    assert_eq!(issuer.ask("POST", MFA, answers(BOTH)).await, "SUCCESS");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_answered_and_who_is_not_asked_are_reported_so() {
    let issuer = start(&[]);
    let asked = |customer: &'static str| issuer.about(customer, "POST", MFA, answers(BOTH));
    assert_eq!(reason(&asked(NOOR).await), "MFA_NOT_ENROLLED");
    assert_eq!(reason(&asked(NOBODY).await), "CUSTOMER_UNKNOWN");
    assert_eq!(reason(&asked("wlwdemo:entity:customer#locked").await), "CUSTOMER_LOCKED");
    let none = start(&[("enabled: true", "enabled: false")]);
    assert_eq!(none.ask("POST", MFA, answers(BOTH)).await, "MFA_DISABLED");
    assert_eq!(none.ask("PUT", UPDATE, answers(BOTH)).await, "MFA_DISABLED");
}

fn recovery(code: &str) -> Value {
    json!({ "recoveryType": "FORGOT_PASSWORD", "recoveryCode": code })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_good_once_in_time_for_its_type_and_customer() {
    let issuer = start(&[]);
    let password = json!({ "recoveryType": "FORGOT_PASSWORD" });
    let old = issuer.code(RECOVERY, password.clone()).await;
    let code = issuer.code(RECOVERY, password.clone()).await;
    let other = issuer.code(RECOVERY, json!({ "recoveryType": "EXPIRED_PASSWORD" })).await;
    let recover = |more: Value| issuer.ask("POST", RECOVER, more);
    assert_eq!(recover(recovery(&old)).await, "RECOVERY_CODE_INVALID", "a newer one voids it");
    assert_eq!(recover(recovery(&other)).await, "RECOVERY_CODE_INVALID", "it is of another type");
    let theirs = issuer.about(NOOR, "POST", RECOVER, recovery(&code)).await;
    assert_eq!(reason(&theirs), "RECOVERY_CODE_INVALID", "it is of another customer");
    assert_eq!(recover(recovery(&code)).await, "SUCCESS");
    assert_eq!(recover(recovery(&code)).await, "RECOVERY_CODE_INVALID", "it was used");
    let late = issuer.code(RECOVERY, password).await;
    issuer.clock.turn(HOUR + 1);
    assert_eq!(recover(recovery(&late)).await, "RECOVERY_CODE_INVALID", "it is too old");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_are_limited_by_their_kind_and_stop_no_right_one() {
    let issuer = start(&[]);
    let code = issuer.code(EMAIL, json!({})).await;
    for _ in 0..10 {
        let wrong = json!({ "verificationCode": "XXXXXXXXXX" });
        assert_eq!(issuer.ask("PUT", EMAIL, wrong).await, "VERIFICATION_CODE_INVALID");
    }
    let wrong = json!({ "verificationCode": "XXXXXXXXXX" });
    assert_eq!(issuer.ask("PUT", EMAIL, wrong.clone()).await, "RATE_LIMITED");
    assert_eq!(issuer.ask("POST", RECOVER, recovery("XXXXXXXXXX")).await, "RECOVERY_CODE_INVALID", "another kind");
    assert_eq!(issuer.ask("PUT", EMAIL, json!({ "verificationCode": code })).await, "SUCCESS");
    issuer.clock.turn(MINUTE + 1);
    assert_eq!(issuer.ask("PUT", EMAIL, wrong).await, "VERIFICATION_CODE_INVALID");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_verified_by_its_code_and_one_answer() {
    let issuer = start(&[]);
    let pet = answers(&[("q-pet", "Rex")]);
    assert_eq!(issuer.ask("PUT", EMAIL_MFA, pet.clone()).await, "NO_PENDING_VERIFICATION", "there is no code");
    let old = issuer.code(EMAIL, json!({})).await;
    let code = issuer.code(EMAIL, json!({})).await;
    let complete = |code: &str| issuer.ask("PUT", EMAIL, json!({ "verificationCode": code }));
    assert_eq!(complete(&old).await, "VERIFICATION_CODE_INVALID", "a newer one voids it");
    assert_eq!(issuer.ask("PUT", EMAIL_MFA, pet.clone()).await, "NO_PENDING_VERIFICATION", "the code comes first");
    assert_eq!(complete(&code).await, "SUCCESS");
    assert_eq!(issuer.ask("PUT", EMAIL_MFA, answers(BOTH)).await, "QUESTION_COUNT_MISMATCH");
    assert_eq!(issuer.ask("PUT", EMAIL_MFA, answers(&[("q-street", "Elm Street")])).await, "MFA_MISMATCH");
    assert_eq!(issuer.ask("PUT", EMAIL_MFA, pet.clone()).await, "SUCCESS");
    assert_eq!(issuer.ask("PUT", EMAIL_MFA, pet).await, "NO_PENDING_VERIFICATION", "it is complete");
    assert_eq!(complete(&code).await, "VERIFICATION_CODE_INVALID", "it is complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_answers_of_the_customer_the_code_is_all() {
    let issuer = start(&[]);
    let body = issuer.about(NOOR, "POST", EMAIL, json!({})).await;
    let code = json!({ "verificationCode": body["verificationCode"] });
    let body = issuer.about(NOOR, "PUT", EMAIL, code).await;
    assert_eq!((reason(&body), body.get("questionDetails")), ("SUCCESS".to_owned(), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_known_as_expired_and_what_waits_for_answers_ends_with_it() {
    let issuer = start(&[]);
    let body = issuer.about(DANA, "POST", EMAIL, json!({})).await;
    let made = body["validUntildate"].as_i64().unwrap();
    assert_eq!(made, 1_780_000_000_000 + 24 * HOUR * 1000, "milliseconds");
    let code = json!({ "verificationCode": body["verificationCode"] });
    issuer.clock.turn(24 * HOUR + 1);
    assert_eq!(issuer.ask("PUT", EMAIL, code).await, "VERIFICATION_CODE_EXPIRED");
    let code = issuer.code(EMAIL, json!({})).await;
    assert_eq!(issuer.ask("PUT", EMAIL, json!({ "verificationCode": code })).await, "SUCCESS");
    issuer.clock.turn(24 * HOUR + 1);
    assert_eq!(issuer.ask("PUT", EMAIL_MFA, answers(&[("q-pet", "Rex")])).await, "NO_PENDING_VERIFICATION");
}

fn app(more: Value) -> Value {
    let mut body = json!({ "deviceUri": DEVICE, "applicationId": "com.example.wallet" });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_verified_on_its_device_with_all_answers() {
    let issuer = start(&[]);
    let code = issuer.code(APP, app(json!({}))).await;
    let body = issuer.about(DANA, "PUT", APP, json!({ "verificationCode": code })).await;
    assert_eq!((&body["deviceUri"], ids(&body)), (&json!(DEVICE), vec!["q-pet", "q-street"]));
    for elsewhere in [json!({ "deviceUri": "other" }), json!({ "applicationId": "other" })] {
        let mut more = app(answers(BOTH));
        more.as_object_mut().unwrap().extend(elsewhere.as_object().unwrap().clone());
        assert_eq!(issuer.ask("PUT", APP_MFA, more).await, "NO_PENDING_VERIFICATION");
    }
    assert_eq!(issuer.ask("PUT", APP_MFA, app(answers(&[("q-pet", "Rex")]))).await, "MFA_MISMATCH", "too few");
    assert_eq!(issuer.ask("PUT", APP_MFA, app(answers(BOTH))).await, "SUCCESS");
    assert_eq!(issuer.ask("PUT", APP_MFA, app(answers(BOTH))).await, "NO_PENDING_VERIFICATION");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_answers_end_a_verification_at_the_limit() {
    let issuer = start(&[]);
    let code = issuer.code(APP, app(json!({}))).await;
    assert_eq!(issuer.ask("PUT", APP, json!({ "verificationCode": code })).await, "SUCCESS");
    let wrong = app(answers(&[("q-pet", "x"), ("q-street", "y")]));
    for expected in ["MFA_MISMATCH", "MFA_MISMATCH", "MFA_MISMATCH", "MFA_MISMATCH", "CUSTOMER_LOCKED"] {
        assert_eq!(issuer.ask("PUT", APP_MFA, wrong.clone()).await, expected);
    }
    issuer.clock.turn(15 * MINUTE + 1);
    assert_eq!(issuer.ask("PUT", APP_MFA, app(answers(BOTH))).await, "NO_PENDING_VERIFICATION", "it is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_issuer_knows_devices_others_get_no_code() {
    let issuer = start(&[]);
    let ona = "wlwdemo:entity:customer#one-device";
    let ask = |device: &str| issuer.about(ona, "POST", APP, app(json!({ "deviceUri": device })));
    assert_eq!(reason(&ask("wlwdemo:entity:device#ona").await), "SUCCESS");
    assert_eq!(reason(&ask(DEVICE).await), "INVALID_ARGUMENTS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_number_range_is_six_digits_in_any_form() {
    let issuer = start(&[]);
    assert_eq!(issuer.ask("POST", IIN, json!({ "iin": 411_111 })).await, "SUCCESS");
    for bad in [json!("4111111"), json!("41111"), json!(4.11111), json!(-41111), json!("٤١١١١١"), json!("")] {
        assert_eq!(issuer.ask("POST", IIN, json!({ "iin": bad })).await, "INVALID_ARGUMENTS", "{bad}");
    }
}

fn deposits(first: Value, second: Value, more: Value) -> Value {
    let mut body = json!({
        "paymentAccountTypeUri": "wlwdemo:entity:accounttype#credit",
        "paymentNetworkTypeUri": "wlwdemo:entity:networktype#visa",
        "paymentAccountUri": "wlwdemo:entity:paymentaccount#9d2b6c10-1a3e-4a6a-a8c5-77d0b2c4e5f6",
        "doubleDeposit": { "firstAmount": first, "secondAmount": second },
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn card() -> Value {
    json!({ "cardDetails": { "key": "cardNickname", "value": "Blue card" } })
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_are_locked_by_the_third_failure_until_an_operator_comes() {
    let issuer = start(&[]);
    let wrong = || deposits(json!(0.11), json!(0.12), card());
    assert_eq!(issuer.ask("POST", DEPOSITS, wrong()).await, "DEPOSIT_MISMATCH");
    assert_eq!(issuer.ask("POST", DEPOSITS, wrong()).await, "DEPOSIT_MISMATCH");
    assert_eq!(issuer.ask("POST", DEPOSITS, wrong()).await, "DEPOSIT_LOCKED");
    issuer.clock.turn(48 * HOUR);
    let right = deposits(json!(0.75), json!(0.25), card());
    assert_eq!(issuer.ask("POST", DEPOSITS, right).await, "DEPOSIT_LOCKED");
}

#[tokio::test(flavor = "multi_thread")]
async fn right_deposits_are_compared_as_cents_in_either_order() {
    let issuer = start(&[]);
    for (first, second) in [(json!("0.750"), json!(".25")), (json!(0.001), json!(1)), (json!(-1), json!(1))] {
        let asked = deposits(first, second, card());
        assert_eq!(issuer.ask("POST", DEPOSITS, asked).await, "INVALID_ARGUMENTS");
    }
    for (first, second) in [(json!(0.75), json!(0.25)), (json!("0.25"), json!(0.75)), (json!(0.250), json!("0.75"))] {
        assert_eq!(issuer.ask("POST", DEPOSITS, deposits(first, second, card())).await, "SUCCESS");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_found_by_its_uri_or_by_all_that_is_known_of_it() {
    let issuer = start(&[]);
    let ask = |more: Value| issuer.ask("POST", DEPOSITS, deposits(json!(0.75), json!(0.25), more));
    let null = json!({ "paymentAccountUri": null, "cardDetails": [{ "key": "accountNumber", "value": "000123456" }] });
    assert_eq!(ask(null).await, "SUCCESS");
    let other = json!({ "paymentAccountUri": null, "cardDetails": { "accountNumber": "1" } });
    assert_eq!(ask(other).await, "ACCOUNT_UNKNOWN");
    assert_eq!(ask(json!({ "paymentAccountUri": "other", "cardDetails": [] })).await, "ACCOUNT_UNKNOWN");
    let mut left_out = deposits(json!(0.75), json!(0.25), card());
    left_out.as_object_mut().unwrap().remove("paymentAccountUri");
    assert_eq!(issuer.ask("POST", DEPOSITS, left_out).await, "INVALID_ARGUMENTS", "it must be there, if only as null");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_for_both_operations_of_a_route_is_for_neither() {
    let issuer = start(&[]);
    let both = json!({ "cardDetails": [], "additionalData": [] });
    let body = issuer.about(DANA, "POST", DEPOSITS, deposits(json!(0.75), json!(0.25), both)).await;
    assert_eq!(reason(&body), "INVALID_ARGUMENTS");
    assert!(body.get("paymentResponse").is_some() && body.get("b2bResponse").is_none(), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_says_of_itself_goes_back_even_if_the_rest_is_wrong() {
    let issuer = start(&[]);
    let body = issuer.send("POST", IIN, request(DANA, json!({ "iin": [], "partnerUri": 7 }))).await;
    assert_eq!(body["b2bResponse"]["messageHeader"], support::header(), "{body}");
    let odd = json!({ "b2bRequest": { "messageHeader": { "messageId": "1", "more": "x", "versionId": null } } });
    let body = issuer.send("POST", IIN, odd).await;
    assert_eq!(body["b2bResponse"]["messageHeader"], json!({ "messageId": "1" }), "{body}");
    let none = json!({ "b2bRequest": { "messageHeader": { "messageId": 1 } } });
    let body = issuer.send("POST", IIN, none).await;
    assert_eq!(body["b2bResponse"].get("messageHeader"), None, "{body}");
    assert_eq!(reason(&body), "INVALID_ARGUMENTS");
}
