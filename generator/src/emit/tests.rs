//! Small definitions: what a default body looks like in the cases that the shipped definitions do not have.

use super::{Templates, emit};
use crate::load::{BuiltIn, definition};
use crate::model::Adapter;
use crate::plan::Making;

/// What every definition here has: one error for whatever can happen.
const HEAD: &str = "\
adapter: example
title: Example
version: '1'
callers: { none: a test }
envelope: { failure: { code: error.code } }
errors:
  ERROR_GENERIC:
    status: 500
    because: a test
    for: [body.*, content_type.*, hook.*, input.*, method.*, overloaded, password.*, route.*, store.*, unexpected, user.*]
every_endpoint: { errors: [ERROR_GENERIC] }
";

fn adapter(rest: &str) -> Adapter {
    whole(&format!("{HEAD}{rest}"))
}

fn whole(text: &str) -> Adapter {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("adapter.yaml"), text).unwrap();
    let loaded = definition(folder.path(), &BuiltIn::embedded()).unwrap();
    let checked = crate::check::check(&loaded);
    let diagnostics = crate::diagnostic::render(&checked.diagnostics, &loaded.sources, false);
    checked.adapter.unwrap_or_else(|| panic!("{diagnostics}"))
}

fn emitted(adapter: &Adapter, file: &str) -> String {
    let files = emit(adapter, &Templates::shipped()).unwrap();
    files.into_iter().find(|each| each.name == file).unwrap().text
}

