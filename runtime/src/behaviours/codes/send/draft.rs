//! A code that is ready to be stored and sent: whose it is, what it is bound to, the text of its message, the rate limits
//! that it counts against.

use std::borrow::Cow;

use super::callers_words::callers_text;
use super::message_text::{check_currency, sms_text};
use super::rate_limits::rate_limit_counts;
use super::recipient::{Recipient, find_recipient};
use crate::adapter::OtpKind;
use crate::behaviours::codes::binding::Facts;
use crate::behaviours::codes::inputs::{OneTimeCode, SendOtp, SentOtp};
use crate::behaviours::codes::life::Life;
use crate::behaviours::codes::options::code_options;
use crate::behaviours::codes::record::CodeRecord;
use crate::behaviours::codes::token::{new_id, stored_id};
use crate::behaviours::state::time;
use crate::context::Core;
use crate::crypto::digits;
use crate::crypto::mac::Field;
use crate::fault::{Fault, Outcome};
use crate::settings::CodeOptions;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Count, Kind, Millis, Record, RecordKey};
use crate::values::Secret;

/// What identifies an operation.
const OPERATION: &str = "operation.id";

/// A code that is ready to be stored and sent.
pub(super) struct Draft {
    /// As the store and the audit know it.
    pub id: String,
    /// As the caller gets it.
    pub audited_id: String,
    pub code: Secret<String>,
    pub text: Secret<String>,
    pub purpose: String,
    pub kind: OtpKind,
    pub options: CodeOptions,
    pub life: Life,
    pub facts: Facts,
    pub recipient: Recipient,
    /// The limits that the message counts against.
    pub counts: Vec<Count>,
    /// Where it is stored which code is open, if there may be only one.
    pub open: Option<RecordKey>,
    /// True if that is one code for each operation, so that asking again is a repetition.
    pub for_operation: bool,
    pub resend: bool,
    pub keep_refused: bool,
    /// What the request says otherwise than the operation's data.
    pub differs: Vec<&'static str>,
    pub maker: Maker,
    /// The code in whose place it is sent, under the same id, as it was read.
    pub again: Option<(CodeRecord, Record)>,
}

impl Draft {
    /// The id that the caller knows the code by which is open: the code's own, or, of one that the caller made, the
    /// caller's.
    pub fn known_as(&self, open: &str) -> String {
        match self.maker {
            Maker::Adapter => open.to_owned(),
            Maker::Caller => self.audited_id.clone(),
        }
    }
}

/// Who made a code, and so checks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    /// This adapter.
    Adapter,
    /// The caller. What is stored of it only counts; no code is right by it.
    Caller,
}

/// Whose words a message has.
pub(super) enum Wording {
    /// Those of a text of the definition.
    Definition,
    /// These, cleaned.
    Caller(Secret<String>),
}

pub(super) async fn otp_draft<C: OneTimeCode>(core: &Core, mut input: SendOtp<C>) -> Result<Draft, Fault> {
    let code = Secret::new(digits::code(C::KIND.alphabet, code_options(core, &C::KIND).digits));
    let id = new_id(&C::KIND);
    let wording = input.words.take().map_or(Wording::Definition, Wording::Caller);
    new_draft(core, &input, code, id, (Maker::Adapter, wording)).await
}

