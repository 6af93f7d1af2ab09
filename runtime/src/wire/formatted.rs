//! Days and moments of fields that write them in a way of their own.

use std::marker::PhantomData;

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::field::{Accepts, Kind};
use super::payload::{Payload, Unreadable};
use super::primitives::{time_of, write_time};
use super::tape::Node;
use crate::adapter::Times;
use crate::values::{Date, Time};

/// How a field writes its days or moments.
pub trait Format: Send + Sync + 'static {
    /// By which pattern, or as which number.
    const TIMES: Times;
}

/// What can be written in several ways.
pub trait Dated: Payload + Clone {
    /// Reads it in one of them.
    ///
    /// # Errors
    /// If it is not written so.
    fn read_as(json: Node<'_>, format: Times) -> Result<Self, Unreadable>;

    /// Writes it so.
    fn write_as(&self, format: Times, encoder: &mut Encoder);
}

impl Dated for Time {
    fn read_as(json: Node<'_>, format: Times) -> Result<Self, Unreadable> {
        time_of(json, format).ok_or(Unreadable::Type)
    }

    fn write_as(&self, format: Times, encoder: &mut Encoder) {
        write_time(*self, format, encoder);
    }
}

impl Dated for Date {
    fn read_as(json: Node<'_>, format: Times) -> Result<Self, Unreadable> {
        let Times::Pattern(pattern) = format else { return Err(Unreadable::Type) };
        json.as_str().and_then(|text| Date::parse_as(text, pattern)).ok_or(Unreadable::Type)
    }

    fn write_as(&self, format: Times, encoder: &mut Encoder) {
        match format {
            Times::Pattern(pattern) => encoder.text(&self.text(pattern)),
            Times::EpochMs | Times::EpochS => encoder.text(&self.to_string()),
        }
    }
}

impl<T: Dated> Dated for Option<T> {
    fn read_as(json: Node<'_>, format: Times) -> Result<Self, Unreadable> {
        if json.is_null() { Ok(None) } else { T::read_as(json, format).map(Some) }
    }

    fn write_as(&self, format: Times, encoder: &mut Encoder) {
        match self {
            Some(value) => value.write_as(format, encoder),
            None => encoder.null(),
        }
    }
}

/// A value in a format of its own.
#[derive(Debug, Clone, Copy)]
pub struct Formatted<T, F>(pub T, PhantomData<F>);

impl<T: Dated, F: Format> Formatted<T, F> {
    /// This value.
    pub fn of(value: &T) -> Self {
        Formatted(value.clone(), PhantomData)
    }
}

impl<T: Dated, F: Format> Payload for Formatted<T, F> {
    const TYPE: &'static str = T::TYPE;
    const KIND: Kind = T::KIND;

    fn decode<'j>(json: Node<'j>, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        T::read_as(json, F::TIMES).map(|value| Formatted(value, PhantomData))
    }

    fn encode(&self, encoder: &mut Encoder) {
        self.0.write_as(F::TIMES, encoder);
    }

    fn visit(&self, meaning: Option<&'static str>, see: &mut dyn FnMut(&'static str, &str)) {
        self.0.visit(meaning, see);
    }

    fn missing() -> Option<Self> {
        T::missing().map(|value| Formatted(value, PhantomData))
    }

    fn absent(decoder: &mut Decoder<'_>) {
        T::absent(decoder);
    }
}
