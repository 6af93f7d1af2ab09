//! What the keys of the language mean, a line each, and the words that `explain` itself uses.

use super::keys::{self, Section};
use super::rules;

/// Keys of a section with what each means.
type Rows = &'static [(&'static str, &'static str)];

/// All sections.
static ABOUT: [(Section, Rows); 23] = [
    (
        Section::Definition,
        &[
            ("adapter", "the name, in lower case with hyphens: `my-bank-data-adapter`"),
            ("title", "the name for people"),
            ("version", "the version of the API, a text"),
            ("base", "the prefix of all paths; they are served with and without it"),
            ("extends", "the definition that this one changes: a built-in one by its name, any other by its path"),
            ("callers", "who may call: `bearer`, `{ basic: <realm> }`, or `{ none: <reason> }`"),
            ("wire", "how JSON is read and written"),
            ("envelope", "what stands around every body"),
            ("envelopes", "further ones by name, for endpoints that say `envelope: <name>`"),
            ("validation", "how broken rules are reported"),
            ("settings", "what may be set without generating again: names and defaults"),
            ("otps", "the kinds of codes"),
            ("sessions", "the kinds of sessions"),
            ("tables", "tables whose rows are settings"),
            ("operations", "the operations that users authorize"),
            ("meanings", "words of your own that fields may mean: `card.number: text`"),
            ("behaviours", "hooks of your own, which you write in Rust"),
            ("endpoints", "what can be called"),
            ("every_endpoint", "what every endpoint does first, goes without and may answer"),
            ("payloads", "bodies and their parts"),
            ("unions", "types of several variants, which a field distinguishes"),
            ("enums", "closed sets of names on the wire"),
            ("says", "the message key of a fault; it goes before that of the error that answers it"),
            ("errors", "the error table: a row for each code"),
            ("every_error", "what rows leave out"),
            ("messages", "texts, if not in `messages/<language>.yaml`"),
            ("examples", "calls and their answers, if not in `examples/<name>.yaml`"),
            ("about", "a sentence for readers"),
        ],
    ),
    (
        Section::Wire,
        &[
            ("unknown_fields", "`ignore` or `reject`"),
            ("field_names", "`exact` or `any_case`"),
            ("enum_names", "`exact` or `any_case`"),
            ("nulls", "`send` or `omit` what is null in answers"),
            ("text_accepts", "kinds of JSON values that are read as text, too: `number`, `boolean`"),
            ("decimal_accepts", "kinds of JSON values that are read as decimals, too: `text`"),
            ("length", "what lengths count: `chars` or `utf16`"),
            ("times", "how times are written: `epoch_ms`, `epoch_s` or a strftime pattern"),
            ("phones", "how phones are written: `international`, or `digits` without `+`"),
            ("empty_body", "`allowed`: no body is read as `{}`; or `refused`"),
            (
                "body_limit",
                "the largest body: `1KiB` to `16MiB`, `64KiB` if not said; the setting of that name ends at `1MiB`",
            ),
        ],
    ),
    (
        Section::Validation,
        &[
            ("blank", "`empty`: white space alone is nothing; or `text`"),
            ("says", "message keys for rules that say none themselves"),
            ("words", "the words for `*` in `says: <key>.*`"),
            ("codes", "the patterns of `violations.codes`"),
            ("types", "what wire types are called in those codes"),
        ],
    ),
    (Section::Codes, &[("field", "codes of a field's violation"), ("body", "codes of the body's")]),
    (
        Section::Callers,
        &[
            ("none", "anybody may call, for this reason"),
            ("basic", "callers show an access id and a key, in this realm"),
            ("session", "callers show the token of a session of this kind"),
        ],
    ),
    (Section::Meaning, &[("as", "its type"), ("shorten", "`true`: a message may cut its value")]),
    (
        Section::Behaviour,
        &[
            ("needs", "meanings that must be bound"),
            ("expects", "meanings that bind or restrict a check: bound, or the endpoint says `without`"),
            ("takes", "meanings that are used when they are bound"),
            ("gives", "meanings that a response may show and later behaviours may use"),
            ("outcome", "what reports its refusals: a meaning that is `passed | failed`"),
            ("refuses", "faults by which it says no: an answer shows the outcome, or errors answer them"),
            ("fails", "faults that it can end with"),
        ],
    ),
    (
        Section::Otp,
        &[
            ("alphabet", "`digits` or `base32`"),
            ("digits", "how many characters: 6 to 9 digits, 10 to 32 of base32"),
            ("life", "how long a code is good: `5m`, at most `10m`, of base32 a day"),
            ("attempts", "how often it may be tried: 1 to 5"),
            ("text", "the key of the SMS, where an operation has none"),
            ("words", "`from_caller`: messages are in the caller's words, `sms.words`"),
            ("code_mark", "what stands in the caller's words for a code that is made here: `\"{{code}}\"`"),
            ("per_phone", "how many codes one phone gets: `10 in 1h`"),
            ("one_per", "values of which each has one code: a new one voids the older"),
            ("find_by", "what a code is found by where a request has no id of it"),
            ("binds", "values that must be the same when the code is checked"),
            ("keeps", "values that are stored with the code and given back when it is right"),
            ("id_life", "how long the id is known"),
            ("id", "what a code is found by: `uuid`, `token` or `code`"),
        ],
    ),
    (
        Section::Session,
        &[("idle", "how long it may rest: `1m` to `30d`"), ("binds", "texts that the session stands for")],
    ),
    (
        Section::Table,
        &[
            ("key", "the meanings that a row is found by"),
            ("gives", "the meanings that a row gives"),
            ("optional", "`true`: without rows, all pass"),
        ],
    ),
    (
        Section::Operation,
        &[
            ("like", "another operation, which it is the same as but for what it says itself"),
            ("needs", "values that the operation has, and its SMS shows"),
            ("sms", "the key of its SMS"),
            ("accounts", "the attribute of the form that offers the user's accounts"),
            ("consent", "the consent form"),
            ("unknown_user", "`silent`: the answer does not show that there is no such user; or `error`"),
        ],
    ),
    (Section::Consent, &[("html", "the key of the form's text"), ("options", "the lines to tick")]),
    (Section::ConsentOption, &[("html", "the key of the line's text"), ("required", "`true`: it must be ticked")]),
    (
        Section::EveryEndpoint,
        &[
            ("does", "behaviours that every endpoint does first"),
            ("errors", "errors that every endpoint may answer"),
            ("without", "the `expects` that every endpoint does without"),
        ],
    ),
    (
        Section::Endpoint,
        &[
            ("about", "one sentence, for docs"),
            ("route", "method and path: `POST /users/{userId}`; what stands in braces is a field of the request"),
            (
                "when",
                "what distinguishes it from others at its route: `{ field: value }`, or fields of which one is there",
            ),
            ("does", "a behaviour, or a list of them in order; `send_otp: sms` says its option"),
            ("errors", "the errors that it may answer; `CODE: fault` answers that fault here, too"),
            ("apart", "refusals that are errors here although the answer shows others"),
            ("without", "the `expects` that it does without, on purpose"),
            ("success", "the HTTP status of its answer, or one for each outcome"),
            ("request", "the payload of its request, if not `<Name>Request`"),
            ("response", "the payload of its answer, if not `<Name>Response`"),
            ("envelope", "another envelope than the usual one"),
            ("callers", "`{ session: <kind> }`: the session that a request must come in"),
        ],
    ),
    (Section::EndpointError, &[("for", "faults that the error answers here, beside those of its row")]),
    (
        Section::Example,
        &[
            ("endpoint", "what is called"),
            ("route", "method and path of a call that no endpoint takes"),
            ("sent_as", "another media type than JSON"),
            ("given", "what hooks answer"),
            ("request", "the body that is sent"),
            ("response", "the body of a success"),
            ("error", "the body of a failure, or its code alone"),
            ("sms", "the message that is sent"),
        ],
    ),
    (
        Section::Field,
        &[
            ("is", "what it means: `user.id`; `{ M: { id: x } }` means M where the field `id` beside it is x"),
            ("as", "its type on the wire"),
            ("format", "of a day or a time: how it is written here, as `wire.times` says it for all times"),
            ("text", "in an answer: the text that fills it; a link escapes its values"),
            ("in", "`header` or `query`, where it does not stand in the body; `body`, where it is all of the body"),
            ("called", "its name on the wire, where the key is another"),
            ("optional", "`true`: it may be absent or null"),
            ("const", "it always has this value"),
            ("default", "its value where it is absent"),
            ("also", "other names under which it is read"),
            ("accepts", "other forms that are read: `number`, `text`, `single`, `blanks`, `separators`, `plus`"),
            ("says", "the message key when a rule breaks: one for all, one for each rule, or `<key>.*`"),
            ("raises", "a fault of its own for each rule, in place of `input.invalid`"),
            ("at", "of rules on a meaning: the field at which they are reported"),
            ("when", "of rules on a meaning: they hold only for this value of another meaning"),
            ("rust", "its name in Rust, where the one made from the wire name will not do"),
        ],
    ),
    (
        Section::Union,
        &[
            ("tag", "the field that distinguishes the variants"),
            ("unknown", "`echo`: an unknown variant is sent back as it came; or `refuse`"),
            ("every", "fields that every variant has"),
            ("of", "the variants, each with its own fields, or the name of one that it is like"),
        ],
    ),
    (
        Section::EnumMember,
        &[
            ("number", "also read as this number"),
            ("is", "the value of the meaning that it shows"),
            ("rust", "its name in Rust, where the one made from the wire name will not do"),
        ],
    ),
    (
        Section::Envelope,
        &[
            ("request", "what stands around requests"),
            ("success", "what stands around answers"),
            ("failure", "what failures look like"),
            ("failure_type", "the media type of failures"),
        ],
    ),
    (
        Section::NamedEnvelope,
        &[
            ("request", "what stands around requests"),
            ("success", "what stands around answers"),
            ("failure", "what failures look like"),
        ],
    ),
    (
        Section::Row,
        &[
            ("status", "the HTTP status"),
            ("for", "the faults that it answers: `otp.wrong`, `otp.*`"),
            (
                "says",
                "its message key, its own name if left out; a list: the first whose keys all occur; a text with `{{ }}`",
            ),
            ("code", "the code on the wire, where two rows share one"),
            ("as", "a payload that is sent in place of the envelope's failure"),
            ("because", "why a wrong path or method, which is the caller's fault, is answered with 5xx"),
        ],
    ),
];

