//! Users, passwords, forms and consent over HTTP; and a core system that fails, hangs and panics.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may break"
)]

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{operation, payment, post, start, start_with, with};

fn login(user: &str, password: &str) -> Value {
    json!({
        "userId": user, "organizationId": "RETAIL", "password": password,
        "authenticationContext": { "passwordProtection": "NO_PROTECTION", "cipherTransformation": "" },
        "operationContext": operation("1", "login")
    })
}

#[test]
fn an_operation_that_hides_unknown_users_gets_an_empty_answer() {
    let server = start();
    let request = |name: &str| json!({ "username": "nobody", "organizationId": "RETAIL", "operationContext": operation("1", name) });
    let hidden = post(&server, "/api/auth/user/lookup", request("login_sca"));
    let nobody = json!({ "id": null, "givenName": null, "familyName": null, "organizationId": null });
    assert_eq!((hidden.status, hidden.at("/responseObject")), (200, nobody));
    assert_eq!(post(&server, "/api/auth/user/lookup", request("login")).status, 400);
}

#[test]
fn a_locked_users_right_password_is_refused_and_said_to_be() {
    let server = start();
    let answer = post(&server, "/api/auth/user/authenticate", login("30000002", "s3cret"));
    assert_eq!(answer.at("/responseObject/authenticationResult"), "VERIFIED_FAILED");
    assert_eq!(answer.at("/responseObject/errorMessage"), "login.authenticationBlocked");
    assert_eq!(answer.at("/responseObject/userDetail"), Value::Null);
}

#[test]
fn an_unknown_users_password_is_wrong_like_any_other() {
    let server = start();
    let unknown = post(&server, "/api/auth/user/authenticate", login("99999999", "s3cret"));
    let wrong = post(&server, "/api/auth/user/authenticate", login("12345678", "guess"));
    assert_eq!(unknown.text, wrong.text);
}

#[test]
fn an_encrypted_password_is_decrypted_with_the_banks_key() {
    let key = ("DEMO_PASSWORD_KEY", "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=");
    let server = start_with(&[key, ("COUNTERSIGN_PASSWORD_ENCRYPTION__KEY", "env:DEMO_PASSWORD_KEY")]);
    let encrypted = "AAECAwQFBgcICQoLDA0ODw==:0wlMMMFXcMMnwR9Lr+OVQQ==";
    for (password, transformation, result) in [
        (encrypted, "AES/CBC/PKCS7Padding", "VERIFIED_SUCCEEDED"),
        (encrypted, "AES/CBC/PKCS5Padding", "VERIFIED_SUCCEEDED"),
        ("AAECAwQFBgcICQoLDA0ODw==:0wlMMMFXcMMnwR9Lr+OVQA==", "AES/CBC/PKCS7Padding", "VERIFIED_FAILED"),
        ("a:b:", "AES/CBC/PKCS7Padding", "VERIFIED_FAILED"),
        ("s3cret", "AES/CBC/PKCS7Padding", "VERIFIED_FAILED"),
    ] {
        let mut request = login("12345678", password);
        request["authenticationContext"] =
            json!({ "passwordProtection": "PASSWORD_ENCRYPTION_AES", "cipherTransformation": transformation });
        let answer = post(&server, "/api/auth/user/authenticate", request);
        assert_eq!(
            answer.at("/responseObject/authenticationResult"),
            result,
            "{password} {transformation}: {}",
            answer.text
        );
    }
}

#[test]
fn a_core_system_that_fails_hangs_or_panics_harms_only_its_own_request() {
    let server = start();
    let info = |user: &str| post(&server, "/api/auth/user/info", json!({ "userId": user }));
    for (user, status, code) in [("40000001", 400, "REMOTE_ERROR"), ("40000003", 500, "ERROR_GENERIC")] {
        let answer = info(user);
        assert_eq!((answer.status, answer.at("/responseObject/code")), (status, json!(code)), "{}", answer.text);
        assert!(!answer.text.contains("core system"), "{}", answer.text);
    }
    let start = Instant::now();
    let answer = info("40000002");
    assert_eq!((answer.status, answer.at("/responseObject/code")), (400, json!("REMOTE_ERROR")), "{}", answer.text);
    assert!(start.elapsed() < Duration::from_secs(4), "the deadline of a lookup is 2 s");
    assert_eq!(info("12345678").status, 200);
}

#[test]
fn a_form_is_sent_back_as_it_came() {
    let server = start();
    let text = r#"{"requestObject":{"userId":"12345678","operationContext":{"id":"1","name":"login","data":null,"formData":{"title":{"id":"t","message":null,"hint":[1,{"a":1.50}]},"greeting":null,"summary":null,"config":[{"id":"c","enabled":false,"defaultValue":null,"extra":true}],"banners":[],"parameters":[{"type":"HOLOGRAM","zeta":1.10,"alpha":{"b":null,"a":158121.10},"id":"h"},{"type":"AMOUNT","id":"operation.amount","label":null,"valueFormatType":"AMOUNT","formattedValues":{},"amount":1E+3,"currency":"CZK","currencyId":null,"vendor":123456789012345678901234567890.10}],"userInput":{"k":"v"},"newMember":{"deep":[0.10]}}}}}"#;
    let answer = server.send("POST", "/api/operation/formdata/decorate", "application/json", &[], Some(text));
    assert_eq!(answer.status, 200, "{}", answer.text);
    let sent: Value = serde_json::from_str(text).unwrap();
    let sent = sent.pointer("/requestObject/operationContext/formData").unwrap();
    let returned = answer.at("/responseObject/formData");
    for pointer in [
        "/parameters/0",
        "/parameters/1/amount",
        "/parameters/1/vendor",
        "/newMember",
        "/title/hint",
        "/config/0/extra",
        "/userInput",
    ] {
        let (sent, returned) = (sent.pointer(pointer).unwrap(), returned.pointer(pointer).unwrap_or(&Value::Null));
        assert_eq!(returned.to_string(), sent.to_string(), "{pointer}");
    }
}

