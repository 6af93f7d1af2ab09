//! Reading and checking requests, without a server.

use countersign_runtime::wire::decode;
use countersign_runtime::{Adapter, Fault, Payload, Time, Wire};
use serde_json::{Value, json};

use crate::api::{ADAPTER, AuthenticateRequest, CreateSmsRequest, DecorateRequest, LookupUserRequest, RequestEnvelope};

fn read<T: Payload>(body: Value) -> Result<RequestEnvelope<T>, Fault> {
    decode(&ADAPTER, Time::from_seconds(0), json!({ "requestObject": body }).to_string().as_bytes())
}

/// The broken rules, as `path key`.
fn broken<T: Payload + std::fmt::Debug>(body: Value) -> Vec<String> {
    let fault = read::<T>(body).expect_err("something is wrong with it");
    assert_eq!(fault.name, "input.invalid", "{:?}", fault.inner);
    fault.violations.iter().map(|violation| format!("{} {}", violation.path, violation.key)).collect()
}

fn lookup(username: &str) -> Value {
    json!({ "operationContext": {}, "username": username, "organizationId": "R" })
}

#[test]
fn lengths_are_utf_16_units() {
    assert!(read::<LookupUserRequest>(lookup(&"😀".repeat(15))).is_ok());
    assert_eq!(broken::<LookupUserRequest>(lookup(&"😀".repeat(16))), ["username login.username.long"]);
}

#[test]
fn blank_is_what_java_says() {
    for blank in ["", "  ", "\t\n", "\u{1c}\u{1f}", "\u{2003}"] {
        assert_eq!(broken::<LookupUserRequest>(lookup(blank)), ["username login.username.empty"], "{blank:?}");
    }
    for text in ["\u{a0}", "\u{2007}", "\u{202f}", "\u{85}"] {
        assert!(read::<LookupUserRequest>(lookup(text)).is_ok(), "{text:?}");
    }
}

#[test]
fn numbers_and_booleans_are_texts_as_written() {
    let body = br#"{"requestObject":{"operationContext":{},"username":1.50,"organizationId":true}}"#;
    let request: RequestEnvelope<LookupUserRequest> = decode(&ADAPTER, Time::from_seconds(0), body).unwrap();
    assert_eq!(
        (request.request_object.username.as_str(), request.request_object.organization_id.as_str()),
        ("1.50", "true")
    );
    for wrong in [json!([]), json!({})] {
        let fault =
            read::<LookupUserRequest>(json!({ "operationContext": {}, "username": wrong, "organizationId": "R" }))
                .unwrap_err();
        assert_eq!(fault.name, "body.malformed");
    }
}

#[test]
fn an_envelope_without_its_body_is_reported_by_name_to_the_log() {
    for (body, why) in [
        (json!({}), "`requestObject` is missing"),
        (json!({ "requestObject": null }), "`requestObject` is missing"),
        (json!({ "requestobject": {} }), "`requestObject` is missing"),
        (json!({ "requestObject": [] }), "`requestObject` has the wrong type"),
        (json!({ "requestObject": "x" }), "`requestObject` has the wrong type"),
    ] {
        let sent = body.to_string();
        let read = decode::<RequestEnvelope<LookupUserRequest>>(&ADAPTER, Time::from_seconds(0), sent.as_bytes());
        let fault = read.unwrap_err();
        assert_eq!((fault.name, fault.inner.as_deref()), ("body.malformed", Some(why)), "{body}");
    }
}

#[test]
fn what_is_missing_is_reported_where_it_would_be() {
    assert_eq!(
        broken::<CreateSmsRequest>(json!({ "operationContext": {} })),
        ["operationContext.name sms.operationName.empty"]
    );
    assert_eq!(broken::<CreateSmsRequest>(json!({})), ["operationContext operationContext.missing"]);
    assert_eq!(
        broken::<CreateSmsRequest>(json!({ "operationContext": { "name": "x".repeat(33) }, "userId": "y".repeat(41) })),
        ["userId sms.userId.long", "operationContext.name sms.operationName.long"]
    );
}

