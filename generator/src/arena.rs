//! Where resolved things live: an id is made when its thing is put into an arena, so looking it up there cannot miss.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The number of a thing in its arena. Ids of different kinds of things are different types.
pub struct Id<T> {
    at: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.at)
    }
}

/// Things of one kind, in the order in which they were put. `K` is the kind by which ids are distinguished: an arena that is
/// made from another, thing by thing, has the same ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Arena<T, K = T> {
    all: Vec<T>,
    of: PhantomData<fn() -> K>,
}

impl<T, K> Default for Arena<T, K> {
    fn default() -> Self {
        Arena { all: Vec::new(), of: PhantomData }
    }
}

impl<T, K> Arena<T, K> {
    /// Keeps a thing.
    pub fn put(&mut self, entity: T) -> Id<K> {
        let at = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(entity);
        Id { at, of: PhantomData }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All things, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.all.iter()
    }

    /// All things, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.all.iter_mut()
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = Id<K>> + use<T, K> {
        (0..u32::try_from(self.all.len()).unwrap_or(u32::MAX)).map(|at| Id { at, of: PhantomData })
    }

    /// All things with their ids.
    pub fn pairs(&self) -> impl Iterator<Item = (Id<K>, &T)> {
        self.ids().zip(&self.all)
    }

    /// The only thing, if there is one and no other.
    pub fn only(&self) -> Option<Id<K>> {
        if self.all.len() == 1 { self.ids().next() } else { None }
    }

    /// An arena with the same ids for other things.
    ///
    /// # Errors
    /// That of the first that cannot be made.
    pub fn try_map<U, E>(&self, make: impl FnMut((Id<K>, &T)) -> Result<U, E>) -> Result<Arena<U, K>, E> {
        Ok(Arena { all: self.pairs().map(make).collect::<Result<_, _>>()?, of: PhantomData })
    }
}

impl<T, K> Index<Id<K>> for Arena<T, K> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "ids are made by this arena, or by one that it was mapped from")]
    fn index(&self, id: Id<K>) -> &T {
        &self.all[id.at as usize]
    }
}

impl<T, K> IndexMut<Id<K>> for Arena<T, K> {
    #[expect(clippy::indexing_slicing, reason = "ids are made by this arena, or by one that it was mapped from")]
    fn index_mut(&mut self, id: Id<K>) -> &mut T {
        &mut self.all[id.at as usize]
    }
}

impl<'a, T, K> IntoIterator for &'a Arena<T, K> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_finds_what_it_was_made_for_also_after_mapping() {
        let mut words: Arena<&str> = Arena::default();
        let (one, two) = (words.put("one"), words.put("three"));
        let lengths: Arena<usize, &str> = words.try_map(|(_, word)| Ok::<_, ()>(word.len())).unwrap();
        assert_eq!((words[one], lengths[two]), ("one", 5));
        assert_eq!(words.ids().collect::<Vec<_>>(), [one, two]);
    }
}
