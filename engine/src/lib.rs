//! What a definition is proved with and an adapter runs with, once: the generator asks whether a pattern can be run, the
//! runtime runs it. What breaks a rule, and who is told, is decided there.

pub mod duration;
pub mod pattern;
pub mod sms;
pub mod times;
