//! `send_otp`: the code and every limit are stored first, then the hook is called, then what became of it is stored.
//! A message is never repeated by the runtime.

use std::time::Instant;

use super::binding::{Facts, bound_values, code_mac};
use super::recipient::{Delivery, Recipient};
use super::record::{CodeRecord, OpenRecord, State, code_key, parse, value};
use super::sending::given_back;
use super::{OneTimeCode, SendOtp, SentOtp};
use crate::adapter::OtpKind;
use crate::behaviours::state::{MOST_ROUNDS, step_aside, time, unexpected};
use crate::context::Core;
use crate::crypto::mac::Field;
use crate::crypto::{KeyName, digits, seal};
use crate::fault::{Fault, Outcome};
use crate::hooks::{Sms, SmsOutcome};
use crate::settings::CodeOptions;
use crate::store::{
    AuditEvent, AuditOutcome, AuditRecord, Batch, Committed, Condition, Count, Kind, Millis, Record, RecordKey,
};
use crate::values::Secret;

/// A code that is ready to be stored and sent.
struct Draft {
    id: String,
    code: Secret<String>,
    text: Secret<String>,
    purpose: String,
    kind: OtpKind,
    options: CodeOptions,
    facts: Facts,
    bound: Vec<(&'static str, Option<String>)>,
    kept: Vec<(&'static str, Option<String>)>,
    recipient: Recipient,
    counts: Vec<Count>,
    /// Where it is told which code is open, if there may be only one.
    open: Option<RecordKey>,
    resend: bool,
    keep_refused: bool,
}

/// What is open when a code is asked for.
struct Before {
    now: Millis,
    open: Option<(OpenRecord, Record)>,
    code: Option<(CodeRecord, Record)>,
}

/// Whether a new code was stored.
enum Issue {
    New { expires: Millis },
    Instead(SentOtp),
}

impl Core {
    /// Makes a code, stores it and sends it. For nobody all of it happens but the sending.
    ///
    /// # Errors
    /// `operation.unknown`, `sms.failed`, those of hooks, `store.unavailable`.
    pub async fn send_otp<C: OneTimeCode>(&self, input: SendOtp<C>) -> Result<SentOtp, Fault> {
        let draft = self.draft(input).await?;
        match self.issue(&draft).await? {
            Issue::Instead(answer) => Ok(answer),
            Issue::New { expires } => {
                let outcome = self.deliver(&draft).await;
                self.record_delivery(&draft, expires, outcome).await
            }
        }
    }

    async fn draft<C: OneTimeCode>(&self, input: SendOtp<C>) -> Result<Draft, Fault> {
        let facts = Facts::of(&input.code);
        let (kind, options) = (C::KIND, self.code_options(&C::KIND));
        let text_key = self.sms_key(&kind, &facts)?;
        let recipient = self.recipient(input.user, input.phone, input.organization, &facts).await?;
        let code = Secret::new(digits::code(kind.alphabet, options.digits));
        let text = self.sms_text(input.language.as_deref(), text_key, &facts, code.expose())?;
        Ok(Draft {
            id: uuid::Uuid::new_v4().to_string(),
            purpose: facts.get("operation.name").unwrap_or(kind.name).to_owned(),
            open: self.open_key(&kind, &facts, &recipient)?,
            counts: self.sending_counts(recipient.subject())?,
            bound: input.code.bound(),
            kept: input.code.kept(),
            resend: input.resend.unwrap_or(false) || self.shared.options.limits.dev_limits_off,
            keep_refused: input.keep_refused,
            code,
            text,
            kind,
            options,
            facts,
            recipient,
        })
    }

    /// What is set of a kind of code.
    pub(super) fn code_options(&self, kind: &OtpKind) -> CodeOptions {
        let default =
            CodeOptions { digits: kind.digits, life_seconds: kind.life_seconds, attempts: kind.attempts };
        self.shared.options.otps.get(kind.name).copied().unwrap_or(default)
    }

    fn sms_key(&self, kind: &OtpKind, facts: &Facts) -> Result<&'static str, Fault> {
        let operation = facts.get("operation.name");
        let known = self.adapter().operations.iter().find(|known| Some(known.name) == operation);
        known.and_then(|known| known.sms).or(kind.text).ok_or_else(|| Fault::new("operation.unknown"))
    }

    /// Codes with the same values of `one_per` follow one another; where a value is missing, codes of the same user do.
    fn open_key(&self, kind: &OtpKind, facts: &Facts, recipient: &Recipient) -> Result<Option<RecordKey>, Fault> {
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
        Ok(Some(RecordKey::new(Kind::Open, self.stand_in("open", &fields)?)))
    }

    async fn issue(&self, draft: &Draft) -> Result<Issue, Fault> {
        for round in 0..MOST_ROUNDS {
            let before = self.before(draft).await?;
            if let Some(answer) = self.instead(draft, &before).await? {
                return Ok(Issue::Instead(answer));
            }
            let record = self.new_record(draft, before.now)?;
            let expires = record.expires;
            match self.commit(self.issue_batch(draft, before, record)?).await? {
                Committed::Applied(_) => return Ok(Issue::New { expires }),
                Committed::Conflict(_) => step_aside(round).await,
                Committed::Over(place) => {
                    let family = draft.counts.get(place).map_or("sms", |count| count.family);
                    return Ok(Issue::Instead(self.limited(draft, None, family).await?));
                }
                full @ Committed::Full(_) => return Err(unexpected(&full)),
            }
        }
        Err(Fault::new("store.unavailable").because("others were always faster"))
    }

    async fn before(&self, draft: &Draft) -> Result<Before, Fault> {
        let read = self.read(draft.open.as_ref().unwrap_or(&code_key(&draft.id))).await?;
        let mut before = Before { now: read.now, open: None, code: None };
        if let (Some(_), Some(record)) = (&draft.open, read.record) {
            let open: OpenRecord = parse(&record)?;
            if let Some(code) = self.read(&code_key(&open.code)).await?.record {
                before.code = Some((parse(&code)?, code));
            }
            before.open = Some((open, record));
        }
        Ok(before)
    }

    /// The answer without a new code: a repetition, or one message too many.
    async fn instead(&self, draft: &Draft, before: &Before) -> Result<Option<SentOtp>, Fault> {
        let (Some((open, _)), limits) = (&before.open, &self.shared.options.limits) else { return Ok(None) };
        if let Some((code, _)) = &before.code {
            let age = before.now - open.made;
            let soon = age < millis_of(limits.resend_interval_seconds);
            if soon && !draft.resend && code.is_usable(before.now) && self.is_for_the_same(draft, open, code) {
                let refused = open.refused.then(|| Fault::new("sms.refused"));
                let told = self.told(draft, AuditEvent::OtpRepeated, AuditOutcome::Success);
                self.note(vec![AuditRecord { challenge: Some(open.code.clone()), ..told }]).await?;
                return Ok(Some(self.sent(open.code.clone(), code.expires, refused)));
            }
        }
        if !limits.dev_limits_off && open.sent > limits.resends_per_operation {
            return self.limited(draft, before.code.as_ref().map(|_| open.code.clone()), "sms.operation").await.map(Some);
        }
        Ok(None)
    }

    fn is_for_the_same(&self, draft: &Draft, open: &OpenRecord, code: &CodeRecord) -> bool {
        let key = self.shared.keys.by_id(KeyName::Codes, &code.key);
        key.is_some_and(|key| bound_values(&key, &open.code, draft.bound.clone()) == code.bound)
            && code.user == draft.recipient.user
    }

    fn new_record(&self, draft: &Draft, now: Millis) -> Result<CodeRecord, Fault> {
        let key = self.current_key(KeyName::Codes)?;
        let bound = bound_values(&key, &draft.id, draft.bound.clone());
        let mac = match draft.recipient.delivery {
            Delivery::Nobody => digits::noise(),
            _ => code_mac(&key, &draft.id, draft.kind.name, &bound, draft.code.expose()),
        };
        let kept = serde_json::to_string(&draft.kept).map_err(|error| Fault::new("unexpected").because(error))?;
        let Recipient { user, organization, .. } = &draft.recipient;
        // Nobody's failures count under the code itself.
        let subject = user.as_deref().unwrap_or(&draft.id);
        Ok(CodeRecord {
            kind: draft.kind.name.to_owned(),
            state: State::Open,
            tries: 0,
            most_tries: draft.options.attempts,
            made: now,
            expires: now.saturating_add(millis_of(draft.options.life_seconds)),
            key: key.id().to_owned(),
            mac: hex::encode(mac),
            bound,
            failures: self.failures_id(organization.as_deref(), subject, draft.kind.name)?,
            user: user.clone(),
            organization: organization.clone(),
            operation_id: draft.facts.get("operation.id").map(str::to_owned),
            operation_name: draft.facts.get("operation.name").map(str::to_owned),
            kept: if draft.kept.is_empty() { None } else { seal::seal(&key, &draft.id, &kept) },
            known_until: draft.kind.keep_seconds.map(|seconds| now.saturating_add(millis_of(seconds))),
        })
    }

    fn issue_batch(&self, draft: &Draft, before: Before, record: CodeRecord) -> Result<Batch, Fault> {
        let key = code_key(&draft.id);
        let mut batch = Batch { counts: draft.counts.clone(), ..Batch::at(self.clock_millis()) }
            .only_if(Condition::Absent(key.clone()));
        if let (Some(open), Some((old, read))) = (&before.open, before.code) {
            let old_key = code_key(&open.0.code);
            batch = batch.only_if(Condition::Version(old_key.clone(), read.version));
            if old.state == State::Open {
                let told = self.told(draft, AuditEvent::OtpSuperseded, AuditOutcome::Success);
                batch = batch.tell(AuditRecord { challenge: Some(open.0.code.clone()), ..told });
                let forgotten = old.forgotten();
                batch = batch.put(old_key, value(&CodeRecord { state: State::Superseded, ..old })?, forgotten);
            }
        }
        if let Some(pointer) = &draft.open {
            let (sent, read) = before.open.map_or((0, None), |(open, read)| (open.sent, Some(read)));
            let open = OpenRecord { code: draft.id.clone(), made: record.made, sent: sent + 1, refused: false };
            batch = batch
                .only_if(Condition::unchanged(pointer.clone(), read.as_ref()))
                .put(pointer.clone(), value(&open)?, open.forgotten());
        }
        let issued = AuditRecord {
            data_digest: Some(record.digest()),
            key: Some(record.key.clone()),
            attempts: Some(record.most_tries),
            ..self.told(draft, AuditEvent::OtpIssued, AuditOutcome::Success)
        };
        let forgotten = record.forgotten();
        Ok(batch.put(key, value(&record)?, forgotten).tell(issued))
    }

    async fn limited(&self, draft: &Draft, open: Option<String>, limit: &str) -> Result<SentOtp, Fault> {
        self.note(vec![self.told(draft, AuditEvent::LimitHit, AuditOutcome::Failure).because(limit)]).await?;
        let expires = self.clock_millis().saturating_add(millis_of(draft.options.life_seconds));
        let id = open.unwrap_or_else(|| draft.id.clone());
        Ok(self.sent(id, expires, Some(Fault::new("sms.limited").because(limit))))
    }

    async fn deliver(&self, draft: &Draft) -> SmsOutcome {
        match &draft.recipient.delivery {
            Delivery::Impossible(why) => SmsOutcome::Refused((*why).to_owned()),
            Delivery::Nobody => {
                tokio::time::sleep(self.shared.pace.draw()).await;
                SmsOutcome::Sent
            }
            Delivery::Phone(phone) => {
                let (to, text) = (phone.clone(), draft.text.clone());
                let sms = Sms { to, text, purpose: draft.purpose.clone(), id: draft.id.clone() };
                let began = Instant::now();
                let outcome = self.hand_over(sms, &draft.code).await;
                self.shared.pace.took(began.elapsed());
                outcome
            }
        }
    }

    async fn hand_over(&self, sms: Sms, code: &Secret<String>) -> SmsOutcome {
        if let Some(outbox) = &self.shared.outbox {
            return outbox.take(&sms, code, self.shared.clock.now());
        }
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        self.shared.guard.sms(async move { hooks.send_sms(&call, &sms).await }).await
    }

    async fn record_delivery(&self, draft: &Draft, expires: Millis, outcome: SmsOutcome) -> Result<SentOtp, Fault> {
        let told = |event, outcome| self.told(draft, event, outcome);
        let failed = |why: &str| told(AuditEvent::OtpSendFailed, AuditOutcome::Failure).because(why);
        let sent = |refusal| self.sent(draft.id.clone(), expires, refusal);
        match outcome {
            SmsOutcome::Sent => {
                self.note(vec![told(AuditEvent::OtpSent, AuditOutcome::Success)]).await?;
                Ok(sent(None))
            }
            SmsOutcome::Refused(why) => {
                self.record_refusal(draft, failed("refused")).await?;
                Ok(sent(Some(Fault::new("sms.refused").because(why))))
            }
            SmsOutcome::Failed(fault) | SmsOutcome::TimedOut(fault) => {
                self.note(vec![failed(fault.name)]).await?;
                Err(sms_failed(fault))
            }
            SmsOutcome::NeverCalled(fault) => {
                self.take_back(draft, Batch { counts: given_back(&draft.counts), ..Batch::default() }, failed("no slot"))
                    .await?;
                Err(sms_failed(fault))
            }
        }
    }

    async fn record_refusal(&self, draft: &Draft, told: AuditRecord) -> Result<(), Fault> {
        if !draft.keep_refused {
            return self.take_back(draft, Batch::default(), told).await;
        }
        let Some(pointer) = &draft.open else { return self.note(vec![told]).await };
        for round in 0..MOST_ROUNDS {
            let mut batch = Batch::at(self.clock_millis()).tell(told.clone());
            if let Some(record) = self.read(pointer).await?.record {
                let open: OpenRecord = parse(&record)?;
                if open.code == draft.id {
                    let forgotten = open.forgotten();
                    batch = batch
                        .only_if(Condition::Version(pointer.clone(), record.version))
                        .put(pointer.clone(), value(&OpenRecord { refused: true, ..open })?, forgotten);
                }
            }
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(()),
                _ => step_aside(round).await,
            }
        }
        Err(Fault::new("store.unavailable").because("others were always faster"))
    }

