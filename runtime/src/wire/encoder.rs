//! Writing payloads: what happens to nulls, and whether secrets are shown.

use super::payload::Payload;
use crate::adapter::{Adapter, Nulls, Wire};
use crate::values::{Json, Secret};

/// How a payload is written.
#[derive(Debug, Clone, Copy)]
pub struct Encoder {
    wire: &'static Wire,
    hides_secrets: bool,
}

impl Encoder {
    /// For the caller, who gets everything that the payload holds.
    pub fn answer(adapter: &'static Adapter) -> Self {
        Encoder { wire: &adapter.wire, hides_secrets: false }
    }

    /// For events and logs: secrets are null.
    pub fn record(adapter: &'static Adapter) -> Self {
        Encoder { wire: &adapter.wire, hides_secrets: true }
    }

    /// The definition's rules.
    pub fn wire(&self) -> &'static Wire {
        self.wire
    }

    /// Writes a member, if the rules want it written.
    pub fn member<T: Payload>(&self, out: &mut serde_json::Map<String, Json>, name: &str, value: &T) {
        if value.is_nothing() {
            return;
        }
        let json = value.encode(self);
        if !(json.is_null() && self.wire.nulls == Nulls::Omit) {
            out.insert(name.to_owned(), json);
        }
    }

    /// Writes a secret, to those who may see it.
    pub fn secret(&self, secret: &Secret<String>) -> Json {
        if self.hides_secrets { Json::Null } else { Json::from(secret.expose().as_str()) }
    }
}

/// A payload for events and logs.
pub fn record(adapter: &'static Adapter, payload: &impl Payload) -> Json {
    payload.encode(&Encoder::record(adapter))
}
