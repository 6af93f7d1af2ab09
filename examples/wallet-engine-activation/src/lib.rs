//! A demo wallet programme: the generated adapter, and the hooks that it needs.

#[rustfmt::skip]
pub mod generated;
pub mod hooks;
