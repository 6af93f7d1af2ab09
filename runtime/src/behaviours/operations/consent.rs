//! Consent forms: made from the definition, checked by the ids of their lines, stored as a record before the bank is
//! notified.

use std::collections::BTreeMap;

use serde_json::json;

use super::kind::operation_kind;
use super::shown::{Whose, check_needed, consent_form, shown_lines};
use crate::adapter::{Consent, ConsentLine};
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::crypto::KeyName;
use crate::crypto::mac::{Field, mac_text};
use crate::entities::{CheckState, ConsentOption, Operation, OptionResult};
use crate::fault::{Fault, Outcome};
use crate::hooks::SavedConsent;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Committed, Condition, Kind, RecordKey};
use crate::values::Json;

/// For how long a consent's record is kept, in milliseconds; the audit entry stays.
const KEPT: i64 = 400 * 24 * 60 * 60 * 1000;

/// Which consent form to make.
#[derive(Debug, Default)]
pub struct CreateConsent {
    /// The operation's name.
    pub operation: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// The language of the form; the caller's if none is given.
    pub language: Option<String>,
}

/// A consent form.
#[derive(Debug)]
pub struct ConsentForm {
    /// Whether the operation has one.
    pub needed: bool,
    /// Its text.
    pub html: String,
    /// Its lines.
    pub options: Vec<ConsentOption>,
}

/// Which lines a user ticked.
#[derive(Debug, Default)]
pub struct ValidateConsent {
    /// The operation's name.
    pub operation: Option<String>,
    /// The lines as the user left them.
    pub options: Vec<ConsentOption>,
    /// The language of the messages; the caller's if none is given.
    pub language: Option<String>,
}

/// Whether all lines that must be ticked are ticked.
#[derive(Debug)]
pub struct ConsentVerdict {
    /// Whether they are.
    pub outcome: Outcome,
    /// What to show the user of the form as a whole.
    pub error_text: Option<String>,
    /// The lines that are not as they must be.
    pub results: Vec<OptionResult>,
    /// The refusal, for those who turn it into an error.
    pub refusal: Option<Fault>,
}

/// A consent to store.
#[derive(Debug, Default)]
pub struct SaveConsent {
    /// What it is for.
    pub operation: Operation,
    /// The lines as the user left them.
    pub options: Vec<ConsentOption>,
    /// The user.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
}

/// [`Core::create_consent`].
pub(in crate::behaviours) async fn create_consent(core: &Core, input: CreateConsent) -> Result<ConsentForm, Fault> {
    let kind = operation_kind(core, input.operation.as_deref())?;
    let Some(consent) = kind.consent else {
        return Ok(ConsentForm { needed: false, html: String::new(), options: Vec::new() });
    };
    let whose = Whose {
        operation: input.operation.as_deref(),
        user: input.user.as_deref(),
        organization: input.organization.as_deref(),
    };
    let language = input.language.as_deref().unwrap_or(&core.call.language);
    check_needed(core, &consent, language, kind.needs, whose)?;
    let form = consent_form(core, &consent, language, whose)?;
    let line = |line: &ConsentLine| ConsentOption {
        id: Some(line.id.to_owned()),
        html: form.lines.get(line.id).cloned(),
        required: line.required,
        default: CheckState::Unchecked,
        value: None,
    };
    let options = consent.options.iter().map(line).collect();
    Ok(ConsentForm { needed: true, html: form.html, options })
}

/// [`Core::validate_consent`].
pub(in crate::behaviours) async fn validate_consent(
    core: &Core,
    input: ValidateConsent,
) -> Result<ConsentVerdict, Fault> {
    let consent = operation_kind(core, input.operation.as_deref())?.consent;
    let unticked = unticked(consent.as_ref(), &input.options)?;
    if unticked.is_empty() {
        return Ok(ConsentVerdict { outcome: Outcome::Passed, error_text: None, results: Vec::new(), refusal: None });
    }
    let language = input.language.as_deref();
    let of_line = consent_text(core, "option.unchecked", language);
    let result = |id: &str| OptionResult { id: id.to_owned(), passed: false, error_text: of_line.clone() };
    Ok(ConsentVerdict {
        outcome: Outcome::Failed,
        error_text: consent_text(core, "consent.incomplete", language),
        results: unticked.into_iter().map(result).collect(),
        refusal: Some(Fault::new("consent.incomplete")),
    })
}

