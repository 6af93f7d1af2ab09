//! Texts: those that would be shown are there, show only available values, say what they must, and fit into an SMS.
//! Each is filled in by the engine that fills it in at run time, with whatever it may get there.

mod answers;
mod proof;
mod rows;
mod whole;

use countersign_engine::sms;
use countersign_engine::texts::{Form, Template};

use crate::arena::Id;
use crate::derive::{Derived, can_be_shown};
use crate::diagnostic::Diagnostic;
use crate::language::primitive::Family;
use crate::model::{Choice, Type};
use crate::naming::near;
use crate::plan::{Lack, Presence, TextKind, TextUse};
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::{Meaning, Resolved, is_consent};
use proof::{CODE, Given, Sort, Wrong, fillings};
use whole::{Kind, Wanted, not_whole};

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
    for (key, text) in of.raw.messages.iter().flat_map(|(_, texts)| texts.iter()) {
        if super::declarations::looks_secret(&text.text) {
            let message = format!("`{}` has a secret written out", key.text);
            report.push_new("secret-written-out", text.place, message, "keep secrets in the settings");
        }
    }
    for one in derived {
        for text in &one.plan.texts {
            let made = Made { of, one, text };
            match text.kind {
                TextKind::Sms => check_sms(&made, report),
                TextKind::Consent => check_consents(&made, report),
                TextKind::SavedConsent => {}
            }
        }
    }
    let mut steps = derived.iter().flat_map(|one| &one.plan.steps);
    if steps.any(|step| is_consent(&of.behaviours[step.behaviour].spec)) {
        check_tags_of_consents(of, report);
    }
    rows::check_shown_texts(of, derived, report);
    answers::check_texts_of_answers(of, derived, report);
}

/// Texts that an endpoint makes at one of its steps.
struct Made<'r, 'a> {
    of: &'r Resolved<'a>,
    one: &'r Derived,
    text: &'r TextUse,
}

/// A text in a language.
struct Written<'r> {
    key: &'r Text,
    language: &'r Text,
    text: &'r Text,
}

/// The texts of a key, in each language that has it.
fn written<'r>(of: &'r Resolved<'_>, key: &'r Text) -> impl Iterator<Item = Written<'r>> {
    let texts = of.raw.messages.iter();
    texts.filter_map(move |(language, texts)| texts.entry(&key.text).map(|(_, text)| Written { key, language, text }))
}

/// Every SMS of an endpoint shows the code and what the operation needs.
fn check_sms(made: &Made<'_, '_>, report: &mut Report) {
    let of = made.of;
    let choice = made.one.plan.steps.get(made.text.step).map(|step| step.choice);
    let kind = if let Some(Choice::Code(kind)) = choice { Some(&of.declarations.otps[kind]) } else { None };
    // A message in the caller's words has no text of the definition.
    if kind.is_some_and(|kind| kind.raw.words.is_some()) {
        return;
    }
    let own = kind.and_then(|kind| kind.raw.text.as_ref());
    for operation in &of.declarations.operations {
        let needed: Vec<&str> = operation.needs.iter().map(|need| need.text.text.as_str()).collect();
        match operation.sms.or(own) {
            Some(key) => check_one_sms(made, key, &needed, report),
            None if of.raw.operations.get(&operation.name.text).is_some_and(|one| one.like.is_some()) => {}
            None => {
                let text = format!("the operation `{}` has no SMS text", operation.name.text);
                let help = "add `sms: <message key>`, or a `text` to the kind of code";
                report.push_new("missing-text", operation.place, text, help);
            }
        }
    }
    match own {
        Some(key) => check_one_sms(made, key, &[], report),
        None if of.declarations.operations.is_empty() => {
            let place = kind.map_or(of.raw.place, |kind| kind.raw.place);
            report.push_new("missing-text", place, "the code has no SMS text", "add `text: <message key>`");
        }
        None => {}
    }
}

fn check_one_sms(made: &Made<'_, '_>, key: &Text, needed: &[&str], report: &mut Report) {
    exists(made.of, key, report);
    for written in written(made.of, key) {
        let Some(template) = made.of.texts.template(&written.language.text, &written.key.text, written.text) else {
            continue;
        };
        let lacks = |meaning: &&str| !template.shows().iter().any(|one| one == meaning);
        let lacking: Vec<&str> = std::iter::once(CODE).chain(needed.iter().copied()).filter(lacks).collect();
        lacking.iter().for_each(|meaning| lacks_value(&written, meaning, report));
        // Without all that an operation needs there is no message.
        let is_sure = |meaning: &str| needed.contains(&meaning) && is_of_code(made, meaning);
        let given = given(made, &template, is_sure);
        let Some(fillings) = prove(made, &written, &template, &given, report) else { continue };
        if lacking.is_empty() {
            check_whole(made.of, (&written, &template), &given, needed, report);
        }
        check_length(&written, &fillings, report);
    }
}

