//! Writing payloads, field by field, as the bytes of an answer: what happens to nulls, and whether secrets are shown.

use std::io::Write;

use super::payload::Payload;
use crate::adapter::{Adapter, Nulls, Wire};
use crate::json_text::write_text;
use crate::values::{Json, Rest, Secret};

/// How much room there is at first.
const FIRST_ROOM: usize = 512;

/// Writes a payload.
#[derive(Debug)]
pub struct Encoder {
    bytes: Vec<u8>,
    wire: &'static Wire,
    hides_secrets: bool,
    /// The tags that the next object begins with, and their values.
    tags: Vec<(&'static str, &'static str)>,
}

impl Encoder {
    /// For the caller, who gets everything that the payload holds.
    pub fn answer(adapter: &'static Adapter) -> Self {
        Encoder { bytes: Vec::with_capacity(FIRST_ROOM), wire: &adapter.wire, hides_secrets: false, tags: Vec::new() }
    }

    /// For events and logs: secrets are null.
    pub fn record(adapter: &'static Adapter) -> Self {
        Encoder { hides_secrets: true, ..Encoder::answer(adapter) }
    }

    /// The definition's rules.
    pub fn wire(&self) -> &'static Wire {
        self.wire
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A value by itself, by the same rules.
    pub fn apart<T: Payload>(&self, value: &T) -> Json {
        let (wire, hides_secrets) = (self.wire, self.hides_secrets);
        let mut encoder = Encoder { bytes: Vec::new(), wire, hides_secrets, tags: Vec::new() };
        value.encode(&mut encoder);
        encoder.into_json()
    }

    /// What was written, as a value.
    pub fn into_json(self) -> Json {
        String::from_utf8(self.bytes).map_or_else(|_| Json::null(), Json::written)
    }

    /// Begins an object, with the tag of the union that it stands in.
    pub fn begin(&mut self) {
        self.bytes.push(b'{');
        let mut next = 0;
        while let Some((tag, name)) = self.tags.get(next).copied() {
            self.key(tag);
            self.text(name);
            next += 1;
        }
        self.tags.clear();
    }

    /// Ends an object.
    pub fn end(&mut self) {
        self.bytes.push(b'}');
    }

    /// Writes a member, if the rules want it written. `name` is a name with its quotes and colon.
    pub fn member<T: Payload>(&mut self, name: &str, value: &T) {
        if value.is_nothing() {
            return;
        }
        let before = self.bytes.len();
        self.comma();
        self.bytes.extend_from_slice(name.as_bytes());
        let begin = self.bytes.len();
        value.encode(self);
        if self.wire.nulls == Nulls::Omit && self.bytes.get(begin..) == Some(b"null") {
            self.bytes.truncate(before);
        }
    }

    /// Writes a member that is always the same, with its name.
    pub fn constant(&mut self, member: &str) {
        self.comma();
        self.raw(member);
    }

    /// Writes the members that a payload does not know.
    pub fn rest(&mut self, rest: &Rest) {
        if !rest.is_empty() {
            self.comma();
            self.raw(rest.as_str());
        }
    }

    /// Writes a variant of a union: its payload with the tag before it. A payload that has a member of the tag's name
    /// writes that itself.
    pub fn tagged<T: Payload>(&mut self, tag: &'static str, name: &'static str, value: &T) {
        let (before, outer) = (self.bytes.len(), self.tags.clone());
        if !T::MEMBERS.contains(&tag) {
            self.tags.push((tag, name));
        }
        value.encode(self);
        if !self.tags.is_empty() {
            // It is no object, so that the tag is all there is to say.
            self.bytes.truncate(before);
            self.tags = outer;
            self.tag_alone(tag, name);
        }
    }

    /// Writes a variant that is its tag alone.
    pub fn tag_alone(&mut self, tag: &'static str, name: &'static str) {
        self.tags.push((tag, name));
        self.begin();
        self.end();
    }

