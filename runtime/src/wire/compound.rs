//! Wire types that carry or hold other values: JSON, maps, pairs, constants, options and lists.

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::field::{Accepts, Kind};
use super::payload::{Payload, Unreadable};
use super::primitives::{See, show};
use super::tape::{Member, Node, Token};
use crate::values::{Const, Json, Map, Pairs, Rest};

impl Payload for Json {
    const TYPE: &'static str = "json";
    const KIND: Kind = Kind::Other;

    fn decode<'j>(json: Node<'j>, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        Ok(Json::written(json.raw()))
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.raw(self.as_str());
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        if meaning.is_some() {
            show(meaning, see, self.as_str());
        }
    }
}

impl Payload for Map {
    const TYPE: &'static str = "map";
    const KIND: Kind = Kind::List;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let members = json.members().ok_or(Unreadable::Type)?;
        let text = |value, decoder: &mut Decoder<'j>| Option::<String>::decode(value, accepts, decoder);
        let read = members.map(|member| Ok((member.name().to_owned(), text(member.value(), decoder)?)));
        read.collect::<Result<_, _>>().map(Map)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.begin();
        for (at, (name, value)) in self.0.iter().enumerate() {
            // Of two of one name the last counts.
            if !self.0.iter().skip(at + 1).any(|(other, _)| other == name) {
                encoder.key(name);
                value.encode(encoder);
            }
        }
        encoder.end();
    }

    fn is_printable(&self, accepts: Accepts) -> bool {
        self.0.iter().all(|(name, value)| name.is_printable(accepts) && value.is_printable(accepts))
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        for (_, value) in &self.0 {
            value.visit(meaning, see);
        }
    }
}

impl Payload for Pairs {
    const TYPE: &'static str = "pairs";
    const KIND: Kind = Kind::List;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        if let Some(all) = json.elements() {
            return all.map(|each| pair(each, accepts, decoder)).collect::<Result<_, _>>().map(Pairs);
        }
        match key_of(json) {
            Some(_) => pair(json, accepts, decoder).map(|only| Pairs(vec![only])),
            None => Map::decode(json, accepts, decoder).map(|Map(pairs)| Pairs(pairs)),
        }
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.list(&self.0, |encoder, (name, value)| {
            encoder.begin();
            encoder.key("key");
            encoder.text(name);
            encoder.key("value");
            value.encode(encoder);
            encoder.end();
        });
    }

    fn is_printable(&self, accepts: Accepts) -> bool {
        self.0.iter().all(|(name, value)| name.is_printable(accepts) && value.is_printable(accepts))
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        for (_, value) in &self.0 {
            value.visit(meaning, see);
        }
    }
}

/// The key of a pair; what has no value beside it is none.
fn key_of(json: Node<'_>) -> Option<Node<'_>> {
    json.get("key").filter(|_| json.get("value").is_some())
}

fn pair<'j>(
    json: Node<'j>,
    accepts: Accepts,
    decoder: &mut Decoder<'j>,
) -> Result<(String, Option<String>), Unreadable> {
    let name = String::decode(key_of(json).ok_or(Unreadable::Type)?, accepts, decoder)?;
    let value = json.get("value").ok_or(Unreadable::Type)?;
    Ok((name, Option::<String>::decode(value, accepts, decoder)?))
}

impl Payload for () {
    const TYPE: &'static str = "never";
    const KIND: Kind = Kind::Other;

    /// Whatever comes is too much.
    fn decode<'j>(_json: Node<'j>, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        Err(Unreadable::Type)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.null();
    }

    fn visit(&self, _meaning: Option<&'static str>, _see: See<'_>) {}

    fn missing() -> Option<Self> {
        Some(())
    }

    fn is_nothing(&self) -> bool {
        true
    }
}

impl Payload for Const {
    const TYPE: &'static str = "const";
    const KIND: Kind = Kind::Other;

    fn decode<'j>(_json: Node<'j>, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        Ok(Const)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.null();
    }

    fn visit(&self, _meaning: Option<&'static str>, _see: See<'_>) {}

    fn missing() -> Option<Self> {
        Some(Const)
    }
}

impl Payload for Rest {
    const TYPE: &'static str = "rest";
    const KIND: Kind = Kind::Other;

    fn decode<'j>(json: Node<'j>, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let members = json.members().ok_or(Unreadable::Type)?;
        Ok(Rest::written(members.map(Member::raw).collect::<Vec<_>>().join(",")))
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.begin();
        encoder.rest(self);
        encoder.end();
    }

    fn visit(&self, _meaning: Option<&'static str>, _see: See<'_>) {}

    fn missing() -> Option<Self> {
        Some(Rest::default())
    }
}

impl<T: Payload> Payload for Option<T> {
    const TYPE: &'static str = T::TYPE;
    const KIND: Kind = T::KIND;
    const ALLOWED: &'static str = T::ALLOWED;
    const MEMBERS: &'static [&'static str] = T::MEMBERS;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        if json.is_null() { Ok(None) } else { T::decode(json, accepts, decoder).map(Some) }
    }

    fn encode(&self, encoder: &mut Encoder) {
        match self {
            Some(value) => value.encode(encoder),
            None => encoder.null(),
        }
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        if let Some(value) = self {
            value.visit(meaning, see);
        }
    }

    fn missing() -> Option<Self> {
        Some(None)
    }

    fn absent(decoder: &mut Decoder<'_>) {
        T::absent(decoder);
    }

    fn meant(&self) -> Option<&'static str> {
        self.as_ref().and_then(Payload::meant)
    }

    fn is_printable(&self, accepts: Accepts) -> bool {
        self.as_ref().is_none_or(|value| value.is_printable(accepts))
    }
}

impl<T: Payload> Payload for Vec<T> {
    const TYPE: &'static str = "list";
    const KIND: Kind = Kind::List;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let each = Accepts { single: false, ..accepts };
        match json.token() {
            Token::List => decoder.elements(json, each),
            _ if accepts.single => T::decode(json, each, decoder).map(|value| vec![value]),
            _ => Err(Unreadable::Type),
        }
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.list(self, |encoder, value| value.encode(encoder));
    }

    fn is_printable(&self, accepts: Accepts) -> bool {
        self.iter().all(|value| value.is_printable(accepts))
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        for value in self {
            value.visit(meaning, see);
        }
    }
}
