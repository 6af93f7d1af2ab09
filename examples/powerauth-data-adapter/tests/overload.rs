//! More sign-ins and look-ups than can be done: what is let in is answered in time, everything else is reported at once to come
//! again, and somebody who asks for little is served beside it. `COUNTERSIGN_ATTACK_SECONDS=20` is a full count; see
//! `docs/figures.md`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

#[rustfmt::skip]
#[allow(dead_code, reason = "the adapter of these tests has hooks of its own")]
#[path = "../src/generated/mod.rs"]
mod generated;

use std::time::Duration;

use countersign_runtime::{Call, HookError, Hooks, Lookup, Sms, User, UserKey};
use example_test_support::attack::{Overload, overload, request, slots};
use example_test_support::{Server, is_the_adapter};

/// All endpoints as they are defined.
struct Adapter;

impl generated::DataAdapter for Adapter {}

/// A bank that knows everybody, and thinks for 20 milliseconds.
struct SlowBank;

/// Of "s3cret".
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$9sMcKetifFrZhOh1fcu/+g$ELDtBuP80/CCwMJuoSQFXXRF5ANPpH/8wmCBBkT6cWQ";

impl Hooks for SlowBank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let id = match &lookup.key {
            UserKey::Id(id) | UserKey::Username(id) => id.clone(),
            UserKey::Phone(_) | UserKey::RegistrationNumber(_) => return Ok(None),
        };
        Ok(Some(User { username: Some(id.clone()), id, password_hash: Some(HASH.to_owned()), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }
}

/// The adapter of that bank; does nothing unless a test starts it.
#[test]
fn as_the_adapter() {
    if is_the_adapter() {
        std::process::exit(generated::serve_as(Adapter, SlowBank, ["adapter", "--dev"].map(Into::into)).into());
    }
}

fn lookup(who: usize) -> Vec<u8> {
    let body = format!(
        r#"{{"requestObject":{{"username":"user{who}","organizationId":"RETAIL","operationContext":{{"id":"1","name":"login","data":"A2"}}}}}}"#
    );
    request("POST", "/api/auth/user/lookup", "", &body)
}

fn sign_in(who: usize) -> Vec<u8> {
    let body = format!(
        r#"{{"requestObject":{{"userId":"9{who}","organizationId":"RETAIL","password":"none","authenticationContext":{{"passwordProtection":"NO_PROTECTION"}},"operationContext":{{"id":"1","name":"login","data":"A2"}}}}}}"#
    );
    request("POST", "/api/auth/user/authenticate", "", &body)
}

/// Of this many people by whoever asks for too much, of others by somebody else.
fn of(ask: fn(usize) -> Vec<u8>, answered: &'static str, at_once: usize) -> Overload {
    let (requests, modest) = ((0..4000).map(ask).collect(), (9000..9100).map(ask).collect());
    Overload { requests, modest, answered: (200, answered), at_once }
}

fn holds(name: &str, server: &mut Server, of: &Overload) {
    let overloaded = overload(name, server, of);
    println!("{overloaded}");
    overloaded.must_hold();
}

#[test]
fn more_sign_ins_than_can_be_hashed() {
    let mut server = Server::start(env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), &[]);
    holds("sign-ins", &mut server, &of(sign_in, "authenticationResult", 8));
}

#[test]
fn more_look_ups_than_a_hook_can_answer() {
    let (at_once, slots) = slots();
    let mut server = Server::start_this("as_the_adapter", &[("COUNTERSIGN_HOOKS__LOOKUP__SLOTS", slots)]);
    holds("look-ups of 20 ms", &mut server, &of(lookup, "user", at_once));
}

#[test]
fn more_sign_ins_than_can_be_hashed_after_a_look_up() {
    let mut server = Server::start_this("as_the_adapter", &[]);
    holds("sign-ins after look-ups of 20 ms", &mut server, &of(sign_in, "authenticationResult", 16));
}
