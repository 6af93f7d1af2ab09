//! Declarations, the shared definitions that endpoints use by name: types, kinds of codes and sessions, operations,
//! tables, settings, texts.

use super::endpoints::fields;
use super::section;
use crate::arena::Id;
use crate::markdown::{code, codes, table, text};
use crate::model::{Adapter, IdForm, Meaning, OtpKind, SettingValue};

/// Payloads that stand in others, unions and enums.
pub fn types(of: &Adapter) -> String {
    let mut all = String::new();
    let own = |id| of.endpoints.iter().any(|endpoint| endpoint.request == Some(id) || endpoint.response == Some(id));
    for (id, payload) in of.payloads.pairs() {
        if !own(id) && (payload.in_request || payload.in_response) {
            all.push_str(&section(3, &payload.name, &fields(of, id)));
        }
    }
    for union in of.unions.iter().filter(|union| union.is_reached) {
        let mut below = format!("Told by {}.", code(&union.tag));
        if union.echo_unknown {
            below.push_str(" A variant that is not known is sent back as it came.");
        }
        for variant in &union.variants {
            below.push_str(&format!("\n\n{}\n\n{}", code(&variant.wire), fields(of, variant.payload)));
        }
        all.push_str(&section(3, &union.name, &below));
    }
    for one in of.enums.iter().filter(|one| one.is_reached) {
        let rows: Vec<Vec<String>> = one
            .members
            .iter()
            .map(|member| {
                let number = member.number.map(|number| number.to_string()).unwrap_or_default();
                vec![code(&member.wire), member.shows.as_deref().map(text).unwrap_or_default(), number]
            })
            .collect();
        all.push_str(&section(3, &one.name, &table(&["Value", "Means", "Also read as"], &rows)));
    }
    section(2, "Types", &all)
}

/// Kinds of codes and sessions, operations and tables.
pub fn codes_and_operations(of: &Adapter) -> String {
    let otps: Vec<Vec<String>> = of.otps.iter().map(|kind| otp(of, kind)).collect();
    let heads = ["Kind", "Code", "Good for", "Tries", "Found by", "Must be the same again", "A new one voids"];
    let sessions: Vec<Vec<String>> =
        of.sessions.iter().map(|kind| vec![code(&kind.name), kind.idle.clone(), names(of, &kind.binds)]).collect();
    let operations: Vec<Vec<String>> = of
        .operations
        .iter()
        .map(|operation| {
            let unknown = if operation.silent { "hidden" } else { "disclosed" };
            let sms = operation.sms.as_deref().map(code).unwrap_or_default();
            vec![code(&operation.name), names(of, &operation.needs), sms, unknown.to_owned()]
        })
        .collect();
    let tables: Vec<Vec<String>> = of
        .tables
        .iter()
        .map(|one| {
            let may = if one.optional { "may have no rows" } else { "" };
            vec![code(&one.name), names(of, &one.key), names(of, &one.gives), may.to_owned()]
        })
        .collect();
    [
        section(2, "Codes", &table(&heads, &otps)),
        section(2, "Sessions", &table(&["Kind", "Rests no longer than", "Bound to"], &sessions)),
        section(2, "Operations", &table(&["Operation", "Needs", "SMS", "An unknown user is"], &operations)),
        section(2, "Tables", &table(&["Table", "Key", "Gives", ""], &tables)),
    ]
    .concat()
}

fn otp(of: &Adapter, kind: &OtpKind) -> Vec<String> {
    let found = match kind.id {
        IdForm::Uuid => "a UUID",
        IdForm::Token => "a token",
        IdForm::Code => "the code itself",
    };
    let shape = format!("{} of {}", kind.digits, kind.alphabet.word());
    vec![
        code(&kind.name),
        shape,
        kind.life.clone(),
        kind.attempts.to_string(),
        found.to_owned(),
        names(of, &kind.binds),
        names(of, &kind.one_per),
    ]
}

fn names(of: &Adapter, ids: &[Id<Meaning>]) -> String {
    codes(ids.iter().map(|id| of.meanings[*id].name.as_str()))
}

/// What may be set without generating again.
pub fn settings(of: &Adapter) -> String {
    let mut rows: Vec<Vec<String>> = of
        .settings
        .iter()
        .map(|setting| {
            let default = match &setting.default {
                SettingValue::Text(text) => code(text),
                SettingValue::Boolean(yes) => code(&yes.to_string()),
                SettingValue::Integer(number) => code(&number.to_string()),
            };
            vec![code(&setting.path), default, "of the definition".to_owned()]
        })
        .collect();
    for kind in of.otps.iter() {
        let path = |word: &str| code(&format!("otps.{}.{word}", kind.name));
        rows.push(vec![path("digits"), code(&kind.digits.to_string()), "characters of a code".to_owned()]);
        rows.push(vec![path("life"), code(&kind.life), "how long it is good".to_owned()]);
        rows.push(vec![path("attempts"), code(&kind.attempts.to_string()), "how often it may be tried".to_owned()]);
    }
    for kind in of.sessions.iter() {
        let path = code(&format!("sessions.{}.idle", kind.name));
        rows.push(vec![path, code(&kind.idle), "how long it may rest".to_owned()]);
    }
    for one in of.tables.iter() {
        let about = if one.optional { "rows; without them all pass" } else { "rows; some must be set" };
        rows.push(vec![code(&format!("tables.{}", one.name)), String::new(), about.to_owned()]);
    }
    let common = "Those that every adapter has (ports, store, keys, limits, callers) stand in `docs/settings.md`.";
    section(2, "Settings", &format!("{}\n{common}", table(&["Setting", "Default", "What it is"], &rows)))
}

/// The texts by key, a column for each language.
pub fn texts(of: &Adapter) -> String {
    let mut languages: Vec<&str> = of.texts.iter().map(|text| text.language.as_str()).collect();
    languages.dedup();
    let mut keys: Vec<&str> = Vec::new();
    for one in &of.texts {
        if !keys.contains(&one.key.as_str()) {
            keys.push(&one.key);
        }
    }
    let find = |language: &str, key: &str| of.texts.iter().find(|one| one.language == language && one.key == key);
    let rows: Vec<Vec<String>> = keys
        .iter()
        .map(|key| {
            let texts =
                languages.iter().map(|language| find(language, key).map(|one| text(&one.text)).unwrap_or_default());
            std::iter::once(code(key)).chain(texts).collect()
        })
        .collect();
    let heads: Vec<&str> = std::iter::once("Key").chain(languages.iter().copied()).collect();
    section(2, "Texts", &table(&heads, &rows))
}
