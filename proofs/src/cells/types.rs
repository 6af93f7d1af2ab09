//! Every type in every position: what hooks are given and give, what codes bind and keep, what tables hold, what texts and
//! answers show.

use countersign::language::primitive;

use super::Cell;
use crate::writer::Writer;

/// Types beside the primitives that a meaning of one's own might have.
const OTHERS: [&str; 4] = ["key", "\"[text]\"", "\"yes | no\"", "\"[integer]\""];

const POSITIONS: [&str; 21] = [
    "need",
    "optional need",
    "expect",
    "take",
    "give",
    "give optional",
    "fact",
    "bind",
    "keep",
    "one_per",
    "request",
    "echo",
    "echo optional",
    "as enum",
    "as boolean",
    "list",
    "table key",
    "table column",
    "text",
    "text unbound",
    "error column",
];

pub fn all() -> Vec<Cell> {
    let types = primitive::words().chain(OTHERS);
    types.flat_map(|ty| POSITIONS.map(|position| Cell::Typed(ty, position))).collect()
}

/// What the language refuses on purpose: a type that no meaning of one's own has, one that cannot stand there.
pub fn is_odd(ty: &str, position: &str) -> bool {
    let hook = ["need", "optional need", "expect", "take", "give", "give optional"].contains(&position);
    match position {
        _ if OTHERS.contains(&ty) => true,
        "table key" => !["text", "url", "html", "email", "digits"].contains(&ty),
        "as boolean" => ty != "boolean",
        "as enum" => ty != "text",
        // An error's column shows the error and the request, no values.
        "error column" => true,
        // A code is bound to what has one canonical form and keeps such, and nothing secret; a text shows no other.
        "bind" | "one_per" | "keep" | "text" | "text unbound" => {
            ["secret", "code", "json", "never", "map", "pairs"].contains(&ty)
        }
        "table column" => ["secret", "code", "json", "never", "map", "pairs"].contains(&ty),
        _ => hook && ["json", "never"].contains(&ty),
    }
}

pub fn write(writer: &mut Writer<'_>, ty: &'static str, position: &'static str) {
    let odd = if is_odd(ty, position) { "odd " } else { "" };
    writer.about(format!("{odd}type {}", ty.trim_matches('"')));
    writer.about(format!("{odd}position {position}"));
    let (entity, hook) = (writer.own("own"), writer.own("hook"));
    let meaning = format!("{entity}.value");
    writer.draft.line("meanings", &meaning, ty);
    let mut open = writer.open();
    match position {
        "need" | "optional need" | "expect" | "take" | "give" | "give optional" | "fact" => {
            let part = match position {
                "need" | "optional need" => format!("needs: [{meaning}]"),
                "expect" => format!("expects: [{meaning}]"),
                "take" => format!("takes: [{meaning}]"),
                "fact" => String::new(),
                _ => format!("gives: [{meaning}]"),
            };
            writer.draft.line("behaviours", &hook, format!("{{ {part} }}"));
            let optional = if ["optional need", "take"].contains(&position) { "optional " } else { "" };
            if part.starts_with("gives") {
                let optional = if position == "give optional" { "optional " } else { "" };
                open.response.push(("shown".to_owned(), format!("{optional}{meaning}")));
            } else {
                open.request.push(("asked".to_owned(), format!("{optional}{meaning}")));
            }
            open.does.push(hook);
        }
        "bind" | "keep" | "one_per" => {
            let kind = writer.own("code");
            let list = match position {
                "keep" => format!("keeps: [{meaning}]"),
                "bind" => format!("binds: [{meaning}]"),
                _ => format!("binds: [{meaning}], one_per: [{meaning}]"),
            };
            writer.draft.line(
                "otps",
                &kind,
                format!("{{ digits: 6, life: 5m, attempts: 3, text: code.text, {list} }}"),
            );
            open.request.push(("asked".to_owned(), meaning.clone()));
            open.available.insert(meaning.clone());
            writer.step(&mut open, "waive_otp");
            writer.close(open);
            open = writer.open();
            if position != "keep" {
                open.request.push(("asked".to_owned(), meaning.clone()));
                open.available.insert(meaning.clone());
            }
            writer.step(&mut open, "verify_otp");
            // The step may have chosen a kind of another cell, which knows nothing of the meaning.
            if open.does.last().is_some_and(|step| step.ends_with(&format!(" {kind}"))) {
                open.response.push(("shown".to_owned(), format!("optional {meaning}")));
            }
        }
        "table key" | "table column" => {
            let table = writer.own("own_rows");
            let (key, gives) =
                if position == "table key" { (meaning.as_str(), "app.currency") } else { ("app.id", meaning.as_str()) };
            writer.draft.line("tables", &table, format!("{{ key: [{key}], gives: [{gives}] }}"));
            writer.own_faults.push(format!("{table}.unknown"));
            open.request.push(("asked".to_owned(), key.to_owned()));
            open.response.push(("shown".to_owned(), gives.to_owned()));
            open.does.push(format!("find_row: {table}"));
        }
        _ => shown(writer, &mut open, &meaning, position),
    }
    writer.close(open);
}

