//! Wiping of bytes, many at a time: volatile writes of single bytes cost a body of two kilobytes a sixth of what reading it does. This
//! fills the slice, then hides it from the optimiser.

use std::hint::black_box;
use std::ops::Deref;
use std::sync::atomic::{Ordering, compiler_fence};

/// Fills these bytes with zeros. Nobody may leave it out because nobody reads them before they are written again.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    black_box(bytes);
    compiler_fence(Ordering::SeqCst);
}

/// Bytes that are wiped when they go, and leave nothing behind where they grow.
#[derive(Default)]
pub(crate) struct WipedBytes(Vec<u8>);

impl WipedBytes {
    /// These bytes.
    pub fn of(bytes: Vec<u8>) -> Self {
        WipedBytes(bytes)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How many there is room for.
    pub fn room(&self) -> usize {
        self.0.capacity()
    }

    /// Moves them to where there is room for so many, at least for those that there are.
    pub fn move_to_room(&mut self, bytes: usize) {
        let mut roomier = WipedBytes(Vec::with_capacity(bytes.max(self.0.len())));
        roomier.0.extend_from_slice(&self.0);
        *self = roomier;
    }

    /// Adds bytes.
    pub fn extend(&mut self, more: &[u8]) {
        if self.0.capacity() - self.0.len() < more.len() {
            self.move_to_room(2 * (self.0.len() + more.len()));
        }
        self.0.extend_from_slice(more);
    }

    /// The bytes themselves; wiping them is up to whoever takes them.
    pub fn take(mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

impl Drop for WipedBytes {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// A text that is wiped when it goes, and leaves nothing behind where it grows.
#[derive(Default)]
pub(crate) struct WipedText(String);

impl WipedText {
    /// A text that is whole.
    pub fn new(text: String) -> Self {
        WipedText(text)
    }

    /// One that will have so many bytes at most.
    pub fn with_room(bytes: usize) -> Self {
        WipedText(String::with_capacity(bytes))
    }

    /// How many bytes there is room for.
    pub fn room(&self) -> usize {
        self.0.capacity()
    }

    /// Adds a text. Where there is no room for it, all of it moves, and what it moved out of is wiped.
    pub fn push_str(&mut self, text: &str) {
        if self.0.capacity() - self.0.len() < text.len() {
            let mut roomier = WipedText::with_room(2 * (self.0.len() + text.len()));
            roomier.0.push_str(&self.0);
            *self = roomier;
        }
        self.0.push_str(text);
    }

    /// Adds a character.
    pub fn push(&mut self, character: char) {
        self.push_str(character.encode_utf8(&mut [0; 4]));
    }
}

impl Deref for WipedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for WipedText {
    fn drop(&mut self) {
        wipe(&mut std::mem::take(&mut self.0).into_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left() {
        let mut bytes = b"s3cret and more".to_vec();
        wipe(&mut bytes);
        assert!(bytes.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn bytes_grow_within_their_room_and_beyond() {
        let mut bytes = WipedBytes::default();
        bytes.move_to_room(4);
        bytes.extend(b"abcd");
        assert_eq!((bytes.len(), bytes.room()), (4, 4));
        bytes.extend(b"e");
        bytes.move_to_room(1);
        assert_eq!(bytes.take(), b"abcde");
    }

    #[test]
    fn a_text_grows_within_its_room_and_beyond() {
        let mut text = WipedText::with_room(6);
        text.push_str("ab");
        text.push('é');
        assert_eq!((&*text, text.room()), ("abé", 6));
        text.push_str("more");
        assert_eq!((&*text, text.room()), ("abémore", 16));
    }
}
