//! The examples of the model: what is asked and answered, with the values that they insert.

use serde_json::Value as Json;

/// Calls under one title, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The file that it stands in, without its ending: `sms`.
    pub file: String,
    pub title: String,
    pub calls: Vec<Call>,
}

/// One call. Bodies are without their envelopes; `<uuid message>` matches any, and is `$message` in later calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub to: Target,
    /// What hooks answer.
    pub given: Option<Json>,
    /// Another media type than JSON.
    pub sent_as: Option<String>,
    pub request: Option<Json>,
    pub response: Option<Json>,
    /// A body, or its code alone.
    pub error: Option<Json>,
    pub sms: Option<String>,
    /// `examples/sms.yaml:3`
    pub trace: String,
}

/// What is called.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// The endpoint of this name.
    Endpoint(String),
    /// Method and path, which no endpoint takes.
    Nowhere(String, String),
}
