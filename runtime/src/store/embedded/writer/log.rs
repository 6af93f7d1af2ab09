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

/// How often a reader that holds it up is logged.
const SAY_EVERY: Duration = Duration::from_secs(10);

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
            // That somebody reads from it is no error but a number in the answer.
            let is_busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
            self.connection.busy_timeout(USUAL_WAIT)?;
            is_busy
        };
        match restart() {
            Ok(false) => self.held_up = None,
            Ok(true) => self.say_held_up(),
            Err(error) => tracing::warn!(%error, "the store's log could not begin anew"),
        }
    }

    /// Says from time to time that a reader keeps the log from beginning anew.
    fn say_held_up(&mut self) {
        if self.held_up.is_some_and(|said| said.elapsed() < SAY_EVERY) {
            return;
        }
        self.held_up = Some(Instant::now());
        let bytes = fs::metadata(beside(&self.path, "-wal")).map_or(0, |log| log.len());
        tracing::warn!(bytes, "a reader, such as a copy or a check, keeps the store's log from beginning anew");
    }
}
