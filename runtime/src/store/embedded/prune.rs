//! Removing audit entries that are too old, so that what is left still can be verified: a record in the same
//! transaction says up to where they were removed, and is sealed like every other.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::store::audit::{AuditEntry, AuditEvent, AuditOutcome};
use crate::store::batch::Millis;
use crate::store::chain::AuditHead;

/// Records are removed once the oldest is so much older than it may get, so that this happens once a day.
const SLACK: Millis = 24 * 60 * 60 * 1000;

/// How many are removed at once, so that nobody waits long for it.
const MOST: i64 = 20_000;

/// The end of what is to be removed, if it is time for it. The last record of all always stays.
pub(super) fn due(connection: &Connection, keep: Millis, now: Millis) -> rusqlite::Result<Option<AuditHead>> {
    let before = now.saturating_sub(keep);
    let oldest: Option<(i64, i64)> = connection
        .prepare_cached("SELECT sequence, time FROM audit ORDER BY sequence LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((first, time)) = oldest else { return Ok(None) };
    if time / 1000 >= before.saturating_sub(SLACK) {
        return Ok(None);
    }
    connection
        .prepare_cached(
            "SELECT chain, number, mac FROM audit
             WHERE sequence < ?1 AND time < ?2 AND sequence < (SELECT max(sequence) FROM audit)
             ORDER BY sequence DESC LIMIT 1",
        )?
        .query_row(params![first.saturating_add(MOST), before.saturating_mul(1000)], |row| {
            Ok(AuditHead { chain: row.get(0)?, number: row.get(1)?, mac: row.get(2)? })
        })
        .optional()
}

/// The audit entry of the removal.
pub(super) fn pruned_entry(end: &AuditHead) -> AuditEntry {
    let detail = json!({ "removed": [end] });
    let record = AuditEntry::new(0, AuditEvent::AuditCheckpoint, AuditOutcome::Success);
    AuditEntry { detail: Some(detail), ..record }
}

/// Removes everything up to that record.
pub(super) fn remove(connection: &Connection, end: &AuditHead) -> rusqlite::Result<usize> {
    connection.prepare_cached("DELETE FROM audit WHERE sequence <= ?1")?.execute(params![end.number])
}
