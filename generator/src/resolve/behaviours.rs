//! Behaviours, shipped and of the definition's own, with every word of their signatures bound; and what a step of an
//! endpoint makes of one: its kind of code, of session, its table.

use super::declarations::{Declarations, Named};
use super::meanings::Meanings;
use super::suggestions;
use crate::arena::{Arena, Id};
use crate::diagnostic::Diagnostic;
use crate::model::meanings::{Home, Meaning};
use crate::model::{self, Choice};
use crate::raw::Text;
use crate::report::{ErrorReported, Known, Report};
use crate::vocabulary::{self, Argument, Kinds, MaySay, Vocabulary, fault_of_table};

/// What a kind that is found by its code has not.
const OTP_ID: &str = "otp.id";

/// What a caller wants a message to say.
const WORDS: &str = "sms.words";

/// A behaviour.
#[derive(Debug, Clone)]
pub(crate) struct Behaviour {
    pub name: String,
    /// Its specification, as written.
    pub spec: vocabulary::Behaviour,
    pub needs: Vec<Vec<Id<Meaning>>>,
    pub expects: Vec<Id<Meaning>>,
    pub takes: Vec<Pattern>,
    pub gives: Vec<Give>,
    pub outcome: Vec<Id<Meaning>>,
}

/// Meanings that a behaviour takes when they are there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pattern {
    One(Id<Meaning>),
    Entity(String),
    Everything,
}

impl Pattern {
    /// True if it stands for a meaning.
    pub fn has(&self, id: Id<Meaning>, meaning: &Meaning) -> bool {
        match self {
            Pattern::One(one) => *one == id,
            Pattern::Entity(entity) => meaning.is_of(entity),
            Pattern::Everything => true,
        }
    }
}

/// What a behaviour gives.
#[derive(Debug, Clone)]
pub(crate) struct Give {
    pub meanings: Vec<Id<Meaning>>,
    /// They come with a whole thing, and were not asked for one by one.
    pub whole: bool,
}

/// Binds every behaviour of a vocabulary.
pub(crate) fn of(words: &Vocabulary, own: &[String], meanings: &Meanings) -> Arena<Behaviour, model::Behaviour> {
    let mut all = Arena::default();
    for (name, spec) in &words.behaviours {
        all.put(bind(words, own, (name, spec), meanings));
    }
    all
}

/// `own`: the meanings that the definition adds.
fn bind(
    words: &Vocabulary,
    own: &[String],
    (name, spec): (&str, &vocabulary::Behaviour),
    meanings: &Meanings,
) -> Behaviour {
    let ids = |words: &[String]| words.iter().filter_map(|word| meanings.find(word)).collect::<Vec<_>>();
    let choices = |need: &String| need.split(" | ").filter_map(|word| meanings.find(word)).collect::<Vec<_>>();
    let takes = spec.takes.iter().filter_map(|word| match (word.as_str(), word.strip_suffix(".*")) {
        ("everything", _) => Some(Pattern::Everything),
        (_, Some(entity)) => Some(Pattern::Entity(entity.to_owned())),
        (word, None) => meanings.find(word).map(Pattern::One),
    });
    let gives = spec.gives.iter().filter_map(|word| match word.strip_suffix(".*") {
        Some(_) => {
            let given = words.given_by(word, own);
            Some(Give { meanings: given.iter().filter_map(|name| meanings.find(name)).collect(), whole: true })
        }
        None => meanings.find(word).map(|id| Give { meanings: vec![id], whole: false }),
    });
    Behaviour {
        name: name.to_owned(),
        needs: spec.needs.iter().map(choices).filter(|choices| !choices.is_empty()).collect(),
        expects: ids(&spec.expects),
        takes: takes.collect(),
        gives: gives.collect(),
        outcome: ids(&spec.outcome),
        spec: spec.clone(),
    }
}

/// A behaviour of an endpoint, with what its option makes of it.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub name: &'a Text,
    pub option: Option<&'a Text>,
    pub behaviour: Id<model::Behaviour>,
    pub choice: Choice,
    pub signature: Signature<'a>,
}

/// What a step needs and gives.
#[derive(Debug)]
pub(crate) struct Signature<'a> {
    pub needs: Vec<Vec<Id<Meaning>>>,
    pub expects: Vec<Id<Meaning>>,
    pub gives: Vec<Give>,
    pub fails: Vec<String>,
    /// What the kind of code or session binds, and what the code keeps if it is made here.
    pub binds: Vec<Named<'a>>,
    pub keeps: Vec<Named<'a>>,
}

/// What steps are bound with.
pub(crate) struct Binder<'a, 'b> {
    pub behaviours: &'b Arena<Behaviour, model::Behaviour>,
    pub declarations: &'b Declarations<'a>,
    pub meanings: &'b Meanings,
    pub words: &'b Vocabulary,
}

