//! A map that keeps the order of its file.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// A map that keeps the order of its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<T> {
    order: Vec<(String, T)>,
    index: BTreeMap<String, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { order: Vec::new(), index: BTreeMap::new() }
    }
}

impl<T> Table<T> {
    /// The entry of this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.index.get(name).and_then(|at| self.order.get(*at)).map(|(_, value)| value)
    }

    /// True if there is one.
    pub fn has(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    /// All entries, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (String, T)> {
        self.order.iter()
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(|(name, _)| name.as_str())
    }

    /// Sets an entry: in place if it is there, at the end if not.
    pub fn set(&mut self, name: String, value: T) {
        match self.index.get(&name).and_then(|at| self.order.get_mut(*at)) {
            Some(entry) => entry.1 = value,
            None => {
                self.index.insert(name.clone(), self.order.len());
                self.order.push((name, value));
            }
        }
    }

    pub(super) fn add(&mut self, name: String, value: T) -> Result<(), String> {
        if self.has(&name) {
            return Err(format!("`{name}` is already there"));
        }
        self.set(name, value);
        Ok(())
    }

    pub(super) fn extend(&mut self, more: Table<T>) -> Result<(), String> {
        more.into_iter().try_for_each(|(name, value)| self.add(name, value))
    }
}

impl<T> IntoIterator for Table<T> {
    type Item = (String, T);
    type IntoIter = std::vec::IntoIter<(String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.order.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Table<T> {
    type Item = &'a (String, T);
    type IntoIter = std::slice::Iter<'a, (String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.order.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Table<T>;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Table<T>, A::Error> {
                let mut table = Table::default();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    table.add(name, value).map_err(serde::de::Error::custom)?;
                }
                Ok(table)
            }
        }
        from.deserialize_map(Entries(PhantomData))
    }
}
