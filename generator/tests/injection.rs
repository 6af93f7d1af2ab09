//! Nothing that stands in a definition becomes Rust but as a literal: the syntax tree of what a hostile definition
//! emits is that of a harmless twin's, but for literals.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;

use bench::Bench;
use proc_macro2::{Literal, TokenStream, TokenTree};

/// A definition whose every text is the given one. The key keeps to what a key may be, and columns of errors, which are
/// templates, to what a template may have.
fn definition(text: &str, key: &str) -> String {
    let column = serde_json::to_string(&text.replace("{%", "").replace("{#", "")).unwrap();
    let (text, key) = (serde_json::to_string(text).unwrap(), serde_json::to_string(key).unwrap());
    format!(
        r#"
adapter: twin
title: {text}
version: {text}
callers: {{ none: {text} }}
settings: {{ application.name: {text} }}
validation:
  says: {{ required: {key} }}
  codes: {{ field: [{text}], body: [{text}] }}
  types: {{ text: {text} }}
endpoints:
  find:
    about: {text}
    route: POST /user/find
    does: find_user
    without: [organization.id, operation.name]
    errors: [WRONG, UNKNOWN, BROKEN]
payloads:
  FindRequest:
    userId: {{ is: user.id, one_of: [{text}], says: {key} }}
    kind: {{ as: Kind, optional: true, also: [kinds] }}
  FindResponse:
    name: optional user.given_name
    always: {{ as: text, const: {text} }}
    preset: {{ as: text, default: {text} }}
enums:
  Kind: [A, B]
envelope:
  failure: {{ code: error.code, title: error.title, status: {{ const: {text} }} }}
errors:
  WRONG: {{ status: 400, title: {column}, code: {text}, says: {key}, for: [input.invalid, body.malformed, body.too_large, content_type.wrong] }}
  UNKNOWN: {{ status: 404, title: {column}, for: [user.unknown, route.unknown, method.wrong] }}
  BROKEN: {{ status: 500, title: {column}, for: [hook.*, overloaded, unexpected, store.unavailable] }}
"#
    )
}

/// All generated files, with every literal replaced by the same one.
fn tree(text: &str, key: &str) -> Vec<(String, String)> {
    let bench = Bench::with(&definition(text, key));
    let run = bench.run(&["generate"]);
    assert_eq!(run.code, 0, "{text:?}: {run:?}");
    let files = bench.generated().into_iter().filter(|(name, _)| name.ends_with(".rs"));
    files
        .map(|(name, text)| {
            let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
            syn::parse2::<syn::File>(tokens.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, without_literals(tokens).to_string())
        })
        .collect()
}

fn without_literals(tokens: TokenStream) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Literal(_) => TokenTree::Literal(Literal::string("_")),
        TokenTree::Group(group) => {
            TokenTree::Group(proc_macro2::Group::new(group.delimiter(), without_literals(group.stream())))
        }
        other => other,
    });
    replaced.collect()
}

#[test]
fn hostile_texts_stay_literals() {
    let harmless = tree("harmless", "some.key");
    for hostile in [
        "\"; pub fn evil() {} //",
        "*/ pub fn evil() {} /*",
        "\\",
        "\\\"",
        "one\ntwo\r\n#![allow(unsafe_code)]\npub fn evil() {}",
        "/// doc\n//! inner",
        "r#\"raw\"#",
        "\u{202e}evil\u{2066}\u{200b}\u{feff}\u{2028}",
        "'c' b\"b\" {} () [] $x #[derive(Evil)]",
        "\0\u{1}",
        "//-",
        "#[blank_line]",
        "{% raw %}{# no comment #}",
    ] {
        let other = tree(hostile, "some.key");
        for ((name, expected), (_, found)) in harmless.iter().zip(&other) {
            assert_eq!(found, expected, "{name} differs for {hostile:?}");
        }
        assert_eq!(harmless.len(), other.len());
    }
}

#[test]
fn what_a_reader_does_not_see_is_escaped() {
    let bench = Bench::with(&definition("a\u{202e}b\u{200b}c\u{2066}d", "some.key"));
    bench.run(&["generate"]);
    for (name, text) in bench.generated() {
        let hidden = text.chars().find(|character| "\u{202e}\u{200b}\u{2066}".contains(*character));
        assert_eq!(hidden, None, "{name}");
    }
    assert!(bench.generated()["adapter.rs"].contains(r"a\u{202e}b\u{200b}c\u{2066}d"));
}

#[test]
fn a_column_of_an_error_is_a_template_without_statements_that_switch_it_off() {
    let definition =
        definition("harmless", "some.key").replacen("title: \"harmless\", code", "title: \"{% raw %}\", code", 1);
    let run = Bench::with(&definition).run(&["generate"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("the column `title` is no template: texts have no `{% raw %}`"), "{run:?}");
}
