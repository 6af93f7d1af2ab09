//! The keys of the language, section by section: what may stand where. Reading a definition refuses every other key.

use super::rules;

/// A part of a definition that has keys of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The top level.
    Definition,
    /// `wire`
    Wire,
    /// `validation`
    Validation,
    /// `validation.codes`
    Codes,
    /// `callers`
    Callers,
    /// `meanings.*`
    Meaning,
    /// `behaviours.*`
    Behaviour,
    /// `otps.*`
    Otp,
    /// `sessions.*`
    Session,
    /// `tables.*`
    Table,
    /// `operations.*`
    Operation,
    /// `operations.*.consent`
    Consent,
    /// `operations.*.consent.options.*`
    ConsentOption,
    /// `every_endpoint`
    EveryEndpoint,
    /// `endpoints.*`
    Endpoint,
    /// `endpoints.*.errors.*`
    EndpointError,
    /// `examples.*.*`
    Example,
    /// A field of a payload, rules aside.
    Field,
    /// `unions.*`
    Union,
    /// `enums.*.*`
    EnumMember,
    /// `envelope`
    Envelope,
    /// `envelopes.*`
    NamedEnvelope,
    /// `errors.*`, columns aside.
    Row,
}

/// A section: what it is called in messages, and its keys.
#[derive(Debug)]
pub struct Row {
    /// Which one.
    pub section: Section,
    /// As messages call it.
    pub what: &'static str,
    /// Its keys, in the order in which messages list them.
    pub keys: &'static [&'static str],
}

const fn row(section: Section, what: &'static str, keys: &'static [&'static str]) -> Row {
    Row { section, what, keys }
}

/// All sections.
pub static SECTIONS: [Row; 23] = [
    row(
        Section::Definition,
        "a definition",
        &[
            "adapter",
            "title",
            "version",
            "base",
            "extends",
            "callers",
            "wire",
            "envelope",
            "envelopes",
            "validation",
            "settings",
            "otps",
            "sessions",
            "tables",
            "operations",
            "meanings",
            "behaviours",
            "endpoints",
            "every_endpoint",
            "payloads",
            "unions",
            "enums",
            "says",
            "errors",
            "every_error",
            "messages",
            "examples",
            "about",
        ],
    ),
    row(
        Section::Wire,
        "`wire`",
        &[
            "unknown_fields",
            "field_names",
            "enum_names",
            "nulls",
            "text_accepts",
            "decimal_accepts",
            "length",
            "times",
            "phones",
            "empty_body",
            "body_limit",
        ],
    ),
    row(Section::Validation, "`validation`", &["blank", "says", "words", "codes", "types"]),
    row(Section::Codes, "`codes`", &["field", "body"]),
    row(Section::Callers, "`callers`", &["none", "basic", "session"]),
    row(Section::Meaning, "a meaning", &["as", "shorten"]),
    row(Section::Behaviour, "a behaviour", &["needs", "expects", "takes", "gives", "outcome", "refuses", "fails"]),
    row(
        Section::Otp,
        "a kind of code",
        &[
            "alphabet",
            "digits",
            "life",
            "attempts",
            "text",
            "words",
            "code_mark",
            "per_phone",
            "one_per",
            "find_by",
            "binds",
            "keeps",
            "id_life",
            "id",
        ],
    ),
    row(Section::Session, "a kind of session", &["idle", "binds"]),
    row(Section::Table, "a table", &["key", "gives", "optional"]),
    row(Section::Operation, "an operation", &["like", "needs", "sms", "accounts", "consent", "unknown_user"]),
    row(Section::Consent, "a consent", &["html", "options"]),
    row(Section::ConsentOption, "an option", &["html", "required"]),
    row(Section::EveryEndpoint, "`every_endpoint`", &["does", "errors", "without"]),
    row(
        Section::Endpoint,
        "an endpoint",
        &[
            "about", "route", "when", "does", "errors", "apart", "without", "success", "request", "response",
            "envelope", "callers",
        ],
    ),
    row(Section::EndpointError, "an error of an endpoint", &["for"]),
    row(
        Section::Example,
        "an example",
        &["endpoint", "route", "sent_as", "given", "request", "response", "error", "sms"],
    ),
    row(
        Section::Field,
        "a field",
        &[
            "is", "as", "format", "text", "in", "called", "optional", "const", "default", "also", "accepts", "says",
            "raises", "at", "when", "rust",
        ],
    ),
    row(Section::Union, "a union", &["tag", "unknown", "every", "of"]),
    row(Section::EnumMember, "a member of an enum", &["number", "is", "rust"]),
    row(Section::Envelope, "an envelope", &["request", "success", "failure", "failure_type"]),
    row(Section::NamedEnvelope, "an envelope", &["request", "success", "failure"]),
    row(Section::Row, "an error", &["status", "for", "says", "code", "as", "because"]),
];

/// Keys whose values are true or false, wherever they stand.
pub const FLAGS: [&str; 5] = ["optional", "shorten", "required", "agrees", "present"];

/// The row of a section.
fn find(section: Section) -> Option<&'static Row> {
    SECTIONS.iter().find(|row| row.section == section)
}

/// The keys of a section; those of a field are followed by its rules.
pub fn of(section: Section) -> Vec<&'static str> {
    let keys = find(section).map(|row| row.keys).unwrap_or_default().iter().copied();
    let rules = rules::keys().filter(|_| section == Section::Field);
    keys.chain(rules).collect()
}

/// What the sections are called that have a key.
pub fn sections_with(key: &str) -> impl Iterator<Item = &'static str> {
    let has = move |row: &&Row| of(row.section).contains(&key);
    SECTIONS.iter().filter(has).map(|row| row.what).collect::<Vec<_>>().into_iter()
}

/// What messages call a section.
pub fn what(section: Section) -> &'static str {
    find(section).map(|row| row.what).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fields_keys_end_with_its_rules() {
        let keys = of(Section::Field);
        assert!(keys.starts_with(&["is", "as"]) && keys.contains(&"min") && !keys.contains(&"required"), "{keys:?}");
        assert_eq!(what(Section::Otp), "a kind of code");
    }
}
