//! Consent forms as users see them: made from the definition's texts, and made again when a consent is stored, so that
//! the record says what was consented to. A text may show whose consent it is for what, and what generated code hands over.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::adapter::Consent;
use crate::context::Core;
use crate::entities::ConsentOption;
use crate::fault::Fault;

/// A form in one language, filled in.
#[derive(Debug)]
pub(super) struct Form {
    language: String,
    pub html: String,
    /// The texts of its lines, by their ids.
    pub lines: BTreeMap<&'static str, String>,
}

/// Whose form it is, for the texts that say so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose<'a> {
    pub operation: Option<&'a str>,
    pub user: Option<&'a str>,
    pub organization: Option<&'a str>,
}

impl Whose<'_> {
    /// What a text may show of it.
    fn values(&self) -> BTreeMap<String, String> {
        let Whose { operation, user, organization } = self;
        let named = [("operation.name", operation), ("user.id", user), ("organization.id", organization)];
        named.into_iter().filter_map(|(meaning, value)| Some((meaning.to_owned(), (*value)?.to_owned()))).collect()
    }
}

/// A form in a language, or else in the default one.
pub(super) fn consent_form(core: &Core, consent: &Consent, language: &str, whose: Whose<'_>) -> Result<Form, Fault> {
    let values = whose.values();
    rendered_form(core, consent, language, |key| core.html(Some(language), key, &values))
}

fn rendered_form(
    core: &Core,
    consent: &Consent,
    language: &str,
    text: impl Fn(&str) -> Result<String, Fault>,
) -> Result<Form, Fault> {
    let lines: Result<_, Fault> = consent.options.iter().map(|line| Ok((line.id, text(line.html)?))).collect();
    let language = core.shared.texts.language(language).to_owned();
    Ok(Form { language, html: text(consent.html)?, lines: lines? })
}

/// What the user was shown, for the record: the form in the language in which its lines came back, or, where they
/// came back without their texts or in none of the languages, in the caller's; then `returned` is false. If a text
/// needs a value which this request does not have, the texts stand there as the definition has them.
///
/// # Errors
/// `unexpected`, if there are no such texts.
pub(super) fn shown_lines(
    core: &Core,
    consent: &Consent,
    whose: Whose<'_>,
    options: &[ConsentOption],
) -> Result<Value, Fault> {
    let (texts, callers) = (&core.shared.texts, core.call.language.as_str());
    let languages = std::iter::once(callers).chain(texts.languages().filter(|language| *language != callers));
    let mut forms = languages.filter_map(|language| consent_form(core, consent, language, whose).ok());
    let returned = forms.find(|form| form.is_in(options));
    let is_returned = returned.is_some();
    let unfilled = || rendered_form(core, consent, callers, |key| texts.unfilled(callers, key));
    let Form { language, html, lines } = match returned {
        Some(form) => form,
        None => consent_form(core, consent, callers, whose).or_else(|_| unfilled())?,
    };
    Ok(json!({ "language": language, "html": html, "lines": lines, "returned": is_returned }))
}

/// Refuses a form that shows a value which its operation needs, and which the request does not have.
pub(super) fn check_needed(
    core: &Core,
    consent: &Consent,
    language: &str,
    needs: &[&'static str],
    whose: Whose<'_>,
) -> Result<(), Fault> {
    let keys = || std::iter::once(consent.html).chain(consent.options.iter().map(|line| line.html));
    let is_shown = |need: &str| keys().any(|key| core.shared.texts.shows(language, key, need));
    let has = |need: &str| whose.values().contains_key(need) || core.shown_value(need).is_some();
    match needs.iter().find(|need| is_shown(need) && !has(need)) {
        None => Ok(()),
        Some(need) => {
            Err(Fault::new("input.invalid").with_detail(format_args!("`{need}` of the operation is missing")))
        }
    }
}

impl Form {
    /// True if these are its lines, with their texts.
    fn is_in(&self, options: &[ConsentOption]) -> bool {
        let line = |option: &ConsentOption| self.lines.get(option.id.as_deref()?).cloned();
        !options.is_empty() && options.iter().all(|option| option.html.is_some() && line(option) == option.html)
    }
}
