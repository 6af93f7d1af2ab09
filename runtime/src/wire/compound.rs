//! Wire types that carry or hold other values: JSON, maps, pairs, constants, options and lists.

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::field::{Accepts, Kind};
use super::payload::{Payload, Unreadable};
use super::primitives::{See, show};
use crate::values::{Const, Json, Map, Pairs, Rest};

impl Payload for Json {
    const TYPE: &'static str = "json";
    const KIND: Kind = Kind::Other;

    fn decode<'j>(json: &'j Json, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        Ok(json.clone())
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        self.clone()
    }

    fn visit(&self, meaning: Option<&'static str>, see: See<'_>) {
        if meaning.is_some() {
            show(meaning, see, &self.to_string());
        }
    }
}

impl Payload for Map {
    const TYPE: &'static str = "map";
    const KIND: Kind = Kind::List;

    fn decode<'j>(json: &'j Json, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let members = json.as_object().ok_or(Unreadable::Type)?;
        let text = |value: &'j Json, decoder: &mut Decoder<'j>| Option::<String>::decode(value, accepts, decoder);
        let read = members.iter().map(|(name, value)| Ok((name.clone(), text(value, decoder)?)));
        read.collect::<Result<_, _>>().map(Map)
    }

    fn encode(&self, encoder: &Encoder) -> Json {
        Json::Object(self.0.iter().map(|(name, value)| (name.clone(), value.encode(encoder))).collect())
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

    fn decode<'j>(json: &'j Json, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        match json {
            Json::Array(all) => {
                all.iter().map(|each| pair(each, accepts, decoder)).collect::<Result<_, _>>().map(Pairs)
            }
            Json::Object(members) if key_of(members).is_some() => {
                pair(json, accepts, decoder).map(|only| Pairs(vec![only]))
            }
            json => Map::decode(json, accepts, decoder).map(|Map(pairs)| Pairs(pairs)),
        }
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        let pair = |(name, value): &(String, Option<String>)| serde_json::json!({ "key": name, "value": value });
        Json::Array(self.0.iter().map(pair).collect())
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
fn key_of(members: &serde_json::Map<String, Json>) -> Option<&Json> {
    members.get("key").filter(|_| members.contains_key("value"))
}

fn pair<'j>(
    json: &'j Json,
    accepts: Accepts,
    decoder: &mut Decoder<'j>,
) -> Result<(String, Option<String>), Unreadable> {
    let members = json.as_object().ok_or(Unreadable::Type)?;
    let name = String::decode(key_of(members).ok_or(Unreadable::Type)?, accepts, decoder)?;
    let value = members.get("value").unwrap_or(&Json::Null);
    Ok((name, Option::<String>::decode(value, accepts, decoder)?))
}

impl Payload for () {
    const TYPE: &'static str = "never";
    const KIND: Kind = Kind::Other;

    /// Whatever comes is too much.
    fn decode<'j>(_json: &'j Json, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        Err(Unreadable::Type)
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        Json::Null
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

    fn decode<'j>(_json: &'j Json, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        Ok(Const)
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        Json::Null
    }

    fn visit(&self, _meaning: Option<&'static str>, _see: See<'_>) {}

    fn missing() -> Option<Self> {
        Some(Const)
    }
}

impl Payload for Rest {
    const TYPE: &'static str = "rest";
    const KIND: Kind = Kind::Other;

    fn decode<'j>(json: &'j Json, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        json.as_object().cloned().map(Rest).ok_or(Unreadable::Type)
    }

    fn encode(&self, _encoder: &Encoder) -> Json {
        Json::Object(self.0.clone())
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

    fn decode<'j>(json: &'j Json, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        if json.is_null() { Ok(None) } else { T::decode(json, accepts, decoder).map(Some) }
    }

    fn encode(&self, encoder: &Encoder) -> Json {
        self.as_ref().map_or(Json::Null, |value| value.encode(encoder))
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

    fn decode<'j>(json: &'j Json, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        let each = Accepts { single: false, ..accepts };
        match json {
            Json::Array(elements) => decoder.elements(elements, each),
            one if accepts.single => T::decode(one, each, decoder).map(|value| vec![value]),
            _ => Err(Unreadable::Type),
        }
    }

    fn encode(&self, encoder: &Encoder) -> Json {
        Json::Array(self.iter().map(|value| value.encode(encoder)).collect())
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
