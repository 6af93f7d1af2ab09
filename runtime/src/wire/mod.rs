//! How values look on the wire: reading JSON, checking it against a payload's rules, writing it, and turning faults
//! into what an API answers. Which members, rules and meanings there are stands in the payloads' attributes.

mod answer;
mod bound;
mod compound;
mod convert;
mod data_string;
mod decoder;
mod encoder;
mod envelope;
mod field;
mod finish;
mod folding;
pub(crate) mod form;
mod formatted;
mod head;
mod names;
mod notes;
mod operation;
mod path;
mod payload;
mod places;
mod primitives;
mod rules;
mod tape;
mod text;

pub use answer::refusal;
pub use bound::Bound;
pub use convert::Attribute;
pub(crate) use data_string::Data;
pub use decoder::{Decoder, Object};
pub use encoder::{Encoder, record};
pub use envelope::{Bare, Envelope};
pub use field::{Accepts, At, Conditional, Field, Kind, Rule, Test, Then};
pub use form::{ChoiceAttribute, Form};
pub use formatted::{Format, Formatted};
pub use head::{Head, HeadField, Place as HeadPlace};
pub(crate) use head::{escaped, header, request_id};
pub(crate) use names::member as member_of;
pub(crate) use path::{as_member, with_path};
pub use path::{field_of, path_values};
pub use payload::{Notes, Payload, Unreadable, decode, decode_message};
pub use places::{Places, Unfit};
pub use tape::{Elements, Member, Members, Node, Refused, Tape, Token, precheck};
pub(crate) use tape::{most_when_read, special};
