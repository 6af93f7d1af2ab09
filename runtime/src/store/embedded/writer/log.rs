//! The length of the log. A checkpoint beside the writer moves the log into the file, but the log begins anew only when
//! all of it was moved and nobody reads from it; under load that never happens by itself. So the writer does it where the
//! log is long, between two transactions, when nothing is added to it.

use std::fs;
use std::time::{Duration, Instant};

use super::Writer;
use crate::store::embedded::open::beside;

/// How long the log may get before it begins anew, in bytes.
const LONG: u64 = 16 * 1024 * 1024;

/// How often that is tried at most: somebody else may read from the log, such as a copy that is made.
const TRY_EVERY: Duration = Duration::from_millis(250);

/// How long the writer waits for such a reader.
const WAIT: Duration = Duration::from_millis(20);

/// How long the writer waits for others in every other case.
const USUAL_WAIT: Duration = Duration::from_secs(2);

impl Writer {
    /// Moves the log into the file and empties it, where it is long.
    pub fn restart_long_log(&mut self) {
        let long = fs::metadata(beside(&self.path, "-wal")).is_ok_and(|log| log.len() > LONG);
        let tried = self.restarted.is_some_and(|tried| tried.elapsed() < TRY_EVERY);
        if !long || tried {
            return;
        }
        self.restarted = Some(Instant::now());
        let restart = || {
            self.connection.busy_timeout(WAIT)?;
            let restarted = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            self.connection.busy_timeout(USUAL_WAIT)?;
            restarted
        };
        if let Err(error) = restart() {
            tracing::warn!(%error, "the store's log could not begin anew");
        }
    }
}
