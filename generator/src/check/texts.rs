//! Texts: those that would be shown are there, show only what is at hand, say what they must, and fit into an SMS.

use countersign_engine::sms;

use crate::arena::Id;
use crate::derive::Derived;
use crate::diagnostic::Diagnostic;
use crate::model::{self, Choice};
use crate::naming::near;
use crate::plan::{TextKind, TextUse};
use crate::raw::{RowSays, Text};
use crate::report::Report;
use crate::resolve::templates::variables;
use crate::resolve::{Resolved, failure_meanings, is_consent};
use crate::source::Place;

/// The most parts that a message is sent in.
const PARTS: usize = 2;
/// What two parts hold, of the 7-bit alphabet or of UTF-16.
const SEPTETS: usize = 306;
const UTF16_UNITS: usize = 134;
/// How long a value is where nobody says.
const LONGEST: usize = 40;

/// Tags that a consent text may have; attributes it has none.
const TAGS: [&str; 14] = ["b", "br", "div", "em", "h1", "h2", "h3", "i", "li", "ol", "p", "span", "strong", "ul"];

pub(super) fn check_texts(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    for (_, texts) in of.raw.messages.iter() {
        for (key, text) in texts.iter() {
            check_template(key, text, report);
        }
    }
    let uses = || derived.iter().flat_map(|one| one.plan.texts.iter().map(move |text| (one, text)));
    for (one, text) in uses().filter(|(_, text)| text.kind == TextKind::Sms) {
        let choice = one.plan.steps.get(text.step).map(|step| step.choice);
        let kind = if let Some(Choice::Code(kind)) = choice { Some(kind) } else { None };
        check_sms(of, kind, &at_hand(of, text), report);
    }
    let mut steps = derived.iter().flat_map(|one| &one.plan.steps);
    if steps.any(|step| is_consent(&of.behaviours[step.behaviour].said)) {
        let shown: Vec<AtHand<'_>> =
            uses().filter(|(_, text)| text.kind == TextKind::Consent).map(|(_, text)| at_hand(of, text)).collect();
        check_consents(of, &shown, report);
    }
    check_shown_texts(of, derived, report);
}

/// What a text may show, by name.
type AtHand<'r> = Vec<&'r str>;

fn at_hand<'r>(of: &'r Resolved<'_>, text: &TextUse) -> AtHand<'r> {
    text.at_hand.iter().map(|(id, _)| of.meaning(*id).name.as_str()).collect()
}

fn check_template(key: &Text, text: &Text, report: &mut Report) {
    if let Err(error) = variables(&text.text) {
        let said = format!("`{}` is no template: {error}", key.text);
        report.tell("bad-template", text.place, said, "write values as `{{ user.given_name }}`");
    }
    if super::catalogues::looks_secret(&text.text) {
        let said = format!("`{}` has a secret written out", key.text);
        report.tell("secret-written-out", text.place, said, "keep secrets in the settings");
    }
}

/// Every SMS of an endpoint shows the code and what the operation needs.
fn check_sms(of: &Resolved<'_>, kind: Option<Id<model::OtpKind>>, have: &AtHand<'_>, report: &mut Report) {
    let kind = kind.map(|kind| of.catalogues.otps[kind].raw);
    // A message in the caller's words has no text of the definition.
    if kind.is_some_and(|kind| kind.words.is_some()) {
        return;
    }
    for operation in &of.catalogues.operations {
        let needed: Vec<String> = operation.needs.iter().map(|need| need.text.text.clone()).collect();
        match operation.sms.or(kind.and_then(|kind| kind.text.as_ref())) {
            Some(key) => check_one_sms(of, key, &needed, have, report),
            None if of.raw.operations.get(&operation.name.text).is_some_and(|one| one.like.is_some()) => {}
            None => {
                let text = format!("the operation `{}` has no SMS text", operation.name.text);
                let help = "add `sms: <message key>`, or a `text` to the kind of code";
                report.tell("missing-text", operation.place, text, help);
            }
        }
    }
    match kind.and_then(|kind| kind.text.as_ref()) {
        Some(key) => check_one_sms(of, key, &[], have, report),
        None if of.catalogues.operations.is_empty() => {
            let place = kind.map_or(of.raw.place, |kind| kind.place);
            report.tell("missing-text", place, "the code has no SMS text", "add `text: <message key>`");
        }
        None => {}
    }
}