/// The code and what the operation needs stand whole in every message.
fn check_whole(
    of: &Resolved<'_>,
    (written, template): (&Written<'_>, &Template<'_>),
    given: &[Given],
    needed: &[&str],
    report: &mut Report,
) {
    // What a definition lets a message cut may be cut.
    let is_whole = |meaning: &&&str| !of.meanings.find(meaning).is_some_and(|id| of.meaning(id).is_shortened);
    let wanted = needed.iter().filter(is_whole).map(|meaning| Wanted { meaning, kind: kind_of(of, meaning) });
    let wanted: Vec<Wanted<'_>> = std::iter::once(Wanted { meaning: CODE, kind: Kind::Code }).chain(wanted).collect();
    match not_whole(template, given, &wanted) {
        Ok(lacking) => lacking.iter().for_each(|meaning| shows_a_part(written, meaning, report)),
        Err(wrong) => report_unfillable(written, given, wrong, report),
    }
}

/// How a value is written that a message has to show.
fn kind_of(of: &Resolved<'_>, meaning: &str) -> Kind {
    let natural = of.meanings.find(meaning).map(|id| &of.meaning(id).natural);
    match natural {
        Some(crate::vocabulary::Natural::Primitive(one)) if one.row().family == Family::Decimal => Kind::Decimal,
        Some(crate::vocabulary::Natural::Primitive(one)) if one.word() == "digits" => Kind::Digits,
        _ => Kind::Text,
    }
}

fn shows_a_part(Written { key, language, text }: &Written<'_>, meaning: &str, report: &mut Report) {
    let message =
        format!("the SMS `{}` ({}) does not always show `{meaning}`, or not all of it", key.text, language.text);
    let help = format!(
        "write `{{{{ {meaning} }}}}` without a filter that leaves something out, and outside of `{{% if %}}`: who reads \
         the message must see what the code is for"
    );
    report.push_new("text-lacks-value", text.place, message, help);
}

fn lacks_value(Written { key, language, text }: &Written<'_>, meaning: &str, report: &mut Report) {
    let message = format!("the SMS `{}` ({}) does not show `{meaning}`", key.text, language.text);
    let single = [format!("{{ {meaning} }}"), format!("{{{meaning}}}")].into_iter().find(|one| text.text.contains(one));
    let help = match single.filter(|one| !text.text.contains(&format!("{{{one}}}"))) {
        Some(single) => format!("write `{{{single}}}`: a value stands in two braces"),
        None => format!("add `{{{{ {meaning} }}}}`: who reads the message must see what the code is for"),
    };
    report.push_new("text-lacks-value", text.place, message, help);
}

/// True if the kind of code has a value itself, and so refuses what an operation needs and the request lacks.
fn is_of_code(made: &Made<'_, '_>, meaning: &str) -> bool {
    let choice = made.one.plan.steps.get(made.text.step).map(|step| step.choice);
    let Some(Choice::Code(kind)) = choice else { return false };
    let kind = &made.of.declarations.otps[kind];
    kind.binds.iter().chain(&kind.keeps).any(|named| named.text.text == meaning)
}

/// What a text gets of all that it shows; what it does not get is missing here.
fn given(made: &Made<'_, '_>, template: &Template<'_>, is_sure: impl Fn(&str) -> bool) -> Vec<Given> {
    let one = |name: &String| {
        let given = |sort, lack| Some(Given { meaning: name.clone(), sort, lack });
        if name == CODE && made.text.kind == TextKind::Sms {
            return given(Sort::Text(longest(made.of, CODE)), None);
        }
        let id = made.of.meanings.find(name)?;
        let found = made.text.available.iter().find(|(meaning, _)| *meaning == id);
        let Some(value) = found.map(|(_, value)| &made.one.plan.values[*value]) else {
            return everywhere(made.of, id).and_then(|sort| given(sort, None));
        };
        let lack = if let Presence::Maybe(lack) = value.presence { Some(lack) } else { None };
        let sort = sort_of(made.of, id, &value.ty);
        can_be_shown(made.of, value).then(|| given(sort, lack.filter(|_| !is_sure(name)))).flatten()
    };
    template.shows().iter().filter_map(one).collect()
}

/// What is available everywhere, and what the settings say.
fn everywhere(of: &Resolved<'_>, id: Id<Meaning>) -> Option<Sort> {
    let meaning = of.meaning(id);
    let has_words = matches!(meaning.entity.as_str(), "request" | "build");
    let is_setting = of.setting_of(id).is_some();
    (is_setting || meaning.is_always && has_words).then(|| match &meaning.natural {
        crate::vocabulary::Natural::Primitive(one) => sort_of(of, id, &Type::Primitive(*one)),
        _ => Sort::Text(LONGEST),
    })
}

