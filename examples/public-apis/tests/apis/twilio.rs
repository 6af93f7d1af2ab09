//! Verify v2: a code is found by the number that it was sent to.

use countersign_runtime::{App, StartError, StartOptions};
use example_public_apis::{Adapter, Bank, twilio_verify};
use serde_json::{Value, json};

use crate::calling::{Answer, Api};

const TO: &str = "+14155552671";

fn start(options: StartOptions) -> Result<App, StartError> {
    twilio_verify::start(Adapter, Bank, options)
}

fn serve() -> Api {
    Api::serve(start, "Basic ZGVtbzpkZW1vLWFjY2Vzcy10b2tlbg==")
}

/// Starts a verification; gives its sid.
fn started(verify: &Api, to: &str) -> String {
    let answer = verify.ask("POST /v2/Services/VA1/Verifications", &[], Some(json!({ "To": to, "Channel": "sms" })));
    assert_eq!((answer.status, &answer.json["status"]), (201, &json!("pending")), "{answer:?}");
    answer.json["sid"].as_str().unwrap().to_owned()
}

fn check(verify: &Api, to: &str, code: &str) -> Answer {
    verify.ask("POST /v2/Services/VA1/VerificationCheck", &[], Some(json!({ "To": to, "Code": code })))
}

fn fetched(verify: &Api, sid: &str) -> Value {
    let answer = verify.ask(&format!("GET /v2/Services/VA1/Verifications/{sid}"), &[], None);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json["status"].clone()
}

fn code(verify: &Api) -> String {
    verify.messages().last().unwrap()["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_code_is_found_by_the_number() {
    let verify = serve();
    let sid = started(&verify, TO);
    assert_eq!(fetched(&verify, &sid), "pending");
    let wrong = check(&verify, TO, "no code");
    assert_eq!((wrong.status, &wrong.json["status"], &wrong.json["valid"]), (200, &json!("pending"), &json!(false)));
    let right = check(&verify, TO, &code(&verify));
    assert_eq!((right.status, &right.json["status"], &right.json["valid"]), (200, &json!("approved"), &json!(true)));
    assert_eq!(fetched(&verify, &sid), "approved");
    let again = check(&verify, TO, &code(&verify));
    assert_eq!((again.status, &again.json["code"]), (404, &json!(20404)), "{again:?}");
}

#[test]
fn a_number_that_none_was_sent_to_is_not_found() {
    let verify = serve();
    started(&verify, TO);
    let other = check(&verify, "+14155552672", &code(&verify));
    assert_eq!((other.status, &other.json["code"]), (404, &json!(20404)), "{other:?}");
    let service =
        verify.ask("POST /v2/Services/VA2/VerificationCheck", &[], Some(json!({ "To": TO, "Code": code(&verify) })));
    assert_eq!(service.status, 404, "another service has its own");
}

#[test]
fn a_newer_code_takes_the_place_of_the_older() {
    let verify = serve();
    let (first, old) = (started(&verify, TO), code(&verify));
    let (second, new) = (started(&verify, TO), code(&verify));
    assert_eq!((fetched(&verify, &first), fetched(&verify, &second)), (json!("expired"), json!("pending")));
    if old != new {
        assert_eq!(check(&verify, TO, &old).json["status"], "pending");
    }
    assert_eq!(check(&verify, TO, &new).json["status"], "approved");
}

#[test]
fn a_verification_that_was_cancelled_is_good_no_longer() {
    let verify = serve();
    let sid = started(&verify, TO);
    let cancel = || {
        verify.ask(&format!("POST /v2/Services/VA1/Verifications/{sid}"), &[], Some(json!({ "Status": "canceled" })))
    };
    assert_eq!((cancel().status, &cancel().json["status"]), (200, &json!("canceled")), "it may be said twice");
    assert_eq!(fetched(&verify, &sid), "canceled");
    assert_eq!(check(&verify, TO, &code(&verify)).status, 404);
}

#[test]
fn five_wrong_codes_are_the_last() {
    let verify = serve();
    let sid = started(&verify, TO);
    let tried: Vec<u16> = (0..6).map(|_| check(&verify, TO, "no code").status).collect();
    assert_eq!(tried, [200, 200, 200, 200, 429, 429]);
    assert_eq!(fetched(&verify, &sid), "max_attempts_reached");
    assert_eq!(check(&verify, TO, &code(&verify)).status, 429);
}
