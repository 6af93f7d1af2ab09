//! Auth0's authentication methods: bodies that are lists, pages, and days in a format of one field.

use countersign_runtime::{App, StartError, StartOptions};
use example_public_apis::{Adapter, Bank, PHONE, USER, auth0_authentication_methods};
use serde_json::{Value, json};

use crate::calling::{Answer, Api};

fn start(options: StartOptions) -> Result<App, StartError> {
    auth0_authentication_methods::start(Adapter, Bank, options)
}

fn ask(method: &str, query: &str, body: Option<Value>) -> Answer {
    let api = Api::serve(start, "Bearer demo-access-token");
    api.ask(&format!("{method} /api/v2/users/{USER}/authentication-methods{query}"), &[], body)
}

fn names(all: &Value) -> Vec<&str> {
    all.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn a_list_is_all_of_the_body_and_its_next_page_is_in_a_header() {
    let first = ask("GET", "?per_page=2", None);
    assert_eq!((first.status, names(&first.json)), (200, vec!["home", "work"]), "{first:?}");
    let next = format!("</api/v2/users/{USER}/authentication-methods?from=m2>; rel=\"next\"");
    assert_eq!(first.header("link"), Some(next.as_str()));
    let last = ask("GET", "?per_page=2&page=1", None);
    assert_eq!((names(&last.json), last.header("link")), (vec!["sea"], None), "there is no further page");
}

#[test]
fn the_query_says_which_endpoint_it_is() {
    let with_totals = ask("GET", "?include_totals=true&per_page=1", None);
    let shown = (&with_totals.json["start"], &with_totals.json["limit"], &with_totals.json["total"]);
    assert_eq!(shown, (&json!(0), &json!(1), &json!(3)), "{with_totals:?}");
    assert_eq!(names(&with_totals.json["authenticators"]), ["home"]);
    assert!(ask("GET", "?include_totals=false", None).json.is_array(), "what asks for nothing takes the rest");
    let odd = ask("GET", "?include_totals=perhaps", None);
    assert_eq!((odd.status, &odd.json["errorCode"]), (400, &json!("invalid_body")));
}

#[test]
fn a_list_is_read_as_all_of_the_body() {
    let methods =
        json!([{ "type": "phone", "name": "a", "phone_number": PHONE, "since": "02/29/2024" }, { "type": "totp" }]);
    let answer = ask("PUT", "", Some(methods));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!((&answer.json[0]["since"], &answer.json[0]["phone_number"]), (&json!("02/29/2024"), &json!(PHONE)));
    assert_eq!((&answer.json[1]["type"], answer.json[1].get("since")), (&json!("totp"), None));
    let eleven = Value::Array(vec![json!({ "type": "totp" }); 11]);
    for wrong in [json!({}), json!([1]), json!([{ "type": "phone", "since": "2024-02-29" }]), json!(null), eleven] {
        assert_eq!(ask("PUT", "", Some(wrong.clone())).status, 400, "{wrong}");
    }
}

#[test]
fn an_object_is_all_of_the_body_too() {
    let added = ask("POST", "", Some(json!({ "type": "email", "name": "new" })));
    assert_eq!(
        (added.status, &added.json["id"], &added.json["created_at"]),
        (201, &json!("m3"), &json!("2023-11-14T22:13:20.000Z"))
    );
    let api = Api::serve(start, "Bearer demo-access-token");
    let nobody = api.ask("POST /api/v2/users/nobody/authentication-methods", &[], Some(json!({ "type": "email" })));
    assert_eq!((nobody.status, &nobody.json["errorCode"]), (404, &json!("inexistent_user")));
}
