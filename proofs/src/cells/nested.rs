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
            let value = "{ is: { user.id: { sort: id }, user.email: { sort: mail } }, as: text }";
            writer.draft.payload("Target", vec![field("sort", "{ as: text, one_of: [id] }"), field("value", value)]);
            open.request.push(field("target", "Target"));
            open.available.insert("user.id".to_owned());
            writer.step(open, "find_user");
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
        // What stands in an element of a list that means nothing is available from there.
        "elements" => {
            writer.draft.payload("Element", vec![field("tries", "optional integer"), field("user", "user.id")]);
            open.request.push(field("elements", "{ as: [Element], min: 1, max: 1 }"));
            open.available.insert("user.id".to_owned());
            writer.step(open, "find_user");
        }
        "shared query" => {
            let mut other = writer.open();
            let route = format!("GET /shared{}", writer.part);
            other.keys.push(field("route", &route));
            other.request.push(field("mail", "{ is: user.email, in: query, optional: true }"));
            other.response.push(field("at", "request.time"));
            writer.close(other);
            open.keys.extend([field("route", &route), field("when", "{ kind: A }")]);
            open.request.extend([
                field("kind", "{ as: text, in: query, one_of: [A] }"),
                field("mail", "{ is: user.email, in: query, optional: true }"),
            ]);
        }
        "whole list" => {
            let (entity, hook) = (writer.own("own"), writer.own("hook"));
            let meaning = format!("{entity}.whole");
            writer.draft.line("meanings", &meaning, "\"[text]\"");
            writer.draft.line("behaviours", &hook, format!("{{ needs: [{meaning}], gives: [{meaning}] }}"));
            open.request.push(field("whole", &format!("{{ is: {meaning}, as: [text], in: body }}")));
            open.request.push(field("X-Sort", "{ as: text, in: header, optional: true }"));
            open.response.push(field("whole", &format!("{{ is: {meaning}, in: body }}")));
            open.does.push(hook);
            return;
        }
        "more of a shipped entity" => {
            let hook = writer.own("hook");
            let own = ["message", "operation"].map(|entity| format!("{entity}.{}", writer.own("own")));
            let [first, second] = &own;
            writer.draft.line("meanings", first, "text");
            writer.draft.line("meanings", second, "integer");
            writer.draft.line("behaviours", &hook, format!("{{ needs: [{first}], takes: [{second}] }}"));
            open.request.extend([field("first", first), field("second", second)]);
            open.response.push(field("first", first));
            open.does.push(hook);
            return;
        }
        "whole object" => {
            writer.draft.payload("Item", vec![field("name", "optional text"), field("count", "integer")]);
            open.request.push(field("whole", "{ as: Item, in: body }"));
            open.request.push(field("user", "{ is: user.id, in: header }"));
            open.response.push(field("at", "{ is: request.time, in: body }"));
            open.response.push(field("X-User", "{ is: user.id, in: header }"));
            return;
        }
        "format" => {
            open.request.extend([
                field("born", "{ is: user.birth_date, as: date, format: \"%d.%m.%Y\" }"),
                field("since", "{ as: time, format: epoch_s, optional: true }"),
                field("until", "{ as: time, format: epoch_ms }"),
            ]);
            open.response.push(field("at", "{ is: request.time, format: \"%d.%m.%Y\" }"));
        }
        "different elements" => {
            writer.draft.payload("First", vec![field("rel", "{ const: first }"), field("at", "request.time")]);
            writer.draft.payload("Second", vec![field("rel", "{ const: second }")]);
            writer.draft.payload("Both", vec![field("[]", "list"), field("First", "First"), field("Second", "Second")]);
            open.response.push(field("links", "Both"));
        }
        "day of a time" => open.response.push(field("day", "request.time as date")),
        "number of a phone" => {
            open.request.push(field("phone", "user.phone"));
            open.response.push(field("number", "user.phone as integer"));
        }
        "text of what may be absent" => {
            writer.draft.line("texts", "own.link", "\"/of/{{ user.email }}?at={{ request.time }}\"");
            open.response.push(field("next", "{ as: url, text: own.link, optional: true }"));
            let link = vec![field("rel", "{ const: next }"), field("href", "{ as: url, text: own.link }")];
            writer.draft.payload("NextLink", link);
            open.response.push(field("link", "optional NextLink"));
            open.request.push(field("mail", "optional user.email"));
        }
        "include" => open.request.push(field("+", "Nested")),
        other => {
            debug_assert_eq!(other, "unknown", "a form that nothing writes");
            writer.draft.payload("Echoed", vec![field("unknown", "echo"), field("name", "optional text")]);
            open.request.push(field("nested", "Echoed"));
        }
    }
    open.response.push(field("mail", "optional user.email"));
    if ["required", "path", "include", "head"].contains(&form) {
        open.response.push(field("user", "user.id"));
    }
}
