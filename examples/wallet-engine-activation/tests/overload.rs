//! More new passwords and look-ups than can be done: what is let in is answered in time, everything else is reported at once to
//! come again, and somebody who asks for little is served beside it. `COUNTERSIGN_ATTACK_SECONDS=20` is a full count;
//! see `docs/figures.md`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod outside;

use std::time::Duration;

use countersign_runtime::{Call, HookError, Hooks, Lookup, Sms, User};
use example_test_support::attack::{Overload, overload, request, slots};
use example_test_support::{Server, is_the_adapter};
use example_wallet_engine_activation::{generated, hooks};
use outside::{APP, new_password, settings, token};
use serde_json::json;

/// A programme of which everybody is a customer already, and which thinks for 20 milliseconds.
struct SlowProgramme;

impl Hooks for SlowProgramme {
    async fn lookup_user(&self, _call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(Some(User { id: "customer-1".to_owned(), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }
}

/// The adapter of that programme; does nothing unless a test starts it.
#[test]
fn as_the_adapter() {
    if is_the_adapter() {
        let arguments = ["adapter", "--dev"].map(Into::into);
        std::process::exit(generated::serve_as(hooks::Adapter, SlowProgramme, arguments).into());
    }
}

fn holds(name: &str, server: &mut Server, of: &Overload) {
    let overloaded = overload(name, server, of);
    println!("{overloaded}");
    overloaded.must_hold();
}

#[test]
fn more_new_passwords_than_can_be_hashed() {
    let environment = [("COUNTERSIGN_SETTINGS", settings()), ("COUNTERSIGN_DEV_LIMITS", "off")];
    let binary = env!("CARGO_BIN_EXE_example-wallet-engine-activation");
    let mut server = Server::start(binary, &environment);
    let tokens: Vec<String> = (0..220).map(|at| token(&server, &format!("{}", 81_234_000 + at))).collect();
    let (flood, modest) = tokens.split_at(200);
    let all = |tokens: &[String]| tokens.iter().map(|token| new_password(token)).collect();
    let of = Overload { requests: all(flood), modest: all(modest), answered: (200, ""), at_once: 8 };
    holds("new passwords", &mut server, &of);
}

#[test]
fn more_look_ups_than_a_programme_can_answer() {
    let environment = [
        ("COUNTERSIGN_SETTINGS", settings()),
        ("COUNTERSIGN_DEV_LIMITS", "off"),
        ("COUNTERSIGN_HOOKS__LOOKUP__SLOTS", slots().1),
    ];
    let mut server = Server::start_this("as_the_adapter", &environment);
    let ask = |who: usize| {
        let body = json!({
            "app_id": APP, "country_dial_code": "65", "phone_number": format!("{}", 81_230_000 + who),
            "email_address": "a@example.com", "nickname": "A", "tos_accepted": "2021-09-20 10:50:59",
        });
        request("POST", "/api/activate/request", "", &body.to_string())
    };
    let of = Overload {
        requests: (0..4000).map(ask).collect(),
        modest: (9000..9100).map(ask).collect(),
        answered: (500, "phone_number_is_registered"),
        at_once: slots().0,
    };
    holds("look-ups of 20 ms", &mut server, &of);
}
