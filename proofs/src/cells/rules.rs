//! Every rule on every type, with arguments that fit and such that do not.

use countersign::language::primitive;

use super::Cell;
use crate::writer::Writer;

/// Rules with arguments.
const RULES: [(&str, &[&str]); 9] = [
    ("min", &["1", "0", "-1", "1.5", "2, max: 1"]),
    ("max", &["40", "0"]),
    ("pattern", &["\"[A-Za-z0-9+@.:_-]+\"", "\"(\"", "\"(?=a)b\"", "\".*\""]),
    ("one_of", &["[A, B]", "[1, 2]", "[]"]),
    ("above", &["0", "5, max: 5"]),
    ("scale", &["2", "1.5"]),
    ("latest", &["24h", "soon"]),
    ("min_age", &["18", "old"]),
    ("present", &["true", "false"]),
];

/// What else is asked of fields.
const KEYS: [(&str, &[&str]); 6] = [
    ("default", &["x", "5", "1.5", "true", "[]", "{}"]),
    ("const", &["fixed", "5", "true", "null", "[a, 1]", "{ a: 1 }", "1.5", "99999999999999999999"]),
    ("accepts", &["[number]", "[text]", "[single]", "[blanks]", "[separators]"]),
    ("also", &["[other, another]"]),
    ("optional", &["true, min: 1", "true, const: x"]),
    ("raises", &["{ required: own.absent }", "{ type: own.wrong }"]),
];

const TYPES: [&str; 4] = ["Choice", "Inner", "[text]", "[Inner]"];

pub fn all() -> Vec<Cell> {
    let types = || primitive::words().chain(TYPES);
    let words = RULES.into_iter().chain(KEYS);
    words
        .flat_map(|(word, arguments)| {
            types().flat_map(move |ty| arguments.iter().map(move |argument| Cell::Ruled(word, ty, argument)))
        })
        .collect()
}

/// Whether the language lets a field of this type have this.
pub fn fits(rule: &str, ty: &str, argument: &str) -> bool {
    let number = ["integer", "decimal"].contains(&ty);
    let many = ty.starts_with('[') || ["map", "pairs"].contains(&ty);
    let other = ["boolean", "json", "never", "Inner", "date", "time"].contains(&ty);
    let text = !number && !many && !other;
    match (rule, argument) {
        (_, "2, max: 1" | "5, max: 5") => false,
        ("max", "0") if ["phone", "Choice"].contains(&ty) => false,
        ("min" | "max" | "above", argument) => number || !other && argument.bytes().all(|byte| byte.is_ascii_digit()),
        ("pattern", argument) => !argument.contains("\"(") && (text || ["date", "time"].contains(&ty)),
        ("one_of", argument) => argument == "[A, B]" && text && ty != "phone",
        ("scale", argument) => argument == "2" && number,
        ("latest", argument) => argument == "24h" && ty == "time",
        ("min_age", argument) => argument == "18" && ["date", "text"].contains(&ty),
        ("accepts", "[separators]" | "[number]") => ty != "phone",
        ("const", "99999999999999999999") => false,
        ("present", argument) => argument == "true" && ty != "never",
        ("default", "x") => ["text", "url", "html", "email", "digits"].contains(&ty),
        ("default", "5") => number,
        ("default", "1.5") => ty == "decimal",
        ("default", "true") => ty == "boolean",
        ("default", "[]") => ty.starts_with('['),
        ("default", _) => ["map", "pairs", "json"].contains(&ty),
        ("optional", "true, min: 1") => !other,
        _ => true,
    }
}

pub fn write(writer: &mut Writer<'_>, rule: &'static str, ty: &'static str, argument: &'static str) {
    let odd = if fits(rule, ty, argument) { "" } else { "odd " };
    writer.about(format!("{odd}rule {rule}"));
    writer.about(format!("{odd}field {ty}"));
    writer.draft.line("enums", "Choice", "[A, B]");
    writer.draft.payload("Inner", vec![("text".to_owned(), "optional text".to_owned())]);
    let mut open = writer.open();
    let field = format!("{{ as: {ty}, {rule}: {argument} }}");
    open.request.push(("looked".to_owned(), field));
    if rule == "raises" {
        for fault in ["own.absent", "own.wrong"].into_iter().filter(|fault| argument.contains(fault)) {
            if !writer.own_faults.iter().any(|other| other == fault) {
                writer.own_faults.push(fault.to_owned());
            }
        }
    }
    if writer.tape.one_in(2) {
        open.response.push(("at".to_owned(), "request.time".to_owned()));
    }
    writer.close(open);
}