impl<'a> Binder<'a, '_> {
    /// Binds a step.
    ///
    /// # Errors
    /// There is no such behaviour, or its option is none that it can do with.
    pub fn step(
        &self,
        (name, option): (&'a Text, Option<&'a Text>),
        report: &mut Report,
    ) -> Result<Step<'a>, ErrorReported> {
        let found = self.behaviours.pairs().find(|(_, one)| one.name == name.text);
        let Some((behaviour, is)) = found else {
            let help =
                suggestions::suggest_or(&name.text, self.words.behaviours.names(), "declare it under `behaviours:`");
            return Err(report.push_new(
                "unknown-behaviour",
                name.place,
                format!("no behaviour `{}`", name.text),
                help,
            ));
        };
        let choice = self.choice(name, option, is, report)?;
        Ok(Step { name, option, behaviour, choice, signature: self.signature(is, choice) })
    }

    /// What the option names.
    fn choice(
        &self,
        name: &Text,
        option: Option<&Text>,
        is: &Behaviour,
        report: &mut Report,
    ) -> Result<Choice, ErrorReported> {
        let spec = &is.spec;
        if spec.has_table() {
            return self.table(name, option, report).map(Choice::Table);
        }
        if spec.has_session() {
            return self.session(name, option, report).map(Choice::Session);
        }
        if spec.has_kind() {
            return self.kind(name, option, spec, report).map(Choice::Code);
        }
        match (option, &spec.may_say, &spec.option) {
            (Some(option), Some(may_say), _) => check_said(name, option, may_say, report)?,
            (Some(option), None, None) => {
                let text = format!("`{}` has no option, and here is `{}`", name.text, option.text);
                return Err(report.push_new("unknown-option", option.place, text, "write the behaviour alone"));
            }
            (None, None, Some(wanted)) => {
                let text = format!("`{}` does not say which {wanted}", name.text);
                let help = format!("write `{}: <{wanted}>`", name.text);
                return Err(report.push_new("unknown-option", name.place, text, help));
            }
            _ => {}
        }
        Ok(Choice::Literal)
    }

    fn table(&self, name: &Text, option: Option<&Text>, report: &mut Report) -> Known<model::LookUpTable> {
        let Some(option) = option else {
            let text = format!("`{}` does not say which table", name.text);
            return Err(report.push_new("unknown-option", name.place, text, format!("write `{}: <table>`", name.text)));
        };
        let tables = &self.declarations.tables;
        tables.pairs().find(|(_, table)| table.name.text == option.text).map(|(id, _)| id).ok_or_else(|| {
            let names = tables.iter().map(|table| table.name.text.as_str());
            let diagnostic = Diagnostic::new("unknown-option", option.place, format!("no table `{}`", option.text));
            report.push(diagnostic.help(suggestions::suggest_or(&option.text, names, "declare it under `tables:`")))
        })
    }

    /// The kind of session that a behaviour opens.
    fn session(&self, name: &Text, option: Option<&Text>, report: &mut Report) -> Known<model::SessionKind> {
        let kinds = &self.declarations.sessions;
        match (option, kinds.only()) {
            (Some(option), _) => self.declarations.known_session(option, report),
            (None, Some(only)) => Ok(only),
            (None, None) => {
                let text = format!("`{}` does not say which of {} kinds of sessions", name.text, kinds.len());
                let help = format!("write `{}: <kind>`, a kind under `sessions:`", name.text);
                Err(report.push_new("unknown-option", name.place, text, help))
            }
        }
    }

    /// The kind of code that the option names, if it is one that the behaviour can do with.
    fn kind(
        &self,
        name: &Text,
        option: Option<&Text>,
        spec: &vocabulary::Behaviour,
        report: &mut Report,
    ) -> Known<model::OtpKind> {
        let id = self.named_kind(name, option, report)?;
        let kind = self.declarations.otps[id].raw;
        let place = option.map_or(name.place, |option| option.place);
        if let Some(words) = &kind.words
            && let Some(help) = why_no_words(spec, kind)
        {
            let text = format!("`{}` cannot take a code whose words are the caller's", name.text);
            let diagnostic = Diagnostic::new("unknown-option", place, text).also(words.place, "they are said here");
            return Err(report.push(diagnostic.help(help)));
        }
        let (what, help) = match (spec.kinds, kind.is_found_by_code()) {
            (Some(Kinds::WithId), true) => ("that is found by itself", "take out `id: code`"),
            (Some(Kinds::OneByCode), true) if kind.one_per.is_empty() => {
                ("of which there may be any number", "say by `one_per` which of them is meant")
            }
            (Some(Kinds::ByCode | Kinds::OneByCode), false) => {
                ("that is found by an id", "add `id: code` to the kind of code")
            }
            _ => return Ok(id),
        };
        let text = format!("`{}` cannot take a code {what}", name.text);
        let diagnostic = Diagnostic::new("unknown-option", place, text).also(kind.place, "it is declared here");
        Err(report.push(diagnostic.help(help)))
    }

    fn named_kind(&self, name: &Text, option: Option<&Text>, report: &mut Report) -> Known<model::OtpKind> {
        let kinds = &self.declarations.otps;
        match (option, kinds.only()) {
            (Some(option), _) => {
                let found = kinds.pairs().find(|(_, kind)| kind.name.text == option.text).map(|(id, _)| id);
                found.ok_or_else(|| {
                    let names = kinds.iter().map(|kind| kind.name.text.as_str());
                    let help = suggestions::suggest_or(&option.text, names, "declare it under `otps:`");
                    report.push_new("unknown-option", option.place, format!("no kind of code `{}`", option.text), help)
                })
            }
            (None, Some(only)) => Ok(only),
            (None, None) => {
                let text = format!("`{}` does not say which of {} kinds of codes", name.text, kinds.len());
                let help = format!("write `{}: <kind>`, a kind under `otps:`", name.text);
                Err(report.push_new("unknown-option", name.place, text, help))
            }
        }
    }

    /// Fills in what the option makes of the behaviour.
    fn signature(&self, is: &Behaviour, choice: Choice) -> Signature<'a> {
        let spec = &is.spec;
        let mut made = Signature {
            needs: is.needs.clone(),
            expects: is.expects.clone(),
            gives: is.gives.clone(),
            fails: spec.fails.clone(),
            binds: Vec::new(),
            keeps: Vec::new(),
        };
        let single = |named: &Named<'_>| named.id.ok().map(|id| Give { meanings: vec![id], whole: false });
        match choice {
            Choice::Literal => {}
            Choice::Table(table) => {
                let table = &self.declarations.tables[table];
                made.needs = table.key.iter().filter_map(|one| one.id.ok()).map(|id| vec![id]).collect();
                made.gives = table.gives.iter().filter_map(single).collect();
                made.fails = vec![fault_of_table(&table.name.text)];
            }
            Choice::Session(kind) => made.binds = self.declarations.sessions[kind].binds.clone(),
            Choice::Code(kind) => {
                let kind = &self.declarations.otps[kind];
                let gives = |word: &str| spec.gives.iter().any(|give| give == word);
                let bound = kind.binds.iter().filter(|_| gives("bound"));
                made.gives.extend(bound.chain(kind.keeps.iter().filter(|_| gives("kept"))).filter_map(single));
                made.binds = kind.binds.clone();
                if spec.takes.iter().any(|word| word == "kept") {
                    made.keeps = kind.keeps.clone();
                }
                if kind.raw.words.is_some() && says_words(spec) {
                    made.needs.extend(self.meanings.find(WORDS).map(|words| vec![words]));
                }
                if kind.raw.is_found_by_code() {
                    made.expects.retain(|id| self.meanings.all[*id].name != OTP_ID);
                }
            }
        }
        made
    }
}

