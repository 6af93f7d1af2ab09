//! `adapter.rs`: the constant that holds what the definition fixes, and the envelopes.

use serde::Serialize;

use super::escaping::{doc, literal, literals, option, sentence};
use super::fields::{FieldView, Marks, Owner, field};
use super::scope::{Scope, type_name};
use crate::model::{Callers, Consent, Failure, OperationKind, Payload, Validation, Wire};
use crate::naming;

/// What the template receives.
#[derive(Serialize)]
pub struct View {
    source: String,
    name: String,
    title: String,
    title_docs: String,
    version: String,
    base: String,
    callers: String,
    wire: String,
    validation: String,
    says: String,
    otps: String,
    sessions: String,
    operations: Vec<Operation>,
    consents: Vec<ConsentView>,
    texts: Vec<Text>,
    envelopes: Vec<Envelope>,
}

#[derive(Serialize)]
struct Operation {
    name: String,
    needs: String,
    sms: String,
    accounts: String,
    consent: String,
    unknown_user: &'static str,
}

#[derive(Serialize)]
struct ConsentView {
    name: String,
    html: String,
    options: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    id: String,
    html: String,
    required: bool,
}

#[derive(Serialize)]
struct Text {
    language: String,
    key: String,
    text: String,
}

#[derive(Serialize)]
struct Envelope {
    docs: &'static str,
    name: String,
    attributes: Vec<String>,
    fields: Vec<FieldView>,
}

/// The envelopes by their Rust names, where there are any.
pub struct EnvelopeNames {
    pub request: Option<String>,
    pub success: Option<String>,
    pub failure: Option<String>,
}

/// What the envelopes are called.
pub fn envelope_names(scope: &Scope<'_>) -> EnvelopeNames {
    let envelope = &scope.adapter.envelope;
    let named = |payload: &Option<Payload>, name: &str| payload.is_some().then(|| format!("{name}Envelope"));
    let failure = envelope.failure.as_ref().map(|failure| type_name(&failure.payload.name));
    EnvelopeNames {
        request: named(&envelope.request, "Request"),
        success: named(&envelope.success, "Success"),
        failure,
    }
}

/// Builds the view.
pub fn view(scope: &Scope<'_>) -> View {
    let adapter = scope.adapter;
    let mut consents: Vec<(String, &Consent)> = Vec::new();
    let operations = adapter.operations.iter().map(|kind| operation(scope, kind, &mut consents)).collect();
    let sessions = adapter.sessions.iter().map(super::settings::session_name);
    let sessions: Vec<String> = sessions.map(|name| format!("{name}::KIND")).collect();
    let otps: Vec<String> =
        adapter.otps.iter().map(|kind| format!("{}::KIND", super::settings::code_name(kind))).collect();
    View {
        source: doc(&adapter.source),
        name: literal(&adapter.name),
        title: literal(&adapter.title),
        title_docs: sentence(&adapter.title),
        version: literal(&adapter.version),
        base: literal(&adapter.base),
        callers: callers(&adapter.callers),
        wire: wire(&adapter.wire, takes_encrypted_passwords(scope)),
        validation: validation(&adapter.validation),
        says: pairs(&adapter.says),
        otps: format!("&[{}]", otps.join(", ")),
        sessions: format!("&[{}]", sessions.join(", ")),
        operations,
        consents: consents.into_iter().map(|(name, consent)| consent_view(name, consent)).collect(),
        texts: adapter.texts.iter().map(text).collect(),
        envelopes: envelopes(scope),
    }
}

fn callers(callers: &Callers) -> String {
    match callers {
        Callers::None(reason) => format!("Callers::None({})", literal(reason)),
        Callers::Bearer => "Callers::Bearer".to_owned(),
        Callers::Basic(realm) => format!("Callers::Basic({})", literal(realm)),
    }
}

fn wire(wire: &Wire, encrypted_passwords: bool) -> String {
    let mut fields = Vec::new();
    fields.extend(wire.reject_unknown_fields.then(|| "unknown_fields: UnknownFields::Reject".to_owned()));
    fields.extend(wire.omit_nulls.then(|| "nulls: Nulls::Omit".to_owned()));
    fields.extend(kinds("text_accepts", &wire.text_accepts));
    fields.extend(kinds("decimal_accepts", &wire.decimal_accepts));
    fields.extend(wire.length_utf16.then(|| "length: Length::Utf16".to_owned()));
    fields.extend(wire.times.as_deref().map(times));
    fields.extend(wire.phones_digits.then(|| "phones: Phones::Digits".to_owned()));
    fields.extend(wire.body_limit.map(|limit| format!("body_limit: {}", grouped(limit))));
    fields.extend(wire.any_case_fields.then(|| "field_names: Case::Any".to_owned()));
    fields.extend(wire.any_case_enums.then(|| "enum_names: Case::Any".to_owned()));
    fields.extend(wire.empty_body.then(|| "empty_body: EmptyBody::Allowed".to_owned()));
    fields.extend(encrypted_passwords.then(|| "encrypted_passwords: true".to_owned()));
    with_rest("Wire", fields, 11)
}

/// True if a request says how its password is protected.
fn takes_encrypted_passwords(scope: &Scope<'_>) -> bool {
    let asked = scope.adapter.payloads.iter().filter(|payload| payload.in_request);
    let mut meanings = asked.flat_map(|payload| &payload.fields).filter_map(|field| field.meaning);
    meanings.any(|meaning| scope.meaning(meaning).name == "user.password_protection")
}

