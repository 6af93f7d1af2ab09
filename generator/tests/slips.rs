//! Slips that look like definitions: each is a change of a good one, and the ids of what is told of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

use std::fs;
use std::path::Path;

use countersign::check::{Checked, check};
use countersign::diagnostic::{Diagnostic, render};
use countersign::load::{BuiltIn, definition};
use countersign::model::Adapter;
use countersign::source::Sources;

/// A definition that stands alone; `MORE` is what a case adds at its end.
const ALONE: &str = r#"
adapter: alone
title: Alone
version: "1"
callers: { none: a test }
envelope: { failure: Failure }
every_endpoint: { errors: [bad, boom] }
errors:
  bad: { status: 400, for: [body.*, content_type.wrong, input.invalid] }
  boom: { status: 500, for: [hook.*, unexpected, overloaded, store.unavailable] }
  lost: { status: 404, for: [route.unknown, method.wrong] }
messages: { en: { bad: b, boom: b, lost: l } }
"#;

const TAILORED: &str = "extends: powerauth-data-adapter\nadapter: t\ntitle: T\n";

fn checked(text: &str) -> Result<Checked, (Vec<Diagnostic>, Sources)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("adapter.yaml"), text).unwrap();
    let library = BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")));
    let loaded = definition(folder.path(), &library).map_err(|error| (error.diagnostics, error.sources))?;
    let checked = check(&loaded);
    if checked.diagnostics.is_empty() { Ok(checked) } else { Err((checked.diagnostics, loaded.sources)) }
}

/// The model of a definition of which nothing is told.
fn good(text: &str) -> Adapter {
    let checked = checked(text).unwrap_or_else(|(told, sources)| panic!("{}", render(&told, &sources, false)));
    checked.adapter.unwrap()
}

/// The ids of what is told, in order, and all of it; several of one id are one.
fn ids(text: &str) -> (Vec<&'static str>, String) {
    let (told, sources) = checked(text).err().unwrap_or_default();
    let mut ids: Vec<&str> = told.iter().map(|one| one.id).collect();
    ids.dedup();
    (ids, render(&told, &sources, false))
}

