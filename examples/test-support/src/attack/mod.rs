//! Attacks on a running example, and what they cost it: memory by the system's accounts, and the answers that honest
//! callers get meanwhile. An example says with which requests; how many and for how long, a test's environment:
//! `COUNTERSIGN_ATTACK_SECONDS` (2 if it is not set; the full count is 60), `COUNTERSIGN_ATTACK_BINARY` (another build of
//! the same example, to compare with).

mod client;
mod flood;
mod honest;
mod memory;
mod slow;

use std::time::Duration;

pub use client::{Client, request};
pub use flood::{Answers, Flood, HELD};
pub use honest::Honest;
pub use memory::Memory;
pub use slow::{Slow, slow};

use crate::Server;

/// What an attack did.
#[derive(Debug)]
pub struct Outcome {
    /// The attack's name.
    pub name: String,
    /// The largest resident memory of the process, in MiB.
    pub peak: f64,
    /// The resident memory when things were calm again, in MiB.
    pub after: f64,
    /// The resident memory that one hash on each core had left, in MiB.
    pub rested: f64,
    /// What honest callers saw.
    pub honest: Honest,
    /// What the attack got: attempts by status.
    pub answers: Answers,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{}: peak {:.0} MiB, {:.0} MiB afterwards ({:.1} times), honest {}; the attack got {:?}",
            self.name,
            self.peak,
            self.after,
            self.after / self.rested,
            self.honest,
            self.answers
        )
    }
}

/// How long each attack lasts.
pub fn seconds() -> u64 {
    std::env::var("COUNTERSIGN_ATTACK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// The binary that is attacked: this build's, or the one that the environment names.
pub fn binary(own: &str) -> String {
    std::env::var("COUNTERSIGN_ATTACK_BINARY").unwrap_or_else(|_| own.to_owned())
}

/// Runs floods side by side against a server in a memory cgroup of 512 MiB, beside honest callers.
///
/// # Panics
/// If the process does not outlive it.
pub fn run(name: &str, server: &mut Server, honest: &[u8], hash: &[u8], floods: &[Flood]) -> Outcome {
    let memory = Memory::limit(server.process_id(), 512);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (address, operations) = (client::socket(server.address()), client::socket(server.operations_address()));
    runtime.block_on(client::hash_on_each_core(address, hash));
    let rested = memory.resident();
    let lasts = Duration::from_secs(seconds());
    let (honest, answers) = runtime.block_on(async {
        let floods: Vec<_> = floods.iter().flat_map(|flood| flood.start(address, operations, lasts)).collect();
        let honest = honest::ask(address, honest, lasts).await;
        let mut answers = Answers::new();
        for flood in floods {
            let one = flood.await.expect("a flood");
            one.into_iter().for_each(|(status, count)| *answers.entry(status).or_default() += count);
        }
        (honest, answers)
    });
    let peak = memory.peak();
    std::thread::sleep(if seconds() >= 60 { Duration::from_secs(30) } else { Duration::from_secs(3) });
    assert!(server.is_running(), "{name}: the process did not outlive it: {}", server.log());
    Outcome { name: name.to_owned(), peak, after: memory.resident(), rested, honest, answers }
}