/// `1_048_576`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

fn times(pattern: &str) -> String {
    match pattern {
        "epoch_ms" => "times: Times::EpochMs".to_owned(),
        "epoch_s" => "times: Times::EpochS".to_owned(),
        pattern => format!("times: Times::Pattern({})", literal(pattern)),
    }
}

fn kinds(field: &str, kinds: &[String]) -> Option<String> {
    let listed: Vec<String> = kinds.iter().map(|kind| format!("JsonKind::{}", naming::pascal(kind))).collect();
    (!listed.is_empty()).then(|| format!("{field}: &[{}]", listed.join(", ")))
}

fn validation(validation: &Validation) -> String {
    let mut fields = Vec::new();
    fields.extend(validation.blank_is_empty.then(|| "blank_is_empty: true".to_owned()));
    fields.extend((!validation.says.is_empty()).then(|| format!("says: {}", pairs(&validation.says))));
    let codes = |name: &str, codes: &[String]| (!codes.is_empty()).then(|| format!("{name}: {}", literals(codes)));
    fields.extend(codes("field_codes", &validation.field_codes));
    fields.extend(codes("body_codes", &validation.body_codes));
    fields.extend((!validation.types.is_empty()).then(|| format!("types: {}", pairs(&validation.types))));
    with_rest("Validation", fields, 5)
}

/// A struct literal whose other fields are those of its `DEFAULT`.
fn with_rest(name: &str, mut fields: Vec<String>, all: usize) -> String {
    if fields.is_empty() {
        return format!("{name}::DEFAULT");
    }
    if fields.len() < all {
        fields.push(format!("..{name}::DEFAULT"));
    }
    format!("{name} {{ {} }}", fields.join(", "))
}

fn pairs(pairs: &[(String, String)]) -> String {
    let listed: Vec<String> = pairs.iter().map(|(one, two)| format!("({}, {})", literal(one), literal(two))).collect();
    format!("&[{}]", listed.join(", "))
}

/// An operation; a consent form that several share stands once, under the name of the first.
fn operation<'a>(scope: &Scope<'_>, kind: &'a OperationKind, consents: &mut Vec<(String, &'a Consent)>) -> Operation {
    let consent = kind.consent.as_ref().map(|consent| {
        let known = consents.iter().find(|(_, other)| *other == consent).map(|(name, _)| name.clone());
        known.unwrap_or_else(|| {
            let name = format!("{}_CONSENT", naming::screaming(&kind.name));
            consents.push((name.clone(), consent));
            name
        })
    });
    Operation {
        name: literal(&kind.name),
        needs: literals(kind.needs.iter().map(|need| &scope.meaning(*need).name)),
        sms: option(kind.sms.as_ref()),
        accounts: option(kind.accounts.as_ref()),
        consent: consent.map_or_else(|| "None".to_owned(), |name| format!("Some({name})")),
        unknown_user: if kind.silent { "Silent" } else { "Error" },
    }
}

fn consent_view(name: String, consent: &Consent) -> ConsentView {
    let line = |line: &crate::model::ConsentLine| Line {
        id: literal(&line.id),
        html: literal(&line.html),
        required: line.required,
    };
    ConsentView { name, html: literal(&consent.html), options: consent.options.iter().map(line).collect() }
}

fn text(text: &crate::model::Text) -> Text {
    Text { language: literal(&text.language), key: literal(&text.key), text: literal(&text.text) }
}

fn envelopes(scope: &Scope<'_>) -> Vec<Envelope> {
    let names = envelope_names(scope);
    let envelope = &scope.adapter.envelope;
    // A failure that is a payload of the definition stands among the others.
    let own = |failure: &&Failure| failure.declared.is_none();
    let failure = envelope.failure.as_ref().filter(own).map(|failure| &failure.payload);
    let around = [
        (envelope.request.as_ref(), names.request, "What stands around a request.", false),
        (envelope.success.as_ref(), names.success, "What stands around an answer.", false),
        (failure, names.failure, "What stands around a failure.", true),
    ];
    let each = around
        .into_iter()
        .filter_map(|(payload, name, docs, refusal)| Some(envelope_view(scope, payload?, &name?, docs, refusal)));
    let named = scope.adapter.failures.iter().filter(own).map(|failure| &failure.payload);
    let docs = "What stands around a failure of some endpoints.";
    each.chain(named.map(|payload| envelope_view(scope, payload, &payload.name, docs, true))).collect()
}

fn envelope_view(scope: &Scope<'_>, payload: &Payload, name: &str, docs: &'static str, refusal: bool) -> Envelope {
    let meanings = if refusal { Marks::of_refusal() } else { Marks::none() };
    let fields = payload.fields.iter().enumerate();
    let fields: Vec<FieldView> =
        fields.map(|(at, each)| field(scope, &meanings, Owner { payload, id: None }, at, each, false)).collect();
    let generic = if payload.fields.iter().any(|field| field.ty == crate::model::Type::Body) { "<B>" } else { "" };
    let attributes = match meanings.arguments.is_empty() {
        true => Vec::new(),
        false => vec![format!("payload({})", meanings.arguments.join(", "))],
    };
    Envelope { docs, name: format!("{}{generic}", type_name(name)), attributes, fields }
}
