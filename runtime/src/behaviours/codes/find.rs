//! Finding the code that a request asks for: by its id, else by the values that its kind is found by.

use super::binding::{Difference, Facts, differs};
use super::inputs::OneTimeCode;
use super::open_code::open_code_found_by;
use super::record::{CodeRecord, OpenRecord, code_key, parse};
use super::token;
use super::token::stored_id;
use crate::context::Core;
use crate::crypto::KeyName;
use crate::fault::Fault;
use crate::store::{Kind, Millis, Record, RecordKey};

/// The longest id that is looked for.
const LONGEST_ID: usize = 256;

/// A code that was found and is for what the request says.
pub(super) struct FoundCode {
    pub id: String,
    pub record: CodeRecord,
    pub stored: Record,
    pub now: Millis,
}

/// The code that a request asks for, if it is for what the request says.
///
/// # Errors
/// `otp.unknown`, `otp.mismatch`, `store.unavailable`.
pub(super) async fn code_of_request<C: OneTimeCode>(
    core: &Core,
    id: Option<&str>,
    user: Option<&str>,
    code: &C,
) -> Result<FoundCode, Fault> {
    let kind = C::KIND;
    let id = asked_code_id(core, id, code).await?.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    let id = id.ok_or(Fault::new("otp.unknown"))?;
    let read = core.store().read(&code_key(&id)).await?;
    let stored = read.record.ok_or(Fault::new("otp.unknown"))?;
    let record: CodeRecord = parse(&stored)?;
    let key = core.keys().by_id(KeyName::Codes, &record.key);
    if record.kind != kind.name || token::is_over(&record, &kind, read.now) {
        return Err(Fault::new("otp.unknown"));
    }
    let bound = code.bound();
    let is_same = key.is_some_and(|key| differs(&key, &id, &record, &bound, user, kind.find_by).0 == Difference::None);
    if !is_same {
        return Err(Fault::new("otp.mismatch"));
    }
    Ok(FoundCode { id, record, stored, now: read.now })
}

/// The id under which the store has the code that a request asks for: its own, else that of the code which is found by
/// values of the request. Where there is none, one that no code has, so that an attempt takes the same steps.
pub(super) async fn asked_code_id<C: OneTimeCode>(
    core: &Core,
    id: Option<&str>,
    code: &C,
) -> Result<Option<String>, Fault> {
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        return Ok(Some(stored_id(&C::KIND, id)));
    }
    let Some(name) = open_code_found_by(core, &C::KIND, &Facts::of(code))? else { return Ok(None) };
    let read = core.store().read(&RecordKey::new(Kind::Open, name.clone())).await?;
    let open = read.record.as_ref().map(parse::<OpenRecord>).transpose()?;
    Ok(Some(open.map_or(name, |open| open.code)))
}
