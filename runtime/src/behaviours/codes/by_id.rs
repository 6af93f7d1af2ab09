//! What can be asked of a code beside checking it: how far it has come (`show_otp`), that it be good no longer
//! (`cancel_otp`), and an id for one that is sent later (`open_otp`). None of it is an attempt, and none tells the code.

use super::OneTimeCode;
use super::binding::{Difference, Facts, bound_values, differs};
use super::life::Life;
use super::record::{CodeRecord, OpenRecord, State, code_key, parse, value};
use super::send::sealed;
use super::token::{self, new_id, stored_id};
use crate::adapter::OtpKind;
use crate::behaviours::retry::{Retry, unexpected};
use crate::behaviours::state::{millis_of, time};
use crate::behaviours::users::counted;
use crate::context::Core;
use crate::crypto::mac::Field;
use crate::crypto::{KeyName, digits};
use crate::fault::Fault;
use crate::store::{AuditEvent, AuditOutcome, Batch, Committed, Condition, Kind, Millis, Record, RecordKey};
use crate::values::Time;

/// The longest id that is looked for.
const LONGEST_ID: usize = 256;

/// A code that is asked for, by its id or by what its kind is found by.
#[derive(Debug, Default)]
pub struct AskOtp<C> {
    /// Its id.
    pub id: Option<String>,
    /// The user, if the request names one.
    pub user: Option<String>,
    /// What it is for, as this request has it.
    pub code: C,
}

/// How far a code has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtpStatus {
    /// It has an id, and was not sent yet.
    New,
    /// It may be used.
    Open,
    /// It was right.
    Passed,
    /// It was tried too often, or what it was for has changed.
    Spent,
    /// Its time is over, or a newer one took its place.
    Expired,
    /// Somebody ended it.
    Cancelled,
}

/// A code as it stands.
#[derive(Debug)]
pub struct ShownOtp<C> {
    /// Its id.
    pub id: String,
    /// How far it has come.
    pub status: OtpStatus,
    /// When it was made.
    pub made: Time,
    /// Until when it is good.
    pub expires: Time,
    /// How often it was tried.
    pub attempts: i64,
    /// How many attempts are left.
    pub attempts_left: i64,
    /// The user that it was made for.
    pub user: Option<String>,
    /// What it was made for.
    pub code: C,
}

/// Whose code is sent later, and what it will be for.
#[derive(Debug, Default)]
pub struct OpenOtp<C> {
    /// The user.
    pub user: Option<String>,
    /// The organization in which the user is looked up.
    pub organization: Option<String>,
    /// When the operation ends, if that is known; the code is good no longer.
    pub until: Option<Time>,
    /// What it is for.
    pub code: C,
}

/// The id of a code that is sent later.
#[derive(Debug)]
pub struct OpenedOtp {
    /// It.
    pub id: String,
    /// Until when a code can be sent.
    pub expires: Time,
}

/// A code that was found and is for what the request says.
pub(super) struct FoundCode {
    pub id: String,
    pub record: CodeRecord,
    pub stored: Record,
    pub now: Millis,
}

impl CodeRecord {
    /// How far it has come.
    pub(super) fn status(&self, now: Millis) -> OtpStatus {
        match self.state {
            State::Used | State::Waiting | State::Waived => OtpStatus::Passed,
            State::Void => OtpStatus::Spent,
            State::Superseded => OtpStatus::Expired,
            State::Cancelled => OtpStatus::Cancelled,
            State::New | State::Open if now > self.expires => OtpStatus::Expired,
            State::Open if self.tries >= self.most_tries => OtpStatus::Spent,
            State::New => OtpStatus::New,
            State::Open => OtpStatus::Open,
        }
    }
}

impl Core {
    /// How far a code has come, and what it was made for.
    ///
    /// # Errors
    /// `otp.unknown`, `otp.mismatch`, `store.unavailable`.
    pub async fn show_otp<C: OneTimeCode>(&self, input: AskOtp<C>) -> Result<ShownOtp<C>, Fault> {
        let found = self.code_of_request(input.id.as_deref(), input.user.as_deref(), &input.code).await?;
        Ok(self.shown_otp(input, found))
    }

