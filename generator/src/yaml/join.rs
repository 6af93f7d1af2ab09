//! Joins the tree of the event pass with the values that serde_yaml reads.

use super::{Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::Place;

/// Puts serde_yaml's values into the tree.
pub(super) fn values(mut tree: Node, text: &str, whole: Place) -> Result<Node, Vec<Diagnostic>> {
    let read: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| {
        let at = error.location().map_or(0, |location| location.index()).min(text.len());
        vec![Diagnostic::new("syntax", Place { start: at, end: (at + 1).min(text.len()), ..whole }, error.to_string())]
    })?;
    match join(&mut tree, read) {
        Ok(()) => Ok(tree),
        Err(place) => {
            Err(vec![Diagnostic::new("syntax", place, "two readers of YAML read this differently").help("quote it")])
        }
    }
}

fn join(node: &mut Node, value: serde_yaml::Value) -> Result<(), Place> {
    use serde_yaml::Value as Yaml;
    let place = node.place;
    match (&mut node.value, value) {
        (Value::Map(map), Yaml::Mapping(mapping)) if map.entries.len() == mapping.len() => {
            for (entry, (key, value)) in map.entries.iter_mut().zip(mapping) {
                if key.as_str() != Some(&entry.key) {
                    return Err(entry.key_place);
                }
                join(&mut entry.node, value)?;
            }
        }
        (Value::Map(map), Yaml::Null) if map.entries.is_empty() => {}
        (Value::List(items), Yaml::Sequence(values)) if items.len() == values.len() => {
            for (item, value) in items.iter_mut().zip(values) {
                join(item, value)?;
            }
        }
        (Value::Text(_), Yaml::Null) => node.value = Value::Null,
        (Value::Text(_), Yaml::Bool(value)) => node.value = Value::Boolean(value),
        (Value::Text(text), Yaml::Number(number)) => {
            let number = as_written(text).or_else(|| json_number(&number)).ok_or(place)?;
            node.value = Value::Number(number);
        }
        (Value::Text(text), Yaml::String(value)) => *text = value,
        _ => return Err(place),
    }
    Ok(())
}

/// A number with its literal, if JSON writes it so: no decimal passes through a float.
fn as_written(text: &str) -> Option<serde_json::Number> {
    text.parse().ok()
}

/// A number as only YAML writes it.
fn json_number(number: &serde_yaml::Number) -> Option<serde_json::Number> {
    let float = || serde_json::Number::from_f64(number.as_f64()?);
    number.as_i64().map(Into::into).or_else(|| number.as_u64().map(Into::into)).or_else(float)
}
