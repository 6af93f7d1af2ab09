//! The endpoints of the PowerAuth Data Adapter written by hand on axum, for comparison. They share no code with the
//! runtime: `api` has the types of the wire, `bank` what the bank would be asked, `codes` the one-time codes, `precheck`,
//! `hop` and `record` what makes the second server as safe as a generated one. The servers are under `bin/`.
#![allow(clippy::result_large_err, reason = "an answer that refuses is passed on as it is, and never copied")]
#![allow(missing_docs, reason = "a program that is measured, not a library")]

pub mod answers;
pub mod api;
pub mod bank;
pub mod codes;
pub mod hop;
pub mod precheck;
pub mod record;
