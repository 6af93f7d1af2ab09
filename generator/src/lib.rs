//! Turns a definition of a data adapter into Rust, in five stages:
//!
//! 1. [`load`] reads YAML into [`raw`], as written, every leaf with its place in a [`source`].
//! 2. [`merge`] lays a bank's definition over the one that it extends.
//! 3. [`check`] proves it against the [`vocabulary`] and makes the [`model`], or reports every [`diagnostic`] at once.
//! 4. [`emit`] fills the templates with the model and formats what comes out: files in memory.
//! 5. [`write`](mod@write) lays them down, and touches nothing that is as it should be.
//!
//! No stage looks back: `check` knows no template, and `emit` sees neither a place in a file nor the disk.

pub mod arena;
mod blame;
pub mod bundle;
pub mod check;
pub mod compare;
pub mod conform;
mod derive;
pub mod diagnostic;
pub mod diff;
pub mod emit;
pub mod explain;
pub mod language;
pub mod load;
mod lower;
mod markdown;
pub mod merge;
pub mod model;
pub mod naming;
pub mod openapi;
pub mod plan;
mod prove;
pub mod raw;
pub mod reference;
mod report;
pub mod resolve;
pub mod source;
pub mod vocabulary;
pub mod write;
pub mod yaml;
