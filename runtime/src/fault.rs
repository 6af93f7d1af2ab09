//! Why a request was not done, and what a check found. What goes onto the wire is decided elsewhere: by the error
//! table and by the payload that shows an outcome.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::entities::DepositMethod;
use crate::values::Json;

/// The key of a message, as an API that sends keys sends it.
pub type Key = &'static str;

/// Why a request was not done: `noun.adjective`, and what an error body may show of it.
///
/// The outward side is the name and what it carries; `inner` is for the log alone and never leaves the process.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The name that the error table answers, such as `user.unknown`.
    pub name: &'static str,
    /// The broken rules, if the fault is about fields.
    pub violations: Vec<Violation>,
    /// What it tells of a check, if anything; read it by [`Fault::carried`].
    pub carried: Option<Box<Carried>>,
    /// The meaning of the value that is missing or wrong: where its row is that of broken rules, the fault is reported as
    /// one, at the field that has the meaning.
    pub about: Option<&'static str>,
    /// The fault that this one is to tables that do not name it.
    pub otherwise: Option<&'static str>,
    /// For the log: what went wrong inside. Holds no secret.
    pub inner: Option<String>,
    /// True if the same request may be done a moment later: the answer says so, whatever its status.
    pub busy: bool,
}

impl Fault {
    /// The fault of this name, with nothing carried.
    pub const fn new(name: &'static str) -> Self {
        Fault { name, violations: Vec::new(), carried: None, about: None, otherwise: None, inner: None, busy: false }
    }

    /// The fault of a request that is not done for want of room; why, for the log.
    pub fn overloaded(why: impl fmt::Display) -> Self {
        Fault::new("overloaded").with_detail(why).busy()
    }

    /// The same fault, of something that is busy now.
    pub const fn busy(mut self) -> Self {
        self.busy = true;
        self
    }

    /// The same fault with a note for the log.
    pub fn with_detail(mut self, inner: impl fmt::Display) -> Self {
        self.inner = Some(inner.to_string());
        self
    }

    /// The same fault, about the value with this meaning.
    pub const fn about(mut self, meaning: &'static str) -> Self {
        self.about = Some(meaning);
        self
    }

    /// The same fault, which is another one to tables that do not name it.
    pub const fn otherwise(mut self, name: &'static str) -> Self {
        self.otherwise = Some(name);
        self
    }

    /// Takes a refusal out if it is one of these.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) fn apart(refusal: &mut Option<Fault>, faults: &[&str]) -> Result<(), Fault> {
        let is_one = |fault: &mut Fault| {
            faults.contains(&fault.name) || fault.otherwise.is_some_and(|otherwise| faults.contains(&otherwise))
        };
        refusal.take_if(is_one).map_or(Ok(()), Err)
    }

    /// What it carries.
    pub fn carried(&self) -> &Carried {
        self.carried.as_deref().unwrap_or(&NOTHING)
    }

    fn carry(&mut self) -> &mut Carried {
        self.carried.get_or_insert_with(|| Box::new(NOTHING.clone()))
    }

    /// The same fault with the number of attempts that are left.
    pub fn with_attempts_left(mut self, left: Option<i64>) -> Self {
        self.carry().attempts_left = left;
        self
    }

    /// The same fault after so many attempts.
    pub fn after_attempts(mut self, attempts: i64) -> Self {
        self.carry().attempts = Some(attempts);
        self
    }

    /// The same fault of what the caller knows by this id.
    pub fn of(mut self, id: Option<String>) -> Self {
        self.carry().id = id;
        self
    }

    /// The same fault after deposits were compared in this way, and differed.
    pub fn after_comparing(mut self, method: DepositMethod) -> Self {
        *self.carry() = Carried { outcome: Outcome::Failed, method: Some(method), ..self.carried().clone() };
        self
    }
}

/// What a fault tells of the check that it ended; a failure may show it.
#[derive(Debug, Clone)]
pub struct Carried {
    /// How many attempts are left, if they are counted.
    pub attempts_left: Option<i64>,
    /// How often it was tried, this time included, if that is counted.
    pub attempts: Option<i64>,
    /// The id of what was asked for, as the caller knows it.
    pub id: Option<String>,
    /// What the check found; skipped if nothing was compared.
    pub outcome: Outcome,
    /// How deposits were checked, if the fault is about them.
    pub method: Option<DepositMethod>,
}

static NOTHING: Carried =
    Carried { attempts_left: None, attempts: None, id: None, outcome: Outcome::Skipped, method: None };

/// A broken rule of a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The message key of the rule.
    pub key: String,
    /// The field at which it is reported, by its path from the body's root; empty for the body as a whole.
    pub path: String,
    /// The wire type of that field, as the definition's `validation.types` names it.
    pub type_name: String,
    /// The rule's word, such as `required` or `max`.
    pub rule: &'static str,
    /// The values that the field may have, for people, if they are few.
    pub allowed: &'static str,
}

/// The answer to "is it so?".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It is so.
    Passed,
    /// It is not so.
    Failed,
    /// Nobody asked.
    #[default]
    Skipped,
}

impl Outcome {
    /// True if the check passed.
    pub fn passed(self) -> bool {
        self == Outcome::Passed
    }
}

