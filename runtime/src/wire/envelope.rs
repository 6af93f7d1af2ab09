//! What stands around bodies.

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::field::{Accepts, Kind};
use super::head::HeadField;
use super::payload::{Payload, Unreadable};
use super::tape::Node;
use crate::values::Json;

/// A payload with a slot for a body; derived where the body is all that it holds.
pub trait Envelope<B>: Payload {
    /// The member that holds the body; none if the body stands alone.
    const BODY: Option<&'static str>;

    /// Puts a body in.
    fn around(body: B) -> Self;

    /// Takes it out.
    fn into_body(self) -> B;
}

/// No envelope: the body stands alone.
#[derive(Debug, Clone)]
pub struct Bare<B>(pub B);

impl<B: Payload> Payload for Bare<B> {
    const TYPE: &'static str = B::TYPE;
    const KIND: Kind = B::KIND;
    const HEAD: &'static [HeadField] = B::HEAD;
    const BESIDE_HEAD: Option<&'static [&'static str]> = B::BESIDE_HEAD;
    const MEMBERS: &'static [&'static str] = B::MEMBERS;

    fn decode<'j>(json: Node<'j>, accepts: Accepts, decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        B::decode(json, accepts, decoder).map(Bare)
    }

    fn encode(&self, encoder: &mut Encoder) {
        self.0.encode(encoder);
    }

    fn head(&self, encoder: &Encoder, show: &mut dyn FnMut(&'static str, Json)) {
        self.0.head(encoder, show);
    }

    fn visit(&self, meaning: Option<&'static str>, see: &mut dyn FnMut(&'static str, &str)) {
        self.0.visit(meaning, see);
    }

    fn is_nothing(&self) -> bool {
        self.0.is_nothing()
    }
}

impl<B: Payload> Envelope<B> for Bare<B> {
    const BODY: Option<&'static str> = None;

    fn around(body: B) -> Self {
        Bare(body)
    }

    fn into_body(self) -> B {
        self.0
    }
}
