//! Puts a log line together: one pass over what an event says, beside the fields that its span has already.

use std::cell::RefCell;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::LogForm;
use super::fields::Fields;
use super::lines::Lines;
use super::stamp;

/// Writes events as lines.
pub(super) struct LineLayer {
    form: LogForm,
    lines: &'static Lines,
}

/// What a span has said, as it is written.
struct SpanFields(Vec<u8>);

thread_local! {
    /// The line that is written.
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl LineLayer {
    pub fn new(form: LogForm, lines: &'static Lines) -> Self {
        LineLayer { form, lines }
    }

    fn write<S: Subscriber + for<'s> LookupSpan<'s>>(
        &self,
        line: &mut Vec<u8>,
        event: &Event<'_>,
        in_span: Context<'_, S>,
    ) {
        match self.form {
            LogForm::Json => as_json(line, event, in_span),
            LogForm::Text => as_text(line, event, in_span),
        }
        line.push(b'\n');
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for LineLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Vec::with_capacity(160);
            attributes.record(&mut Fields::first(self.form, &mut fields));
            span.extensions_mut().insert(SpanFields(fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(SpanFields(fields)) = span.extensions_mut().get_mut::<SpanFields>()
        {
            let mut fields = if fields.is_empty() { Fields::first } else { Fields::further }(self.form, fields);
            values.record(&mut fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let is_urgent = *event.metadata().level() == Level::ERROR;
        LINE.with(|line| match line.try_borrow_mut() {
            Ok(mut line) => {
                line.clear();
                self.write(&mut line, event, context);
                self.lines.push(&line, is_urgent);
            }
            // A value that is shown logs by itself.
            Err(_) => {
                let mut line = Vec::new();
                self.write(&mut line, event, context);
                self.lines.push(&line, is_urgent);
            }
        });
    }
}

fn as_json<S: Subscriber + for<'s> LookupSpan<'s>>(line: &mut Vec<u8>, event: &Event<'_>, context: Context<'_, S>) {
    line.extend_from_slice(b"{\"timestamp\":\"");
    stamp::now(line);
    line.extend_from_slice(b"\",\"level\":\"");
    line.extend_from_slice(event.metadata().level().as_str().as_bytes());
    line.push(b'"');
    event.record(&mut Fields::further(LogForm::Json, line));
    line.extend_from_slice(b",\"target\":\"");
    target(line, event);
    line.push(b'"');
    if let Some(span) = context.event_span(event) {
        line.extend_from_slice(b",\"span\":{");
        if let Some(SpanFields(fields)) = span.extensions().get::<SpanFields>().filter(|fields| !fields.0.is_empty()) {
            line.extend_from_slice(fields);
            line.push(b',');
        }
        line.extend_from_slice(b"\"name\":\"");
        line.extend_from_slice(span.name().as_bytes());
        line.extend_from_slice(b"\"}");
    }
    line.push(b'}');
}

fn as_text<S: Subscriber + for<'s> LookupSpan<'s>>(line: &mut Vec<u8>, event: &Event<'_>, context: Context<'_, S>) {
    stamp::now(line);
    let level = event.metadata().level().as_str();
    line.extend_from_slice(if level.len() < 5 { b"  " } else { b" " });
    line.extend_from_slice(level.as_bytes());
    line.push(b' ');
    for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
        line.extend_from_slice(span.name().as_bytes());
        if let Some(SpanFields(fields)) = span.extensions().get::<SpanFields>().filter(|fields| !fields.0.is_empty()) {
            line.push(b'{');
            line.extend_from_slice(fields);
            line.push(b'}');
        }
        line.extend_from_slice(b": ");
    }
    event.record(&mut Fields::first(LogForm::Text, line).with_message());
}

/// The part of the program that logs it.
fn target(line: &mut Vec<u8>, event: &Event<'_>) {
    let own = event.metadata().target();
    if own == "log" {
        event.record(&mut Target(line));
    } else {
        line.extend_from_slice(own.as_bytes());
    }
}

/// The target of what comes by way of the crate `log`.
struct Target<'l>(&'l mut Vec<u8>);

impl Visit for Target<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte);
        if field.name() == "log.target" {
            self.0.extend(value.bytes().filter(|byte| is_plain(*byte)));
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn std::fmt::Debug) {}
}
