//! MessageBird's Verify: a query says whether a token is checked, and phones are numbers.

use countersign_runtime::{App, StartError, StartOptions};
use example_public_apis::{Adapter, Bank, messagebird_verify};
use serde_json::json;

use crate::calling::{Answer, Api};

const TO: i64 = 31_612_345_678;

fn start(options: StartOptions) -> Result<App, StartError> {
    messagebird_verify::start(Adapter, Bank, options)
}

fn serve() -> Api {
    Api::serve(start, "Basic ZGVtbzpkZW1vLWFjY2Vzcy10b2tlbg==")
}

fn created(api: &Api) -> String {
    let answer = api.ask("POST /verify", &[], Some(json!({ "recipient": TO, "reference": "r1" })));
    let shown = (answer.status, &answer.json["recipient"], &answer.json["reference"]);
    assert_eq!(shown, (201, &json!(TO), &json!("r1")), "{answer:?}");
    answer.json["id"].as_str().unwrap().to_owned()
}

fn checked(api: &Api, id: &str, token: &str) -> Answer {
    api.ask(&format!("GET /verify/{id}?token={token}"), &[], None)
}

#[test]
fn one_path_shows_a_verification_and_checks_its_token_where_the_query_has_one() {
    let api = serve();
    let id = created(&api);
    let viewed = api.ask(&format!("GET /verify/{id}"), &[], None);
    let shown = (&viewed.json["status"], &viewed.json["recipient"], &viewed.json["href"]);
    assert_eq!(shown, (&json!("sent"), &json!(TO), &json!(format!("https://rest.example.com/verify/{id}"))));
    let wrong = checked(&api, &id, "000000x");
    assert_eq!((wrong.status, &wrong.json["errors"][0]["code"]), (422, &json!(10)), "{wrong:?}");
    let code = api.messages().last().unwrap()["code"].as_str().unwrap().to_owned();
    let right = checked(&api, &id, &code);
    assert_eq!((right.status, &right.json["status"], &right.json["recipient"]), (200, &json!("verified"), &json!(TO)));
    assert_eq!(api.ask(&format!("GET /verify/{id}"), &[], None).json["status"], "verified");
}

#[test]
fn there_is_an_error_for_each_broken_rule_and_one_for_anything_else() {
    let api = serve();
    let wrong = api.ask("POST /verify", &[], Some(json!({ "recipient": true, "originator": "far too long for it" })));
    let errors = ["recipient", "originator"]
        .map(|name| json!({ "code": 9, "description": "missing or invalid params", "parameter": name }));
    assert_eq!((wrong.status, &wrong.json["errors"]), (422, &json!(errors)));
    let unknown = api.ask("GET /verify/unknown", &[], None);
    let error = json!([{ "code": 20, "description": "verification not found", "parameter": null }]);
    assert_eq!((unknown.status, &unknown.json["errors"]), (404, &error));
}

#[test]
fn a_number_is_taken_as_a_text_as_well_and_a_verification_ends() {
    let api = serve();
    let answer = api.ask("POST /verify", &[], Some(json!({ "recipient": "+31612345678" })));
    assert_eq!((&answer.json["recipient"], &answer.json["reference"]), (&json!(TO), &json!(null)), "{answer:?}");
    let path = format!("/verify/{}", answer.json["id"].as_str().unwrap());
    let removed = api.ask(&format!("DELETE {path}"), &[], None);
    assert_eq!((removed.status, removed.json), (204, json!(null)));
    assert_eq!(api.ask(&format!("GET {path}"), &[], None).json["status"], "expired");
    let unknown = api.ask("GET /verify/unknown?token=1", &[], None);
    assert_eq!((unknown.status, &unknown.json["errors"][0]["code"]), (404, &json!(20)));
}