/// [`Core::save_consent`].
pub(in crate::behaviours) async fn save_consent(core: &Core, input: SaveConsent) -> Result<bool, Fault> {
    let consent = operation_kind(core, input.operation.name.as_deref())?.consent;
    if !unticked(consent.as_ref(), &input.options)?.is_empty() {
        return Err(Fault::new("options.invalid").with_detail("a line that must be ticked is not"));
    }
    record_consent(core, consent.as_ref(), &input).await?;
    let SaveConsent { operation, options, user, organization } = input;
    let saved = SavedConsent { user, organization, operation, options };
    core.hooks().call("save_consent", |hooks, call| async move { hooks.save_consent(&call, &saved).await }).await
}

async fn record_consent(core: &Core, consent: Option<&Consent>, input: &SaveConsent) -> Result<(), Fault> {
    let key = RecordKey::new(Kind::Consent, consent_id(core, input)?);
    let value = consent_value(core, consent, input)?;
    let entry = consent_entry(core, input, &value)?;
    let mut retry = Retry::default();
    loop {
        let read = core.store().read(&key).await?;
        if read.record.as_ref().is_some_and(|record| record.value == value) {
            return Ok(());
        }
        let unchanged = Condition::unchanged(key.clone(), read.record.as_ref());
        let batch = core.store().batch().only_if(unchanged).audit(entry.clone());
        match core.store().commit(batch.put(key.clone(), value.clone(), read.now + KEPT)).await? {
            Committed::Applied(_) => return Ok(()),
            other => retry.after(other).await?,
        }
    }
}

/// What is kept of a consent: what was shown, and which lines were ticked.
fn consent_value(core: &Core, consent: Option<&Consent>, input: &SaveConsent) -> Result<Json, Fault> {
    let whose = Whose {
        operation: input.operation.name.as_deref(),
        user: input.user.as_deref(),
        organization: input.organization.as_deref(),
    };
    let shown = consent.map(|consent| shown_lines(core, consent, whose, &input.options)).transpose()?;
    let is_ticked = |option: &ConsentOption| option.value == Some(CheckState::Checked);
    let ticked: BTreeMap<&str, bool> =
        input.options.iter().map(|option| (option.id.as_deref().unwrap_or_default(), is_ticked(option))).collect();
    Ok(json!({ "shown": shown, "ticked": ticked }).into())
}

/// The same for the same operation and user; a consent without an operation's number is never the same.
pub(super) fn consent_id(core: &Core, input: &SaveConsent) -> Result<String, Fault> {
    let number = input.operation.id.as_deref().unwrap_or(&core.call.request_id);
    let fields = [
        Field::of(Some(number)),
        Field::of(input.operation.name.as_deref()),
        Field::of(input.user.as_deref()),
        Field::of(input.organization.as_deref()),
    ];
    core.keys().pseudonym("consent", &fields)
}

/// The audit entry, with a MAC of what is kept: what was shown, and what was ticked.
fn consent_entry(core: &Core, input: &SaveConsent, value: &Json) -> Result<AuditEntry, Fault> {
    let mut entry = core.audit().entry(AuditEvent::ConsentSaved, AuditOutcome::Success);
    entry.user.clone_from(&input.user);
    entry.organization.clone_from(&input.organization);
    entry.operation_id.clone_from(&input.operation.id);
    entry.operation_name.clone_from(&input.operation.name);
    let digest = mac_text(&core.keys().current(KeyName::Audit)?, "consent", &[Field::Text(value.as_str())]);
    entry.data_digest = Some(digest);
    Ok(entry)
}

/// The text of a fault's message, or its key where there is no text.
fn consent_text(core: &Core, fault: &str, language: Option<&str>) -> Option<String> {
    let key = core.key_of(fault)?;
    Some(core.text(language, key, &BTreeMap::new()).unwrap_or_else(|_| key.to_owned()))
}

/// The ids of those lines that must be ticked and are not, in the form's order.
///
/// # Errors
/// `options.invalid`, if a line is unknown, missing, or there twice.
fn unticked(consent: Option<&Consent>, options: &[ConsentOption]) -> Result<Vec<&'static str>, Fault> {
    let invalid = |why: &str| Fault::new("options.invalid").with_detail(why);
    let lines = consent.map_or(&[] as &[ConsentLine], |consent| consent.options);
    let known = |option: &ConsentOption| lines.iter().any(|line| Some(line.id) == option.id.as_deref());
    if !options.iter().all(known) {
        return Err(invalid("there is a line that the form does not have"));
    }
    let mut unticked = Vec::new();
    for line in lines {
        let mut same = options.iter().filter(|option| option.id.as_deref() == Some(line.id));
        let option = same.next().ok_or_else(|| invalid("a line of the form is missing"))?;
        if same.next().is_some() {
            return Err(invalid("a line is there twice"));
        }
        if line.required && option.value != Some(CheckState::Checked) {
            unticked.push(line.id);
        }
    }
    Ok(unticked)
}
