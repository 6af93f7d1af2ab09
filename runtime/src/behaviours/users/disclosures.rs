//! The rate limit of disclosures: answers by which a caller learns whom the bank knows, where the contract has them, such as of
//! a user who is unknown or a phone that has a wallet. Whoever tries numbers gets many, honest callers a few; so these answers
//! are counted, by caller and source. While there is room for no more of them, nobody is looked up for that caller and
//! source, whoever it is, since an answer to the others alone would disclose as much. Where one system calls for everybody,
//! nothing is counted: somebody who makes names up there would stop all others.

use crate::adapter::Callers;
use crate::behaviours::state::millis_of;
use crate::context::{Core, unexpected};
use crate::crypto::mac::Field;
use crate::fault::Fault;
use crate::shares::network;
use crate::store::{AuditEntry, AuditOutcome, Batch, Committed, Count, Window};
use crate::values::address_text;

/// The counter.
const DISCLOSURES: &str = "user.told";

/// Why nobody was looked up.
const LIMITED: &str = "disclosures.limited";

/// Records a look-up, if the rate limit has room for its answer. `discloses` is true for an answer that is rare among
/// honest callers; any other needs that there is room for one such.
///
/// # Errors
/// `overloaded` where there is none; `store.unavailable`.
pub(in crate::behaviours) async fn count_disclosure(
    core: &Core,
    entry: AuditEntry,
    discloses: bool,
) -> Result<(), Fault> {
    let Some(count) = count_of_disclosures(core, discloses)? else { return core.audit().record(vec![entry]).await };
    let limited = AuditEntry { outcome: AuditOutcome::Failure, user: None, ..entry.clone() }.with_reason(LIMITED);
    let batch = Batch { audit: vec![entry], counts: vec![count], ..core.store().batch() };
    match core.store().commit(batch).await? {
        Committed::Applied(_) => Ok(()),
        Committed::Over(_) => {
            core.audit().record(vec![limited]).await?;
            Err(Fault::overloaded("the rate limit of disclosures to this caller was exceeded"))
        }
        other => Err(unexpected(&other)),
    }
}

fn count_of_disclosures(core: &Core, discloses: bool) -> Result<Option<Count>, Fault> {
    let limits = &core.shared.options.limits;
    if limits.dev_limits_off || calls_for_everybody(core) {
        return Ok(None);
    }
    let source = core.call.source.map(|address| address_text(network(address)));
    let key = core.keys().pseudonym(DISCLOSURES, &[Field::Text(core.caller()), Field::of(source.as_deref())])?;
    let windows = limits.disclosures.iter().map(|window| Window {
        length: millis_of(window.seconds),
        most: if discloses { window.most } else { window.most.saturating_sub(1) },
    });
    // A second is fine enough, and keeps the counter small.
    Ok(Some(Count { family: DISCLOSURES, key, add: i64::from(discloses), grain: 1_000, windows: windows.collect() }))
}

/// True of the one system that calls for everybody: the definition knows no callers, and the settings say so or have it
/// show a certificate.
fn calls_for_everybody(core: &Core) -> bool {
    let is_one = core.shared.options.limits.any_source || core.call.caller.is_some();
    is_one && matches!(core.adapter().callers, Callers::None(_))
}
