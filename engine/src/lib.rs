//! What a definition is proved with and an adapter runs with, once: the generator asks whether a pattern can be run and
//! a text be filled in, the runtime does it. What breaks a rule, and where that is reported, is decided there.

pub mod duration;
pub mod pattern;
pub mod rows;
pub mod settings;
pub mod sms;
pub mod texts;
pub mod times;
