//! Every public API is served on a port and called as its clients call it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

#[path = "apis/auth0.rs"]
mod auth0;
#[path = "apis/berlin_group.rs"]
mod berlin_group;
#[path = "apis/calling.rs"]
mod calling;
#[path = "apis/camara.rs"]
mod camara;
#[path = "apis/messagebird.rs"]
mod messagebird;
#[path = "apis/okta.rs"]
mod okta;
#[path = "apis/twilio.rs"]
mod twilio;
