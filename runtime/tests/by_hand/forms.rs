//! Forms: what is kept, and where a choice is put.

use countersign_runtime::wire::decode;
use countersign_runtime::{
    AccountChoice, Adapter, Form, OneTimeCode, Operation, Payload, Phone, Phones, Time, Times, Wire,
};
use serde_json::{Value, json};

use crate::api::{ADAPTER, CreateSmsRequest, FormData, SmsOtp};

fn form(text: &str) -> FormData {
    decode(&ADAPTER, Time::from_seconds(0), text.as_bytes()).unwrap()
}

fn sent(form: &FormData) -> String {
    countersign_runtime::wire::record(&ADAPTER, form).to_string()
}

static DIGITS: Adapter =
    Adapter { wire: Wire { times: Times::EpochS, phones: Phones::Digits, ..Wire::DEFAULT }, ..ADAPTER };

#[derive(Debug, Payload)]
struct Called {
    to: Phone,
    at: Time,
}

#[test]
fn phones_may_have_no_plus_and_times_be_seconds() {
    let read = |body: Value| decode::<Called>(&DIGITS, Time::from_seconds(0), body.to_string().as_bytes());
    for to in ["420603123456", "+420603123456", "00420603123456", "+420 603 123 456"] {
        let called = read(json!({ "to": to, "at": 1_561_816_499 })).unwrap();
        assert_eq!((called.to.expose(), called.at), ("+420603123456", Time::from_seconds(1_561_816_499)));
        let sent = countersign_runtime::wire::record(&DIGITS, &called).to_string();
        assert_eq!(sent, r#"{"to":"420603123456","at":1561816499}"#);
    }
    for to in ["0603123456", "603", "", "+", "+0420603123456", "no number"] {
        assert!(read(json!({ "to": to, "at": "1561816499" })).is_err(), "{to}");
    }
    let usual = json!({ "to": "420603123456", "at": "2019-06-29T13:54:59Z" });
    assert!(decode::<Called>(&ADAPTER, Time::from_seconds(0), usual.to_string().as_bytes()).is_err());
}

#[test]
fn a_form_comes_back_as_it_went() {
    let text = r#"{"title":{"id":"t","message":null},"config":[],"parameters":[{"type":"AMOUNT","id":"a","amount":158121.10,"currency":"CZK","formattedValues":{"amount":"1"}},{"type":"FUTURE","x":[1E+2]},{"type":"BREAK"},{"type":"KEY_VALUE","id":"k","value":"v","valueFormatType":"AMOUNT"}],"userInput":{"b":"2","a":null},"extra":{"z":1}}"#;
    assert_eq!(sent(&form(text)), text);
}

#[test]
fn what_is_absent_has_its_default() {
    assert_eq!(sent(&form("{}")), r#"{"title":null,"config":[],"parameters":[],"userInput":{}}"#);
    assert_eq!(sent(&form(r#"{"config":null,"parameters":null}"#)), sent(&form("{}")));
    let heading = form(r#"{"parameters":[{"type":"HEADING"}]}"#);
    assert!(sent(&heading).contains(r#"{"type":"HEADING","id":null,"value":null,"valueFormatType":"TEXT"}"#));
}

#[test]
fn a_tag_need_not_be_first() {
    let text = r#"{"parameters":[{"id":"a","type":"AMOUNT","amount":"1.0"}]}"#;
    assert!(sent(&form(text)).contains(r#"{"type":"AMOUNT","id":"a","amount":1.0,"currency":null}"#));
}

fn choice() -> AccountChoice {
    AccountChoice { id: "choice".to_owned(), enabled: true, default: Some("1".to_owned()), ..AccountChoice::default() }
}

#[test]
fn a_choice_is_put_in_place_or_at_the_end() {
    let made = json!({ "type": "BANK_ACCOUNT_CHOICE", "id": "choice", "label": null, "bankAccounts": [], "enabled": true, "defaultValue": "1" });
    let mut appended = form(r#"{"parameters":[{"type":"BREAK"}]}"#);
    appended.put_choice(choice());
    let shown: Value = serde_json::from_str(&sent(&appended)).unwrap();
    assert_eq!(shown["parameters"], json!([{ "type": "BREAK" }, made]));
    for old in [r#"{"type":"HEADING","id":"choice"}"#, r#"{"type":"FUTURE","id":"choice"}"#] {
        let mut replaced = form(&format!(r#"{{"parameters":[{old},{{"type":"BREAK"}}]}}"#));
        replaced.put_choice(choice());
        let shown: Value = serde_json::from_str(&sent(&replaced)).unwrap();
        assert_eq!(shown["parameters"], json!([made, { "type": "BREAK" }]));
    }
}

#[test]
fn the_last_configuration_of_an_id_wins() {
    let form = form(r#"{"config":[{"id":"c","enabled":true},{"id":"c","defaultValue":"9"},{"id":"d"}]}"#);
    let config = form.config_of("c").unwrap();
    assert_eq!((config.enabled, config.default.as_deref()), (false, Some("9")));
    assert!(form.config_of("e").is_none());
}

fn operation(context: Value) -> Operation {
    let request: CreateSmsRequest = CreateSmsRequest {
        operation_context: decode(&ADAPTER, Time::from_seconds(0), context.to_string().as_bytes()).unwrap(),
        user_id: None,
        lang: None,
        resend: None,
    };
    Operation::of(&request)
}

#[test]
fn an_operation_is_gathered_from_its_form_and_else_from_its_data() {
    let data = "A1*A100CZK*Q238400856/0300**D20190629*NUtility";
    let amount = json!({ "type": "AMOUNT", "amount": 200, "currency": "EUR" });
    let of_data = operation(json!({ "id": "1", "name": "pay", "data": data }));
    assert_eq!(of_data.amount, "100.00".parse().ok());
    assert_eq!((of_data.currency.as_deref(), of_data.account.as_deref()), (Some("CZK"), Some("238400856/0300")));
    let of_both = operation(json!({ "data": data, "formData": { "parameters": [amount] } }));
    assert_eq!(of_both.amount, "200".parse().ok());
    assert_eq!((of_both.currency.as_deref(), of_both.account.as_deref()), (Some("EUR"), Some("238400856/0300")));
    let of_two = operation(json!({ "data": data, "formData": { "parameters": [amount, amount] } }));
    assert_eq!((of_two.amount, of_two.currency), (None, None));
}

#[test]
fn a_code_is_bound_to_canonical_values() {
    let code = |amount: &str| SmsOtp {
        operation: Operation { id: Some("1".to_owned()), amount: amount.parse().ok(), ..Operation::default() },
        user_id: Some("7".to_owned()),
        document_accepted: Some(Time::from_seconds(5)),
    };
    assert_eq!(code("100").bound(), code("1E+2").bound());
    let names: Vec<_> = code("1").bound().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        ["operation.id", "operation.name", "operation.amount", "operation.currency", "operation.account", "user.id"]
    );
    let kept = code("1").kept().into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let mut back = SmsOtp::default();
    back.restore(&kept);
    assert_eq!(back.document_accepted, Some(Time::from_seconds(5)));
    assert_eq!((SmsOtp::KIND.digits, SmsOtp::KIND.life_seconds, SmsOtp::KIND.id_life_seconds), (8, 300, Some(3600)));
}

#[test]
fn a_value_is_found_by_what_it_means() {
    let form = form(
        r#"{"parameters":[{"type":"KEY_VALUE","id":"x","value":"no"},{"type":"KEY_VALUE","id":"operation.account","value":"yes"}]}"#,
    );
    assert_eq!(form.find("operation.account").as_deref(), Some("yes"));
    assert_eq!(form.find("operation.amount"), None);
}
