//! What `--dev` puts in place of the world: settings for a demo, and an outbox that takes messages in place of the
//! gateway. Whether this is `--dev` is decided by the start.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::fault::Fault;
use crate::hooks::{Sms, SmsOutcome};
use crate::values::{Secret, Time};

/// The settings that hold with `--dev` where nothing else is set.
pub const DEMO_SETTINGS: &[(&str, &str)] =
    &[("sms.any_country", "true"), ("sms.any_source", "true"), ("sms.no_budget", "true")];

/// The demo caller's name, which is their access id too.
pub const DEMO_CALLER: &str = "demo";

/// The token or key of the demo caller, where callers show who they are and the settings name nobody.
pub const DEMO_TOKEN: &str = "demo-access-token";

/// The demo gateway refuses numbers that end so.
const REFUSED_ENDING: &str = "0000000";

/// Takes messages in place of the gateway: one JSON line each, in a file or on standard output.
pub struct Outbox {
    place: Mutex<Place>,
}

/// A message, as a line has it.
#[derive(Serialize)]
struct Line<'m> {
    id: &'m str,
    to: &'m str,
    text: &'m str,
    code: &'m str,
    at: String,
}

enum Place {
    File(File),
    Output,
}

impl Outbox {
    /// An outbox in a file, which is made if it is not there.
    ///
    /// # Errors
    /// If the file cannot be written to.
    pub fn in_file(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Outbox { place: Mutex::new(Place::File(options.open(path)?)) })
    }

    /// An outbox on standard output.
    pub fn on_output() -> Self {
        Outbox { place: Mutex::new(Place::Output) }
    }

    /// Takes a message. Numbers that end in seven zeros are refused, so that this can be seen too.
    pub fn take(&self, sms: &Sms, code: &Secret<String>, at: Time) -> SmsOutcome {
        if sms.to.expose().ends_with(REFUSED_ENDING) {
            return SmsOutcome::Refused("the demo gateway refuses numbers that end in seven zeros".to_owned());
        }
        let (to, text, code) = (sms.to.expose(), sms.text.expose(), code.expose());
        let line = serde_json::to_string(&Line { id: &sms.id, to, text, code, at: at.to_string() });
        match line.map_err(io::Error::from).and_then(|line| self.write(format!("{line}\n").as_bytes())) {
            Ok(()) => SmsOutcome::Sent,
            Err(error) => SmsOutcome::Failed(Fault::new("hook.failed").with_detail(error)),
        }
    }

    /// Writes a line in one piece, so that lines of several processes stay whole.
    fn write(&self, line: &[u8]) -> io::Result<()> {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *place {
            Place::File(file) => file.write_all(line),
            Place::Output => {
                let mut output = io::stdout().lock();
                output.write_all(line)?;
                output.flush()
            }
        }
    }
}