/// The lines between the braces of the only method.
fn body(adapter: &Adapter) -> String {
    let text = emitted(adapter, "api.rs");
    let start = text.find("Error> {\n").unwrap() + "Error> {\n".len();
    let body = &text[start..text.rfind("    }\n}").unwrap()];
    body.lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_value_that_two_fields_show_is_cloned_once() {
    let mut adapter = adapter(
        "\
endpoints:
  ask: { about: Does it, route: POST /ask, does: find_user, without: [organization.id] }
payloads:
  AskRequest: { userId: user.id }
  AskResponse: { id: user.id, again: optional user.id }
",
    );
    // As if it showed more than one thing.
    for answer in adapter.endpoints.iter_mut().filter_map(|endpoint| endpoint.plan.answer.as_mut()) {
        answer.making = Making::Fields;
    }
    let expected = "\
let user = cx.find_user(FindUser { user: Some(request.user_id), ..Default::default() }).await?;
Ok(AskResponse { id: user.id.clone(), again: Some(user.id) })";
    assert_eq!(body(&adapter), expected);
}

#[test]
fn an_own_hook_is_asked_with_what_is_at_hand() {
    let adapter = adapter(
        "\
meanings: { card.number: text, card.blocked: time }
behaviours:
  block_card: { needs: [user.id, card.number], gives: card.blocked, fails: card.unknown }
endpoints:
  block_card:
    about: Does it
    route: POST /block_card
    does: [find_user, block_card]
    without: [organization.id]
    errors: [ERROR_GENERIC: card.unknown]
payloads:
  BlockCardRequest: { userId: user.id, cardNumber: card.number }
  BlockCardResponse: { blockedAt: card.blocked }
",
    );
    let expected = "\
let user = cx.find_user(FindUser { user: Some(request.user_id), ..Default::default() }).await?;
let input = BlockCard { user_id: user.id, card_number: request.card_number };
let card = cx
    .hook(\"block_card\", move |bank, call| async move { bank.block_card(&call, &input).await })
    .await?;
Ok(BlockCardResponse { blocked_at: card.card_blocked })";
    assert!(body(&adapter).ends_with(expected), "{}", body(&adapter));
    let hooks = emitted(&adapter, "hooks.rs");
    assert!(hooks.contains("pub trait OwnHooks: Hooks {"), "{hooks}");
    assert!(hooks.contains("#[fault(card.unknown)]\n    CardUnknown,"), "{hooks}");
    assert!(emitted(&adapter, "mod.rs").contains("Context<Settings, dyn DynOwnHooks>"));
}

/// The derive of an error table finds a row by the name of its variant.
#[test]
fn rows_and_variants_are_called_alike() {
    for (wire, variant, constant) in [
        ("ERR_001", "Err001", "ERR001"),
        ("HTTP_404", "Http404", "HTTP404"),
        ("E-1", "E1", "E1"),
        ("not-found-404", "NotFound404", "NOT_FOUND404"),
        ("SMS_2FA_FAILED", "Sms2FaFailed", "SMS2_FA_FAILED"),
        ("LIMIT_50X", "Limit50X", "LIMIT50_X"),
        ("error_4_2", "Error42", "ERROR42"),
        ("PSU-2.1", "Psu21", "PSU21"),
        ("self", "Self_", "SELF_"),
        ("404-lost", "N404Lost", "N404_LOST"),
        ("1st", "N1st", "N1ST"),
    ] {
        let rest = "endpoints: { ask: { about: Asks, route: POST /ask } }\npayloads: { AskRequest: { a: text } }\n";
        let text = format!("{HEAD}{rest}").replace("ERROR_GENERIC", wire);
        let errors = emitted(&whole(&text), "errors.rs");
        assert!(errors.contains(&format!("pub const {constant}: ErrorRow")), "{errors}");
        assert!(errors.contains(&format!("    {variant}(Fault),")), "{errors}");
    }
}

#[test]
fn own_meanings_reach_the_hooks_as_facts() {
    let adapter = adapter(
        "\
meanings: { user.branch: text, shop.id: text }
endpoints:
  ask: { about: Does it, route: POST /ask, does: find_user, without: [organization.id] }
payloads:
  AskRequest: { userId: user.id, branchCode: user.branch, shop: optional shop.id }
",
    );
    let expected = "\
let cx = &cx.with_fact(\"user.branch\", &request.branch_code);
let cx = &cx.with_facts(\"shop.id\", request.shop.as_ref());
cx.find_user(FindUser { user: Some(request.user_id), ..Default::default() }).await?;
Ok(())";
    assert_eq!(body(&adapter), expected);
}

#[test]
fn a_refusal_that_the_answer_does_not_show_is_raised() {
    let adapter = adapter(
        "\
endpoints:
  ask: { about: Does it, route: POST /ask, does: verify_password, without: [organization.id, user.username] }
payloads:
  AskRequest: { userId: user.id, password: user.password }
  AskResponse: { user: optional UserDetail }
  UserDetail: { id: optional user.id }
",
    );
    let body = body(&adapter);
    assert!(body.contains(".passed()?;"), "{body}");
    assert!(body.starts_with("let user = cx"), "{body}");
    assert!(body.contains("user: Some(user.into())"), "{body}");
    assert!(emitted(&adapter, "types.rs").contains("#[payload(from = User)]\npub struct UserDetail"));
}

#[test]
fn a_payload_may_be_called_as_a_type_of_the_runtime_is() {
    let adapter = adapter(
        "\
endpoints:
  ask: { about: Does it, route: POST /ask, does: find_user, without: [organization.id] }
payloads:
  Text: { '210': { as: text, optional: true } }
  AskRequest: { userId: user.id, shown: optional Text }
",
    );
    assert!(!emitted(&adapter, "adapter.rs").contains("use super::Text"));
    assert!(emitted(&adapter, "types.rs").contains("    #[payload(name = \"210\")]\n    pub n210: Option<String>,"));
}

#[test]
fn what_a_message_shows_says_how_it_is_reported_and_whether_it_may_be_cut() {
    let adapter = adapter(
        "\
meanings: { card.shop: { as: text, shorten: true }, card.note: text }
operations: { buy: { needs: [card.shop], sms: buy } }
otps: { sms: { digits: 6, life: 5m, one_per: [card.note], binds: [card.shop], keeps: [card.note] } }
validation: { words: { required: empty, max: long } }
messages: { en: { buy: '{{ card.shop }}{% if card.note %} {{ card.note }}{% endif %}: {{ otp.code }}' } }
endpoints:
  ask:
    about: Does it
    route: POST /ask
    does: send_otp
    without: [organization.id, operation.id, operation.amount, operation.currency, operation.account]
    errors: { ERROR_GENERIC: { for: { sms.failed: {}, sms.refused: {}, sms.limited: {}, operation.unknown: {} } } }
payloads:
  AskRequest:
    userId: { is: user.id, says: user.* }
    name: operation.name
    shop: { is: card.shop, says: shop.* }
    note: { is: card.note, optional: true, says: { max: note.long, printable: note.odd } }
  AskResponse: { id: otp.id }
",
    );
    let types = emitted(&adapter, "types.rs");
    for line in [
        "#[check(required = \"user.empty\")]",
        "#[check(required = \"shop.empty\", printable = \"shop.pattern\", fits = \"shop.long\")]",
        "#[check(printable = \"note.odd\", fits = \"note.long\")]",
    ] {
        assert!(types.contains(line), "{line} is not in {types}");
    }
    let settings = emitted(&adapter, "settings.rs");
    assert!(settings.contains("one_per(card.note), shortens(card.shop))]"), "{settings}");
}

#[test]
fn what_an_answer_shows_may_have_its_own_status_and_some_refusals_are_errors() {
    let adapter = adapter(
        "\
otps: { sms: { digits: 6, life: 5m, text: sms } }
messages: { en: { sms: '{{ otp.code }}' } }
endpoints:
  start:
    about: Starts
    route: POST /codes
    does: send_otp
    success: 201
    without: [organization.id]
    errors: { ERROR_GENERIC: { for: { sms.failed: {}, sms.refused: {}, sms.limited: {} } } }
  ask:
    about: Does it
    route: GET /codes/{id}
    does: verify_otp
    apart: { otp.unknown: {} }
    success: { passed: 200, failed: 422 }
    without: [user.id]
    errors: { ERROR_GENERIC: { for: { otp.unknown: {} } } }
payloads:
  StartRequest: { userId: user.id, phone: { is: user.phone, in: header, called: X-Phone } }
  StartResponse: { Location: { is: otp.id, in: header }, links: [Link] }
  Link: { rel: { const: self }, id: otp.id }
  AskRequest: { id: otp.id, code: { is: otp.code, in: query } }
  AskResponse: { passed: otp.outcome as boolean }
",
    );
    let api = emitted(&adapter, "api.rs");
    for line in [
        ".apart(&[\"otp.unknown\"])?;",
        "cx.answer_with(otp.outcome, &[(Outcome::Failed, 422)]);",
        "links: Vec::from([Link { rel: Const, id: otp.id }])",
    ] {
        assert!(api.contains(line), "{line} is not in {api}");
    }
    let types = emitted(&adapter, "types.rs");
    assert!(types.contains("#[payload(name = \"X-Phone\", in = header)]"), "{types}");
    let document = emitted(&adapter, "openapi.json");
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let ask = &document["paths"]["/codes/{id}"]["get"];
    assert_eq!(ask["parameters"][1]["name"], "code");
    assert!(ask["responses"]["422"].is_object() && ask.get("requestBody").is_none(), "{ask}");
    let start = &document["paths"]["/codes"]["post"]["responses"]["201"];
    assert!(start["headers"]["Location"].is_object(), "{start}");
}

#[test]
fn a_member_that_a_code_keeps_is_read_again() {
    let adapter = adapter(
        "\
meanings: { box.size: Size }
enums: { Size: [SMALL, LARGE] }
behaviours: { open_box: { needs: [box.size] } }
otps: { pick: { digits: 6, life: 5m, id_life: 1h, keeps: [box.size], text: sms } }
messages: { en: { sms: '{{ otp.code }}' } }
endpoints:
  start:
    about: Starts
    route: POST /start
    does: send_otp
    without: [organization.id]
    errors: { ERROR_GENERIC: { for: { sms.failed: {}, sms.refused: {}, sms.limited: {} } } }
  ask:
    about: Opens
    route: POST /open
    does: [verify_otp, open_box]
    without: [user.id]
    errors: { ERROR_GENERIC: { for: { 'otp.*': {} } } }
payloads:
  StartRequest: { userId: user.id, phone: user.phone, size: box.size }
  StartResponse: { id: otp.id }
  AskRequest: { id: otp.id, code: otp.code }
  AskResponse: { size: optional box.size }
",
    );
    let api = emitted(&adapter, "api.rs");
    let words: String = api.split_whitespace().collect();
    // A text, which is taken twice.
    assert!(words.contains("otp.code.box_size.clone().map(|value|value.parse()).transpose()?"), "{api}");
    assert!(words.contains("size:otp.code.box_size.map(|value|value.parse()).transpose()?"), "{api}");
}
