//! Message keys of rules: each rule has one where failures list violations by key, and each is of a rule that the field
//! has.

use crate::diagnostic::Diagnostic;
use crate::language::rules::{self, Argument};
use crate::raw::{self, Says, Text};
use crate::report::Report;
use crate::resolve::Resolved;

/// What is said when a rule breaks is said of a rule that the field has.
pub(super) fn check_says(of: &Resolved<'_>, field: &raw::Field, report: &mut Report) {
    for (word, _) in without_rule(of, field) {
        let text = format!("`{}` has no rule `{}`, so nothing says this", field.name.text, word.text);
        report.push_new("unused", word.place, text, format!("add the rule, `{}: ...`, or take this out", word.text));
    }
}

/// Keys of rules that the field does not have, as the definition's own files say them.
fn without_rule<'f>(of: &'f Resolved<'_>, field: &'f raw::Field) -> impl Iterator<Item = &'f (Text, Text)> {
    let keys = if let Says::Each(keys) = &field.says { Some(keys) } else { None };
    let implied = |word: &str| {
        rules::find(word).is_some_and(|row| matches!(row.argument, Argument::Implied(_)))
            && (word != "const" || field.constant.is_some())
    };
    keys.into_iter().flat_map(|keys| keys.iter()).filter(move |(word, _)| {
        let known = rules::find(&word.text).is_some() && of.sources.is_own(word.place);
        known && !implied(&word.text) && !field.rules.iter().any(|rule| rule.word.text == word.text)
    })
}

/// Tells of rules without a key: at a key that is of no rule, if there is one, else at the field.
pub(super) fn report_silent(of: &Resolved<'_>, field: &raw::Field, silent: &[&str], report: &mut Report) {
    let (rule, they, are) = if silent.len() == 1 { ("rule", "it", "is") } else { ("rules", "they", "are") };
    let named: Vec<String> = silent.iter().map(|rule| format!("`{rule}`")).collect();
    let named = format!("the {rule} {}, and says nothing when {they} {are} broken", named.join(" and "));
    let name = &field.name.text;
    if let (Some((word, key)), [first, ..]) = (without_rule(of, field).next(), silent) {
        let text = format!("`{name}` has no rule `{}`; it has {named}", word.text);
        let help = format!("write `{first}: {}` in place of `{}: {}`", key.text, word.text, key.text);
        report.push_new("rule-without-key", word.place, text, help);
        return;
    }
    let mut keys = field_keys(of, field, silent);
    if silent == ["required"] {
        keys.push_str(", or make it `optional: true`");
    }
    report.push(Diagnostic::new("rule-without-key", field.name.place, format!("`{name}` has {named}")).help(keys));
}

/// Keys to add: like those that the field says, or such as answers might show.
fn field_keys(of: &Resolved<'_>, field: &raw::Field, silent: &[&str]) -> String {
    let own_key = if let Says::Each(keys) = &field.says { keys.iter().next() } else { None };
    let stem = own_key.map_or(field.name.text.as_str(), |(_, key)| {
        key.text.rsplit_once('.').map_or(key.text.as_str(), |(stem, _)| stem)
    });
    let key = |rule: &&str| {
        let word = of.raw.validation.words.get(rule).map_or(*rule, |word: &Text| word.text.as_str());
        format!("{rule}: {stem}.{word}")
    };
    let keys = silent.iter().map(key).collect::<Vec<_>>().join(", ");
    match own_key {
        Some(_) => format!("add message keys to its `says`, such as `{keys}`"),
        None => format!("add message keys, such as `says: {{ {keys} }}`"),
    }
}
