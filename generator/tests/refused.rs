//! What people may well write and no adapter could serve is refused at its line: names that are one on the wire or in
//! Rust, paths that are one, and statuses and texts that HTTP cannot send.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

use std::fs;

use countersign::check::check;
use countersign::diagnostic::Diagnostic;
use countersign::load::{BuiltIn, definition};
use countersign::source::Sources;

/// One that stands alone, on 16 lines.
const WHOLE: &str = "\
adapter: small
title: Small
version: '1'
callers: { none: a test }
envelope: { failure: { code: error.code } }
every_endpoint: { errors: [BAD, BROKEN] }
errors:
  BAD: { status: 400, for: [body.*, content_type.wrong, input.invalid] }
  BROKEN: { status: 500, for: [hook.*, unexpected, overloaded, store.unavailable] }
  LOST: { status: 404, for: [route.unknown, method.wrong] }
messages: { en: { BAD: bad, BROKEN: broken, LOST: lost } }
endpoints:
  ask: { about: Asks., route: POST /ask }
payloads:
  AskRequest: { a: { as: text, optional: true } }
  AskResponse: { a: { const: x } }
";

const TAILORING: &str = "extends: powerauth-data-adapter\n";

/// What is told of a definition, as `id line: message / help`.
fn reported(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("adapter.yaml"), text).unwrap();
    match definition(folder.path(), &BuiltIn::embedded()) {
        Err(error) => lines(&error.diagnostics, &error.sources),
        Ok(loaded) => lines(&check(&loaded).diagnostics, &loaded.sources),
    }
}

fn lines(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let line = |one: &Diagnostic| one.place.map_or(0, |place| sources.position(place).0);
    let help = |one: &Diagnostic| one.help.clone().unwrap_or_default();
    diagnostics.iter().map(|one| format!("{} {}: {} / {}", one.id, line(one), one.message, help(one))).collect()
}