/// Each of these lines under a definition is told so.
fn told(base: &str, cases: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (more, id) in cases {
        let (found, picture) = ids(&format!("{base}{more}\n"));
        let expected: Vec<&str> = Some(*id).filter(|id| !id.is_empty()).into_iter().collect();
        if found != expected {
            wrong.push_str(&format!("==== {more}\nwanted {id}, found {found:?}\n{picture}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn alone(cases: &[(&str, &str)]) {
    told(ALONE, cases);
}

fn tailored(cases: &[(&str, &str)]) {
    told(TAILORED, cases);
}

/// The line of an SMS.
fn sms(text: &str) -> String {
    format!("messages: {{ en: {{ authorize_payment.smsText: '{text}' }} }}")
}

#[test]
fn what_stands_in_a_path_is_read_from_text() {
    let adapter = good(&format!(
        "{ALONE}{}",
        r#"
endpoints: { go: { about: G., route: "PUT /go/{n}/{f}/{d}" }, put: { about: P., route: PUT /put, request: Other } }
meanings: { x.n: integer, x.f: boolean, x.d: decimal }
payloads: { GoRequest: { n: x.n, f: x.f, d: x.d }, GoResponse: { n: x.n, f: x.f, d: x.d }, Other: { n: x.n }, PutResponse: { n: x.n }, Failure: { code: error.code } }
"#
    ));
    let accepts = |payload: &str| {
        let (_, payload) = adapter.payloads.pairs().find(|(_, one)| one.name == payload).unwrap();
        payload.fields.iter().map(|field| field.accepts.join(",")).collect::<Vec<_>>()
    };
    assert_eq!(accepts("GoRequest"), ["text", "text", "text"]);
    assert_eq!(accepts("Other"), [""]);
    assert_eq!(accepts("GoResponse"), ["", "", ""]);
}

#[test]
fn an_sms_shows_what_its_operation_needs() {
    let whole = "{{ operation.amount }} {{ operation.currency }} {{ operation.account }} {{ otp.code }}";
    tailored(&[(&sms(whole), "")]);
    for (from, to) in [
        ("{{ operation.amount }}", "{{ operation.amount | first }}"),
        ("{{ operation.amount }}", "{{ operation.amount | length }}"),
        ("{{ operation.amount }}", "{{ operation.amount | replace(\"0\", \"\") }}"),
        ("{{ operation.amount }}", "{% if operation.currency == \"CZK\" %}{{ operation.amount }}{% endif %}"),
        ("{{ operation.currency }}", "{% if operation.currency == \"EUR\" %}{{ operation.currency }}{% endif %}"),
        ("{{ operation.account }}", "{{ operation.account[0] }}"),
        ("{{ operation.account }}", "{{ operation.account | last }}"),
    ] {
        tailored(&[(&sms(&whole.replace(from, to)), "text-lacks-value")]);
    }
}

#[test]
fn settings_of_the_runtime_stand_in_the_settings_file() {
    for setting in [
        "limits.failures: 9",
        "limits.failures: many",
        "limits.block: banana",
        "sms.countries: XX",
        "sms.countries: CZ",
        "keys.codes: ''",
        "otps.sms.life: 1h",
        "limits: 3",
        "store.path: here",
    ] {
        tailored(&[(&format!("settings: {{ {setting} }}"), "unknown-key")]);
    }
    tailored(&[
        ("settings: { sms.delivery_failed_message: smsAuthorization.deliveryFailed }", ""),
        ("settings: { sms.delivery_failed_message: 5 }", "wrong-kind"),
        ("settings: { default_language: cs, application.environment: test }", ""),
    ]);
}

/// A further field of a request.
fn field(field: &str) -> String {
    format!("payloads: {{ LookupUserRequest: {{ more: {{ {field}, says: k }} }} }}\nmessages: {{ en: {{ k: k }} }}")
}

#[test]
fn some_value_keeps_the_rules_of_a_field() {
    for rules in [
        "as: integer, optional: true, one_of: [a]",
        "as: boolean, optional: true, pattern: a",
        "as: boolean, optional: true, starts_with: x",
        "as: [text], optional: true, pattern: a",
        "as: text, optional: true, one_of: [abc, abcd], max: 2",
        "as: text, optional: true, one_of: [abc], starts_with: x",
    ] {
        tailored(&[(&field(rules), "impossible-rule")]);
    }
    for rules in [
        "as: text, default: abcdef, max: 2",
        "as: text, default: z, one_of: [a, b]",
        "as: text, default: z, pattern: '[0-9]+'",
        "as: integer, default: 9, max: 5",
        "as: text, optional: true, registered_in: XX",
    ] {
        tailored(&[(&field(rules), "wrong-value")]);
    }
    for rules in [
        "as: integer, optional: true, one_of: ['1', '2']",
        "as: integer, optional: true, pattern: '[0-9]+'",
        "as: boolean, optional: true, one_of: ['true']",
        "as: text, optional: true, one_of: [a, abcd], max: 2",
        "as: text, default: ab, max: 2",
        "as: text, optional: true, registered_in: SE",
    ] {
        tailored(&[(&field(rules), "")]);
    }
}

/// An endpoint of its own, with this field of its request in the body or the path.
fn go(route: &str, request: &str, response: &str) -> String {
    format!(
        "endpoints: {{ go: {{ about: G., route: '{route}' }} }}\npayloads: {{ GoRequest: {{ {request} }}, \
         GoResponse: {{ {response} }}, Failure: {{ code: error.code }} }}"
    )
}

#[test]
fn what_is_read_can_be_read() {
    alone(&[
        (&go("GET /go/{v}", "v: text", "v: { as: text, const: a }"), ""),
        (&go("GET /go/{v}/{v}", "v: text", "v: { as: text, const: a }"), "bad-route"),
        (&go("POST /go", "at: { as: time, format: '%H:%M' }", "v: { as: text, const: a }"), "wrong-value"),
        (&go("POST /go", "at: { as: time, format: '%Y' }", "v: { as: text, const: a }"), "wrong-value"),
        (&go("POST /go", "at: { as: time, format: '%d.%m.%Y %H:%M' }", "v: { as: text, const: a }"), ""),
        (&go("POST /go", "v: text", "at: { is: request.time, format: '%H:%M' }"), ""),
        (&format!("{}\nwire: {{ times: '%H:%M' }}", go("POST /go", "at: time", "at: request.time")), "wrong-value"),
    ]);
}

#[test]
fn an_example_has_an_error_that_its_endpoint_can_end_with() {
    tailored(&[
        ("endpoints: { lookup_user: { does: null } }", "wrong-example"),
        ("endpoints: { lookup_user: { does: [] } }", "wrong-example"),
        ("endpoints: { fetch_user: { does: null, without: null } }", "wrong-example"),
    ]);
}

#[test]
fn an_empty_list_takes_nothing_away() {
    for line in [
        "otps: { sms: { binds: [] } }",
        "operations: { authorize_payment: { needs: [] } }",
        "errors: { USER_NOT_FOUND: { for: [] } }",
        "enums: { VerificationResult: [] }",
        "endpoints: { lookup_user: { errors: [] } }",
    ] {
        tailored(&[(line, "null-not-written")]);
    }
}

#[test]
fn what_a_line_says_has_an_effect() {
    tailored(&[
        ("endpoints: { lookup_user: { errors: [{ USER_NOT_FOUND: otp.wrong }] } }", "unused"),
        ("endpoints: { lookup_user: { when: { username: a } } }", "unused"),
        ("validation: { codes: { field: ['{key}.{nope}'] } }", "unknown-value"),
        ("validation: { codes: { field: ['{key'] } }", "wrong-value"),
        ("validation: { codes: { field: ['{key}.{path}.x'] } }", ""),
        ("examples: { lookup-user: { user account exists: { given: { usr: {} } } } }", "unused"),
    ]);
}

/// Codes that keep something of a box.
fn keeping(kept: &str) -> String {
    LOCKER.replace("KEPT", kept)
}

const LOCKER: &str = r#"
adapter: locker
title: Locker
version: "1"
callers: { none: a test }
envelope: { failure: Failure }
every_endpoint: { errors: [bad, boom, otp], without: [organization.id, operation.id, operation.name, operation.amount, operation.currency, operation.account] }
errors:
  bad: { status: 400, for: [body.*, content_type.wrong, input.invalid] }
  otp: { status: 401, for: ["otp.*", user.unknown] }
  boom: { status: 500, for: [hook.*, sms.*, unexpected, overloaded, store.unavailable] }
  lost: { status: 404, for: [route.unknown, method.wrong] }
messages: { en: { bad: b, boom: b, lost: l, otp: o, sms: "{{ otp.code }}" } }
meanings: { box.size: Size, box.tags: [text] }
enums: { Size: [SMALL, LARGE] }
behaviours: { open_box: { needs: [box.size] } }
otps: { pick: { digits: 6, life: 5m, attempts: 3, id_life: 1h, keeps: [KEPT], text: sms } }
endpoints:
  start: { about: Sends., route: POST /start, does: [find_user, send_otp] }
  pick: { about: Checks., route: POST /pick, does: [verify_otp, open_box], without: [user.id] }
payloads:
  StartRequest: { user: user.id, size: box.size, tags: box.tags }
  StartResponse: { id: otp.id }
  PickRequest: { id: otp.id, code: otp.code }
  PickResponse: { size: optional box.size }
  Failure: { code: error.code }
"#;

#[test]
fn a_code_keeps_a_member_of_an_enum() {
    good(&keeping("box.size"));
    let (found, picture) = ids(&keeping("box.size, box.tags"));
    assert_eq!(found, ["type-clash"], "{picture}");
    assert!(picture.contains("keeps single values"), "{picture}");
}