fn check_one_sms(of: &Resolved<'_>, key: &Text, needed: &[String], have: &AtHand<'_>, report: &mut Report) {
    exists(of, key, report);
    for (language, texts) in of.raw.messages.iter() {
        let Some((_, text)) = texts.entry(&key.text) else { continue };
        let Ok(used) = variables(&text.text) else { continue };
        for meaning in std::iter::once("otp.code").chain(needed.iter().map(String::as_str)) {
            if !used.iter().any(|one| one == meaning) {
                let said = format!("the SMS `{}` ({}) does not show `{meaning}`", key.text, language.text);
                let help = format!("add `{{{{ {meaning} }}}}`: who reads the message must see what the code is for");
                report.tell("text-lacks-value", text.place, said, help);
            }
        }
        for meaning in used.iter().filter(|meaning| *meaning != "otp.code" && !have.contains(&meaning.as_str())) {
            not_at_hand(of, key, language, text.place, meaning, have, report);
        }
        check_length(of, key, language, text, report);
    }
}

fn not_at_hand(
    of: &Resolved<'_>,
    key: &Text,
    language: &Text,
    place: Place,
    meaning: &str,
    have: &AtHand<'_>,
    report: &mut Report,
) {
    if is_everywhere(of, meaning) || is_setting(of, meaning) {
        return;
    }
    let said = format!("`{}` ({}) shows `{meaning}`, which is not at hand there", key.text, language.text);
    let code = (of.catalogues.operations.iter().any(|one| one.sms.is_some_and(|sms| sms.text == key.text)))
        .then_some("otp.code");
    let known = have.iter().copied().chain(code);
    let help = near(meaning, known).map(|near| format!("did you mean `{near}`?"));
    report.push(Diagnostic::new("unknown-value", place, said).help("show only what the request means").help_if(help));
}

/// True for what is at hand everywhere; a column of an error is where there is an error.
fn is_everywhere(of: &Resolved<'_>, meaning: &str) -> bool {
    meaning.starts_with("error.") || of.meanings.find(meaning).is_some_and(|id| of.meaning(id).is_always)
}

fn is_setting(of: &Resolved<'_>, meaning: &str) -> bool {
    meaning.strip_prefix("settings.").is_some_and(|setting| of.raw.settings.has(setting))
}

/// The length of the text with its longest values.
fn check_length(of: &Resolved<'_>, key: &Text, language: &Text, text: &Text, report: &mut Report) {
    let filled = filled(&text.text, |meaning| longest(of, meaning));
    if sms::parts(&filled) <= PARTS {
        return;
    }
    let (most, unit, why) = match sms::is_gsm(&filled) {
        true => (SEPTETS, "characters", "shorten it"),
        false => (
            UTF16_UNITS,
            "characters outside the SMS alphabet",
            "shorten it, or write it without letters such as `ě` and `ů`",
        ),
    };
    let (length, key, language) = (sms::length(&filled), &key.text, &language.text);
    let said = match length > most {
        true => format!("the SMS `{key}` ({language}) can have {length} {unit}, and two messages hold {most}"),
        false => {
            format!("the SMS `{key}` ({language}) can have a sign on the border of two messages, which makes three")
        }
    };
    report.tell("sms-too-long", text.place, said, why);
}

fn longest(of: &Resolved<'_>, meaning: &str) -> usize {
    if meaning == "otp.code" {
        let kinds = of.raw.otps.iter().filter_map(|(_, kind)| kind.digits);
        return kinds.map(|(digits, _)| digits as usize).max().unwrap_or(9);
    }
    of.words.longest.get(meaning).copied().unwrap_or(LONGEST)
}

/// Tells of a text that the default language lacks: the others fall back to it.
fn exists(of: &Resolved<'_>, key: &Text, report: &mut Report) {
    let language = of.default_language();
    let texts = of.raw.messages.get(language);
    if texts.is_none_or(|texts| !texts.has(&key.text)) {
        let help = texts.and_then(|texts| near(&key.text, texts.names())).map(|near| format!("did you mean `{near}`?"));
        let text = format!("`{language}` has no text `{}`", key.text);
        let told =
            Diagnostic::new("missing-text", key.place, text).help(format!("add it to `messages/{language}.yaml`"));
        report.push(told.help_if(help));
    }
}