    /// Ends a code that may still be used.
    ///
    /// # Errors
    /// `otp.unknown`, `otp.mismatch`, `otp.used`, `otp.expired`, `otp.exhausted`, `store.unavailable`.
    pub async fn cancel_otp<C: OneTimeCode>(&self, input: AskOtp<C>) -> Result<ShownOtp<C>, Fault> {
        let mut retry = Retry::default();
        loop {
            let mut found = self.code_of_request(input.id.as_deref(), input.user.as_deref(), &input.code).await?;
            match found.record.status(found.now) {
                OtpStatus::New | OtpStatus::Open => {}
                OtpStatus::Passed => return Err(Fault::new("otp.used")),
                OtpStatus::Spent => return Err(Fault::new("otp.exhausted")),
                OtpStatus::Expired => return Err(Fault::new("otp.expired")),
                OtpStatus::Cancelled => return Ok(self.shown_otp(input, found)),
            }
            found.record.state = State::Cancelled;
            let (key, entry) = (
                code_key(&found.id),
                self.entry_of(&found.id, &found.record, AuditEvent::OtpCancelled, AuditOutcome::Success),
            );
            let batch = Batch::at(self.clock_millis())
                .only_if(Condition::Version(key.clone(), found.stored.version))
                .put(key, value(&found.record)?, found.record.retained_until())
                .audit(entry);
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(self.shown_otp(input, found)),
                other => retry.after(other).await?,
            }
        }
    }

    /// Makes the id of a code that is sent later.
    ///
    /// # Errors
    /// `operation.expired`, `store.unavailable`.
    pub async fn open_otp<C: OneTimeCode>(&self, input: OpenOtp<C>) -> Result<OpenedOtp, Fault> {
        let id = new_id(&C::KIND);
        let stored = stored_id(&C::KIND, &id);
        let key = code_key(&stored);
        let record = self.opened(&stored, &input, self.read(&key).await?.now)?;
        let entry = self.entry_of(&stored, &record, AuditEvent::OtpOpened, AuditOutcome::Success);
        let batch = Batch::at(self.clock_millis()).only_if(Condition::Absent(key.clone()));
        match self.commit(batch.put(key, value(&record)?, record.retained_until()).audit(entry)).await? {
            Committed::Applied(_) => Ok(OpenedOtp { id, expires: time(record.expires) }),
            other => Err(unexpected(&other)),
        }
    }

    fn opened<C: OneTimeCode>(&self, id: &str, input: &OpenOtp<C>, now: Millis) -> Result<CodeRecord, Fault> {
        let kind = C::KIND;
        let key = self.current_key(KeyName::Codes)?;
        let user = input.user.as_deref().filter(|user| !user.is_empty()).map(counted);
        let facts = Facts::of(&input.code);
        // As long as its id is known, a code can be sent; without such a time, for as long as one would be good.
        let seconds = kind.keep_seconds.unwrap_or(kind.life_seconds);
        let life = Life::of(seconds, input.until, &facts, now)?;
        Ok(CodeRecord {
            kind: kind.name.to_owned(),
            state: State::New,
            tries: 0,
            most_tries: self.code_options(&kind).attempts,
            made: now,
            expires: life.end(now),
            key: key.id().to_owned(),
            mac: hex::encode(digits::noise()),
            bound: bound_values(&key, id, input.code.bound()),
            failures: self.lockout_id(input.organization.as_deref(), user.as_deref().unwrap_or(id), kind.name)?,
            user,
            organization: input.organization.clone(),
            operation_id: facts.get("operation.id").map(str::to_owned),
            operation_name: facts.get("operation.name").map(str::to_owned),
            kept: sealed(&key, id, &input.code.kept())?,
            known_until: kind.keep_seconds.map(|seconds| now.saturating_add(millis_of(seconds))),
            asked: Vec::new(),
        })
    }

    fn shown_otp<C: OneTimeCode>(&self, input: AskOtp<C>, found: FoundCode) -> ShownOtp<C> {
        let FoundCode { id, record, now, .. } = found;
        let mut code = input.code;
        code.restore(&self.kept(&id, &record));
        ShownOtp {
            status: record.status(now),
            made: time(record.made),
            expires: time(record.expires),
            attempts: record.tries.into(),
            attempts_left: record.most_tries.saturating_sub(record.tries).into(),
            id: input.id.unwrap_or(id),
            user: record.user,
            code,
        }
    }

    /// The code that a request asks for, if it is for what the request says.
    ///
    /// # Errors
    /// `otp.unknown`, `otp.mismatch`, `store.unavailable`.
    pub(super) async fn code_of_request<C: OneTimeCode>(
        &self,
        id: Option<&str>,
        user: Option<&str>,
        code: &C,
    ) -> Result<FoundCode, Fault> {
        let kind = C::KIND;
        let id = self.asked_id(id, code).await?.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
        let id = id.ok_or(Fault::new("otp.unknown"))?;
        let read = self.read(&code_key(&id)).await?;
        let stored = read.record.ok_or(Fault::new("otp.unknown"))?;
        let record: CodeRecord = parse(&stored)?;
        let key = self.shared.keys.by_id(KeyName::Codes, &record.key);
        if record.kind != kind.name || token::is_over(&record, &kind, read.now) {
            return Err(Fault::new("otp.unknown"));
        }
        let bound = code.bound();
        let is_same =
            key.is_some_and(|key| differs(&key, &id, &record, bound, user, kind.find_by).0 == Difference::None);
        if !is_same {
            return Err(Fault::new("otp.mismatch"));
        }
        Ok(FoundCode { id, record, stored, now: read.now })
    }

    /// The id under which the store has the code that a request asks for: its own, else that of the code which is found by
    /// values of the request. Where there is none, one that no code has, so that an attempt takes the same steps.
    pub(super) async fn asked_id<C: OneTimeCode>(&self, id: Option<&str>, code: &C) -> Result<Option<String>, Fault> {
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            return Ok(Some(stored_id(&C::KIND, id)));
        }
        let Some(name) = self.found_by(&C::KIND, &Facts::of(code))? else { return Ok(None) };
        let read = self.read(&RecordKey::new(Kind::Open, name.clone())).await?;
        let open = read.record.as_ref().map(parse::<OpenRecord>).transpose()?;
        Ok(Some(open.map_or(name, |open| open.code)))
    }

    /// Where it stands which code is open for the values that a kind is found by; none where the kind is not, or one of
    /// them is missing.
    fn found_by(&self, kind: &OtpKind, facts: &Facts) -> Result<Option<String>, Fault> {
        if kind.find_by.is_empty() {
            return Ok(None);
        }
        let mut fields = vec![Field::Text(kind.name)];
        fields.extend(kind.one_per.iter().map(|meaning| Field::of(facts.get(meaning))));
        if fields.contains(&Field::Absent) {
            return Ok(None);
        }
        self.pseudonym("open", &fields).map(Some)
    }
}
