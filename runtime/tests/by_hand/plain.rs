//! Another API with other manners: no envelopes, names in snake case, nulls left out, unknown members refused.

use countersign_runtime::wire::decode;
use countersign_runtime::{
    Adapter, Callers, Const, Context, Date, Decimal, ErrorTable, Fault, Json, Nulls, Pairs, Payload, Phone, Time,
    Times, UnknownFields, Validation, Wire, WireEnum, api,
};
use serde_json::{Value, json};

pub const ADAPTER: Adapter = Adapter {
    name: "plain",
    title: "Plain",
    version: "1",
    base: "",
    callers: Callers::None("a test"),
    wire: Wire { unknown_fields: UnknownFields::Reject, nulls: Nulls::Omit, times: Times::EpochMs, ..Wire::DEFAULT },
    validation: Validation {
        says: &[("required", "violation.required"), ("type", "violation.type"), ("max", "violation.max")],
        ..Validation::DEFAULT
    },
    says: &[],
    operations: &[],
    otps: &[],
    sessions: &[],
    texts: &[],
};

type Cx = Context<()>;

#[derive(Debug, Clone, Payload)]
#[payload(names = snake, wire = "Order")]
pub struct PlaceOrderRequest {
    pub app_id: String,
    #[payload(name = "Type")]
    pub kind: Kind,
    #[payload(accepts(number))]
    #[check(min(4), max(6, "phone.long"))]
    pub phone_number: String,
    #[payload(also = "answerList", accepts(single), default)]
    #[check(max(2))]
    pub answers: Vec<Answer>,
    #[check(present = "note.absent")]
    pub note: Option<String>,
    #[check(raises(type = country.unsupported))]
    pub country: Option<Country>,
    #[payload(accepts(text))]
    #[check(min(0, "amount.low"), max(1000), scale(2, "amount.fine"))]
    pub amount: Option<Decimal>,
    #[check(latest("24h", "accepted.late"))]
    pub accepted: Option<Time>,
    #[check(min_age(18), raises(min_age = user.too_young))]
    pub born: Option<Date>,
    #[check(one_of(["A", "B"], "class.unknown"))]
    pub class: Option<String>,
    pub phone: Option<Phone>,
    #[payload(default = 5)]
    pub count: i64,
    #[payload(default = "x")]
    pub word: String,
    #[payload(default = -1.5)]
    pub sum: Decimal,
    pub pairs: Option<Pairs>,
    pub json: Option<Json>,
}

#[derive(Debug, Clone, Payload)]
#[payload(names = snake)]
pub struct Answer {
    #[check(required)]
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, WireEnum)]
pub enum Kind {
    #[wire("Phone", number = 1)]
    Phone,
    #[wire("RegistrationNumber", number = 2)]
    RegistrationNumber,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, WireEnum)]
pub enum Country {
    #[wire("SE")]
    Se,
}

#[derive(Debug, Clone, Payload)]
#[payload(from = Refusal, names = snake)]
pub struct Failure {
    #[payload(const = false)]
    pub valid: Const,
    #[payload(is = status)]
    pub code: i64,
    #[payload(is = text)]
    pub message: String,
    #[payload(is = by_field)]
    pub errors: Option<Json>,
    #[payload(is = hint)]
    pub hint: Option<String>,
}

mod rows {
    use countersign_runtime::{ErrorRow, Says};

    pub const WRONG: ErrorRow = ErrorRow {
        status: 422,
        code: "wrong",
        answers: &["unexpected"],
        says: Says::Key("wrong"),
        columns: &[("hint", "see {{ error.code }}")],
    };
}

#[derive(Debug, ErrorTable)]
pub enum PlainError {
    Wrong(Fault),
}

#[api(adapter = ADAPTER, errors = PlainError, failure = Failure, failure_type = "application/problem+json")]
pub trait Plain {
    #[endpoint(PUT, "/orders/{app_id}")]
    async fn place_order(&self, _cx: &Cx, request: PlaceOrderRequest) -> Result<PlaceOrderRequest, PlainError> {
        Ok(request)
    }
}

struct Adapted;

impl Plain for Adapted {}

fn order(with: Value) -> Value {
    let mut order = json!({ "app_id": "a", "Type": "Phone", "phone_number": 12345, "note": null });
    order.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    order
}

fn read(body: &Value) -> Result<PlaceOrderRequest, Fault> {
    decode(&ADAPTER, Time::from_seconds(1_000), body.to_string().as_bytes())
}

fn broken(with: Value) -> Vec<String> {
    let fault = read(&order(with)).unwrap_err();
    assert_eq!(fault.name, "input.invalid", "{:?}", fault.inner);
    fault
        .violations
        .iter()
        .map(|violation| format!("{} {} {}", violation.path, violation.key, violation.rule))
        .collect()
}

