//! What every type on the wire can do. Derived by `Payload` and `WireEnum`, written by hand for primitives.

use std::borrow::Cow;
use std::str::FromStr;

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::field::{Accepts, Kind};
use super::head::HeadField;
use super::places::Places;
use super::tape::{Node, Tape};
use crate::adapter::Adapter;
use crate::entities::Message;
use crate::fault::Fault;
use crate::values::{Json, Time};

/// Why a value could not be read. Discloses nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It has the wrong JSON kind, or is no member of its enum.
    Type,
    /// Something inside is wrong, and has been noted.
    Inside,
}

/// A type on the wire.
pub trait Payload: Sized + Send + Sync + 'static {
    /// The wire type's name, as the definition's `validation.types` has it.
    const TYPE: &'static str;
    /// How rules look at it.
    const KIND: Kind;
    /// The values that it may have, for people, if they are few.
    const ALLOWED: &'static str = "";
    /// Its fields that stand in the head of a request or of an answer.
    const HEAD: &'static [HeadField] = &[];
    /// The names of those that stand in the body or the path, if some of them stand in the head.
    const BESIDE_HEAD: Option<&'static [&'static str]> = None;
    /// The names of its members, if it is an object of some.
    const MEMBERS: &'static [&'static str] = &[];
    /// True if it takes members that it does not name, to send them back.
    const ECHOES: bool = false;

    /// The name of the field that is all of its body, if one is.
    const WHOLE: Option<&'static str> = None;

    /// Reads it. What is wrong inside is noted with the decoder.
    ///
    /// # Errors
    /// If there is no value to go on with.
    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable>;

    /// Writes it.
    fn encode(&self, encoder: &mut Encoder);

    /// Shows what stands in the head of an answer: names and values.
    fn head(&self, _encoder: &Encoder, _show: &mut dyn FnMut(&'static str, Json)) {}

    /// Shows every value that means something, with its meaning. `meaning` is this value's own. Secrets are not shown.
    fn visit(&self, meaning: Option<&'static str>, see: &mut dyn FnMut(&'static str, &str));

    /// What stands for an absent value, if it may be absent.
    fn missing() -> Option<Self> {
        None
    }

    /// Notes that whatever has a meaning inside is absent.
    fn absent(_decoder: &mut Decoder<'_>) {}

    /// True unless it is, or holds, a text that a field with these forms does not take: one with line breaks, control or
    /// direction characters.
    fn is_printable(&self, _accepts: Accepts) -> bool {
        true
    }

    /// True if nothing at all is sent in its place.
    fn is_nothing(&self) -> bool {
        false
    }

    /// The value of the meaning that it shows, if it shows one of a closed set.
    fn meant(&self) -> Option<&'static str> {
        None
    }

    /// The id that it has among the attributes of a form.
    fn attribute_id(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// The first value with this meaning, anywhere inside. Secrets are not found.
    fn find(&self, meaning: &str) -> Option<String> {
        let mut found = None;
        self.visit(None, &mut |seen, value| {
            if found.is_none() && seen == meaning {
                found = Some(value.to_owned());
            }
        });
        found
    }

    /// The same as a value of a type of its own, such as a phone.
    fn find_as<T: FromStr>(&self, meaning: &str) -> Option<T> {
        self.find(meaning).and_then(|text| text.parse().ok())
    }
}

/// Reads and checks a whole body.
///
/// # Errors
/// `body.malformed`, `input.unknown_field`, `input.invalid` or what a rule raises, with every broken rule in order.
pub fn decode<T: Payload>(adapter: &'static Adapter, now: Time, body: &[u8]) -> Result<T, Fault> {
    decode_message(Decoder::new(adapter, now), Tape::read(body)?.root()).0
}

/// What is known of a request beside its payload.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// What it says of itself.
    pub message: Message,
    /// Where its meanings stand.
    pub places: Places,
}

/// The same, and what the body says of itself, even if something else in it is wrong.
pub fn decode_message<'j, T: Payload>(mut decoder: Decoder<'j>, json: Node<'j>) -> (Result<T, Fault>, Notes) {
    let value = T::decode(json, Accepts::NOTHING, &mut decoder);
    let header = decoder.header.take();
    let read = decoder.finish(value);
    (read, Notes { message: Message { header }, places: Places::of(decoder) })
}
