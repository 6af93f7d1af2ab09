//! The built-in wire types that hold one value.

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::field::{Accepts, Kind};
use super::payload::{Payload, Unreadable};
use super::tape::{Node, Token};
use super::text::{number_of, printable, text_of};
use crate::adapter::{Phones, Times};
use crate::values::{Date, Decimal, Phone, Secret, Time};

/// What is shown a value and its meaning.
pub(super) type See<'a> = &'a mut dyn FnMut(&'static str, &str);

/// Shows a value, if it means something.
pub(super) fn show(meaning: Option<&'static str>, see: See<'_>, text: &str) {
    if let Some(meaning) = meaning {
        see(meaning, text);
    }
}

impl Payload for String {
    const TYPE: &'static str = "text";
    const KIND: Kind = Kind::Text;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        text_of(json, accepts, &decoder.adapter().wire).map(Into::into).ok_or(Unreadable::Type)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.text(self);
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, self);
    }

    fn is_printable(&self, accepts: Accepts) -> bool {
        printable(self, accepts)
    }
}

impl Payload for Secret<String> {
    const TYPE: &'static str = "text";
    const KIND: Kind = Kind::Text;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        // What is typed digit by digit has no sign, point or exponent.
        let is_odd = |literal: &str| !literal.bytes().all(|byte| byte.is_ascii_digit());
        if json.as_number().is_some_and(|literal| accepts.number && is_odd(literal)) {
            return Err(Unreadable::Type);
        }
        String::decode(json, accepts, decoder).map(Secret::new)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.secret(self);
    }

    fn visit(&self, _meaning: Option<&'static str>, _see: See<'_>) {}
}

impl Payload for bool {
    const TYPE: &'static str = "boolean";
    const KIND: Kind = Kind::Other;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        match json.token() {
            Token::Bool(value) => Ok(value),
            Token::Text(text) if accepts.text => text.parse().map_err(|_| Unreadable::Type),
            _ => Err(Unreadable::Type),
        }
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.raw(if *self { "true" } else { "false" });
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, if *self { "true" } else { "false" });
    }
}

impl Payload for i64 {
    const TYPE: &'static str = "integer";
    const KIND: Kind = Kind::Number;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let literal = match json.token() {
            Token::Number(literal) => literal,
            Token::Text(text) if accepts.text => text,
            _ => return Err(Unreadable::Type),
        };
        integer(literal).ok_or(Unreadable::Type)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.integer(*self);
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, &self.to_string());
    }
}

impl Payload for Decimal {
    const TYPE: &'static str = "decimal";
    const KIND: Kind = Kind::Number;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let literal = number_of(json, accepts, &decoder.adapter().wire).ok_or(Unreadable::Type)?;
        Decimal::parse(literal).ok_or(Unreadable::Type)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.raw(self.as_str());
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, self.as_str());
    }
}

impl Payload for Date {
    const TYPE: &'static str = "date";
    const KIND: Kind = Kind::Date;

    fn decode<'j>(json: Node<'j>, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        json.as_str().and_then(Date::parse).ok_or(Unreadable::Type)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.text(&self.to_string());
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, &self.to_string());
    }
}

/// The integer that a literal is, if it is one that fits.
fn integer(literal: &str) -> Option<i64> {
    Decimal::parse(literal).and_then(|number| number.to_integer())
}

/// The moment that a JSON value is read as, if it is read as one.
pub(super) fn time_of(json: Node<'_>, times: Times) -> Option<Time> {
    match (json.token(), times) {
        (Token::Number(literal), Times::EpochMs) => integer(literal).map(Time::from_millis),
        (Token::Number(literal), Times::EpochS) => integer(literal).map(Time::from_seconds),
        (Token::Text(text), times) => Time::parse_as(text, times),
        _ => None,
    }
}

/// Writes a moment.
pub(super) fn write_time(at: Time, times: Times, encoder: &mut Encoder) {
    match times {
        Times::EpochMs => encoder.integer(at.millis()),
        Times::EpochS => encoder.integer(at.millis().div_euclid(1000)),
        times @ Times::Pattern(_) => encoder.text(&at.text(times)),
    }
}

impl Payload for Time {
    const TYPE: &'static str = "time";
    const KIND: Kind = Kind::Time;

    fn decode<'j>(json: Node<'j>, _accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        time_of(json, decoder.adapter().wire.times).ok_or(Unreadable::Type)
    }

    fn encode(&self, encoder: &mut Encoder) {
        write_time(*self, encoder.wire().times, encoder);
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, &self.to_string());
    }
}

impl Payload for Phone {
    const TYPE: &'static str = "phone";
    const KIND: Kind = Kind::Text;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let text = text_of(json, accepts, &decoder.adapter().wire).ok_or(Unreadable::Type)?;
        let phones = decoder.adapter().wire.phones;
        let bare = || (phones == Phones::Digits).then(|| Phone::read(&format!("+{text}"))).flatten();
        Phone::read(&text).or_else(bare).ok_or(Unreadable::Type)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.text(match encoder.wire().phones {
            Phones::International => self.expose(),
            Phones::Digits => self.expose().trim_start_matches('+'),
        });
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, self.expose());
    }
}
