//! Ids that never were. They take the same steps as those of codes, an attempt of a decoy: the same reads and writes, the
//! same comparison, so that the time of an answer does not disclose which ids there are. There are few decoys, so that
//! made up ids do not make the store grow.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rand::RngExt;

use super::claimed::ClaimedContext;
use super::code_attempt::{AttemptStart, CodeAttempt, CodeQuery, refuse_attempt};
use crate::behaviours::attempts::lockout::{lockout_id, read_lockout};
use crate::behaviours::codes::record::{BoundValue, CodeRecord, State, code_key};
use crate::behaviours::retry::Retry;
use crate::behaviours::state::millis_of;
use crate::context::Core;
use crate::crypto::{KeyName, digits};
use crate::fault::Fault;
use crate::hex_text::hex_text;
use crate::store::{Committed, Millis};

/// How many decoys there are of each kind of code: as many as attempts may be under way, and few enough to be at hand for the store as
/// codes are that were made lately.
const DECOYS: u32 = 256;

/// How many of them are tried before the answer goes without.
const MAX_RETRIES: usize = 8;

/// Reserves an attempt of a decoy. Where none is free, the answer goes without, and sooner.
pub(super) async fn begin_decoy(core: &Core, id: &str, asked: &CodeQuery<'_>) -> Result<AttemptStart, Fault> {
    let mut retry = Retry::at_most(MAX_RETRIES);
    loop {
        let name = format!("unknown {} {}", asked.kind.name, next_decoy());
        let row = lockout_id(core, None, &name, asked.kind.name)?;
        let lockout = read_lockout(core, &row).await?;
        let record = decoy_code(core, asked, row, lockout.now())?;
        let (written, retained_until) = (record.written()?, end_of_hour(record.retained_until()));
        let (batch, reservation) = lockout.begin(core.store().batch().put(code_key(&name), written, retained_until));
        match core.store().commit(batch).await? {
            Committed::Applied(applied) => {
                let reservation = reservation.applied(&applied);
                let unknown = Some((id.to_owned(), ClaimedContext::of(asked.bound, asked.user)));
                return Ok(AttemptStart::Reserved(Box::new(CodeAttempt { id: name, unknown, record, reservation })));
            }
            Committed::Conflict(_) => {
                if !retry.pause().await {
                    break;
                }
            }
            Committed::Full(_) | Committed::Over(_) => break,
        }
    }
    refuse_attempt(core, id, None, "otp.unknown", asked).await
}

/// Writing a decoy anew is to change as much as an attempt of a code does, which leaves it among those that expire where it was.
fn end_of_hour(time: Millis) -> Millis {
    const HOUR: Millis = 60 * 60 * 1000;
    (time.div_euclid(HOUR) + 1).saturating_mul(HOUR)
}

/// They are given out in turn, so that no two attempts of one process are of one decoy: they would wait for each other, as those
/// of codes do not.
fn next_decoy() -> u32 {
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(rand::rng().random()));
    NEXT.fetch_add(1, Ordering::Relaxed) % DECOYS
}

/// As large as a code, and no code at all matches it.
fn decoy_code(core: &Core, asked: &CodeQuery<'_>, failures: String, now: i64) -> Result<CodeRecord, Fault> {
    let noise = hex_text(digits::noise());
    let bound = |(meaning, _): &(&'static str, Option<String>)| BoundValue {
        meaning: Cow::Borrowed(meaning),
        mac: Some(noise.clone()),
    };
    Ok(CodeRecord {
        kind: asked.kind.name.to_owned(),
        state: State::Open,
        attempts: 1,
        max_attempts: asked.kind.attempts,
        made: now,
        expires: now.saturating_add(millis_of(asked.kind.life_seconds)),
        key: core.keys().current(KeyName::Codes)?.id().to_owned(),
        mac: noise.clone(),
        bound: asked.bound.iter().map(bound).collect(),
        failures,
        user: None,
        organization: None,
        operation_id: None,
        operation_name: None,
        kept: None,
        known_until: None,
        asked: Vec::new(),
    })
}