/// Words of the pages that `explain` prints.
pub static PAGES: [(&str, &str); 10] = [
    ("needs", "what the behaviour cannot do without"),
    ("checks by", "what binds or restricts the check: the `expects` of its signature that are bound here"),
    ("without", "an `expects` that is not bound here, and the endpoint says so"),
    ("bound to", "what the kind of code binds or keeps: it must be the same when the code is checked"),
    ("uses", "what the behaviour takes because it is there"),
    ("texts show", "values that the texts show which the behaviour makes, beside those that it has itself"),
    ("passes to hooks", "values of the request that hooks of the bank get as facts: `call.fact(\"card.number\")`"),
    ("asks", "the hooks of the bank that the behaviour calls"),
    ("if sent", "the request may leave the value out"),
    ("worked out of", "the value follows from others, such as the amount from the operation's data"),
];

/// What a key of a section means.
pub fn of(section: Section, key: &str) -> Option<&'static str> {
    let rows = ABOUT.iter().find(|(one, _)| *one == section).map(|(_, rows)| *rows)?;
    rows.iter().find(|(one, _)| *one == key).map(|(_, about)| *about)
}

/// Every place where a key stands: what the section is called there, and what the key means.
pub fn everywhere(key: &str) -> Vec<(&'static str, &'static str)> {
    let of_sections = ABOUT.iter().filter_map(|(section, _)| Some((keys::what(*section), of(*section, key)?)));
    let mut all: Vec<(&str, &str)> = of_sections.collect();
    all.extend(rules::find(key).map(|rule| ("a rule of a field", rule.about)));
    all.dedup();
    all
}

/// Every key that can be asked for.
pub fn names() -> impl Iterator<Item = &'static str> {
    ABOUT
        .iter()
        .flat_map(|(_, rows)| rows.iter().map(|(key, _)| *key))
        .chain(rules::words())
        .chain(PAGES.iter().map(|(word, _)| *word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_every_section_is_explained_and_no_other() {
        for row in &keys::SECTIONS {
            let rows =
                ABOUT.iter().find(|(section, _)| *section == row.section).map(|(_, rows)| *rows).unwrap_or_default();
            assert_eq!(rows.iter().map(|(key, _)| *key).collect::<Vec<_>>(), row.keys, "{}", row.what);
        }
    }
}
