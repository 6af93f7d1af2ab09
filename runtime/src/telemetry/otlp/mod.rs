//! Traces and metrics for an OpenTelemetry collector, by OTLP over HTTP. Requests hand over what they did and go on; a thread of
//! its own sends it. What a collector does not take is left out and counted, so nobody ever waits for one.

#[cfg(not(feature = "otlp"))]
mod absent;
#[cfg(feature = "otlp")]
mod client;
#[cfg(feature = "otlp")]
mod convert;
#[cfg(feature = "otlp")]
mod sender;
#[cfg(feature = "otlp")]
mod spans;
#[cfg(feature = "otlp")]
mod text;

use std::path::PathBuf;
use std::time::Duration;

use super::Trace;

#[cfg(not(feature = "otlp"))]
pub(crate) use absent::{Exporting, check, hook_called, parent_of, request_served, store_asked};
#[cfg(feature = "otlp")]
pub(crate) use client::check;
#[cfg(feature = "otlp")]
pub(crate) use sender::Exporting;
#[cfg(feature = "otlp")]
pub(crate) use spans::{hook_called, parent_of, request_served, store_asked};

/// Where traces and metrics are exported to, as the settings say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtlpOptions {
    /// The collector: its scheme, host and port, to which `/v1/traces` and `/v1/metrics` are added.
    pub endpoint: String,
    /// The file with the authorities that its certificate is by, in PEM; for `https` alone.
    pub ca: Option<PathBuf>,
    /// How often metrics are sent.
    pub interval: Duration,
}

/// What a collector is told of a request that was answered.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "without the export nobody is told"))]
pub(crate) struct RequestSpan<'r> {
    /// Its place in a trace.
    pub trace: &'r Trace,
    /// The endpoint's name, `none` outside of every one.
    pub endpoint: &'static str,
    /// Its id.
    pub id: &'r str,
    /// Who called, where that is known.
    pub caller: Option<&'r str>,
    /// The answer's status.
    pub status: u16,
    /// The fault, if it was refused or failed.
    pub fault: Option<&'static str>,
    /// How long it took, to now.
    pub took: Duration,
}

/// What a collector is told of the process.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "without the export nobody is told"))]
pub(crate) struct Service<'s> {
    /// The definition's name.
    pub name: &'s str,
    /// The program's version.
    pub version: &'s str,
    /// The node, as the audit log has it.
    pub node: &'s str,
}
