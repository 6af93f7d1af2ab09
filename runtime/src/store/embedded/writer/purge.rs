//! What the writer removes: rows that have expired, and audit entries that are too old, some at a time.

use std::sync::atomic::Ordering;

use rusqlite::{Connection, TransactionBehavior, params};

use super::{End, Writer};
use crate::store::StoreError;
use crate::store::apply::Rows;
use crate::store::batch::Millis;
use crate::store::embedded::open::damaged_or;
use crate::store::embedded::prune;

/// How often expired rows are removed, in milliseconds.
const PURGE_EVERY: Millis = 60_000;

/// How many expired rows are removed at once, so that nobody waits long for it.
const MOST_PURGED: usize = 2_000;

impl Writer {
    /// Removes audit entries that are too old, some at a time; gives how many that were.
    fn prune(&mut self, now: Millis) -> Result<usize, StoreError> {
        let Some(keep) = self.keep_audit else { return Ok(0) };
        let store_error = |error: rusqlite::Error| damaged_or(&self.path, &error);
        let Some(end) = prune::due(&self.connection, keep, now).map_err(store_error)? else { return Ok(0) };
        self.transact(|rows| {
            rows.append(prune::pruned_entry(&end), now)?;
            rows.checked(prune::remove(rows.connection, &end)).map(End::Kept)
        })
    }

    /// Removes what has expired, from time to time.
    pub fn purge_sometimes(&mut self) {
        let now = self.seen.load(Ordering::Acquire);
        if now - self.purged >= PURGE_EVERY {
            match self.prune(now).and_then(|_| self.purge_some(now)) {
                Ok(removed) if removed >= MOST_PURGED => {}
                Ok(_) => self.purged = now,
                Err(error) => {
                    self.purged = now;
                    self.health.failed(&error);
                    tracing::warn!(%error, "the store could not remove what has expired");
                }
            }
        }
    }

    /// Removes all that has expired; gives how much that was.
    pub fn purge_all(&mut self) -> Result<usize, StoreError> {
        let now = self.seen.load(Ordering::Acquire);
        let mut removed = 0;
        loop {
            let some = self.prune(now)? + self.purge_some(now)?;
            removed += some;
            if some < MOST_PURGED {
                self.purged = now;
                return Ok(removed);
            }
        }
    }

    fn purge_some(&mut self, now: Millis) -> Result<usize, StoreError> {
        let purge = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let records = transaction.execute(
                "DELETE FROM record WHERE (kind, id) IN (SELECT kind, id FROM record WHERE expires < ?1 LIMIT ?2)",
                params![now, MOST_PURGED / 2],
            )?;
            let counters = transaction.execute(
                "DELETE FROM counter WHERE (family, key) IN (SELECT family, key FROM counter WHERE expires <= ?1 LIMIT ?2)",
                params![now, MOST_PURGED / 2],
            )?;
            transaction.execute("UPDATE meta SET value = ?1 WHERE name = 'time'", params![now])?;
            transaction.commit()?;
            Ok((records, counters))
        };
        let (records, counters) = purge(&mut self.connection).map_err(|error| damaged_or(&self.path, &error))?;
        if records + counters > 0 {
            self.recount();
        }
        // Half of the room each: a full half means that there may be more.
        Ok(if records.max(counters) >= MOST_PURGED / 2 { MOST_PURGED } else { records + counters })
    }
}
