//! Texts: those that would be shown are there, show only what is at hand, say what they must, and fit into an SMS.

use super::Cx;
use super::bind::Have;
use super::build::asks_consent;
use super::derive::Derived;
use crate::diagnostic::Diagnostic;
use crate::naming::near;
use crate::raw::{RowSays, Text};
use crate::source::Place;

/// Two messages of the 7-bit alphabet, or of UTF-16.
const SEPTETS: usize = 306;
const UTF16_UNITS: usize = 134;
/// How long a value is where nobody says.
const LONGEST: usize = 40;

/// Tags that a consent text may have; attributes it has none.
const TAGS: [&str; 14] = ["b", "br", "div", "em", "h1", "h2", "h3", "i", "li", "ol", "p", "span", "strong", "ul"];

impl<'a> Cx<'a> {
    /// The language that every text has.
    pub fn default_language(&self) -> String {
        let setting = self.definition.settings.get("default_language");
        setting.and_then(|node| node.as_text()).unwrap_or("en").to_owned()
    }

    pub(super) fn check_texts(&mut self, derived: &[Derived]) {
        for (_, texts) in self.definition.messages.iter() {
            for (key, text) in texts.iter() {
                self.check_template(key, text);
            }
        }
        for one in derived {
            for (behaviour, have) in &one.at_text {
                if self.sends(behaviour) {
                    self.check_sms(one, behaviour, have);
                }
            }
        }
        if asks_consent(self, derived.iter().flat_map(|one| &one.steps)) {
            self.check_consents(derived);
        }
        self.check_shown_texts(derived);
    }

    /// True for a behaviour that sends messages.
    pub(super) fn sends(&self, behaviour: &str) -> bool {
        self.words.all.behaviours.get(behaviour).is_some_and(|one| one.calls.iter().any(|hook| hook == "send_sms"))
    }

    fn check_template(&mut self, key: &Text, text: &Text) {
        if let Err(error) = variables(&text.text) {
            let said = format!("`{}` is no template: {error}", key.text);
            self.tell("bad-template", text.place, said, "write values as `{{ user.given_name }}`");
        }
        if super::catalogues::looks_secret(&text.text) {
            let said = format!("`{}` has a secret written out", key.text);
            self.tell("secret-written-out", text.place, said, "keep secrets in the settings");
        }
    }

    /// Every SMS of an endpoint shows the code and what the operation needs.
    fn check_sms(&mut self, one: &Derived, behaviour: &str, have: &Have) {
        let definition = self.definition;
        let option = one.steps.iter().find(|step| step.behaviour == *behaviour).and_then(|step| step.option.clone());
        let kind = option.and_then(|option| definition.otps.get(&option)).or(definition
            .otps
            .as_slice()
            .first()
            .map(|(_, kind)| kind));
        for operation in self.operations() {
            let needed: Vec<String> = operation.needs.iter().map(|need| need.text.clone()).collect();
            match operation.sms.or(kind.and_then(|kind| kind.text.as_ref())) {
                Some(key) => self.check_one_sms(key, &needed, have),
                None if definition.operations.get(&operation.name.text).is_some_and(|one| one.like.is_some()) => {}
                None => {
                    let text = format!("the operation `{}` has no SMS text", operation.name.text);
                    self.tell(
                        "missing-text",
                        operation.place,
                        text,
                        "add `sms: <message key>`, or a `text` to the kind of code",
                    );
                }
            }
        }
        match kind.and_then(|kind| kind.text.as_ref()) {
            Some(key) => self.check_one_sms(key, &[], have),
            None if definition.operations.as_slice().is_empty() => {
                let place = kind.map_or(definition.place, |kind| kind.place);
                self.tell("missing-text", place, "the code has no SMS text", "add `text: <message key>`");
            }
            None => {}
        }
    }

    fn check_one_sms(&mut self, key: &Text, needed: &[String], have: &Have) {
        self.exists(key);
        for (language, texts) in self.definition.messages.iter() {
            let Some((_, text)) = texts.entry(&key.text) else { continue };
            let Ok(used) = variables(&text.text) else { continue };
            for meaning in std::iter::once("otp.code").chain(needed.iter().map(String::as_str)) {
                if !used.iter().any(|one| one == meaning) {
                    let said = format!("the SMS `{}` ({}) does not show `{meaning}`", key.text, language.text);
                    let help =
                        format!("add `{{{{ {meaning} }}}}`: who reads the message must see what the code is for");
                    self.tell("text-lacks-value", text.place, said, help);
                }
            }
            for meaning in used.iter().filter(|meaning| *meaning != "otp.code" && !have.has(meaning)) {
                self.not_at_hand(key, language, text.place, meaning, have);
            }
            self.check_length(key, language, text);
        }
    }

