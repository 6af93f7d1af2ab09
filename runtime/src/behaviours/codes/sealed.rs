//! Values that a code keeps for its owner, sealed with the code's own key.

use std::collections::BTreeMap;

use super::record::CodeRecord;
use crate::context::Core;
use crate::crypto::{Key, KeyName, seal};
use crate::fault::Fault;

/// The kept values, so that nobody but the code's own key reads them.
pub(super) fn sealed(key: &Key, id: &str, kept: &[(&'static str, Option<String>)]) -> Result<Option<String>, Fault> {
    if kept.iter().all(|(_, value)| value.is_none()) {
        return Ok(None);
    }
    let text = serde_json::to_string(kept).map_err(|error| Fault::new("unexpected").with_detail(error))?;
    let sealed = seal::seal(key, id, &text);
    sealed.map(Some).ok_or_else(|| Fault::new("unexpected").with_detail("the kept values cannot be sealed"))
}

pub(super) fn kept_values(core: &Core, id: &str, record: &CodeRecord) -> BTreeMap<String, String> {
    let Some(key) = core.keys().by_id(KeyName::Codes, &record.key) else { return BTreeMap::new() };
    let opened = record.kept.as_deref().and_then(|sealed| seal::open(&key, id, sealed));
    let kept: Vec<(String, Option<String>)> =
        opened.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    kept.into_iter().filter_map(|(meaning, value)| Some((meaning, value?))).collect()
}