fn payment(parameters: Value) -> Value {
    json!({ "operationContext": { "name": "pay", "formData": { "parameters": parameters } } })
}

#[test]
fn an_operation_that_needs_values_is_asked_for_them_in_order() {
    assert_eq!(
        broken::<CreateSmsRequest>(payment(json!([]))),
        ["operationContext sms.amount.empty", "operationContext sms.account.empty"]
    );
    assert_eq!(
        broken::<CreateSmsRequest>(payment(json!([{ "type": "AMOUNT" }]))),
        [
            "operationContext sms.amount.empty",
            "operationContext sms.currency.empty",
            "operationContext sms.account.empty",
        ]
    );
    assert!(read::<CreateSmsRequest>(json!({ "operationContext": { "name": "login" } })).is_ok());
    assert!(read::<CreateSmsRequest>(json!({ "operationContext": { "name": "other" } })).is_ok());
}

#[test]
fn values_are_found_in_the_elements_that_carry_them() {
    let account = json!({ "type": "HEADING", "id": "operation.account", "value": "1/0300" });
    let amount = |amount: Value| json!({ "type": "AMOUNT", "id": "a", "amount": amount, "currency": "CZK" });
    assert!(read::<CreateSmsRequest>(payment(json!([amount(json!("0.01")), account]))).is_ok());
    for wrong in [json!(0), json!(-1), json!("0.00")] {
        let entry = broken::<CreateSmsRequest>(payment(json!([amount(wrong), account])));
        assert_eq!(entry, ["operationContext sms.amount.invalid"]);
    }
    let null = broken::<CreateSmsRequest>(payment(json!([amount(Value::Null), account])));
    assert_eq!(null, ["operationContext sms.amount.empty"]);
    let other = json!({ "type": "KEY_VALUE", "id": "operation.note", "value": "1/0300" });
    let without = broken::<CreateSmsRequest>(payment(json!([amount(json!(1)), other])));
    assert_eq!(without, ["operationContext sms.account.empty"]);
}

#[test]
fn two_amounts_are_not_one() {
    let amount = json!({ "type": "AMOUNT", "amount": 100, "currency": "CZK" });
    let account = json!({ "type": "KEY_VALUE", "id": "operation.account", "value": "1/0300" });
    let entry = broken::<CreateSmsRequest>(payment(json!([amount, amount, account])));
    assert_eq!(entry, ["operationContext sms.amount.invalid"]);
}

fn password(password: &str, context: Value) -> Value {
    json!({ "operationContext": {}, "password": password, "authenticationContext": context })
}

#[test]
fn a_rule_holds_while_another_meaning_has_its_value() {
    let none = json!({ "passwordProtection": "NO_PROTECTION" });
    let aes = json!({ "passwordProtection": "PASSWORD_ENCRYPTION_AES" });
    assert_eq!(broken::<AuthenticateRequest>(password("123456789", none)), ["password login.password.long"]);
    assert!(read::<AuthenticateRequest>(password("123456789", aes.clone())).is_ok());
    assert_eq!(broken::<AuthenticateRequest>(password(&"x".repeat(257), aes)), ["password login.password.long"]);
}

#[test]
fn a_wrong_type_is_reported_where_a_rule_has_a_message_for_it() {
    let expected = ["authenticationContext login.type.unsupported"];
    for wrong in [
        json!({}),
        json!({ "passwordProtection": null }),
        json!({ "passwordProtection": "ROT13" }),
        json!({ "passwordProtection": [] }),
    ] {
        assert_eq!(broken::<AuthenticateRequest>(password("1", wrong)), expected);
    }
    let none: Value = Value::Null;
    assert_eq!(broken::<AuthenticateRequest>(password("1", none)), expected);
    let fault = read::<AuthenticateRequest>(password("1", json!({ "cipherTransformation": {} }))).unwrap_err();
    assert_eq!(fault.name, "body.malformed");
}

