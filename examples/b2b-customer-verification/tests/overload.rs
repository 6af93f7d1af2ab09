//! More logins and look-ups than can be done: what is let in is answered in time, everything else is reported at once to come
//! again, and somebody who asks for little is served beside it. `COUNTERSIGN_ATTACK_SECONDS=20` is a full count; see
//! `docs/figures.md`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may break")]

#[rustfmt::skip]
#[allow(dead_code, reason = "the adapter of these tests has hooks of its own")]
#[path = "../src/generated/mod.rs"]
mod generated;
mod support;

use std::time::Duration;

use countersign_runtime::{Call, HookError, Lookup, LookupHooks, User, UserKey};
use example_test_support::attack::{Overload, overload, request, slots};
use example_test_support::is_the_adapter;
use serde_json::{Value, json};
use support::{ISSUER, Issuer, KEY, PARTNER, basic};

/// Another caller for the same partner.
const DESK: &str = "desk-5dNZz4uHTyu5rF4U6rL0gSuzDd3cX1PU";

/// All operations as they are defined.
struct Adapter;

impl generated::DataAdapter for Adapter {}

/// An issuer that knows everybody, and thinks for 20 milliseconds.
struct SlowIssuer;

impl LookupHooks for SlowIssuer {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let UserKey::Id(uri) = &lookup.key else { return Ok(None) };
        Ok(Some(User { id: uri.clone(), ..User::default() }))
    }
}

/// The adapter of that issuer; does nothing unless a test starts it.
#[test]
fn as_the_adapter() {
    if is_the_adapter() {
        std::process::exit(generated::serve_as(Adapter, SlowIssuer, ["adapter", "--dev"].map(Into::into)).into());
    }
}

/// A request of the caller of this name and key about one of many customers.
fn ask((name, key): (&str, &str), path: &str, who: usize, more: Value) -> Vec<u8> {
    let customer = format!("wlwdemo:entity:customer#{who}");
    let headers = format!("Authorization: {}\r\n", basic(name, key));
    request("POST", &format!("/b2b-gateway{path}"), &headers, &support::request(&customer, more).to_string())
}

/// The environment of both callers, and of the hook that they ask.
fn callers<T>(with: impl FnOnce(&[(&str, &str)]) -> T) -> T {
    let pair = format!("{ISSUER} {PARTNER}");
    with(&[
        ("COUNTERSIGN_HOOKS__LOOKUP__SLOTS", slots().1),
        ("COUNTERSIGN_CALLERS__DESK__KEY", "env:DESK_KEY"),
        ("COUNTERSIGN_CALLERS__DESK__PARTNERS", &pair),
        ("DESK_KEY", DESK),
    ])
}

fn holds(name: &str, issuer: &mut Issuer, (path, more): (&str, Value), answered: (u16, &'static str), at_once: usize) {
    let by = |caller: (&'static str, &'static str)| {
        let more = more.clone();
        move |who| ask(caller, path, who, more.clone())
    };
    let of = Overload {
        requests: (0..4000).map(by(("accessId", KEY))).collect(),
        modest: (9000..9100).map(by(("desk", DESK))).collect(),
        answered,
        at_once,
    };
    let overloaded = overload(name, &mut issuer.server, &of);
    println!("{overloaded}");
    overloaded.must_hold();
}

#[test]
fn more_logins_than_can_be_hashed() {
    let mut issuer = callers(|environment| support::start_with(&[], environment));
    let login = json!({ "username": "somebody", "password": "wrong horse" });
    // Wrong ones, and after five of them locked ones.
    holds("logins", &mut issuer, ("/customers/security/login", login), (200, "FAILED"), 8);
}

#[test]
fn more_look_ups_than_an_issuer_can_answer() {
    let mut issuer = callers(|environment| support::start_this("as_the_adapter", environment));
    holds("look-ups of 20 ms", &mut issuer, ("/customers/security/mfa/search", json!({})), (200, "SUCCESS"), slots().0);
}
