//! Values by meaning as nested variables: `operation.amount` is `amount` of `operation`.

use std::collections::BTreeMap;

use minijinja::Value;

use super::Shown;

/// What stands behind a name: a value, or more names. A name whose value is not there is there all the same, so that its
/// qualities can be asked for.
#[derive(Debug, Default)]
pub(super) struct Level {
    value: Option<Value>,
    levels: BTreeMap<String, Level>,
}

impl Level {
    /// Puts the value of a meaning there, or nothing where it is absent.
    pub fn put(&mut self, meaning: &str, value: Option<Shown>) {
        let mut level = self;
        for name in meaning.split('.') {
            level = level.levels.entry(name.to_owned()).or_default();
        }
        level.value = value.map(|value| match value {
            Shown::Text(text) => Value::from(text),
            Shown::Integer(number) => Value::from(number),
            Shown::Flag(flag) => Value::from(flag),
        });
    }

    /// All of it as one value.
    pub fn into_value(self) -> Value {
        let named = |(name, level): (String, Level)| match level {
            Level { value: Some(value), .. } => Some((name, value)),
            Level { levels, .. } if levels.is_empty() => None,
            level => Some((name, level.into_value())),
        };
        Value::from(self.levels.into_iter().filter_map(named).collect::<BTreeMap<String, Value>>())
    }
}