    /// Removes a code that will never be known to anybody.
    async fn take_back(&self, draft: &Draft, batch: Batch, told: AuditRecord) -> Result<(), Fault> {
        for round in 0..MOST_ROUNDS {
            let mut batch = Batch { now: self.clock_millis(), ..batch.clone() }.tell(told.clone());
            batch = batch.delete(code_key(&draft.id));
            if let Some(pointer) = &draft.open
                && let Some(record) = self.read(pointer).await?.record
            {
                let open: OpenRecord = parse(&record)?;
                if open.code == draft.id {
                    let given_back = u32::from(!batch.counts.is_empty());
                    let forgotten = open.forgotten();
                    let open = OpenRecord { sent: open.sent.saturating_sub(given_back), ..open };
                    batch = batch
                        .only_if(Condition::Version(pointer.clone(), record.version))
                        .put(pointer.clone(), value(&open)?, forgotten);
                }
            }
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(()),
                _ => step_aside(round).await,
            }
        }
        Err(Fault::new("store.unavailable").because("others were always faster"))
    }

    fn sent(&self, id: String, expires: Millis, refusal: Option<Fault>) -> SentOtp {
        let outcome = if refusal.is_some() { Outcome::Failed } else { Outcome::Passed };
        let error_key = refusal.as_ref().and_then(|refusal| self.key_of(refusal.name));
        SentOtp { id, expires: time(expires), outcome, error_key, refusal }
    }

    fn told(&self, draft: &Draft, event: AuditEvent, outcome: AuditOutcome) -> AuditRecord {
        AuditRecord {
            user: draft.recipient.user.clone(),
            organization: draft.recipient.organization.clone(),
            operation_id: draft.facts.get("operation.id").map(str::to_owned),
            operation_name: draft.facts.get("operation.name").map(str::to_owned),
            method: Some(draft.kind.name.to_owned()),
            challenge: Some(draft.id.clone()),
            ..self.event(event, outcome)
        }
    }
}

/// A panic stays what it is; everything else is one fault.
fn sms_failed(fault: Fault) -> Fault {
    if fault.name == "hook.panicked" { fault } else { Fault { name: "sms.failed", ..fault } }
}

fn millis_of(seconds: u64) -> Millis {
    i64::try_from(seconds).unwrap_or(i64::MAX / 4000).saturating_mul(1000)
}