/// What a check found. A response that shows the outcome reads it; any other calls [`Verdict::passed`].
#[derive(Debug)]
pub struct Verdict<T> {
    /// Passed, failed or skipped.
    pub outcome: Outcome,
    /// What the check gives when it passes.
    pub value: Option<T>,
    /// The key of the refusal's message.
    pub error_key: Option<Key>,
    /// How many attempts are left, if that may be disclosed.
    pub attempts_left: Option<i64>,
    /// How many attempts there were, if that may be disclosed.
    pub attempts: Option<i64>,
    /// The refusal, for those who turn it into an error.
    pub refusal: Option<Fault>,
}

impl<T> Verdict<T> {
    /// The verdict of a check that passed.
    pub fn pass(value: T) -> Self {
        Verdict {
            outcome: Outcome::Passed,
            value: Some(value),
            error_key: None,
            attempts_left: None,
            attempts: None,
            refusal: None,
        }
    }

    /// The verdict of a check that failed for this reason; `error_key` is the message of the refusal.
    pub fn refuse(fault: Fault, error_key: Option<Key>) -> Self {
        let (attempts_left, attempts) = (fault.carried().attempts_left, fault.carried().attempts);
        Verdict { outcome: Outcome::Failed, value: None, error_key, attempts_left, attempts, refusal: Some(fault) }
    }

    /// Turns a refusal into the fault that it stands for.
    ///
    /// # Errors
    /// The refusal, if the check did not pass.
    pub fn passed(self) -> Result<T, Fault> {
        match (self.value, self.refusal) {
            (Some(value), None) => Ok(value),
            (_, Some(refusal)) => Err(refusal),
            (None, None) => Err(Fault::new("unexpected").with_detail("a check passed without a value")),
        }
    }
}

impl<T> Verdict<T> {
    /// Turns one of these refusals into the fault that it stands for, and leaves others as they are.
    ///
    /// # Errors
    /// The refusal, if it is among them.
    pub fn apart(mut self, faults: &[&str]) -> Result<Self, Fault> {
        Fault::apart(&mut self.refusal, faults).map(|()| self)
    }
}

/// A row of the error table.
#[derive(Debug)]
pub struct ErrorRow {
    /// HTTP status.
    pub status: u16,
    /// The code on the wire.
    pub code: &'static str,
    /// The faults that it answers, where a table does not say others by `#[answers(…)]`.
    pub answers: &'static [&'static str],
    /// The message.
    pub says: Says,
    /// Further columns that the API's error body shows, by name; texts may hold `{{ }}`.
    pub columns: &'static [(&'static str, &'static str)],
}

/// How a row finds its message.
#[derive(Debug)]
pub enum Says {
    /// Always this key.
    Key(&'static str),
    /// The first line whose keys (parted by blanks) all occur among the violations; the last always fits.
    FirstOf(&'static [&'static str]),
    /// A text with values, such as `Exception occurred at {{ request.id }}`.
    Text(&'static str),
}

/// A fault after the error table has answered it: what the payload of a failure is filled from.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    /// The code on the wire.
    pub code: String,
    /// HTTP status.
    pub status: i64,
    /// The message's key.
    pub key: String,
    /// The message in the caller's language.
    pub text: String,
    /// Further columns of the row.
    pub columns: BTreeMap<&'static str, String>,
    /// The violations as flat codes; none unless the fault is about fields.
    pub codes: Option<Vec<String>>,
    /// The violations one by one.
    pub violations: Vec<ViolationText>,
    /// Where a refusal is one of several, for each violation one: the field.
    pub violation_field: Option<String>,
    /// The rule that its value breaks.
    pub violation_rule: Option<String>,
    /// The key of the violation's message.
    pub violation_message_key: Option<String>,
    /// The message in the caller's language.
    pub violation_message: Option<String>,
    /// How many attempts are left, if the fault tells.
    pub attempts_left: Option<i64>,
    /// How often it was tried, if the fault tells.
    pub attempts: Option<i64>,
    /// The id of what was asked for, as the caller knows it.
    pub id: Option<String>,
    /// What a check found before it ended so; skipped if nothing was compared.
    pub outcome: Outcome,
    /// How deposits were checked, if the fault is about them.
    pub method: Option<DepositMethod>,
    /// What the request said of itself, to be sent back.
    pub header: Option<Json>,
}

/// A violation as a failure shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViolationText {
    /// Where it is, from the payload's root: `address.street`.
    pub field: String,
    /// The word of the rule.
    pub rule: &'static str,
    /// The key of its message.
    pub message_key: String,
    /// The message in the caller's language.
    pub message: String,
}

impl Refusal {
    /// `{"field": ["text", ...], ...}`; none without violations.
    pub fn by_field(&self) -> Option<Json> {
        let mut fields = serde_json::Map::new();
        for violation in &self.violations {
            let entry = fields.entry(violation.field.clone()).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(texts) = entry {
                texts.push(Value::String(violation.message.clone()));
            }
        }
        (!fields.is_empty()).then(|| Value::Object(fields).into())
    }

    /// This refusal for each violation, with which it shows it.
    pub fn each_violation(&self) -> Vec<Refusal> {
        let alone = Refusal { violations: Vec::new(), ..self.clone() };
        let of = |violation: &ViolationText| Refusal {
            violation_field: Some(violation.field.clone()),
            violation_rule: Some(violation.rule.to_owned()),
            violation_message_key: Some(violation.message_key.clone()),
            violation_message: Some(violation.message.clone()),
            ..alone.clone()
        };
        self.violations.iter().map(of).collect()
    }

    /// The same; this refusal alone where there is no violation.
    pub fn each(&self) -> Vec<Refusal> {
        if self.violations.is_empty() { vec![self.clone()] } else { self.each_violation() }
    }
}
