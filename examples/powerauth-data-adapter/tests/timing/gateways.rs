//! Messages to users who exist against decoys, of which nothing is sent, at gateways of several speeds.

use std::time::Duration;

use countersign_runtime::{Call, HookError, Hooks, Lookup, Sms, User, UserKey};
use example_test_support::{Server, is_the_adapter};

use crate::generated;
use crate::support::{create_request, operation};
use crate::watch::{WARM_UP, Watch, each};

/// How long the gateway takes, in milliseconds, told to the adapter that the tests start.
const TAKES: &str = "TIMING_GATEWAY_MS";

/// All endpoints as they are defined.
struct Adapter;

impl generated::DataAdapter for Adapter {}

/// A bank that knows everybody whose number does not begin with 9, and whose gateway takes its time.
struct Bank(Duration);

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let UserKey::Id(id) = &lookup.key else { return Ok(None) };
        let phone = "+420601234567".parse().ok();
        Ok((!id.starts_with('9')).then(|| User { id: id.clone(), phone, ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        if !self.0.is_zero() {
            tokio::time::sleep(self.0).await;
        }
        Ok(())
    }
}

/// The adapter of that bank; does nothing unless a test starts it.
#[test]
fn as_the_adapter() {
    if is_the_adapter() {
        let takes = std::env::var(TAKES).unwrap().parse().unwrap();
        let bank = Bank(Duration::from_millis(takes));
        std::process::exit(generated::serve_as(Adapter, bank, ["adapter", "--dev"].map(Into::into)).into());
    }
}

fn sends(takes: &str) {
    let environment = [("COUNTERSIGN_DEV_LIMITS", "off"), ("COUNTERSIGN_DEV_SMS", "real"), (TAKES, takes)];
    let mut watch = Watch::of(Server::start_this("gateways::as_the_adapter", &environment));
    // A decoy fares as the latest messages did.
    for turn in 0..each() + 64 + WARM_UP {
        let ask = |user: String| create_request(&user, &operation(&format!("{user}-{turn}"), "login_sca"));
        let requests = vec![("known", ask(format!("2{turn:07}"))), ("decoy", ask(format!("9{turn:07}")))];
        watch.round("/api/auth/sms/create", requests, turn >= 64 + WARM_UP);
    }
    watch.must_be_alike(&format!("create_sms, a gateway of {takes} ms"), "known", "decoy");
}

#[test]
fn a_decoys_message_takes_as_long_as_any() {
    for takes in ["0", "1", "5", "20", "60"] {
        sends(takes);
    }
}
