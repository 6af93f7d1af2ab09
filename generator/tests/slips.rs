//! Slips that look like definitions: each is a change of a good one, and the ids of what is told of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

use std::fs;
use std::path::Path;

use countersign::check::{Checked, check};
use countersign::diagnostic::render;
use countersign::load::{BuiltIn, definition};

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
messages: { en: { bad: b, boom: b, lost: l, k: k } }
"#;

fn checked(text: &str) -> (Checked, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("adapter.yaml"), text).unwrap();
    let library = BuiltIn::around(Path::new(env!("CARGO_MANIFEST_DIR")));
    let loaded = definition(folder.path(), &library).unwrap_or_else(|error| {
        panic!("{}", render(&error.diagnostics, &error.sources, false));
    });
    let checked = check(&loaded);
    let picture = render(&checked.diagnostics, &loaded.sources, false);
    (checked, picture)
}

#[test]
fn what_stands_in_a_path_is_read_from_text() {
    let (checked, picture) = checked(&format!(
        "{ALONE}{}",
        r#"
endpoints: { go: { about: G., route: "PUT /go/{n}/{f}/{d}" }, put: { about: P., route: PUT /put, request: Other } }
meanings: { x.n: integer, x.f: boolean, x.d: decimal }
payloads: { GoRequest: { n: x.n, f: x.f, d: x.d }, GoResponse: { n: x.n, f: x.f, d: x.d }, Other: { n: x.n }, PutResponse: { n: x.n }, Failure: { code: error.code } }
"#
    ));
    let adapter = checked.adapter.unwrap_or_else(|| panic!("{picture}"));
    let accepts = |payload: &str| {
        let (_, payload) = adapter.payloads.pairs().find(|(_, one)| one.name == payload).unwrap();
        payload.fields.iter().map(|field| field.accepts.join(",")).collect::<Vec<_>>()
    };
    assert_eq!(accepts("GoRequest"), ["text", "text", "text"]);
    assert_eq!(accepts("Other"), [""]);
    assert_eq!(accepts("GoResponse"), ["", "", ""]);
}