fn hold(cases: &[(String, &[&str])]) {
    let wrong = cases.iter().filter_map(|(text, expected)| {
        let told = reported(text);
        (told != *expected).then(|| format!("{text}\nis told {told:#?}\nand not {expected:#?}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The whole one with this in place of that.
fn with(old: &str, new: &str) -> String {
    assert!(WHOLE.contains(old), "{old}");
    WHOLE.replace(old, new)
}

/// A tailoring, from the second line on.
fn tailored(more: &str) -> String {
    format!("{TAILORING}{more}")
}

#[test]
fn names_that_are_one_in_rust() {
    const OWN: &str = "\
meanings: { card.number: text, card.state: text }
behaviours: { NAME: { needs: [card.number], gives: [card.state] } }
endpoints: { card: { about: C., route: POST /card, does: NAME, errors: [INPUT_INVALID, REMOTE_ERROR] } }
payloads: { CardRequest: { number: { is: card.number, says: card.number } }, CardResponse: { state: card.state } }
messages: { en: { card.number: wrong } }
";
    let named = |name: &str| tailored(&OWN.replace("NAME", name));
    let taken = |name: &str| {
        let why = "the runtime has a type of this name / give one of them another name";
        format!("name-clash 3: two types would be called `{name}` in Rust: {why}")
    };
    let declared = "it is declared here / give one of them another name";
    hold(&[
        (named("h"), &[]),
        (named("result"), &[&taken("Result")]),
        (named("none"), &[&taken("None")]),
        (named("cx"), &[&taken("Cx")]),
        (named("hook_fault"), &[&taken("HookFault")]),
        (
            named("card_response"),
            &[&format!("name-clash 3: two types would be called `CardResponse` in Rust: {declared}")],
        ),
        (
            named("card").replace("CardResponse:", "CardGives: { a: text }, CardResponse:"),
            &[&format!("name-clash 3: two types would be called `CardGives` in Rust: {declared}")],
        ),
        (
            named("kind") + "enums: { Kind: [a] }\n",
            &[&format!("name-clash 3: two types would be called `Kind` in Rust: {declared}")],
        ),
        (
            named("card").replace("gives: [card.state]", "gives: [card.state], fails: [card.a_b, card_a.b]")
                + "errors: { REMOTE_ERROR: { for: { card.a_b: {}, card_a.b: {} } } }\n",
            &["name-clash 3: the faults `card.a_b` and `card_a.b` would both be `CardAB` in Rust / \
               give one of them another name"],
        ),
        (
            with("BAD", "ERR_001").replace("BROKEN", "ERR001"),
            &["name-clash 9: the errors `ERR_001` and `ERR001` would both be `Err001` in Rust / \
               give one of them another name"],
        ),
    ]);
}

#[test]
fn paths_that_are_one() {
    let two = |one: &str, other: &str| {
        let route = "  ask: { about: Asks., route: POST /ask }\n";
        let more = format!(
            "{route}  one: {{ about: One., route: '{one}', request: AskRequest }}\n  \
             other: {{ about: Other., route: '{other}', request: AskRequest }}\n"
        );
        with(route, &more) + "  OneResponse: { a: { const: x } }\n  OtherResponse: { a: { const: x } }\nbase: /bank\n"
    };
    hold(&[
        (two("POST /x", "PUT /x"), &[]),
        (
            two("POST /bank/x", "POST /x"),
            &["route-taken-twice 14: `/bank/x` of `one` is where `/x` of `other` is served behind `base` / \
               give one of them another path"],
        ),
        (
            two("POST /x/{a}", "PUT /bank/x/{a}"),
            &["route-taken-twice 15: `/bank/x/{a}` of `other` is where `/x/{a}` of `one` is served behind `base` / \
               give one of them another path"],
        ),
        (
            two("POST /x/{a}", "PUT /x/{b}").replace("{ as: text, optional: true } }", "text, b: text }"),
            &["bad-route 15: `/x/{b}` of `other` and `/x/{a}` of `one` are one path, and call what stands in its \
               braces by two names / write `/x/{a}` in both"],
        ),
        (
            tailored(
                "endpoints: { service_status: { route: GET /powerauth-data-adapter/x }, o: { about: x., route: GET /x } }",
            ),
            &["route-taken-twice 2: `/powerauth-data-adapter/x` of `service_status` is where `/x` of `o` is served \
               behind `base` / give one of them another path"],
        ),
    ]);
}

#[test]
fn names_that_are_one_on_the_wire() {
    let fields = |fields: &str| with("{ a: { as: text, optional: true } }", &format!("{{ {fields} }}"));
    let any_case = |text: String| text + "wire: { field_names: any_case, enum_names: any_case }\n";
    let of_enum = |members: &str| fields("e: { as: E, optional: true }") + &format!("enums: {{ E: {members} }}\n");
    let text = "as: text, optional: true";
    hold(&[
        (
            tailored("payloads: { LookupUserRequest: { note: { as: text, optional: true, also: [username] } } }"),
            &["field-twice 2: `username` and `note` of `LookupUserRequest` are both read from `username` / \
               take it out of `also`"],
        ),
        (
            fields(&format!("a: {{ {text}, also: [a] }}")),
            &["field-twice 15: `a` is called `a` already / take it out of `also`"],
        ),
        (
            fields(&format!("a: {{ {text}, also: [c] }}, b: {{ {text}, also: [c] }}")),
            &["field-twice 15: `a` and `b` of `AskRequest` are both read from `c` / take it out of `also`"],
        ),
        (fields(&format!("txt: {{ {text} }}, Txt: {{ {text} }}")), &[]),
        (
            any_case(fields(&format!("txt: {{ {text} }}, Txt: {{ {text} }}"))),
            &["field-twice 15: `txt` and `Txt` of `AskRequest` are one name on the wire, where capital letters are \
               not distinguished / give one of them another name"],
        ),
        (
            fields(&format!("X-A: {{ {text}, in: header }}, x-a: {{ {text}, in: header }}")),
            &["field-twice 15: `X-A` and `x-a` of `AskRequest` are one name on the wire, where capital letters are \
               not distinguished / give one of them another name"],
        ),
        (fields(&format!("X-A: {{ {text}, in: header }}, x-a: {{ {text}, in: query }}")), &[]),
        (of_enum("[a, A]"), &[]),
        (
            any_case(of_enum("[a, A]")),
            &["name-clash 17: `a` would be read as `a` and as `A` of `E` / give one of them another name or number"],
        ),
        (
            of_enum("{ A: { number: 1 }, B: { number: 1 } }"),
            &["name-clash 17: `1` would be read as `A` and as `B` of `E` / give one of them another name or number"],
        ),
        (
            of_enum("{ '1': {}, B: { number: 1 } }"),
            &["name-clash 17: `1` would be read as `1` and as `B` of `E` / give one of them another name or number"],
        ),
        (of_enum("{ '1': { number: 1 }, B: { number: 2 } }"), &[]),
    ]);
}

#[test]
fn what_http_cannot_send() {
    let bad = |status: u16| with("BAD: { status: 400", &format!("BAD: {{ status: {status}"));
    let no_content = |status: u16| {
        let why = "has no content, and the error `BAD` is described by what it answers";
        format!("no-content 8: a {status} {why} / take a status of failures, such as 400")
    };
    let elsewhere = "wrong-value 8: a 302 sends the caller elsewhere, and the error `BAD` has no header `Location` / \
                     take a status of failures, such as 400";
    hold(&[
        (bad(204), &[&no_content(204)]),
        (bad(304), &[&no_content(304)]),
        (bad(302), &[elsewhere]),
        (bad(302).replace("{ code: error.code }", "{ code: error.code, Location: { in: header, const: /help } }"), &[]),
        (
            with("callers: { none: a test }", "callers: { basic: \"a\\nb\" }")
                .replace("BROKEN: { status: 500, for: [", "BROKEN: { status: 500, for: [caller.*, "),
            &["wrong-value 4: there is a `\\n` in the realm, which is sent in a header / \
               write the realm in one line, without control characters"],
        ),
    ]);
}

#[test]
fn what_was_meant_is_offered() {
    let field = |rest: &str| {
        tailored(&format!("payloads: {{ LookupUserRequest: {{ note: {{ as: text, optional: true, {rest} }} }} }}"))
    };
    let prefix = "a part of it is made of letters, digits, `-`, `_`, `.` and `~`: `/bank/v1`";
    let shared =
        "say `for` at an error under `errors:`; this has `status`, `says`, `because` and columns, for rows that do not";
    hold(&[
        (
            tailored("base: /"),
            &["bad-route 2: `/` is no path prefix: there is nothing in it / \
               take the line out, or write a prefix such as `/bank/v1`"],
        ),
        (
            tailored("base: /x?y"),
            &[&format!("bad-route 2: `/x?y` is no path prefix: `x?y` is no part of one / {prefix}")],
        ),
        (
            tailored("base: /x/{id}"),
            &[&format!("bad-route 2: `/x/{{id}}` is no path prefix: `{{id}}` is no part of one / {prefix}")],
        ),
        (
            "extends: [a, b]\n".to_owned(),
            &["wrong-kind 1: `extends` is the name of one definition, and here is a list / \
               write `extends: a`; that one may extend another"],
        ),
        (
            tailored("every_error: { for: [user.unknown] }"),
            &[&format!("unknown-key 2: `every_error` has no key `for` / {shared}")],
        ),
        (
            field("max: 3, raises: { max: user.unknwn }"),
            &["unknown-fault 2: no fault `user.unknwn` / did you mean `user.unknown`?"],
        ),
        (
            tailored("endpoints:\n  verify_sms:\n    does: verify_otp: pick_up\n"),
            &[
                "unquoted 4: the text of `does` has to stand in quotes: there is a colon with a blank behind it in it / \
               write `does: { verify_otp: pick_up }`",
            ],
        ),
        (
            tailored("operations: { login_sca: { like: login_sca } }"),
            &["unknown-operation 2: `login_sca` is like itself / name an operation that is written out"],
        ),
        (
            tailored("operations: { login_sca2: { like: login_sca } }"),
            &["unknown-operation 2: `login_sca` is itself like another / name an operation that is written out"],
        ),
        (
            tailored("settings: { default_language: EN }"),
            &["wrong-value 2: `EN` is no code of a language / write `en`"],
        ),
        (
            tailored("callers: basic"),
            &["missing-key 2: `callers: basic` does not say in which realm callers show their keys / \
               write `callers: { basic: <realm> }`, such as the API's name"],
        ),
        (
            with("{ a: { as: text, optional: true } }", "{ e: { as: E, optional: true } }") + "enums: { E: [1, 2] }\n",
            &["wrong-kind 17: the name of a member is a text, and here is a number / put it in quotes"],
        ),
        (
            field("pattern: (?i)abc, says: login.username.long"),
            &[
                "wrong-value 2: the pattern of `note` cannot be run: `(?i)` is not offered: write both letters, such as \
               `[Aa]` / capital and small letters are told apart: `[Aa][Bb]` takes both",
            ],
        ),
        (
            tailored("sessions: { s: { idle: 1y, binds: [user.id] } }"),
            &["wrong-value 2: `1y` is no length of time / \
               write a number and s, m, h or d, without a blank between them, such as `5m`"],
        ),
    ]);
    let told = reported("");
    assert!(matches!(told.as_slice(), [only] if only.starts_with("missing-extends 1: ")), "{told:?}");
}
