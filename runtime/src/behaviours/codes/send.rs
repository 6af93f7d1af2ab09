//! `send_otp`, and what `send_sms` (`callers.rs`) shares with it: the code and every limit are stored first (`issue.rs`), then the hook is called, then what became of it
//! is stored (`delivery.rs`). A message is never repeated by the runtime.

use std::borrow::Cow;

use super::binding::Facts;
use super::issue::Issue;
use super::life::Life;
use super::message_text::check_currency;
use super::recipient::Recipient;
use super::record::CodeRecord;
use super::token::{new_id, stored_id};
use super::{OneTimeCode, SendOtp, SentOtp};
use crate::adapter::OtpKind;
use crate::behaviours::state::time;
use crate::context::Core;
use crate::crypto::mac::Field;
use crate::crypto::{Key, digits, seal};
use crate::fault::{Fault, Outcome};
use crate::settings::CodeOptions;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Count, Kind, Millis, Record, RecordKey};
use crate::values::Secret;

/// What tells one operation from another.
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
    pub bound: Vec<(&'static str, Option<String>)>,
    pub kept: Vec<(&'static str, Option<String>)>,
    pub recipient: Recipient,
    /// The limits that the message counts against.
    pub counts: Vec<Count>,
    /// Where it is told which code is open, if there may be only one.
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

impl Core {
    /// Makes a code, stores it and sends it. For nobody all of it happens but the sending.
    ///
    /// # Errors
    /// `input.invalid`, `operation.unknown`, `operation.expired`, `sms.failed`, those of hooks, `store.unavailable`.
    pub async fn send_otp<C: OneTimeCode>(&self, input: SendOtp<C>) -> Result<SentOtp, Fault> {
        let draft = self.draft(input).await?;
        self.send(draft).await
    }

    /// Stores and sends what is ready.
    pub(super) async fn send(&self, mut draft: Draft) -> Result<SentOtp, Fault> {
        self.look_at_conversion().await;
        match self.issue(&mut draft).await? {
            Issue::Instead(answer) => Ok(answer),
            Issue::New { expires } => {
                let outcome = self.deliver(&draft).await;
                self.record_delivery(&draft, expires, outcome).await
            }
        }
    }

    pub(super) async fn draft<C: OneTimeCode>(&self, input: SendOtp<C>) -> Result<Draft, Fault> {
        let code = Secret::new(digits::code(C::KIND.alphabet, self.code_options(&C::KIND).digits));
        let id = new_id(&C::KIND);
        self.draft_of(input, code, id, (Maker::Adapter, Wording::Definition)).await
    }

    /// Gets a code ready that has an id already.
    pub(super) async fn draft_of<C: OneTimeCode>(
        &self,
        input: SendOtp<C>,
        code: Secret<String>,
        audited_id: String,
        (maker, wording): (Maker, Wording),
    ) -> Result<Draft, Fault> {
        let facts = Facts::of(&input.code);
        let (kind, options) = (C::KIND, self.code_options(&C::KIND));
        let text_key = matches!(wording, Wording::Definition).then(|| self.sms_key(&kind, &facts)).transpose()?;
        self.check_shown(&facts)?;
        let life = Life::of(options.life_seconds, input.until, &facts, self.clock_millis())?;
        let recipient = self.recipient(input.user, input.phone, input.organization, input.account, &facts).await?;
        let text = match &wording {
            Wording::Caller(words) => self.callers_words(words, code.expose())?,
            Wording::Definition => {
                let key = text_key.unwrap_or_default();
                self.sms_text(input.language.as_deref(), key, &facts, code.expose())?
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
            open: self.open_key(&kind, &facts, &recipient, maker)?,
            for_operation: kind.one_per.contains(&OPERATION) && facts.get(OPERATION).is_some(),
            counts: self.sending_counts(recipient.subject(), options.per_phone)?,
            bound: input.code.bound(),
            kept: input.code.kept(),
            resend: input.resend.unwrap_or(false) || self.shared.options.limits.dev_limits_off,
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

    /// What is set of a kind of code.
    pub(super) fn code_options(&self, kind: &OtpKind) -> CodeOptions {
        self.shared.options.otps.get(kind.name).copied().unwrap_or_else(|| CodeOptions::of(kind))
    }

    fn sms_key(&self, kind: &OtpKind, facts: &Facts) -> Result<&'static str, Fault> {
        let operation = facts.get("operation.name");
        let known = self.adapter().operations.iter().find(|known| Some(known.name) == operation);
        if known.is_some_and(|known| known.needs.iter().any(|need| facts.lacks(need))) {
            return Err(Fault::new("input.invalid")
                .with_detail("a value of the operation is missing, or stands twice and differs"));
        }
        known.and_then(|known| known.sms).or(kind.text).ok_or_else(|| Fault::new("operation.unknown"))
    }

    /// A currency that is needed is one.
    fn check_shown(&self, facts: &Facts) -> Result<(), Fault> {
        let operation = facts.get("operation.name");
        let known = self.adapter().operations.iter().find(|known| Some(known.name) == operation);
        match known.is_none_or(|known| known.needs.contains(&"operation.currency")) {
            true => check_currency(self, facts),
            false => Ok(()),
        }
    }

    /// Codes with the same values of `one_per` follow one another; where a value is missing, codes of the same user do.
    fn open_key(
        &self,
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
        Ok(Some(RecordKey::new(Kind::Open, self.pseudonym(family, &fields)?)))
    }

    pub(super) fn sent(&self, id: String, expires: Millis, refusal: Option<Fault>) -> SentOtp {
        let outcome = if refusal.is_some() { Outcome::Failed } else { Outcome::Passed };
        let entry = || self.shared.options.delivery_failed_message.clone().map(Cow::Owned);
        let error_key =
            refusal.as_ref().and_then(|refusal| self.key_of(refusal.name).map(Cow::Borrowed).or_else(entry));
        SentOtp { id, expires: time(expires), outcome, error_key, refusal }
    }

    /// An audit entry of a draft.
    pub(super) fn entry(&self, draft: &Draft, event: AuditEvent, outcome: AuditOutcome) -> AuditEntry {
        AuditEntry {
            user: draft.recipient.user.clone(),
            organization: draft.recipient.organization.clone(),
            operation_id: draft.facts.get(OPERATION).map(str::to_owned),
            operation_name: draft.facts.get("operation.name").map(str::to_owned),
            method: Some(draft.kind.name.to_owned()),
            challenge: Some(draft.known_as(&draft.id)),
            ..self.event(event, outcome)
        }
    }
}

/// The kept values, so that nobody but the code's own key reads them.
pub(super) fn sealed(key: &Key, id: &str, kept: &[(&'static str, Option<String>)]) -> Result<Option<String>, Fault> {
    if kept.iter().all(|(_, value)| value.is_none()) {
        return Ok(None);
    }
    let text = serde_json::to_string(kept).map_err(|error| Fault::new("unexpected").with_detail(error))?;
    let sealed = seal::seal(key, id, &text);
    sealed.map(Some).ok_or_else(|| Fault::new("unexpected").with_detail("the kept values cannot be sealed"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::behaviours::codes::VerifyOtp;
    use crate::store::memory::MemoryStore;
    use crate::testing::{ADAPTER, Desk, TestBank, TestOtp};

    #[tokio::test]
    async fn nobodys_code_is_wrong_even_if_it_is_guessed() {
        let desk = Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), Arc::new(TestBank::with([])), |_| {}).unwrap();
        let core = desk.core();
        let code = TestOtp { operation_name: Some("authorize_payment_sca".into()), ..TestOtp::payment("1", "nobody") };
        let mut draft = core.draft(SendOtp { code: code.clone(), ..SendOtp::default() }).await.unwrap();
        core.issue(&mut draft).await.unwrap();
        let verify = VerifyOtp { id: Some(draft.id.clone()), value: Some(draft.code.clone()), code, user: None };
        let verdict = core.verify_otp(verify).await.unwrap();
        assert_eq!(verdict.refusal.map(|fault| fault.name), Some("otp.wrong"));
    }
}
