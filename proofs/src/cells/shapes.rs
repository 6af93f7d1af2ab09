//! Forms: envelopes, callers, wires, statuses, names, errors, texts, nested payloads, unions and lists.

use super::{Cell, errors, nested};
use crate::fields;
use crate::writer::Writer;

const FORMS: [(&str, &[&str]); 11] = [
    (
        "envelope",
        &[
            "{ failure: Failure }",
            "{ request: { body: Body }, failure: Failure }",
            "{ success: { ok: { const: true }, body: Body }, failure: { ok: { const: false }, code: error.code } }",
            "{ request: { head: Head, +: Body }, success: { time: request.time, +: Body }, failure: Failure }",
            "{ success: Body, failure: Failure }",
            "{ request: { message: message.header, +: Body }, success: { message: optional message.header, +: Body }, failure: { message: optional message.header, code: error.code } }",
            "{ failure: { code: error.code, key: error.key, text: error.text, status: error.status } }",
            "{ failure: { code: error.code, codes: optional violations.codes, fields: optional violations.by_field } }",
            "{ failure: { code: error.code, tries: optional otp.attempts_left, id: optional otp.id } }",
            "{ failure: Failure, failure_type: application/problem+json }",
        ],
    ),
    ("callers", &["bearer", "{ basic: realm }", "{ none: a test }", "{ session: visit }"]),
    (
        "wire",
        &[
            "{ unknown_fields: reject }",
            "{ field_names: any_case }",
            "{ enum_names: any_case }",
            "{ empty_body: allowed }",
            "{ nulls: omit }",
            "{ text_accepts: [number, boolean] }",
            "{ decimal_accepts: [text] }",
            "{ length: utf16 }",
            "{ times: epoch_ms }",
            "{ times: epoch_s }",
            "{ phones: digits }",
            "{ times: \"%Y-%m-%d\" }",
            "{ times: plain }",
            "{ body_limit: 1KiB }",
        ],
    ),
    ("success", &["200", "201", "202", "204", "205", "299"]),
    ("empty", &["response", "request", "both", "no response", "204"]),
    (
        "name",
        &[
            "type",
            "Self",
            "user_id",
            "UPPER-CASE",
            "a.b",
            "1st",
            "*",
            "_",
            "$",
            "é",
            "x y",
            "self",
            "rest",
            "cx",
            "request",
        ],
    ),
    ("member", &["OK", "a", "1", "*", "", "男", "Self", "None", "with space", "a-b"]),
    ("error", &["as", "column", "code", "says", "text", "first of", "every"]),
    (
        "text",
        &[
            "{{ otp.code }} {{ user.id }}",
            "{{ otp.code | upper }}",
            "{% if user.id %}{{ otp.code }}{% endif %}",
            "{{ otp.code }} {{ settings.name }}",
            "{{ otp.code }} {{ request.id }}",
            "{{ otp.code | nothing }}",
            "{{ otp.code }} {{ nobody.knows }}",
            "no code",
            "{{ otp.code | safe }}",
            "{% include 'x' %}{{ otp.code }}",
            "{{ otp.code }} {{ operation.amount }}",
            "{{ otp.code }} {{ build.version }}",
            "{{ otp.code }} {{ settings.name | upper }}{% if request.language == 'en' %}, in English{% endif %}",
            "{% if user.id is defined %}{{ user.id }}: {% endif %}{{ otp.code }}",
            "{% set whose = user.id | default('nobody') %}{{ otp.code }} {{ whose | trim }}",
        ],
    ),
    (
        "consent",
        &[
            "I pay.",
            "I pay {{ operation.amount }}.",
            "{{ operation.account | safe }}",
            "{{ user.id }}",
            "{% if operation.data %}x{% endif %}",
            "I pay {% if operation.amount %}{{ operation.amount }}{% else %}nothing{% endif %} at {{ request.time }}.",
        ],
    ),
    (
        "nest",
        &[
            "required",
            "optional",
            "list",
            "union",
            "path",
            "head",
            "conditional",
            "default",
            "shared route",
            "include",
            "unknown",
            "elements",
            "shared query",
            "whole list",
            "whole object",
            "format",
            "different elements",
            "day of a time",
            "number of a phone",
            "text of what may be absent",
            "more of a shipped entity",
        ],
    ),
];

pub fn all() -> Vec<Cell> {
    FORMS.into_iter().flat_map(|(what, forms)| forms.iter().map(move |form| Cell::Shaped(what, form))).collect()
}