fn shown(writer: &mut Writer<'_>, open: &mut crate::writer::Open, meaning: &str, position: &str) {
    let field = |name: &str, yaml: String| (name.to_owned(), yaml);
    match position {
        "request" => open.request.push(field("asked", meaning.to_owned())),
        "echo" | "echo optional" => {
            let optional = if position == "echo" { "" } else { "optional " };
            open.request.push(field("asked", format!("{optional}{meaning}")));
            open.response.push(field("shown", format!("{optional}{meaning}")));
        }
        "as enum" | "as boolean" => {
            let name = format!("Own{}", writer.part);
            let ty = if position == "as enum" { name.as_str() } else { "boolean" };
            writer.draft.line("enums", &name, "{ SURE: sure, NEVER: never }");
            let hook = writer.own("hook");
            let given = format!("{}.other", meaning.split('.').next().unwrap_or_default());
            writer.draft.line("meanings", &given, "text");
            writer.draft.line("behaviours", &hook, format!("{{ needs: [{meaning}], gives: [{given}] }}"));
            open.does.push(hook);
            open.request.push(field("asked", format!("{meaning} as {ty}")));
            open.response.push(field("shown", format!("{meaning} as {ty}")));
            open.response.push(field("given", format!("{given} as {name}")));
        }
        "list" => {
            let line = format!("Own{}Line", writer.part);
            writer.draft.payload(&line, vec![field("value", meaning.to_owned())]);
            open.request.push(field("lines", format!("[{line}]")));
            open.response.push(field("shown", format!("optional {meaning}")));
        }
        // What a text shows is bound by its code, or handed over to it.
        "text" | "text unbound" => {
            let binds = if position == "text" { format!(", binds: [{meaning}]") } else { String::new() };
            let kind = writer.own("code");
            let text = writer.own("own.text");
            writer.draft.line("otps", &kind, format!("{{ digits: 6, life: 5m, attempts: 3, text: {text}{binds} }}"));
            writer.draft.line("texts", &text, format!("\"{{{{ otp.code }}}} {{{{ {meaning} }}}}\""));
            open.request.push(field("asked", meaning.to_owned()));
            open.available.insert(meaning.to_owned());
            writer.step(open, "send_otp");
        }
        _ => {
            let row = format!("OWN{}", writer.part);
            writer.draft.set("envelope", "{ failure: { code: error.code, extra: optional error.extra } }");
            writer.draft.line("errors", &row, format!("{{ status: 418, for: [], extra: \"{{{{ {meaning} }}}}\" }}"));
            writer.draft.line("texts", &row, "said");
            open.request.push(field("asked", meaning.to_owned()));
        }
    }
}
