//! Okta's telephony inline hook.

use countersign_runtime::{App, StartError, StartOptions};
use example_public_apis::{Adapter, Bank, okta_telephony_hook};
use serde_json::{Value, json};

use crate::calling::Api;

fn start(options: StartOptions) -> Result<App, StartError> {
    okta_telephony_hook::start(Adapter, Bank, options)
}

fn event(id: &str, words: &str) -> Value {
    json!({
        "eventId": id, "eventTime": "2026-03-01T10:00:00.000Z", "eventType": "com.okta.telephony.provider",
        "contentType": "application/json", "source": "https://example.okta.com/api/v1/inlineHooks/calr0",
        "requestType": "com.okta.user.telephony.mfa-verification",
        "data": {
            "context": { "request": { "ipAddress": "127.0.0.1" } },
            "userProfile": { "userId": "00uyxxknCfBPu8pXT0g3", "login": "test@example.com" },
            "messageProfile": {
                "msgTemplate": words, "phoneNumber": "+14155552671", "otpExpires": "2026-03-01T10:05:00.000Z",
                "deliveryChannel": "SMS", "otpCode": "482913", "locale": "en-US"
            }
        }
    })
}

#[test]
fn a_code_of_the_identity_provider_is_sent_in_its_words() {
    let okta = Api::serve(start, "Bearer demo-access-token");
    let answer =
        okta.ask("POST /okta/telephony", &[], Some(event("e1", "Your code is 482913. See https://evil.example")));
    assert_eq!(answer.status, 200, "{answer:?}");
    let action = &answer.json["commands"][0]["value"][0];
    assert_eq!((&action["status"], &action["transactionId"]), (&json!("SUCCESSFUL"), &json!("e1")), "{answer:?}");
    assert!(answer.header("x-request-id").is_some(), "{answer:?}");
    let sent = okta.messages();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (&sent[0]["to"], &sent[0]["text"]),
        (&json!("+14155552671"), &json!("Your code is 482913. See https: evil. example"))
    );
}

#[test]
fn words_that_do_not_tell_the_code_are_a_broken_rule_of_their_field() {
    let okta = Api::serve(start, "Bearer demo-access-token");
    let answer = okta.ask("POST /okta/telephony", &[], Some(event("e1", "Call us.")));
    let causes = json!({ "data.messageProfile.msgTemplate": ["The message does not hold the code."] });
    assert_eq!((answer.status, &answer.json["error"]["errorCauses"]), (400, &causes));
    let long = format!("482913 {}", "x".repeat(400));
    let answer = okta.ask("POST /okta/telephony", &[], Some(event("e1", &long)));
    let causes = json!({ "data.messageProfile.msgTemplate": ["The value is too long."] });
    assert_eq!((answer.status, &answer.json["error"]["errorCauses"]), (400, &causes));
    assert!(okta.messages().is_empty());
}

#[test]
fn who_is_not_known_is_told_nothing() {
    let okta = Api::serve(start, "");
    let answer = okta.ask("POST /okta/telephony", &[], Some(event("e1", "482913")));
    assert_eq!(
        (answer.status, answer.json),
        (401, json!({ "error": { "errorSummary": "The credential is not known.", "errorCauses": null } }))
    );
}
