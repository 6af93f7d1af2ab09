//! What must never be logged while a target runs: the fault `unexpected`, and a panic in a task that somebody else
//! would catch.

use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Ends the process at a panic in any thread, and at the fault `unexpected` in the log.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            usual(panic);
            std::process::abort();
        }));
        let _ = tracing::subscriber::set_global_default(Watching);
    });
}

struct Watching;

impl Subscriber for Watching {
    fn enabled(&self, of: &Metadata<'_>) -> bool {
        *of.level() <= Level::ERROR
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Unexpected);
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Unexpected;

impl Visit for Unexpected {
    fn record_str(&mut self, field: &Field, value: &str) {
        assert!(!(field.name() == "fault" && value == "unexpected"), "the fault `unexpected` was raised");
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