#[test]
fn null_collections_become_empty_ones() {
    let server = start();
    let form = json!({ "title": null, "greeting": null, "summary": null, "config": null, "parameters": null });
    let request =
        json!({ "userId": "12345678", "operationContext": with(&operation("1", "login"), "/formData", form) });
    let answer = post(&server, "/api/operation/formdata/decorate", request);
    let expected = json!({
        "title": null, "greeting": null, "summary": null, "config": [], "banners": [], "parameters": [], "userInput": {}
    });
    assert_eq!(answer.at("/responseObject/formData").to_string(), expected.to_string());
}

#[test]
fn the_forms_own_configuration_of_the_account_choice_wins() {
    let server = start();
    let config = json!([
        { "id": "operation.bankAccountChoice", "enabled": true, "defaultValue": "first" },
        { "id": "operation.bankAccountChoice", "enabled": false, "defaultValue": "last" }
    ]);
    let mut payment = with(&payment("1"), "/formData/config", config);
    let old = json!({ "type": "BANK_ACCOUNT_CHOICE", "id": "operation.bankAccountChoice", "label": "old", "bankAccounts": [] });
    payment["formData"]["parameters"].as_array_mut().unwrap().insert(0, old);
    let answer =
        post(&server, "/api/operation/formdata/decorate", json!({ "userId": "12345678", "operationContext": payment }));
    let parameters = answer.at("/responseObject/formData/parameters");
    assert_eq!(parameters.as_array().unwrap().len(), 3);
    assert_eq!((&parameters[0]["enabled"], &parameters[0]["defaultValue"]), (&json!(false), &json!("last")));
    assert_eq!(parameters[0]["bankAccounts"].as_array().unwrap().len(), 3);
}

#[test]
fn a_reason_is_reported_in_the_callers_language() {
    let server = start();
    let body = json!({ "requestObject": { "userId": "12345678", "operationContext": payment("1") } }).to_string();
    let path = "/api/operation/formdata/decorate";
    for (language, reason) in [("cs-CZ,cs;q=0.9", "Nízký zůstatek na účtu"), ("fr", "Low account balance")] {
        let answer = server.send("POST", path, "application/json", &[("accept-language", language)], Some(&body));
        let choice = answer.at("/responseObject/formData/parameters/2/bankAccounts/2/unusableForPaymentReason");
        assert_eq!(choice, reason, "{language}");
    }
}

#[test]
fn an_unknown_users_form_is_not_decorated() {
    let server = start();
    let answer = post(
        &server,
        "/api/operation/formdata/decorate",
        json!({ "userId": "99999999", "operationContext": payment("1") }),
    );
    assert_eq!((answer.status, answer.at("/responseObject/code")), (400, json!("USER_NOT_FOUND")));
}

fn consent(path: &str, options: Value) -> (u16, Value) {
    let server = start();
    let request = json!({ "userId": "12345678", "operationContext": payment("1"), "lang": "cs", "options": options });
    let answer = post(&server, path, request);
    (answer.status, answer.at("/responseObject"))
}

#[test]
fn consent_options_are_matched_by_their_ids() {
    let tick = |id: &str, value: &str| json!({ "id": id, "required": true, "value": value });
    let validate = "/api/auth/consent/validate";
    let (_, body) = consent(validate, json!([tick("CONSENT_PAYMENT", "CHECKED"), tick("CONSENT_INIT", "NOT_CHECKED")]));
    assert_eq!(body["consentValidationPassed"], false);
    assert_eq!(body["validationErrorMessage"], "Prosím vyplňte celý formulář se souhlasem.");
    assert_eq!(body["optionValidationResults"].as_array().unwrap().len(), 1);
    assert_eq!(body["optionValidationResults"][0]["id"], "CONSENT_INIT");
    let (init, payment) = (tick("CONSENT_INIT", "CHECKED"), tick("CONSENT_PAYMENT", "CHECKED"));
    for options in [json!([]), json!([init]), json!([init, init]), json!([init, payment, tick("CONSENT_X", "CHECKED")])]
    {
        for path in [validate, "/api/auth/consent/save"] {
            let (status, body) = consent(path, options.clone());
            assert_eq!((status, &body["code"]), (400, &json!("CONSENT_DATA_INVALID")), "{path} {options}: {body}");
        }
    }
}

#[test]
fn the_status_is_also_there_for_head() {
    let server = start();
    let answer = server.send("HEAD", "/api/service/status", "application/json", &[], None);
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
}
