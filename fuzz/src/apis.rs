//! The APIs that ship, as generated, over a bank that knows one user; started once a thread, with a new store after
//! many requests.

use std::path::Path;
use std::time::Duration;

use axum::Router;
use countersign_runtime::edge::EdgeLimits;
use countersign_runtime::testing::TestBank;
use countersign_runtime::{App, Call, HookError, Hooks, Lookup, LookupHooks, StartOptions, User};

#[rustfmt::skip]
#[path = "../../examples/b2b-customer-verification/src/generated/mod.rs"]
mod b2b;
#[rustfmt::skip]
#[path = "../../examples/powerauth-data-adapter/src/generated/mod.rs"]
mod powerauth;
#[rustfmt::skip]
#[path = "../../examples/wallet-engine-activation/src/generated/mod.rs"]
mod wallet;
#[rustfmt::skip]
#[path = "../../examples/walley-identify-buyer/src/generated/mod.rs"]
mod walley;

/// The same bank for the API that sends no messages.
struct Quiet(TestBank);

impl LookupHooks for Quiet {
    async fn lookup_user(&self, call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        Hooks::lookup_user(&self.0, call, lookup).await
    }
}

struct Adapter;
impl b2b::DataAdapter for Adapter {}
impl powerauth::DataAdapter for Adapter {}
impl wallet::DataAdapter for Adapter {}
impl walley::DataAdapter for Adapter {}

/// The key of the caller where the API wants one.
pub const CALLER_KEY: &str = "care-4fzXk0qDPuq1nB0Q2nH6cOqvZz9yT7LQ";

/// One shipped API: its definition's folder, how it starts, and whether its contract answers failures with
/// 500, and whether its callers show an id and a key.
pub struct Api {
    pub name: &'static str,
    pub fails_with_500: bool,
    pub callers_are_basic: bool,
    start: fn(TestBank, StartOptions) -> App,
}

pub const APIS: &[Api] = &[
    Api {
        name: "b2b-customer-verification",
        fails_with_500: true,
        callers_are_basic: true,
        start: |bank, options| app(b2b::start(Adapter, Quiet(bank), options)),
    },
    Api {
        name: "powerauth-data-adapter",
        fails_with_500: false,
        callers_are_basic: false,
        start: |bank, options| app(powerauth::start(Adapter, bank, options)),
    },
    Api {
        name: "wallet-engine-activation",
        fails_with_500: true,
        callers_are_basic: false,
        start: |bank, options| app(wallet::start(Adapter, bank, options)),
    },
    Api {
        name: "walley-identify-buyer",
        fails_with_500: false,
        callers_are_basic: false,
        start: |bank, options| app(walley::start(Adapter, bank, options)),
    },
];

fn app(started: Result<App, countersign_runtime::StartError>) -> App {
    started.unwrap_or_else(|error| panic!("{error}"))
}

impl Api {
    fn folder(&self) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../definitions").join(self.name)
    }

    /// The adapter with the definition's demo settings and a store of its own.
    pub fn start(&self) -> App {
        let user = User {
            id: "26".to_owned(),
            username: Some("roman".to_owned()),
            phone: "+420601000001".parse().ok(),
            ..User::default()
        };
        let demo = self.folder().join("demo.yaml");
        let limits = EdgeLimits {
            head: Duration::from_millis(200),
            body: Duration::from_millis(200),
            keep_alive: Duration::from_millis(200),
            ..EdgeLimits::default()
        };
        let options =
            StartOptions { settings: demo.is_file().then_some(demo), limits: Some(limits), ..StartOptions::dev() }
                .with("COUNTERSIGN_CALLERS__CARE__ACCESS_ID", "accessId")
                .with("COUNTERSIGN_CALLERS__CARE__KEY", "env:CARE_KEY")
                .with("CARE_KEY", CALLER_KEY)
                .with("COUNTERSIGN_DEV_OUTBOX", "/dev/null");
        let options = if self.callers_are_basic {
            options
        } else {
            StartOptions { environment: Default::default(), ..options }.with("COUNTERSIGN_DEV_OUTBOX", "/dev/null")
        };
        (self.start)(TestBank::with([user]), options)
    }

    pub fn router(&self) -> Router {
        self.start().router()
    }

    /// Methods and paths of its endpoints, as the definition writes them.
    pub fn routes(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.folder().join("adapter.yaml")).expect("a definition");
        let definition: serde_yaml::Value = serde_yaml::from_str(&text).expect("yaml");
        let endpoints = definition["endpoints"].as_mapping().expect("endpoints");
        let routes = endpoints.values().filter_map(|endpoint| endpoint["route"].as_str()?.split_once(' '));
        routes.map(|(method, path)| (method.to_owned(), path.to_owned())).collect()
    }
}
