//! One function a fuzz target. Each takes the fuzzer's bytes and panics where a promise is broken; the fuzzer calls
//! them by `fuzz_targets/`, and `tests/corpus.rs` replays what is kept in `corpus/`. How to run them: `docs/fuzzing.md`.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a target ends at what it finds"
)]

mod apis;
pub mod definition;
pub mod forwarded;
pub mod head;
pub mod json;
pub mod operation_data;
mod oracle;
pub mod password;
pub mod payloads;
pub mod settings;
pub mod text;

/// A target: its name and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, by the names of their folders under `corpus/`.
pub const TARGETS: &[Target] = &[
    ("definition", definition::run),
    ("forwarded", forwarded::run),
    ("head", head::run),
    ("json", json::run),
    ("operation_data", operation_data::run),
    ("password", password::run),
    ("payloads", payloads::run),
    ("settings", settings::run),
    ("text", text::run),
];
