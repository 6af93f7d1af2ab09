//! Requests of several sorts that take turns at random on one connection, and the chance that one takes longer than another.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use example_test_support::Server;
use example_test_support::raw::Connection;
use serde_json::{Value, json};

/// Requests of each sort before the first that counts.
pub const WARM_UP: usize = 10;

/// What requests of one sort took.
#[derive(Default)]
pub struct Sort {
    pub took: Vec<Duration>,
    pub bodies: BTreeSet<String>,
}

/// Requests that take turns, and what each took.
pub struct Watch {
    pub server: Server,
    connection: Connection,
    pub sorts: BTreeMap<&'static str, Sort>,
    dice: u64,
}

/// How many of each sort count.
pub fn each() -> usize {
    std::env::var("COUNTERSIGN_TIMING").ok().and_then(|text| text.parse().ok()).unwrap_or(30)
}

impl Watch {
    /// The example on a store.
    pub fn begin(folder: &std::path::Path, store: &str) -> Watch {
        let store = match store {
            "memory" => store.to_owned(),
            _ => format!("embedded:{}", folder.join("state.db").display()),
        };
        let environment = [
            ("COUNTERSIGN_DEV_LIMITS", "off"),
            ("COUNTERSIGN_STORE", store.as_str()),
            ("TIMING_KEY", "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c="),
            ("COUNTERSIGN_PASSWORD_ENCRYPTION__KEY", "env:TIMING_KEY"),
        ];
        let server = Server::start_in(folder, env!("CARGO_BIN_EXE_example-powerauth-data-adapter"), &environment);
        Watch::of(server)
    }

    /// A server.
    pub fn of(server: Server) -> Watch {
        let connection = Connection::to(server.address());
        Watch { server, connection, sorts: BTreeMap::new(), dice: 0x2545_f491_4f6c_dd1d }
    }

    /// Posts a request object.
    pub fn post(&mut self, path: &str, payload: &Value) -> (Duration, String) {
        let body = json!({ "requestObject": payload }).to_string();
        let answer = self.connection.send("POST", path, "application/json", body.as_bytes());
        (answer.took, String::from_utf8(answer.body).unwrap())
    }

    /// Sends one request of each sort, in an order of its own.
    pub fn round(&mut self, path: &str, mut requests: Vec<(&'static str, Value)>, counts: bool) {
        for last in (1..requests.len()).rev() {
            self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            requests.swap(last, (self.dice >> 33) as usize % (last + 1));
        }
        for (sort, payload) in requests {
            let (took, body) = self.post(path, &payload);
            if counts {
                let sort = self.sorts.entry(sort).or_default();
                sort.took.push(took);
                sort.bodies.insert(body);
            }
        }
    }

    /// Prints the chance, and gives it.
    pub fn tell(&self, what: &str, left: &str, right: &str) -> f64 {
        let (one, other) = (&self.sorts[left].took, &self.sorts[right].took);
        let middle = |took: &[Duration]| {
            let mut took = took.to_vec();
            took.sort();
            took[took.len() / 2]
        };
        println!(
            "{what}: {left} {:?}, {right} {:?} in the middle, {} each: {:.3}",
            middle(one),
            middle(other),
            one.len(),
            chance(one, other)
        );
        chance(one, other)
    }

    /// Says the same, and in a full count fails where the two can be told apart: durations are judged where nothing else runs.
    pub fn must_be_alike(&self, what: &str, left: &str, right: &str) {
        let chance = self.tell(what, left, right);
        assert!(each() < 1_000 || (0.45..=0.55).contains(&chance), "{what}, {right}: {chance:.3}");
    }
}

/// The chance that one of the first takes longer than one of the second; what takes as long counts half.
fn chance(first: &[Duration], second: &[Duration]) -> f64 {
    let mut sorted = second.to_vec();
    sorted.sort();
    let below = |one: &Duration| {
        let (less, upto) = (sorted.partition_point(|two| two < one), sorted.partition_point(|two| two <= one));
        (less + upto) as f64 / 2.0
    };
    first.iter().map(below).sum::<f64>() / (first.len() * second.len()) as f64
}