#[test]
fn a_key_is_reported_once_for_a_field() {
    assert_eq!(broken::<DecorateRequest>(json!({})), ["operationContext operationContext.missing"]);
    assert_eq!(
        broken::<DecorateRequest>(json!({ "operationContext": {} })),
        ["operationContext operationContext.missing"]
    );
    assert!(read::<DecorateRequest>(json!({ "operationContext": { "formData": {} } })).is_ok());
}

#[test]
fn secrets_are_printed_nowhere() {
    let request =
        read::<AuthenticateRequest>(password("s3cret", json!({ "passwordProtection": "NO_PROTECTION" }))).unwrap();
    assert!(!format!("{request:?}").contains("s3cret"));
    assert_eq!(request.find("user.password"), None);
    let event = countersign_runtime::wire::record(&ADAPTER, &request).value();
    assert_eq!(event["requestObject"]["password"], Value::Null);
}

#[test]
fn faults_of_a_body_show_paths_and_no_values() {
    let fault = read::<LookupUserRequest>(
        json!({ "operationContext": { "id": ["s3cret"] }, "username": "a", "organizationId": "b" }),
    )
    .unwrap_err();
    assert_eq!(fault.inner.as_deref(), Some("`operationContext.id` has the wrong type"));
}

#[derive(Debug, Payload)]
#[payload(names = snake)]
struct BuyerRequest {
    #[payload(is = country.code)]
    country: Option<String>,
    #[payload(is = user.registration_number)]
    #[then(user.registration_number, registered_in("country.code", "number.form"))]
    number: String,
    #[check(registered_in("FI", "company.form"))]
    company: Option<String>,
}

#[test]
fn registration_numbers_are_those_of_the_country_that_is_asked_for() {
    let buyer = |country: &str, number: &str| json!({ "country": country, "number": number });
    for good in
        [buyer("SE", "811218-9876"), buyer("no", "17054026641"), buyer("DK", "anything"), json!({ "number": "x" })]
    {
        assert!(read::<BuyerRequest>(good.clone()).is_ok(), "{good}");
    }
    for bad in [buyer("SE", "811218-9877"), buyer("FI", "811218-9876"), buyer("NO", "")] {
        assert_eq!(broken::<BuyerRequest>(bad), ["number number.form"]);
    }
    let company = |id: &str| json!({ "number": "x", "company": id });
    assert!(read::<BuyerRequest>(company("0112038-9")).is_ok());
    let fault = read::<BuyerRequest>(company("0112038-8")).expect_err("another control digit");
    assert_eq!(fault.violations[0].key, "company.form");
    assert!(fault.violations[0].allowed.contains("(FI)"), "{}", fault.violations[0].allowed);
}

/// What holds where another field says something.
#[derive(Debug, Clone, Payload)]
#[payload(means = own)]
struct Limited {
    flag: bool,
    count: i64,
    way: String,
    #[then(own.note, when(own.flag = "true"), max(3, "flag"))]
    #[then(own.note, when(own.count = "5"), max(3, "count"))]
    #[then(own.note, when(own.way = "wire-transfer"), max(3, "way"))]
    note: String,
}

#[test]
fn a_rule_holds_for_one_value_of_another_meaning_whatever_its_type() {
    let limited =
        |flag: bool, count: i64, way: &str| json!({ "flag": flag, "count": count, "way": way, "note": "long" });
    assert!(read::<Limited>(limited(false, 6, "wiretransfer")).is_ok());
    static STRICT: Adapter = Adapter { wire: Wire { text_accepts: &[], ..ADAPTER.wire }, ..ADAPTER };
    let body = json!({ "requestObject": limited(false, 5, "cash") }).to_string();
    let read = decode::<RequestEnvelope<Limited>>(&STRICT, Time::from_seconds(0), body.as_bytes());
    assert_eq!(read.unwrap_err().name, "input.invalid", "a number that is no text elsewhere");
    assert_eq!(broken::<Limited>(limited(true, 6, "cash")), ["note flag"]);
    assert_eq!(broken::<Limited>(limited(false, 5, "cash")), ["note count"]);
    assert_eq!(broken::<Limited>(limited(false, 6, "wire-transfer")), ["note way"]);
}
