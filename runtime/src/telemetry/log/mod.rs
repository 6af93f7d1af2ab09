//! Where log lines go and what they may hold. With `--dev` they are for people, otherwise for machines.

mod fields;
mod layer;
mod lines;
mod stamp;

use std::io;
use std::panic::PanicHookInfo;
use std::sync::OnceLock;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use self::layer::LineLayer;
use self::lines::Lines;
use crate::values::is_hidden;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The lines of the process, once the log was started.
static LINES: OnceLock<Lines> = OnceLock::new();

/// Sends log lines to standard error, by a thread of the log's own, and keeps the messages of panics out of them. A second
/// call does nothing.
pub fn start_log(form: LogForm) {
    let layer = || LineLayer::new(form, LINES.get_or_init(|| Lines::to(form, io::stderr())));
    let wanted = std::env::var("COUNTERSIGN_LOG").ok();
    let begun = match wanted.as_deref().map_or(Ok(LevelFilter::INFO), str::parse) {
        Ok(level) => tracing_subscriber::registry().with(level).with(layer()).try_init(),
        // More than a level: what each part of the program logs.
        Err(_) => {
            let filter = EnvFilter::try_from_env("COUNTERSIGN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
            tracing_subscriber::registry().with(filter).with(layer()).try_init()
        }
    };
    if begun.is_ok() {
        std::panic::set_hook(Box::new(report_place));
    }
}

/// Comes back once the lines that there are were written, or cannot be: before the process ends.
pub(crate) fn flush_log() {
    if let Some(lines) = LINES.get() {
        lines.flush();
    }
}

/// A panic's message may hold anything, so only its place is logged.
fn report_place(panic: &PanicHookInfo<'_>) {
    match panic.location() {
        Some(place) => tracing::error!(place = %place, "panic"),
        None => tracing::error!("panic at an unknown place"),
    }
}

/// The text on one line: line ends, and whatever a reader does not see, are written out.
pub(crate) fn line_safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_hidden(letter) {
            safe.extend(letter.escape_default());
        } else {
            safe.push(letter);
        }
    }
    safe
}
