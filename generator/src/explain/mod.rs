//! What was derived, as a text that a bank's developer can follow without the manual.

use crate::check::codes;
use crate::model::Adapter;

/// The long text of a diagnostic.
pub fn diagnostic(id: &str) -> Option<&'static str> {
    codes::find(id).map(|code| code.long)
}

/// The adapter as a whole, or one of its endpoints.
pub fn explain(of: &Adapter, endpoint_name: Option<&str>) -> String {
    endpoint_name.map_or_else(|| adapter(of), |name| endpoint(of, name))
}

/// One endpoint.
pub fn endpoint(_adapter: &Adapter, _name: &str) -> String {
    String::new()
}

/// The adapter as a whole.
pub fn adapter(_adapter: &Adapter) -> String {
    String::new()
}
