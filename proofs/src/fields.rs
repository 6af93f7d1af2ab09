//! How a meaning is written as a field: with the enum of its closed set, with the payload of the things in its list.

use countersign::naming::{camel, pascal, screaming};
use countersign::vocabulary::{Natural, Vocabulary};

use crate::draft::{Draft, Lines};

/// Things that only behaviours and the bank see.
const INSIDE: [&str; 3] = ["known_device", "known_payment_account", "enrolled_answer"];

/// Columns that tables may have, by turns.
const COLUMNS: [&[&str]; 3] = [
    &["questions.enabled", "questions.show_all", "questions.count", "questions.pool"],
    &["questions.pool", "app.currency", "document.updated"],
    &["questions.enabled", "questions.count", "questions.pool", "payment_account.type", "document.links"],
];

/// The key and the columns of the table of a part.
pub fn table(part: usize) -> (&'static str, &'static [&'static str]) {
    let keys = ["issuer.id", "app.id", "country.code"];
    let pick = |at: usize| keys.get(at % keys.len()).copied().unwrap_or("issuer.id");
    (pick(part), COLUMNS.get(part % COLUMNS.len()).copied().unwrap_or_default())
}

/// The name on the wire: `user.id` is `userId`.
pub fn wire(meaning: &str) -> String {
    camel(meaning)
}

/// True for what no payload can show.
pub fn is_of_the_bank(words: &Vocabulary, meaning: &str) -> bool {
    matches!(words.meaning(meaning), Some(Natural::List(inner)) if INSIDE.contains(&inner.as_str()))
}

/// The field as it is written, required.
pub fn written(draft: &mut Draft, words: &Vocabulary, meaning: &str) -> String {
    match words.meaning(meaning).cloned() {
        Some(Natural::OneOf(values)) => format!("{meaning} as {}", enumeration(draft, meaning, &values)),
        Some(Natural::List(inner)) if words.entities.has(&inner) || attributes(words, &inner).next().is_some() => {
            format!("[{}]", payload_of(draft, words, &inner))
        }
        Some(Natural::List(inner)) => format!("{{ is: {meaning}, as: [{inner}] }}"),
        Some(Natural::Entity(_)) => format!("{meaning} as {}", form(draft, words)),
        _ => meaning.to_owned(),
    }
}

/// The same field, which may be absent.
pub fn optional(written: &str) -> String {
    match (written.strip_prefix("{ "), written.strip_prefix('[')) {
        (Some(inside), _) => format!("{{ optional: true, {inside}"),
        (None, Some(_)) => format!("{{ as: {written}, optional: true }}"),
        (None, None) => format!("optional {written}"),
    }
}

fn enumeration(draft: &mut Draft, meaning: &str, values: &[String]) -> String {
    let name = format!("{}Value", pascal(meaning));
    let members: Vec<String> = values.iter().map(|value| format!("IS_{}: {value}", screaming(value))).collect();
    draft.line("enums", &name, format!("{{ {} }}", members.join(", ")));
    name
}

fn attributes<'v>(words: &'v Vocabulary, entity: &'v str) -> impl Iterator<Item = &'v str> {
    words.attributes(entity)
}

/// A payload with all qualities of a thing.
fn payload_of(draft: &mut Draft, words: &Vocabulary, entity: &str) -> String {
    let entity = if entity == "pooled_question" { "question" } else { entity };
    let name = format!("{}Line", pascal(entity));
    let all: Vec<String> = attributes(words, entity).map(|quality| format!("{entity}.{quality}")).collect();
    let mut fields = Lines::new();
    for meaning in all.iter().filter(|meaning| !is_of_the_bank(words, meaning)) {
        fields.push((wire(meaning), optional(&written(draft, words, meaning))));
    }
    draft.payload(&name, fields);
    name
}

/// A form: attributes of three sorts, one of which holds an amount.
fn form(draft: &mut Draft, words: &Vocabulary) -> String {
    let account = payload_of(draft, words, "bank_account");
    let config = payload_of(draft, words, "field_config");
    let choice = format!(
        "bankAccounts: {{ as: [{account}], default: [] }}, enabled: {{ is: account_choice.enabled, default: false }}, defaultValue: optional account_choice.default"
    );
    let of = format!(
        "{{ NOTE: {{ note: optional text }}, AMOUNT: {{ amount: optional operation.amount }}, BANK_ACCOUNT_CHOICE: {{ {choice} }} }}"
    );
    draft.line(
        "unions",
        "FormAttribute",
        format!("{{ tag: type, unknown: echo, every: {{ id: optional attribute.id }}, of: {of} }}"),
    );
    let fields = [
        ("title", "optional text".to_owned()),
        ("config", format!("{{ as: [{config}], default: [] }}")),
        ("parameters", "{ as: [FormAttribute], default: [] }".to_owned()),
    ];
    draft.payload("FormData", fields.into_iter().map(|(name, field)| (name.to_owned(), field)).collect());
    "FormData".to_owned()
}