    /// Writes a text.
    pub fn text(&mut self, text: &str) {
        write_text(&mut self.bytes, text);
    }

    /// Writes a name of a member, and the colon behind it.
    pub fn key(&mut self, name: &str) {
        self.comma();
        self.text(name);
        self.bytes.push(b':');
    }

    /// Writes a secret, to those who may see it.
    pub fn secret(&mut self, secret: &Secret<String>) {
        if self.hides_secrets { self.null() } else { self.text(secret.expose()) }
    }

    /// Writes what is JSON already.
    pub fn raw(&mut self, json: &str) {
        self.bytes.extend_from_slice(json.as_bytes());
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.raw("null");
    }

    /// Writes an integer.
    pub fn integer(&mut self, number: i64) {
        // A vector takes whatever is written.
        let _ = write!(self.bytes, "{number}");
    }

    /// Writes a list.
    pub fn list<T>(&mut self, elements: impl IntoIterator<Item = T>, write: impl Fn(&mut Encoder, T)) {
        self.bytes.push(b'[');
        for element in elements {
            if self.bytes.last() != Some(&b'[') {
                self.bytes.push(b',');
            }
            write(self, element);
        }
        self.bytes.push(b']');
    }

    /// Begins a list whose elements are different things.
    pub fn begin_list(&mut self) {
        self.bytes.push(b'[');
    }

    /// Ends it.
    pub fn end_list(&mut self) {
        self.bytes.push(b']');
    }

    /// Writes an element of it; nothing where it is null.
    pub fn element<T: Payload>(&mut self, value: &T) {
        let before = self.bytes.len();
        if self.bytes.last() != Some(&b'[') {
            self.bytes.push(b',');
        }
        let begin = self.bytes.len();
        value.encode(self);
        if self.bytes.get(begin..) == Some(b"null") {
            self.bytes.truncate(before);
        }
    }

    /// A comma, unless an object has just begun.
    fn comma(&mut self) {
        if self.bytes.last() != Some(&b'{') {
            self.bytes.push(b',');
        }
    }
}

/// A payload for events and logs.
pub fn record(adapter: &'static Adapter, payload: &impl Payload) -> Json {
    let mut encoder = Encoder::record(adapter);
    payload.encode(&mut encoder);
    encoder.into_json()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoder() -> Encoder {
        Encoder { bytes: Vec::new(), wire: &Wire::DEFAULT, hides_secrets: false, tags: Vec::new() }
    }

    #[test]
    fn a_variant_that_is_no_object_is_its_tag_alone() {
        let mut encoder = encoder();
        encoder.list(["a", "b"], |encoder, text| encoder.tagged("type", "WORD", &text.to_owned()));
        encoder.list([Rest::written(r#""x":1"#.to_owned())], |encoder, rest| encoder.tagged("type", "REST", &rest));
        let written = String::from_utf8(encoder.into_bytes()).unwrap();
        assert_eq!(written, r#"[{"type":"WORD"},{"type":"WORD"}][{"type":"REST","x":1}]"#);
    }

    #[test]
    fn a_list_of_different_things_leaves_out_what_is_null() {
        let mut encoder = encoder();
        encoder.begin_list();
        encoder.element(&Option::<String>::None);
        encoder.element(&"a".to_owned());
        encoder.element(&Option::<i64>::None);
        encoder.element(&1_i64);
        encoder.end_list();
        assert_eq!(String::from_utf8(encoder.into_bytes()).unwrap(), r#"["a",1]"#);
    }

    proptest! {
        #[test]
        fn texts_are_written_as_others_write_them(text in "[\\x00-\\x30\\\\a-cé\u{2028}😀]{0,40}") {
            let mut encoder = encoder();
            encoder.text(&text);
            let written = String::from_utf8(encoder.into_bytes()).unwrap();
            prop_assert_eq!(written, serde_json::to_string(&text).unwrap());
        }
    }
}
