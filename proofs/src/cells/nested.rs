//! Payloads in payloads, in lists and unions, in paths, and endpoints that share a route.

use crate::writer::{Open, Writer};

/// Writes a request of this form.
pub fn nest(writer: &mut Writer<'_>, open: &mut Open, form: &str) {
    let field = |name: &str, yaml: &str| (name.to_owned(), yaml.to_owned());
    let inner = vec![field("user", "user.id"), field("mail", "optional user.email")];
    writer.draft.payload("Nested", inner);
    match form {
        "required" => open.request.push(field("nested", "Nested")),
        "optional" => open.request.push(field("nested", "optional Nested")),
        "list" => open.request.push(field("nested", "[Nested]")),
        "union" => {
            writer.draft.line(
                "unions",
                "Either",
                "{ tag: kind, of: { A: { user: user.id }, B: { mail: optional user.email }, C: B } }",
            );
            open.request.push(field("nested", "Either"));
        }
        "path" => {
            open.request.extend([field("user", "user.id"), field("count", "optional integer")]);
            open.keys.push(("route".to_owned(), format!("PUT /{}/{{user}}", open.name)));
        }
        "conditional" => {
            open.request.extend([
                field("sort", "text"),
                field("value", "{ is: { user.id: { sort: id } }, as: text, optional: true }"),
            ]);
        }
        "default" => {
            open.request.extend([
                field("count", "{ as: integer, default: 3 }"),
                field("flag", "{ as: boolean, default: true }"),
                field("list", "{ as: [text], default: [] }"),
            ]);
        }
        "shared route" => {
            let mut other = writer.open();
            let route = format!("POST /shared{}", writer.part);
            other.keys.extend([field("route", &route), field("when", "{ kind: A }")]);
            other.request.push(field("kind", "text"));
            other.response.push(field("at", "request.time"));
            writer.close(other);
            open.keys.extend([field("route", &route), field("when", "{ kind: B }")]);
            open.request.push(field("kind", "text"));
        }
        "head" => {
            open.request.extend([
                field("X-Request-ID", "{ is: request.id, in: header, optional: true }"),
                field("X-Tries", "{ as: integer, in: header, default: 1 }"),
                field("user", "{ is: user.id, in: query }"),
                field("tag", "{ as: [text], in: query, optional: true }"),
                field("X-Sort", "{ const: plain, in: header }"),
            ]);
            open.keys.push(("route".to_owned(), format!("GET /{}", open.name)));
            open.response.push(field("Location", "{ is: user.id, in: header }"));
        }
        "include" => open.request.push(field("+", "Nested")),
        _ => {
            writer.draft.payload("Echoed", vec![field("unknown", "echo"), field("name", "optional text")]);
            open.request.push(field("nested", "Echoed"));
        }
    }
    open.response.push(field("mail", "optional user.email"));
    if ["required", "path", "include", "head"].contains(&form) {
        open.response.push(field("user", "user.id"));
    }
}
