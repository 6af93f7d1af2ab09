//! Where traces and metrics are exported to, from `otlp.*`.

use super::values::Reader;
use crate::telemetry::{OtlpOptions, check_otlp};

impl Reader<'_> {
    /// The collector, if one is named.
    pub(super) fn otlp(&mut self) -> Option<OtlpOptions> {
        let endpoint = self.one(self.tree.text_if_set("otlp.endpoint")).flatten();
        let (ca, interval) = (self.path("otlp.ca"), self.time("otlp.interval"));
        let Some(endpoint) = endpoint else {
            if ca.is_some() {
                self.refuse("otlp.ca", "nothing is exported; name the collector: `otlp.endpoint: https://…`");
            }
            return None;
        };
        let options = OtlpOptions { endpoint, ca, interval };
        match check_otlp(&options) {
            Ok(()) => Some(options),
            Err((path, what)) => {
                self.refuse(path, what);
                None
            }
        }
    }
}
