//! Texts in JSON: the bytes that cannot stand there as they are (quotes, backslashes, control characters), which reading and
//! writing look for in the same way, eight at a time; and how a text is written.

use std::io::Write;
use std::string::FromUtf8Error;

/// One in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each byte.
const HIGHEST: u64 = 0x8080_8080_8080_8080;

/// Where the first special byte stands, counted from the beginning of these bytes; none if there is none.
pub(crate) fn special(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let found = special_in(u64::from_le_bytes(*word));
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| is_special(*byte)).map(|at| words.len() * 8 + at)
}

/// Writes a text between its quotes.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = special(rest) {
        let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        let Some((sign, behind)) = from.split_first() else { break };
        escape(out, *sign);
        rest = behind;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// An object as it is written, member by member, for a third of what a general serializer takes. A name has its quotes and its
/// colon, and the bracket or comma before it.
pub(crate) struct ObjectText(Vec<u8>);

impl ObjectText {
    /// One for which there is room for so many bytes at first.
    pub fn with_room(bytes: usize) -> Self {
        ObjectText(Vec::with_capacity(bytes))
    }

    /// A value that is written already.
    pub fn raw(&mut self, name: &str, value: &str) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(value.as_bytes());
    }

    pub fn text(&mut self, name: &str, value: &str) {
        self.0.extend_from_slice(name.as_bytes());
        write_text(&mut self.0, value);
    }

    pub fn text_if_any(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    pub fn number(&mut self, name: &str, value: impl itoa::Integer) {
        self.raw(name, itoa::Buffer::new().format(value));
    }

    pub fn number_if_any(&mut self, name: &str, value: Option<impl itoa::Integer>) {
        if let Some(value) = value {
            self.number(name, value);
        }
    }

    /// A list, each of whose elements is written by a function.
    pub fn list<T>(&mut self, name: &str, elements: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
        self.raw(name, "[");
        for (at, element) in elements.iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            write(&mut self.0, element);
        }
        self.0.push(b']');
    }

    /// The whole of it, in no more room than it needs.
    ///
    /// # Errors
    /// Never: all of it is text.
    pub fn end(mut self) -> Result<String, FromUtf8Error> {
        self.0.push(b'}');
        self.0.shrink_to_fit();
        String::from_utf8(self.0)
    }
}

fn escape(out: &mut Vec<u8>, sign: u8) {
    let short = match sign {
        b'"' => "\\\"",
        b'\\' => "\\\\",
        0x8 => "\\b",
        0xc => "\\f",
        b'\n' => "\\n",
        b'\r' => "\\r",
        b'\t' => "\\t",
        other => {
            // A vector takes whatever is written.
            let _ = write!(out, "\\u{other:04x}");
            return;
        }
    };
    out.extend_from_slice(short.as_bytes());
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// The highest bit of the first special byte, and perhaps of later bytes.
fn special_in(word: u64) -> u64 {
    // A byte borrows from its neighbour only if it is special itself, so the lowest bit found is right.
    let below = |limit: u64| word.wrapping_sub(ONES * limit) & !word;
    let is = |byte: u8| {
        let differs = word ^ (ONES * u64::from(byte));
        differs.wrapping_sub(ONES) & !differs
    };
    (below(0x20) | is(b'"') | is(b'\\')) & HIGHEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_or_passed_over_at_every_place() {
        for byte in 0..=255u8 {
            for length in 1..20 {
                for at in 0..length {
                    let mut bytes = vec![b'x'; length];
                    bytes[at] = byte;
                    let expected = is_special(byte).then_some(at);
                    assert_eq!(special(&bytes), expected, "{byte:#x} at {at} of {length}");
                }
            }
        }
    }

    #[test]
    fn the_first_of_several_is_found() {
        for neighbour in [0x7f, 0x80, 0xff, 0x21, 0x23, 0x5b, 0x5d, b'"', 0, 0x1f] {
            let bytes = [b'a', 0xe9, b'"', neighbour, b'\\', 0xff, 1, b'z', b'z'];
            assert_eq!(special(&bytes), Some(2), "{neighbour:#x}");
            assert_eq!(special(&bytes[3..]), Some(if is_special(neighbour) { 0 } else { 1 }), "{neighbour:#x}");
        }
    }
}
