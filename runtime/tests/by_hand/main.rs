//! A small API written by hand, without any YAML: every attribute that generated code uses, driven through the router
//! and through the decoder.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod api;
mod calls;
mod constants;
mod decoding;
mod forms;
mod heads;
mod plain;
