//! What a generated data adapter runs on.
//!
//! Three parties meet here. *Generated code* (or code written by hand in the same form) holds the facts of one API:
//! payloads, error tables, one trait with a method for each endpoint. *The bank* writes [`Hooks`], of which two
//! methods are required, and overrides those endpoint methods that it answers differently. *The runtime* is the
//! rest: the HTTP edge with its limits, the behaviours that default bodies call on a [`Context`], the guard that
//! keeps the bank's code off the server's threads, the store, settings, logs and figures.
//!
//! A request goes edge → envelope → payload (parsed, then checked) → trait method → behaviours of [`Core`] → hooks
//! and store, and comes back as a response or as a [`Fault`] that the endpoint's error table answers.

pub mod adapter;
pub mod behaviours;
pub mod context;
pub mod crypto;
pub mod dev;
pub mod edge;
pub mod endpoint;
pub mod fault;
pub mod hooks;
pub mod serve;
pub mod start;
pub mod settings;
pub mod store;
pub mod telemetry;
#[doc(hidden)]
pub mod testing;
pub mod texts;
pub mod things;
pub mod values;
pub mod wire;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use adapter::*;
pub use behaviours::codes::*;
pub use behaviours::operations::*;
pub use behaviours::users::*;
pub use context::{Build, Clock, Context, Core, Shared};
pub use endpoint::{Endpoint, Incoming, Outside, Reply};
pub use fault::*;
pub use hooks::*;
pub use serve::{App, Parts, StartError, StartOptions};
pub use settings::{SettingMistake, Settings, SettingsTree};
pub use things::*;
pub use values::*;
pub use wire::*;

pub use countersign_macros::*;
