//! What a definition changes against the one that it extends.

use countersign::check::check;
use countersign::compare::{self, Change, Side};
use countersign::load::Loaded;
use countersign::model::Adapter;
use serde_json::Value as Json;

/// The changes as text; empty if there are none, or if the definition extends nothing.
pub fn text(loaded: &Loaded, adapter: &Adapter) -> String {
    if loaded.adds_nothing() {
        return String::new();
    }
    let extends = loaded.extends.as_deref().unwrap_or_default();
    with(loaded, adapter, |changes, old, new| match changes {
        [] => String::new(),
        _ => format!("changed against `{extends}`:\n{}", compare::text(changes, old, new)),
    })
    .unwrap_or_default()
}

/// The changes as JSON; none if the definition extends nothing.
pub fn json(loaded: &Loaded, adapter: &Adapter) -> Option<Json> {
    with(loaded, adapter, compare::json)
}

fn with<T>(loaded: &Loaded, adapter: &Adapter, render: impl FnOnce(&[Change], &Side<'_>, &Side<'_>) -> T) -> Option<T> {
    let base = loaded.base()?;
    let before = check(&base).adapter?;
    let (old, new) = (Side::of(&base, &before), Side::of(loaded, adapter));
    Some(render(&compare::changes(&old, &new), &old, &new))
}