/// What the language refuses on purpose.
pub fn is_odd(what: &str, form: &str) -> bool {
    let odd = [
        ("wire", "{ times: plain }"),
        ("envelope", "{ success: Body, failure: Failure }"),
        ("name", "é"),
        ("name", "a.b"),
        ("text", "no code"),
        ("text", "{{ otp.code | nothing }}"),
        ("text", "{{ otp.code }} {{ nobody.knows }}"),
        ("text", "{% include 'x' %}{{ otp.code }}"),
        ("text", "{{ otp.code }} {{ operation.amount }}"),
        ("consent", "{{ operation.account | safe }}"),
        ("consent", "{{ user.id }}"),
    ];
    odd.contains(&(what, form))
}

/// A shipped meaning, asked for and sent back.
pub fn echo(writer: &mut Writer<'_>, meaning: &str) {
    writer.about("echo");
    if fields::is_of_the_bank(writer.words, meaning) {
        writer.about("odd thing of the bank");
    }
    let mut open = writer.open();
    let always = writer.words.always.iter().any(|entity| meaning.split('.').next() == Some(entity));
    let optional = writer.tape.one_in(2);
    let written = fields::written(&mut writer.draft, writer.words, meaning);
    let written = if optional { fields::optional(&written) } else { written };
    if !always {
        open.request.push((fields::wire(meaning), written.clone()));
    }
    open.response.push((fields::wire(meaning), written));
    writer.close(open);
}

pub fn write(writer: &mut Writer<'_>, what: &'static str, form: &'static str) {
    let odd = if is_odd(what, form) { "odd " } else { "" };
    writer.about(format!("{odd}form {what}"));
    let mut open = writer.open();
    let field = |name: &str, yaml: &str| (name.to_owned(), yaml.to_owned());
    match what {
        "envelope" | "callers" | "wire" => {
            writer.draft.set(what, form);
            writer.draft.payload("Head", vec![field("trace", "optional text")]);
            if what == "callers" && form.contains("session") {
                writer.draft.set(what, "{ none: a test }");
                writer.draft.line("sessions", "visit", "{ idle: 1h, binds: [user.id] }");
                open.keys.push(field("callers", form));
            }
            open.request.extend([
                field("name", "optional text"),
                field("at", "optional time"),
                field("count", "optional integer"),
                field("sum", "optional decimal"),
            ]);
            open.response.extend(
                [field("time", "request.time"), field("id", "optional user.id")]
                    .into_iter()
                    .skip(usize::from(form.contains("request.time"))),
            );
        }
        "success" => {
            open.keys.push(field("success", form));
            open.request.push(field("name", "optional text"));
            if !["204", "205"].contains(&form) || writer.tape.one_in(2) {
                open.response.push(field("time", "request.time"));
            }
        }
        "empty" => {
            let rust = countersign::naming::pascal(&open.name);
            if ["response", "both"].contains(&form) {
                writer.draft.payload(&format!("{rust}Response"), Vec::new());
            }
            if ["request", "both"].contains(&form) {
                writer.draft.payload(&format!("{rust}Request"), Vec::new());
            }
            if form == "204" {
                open.keys.push(field("success", "204"));
            }
        }
        "name" => {
            open.request.push(field(form, "optional text"));
            open.response.push(field(form, "request.time"));
        }
        "member" => {
            writer.draft.line("enums", "Members", format!("[{form:?}, other]"));
            open.request.push(field("asked", "optional Members"));
        }
        "error" => errors::error(writer, &mut open, form),
        "text" => {
            writer.draft.line("settings", "name", "Bank");
            writer.draft.line("texts", "own.text", format!("{form:?}"));
            let kind = writer.own("code");
            writer.draft.line("otps", &kind, "{ digits: 6, life: 5m, attempts: 3, text: own.text, binds: [user.id] }");
            writer.need(&mut open, "user.id");
            writer.step(&mut open, "send_otp");
        }
        // What endpoints expect depends on operations, so they stand before all of them.
        "consent" if !writer.draft.endpoints.is_empty() => open.response.push(field("at", "request.time")),
        "consent" => {
            let consent = "consent: { html: own.consent, options: { AGREE: { html: own.consent, required: true } } }";
            let needs = if form.contains("amount") { "needs: [operation.amount], " } else { "" };
            writer.draft.line("operations", "pay", format!("{{ {needs}sms: code.text, {consent} }}"));
            writer.draft.line("texts", "own.consent", format!("{form:?}"));
            if !needs.is_empty() {
                writer.need(&mut open, "operation.amount");
            }
            writer.step(&mut open, "create_consent");
        }
        _ => nested::nest(writer, &mut open, form),
    }
    writer.close(open);
}
