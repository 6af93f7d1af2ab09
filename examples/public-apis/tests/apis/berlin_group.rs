//! An authorisation of a payment as the Berlin Group has it, from its start to its end.

use countersign_runtime::{App, StartError, StartOptions};
use example_public_apis::{Adapter, Bank, PHONE, USER, berlin_group_sca};
use serde_json::{Value, json};

use crate::calling::{Answer, Api};

const ID: &str = "99391c7e-ad88-49ec-a2ad-99ddcb1f7721";
const PAYMENT: &str = "/v1/sepa-credit-transfers/p%2F1/authorisations";

fn start(options: StartOptions) -> Result<App, StartError> {
    berlin_group_sca::start(Adapter, Bank, options)
}

fn serve() -> Api {
    Api::serve(start, "Bearer demo-access-token")
}

/// Starts an authorisation; gives its path.
fn started(bank: &Api, user: &str) -> String {
    let answer = bank.ask(&format!("POST {PAYMENT}"), &[("X-Request-ID", ID), ("psu-id", user)], None);
    assert_eq!((answer.status, &answer.json["scaStatus"]), (201, &json!("received")), "{answer:?}");
    assert_eq!((answer.header("x-request-id"), answer.header("aspsp-sca-approach")), (Some(ID), Some("EMBEDDED")));
    let id = answer.json["authorisationId"].as_str().unwrap();
    let path = format!("{PAYMENT}/{id}");
    assert_eq!(answer.header("location"), Some(path.as_str()), "what is in the payment's id is escaped in the link");
    assert_eq!(answer.json["_links"]["scaStatus"]["href"], json!(path));
    assert_eq!(answer.json["scaMethods"][0]["authenticationMethodId"], "sms");
    assert_eq!(answer.json["scaMethods"][1]["authenticationMethodId"], "work", "a hook of the bank's lists them");
    path
}

fn put(bank: &Api, path: &str, body: Value) -> Answer {
    bank.ask(&format!("PUT {path}"), &[("X-Request-ID", ID)], Some(body))
}

fn status(bank: &Api, path: &str) -> Value {
    let answer = bank.ask(&format!("GET {path}"), &[("X-Request-ID", ID)], None);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json["scaStatus"].clone()
}

fn code(bank: &Api) -> String {
    let sent = bank.messages();
    let last = sent.last().unwrap();
    assert_eq!(last["to"], PHONE);
    last["code"].as_str().unwrap().to_owned()
}

fn told(answer: &Answer) -> (u16, &Value) {
    (answer.status, &answer.json["tppMessages"][0]["code"])
}

#[test]
fn an_authorisation_goes_from_its_start_to_its_end() {
    let bank = serve();
    let path = started(&bank, USER);
    assert_eq!(status(&bank, &path), "received");
    assert!(bank.messages().is_empty(), "nothing is sent before a method is chosen");
    let early = put(&bank, &path, json!({ "scaAuthenticationData": "123456" }));
    assert_eq!(told(&early), (404, &json!("RESOURCE_UNKNOWN")));
    let chosen = put(&bank, &path, json!({ "authenticationMethodId": "sms" }));
    assert_eq!((chosen.status, &chosen.json["scaStatus"]), (200, &json!("scaMethodSelected")), "{chosen:?}");
    assert_eq!(chosen.json["challengeData"], json!({ "otpMaxLength": 6, "otpFormat": "integer" }));
    assert_eq!(status(&bank, &path), "scaMethodSelected");
    let wrong = put(&bank, &path, json!({ "scaAuthenticationData": "000000x" }));
    assert_eq!(told(&wrong), (401, &json!("PSU_CREDENTIALS_INVALID")));
    let right = put(&bank, &path, json!({ "scaAuthenticationData": code(&bank) }));
    assert_eq!((right.status, &right.json["scaStatus"]), (200, &json!("finalised")), "{right:?}");
    assert_eq!(status(&bank, &path), "finalised");
    let again = put(&bank, &path, json!({ "authenticationMethodId": "sms" }));
    assert_eq!(told(&again), (409, &json!("STATUS_INVALID")));
}

#[test]
fn a_code_that_is_sent_again_voids_the_older_and_keeps_the_attempts_that_were_made() {
    let bank = serve();
    let path = started(&bank, USER);
    put(&bank, &path, json!({ "authenticationMethodId": "sms" }));
    let first = code(&bank);
    assert_eq!(put(&bank, &path, json!({ "authenticationMethodId": "sms" })).status, 200);
    let second = code(&bank);
    assert_eq!(bank.messages().len(), 2);
    for _ in 0..2 {
        let old = if first == second { "x".to_owned() } else { first.clone() };
        assert_eq!(told(&put(&bank, &path, json!({ "scaAuthenticationData": old }))).0, 401);
    }
    assert_eq!(put(&bank, &path, json!({ "authenticationMethodId": "sms" })).status, 200);
    assert_eq!(told(&put(&bank, &path, json!({ "scaAuthenticationData": "x" }))).0, 401, "the third of three");
    assert_eq!(status(&bank, &path), "failed");
    assert_eq!(told(&put(&bank, &path, json!({ "scaAuthenticationData": code(&bank) }))).0, 401);
}

#[test]
fn another_payment_has_no_such_authorisation() {
    let bank = serve();
    let path = started(&bank, USER).replace("p%2F1", "p2");
    let answer = bank.ask(&format!("GET {path}"), &[("X-Request-ID", ID)], None);
    assert_eq!(told(&answer), (404, &json!("RESOURCE_UNKNOWN")));
}

#[test]
fn who_is_not_known_is_answered_like_anybody() {
    let bank = serve();
    let path = started(&bank, "nobody");
    let chosen = put(&bank, &path, json!({ "authenticationMethodId": "sms" }));
    assert_eq!((chosen.status, &chosen.json["scaStatus"]), (200, &json!("scaMethodSelected")), "{chosen:?}");
    assert!(bank.messages().is_empty());
}

#[test]
fn headers_keep_their_rules() {
    let bank = serve();
    for headers in [&[][..], &[("x-request-id", "no uuid")], &[("x-request-id", ID), ("x-request-id", ID)]] {
        let all: Vec<(&str, &str)> = headers.iter().copied().chain([("psu-id", USER)]).collect();
        assert_eq!(told(&bank.ask(&format!("POST {PAYMENT}"), &all, None)), (400, &json!("FORMAT_ERROR")), "{all:?}");
    }
    let nobody = bank.ask(&format!("POST {PAYMENT}"), &[("x-request-id", ID)], None);
    assert_eq!(told(&nobody), (400, &json!("FORMAT_ERROR")), "`PSU-ID` is missing");
    let other = put(&bank, &started(&bank, USER), json!({ "authenticationMethodId": "push" }));
    assert_eq!(told(&other), (400, &json!("SCA_METHOD_UNKNOWN")));
}
