//! The texts of a definition, read once by the engine that fills them in: which meanings each shows.

use countersign_engine::texts::{Engine, Form, Mistake, Template};

use super::Declarations;
use super::braces::{self, Unclosed};
use crate::diagnostic::Diagnostic;
use crate::naming::near;
use crate::raw::{Definition, Text};
use crate::report::Report;

/// All texts that show something, by language and key.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    engine: Engine,
}

impl Texts {
    /// Reads them, and reports those that cannot be read.
    pub fn of(raw: &Definition, report: &mut Report) -> Texts {
        let mut engine = Engine::default();
        for (language, texts) in raw.messages.iter() {
            for (key, text) in texts.iter().filter(|(_, text)| text.text.contains('{')) {
                if let Err(mistake) = engine.keep(Form::Plain, &name(&language.text, &key.text), &text.text) {
                    report.push(wrong(&format!("`{}` ({})", key.text, language.text), text, &mistake));
                }
            }
        }
        Texts { engine }
    }

    /// What fills texts in.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A text that shows something; none if there is no such text, it shows nothing, or it cannot be read.
    pub fn get(&self, language: &str, key: &str) -> Option<Template<'_>> {
        self.engine.kept(Form::Plain, &name(language, key))
    }

    /// The same of a text of the messages, also one that shows nothing; none if it cannot be read.
    pub fn template<'t>(&'t self, language: &str, key: &str, text: &'t Text) -> Option<Template<'t>> {
        if text.text.contains('{') { self.get(language, key) } else { self.engine.read(Form::Plain, &text.text).ok() }
    }

    /// The meanings that some of these texts show in some language, in alphabetical order.
    pub fn shown<'k>(&self, raw: &Definition, keys: impl IntoIterator<Item = &'k Text>) -> Vec<String> {
        let mut all = Vec::new();
        for key in keys {
            let texts = raw.messages.names().filter_map(|language| self.get(language, &key.text));
            texts.for_each(|text| all.extend_from_slice(text.shows()));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn name(language: &str, key: &str) -> String {
    format!("{language}/{key}")
}

/// What is reported of a text that cannot be read.
pub(crate) fn wrong(what: &str, text: &Text, mistake: &Mistake) -> Diagnostic {
    let Some((word, instead)) = mistake.instead() else {
        if let (Mistake::Syntax(_), Some(unclosed)) = (mistake, braces::unclosed(&text.text)) {
            return lacks_a_brace(what, text, unclosed);
        }
        let (id, help) = match mistake {
            Mistake::Call(_) => {
                ("unknown-filter", "write the value alone, or with a filter: `{{ user.name | upper }}`")
            }
            _ if mistake.to_string().contains("end of block") => {
                ("bad-template", "every `{% if … %}` ends with `{% endif %}`")
            }
            _ => ("bad-template", "write values as `{{ user.given_name }}`"),
        };
        let why = mistake.to_string().replace("end of variable block", "`}}`").replace("end of block", "`%}`");
        return Diagnostic::new(id, text.place, format!("{what} is no template: {why}")).help(help);
    };
    let help = match (near(word, instead.iter().copied()), word) {
        (_, "safe" | "e" | "escape" | "autoescape") => {
            "take it out: values in HTML are escaped, and nothing switches that off".to_owned()
        }
        (Some(near), _) => format!("did you mean `{near}`? There are: {}", instead.join(", ")),
        (None, _) => format!("there are: {}", instead.join(", ")),
    };
    Diagnostic::new("unknown-filter", text.place, format!("{what} is no template: {mistake}")).help(help)
}

/// What is reported of a text with a brace too few, at the braces.
fn lacks_a_brace(what: &str, text: &Text, Unclosed { at, meant }: Unclosed) -> Diagnostic {
    let written = text.text.get(at.clone()).unwrap_or_default();
    let message = format!("{what} is no template: `{written}` lacks a brace at its end");
    Diagnostic::new("bad-template", text.part(at), message).help(format!("write `{meant}`"))
}

/// The keys of the texts that codes are sent in: those of operations, and those of kinds of codes.
pub(crate) fn sms_keys<'a>(declarations: &Declarations<'a>) -> Vec<&'a Text> {
    let operations = declarations.operations.iter().filter_map(|operation| operation.sms);
    operations.chain(declarations.otps.iter().filter_map(|kind| kind.raw.text.as_ref())).collect()
}

/// The keys of the texts that consents are made of.
pub(crate) fn consent_keys<'a>(declarations: &Declarations<'a>) -> Vec<&'a Text> {
    let consents = declarations.operations.iter().filter_map(|operation| operation.consent);
    let lines = |consent: &'a crate::raw::Consent| consent.options.iter().map(|(_, (html, _))| html);
    consents.flat_map(|consent| std::iter::once(&consent.html).chain(lines(consent))).collect()
}