fn sent(order: &PlaceOrderRequest) -> Value {
    countersign_runtime::wire::record(&ADAPTER, order).value()
}

#[test]
fn nulls_are_left_out_and_defaults_filled_in() {
    let expected = json!({ "app_id": "a", "Type": "Phone", "phone_number": "12345", "answers": [], "count": 5, "word": "x", "sum": -1.5 });
    assert_eq!(sent(&read(&order(json!({}))).unwrap()).to_string(), expected.to_string());
}

#[test]
fn other_names_and_forms_are_read() {
    let request = read(&order(json!({ "answerList": { "text": "t" }, "Type": 2, "amount": "10.50", "accepted": 86_000_000, "pairs": [{ "key": "n", "value": "v" }] }))).unwrap();
    assert_eq!((request.kind, request.answers.len()), (Kind::RegistrationNumber, 1));
    let shown = sent(&request);
    assert_eq!((shown["amount"].to_string(), &shown["accepted"]), ("10.50".to_owned(), &json!(86_000_000)));
    assert_eq!(shown["pairs"], json!([{ "key": "n", "value": "v" }]));
    assert_eq!(read(&order(json!({ "Type": "2" }))).unwrap().kind, Kind::RegistrationNumber);
}

#[test]
fn every_rule_breaks() {
    assert_eq!(broken(json!({ "app_id": null })), ["app_id violation.required required"]);
    assert_eq!(broken(json!({ "phone_number": 123 })), ["phone_number min min"]);
    assert_eq!(broken(json!({ "phone_number": "1234567" })), ["phone_number phone.long max"]);
    assert_eq!(
        broken(json!({ "answers": [{ "text": "1" }, { "text": "2" }, { "text": "3" }] })),
        ["answers violation.max max"]
    );
    assert_eq!(broken(json!({ "answers": [{ "text": "1" }, {}] })), ["answers[1].text violation.required required"]);
    assert_eq!(broken(json!({ "amount": -0.5 })), ["amount amount.low min"]);
    assert_eq!(broken(json!({ "amount": 1000.001 })), ["amount violation.max max", "amount amount.fine scale"]);
    assert_eq!(broken(json!({ "accepted": 90_000_000 })), ["accepted accepted.late latest"]);
    assert_eq!(broken(json!({ "class": "C" })), ["class class.unknown one_of"]);
    assert_eq!(broken(json!({ "count": 1.5 })), ["count violation.type type"]);
    assert_eq!(broken(json!({ "phone": "123" })), ["phone violation.type type"]);
    assert_eq!(broken(json!({ "Type": "Fax", "word": [] })), ["Type violation.type type", "word violation.type type"]);
    let mut without = order(json!({}));
    without.as_object_mut().unwrap().remove("note");
    assert_eq!(read(&without).unwrap_err().violations[0].key, "note.absent");
}

#[test]
fn a_rule_may_raise_a_fault_of_its_own() {
    assert_eq!(read(&order(json!({ "country": "NO" }))).unwrap_err().name, "country.unsupported");
    assert_eq!(read(&order(json!({ "born": "1960-01-01" }))).unwrap_err().name, "user.too_young");
    assert!(read(&order(json!({ "born": "1950-01-01" }))).is_ok());
    assert_eq!(read(&order(json!({ "app_id": null, "country": "NO" }))).unwrap_err().name, "input.invalid");
}

#[test]
fn unknown_members_are_refused() {
    assert_eq!(read(&order(json!({ "other": 1 }))).unwrap_err().name, "input.unknown_field");
    assert_eq!(
        read(&order(json!({ "answers": [{ "text": "t", "other": 1 }] }))).unwrap_err().name,
        "input.unknown_field"
    );
}

#[tokio::test]
async fn bodies_stand_alone_and_paths_fill_fields() {
    let app = start(Adapted, crate::api::Bank, countersign_runtime::StartOptions::dev()).unwrap();
    let put = |body: Value| {
        let request = axum::http::Request::put("/orders/7").header("content-type", "application/json");
        request.body(axum::body::Body::from(body.to_string())).unwrap()
    };
    let (status, answer) = crate::calls::answered(app.router(), put(order(json!({ "app_id": "other" })))).await;
    assert_eq!((status, &answer["app_id"]), (200, &json!("7")));
    let (status, answer) =
        crate::calls::answered(app.router(), put(json!({ "Type": "Phone", "phone_number": 1, "note": "" }))).await;
    let expected = json!({ "valid": false, "code": 422, "message": "wrong", "errors": { "phone_number": ["min"] }, "hint": "see wrong" });
    assert_eq!((status, answer), (422, expected));
}