fn check_consents(of: &Resolved<'_>, have: &[AtHand<'_>], report: &mut Report) {
    let mut done: Vec<String> = Vec::new();
    for consent in of.catalogues.operations.iter().filter_map(|operation| operation.consent) {
        for key in std::iter::once(&consent.html).chain(consent.options.iter().map(|(_, (html, _))| html)) {
            if done.contains(&key.text) {
                continue;
            }
            done.push(key.text.clone());
            exists(of, key, report);
            for (language, texts) in of.raw.messages.iter() {
                let Some((_, text)) = texts.entry(&key.text) else { continue };
                check_tags(key, language, text, report);
                for meaning in variables(&text.text).unwrap_or_default() {
                    if let Some(lacks) = have.iter().find(|have| !have.contains(&meaning.as_str())) {
                        not_at_hand(of, key, language, text.place, &meaning, lacks, report);
                    }
                }
            }
        }
    }
}

fn check_tags(key: &Text, language: &Text, text: &Text, report: &mut Report) {
    for tag in tags(&text.text).into_iter().filter(|tag| !tag.starts_with('/')) {
        let name = tag.trim_end_matches('/').trim();
        if !TAGS.contains(&name) {
            let said = format!("the consent `{}` ({}) has the tag `<{tag}>`", key.text, language.text);
            report.tell(
                "tag-not-allowed",
                text.place,
                said,
                format!("allowed are, without attributes: {}", TAGS.join(", ")),
            );
        }
    }
}

/// Texts that a failure or a response shows: those of rows, and those of refusals.
fn check_shown_texts(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    let definition = of.raw;
    let shows_text = failure_meanings(of).iter().any(|(meaning, _)| of.meaning(*meaning).name == "error.text");
    if shows_text {
        for (code, row) in definition.errors.iter() {
            let keys: Vec<Text> = match &row.says {
                None => vec![code.clone()],
                Some(RowSays::One(text)) if text.text.contains("{{") => Vec::new(),
                Some(RowSays::One(key)) => vec![key.clone()],
                Some(RowSays::FirstOf(_)) => Vec::new(),
            };
            keys.iter().for_each(|key| exists(of, key, report));
        }
    }
    let mut done: Vec<&str> = Vec::new();
    for step in derived.iter().flat_map(|one| &one.plan.steps) {
        let behaviour = &of.behaviours[step.behaviour].said;
        let shows = behaviour.gives.iter().any(|meaning| meaning.ends_with(".error_text"));
        for fault in behaviour.refuses.iter().filter(|_| shows) {
            let Some((name, key)) = definition.says.entry(fault) else {
                let text = format!(
                    "`{}` tells the user why, and nothing says what `{fault}` is called",
                    of.behaviours[step.behaviour].name
                );
                report.tell(
                    "missing-text",
                    definition.place,
                    text,
                    format!("add `{fault}: <message key>` under `says:`"),
                );
                continue;
            };
            if !done.contains(&name.text.as_str()) {
                done.push(&name.text);
                exists(of, key, report);
            }
        }
    }
    for (_, row) in definition.errors.iter() {
        if let Some(RowSays::One(text)) =
            row.says.as_ref().filter(|says| matches!(says, RowSays::One(text) if text.text.contains("{{")))
        {
            for meaning in variables(&text.text).unwrap_or_default() {
                if !is_everywhere(of, &meaning) {
                    let said = format!("the message shows `{meaning}`, which an error does not have");
                    report.tell("unknown-value", text.place, said, "it has `error.*`, `request.*` and `build.*`");
                }
            }
        }
    }
}

/// A template with a value of the longest length in each place.
fn filled(text: &str, longest: impl Fn(&str) -> usize) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else { break };
        let meaning = inside.split('|').next().unwrap_or_default().trim_matches(['-', ' ']);
        filled.push_str(before);
        filled.push_str(&"0".repeat(longest(meaning)));
        rest = after;
    }
    filled + rest
}

/// What stands between `<` and `>`.
fn tags(text: &str) -> Vec<&str> {
    text.split('<').skip(1).map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_their_longest_length() {
        let longest = |meaning: &str| if meaning == "otp.code" { 8 } else { 2 };
        assert_eq!(filled("a {{ otp.code }} b {{- user.id | upper }}", longest), "a 00000000 b 00");
        assert_eq!(filled("{{ otp.code }}{{ open", longest), "00000000{{ open");
    }

    #[test]
    fn tags_are_found() {
        assert_eq!(tags("x<br/>y<script>"), ["br/", "script"]);
    }
}
