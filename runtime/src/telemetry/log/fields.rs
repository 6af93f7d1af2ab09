//! What an event or a span says, written as the log has it.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};

use super::LogForm;
use crate::json_text::special;
use crate::values::is_hidden;

/// Fields as they are written: members of an object, or `name=value` for people.
pub(super) struct Fields<'l> {
    form: LogForm,
    line: &'l mut Vec<u8>,
    /// The message stands apart for people.
    message: bool,
    is_first: bool,
}

impl<'l> Fields<'l> {
    /// Adds fields to a line; the first of them needs no mark before it.
    pub fn first(form: LogForm, line: &'l mut Vec<u8>) -> Self {
        Fields { form, line, message: false, is_first: true }
    }

    /// Adds fields to a line that has some.
    pub fn further(form: LogForm, line: &'l mut Vec<u8>) -> Self {
        Fields { is_first: false, ..Fields::first(form, line) }
    }

    /// The same, with the message, which stands alone for people.
    pub fn with_message(self) -> Self {
        Fields { message: true, ..self }
    }

    /// Writes the name, and what stands before and behind it.
    fn name(&mut self, name: &str) {
        let (before, quote, behind) = match self.form {
            LogForm::Json => (",", "\"", "\":"),
            LogForm::Text => (" ", "", "="),
        };
        if !std::mem::take(&mut self.is_first) {
            self.line.extend_from_slice(before.as_bytes());
        }
        if self.form == LogForm::Text && self.message && name == "message" {
            return;
        }
        for part in [quote, name, behind] {
            self.line.extend_from_slice(part.as_bytes());
        }
    }

    /// Writes what needs no quotes.
    fn plain(&mut self, field: &Field, value: &str) {
        self.name(field.name());
        self.line.extend_from_slice(value.as_bytes());
    }

    /// Writes a text.
    fn text(&mut self, field: &Field, write: impl FnOnce(&mut Escaped<'_>) -> fmt::Result) {
        self.name(field.name());
        let is_bare = self.form == LogForm::Text && self.message && field.name() == "message";
        if !is_bare {
            self.line.push(b'"');
        }
        // Whoever fails to show a value shows it in part.
        let _ = write(&mut Escaped { form: self.form, is_bare, line: self.line });
        if !is_bare {
            self.line.push(b'"');
        }
    }
}

fn io_write(line: &mut Vec<u8>, value: fmt::Arguments<'_>) -> std::io::Result<()> {
    std::io::Write::write_fmt(line, value)
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => self.plain(field, &value.to_string()),
            false => self.text(field, |text| write!(text, "{value}")),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, itoa::Buffer::new().format(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field, itoa::Buffer::new().format(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, if value { "true" } else { "false" });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, |text| text.write_str(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // What comes by way of the crate `log` says where it comes from in fields of its own.
        if !field.name().starts_with("log.") {
            self.text(field, |text| write!(text, "{value:?}"));
        }
    }
}

/// A text that stays on its line and between its quotes.
pub(super) struct Escaped<'l> {
    form: LogForm,
    /// It has no quotes around it.
    is_bare: bool,
    line: &'l mut Vec<u8>,
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.form == LogForm::Json {
            escape(self.line, text);
        } else if text.is_ascii() && special(text.as_bytes()).is_none() && !text.contains('\x7f') {
            self.line.extend_from_slice(text.as_bytes());
        } else {
            for sign in text.chars() {
                if is_hidden(sign) || !self.is_bare && matches!(sign, '"' | '\\') {
                    io_write(self.line, format_args!("{}", sign.escape_default())).map_err(|_| fmt::Error)?;
                } else {
                    self.line.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        Ok(())
    }
}

/// Adds a text as it stands between the quotes of JSON.
fn escape(line: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some((plain, from)) = special(rest).and_then(|at| rest.split_at_checked(at)) {
        line.extend_from_slice(plain);
        let Some((sign, behind)) = from.split_first() else { break };
        match sign {
            b'"' | b'\\' => line.extend_from_slice(&[b'\\', *sign]),
            // A vector takes whatever is written.
            other => drop(io_write(line, format_args!("\\u{other:04x}"))),
        }
        rest = behind;
    }
    line.extend_from_slice(rest);
}
