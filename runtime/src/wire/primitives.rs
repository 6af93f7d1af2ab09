//! The built-in wire types that hold one value.

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::field::{Accepts, Kind};
use super::payload::{Payload, Unreadable};
use super::text::{number_of, printable, text_of};
use crate::adapter::{Phones, Times};
use crate::values::{Date, Decimal, Json, Phone, Secret, Time};

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

    fn decode<'j>(json: &'j Json, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        text_of(json, accepts, &decoder.adapter().wire).map(Into::into).ok_or(Unreadable::Type)
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        Json::from(self.as_str())
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

    fn decode<'j>(json: &'j Json, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        // What is typed digit by digit has no sign, point or exponent.
        let is_odd = |literal: String| !literal.bytes().all(|byte| byte.is_ascii_digit());
        if json.as_number().is_some_and(|number| accepts.number && is_odd(number.to_string())) {
            return Err(Unreadable::Type);
        }
        String::decode(json, accepts, decoder).map(Secret::new)
    }

    fn encode(&self, encoder: &Encoder) -> Json {
        encoder.secret(self)
    }

    fn visit(&self, _meaning: Option<&'static str>, _see: See<'_>) {}
}

impl Payload for bool {
    const TYPE: &'static str = "boolean";
    const KIND: Kind = Kind::Other;

    fn decode<'j>(json: &'j Json, accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        match json {
            Json::Bool(value) => Ok(*value),
            Json::String(text) if accepts.text => text.parse().map_err(|_| Unreadable::Type),
            _ => Err(Unreadable::Type),
        }
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        Json::Bool(*self)
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, if *self { "true" } else { "false" });
    }
}

impl Payload for i64 {
    const TYPE: &'static str = "integer";
    const KIND: Kind = Kind::Number;

    fn decode<'j>(json: &'j Json, accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let literal = match json {
            Json::Number(number) => number.to_string(),
            Json::String(text) if accepts.text => text.clone(),
            _ => return Err(Unreadable::Type),
        };
        Decimal::parse(&literal).and_then(|number| number.to_integer()).ok_or(Unreadable::Type)
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        Json::from(*self)
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, &self.to_string());
    }
}

impl Payload for Decimal {
    const TYPE: &'static str = "decimal";
    const KIND: Kind = Kind::Number;

    fn decode<'j>(json: &'j Json, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let literal = number_of(json, accepts, &decoder.adapter().wire).ok_or(Unreadable::Type)?;
        Decimal::parse(&literal).ok_or(Unreadable::Type)
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        self.as_str().parse().map_or(Json::Null, Json::Number)
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, self.as_str());
    }
}

impl Payload for Date {
    const TYPE: &'static str = "date";
    const KIND: Kind = Kind::Date;

    fn decode<'j>(json: &'j Json, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        json.as_str().and_then(Date::parse).ok_or(Unreadable::Type)
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        Json::String(self.to_string())
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, &self.to_string());
    }
}

/// The moment that a JSON value is read as, if it is read as one.
pub(super) fn time_of(json: &Json, times: Times) -> Option<Time> {
    let whole =
        |number: &serde_json::Number| Decimal::parse(&number.to_string()).and_then(|number| number.to_integer());
    match (json, times) {
        (Json::Number(number), Times::EpochMs) => whole(number).map(Time::from_millis),
        (Json::Number(number), Times::EpochS) => whole(number).map(Time::from_seconds),
        (Json::String(text), times) => Time::parse_as(text, times),
        _ => None,
    }
}

impl Payload for Time {
    const TYPE: &'static str = "time";
    const KIND: Kind = Kind::Time;

    fn decode<'j>(json: &'j Json, _accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        time_of(json, decoder.adapter().wire.times).ok_or(Unreadable::Type)
    }

    fn encode(&self, encoder: &Encoder) -> Json {
        self.format(encoder.wire().times)
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, &self.to_string());
    }
}

impl Payload for Phone {
    const TYPE: &'static str = "phone";
    const KIND: Kind = Kind::Text;

    fn decode<'j>(json: &'j Json, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let text = text_of(json, accepts, &decoder.adapter().wire).ok_or(Unreadable::Type)?;
        let phones = decoder.adapter().wire.phones;
        let bare = || (phones == Phones::Digits).then(|| Phone::read(&format!("+{text}"))).flatten();
        Phone::read(&text).or_else(bare).ok_or(Unreadable::Type)
    }

    fn encode(&self, encoder: &Encoder) -> Json {
        Json::from(match encoder.wire().phones {
            Phones::International => self.expose(),
            Phones::Digits => self.expose().trim_start_matches('+'),
        })
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        show(meaning, see, self.expose());
    }
}
