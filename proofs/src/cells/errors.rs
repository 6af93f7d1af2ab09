//! Rows of errors in all their forms.

use crate::writer::{Open, Writer};

/// Writes a hook that fails, and the row that answers it.
pub fn error(writer: &mut Writer<'_>, open: &mut Open, form: &str) {
    let row = match form {
        "as" => "{ status: 418, for: [own.broken], as: Told }",
        "column" => "{ status: 418, for: [own.broken], hint: \"see {{ error.code }} at {{ request.id }}\" }",
        "code" => "{ status: 418, for: [own.broken], code: OTHER }",
        "says" => "{ status: 418, for: [own.broken], says: own.said }",
        "text" => "{ status: 418, for: [own.broken], says: \"at {{ request.id }}\" }",
        "first of" => "{ status: 400, for: [own.broken], says: [\"own.said\", \"own.last\"] }",
        _ => "{ for: [own.broken] }",
    };
    if form == "every" {
        writer.draft.set("every_error", "{ status: 418, says: own.said }");
    }
    let field = |name: &str, yaml: &str| (name.to_owned(), yaml.to_owned());
    writer.draft.line("errors", "OWN", row);
    let said = "\"said{% if otp.attempts_left %}, {{ otp.attempts_left }} left{% endif %} by {{ error.code }}\"";
    for (key, text) in [("OWN", "said"), ("own.said", said), ("own.last", "said")] {
        writer.draft.line("texts", key, text);
    }
    writer.draft.payload("Told", vec![field("code", "error.code"), field("text", "error.text")]);
    if form == "says" {
        writer.draft.set("envelope", "{ failure: { code: error.code, text: error.text } }");
    }
    if form == "column" {
        writer.draft.set("envelope", "{ failure: { code: error.code, hint: optional error.hint } }");
    }
    let hook = writer.own("hook");
    writer.draft.line("behaviours", &hook, "{ needs: [user.id], fails: [own.broken] }");
    open.request.push(field("user", "user.id"));
    open.does.push(hook);
    open.errors.insert("OWN");
}