    fn not_at_hand(&mut self, key: &Text, language: &Text, place: Place, meaning: &str, have: &Have) {
        if self.words.is_always(meaning) && self.words.has_meaning(meaning) || self.is_setting(meaning) {
            return;
        }
        let said = format!("`{}` ({}) shows `{meaning}`, which is not at hand there", key.text, language.text);
        let known = have.0.iter().map(|held| held.meaning.as_str());
        let help = near(meaning, known).map(|near| format!("did you mean `{near}`?"));
        self.push(Diagnostic::new("unknown-value", place, said).help("show only what the request means").help_if(help));
    }

    fn is_setting(&self, meaning: &str) -> bool {
        meaning.strip_prefix("settings.").is_some_and(|setting| self.definition.settings.has(setting))
    }

    /// The length of the text with its longest values.
    fn check_length(&mut self, key: &Text, language: &Text, text: &Text) {
        let (fixed, used) = split(&text.text);
        let values: usize = used.iter().map(|meaning| self.longest(meaning)).sum();
        let septets = fixed.chars().map(septets).sum::<Option<usize>>();
        let (length, most, unit) = match septets {
            Some(length) => (length + values, SEPTETS, "characters"),
            None => (fixed.encode_utf16().count() + values, UTF16_UNITS, "characters outside the SMS alphabet"),
        };
        if length > most {
            let said = format!(
                "the SMS `{}` ({}) can have {length} {unit}, and two messages hold {most}",
                key.text, language.text
            );
            let why = if septets.is_none() {
                "shorten it, or write it without letters such as `ě` and `ů`"
            } else {
                "shorten it"
            };
            self.tell("sms-too-long", text.place, said, why);
        }
    }

    fn longest(&self, meaning: &str) -> usize {
        if meaning == "otp.code" {
            let kinds = self.definition.otps.iter().filter_map(|(_, kind)| kind.digits);
            return kinds.map(|(digits, _)| digits as usize).max().unwrap_or(9);
        }
        self.words.all.longest.get(meaning).copied().unwrap_or(LONGEST)
    }

    /// Tells of a text that the default language lacks: the others fall back to it.
    fn exists(&mut self, key: &Text) {
        let language = self.default_language();
        let texts = self.definition.messages.get(&language);
        if texts.is_none_or(|texts| !texts.has(&key.text)) {
            let help =
                texts.and_then(|texts| near(&key.text, texts.names())).map(|near| format!("did you mean `{near}`?"));
            let text = format!("`{language}` has no text `{}`", key.text);
            let told =
                Diagnostic::new("missing-text", key.place, text).help(format!("add it to `messages/{language}.yaml`"));
            self.push(told.help_if(help));
        }
    }

    fn check_consents(&mut self, derived: &[Derived]) {
        let have = derived.iter().flat_map(|one| &one.at_text);
        let have: Vec<&Have> = have.filter(|(name, _)| name == "create_consent").map(|(_, have)| have).collect();
        let mut done: Vec<String> = Vec::new();
        for consent in self.operations().iter().filter_map(|operation| operation.consent) {
            for key in std::iter::once(&consent.html).chain(consent.options.iter().map(|(_, (html, _))| html)) {
                if done.contains(&key.text) {
                    continue;
                }
                done.push(key.text.clone());
                self.exists(key);
                for (language, texts) in self.definition.messages.iter() {
                    let Some((_, text)) = texts.entry(&key.text) else { continue };
                    self.check_tags(key, language, text);
                    for meaning in variables(&text.text).unwrap_or_default() {
                        if let Some(lacks) = have.iter().find(|have| !have.has(&meaning)) {
                            self.not_at_hand(key, language, text.place, &meaning, lacks);
                        }
                    }
                }
            }
        }
    }

