//! Turns a fault into what the payload of a failure shows: code, key, text, violations. The error table has chosen the
//! row; nothing here knows a code.

use std::collections::HashSet;
use std::fmt;

use crate::adapter::Validation;
use crate::context::Core;
use crate::fault::{ErrorRow, Fault, Refusal, Says, Violation, ViolationText};
use crate::shown::Shown;
use crate::values::Json;
use crate::wire::Encoder;

/// For how many bytes of a code there is room at first.
const USUAL_CODE: usize = 96;

/// What an endpoint's error table can do; derived by `ErrorTable`.
pub trait Answer: From<Fault> + fmt::Debug + Send {
    /// The row that answers the fault.
    fn row(&self) -> &'static ErrorRow;
    /// The fault itself.
    fn fault(&self) -> &Fault;
    /// Writes what is sent in place of the envelope's failure, if the row has a payload of its own; true if it has.
    /// Its headers are shown one by one.
    fn shown(&self, _refusal: &Refusal, _encoder: &mut Encoder, _show: &mut dyn FnMut(&'static str, Json)) -> bool {
        false
    }
}

/// What a failure is filled from.
pub fn refusal(answer: &impl Answer, core: &Core) -> Refusal {
    let shown = Failure { row: answer.row(), fault: answer.fault(), core };
    let Failure { row, fault, .. } = shown;
    let key = shown.key();
    let validation = &core.adapter().validation;
    let about_fields = is_about_fields(fault);
    Refusal {
        code: row.code.to_owned(),
        status: i64::from(row.status),
        text: shown.text(&key),
        columns: row.columns.iter().map(|(name, text)| (*name, shown.filled(text, Some(&key)))).collect(),
        codes: about_fields.then(|| codes(validation, fault, &key)),
        violations: shown.violations(&key),
        attempts_left: fault.carried().attempts_left,
        attempts: fault.carried().attempts,
        id: fault.carried().id.clone(),
        outcome: fault.carried().outcome,
        method: fault.carried().method,
        header: core.message().header,
        key,
        ..Refusal::default()
    }
}

/// A fault and the row that answers it.
#[derive(Clone, Copy)]
struct Failure<'a> {
    row: &'static ErrorRow,
    fault: &'a Fault,
    core: &'a Core,
}

impl Failure<'_> {
    /// The key of the fault's message, or its text where the row has one of its own. What a behaviour finds wrong with a
    /// field has its message there, and the whole has the row's.
    fn key(&self) -> String {
        let is_of_a_field = !self.fault.violations.is_empty() && !is_about_fields(self.fault);
        if let Some(key) = self.core.key_of(self.fault.name).filter(|_| !is_of_a_field) {
            return key.to_owned();
        }
        match self.row.says {
            Says::Key(key) => key.to_owned(),
            Says::FirstOf(lines) => first_of(lines, &self.fault.violations).to_owned(),
            Says::Text(text) => self.filled(text, None),
        }
    }

    /// The text of a key in the caller's language; of several keys, the texts one after the other. What has no text is
    /// shown as it is.
    fn text(&self, key: &str) -> String {
        let (texts, language) = (&self.core.shared.texts, self.core.call.language.as_str());
        let one = |key: &str| {
            let text = texts.has(language, key).then(|| texts.render(language, key, |one| self.value(one, Some(key))));
            text.and_then(Result::ok)
        };
        let all = || key.split(' ').map(one).collect::<Option<Vec<_>>>().map(|texts| texts.join(" "));
        one(key).or_else(all).unwrap_or_else(|| key.to_owned())
    }

    /// A text of the table with its values.
    fn filled(&self, text: &str, key: Option<&str>) -> String {
        self.core.shared.texts.of_row(self.row.code, text, |meaning| self.value(meaning, key))
    }

    /// What a text may show of the failure.
    fn value(&self, meaning: &str, key: Option<&str>) -> Option<Shown> {
        let carried = self.fault.carried();
        match meaning {
            "request.id" => Some(Shown::Text(self.core.error_reference())),
            "error.code" => Some(Shown::Text(self.row.code.to_owned())),
            "error.status" => Some(Shown::Integer(i64::from(self.row.status))),
            "error.key" => key.map(|key| Shown::Text(key.to_owned())),
            "otp.attempts_left" => carried.attempts_left.map(Shown::Integer),
            "otp.attempts" => carried.attempts.map(Shown::Integer),
            "otp.id" => carried.id.clone().map(Shown::Text),
            other => self.core.shown_value(other),
        }
    }

    /// The violations with their texts.
    fn violations(&self, key: &str) -> Vec<ViolationText> {
        let (texts, language) = (&self.core.shared.texts, self.core.call.language.as_str());
        let told = |violation: &Violation| {
            let value = |meaning: &str| match meaning {
                "allowed" => Some(Shown::Text(violation.allowed.to_owned())),
                other => self.value(other, Some(key)),
            };
            let has = texts.has(language, &violation.key);
            let text = has.then(|| texts.render(language, &violation.key, value)).and_then(Result::ok);
            ViolationText {
                field: violation.path.clone(),
                rule: violation.rule,
                message_key: violation.key.clone(),
                message: text.unwrap_or_else(|| violation.key.clone()),
            }
        };
        self.fault.violations.iter().map(told).collect()
    }
}

