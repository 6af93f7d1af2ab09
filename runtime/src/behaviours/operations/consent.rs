//! Consent forms: made from the definition, checked by the ids of their lines, stored as a record before the bank is
//! told.

use std::collections::BTreeMap;

use serde_json::json;

use super::shown::Whose;
use crate::adapter::{Consent, ConsentLine};
use crate::behaviours::retry::Retry;
use crate::context::Core;
use crate::crypto::KeyName;
use crate::crypto::mac::{Field, mac_text};
use crate::entities::{CheckState, ConsentOption, Operation, OptionResult};
use crate::fault::{Fault, Outcome};
use crate::hooks::SavedConsent;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Kind, RecordKey};
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
    /// What to tell the user of the form as a whole.
    pub error_text: Option<String>,
    /// The lines that are not as they must be.
    pub results: Vec<OptionResult>,
    /// The refusal, for those who turn it into an error.
    pub refusal: Option<Fault>,
}

impl ConsentVerdict {
    /// Turns one of these refusals into the fault that it stands for, and leaves others as they are.
    ///
    /// # Errors
    /// The refusal, if it is among them.
    pub fn apart(mut self, faults: &[&str]) -> Result<Self, Fault> {
        Fault::apart(&mut self.refusal, faults).map(|()| self)
    }

    /// Turns a refusal into the fault that it stands for.
    ///
    /// # Errors
    /// The refusal, if a line is not as it must be.
    pub fn passed(self) -> Result<Self, Fault> {
        match self.refusal {
            Some(refusal) => Err(refusal),
            None => Ok(self),
        }
    }
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

impl Core {
    /// Makes the consent form of an operation; one that needs none has an empty form.
    ///
    /// # Errors
    /// `operation.unknown`; `input.invalid`, if the form shows a value which the operation needs and the request lacks.
    pub async fn create_consent(&self, input: CreateConsent) -> Result<ConsentForm, Fault> {
        let kind = self.operation_kind(input.operation.as_deref())?;
        let Some(consent) = kind.consent else {
            return Ok(ConsentForm { needed: false, html: String::new(), options: Vec::new() });
        };
        let whose = Whose {
            operation: input.operation.as_deref(),
            user: input.user.as_deref(),
            organization: input.organization.as_deref(),
        };
        let language = input.language.as_deref().unwrap_or(&self.call.language);
        self.check_needed(&consent, language, kind.needs, whose)?;
        let form = self.form(&consent, language, whose)?;
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

    /// Checks that every line that must be ticked is ticked. Lines are known by their ids.
    ///
    /// # Errors
    /// `operation.unknown`; `options.invalid`, if the lines are not those of the operation.
    pub async fn validate_consent(&self, input: ValidateConsent) -> Result<ConsentVerdict, Fault> {
        let consent = self.operation_kind(input.operation.as_deref())?.consent;
        let unticked = unticked(consent.as_ref(), &input.options)?;
        if unticked.is_empty() {
            return Ok(ConsentVerdict {
                outcome: Outcome::Passed,
                error_text: None,
                results: Vec::new(),
                refusal: None,
            });
        }
        let language = input.language.as_deref();
        let of_line = self.text_of("option.unchecked", language);
        let result = |id: &str| OptionResult { id: id.to_owned(), passed: false, error_text: of_line.clone() };
        Ok(ConsentVerdict {
            outcome: Outcome::Failed,
            error_text: self.text_of("consent.incomplete", language),
            results: unticked.into_iter().map(result).collect(),
            refusal: Some(Fault::new("consent.incomplete")),
        })
    }

    /// Stores a consent: the adapter's own record first, then the bank's. Storing the same again changes nothing.
    /// `false` if the bank cannot store it now.
    ///
    /// # Errors
    /// `operation.unknown`; `options.invalid`, if the lines are not those of the operation or one that must be ticked
    /// is not; `store.unavailable`; those of the hook.
    pub async fn save_consent(&self, input: SaveConsent) -> Result<bool, Fault> {
        let consent = self.operation_kind(input.operation.name.as_deref())?.consent;
        if !unticked(consent.as_ref(), &input.options)?.is_empty() {
            return Err(Fault::new("options.invalid").with_detail("a line that must be ticked is not"));
        }
        self.record_consent(consent.as_ref(), &input).await?;
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        let SaveConsent { operation, options, user, organization } = input;
        let saved = SavedConsent { user, organization, operation, options };
        self.shared.guard.own("save_consent", async move { hooks.save_consent(&call, &saved).await }).await
    }

    async fn record_consent(&self, consent: Option<&Consent>, input: &SaveConsent) -> Result<(), Fault> {
        let key = RecordKey::new(Kind::Consent, self.consent_id(input)?);
        let value = self.consent_value(consent, input)?;
        let entry = self.consent_entry(input, &value)?;
        let mut retry = Retry::default();
        loop {
            let read = self.read(&key).await?;
            if read.record.as_ref().is_some_and(|record| record.value == value) {
                return Ok(());
            }
            let unchanged = Condition::unchanged(key.clone(), read.record.as_ref());
            let batch = Batch::at(self.clock_millis()).only_if(unchanged).audit(entry.clone());
            match self.commit(batch.put(key.clone(), value.clone(), read.now + KEPT)).await? {
                Committed::Applied(_) => return Ok(()),
                other => retry.after(other).await?,
            }
        }
    }

    /// What is kept of a consent: what was shown, and which lines were ticked.
    fn consent_value(&self, consent: Option<&Consent>, input: &SaveConsent) -> Result<Json, Fault> {
        let whose = Whose {
            operation: input.operation.name.as_deref(),
            user: input.user.as_deref(),
            organization: input.organization.as_deref(),
        };
        let shown = consent.map(|consent| self.shown(consent, whose, &input.options)).transpose()?;
        let is_ticked = |option: &ConsentOption| option.value == Some(CheckState::Checked);
        let ticked: BTreeMap<&str, bool> =
            input.options.iter().map(|option| (option.id.as_deref().unwrap_or_default(), is_ticked(option))).collect();
        Ok(json!({ "shown": shown, "ticked": ticked }).into())
    }

    /// The same for the same operation and user; a consent without an operation's number is never the same.
    pub(super) fn consent_id(&self, input: &SaveConsent) -> Result<String, Fault> {
        let number = input.operation.id.as_deref().unwrap_or(&self.call.request_id);
        let fields = [
            Field::of(Some(number)),
            Field::of(input.operation.name.as_deref()),
            Field::of(input.user.as_deref()),
            Field::of(input.organization.as_deref()),
        ];
        self.pseudonym("consent", &fields)
    }

    /// The audit entry, with a MAC of what is kept: what was shown, and what was ticked.
    fn consent_entry(&self, input: &SaveConsent, value: &Json) -> Result<AuditEntry, Fault> {
        let mut entry = self.event(AuditEvent::ConsentSaved, AuditOutcome::Success);
        entry.user.clone_from(&input.user);
        entry.organization.clone_from(&input.organization);
        entry.operation_id.clone_from(&input.operation.id);
        entry.operation_name.clone_from(&input.operation.name);
        let digest = mac_text(&self.current_key(KeyName::Audit)?, "consent", &[Field::Text(value.as_str())]);
        entry.data_digest = Some(digest);
        Ok(entry)
    }

    /// The text of a fault's message, or its key where there is no text.
    fn text_of(&self, fault: &str, language: Option<&str>) -> Option<String> {
        let key = self.key_of(fault)?;
        Some(self.text(language, key, &BTreeMap::new()).unwrap_or_else(|_| key.to_owned()))
    }
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