/// How a text has a value: a number and a flag as what they are, anything else as text.
fn sort_of(of: &Resolved<'_>, id: Id<Meaning>, ty: &Type) -> Sort {
    match ty {
        Type::Primitive(one) if one.row().family == Family::Integer => Sort::Integer,
        Type::Primitive(one) if one.row().family == Family::Flag => Sort::Flag,
        _ => Sort::Text(longest(of, &of.meaning(id).name)),
    }
}

/// Fills a text in with all that it may get; reports what it cannot show.
fn prove(
    made: &Made<'_, '_>,
    written: &Written<'_>,
    template: &Template<'_>,
    given: &[Given],
    report: &mut Report,
) -> Option<Vec<String>> {
    let lacking = template.shows().iter().filter(|name| !given.iter().any(|one| one.meaning == **name));
    let lacking: Vec<&String> = lacking.collect();
    lacking.iter().for_each(|meaning| report_unavailable(made, written, meaning, report));
    if !lacking.is_empty() {
        return None;
    }
    let wrong = match fillings(template, given) {
        Ok(all) => return Some(all),
        Err(wrong) => wrong,
    };
    report_unfillable(written, given, wrong, report);
    None
}

/// Reports why a text cannot be filled in; a text of several endpoints is reported once.
fn report_unfillable(
    Written { key, language, text }: &Written<'_>,
    given: &[Given],
    wrong: Wrong,
    report: &mut Report,
) {
    let (key, language) = (&key.text, &language.text);
    match wrong {
        Wrong::Fails(why) => {
            let message = format!("`{key}` ({language}) cannot be filled in: {why}");
            report.push_new(
                "bad-template",
                text.place,
                message,
                "show the value as it is, or with a filter that fits it",
            );
        }
        Wrong::Compared(names) => {
            for name in names {
                let message =
                    format!("`{key}` ({language}) compares `{name}` with a number, and `{name}` is a text in texts");
                let help = format!("make it a number for the comparison: `{name} | float`, or `{name} | int`");
                report.push_new("bad-template", text.place, message, help);
            }
        }
        Wrong::Absent(names) => {
            for name in names {
                let lack = given.iter().find(|one| one.meaning == name).and_then(|one| one.lack);
                let why = lack.map_or("nothing gives it", lacking);
                let message = format!("`{key}` ({language}) shows `{name}`, which may not be there: {why}");
                let help = format!(
                    "ask for it: `{{% if {name} %}}… {{{{ {name} }}}} …{{% endif %}}`, or `{{{{ {name} | default(\"…\") }}}}`"
                );
                report.push_new("absent-value", text.place, message, help);
            }
        }
    }
}

/// Why a value may be absent where a text shows it.
fn lacking(lack: Lack) -> &'static str {
    match lack {
        Lack::OptionalField => "the request may leave it out",
        Lack::Searched => "nothing in the request may carry it",
        Lack::Attribute => "what is looked up may lack it",
        Lack::Refused => "only some refusals have it",
        Lack::Nobody => "what is looked up may be nobody",
        Lack::Code => "a code may have been made without it",
        Lack::Fact => "a hook may leave it out",
        Lack::Raised => "it reports refusals, which are errors here",
    }
}