/// What to do where a behaviour cannot take a code whose message is in the caller's words: it sends one and does not have
/// them, or the code is made here and the words do not say where it stands.
fn why_no_words(spec: &vocabulary::Behaviour, kind: &crate::raw::Otp) -> Option<&'static str> {
    let sends = spec.calls.iter().any(|hook| hook == "send_sms");
    let is_callers = spec.needs.iter().any(|need| need == "otp.code") && sends;
    if sends && !says_words(spec) {
        return Some(
            "take out `words`, and say `text: <message key>`; nobody keeps a caller's words to send them again",
        );
    }
    let has_mark = is_callers || kind.code_mark.is_some();
    (!has_mark).then_some(
        "say what stands in the words for the code: `code_mark: \"{{code}}\"`; or take out `words`, and say `text: <message key>`",
    )
}

/// True for what may send a message in the caller's words.
fn says_words(spec: &vocabulary::Behaviour) -> bool {
    let inputs = spec.rust.iter().flat_map(|call| &call.inputs);
    inputs.into_iter().any(|input| matches!(input, Argument::Struct { fields, .. } if fields.has(WORDS)))
}

fn check_said(name: &Text, option: &Text, may_say: &MaySay, report: &mut Report) -> Result<(), ErrorReported> {
    let help = match may_say {
        MaySay::Number { number: what } => {
            let number = option.text.parse::<u32>().is_ok_and(|number| (1..=99).contains(&number));
            (!number).then(|| format!("write `{}: <{what}>`, a number from 1 to 99, or the behaviour alone", name.text))
        }
        MaySay::Word { word } => {
            (option.text != *word).then(|| format!("write `{}: {word}`, or the behaviour alone", name.text))
        }
    };
    let Some(help) = help else { return Ok(()) };
    let text = format!("`{}` cannot do with `{}`", name.text, option.text);
    Err(report.push_new("unknown-option", option.place, text, help))
}

/// True for a meaning of the definition's own.
pub(crate) fn is_own(meaning: &Meaning) -> bool {
    meaning.home == Home::Own
}
