//! `issue_otp`: a code that goes to nobody but its caller, in the answer. It is found by itself later, so what stands
//! for it in the store is its MAC; a newer one for the same voids the older in the same batch.

use super::binding::{Facts, bound_values, code_mac};
use super::inputs::OneTimeCode;
use super::life::Life;
use super::open_code::open_code_of_user;
use super::options::code_options;
use super::record::{CodeRecord, OpenRecord, State, code_entry, code_key, parse, value};
use super::sealed::sealed;
use super::token::id_of_code;
use crate::behaviours::retry::Retry;
use crate::behaviours::state::{millis_of, time};
use crate::context::Core;
use crate::crypto::{KeyName, digits};
use crate::fault::Fault;
use crate::hex_text::hex_text;
use crate::store::{AuditEvent, AuditOutcome, Batch, Committed, Condition, Millis, Record, RecordKey};
use crate::telemetry;
use crate::values::{Secret, Time};

/// For whom a code is made, and what it is for.
#[derive(Debug, Default)]
pub struct IssueOtp<C> {
    /// The user.
    pub user: Option<String>,
    /// When the operation ends, if that is known; the code is good no longer.
    pub until: Option<Time>,
    /// What it is for.
    pub code: C,
}

/// A code that its caller gets in the answer.
#[derive(Debug)]
pub struct IssuedOtp {
    /// What stands for it in the store.
    pub id: String,
    /// The code, for the answer alone.
    pub code: Secret<String>,
    /// Until when it is good.
    pub expires: Time,
}

/// The code that is open where there may be only one.
struct Older {
    pointer: RecordKey,
    open: Option<Record>,
    code: Option<(RecordKey, CodeRecord, Record)>,
}

/// [`Core::issue_otp`].
pub(in crate::behaviours) async fn issue_otp<C: OneTimeCode>(
    core: &Core,
    input: IssueOtp<C>,
) -> Result<IssuedOtp, Fault> {
    let (options, facts) = (code_options(core, &C::KIND), Facts::of(&input.code));
    let life = Life::of(options.life_seconds, input.until, &facts, core.now_millis())?;
    let pointer = open_code_of_user(core, &C::KIND, &facts, input.user.as_deref())?;
    let mut retry = Retry::default();
    loop {
        let code = Secret::new(digits::code(C::KIND.alphabet, options.digits));
        let older = read_older_code(core, pointer.clone()).await?;
        let key = core.keys().current(KeyName::Codes)?;
        let id = id_of_code(&key, &C::KIND, code.expose());
        let now = core.store().read(&code_key(&id)).await?.now;
        let record = issued_record(core, &id, code.expose(), &input, (now, life))?;
        match core.store().commit(issued_batch(core, &id, &record, older)?).await? {
            Committed::Applied(_) => {
                telemetry::hide(code.expose());
                return Ok(IssuedOtp { id, code, expires: time(record.expires) });
            }
            other => retry.after(other).await?,
        }
    }
}

async fn read_older_code(core: &Core, pointer: Option<RecordKey>) -> Result<Option<Older>, Fault> {
    let Some(pointer) = pointer else { return Ok(None) };
    let open = core.store().read(&pointer).await?.record;
    let code = match &open {
        Some(record) => {
            let key = code_key(&parse::<OpenRecord>(record)?.code);
            let read = core.store().read(&key).await?.record;
            read.map(|read| Ok::<_, Fault>((key, parse(&read)?, read))).transpose()?
        }
        None => None,
    };
    Ok(Some(Older { pointer, open, code }))
}

fn issued_record<C: OneTimeCode>(
    core: &Core,
    id: &str,
    code: &str,
    input: &IssueOtp<C>,
    (now, life): (Millis, Life),
) -> Result<CodeRecord, Fault> {
    let kind = C::KIND;
    let key = core.keys().current(KeyName::Codes)?;
    let facts = Facts::of(&input.code);
    let bound = bound_values(&key, id, facts.bound());
    Ok(CodeRecord {
        kind: kind.name.to_owned(),
        state: State::Open,
        attempts: 0,
        max_attempts: 0,
        made: now,
        expires: life.end(now),
        key: key.id().to_owned(),
        mac: hex_text(code_mac(&key, id, kind.name, &bound, code)),
        bound,
        failures: String::new(),
        user: input.user.clone().filter(|user| !user.is_empty()),
        organization: facts.get("organization.id").map(str::to_owned),
        operation_id: facts.get("operation.id").map(str::to_owned),
        operation_name: facts.get("operation.name").map(str::to_owned),
        kept: sealed(&key, id, facts.kept())?,
        known_until: kind.id_life_seconds.map(|seconds| now.saturating_add(millis_of(seconds))),
        asked: Vec::new(),
    })
}

fn issued_batch(core: &Core, id: &str, record: &CodeRecord, older: Option<Older>) -> Result<Batch, Fault> {
    let key = code_key(id);
    let mut batch = core.store().batch().only_if(Condition::Absent(key.clone())).put(
        key,
        record.written()?,
        record.retained_until(),
    );
    if let Some(Older { pointer, open, code }) = older {
        let new = OpenRecord { code: id.to_owned(), made: record.made, sent: 1, refused: false };
        batch = batch.only_if(Condition::unchanged(pointer.clone(), open.as_ref())).put(
            pointer,
            value(&new)?,
            open_until(record),
        );
        if let Some((key, old, read)) = code {
            batch = void_older(core, key, old, &read, batch)?;
        }
    }
    Ok(batch.audit(code_entry(core, id, record, AuditEvent::OtpIssued, AuditOutcome::Success)))
}

fn void_older(core: &Core, key: RecordKey, old: CodeRecord, read: &Record, batch: Batch) -> Result<Batch, Fault> {
    let batch = batch.only_if(Condition::Version(key.clone(), read.version));
    if !old.state.is_under_way() {
        return Ok(batch);
    }
    let entry = code_entry(core, &key.id, &old, AuditEvent::OtpSuperseded, AuditOutcome::Success);
    let retained_until = old.retained_until();
    Ok(batch.put(key, CodeRecord { state: State::Superseded, ..old }.written()?, retained_until).audit(entry))
}

/// It is stored which code is open for as long as that code may be asked for.
fn open_until(record: &CodeRecord) -> Millis {
    record.expires
}
