//! How often a caller is told whom the bank knows, where the contract has it that they are told: somebody who is not known, a
//! phone that has a wallet. Whoever tries numbers is told so again and again, honest callers now and then; so these answers
//! are counted, by caller and source. While there is room for no more of them, nobody is looked up for that caller and
//! source, whoever it is, since an answer to the others alone would tell as much. Where one system calls for everybody,
//! nothing is counted: somebody who makes names up there would stop all others.

use crate::adapter::Callers;
use crate::behaviours::state::millis_of;
use crate::context::{Core, unexpected};
use crate::crypto::mac::Field;
use crate::fault::Fault;
use crate::shares::network;
use crate::store::{AuditEntry, AuditOutcome, Batch, Committed, Count, Window};

/// The counter.
const TOLD: &str = "user.told";

/// Why nobody was looked up.
const LIMITED: &str = "disclosures.limited";

/// Records what a caller is about to be told, if there is room for it. `tells` is true for an answer that is rare among
/// honest callers; any other needs that there is room for one such.
///
/// # Errors
/// `overloaded` where there is none; `store.unavailable`.
pub(in crate::behaviours) async fn count_disclosure(core: &Core, entry: AuditEntry, tells: bool) -> Result<(), Fault> {
    let limited = AuditEntry { outcome: AuditOutcome::Failure, user: None, ..entry.clone() }.with_reason(LIMITED);
    let counts = count_of_disclosures(core, tells)?.into_iter().collect();
    let batch = Batch { audit: vec![entry], counts, ..core.store().batch() };
    match core.store().commit(batch).await? {
        Committed::Applied(_) => Ok(()),
        Committed::Over(_) => {
            core.audit().record(vec![limited]).await?;
            Err(Fault::overloaded("this caller was told too often whom the bank knows"))
        }
        other => Err(unexpected(&other)),
    }
}

fn count_of_disclosures(core: &Core, tells: bool) -> Result<Option<Count>, Fault> {
    let limits = &core.shared.options.limits;
    if limits.dev_limits_off || calls_for_everybody(core) {
        return Ok(None);
    }
    let source = core.call.source.map(|address| network(address).to_string());
    let key = core.keys().pseudonym(TOLD, &[Field::Text(core.caller()), Field::of(source.as_deref())])?;
    let windows = limits.disclosures.iter().map(|window| Window {
        length: millis_of(window.seconds),
        most: if tells { window.most } else { window.most.saturating_sub(1) },
    });
    // A second is fine enough, and keeps the counter small.
    Ok(Some(Count { family: TOLD, key, add: i64::from(tells), grain: 1_000, windows: windows.collect() }))
}

/// True of the one system that calls for everybody: the definition knows no callers, and the settings say so or have it
/// show a certificate.
fn calls_for_everybody(core: &Core) -> bool {
    let is_one = core.shared.options.limits.any_source || core.call.caller.is_some();
    is_one && matches!(core.adapter().callers, Callers::None(_))
}