fn report_unavailable(made: &Made<'_, '_>, written: &Written<'_>, meaning: &str, report: &mut Report) {
    let (of, Written { key, language, text }) = (made.of, written);
    let (key, language) = (&key.text, &language.text);
    let found = of.meanings.find(meaning).and_then(|id| made.text.available.iter().find(|(one, _)| *one == id));
    if found.is_some() {
        let message = format!("`{key}` ({language}) shows `{meaning}`, which is no value that people read");
        let help = "show a text, a number, a day, a time or true and false; no list, no entity and nothing secret";
        report.push_new("unknown-value", text.place, message, help);
        return;
    }
    let message = format!("`{key}` ({language}) shows `{meaning}`, which is not at hand there");
    let known = made.text.available.iter().filter(|(_, value)| can_be_shown(of, &made.one.plan.values[*value]));
    let code = (made.text.kind == TextKind::Sms).then_some(CODE);
    let always = of.meanings.all.pairs().filter(|(id, _)| everywhere(of, *id).is_some()).map(|(_, one)| one);
    let known = known.map(|(id, _)| of.meaning(*id)).map(|one| one.name.as_str()).chain(code);
    let mut known: Vec<&str> = known.chain(always.map(|one| one.name.as_str())).collect();
    let entity = |name: &str| name.split('.').next() == meaning.split('.').next();
    known.sort_unstable_by_key(|name| (!entity(name), *name));
    known.dedup();
    let help = near(meaning, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let is_setting = |name: &str| name.starts_with("settings.");
    let (settings, others): (Vec<&str>, Vec<&str>) = known.into_iter().partition(|name| is_setting(name));
    // Settings are many, and named by those who mean one.
    let settings = if is_setting(meaning) { settings } else { vec!["settings.*"] };
    let all = format!("at hand there are `{}`", [others, settings].concat().join("`, `"));
    report.push(Diagnostic::new("unknown-value", text.place, message).help(all).help_if(help));
}

/// The length of an SMS with its longest values.
fn check_length(Written { key, language, text }: &Written<'_>, fillings: &[String], report: &mut Report) {
    let longest = fillings.iter().max_by_key(|text| (sms::parts(text), sms::length(text)));
    let Some(filled) = longest.filter(|text| sms::parts(text) > PARTS) else { return };
    let (most, unit, why) = match sms::is_gsm(filled) {
        true => (SEPTETS, "characters", "shorten it"),
        false => (
            UTF16_UNITS,
            "characters outside the SMS alphabet",
            "shorten it, or write it without letters such as `ě` and `ů`",
        ),
    };
    let (length, key, language) = (sms::length(filled), &key.text, &language.text);
    let message = match length > most {
        true => format!("the SMS `{key}` ({language}) can have {length} {unit}, and two messages hold {most}"),
        false => {
            format!("the SMS `{key}` ({language}) can have a sign on the border of two messages, which makes three")
        }
    };
    report.push_new("sms-too-long", text.place, message, why);
}

fn longest(of: &Resolved<'_>, meaning: &str) -> usize {
    if meaning == CODE {
        let kinds = of.raw.otps.iter().filter_map(|(_, kind)| kind.digits);
        return kinds.map(|(digits, _)| digits as usize).max().unwrap_or(9);
    }
    of.words.longest.get(meaning).copied().unwrap_or(LONGEST)
}

/// Reports a text that the default language lacks: the others fall back to it.
fn exists(of: &Resolved<'_>, key: &Text, report: &mut Report) {
    let language = of.default_language();
    let texts = of.raw.messages.get(language);
    if texts.is_none_or(|texts| !texts.has(&key.text)) {
        let help = texts.and_then(|texts| near(&key.text, texts.names())).map(|near| format!("did you mean `{near}`?"));
        let text = format!("`{language}` has no text `{}`", key.text);
        let diagnostic =
            Diagnostic::new("missing-text", key.place, text).help(format!("add it to `messages/{language}.yaml`"));
        report.push(diagnostic.help_if(help));
    }
}

/// The consents of an endpoint show what it has. A form that shows what its operation needs is not made without it.
fn check_consents(made: &Made<'_, '_>, report: &mut Report) {
    for operation in &made.of.declarations.operations {
        let needs = |meaning: &str| operation.needs.iter().any(|need| need.text.text == meaning);
        for key in operation.consent.iter().flat_map(|consent| keys_of(consent)) {
            for written in written(made.of, key) {
                let Ok(template) = made.of.texts.engine().read(Form::Html, &written.text.text) else { continue };
                prove(made, &written, &template, &given(made, &template, needs), report);
            }
        }
    }
}

fn keys_of(consent: &crate::raw::Consent) -> impl Iterator<Item = &Text> {
    std::iter::once(&consent.html).chain(consent.options.iter().map(|(_, (html, _))| html))
}

fn check_tags_of_consents(of: &Resolved<'_>, report: &mut Report) {
    let mut done: Vec<&str> = Vec::new();
    for key in of.declarations.operations.iter().filter_map(|operation| operation.consent).flat_map(keys_of) {
        if done.contains(&key.text.as_str()) {
            continue;
        }
        done.push(&key.text);
        exists(of, key, report);
        written(of, key).for_each(|written| check_tags(written.key, written.language, written.text, report));
    }
}

fn check_tags(key: &Text, language: &Text, text: &Text, report: &mut Report) {
    for tag in tags(&text.text).into_iter().filter(|tag| !tag.starts_with('/')) {
        let name = tag.trim_end_matches('/').trim();
        if !TAGS.contains(&name) {
            let message = format!("the consent `{}` ({}) has the tag `<{tag}>`", key.text, language.text);
            report.push_new(
                "tag-not-allowed",
                text.place,
                message,
                format!("allowed are, without attributes: {}", TAGS.join(", ")),
            );
        }
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
    fn tags_are_found() {
        assert_eq!(tags("x<br/>y<script>"), ["br/", "script"]);
    }
}