    fn check_tags(&mut self, key: &Text, language: &Text, text: &Text) {
        for tag in tags(&text.text).into_iter().filter(|tag| !tag.starts_with('/')) {
            let name = tag.trim_end_matches('/').trim();
            if !TAGS.contains(&name) {
                let said = format!("the consent `{}` ({}) has the tag `<{tag}>`", key.text, language.text);
                self.tell(
                    "tag-not-allowed",
                    text.place,
                    said,
                    format!("allowed are, without attributes: {}", TAGS.join(", ")),
                );
            }
        }
    }

    /// Texts that a failure or a response shows: those of rows, and those of refusals.
    fn check_shown_texts(&mut self, derived: &[Derived]) {
        let definition = self.definition;
        let shows_text = self.failure_meanings().iter().any(|(meaning, _)| meaning == "error.text");
        if shows_text {
            for (code, row) in definition.errors.iter() {
                let keys: Vec<Text> = match &row.says {
                    None => vec![code.clone()],
                    Some(RowSays::One(text)) if text.text.contains("{{") => Vec::new(),
                    Some(RowSays::One(key)) => vec![key.clone()],
                    Some(RowSays::FirstOf(_)) => Vec::new(),
                };
                keys.iter().for_each(|key| self.exists(key));
            }
        }
        let mut done: Vec<&str> = Vec::new();
        for step in derived.iter().flat_map(|one| &one.steps) {
            let Some(behaviour) = self.words.all.behaviours.get(&step.behaviour).cloned() else { continue };
            let shows = behaviour.gives.iter().any(|meaning| meaning.ends_with(".error_text"));
            for fault in behaviour.refuses.iter().filter(|_| shows) {
                let Some((name, key)) = definition.says.entry(fault) else {
                    let text =
                        format!("`{}` tells the user why, and nothing says what `{fault}` is called", step.behaviour);
                    self.tell(
                        "missing-text",
                        definition.place,
                        text,
                        format!("add `{fault}: <message key>` under `says:`"),
                    );
                    continue;
                };
                if !done.contains(&name.text.as_str()) {
                    done.push(&name.text);
                    self.exists(key);
                }
            }
        }
        for (_, row) in definition.errors.iter() {
            if let Some(RowSays::One(text)) =
                row.says.as_ref().filter(|says| matches!(says, RowSays::One(text) if text.text.contains("{{")))
            {
                for meaning in variables(&text.text).unwrap_or_default() {
                    if !(self.words.is_always(&meaning) && self.words.has_meaning(&meaning)) {
                        let said = format!("the message shows `{meaning}`, which an error does not have");
                        self.tell("unknown-value", text.place, said, "it has `error.*`, `request.*` and `build.*`");
                    }
                }
            }
        }
    }
}

/// The meanings that a template shows.
fn variables(text: &str) -> Result<Vec<String>, String> {
    let environment = minijinja::Environment::new();
    let template = environment
        .template_from_str(text)
        .map_err(|error| error.detail().map_or(error.kind().to_string(), str::to_owned))?;
    let mut all: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    all.sort();
    Ok(all)
}

/// What a template says always, and the meanings it shows (each as often as it shows it).
fn split(text: &str) -> (String, Vec<String>) {
    let (mut fixed, mut used, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else { break };
        fixed.push_str(before);
        used.push(inside.split('|').next().unwrap_or_default().trim_matches(['-', ' ']).to_owned());
        rest = after;
    }
    fixed.push_str(rest);
    (fixed, used)
}

/// How much of an SMS a character takes in the 7-bit alphabet; none if it is not in it.
fn septets(letter: char) -> Option<usize> {
    const PLAIN: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
    const ESCAPED: &str = "^{}\\[~]|€";
    if letter.is_ascii_alphanumeric() || PLAIN.contains(letter) {
        Some(1)
    } else {
        ESCAPED.contains(letter).then_some(2)
    }
}

/// What stands between `<` and `>`.
fn tags(text: &str) -> Vec<&str> {
    text.split('<').skip(1).map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_know_the_alphabet() {
        assert_eq!(septets('a'), Some(1));
        assert_eq!(septets('€'), Some(2));
        assert_eq!(septets('ě'), None);
        assert_eq!(split("a {{ otp.code }} b").1, ["otp.code"]);
    }

    #[test]
    fn tags_are_found() {
        assert_eq!(tags("x<br/>y<script>"), ["br/", "script"]);
    }
}
