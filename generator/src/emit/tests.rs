//! Small models, as code: what a default body looks like in the cases that the shipped definitions do not have.

use super::{Templates, emit};
use crate::model::*;
use crate::vocabulary::Vocabulary;

fn text(word: &str) -> Type {
    Type::Primitive(word.to_owned())
}

fn field(wire: &str, meaning: Option<&str>, ty: Type, optional: bool) -> Field {
    Field {
        wire: wire.to_owned(),
        meaning: meaning.map(str::to_owned),
        conditional: Vec::new(),
        ty,
        optional,
        constant: None,
        default: None,
        also: Vec::new(),
        accepts: Vec::new(),
        rules: Vec::new(),
        at: None,
        trace: "adapter.yaml:1".to_owned(),
    }
}

fn payload(name: &str, thing: Option<&str>, fields: Vec<Field>) -> Payload {
    Payload {
        name: name.to_owned(),
        about: None,
        thing: thing.map(str::to_owned),
        fields,
        then: Vec::new(),
        keep_unknown: false,
        in_request: name.ends_with("Request"),
        in_response: name.ends_with("Response"),
    }
}

fn from_request(meaning: &str, path: &[&str], optional: bool, role: Role) -> Input {
    let path = path.iter().map(|name| (*name).to_owned()).collect();
    Input { meaning: meaning.to_owned(), source: Source::Request { path, optional }, role }
}

fn step(behaviour: &str, inputs: Vec<Input>) -> Step {
    Step {
        behaviour: behaviour.to_owned(),
        option: None,
        inputs,
        raises: false,
        keeps_refused: false,
        or_nobody: false,
        trace: String::new(),
    }
}

fn fill(path: &[&str], meaning: Option<&str>, source: Source) -> Fill {
    let path = path.iter().map(|name| (*name).to_owned()).collect();
    Fill { path, meaning: meaning.map(str::to_owned), source }
}

fn endpoint(name: &str, steps: Vec<Step>, fills: Vec<Fill>) -> Endpoint {
    let payload = |kind: &str| Some(format!("{}{kind}", crate::naming::pascal(name)));
    Endpoint {
        name: name.to_owned(),
        about: "Does it".to_owned(),
        method: "POST".to_owned(),
        path: format!("/{name}"),
        success: 200,
        failure: None,
        session: None,
        when: None,
        request: payload("Request"),
        response: payload("Response"),
        steps,
        answers: vec![Answer { row: "ERROR_GENERIC".to_owned(), faults: vec!["unexpected".to_owned()] }],
        shown: Vec::new(),
        fills,
        trace: "adapter.yaml:7".to_owned(),
    }
}

fn adapter(payloads: Vec<Payload>, endpoints: Vec<Endpoint>) -> Adapter {
    Adapter {
        name: "example".to_owned(),
        title: "Example".to_owned(),
        version: "1".to_owned(),
        base: String::new(),
        source: "adapter.yaml".to_owned(),
        extends: None,
        callers: Callers::None("a test".to_owned()),
        wire: Wire {
            reject_unknown_fields: false,
            omit_nulls: false,
            text_accepts: Vec::new(),
            decimal_accepts: Vec::new(),
            length_utf16: false,
            times: None,
            body_limit: None,
            any_case_fields: false,
            any_case_enums: false,
            empty_body: false,
        },
        validation: Validation {
            blank_is_empty: false,
            says: Vec::new(),
            field_codes: Vec::new(),
            body_codes: Vec::new(),
            types: Vec::new(),
        },
        settings: Vec::new(),
        otps: Vec::new(),
        sessions: Vec::new(),
        tables: Vec::new(),
        operations: Vec::new(),
        texts: Vec::new(),
        hooks: Vec::new(),
        needs_no_gateway: false,
        envelope: Envelope { request: None, success: None, failure: None, failure_type: "application/json".to_owned() },
        failures: Vec::new(),
        payloads,
        unions: Vec::new(),
        enums: Vec::new(),
        says: Vec::new(),
        rows: Vec::new(),
        answers: Vec::new(),
        endpoints,
    }
}

fn emitted(adapter: &Adapter, file: &str) -> String {
    let files = emit(adapter, &Vocabulary::shipped().unwrap(), &Templates::shipped()).unwrap();
    files.into_iter().find(|each| each.name == file).unwrap().text
}

