//! Where log lines go and what they may hold. With `--dev` they are for people, otherwise for machines.

use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

use crate::values::is_hidden;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Sends log lines to standard error and keeps the messages of panics out of them. A second call does nothing.
pub fn start_log(form: LogForm) {
    let filter = EnvFilter::try_from_env("COUNTERSIGN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    let begun = match form {
        LogForm::Text => lines.with_target(false).try_init(),
        LogForm::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
    if begun.is_ok() {
        std::panic::set_hook(Box::new(report_place));
    }
}

/// A panic's message may hold anything, so its place is all that is told.
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