/// Gets a code ready that has an id already.
pub(super) async fn new_draft<C: OneTimeCode>(
    core: &Core,
    input: &SendOtp<C>,
    code: Secret<String>,
    audited_id: String,
    (maker, wording): (Maker, Wording),
) -> Result<Draft, Fault> {
    let facts = Facts::of(&input.code);
    let (kind, options) = (C::KIND, code_options(core, &C::KIND));
    let text_key = matches!(wording, Wording::Definition).then(|| sms_key(core, &kind, &facts)).transpose()?;
    check_shown(core, &facts)?;
    let life = Life::of(options.life_seconds, input.until, &facts, core.now_millis())?;
    let SendOtp { user, phone, organization, account, .. } = input;
    let recipient = find_recipient(core, user.clone(), phone.clone(), organization.clone(), *account, &facts).await?;
    let text = match &wording {
        Wording::Caller(words) => callers_text(core, words, kind.code_mark, code.expose())?,
        Wording::Definition => {
            let key = text_key.unwrap_or_default();
            sms_text(core, input.language.as_deref(), key, &facts, code.expose())?
        }
    };
    let id = match maker {
        Maker::Adapter => stored_id(&kind, &audited_id),
        Maker::Caller => stored_id(&kind, &new_id(&kind)),
    };
    Ok(Draft {
        id,
        audited_id,
        purpose: facts.get("operation.name").unwrap_or(kind.name).to_owned(),
        open: open_code_of_draft(core, &kind, &facts, &recipient, maker)?,
        for_operation: kind.one_per.contains(&OPERATION) && facts.get(OPERATION).is_some(),
        counts: rate_limit_counts(core, recipient.subject(), options.per_phone)?,
        resend: input.resend.unwrap_or(false) || core.shared.options.limits.dev_limits_off,
        keep_refused: input.keep_refused,
        differs: facts.differing(),
        maker,
        again: None,
        code,
        text,
        kind,
        options,
        life,
        facts,
        recipient,
    })
}

fn sms_key(core: &Core, kind: &OtpKind, facts: &Facts) -> Result<&'static str, Fault> {
    let operation = facts.get("operation.name");
    let known = core.adapter().operations.iter().find(|known| Some(known.name) == operation);
    if known.is_some_and(|known| known.needs.iter().any(|need| facts.lacks(need))) {
        return Err(
            Fault::new("input.invalid").with_detail("a value of the operation is missing, or stands twice and differs")
        );
    }
    known.and_then(|known| known.sms).or(kind.text).ok_or_else(|| Fault::new("operation.unknown"))
}

/// A currency that is needed is one.
fn check_shown(core: &Core, facts: &Facts) -> Result<(), Fault> {
    let operation = facts.get("operation.name");
    let known = core.adapter().operations.iter().find(|known| Some(known.name) == operation);
    match known.is_none_or(|known| known.needs.contains(&"operation.currency")) {
        true => check_currency(core, facts),
        false => Ok(()),
    }
}

pub(super) fn sent_otp(core: &Core, id: String, expires: Millis, refusal: Option<Fault>) -> SentOtp {
    let outcome = if refusal.is_some() { Outcome::Failed } else { Outcome::Passed };
    let entry = || core.shared.options.delivery_failed_message.clone().map(Cow::Owned);
    let error_key = refusal.as_ref().and_then(|refusal| core.key_of(refusal.name).map(Cow::Borrowed).or_else(entry));
    SentOtp { id, expires: time(expires), outcome, error_key, refusal }
}

/// An audit entry of a draft.
pub(super) fn draft_entry(core: &Core, draft: &Draft, event: AuditEvent, outcome: AuditOutcome) -> AuditEntry {
    AuditEntry {
        user: draft.recipient.user.clone(),
        organization: draft.recipient.organization.clone(),
        operation_id: draft.facts.get(OPERATION).map(str::to_owned),
        operation_name: draft.facts.get("operation.name").map(str::to_owned),
        method: Some(draft.kind.name.to_owned()),
        challenge: Some(draft.known_as(&draft.id)),
        ..core.audit().entry(event, outcome)
    }
}

/// Codes with the same values of `one_per` follow one another; where a value is missing, codes of the same user do.
fn open_code_of_draft(
    core: &Core,
    kind: &OtpKind,
    facts: &Facts,
    recipient: &Recipient,
    maker: Maker,
) -> Result<Option<RecordKey>, Fault> {
    if kind.one_per.is_empty() {
        return Ok(None);
    }
    let mut fields = vec![Field::Text(kind.name)];
    fields.extend(kind.one_per.iter().map(|meaning| Field::of(facts.get(meaning))));
    if fields.contains(&Field::Absent) {
        if recipient.user.is_none() {
            return Ok(None);
        }
        fields.extend([Field::of(recipient.organization.as_deref()), Field::of(recipient.user.as_deref())]);
    }
    let family = match maker {
        Maker::Adapter => "open",
        Maker::Caller => "open.caller",
    };
    Ok(Some(RecordKey::new(Kind::Open, core.keys().pseudonym(family, &fields)?)))
}