/// The lines between the braces of the only method.
fn body(adapter: &Adapter) -> String {
    let text = emitted(adapter, "api.rs");
    let start = text.find("Error> {\n").unwrap() + "Error> {\n".len();
    let body = &text[start..text.rfind("    }\n}").unwrap()];
    body.lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn find_user() -> Step {
    step("find_user", vec![from_request("user.id", &["userId"], false, Role::Needs)])
}

#[test]
fn a_value_that_two_fields_show_is_cloned_once() {
    let fields = |name: &str| {
        payload(
            name,
            None,
            vec![
                field("id", Some("user.id"), text("text"), false),
                field("again", Some("user.id"), text("text"), true),
            ],
        )
    };
    let request = payload("AskRequest", None, vec![field("userId", Some("user.id"), text("text"), false)]);
    let fills =
        vec![fill(&["id"], Some("user.id"), Source::Step(0)), fill(&["again"], Some("user.id"), Source::Step(0))];
    let adapter = adapter(vec![request, fields("AskResponse")], vec![endpoint("ask", vec![find_user()], fills)]);
    let expected = "\
let user = cx.find_user(FindUser { user: Some(request.user_id), ..Default::default() }).await?;
Ok(AskResponse { id: user.id.clone(), again: Some(user.id) })";
    assert_eq!(body(&adapter), expected);
}

#[test]
fn an_own_hook_is_asked_with_what_is_at_hand() {
    let request = payload(
        "BlockCardRequest",
        None,
        vec![
            field("userId", Some("user.id"), text("text"), false),
            field("cardNumber", Some("card.number"), text("text"), false),
        ],
    );
    let response =
        payload("BlockCardResponse", None, vec![field("blockedAt", Some("card.blocked"), text("time"), false)]);
    let inputs = vec![
        Input { meaning: "user.id".to_owned(), source: Source::Step(0), role: Role::Needs },
        from_request("card.number", &["cardNumber"], false, Role::Needs),
    ];
    let steps = vec![find_user(), step("block_card", inputs)];
    let fills = vec![fill(&["blockedAt"], Some("card.blocked"), Source::Step(1))];
    let mut adapter = adapter(vec![request, response], vec![endpoint("block_card", steps, fills)]);
    adapter.hooks.push(OwnHook {
        name: "block_card".to_owned(),
        inputs: vec![("user.id".to_owned(), text("text"), false), ("card.number".to_owned(), text("text"), false)],
        gives: vec![("card.blocked".to_owned(), text("time"))],
        fails: vec!["card.unknown".to_owned()],
        endpoints: vec!["block_card".to_owned()],
    });
    let expected = "\
let user = cx.find_user(FindUser { user: Some(request.user_id), ..Default::default() }).await?;
let input = BlockCard { user_id: user.id, card_number: request.card_number };
let card = cx.hook(move |bank, call| async move { bank.block_card(&call, &input).await }).await?;
Ok(BlockCardResponse { blocked_at: card.card_blocked })";
    assert_eq!(body(&adapter), expected);
    let hooks = emitted(&adapter, "hooks.rs");
    assert!(hooks.contains("pub trait OwnHooks: Hooks {"), "{hooks}");
    assert!(hooks.contains("#[fault(card.unknown)]\n    CardUnknown,"), "{hooks}");
    assert!(emitted(&adapter, "mod.rs").contains("Context<Settings, dyn DynOwnHooks>"));
}

#[test]
fn own_meanings_reach_the_hooks_as_facts() {
    let request = payload(
        "AskRequest",
        None,
        vec![
            field("userId", Some("user.id"), text("text"), false),
            field("branchCode", Some("user.branch"), text("text"), false),
            field("shop", Some("shop.id"), text("text"), true),
        ],
    );
    let mut step = find_user();
    step.inputs.push(from_request("user.branch", &["branchCode"], false, Role::Fact));
    step.inputs.push(from_request("shop.id", &["shop"], true, Role::Fact));
    let mut endpoint = endpoint("ask", vec![step], Vec::new());
    endpoint.response = None;
    let adapter = adapter(vec![request], vec![endpoint]);
    let expected = "\
let cx = &cx.with_fact(\"user.branch\", &request.branch_code);
let cx = &cx.with_facts(\"shop.id\", request.shop.as_ref());
cx.find_user(FindUser { user: Some(request.user_id), ..Default::default() }).await?;
Ok(())";
    assert_eq!(body(&adapter), expected);
}

#[test]
fn a_refusal_that_the_answer_does_not_show_is_raised() {
    let request = payload(
        "AskRequest",
        None,
        vec![
            field("userId", Some("user.id"), text("text"), false),
            field("password", Some("user.password"), text("secret"), false),
        ],
    );
    let detail = payload("UserDetail", Some("user"), vec![field("id", Some("user.id"), text("text"), true)]);
    let response =
        payload("AskResponse", None, vec![field("user", None, Type::Payload("UserDetail".to_owned()), true)]);
    let inputs = vec![
        from_request("user.id", &["userId"], false, Role::Needs),
        from_request("user.password", &["password"], false, Role::Needs),
    ];
    let raising = Step { raises: true, ..step("verify_password", inputs) };
    let fills = vec![fill(&["user"], None, Source::Step(0)), fill(&["user", "id"], Some("user.id"), Source::Step(0))];
    let adapter = adapter(vec![request, detail, response], vec![endpoint("ask", vec![raising], fills)]);
    let body = body(&adapter);
    assert!(body.contains(".passed()?;"), "{body}");
    assert!(body.starts_with("let user = cx"), "{body}");
    assert!(body.contains("user: Some(user.into())"), "{body}");
    assert!(emitted(&adapter, "types.rs").contains("#[payload(from = User)]\npub struct UserDetail"));
}

#[test]
fn a_payload_may_be_called_as_a_type_of_the_runtime_is() {
    let text_payload = payload("Text", None, vec![field("210", None, text("text"), true)]);
    let nested = field("shown", None, Type::Payload("Text".to_owned()), true);
    let request = payload("AskRequest", None, vec![field("userId", Some("user.id"), text("text"), false), nested]);
    let mut endpoint = endpoint("ask", vec![find_user()], Vec::new());
    endpoint.response = None;
    let adapter = adapter(vec![text_payload, request], vec![endpoint]);
    assert!(!emitted(&adapter, "adapter.rs").contains("use super::Text"));
    assert!(emitted(&adapter, "types.rs").contains("    #[payload(name = \"210\")]\n    pub n210: Option<String>,"));
}