fn is_about_fields(fault: &Fault) -> bool {
    fault.name == "body.malformed" || fault.name.starts_with("input.")
}

/// The first line whose keys all occur; the last line always fits.
fn first_of<'a>(lines: &[&'a str], violations: &[Violation]) -> &'a str {
    let keys: HashSet<&str> = violations.iter().map(|violation| violation.key.as_str()).collect();
    let fits = |line: &&&str| line.split_whitespace().all(|key| keys.contains(key));
    lines.iter().find(fits).or(lines.last()).copied().unwrap_or_default()
}

fn codes(validation: &Validation, fault: &Fault, key: &str) -> Vec<String> {
    if fault.violations.is_empty() {
        let of_key = |name: &str| (name == "key").then_some(key);
        return validation.body_codes.iter().map(|pattern| written(pattern, of_key)).collect();
    }
    fault.violations.iter().flat_map(|violation| codes_of(validation, violation)).collect()
}

fn codes_of<'v>(validation: &'v Validation, violation: &'v Violation) -> impl Iterator<Item = String> + use<'v> {
    let patterns = if violation.path.is_empty() { validation.body_codes } else { validation.field_codes };
    let of_violation = |name: &str| match name {
        "path" => Some(violation.path.as_str()),
        "name" => Some(violation.path.rsplit('.').next().unwrap_or_default()),
        "type" => Some(violation.type_name.as_str()),
        "key" => Some(violation.key.as_str()),
        _ => None,
    };
    patterns.iter().map(move |pattern| written(pattern, of_violation))
}

/// A pattern with values in place of their names in braces; what has no value stays as it is.
fn written<'v>(pattern: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let (mut text, mut rest) = (String::with_capacity(USUAL_CODE), pattern);
    while let Some((before, from)) = rest.split_once('{') {
        text.push_str(before);
        let named = from.split_once('}').and_then(|(name, behind)| Some((value(name)?, behind)));
        text.push_str(named.map_or("{", |(value, _)| value));
        rest = named.map_or(from, |(_, behind)| behind);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(key: &str, path: &str) -> Violation {
        Violation {
            key: key.to_owned(),
            path: path.to_owned(),
            type_name: "java.lang.String".to_owned(),
            rule: "required",
            allowed: "",
        }
    }

    const LINES: &[&str] = &[
        "login.username.empty login.password.empty",
        "login.username.empty login.password.long",
        "login.username.empty",
        "login.password.empty login.username.long",
        "login.password.empty",
        "login.username.long login.password.long",
        "login.username.long",
        "login.password.long",
        "login.authenticationFailed",
    ];

    /// The documented table: which of four keys occur, and the message that follows.
    #[test]
    fn the_message_follows_from_four_keys_in_all_sixteen_combinations() {
        for bits in 0..16u8 {
            let keys = ["login.username.empty", "login.username.long", "login.password.empty", "login.password.long"];
            let has = |at: usize| bits & (1 << at) != 0;
            let mut violations: Vec<_> = (0..4).filter(|at| has(*at)).map(|at| violation(keys[at], "x")).collect();
            violations.push(violation("login.organizationId.empty", "y"));
            let expected = match (has(0), has(1), has(2), has(3)) {
                (true, _, true, _) => "login.username.empty login.password.empty",
                (true, _, false, true) => "login.username.empty login.password.long",
                (true, _, false, false) => "login.username.empty",
                (false, true, true, _) => "login.password.empty login.username.long",
                (false, false, true, _) => "login.password.empty",
                (false, true, false, true) => "login.username.long login.password.long",
                (false, true, false, false) => "login.username.long",
                (false, false, false, true) => "login.password.long",
                (false, false, false, false) => "login.authenticationFailed",
            };
            assert_eq!(first_of(LINES, &violations), expected, "{bits:04b}");
        }
    }

    #[test]
    fn codes_are_built_from_the_patterns() {
        let validation = Validation {
            field_codes: &[
                "{key}.objectRequest.requestObject.{path}",
                "{key}.requestObject.{path}",
                "{key}.{name}",
                "{key}.{type}",
                "{key}",
            ],
            body_codes: &["{key}.objectRequest", "{key}"],
            ..Validation::DEFAULT
        };
        let fault = Fault {
            violations: vec![violation("consent.invalidRequest", "operationContext.name")],
            ..Fault::new("input.invalid")
        };
        assert_eq!(
            codes(&validation, &fault, "unused"),
            [
                "consent.invalidRequest.objectRequest.requestObject.operationContext.name",
                "consent.invalidRequest.requestObject.operationContext.name",
                "consent.invalidRequest.name",
                "consent.invalidRequest.java.lang.String",
                "consent.invalidRequest",
            ]
        );
        let malformed = Fault::new("body.malformed");
        assert_eq!(codes(&validation, &malformed, "k"), ["k.objectRequest", "k"]);
    }

    #[test]
    fn what_stands_in_braces_and_has_no_value_stays() {
        let value = |name: &str| (name == "key").then_some("{path}");
        for (pattern, expected) in [("{key}.{name}", "{path}.{name}"), ("{{key}", "{{path}"), ("a}{", "a}{"), ("", "")]
        {
            assert_eq!(written(pattern, value), expected);
        }
    }
}
