//! Attacks on a running example, and what they cost it: memory by the system's accounts, and the answers that honest
//! callers get meanwhile. An example says with which requests; how many and for how long, a test's environment:
//! `COUNTERSIGN_ATTACK_SECONDS` (2 if it is not set; from 20 on it is a full count, in which all of them together last three times
//! as long), `COUNTERSIGN_ATTACK_ONLY` (one of them alone),
//! `COUNTERSIGN_ATTACK_BINARY` (another build of the same example, to compare with).

mod client;
mod flood;
mod honest;
mod memory;
mod overload;
mod slow;

use std::time::Duration;

pub use client::{Answered, Client, request};
pub use flood::{Answers, Flood, HELD, bodies, idle};
pub use honest::Honest;
pub use memory::Memory;
pub use overload::{Overload, Overloaded, overload};
pub use slow::slow_callers;

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
    /// The resident memory that one hash on each core had left, or would have, in MiB.
    pub rested: f64,
    /// What honest callers saw.
    pub honest: Honest,
    /// What the attack got: attempts by status.
    pub answers: Answers,
}

/// The most resident memory, in MiB.
const MOST: f64 = 400.0;

/// How much of what one hash on each core leaves may be resident when it is calm again.
const MOST_AFTERWARDS: f64 = 1.5;

/// What one hash takes, in MiB: so much for each core is counted where an API hashes nothing.
const HASH: f64 = 19.0;

impl Outcome {
    /// Fails if it took more than it may, or if this status was not got: then it was no attack.
    ///
    /// # Panics
    /// Then.
    pub fn must_hold(&self, gets: u16) {
        assert!(self.answers.contains_key(&gets), "{self}");
        assert!(self.peak <= MOST, "{self}");
        assert!(self.honest.took.len() > 50, "{self}");
        // Durations and what has been given back are judged where nothing else runs.
        if is_full() {
            assert!(self.after <= MOST_AFTERWARDS * self.rested, "{self}");
            assert!(self.honest.percentile(0.5) <= 50.0 && self.honest.percentile(0.99) <= 250.0, "{self}");
            assert_eq!(self.honest.failed, 0, "{self}");
        }
    }
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

/// True for a count that is held to what is aimed at: the short form shows that attacks are outlived.
pub fn is_full() -> bool {
    seconds() >= 20
}

/// How many slots a hook has that is asked for too much: 64, of which a short run on a busy machine would not fill enough.
pub fn slots() -> (usize, &'static str) {
    if is_full() { (64, "64") } else { (4, "4") }
}

/// True unless the environment names other attacks: `COUNTERSIGN_ATTACK_ONLY` is one of them, by its name.
pub fn is_wanted(name: &str) -> bool {
    std::env::var("COUNTERSIGN_ATTACK_ONLY").map_or(true, |only| only == name)
}

/// The binary that is attacked: this build's, or the one that the environment names.
pub fn binary(own: &str) -> String {
    std::env::var("COUNTERSIGN_ATTACK_BINARY").unwrap_or_else(|_| own.to_owned())
}

/// Runs floods side by side against a server in a memory cgroup of 512 MiB, beside honest callers. `hash` is a request that
/// wants a hash, if one does.
///
/// # Panics
/// If the process does not outlive it.
pub fn run(name: &str, server: &mut Server, honest: &[u8], hash: Option<&[u8]>, floods: &[Flood]) -> Outcome {
    let memory = Memory::limit(server.process_id(), 512);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (address, operations) = (client::socket(server.address()), client::socket(server.operations_address()));
    // Honest callers have called before: whoever attacks with their ids must not keep them out.
    runtime.block_on(honest::ask(address, honest, honest::BESIDE_ATTACKS, Duration::from_millis(50)));
    runtime.block_on(client::ask_on_each_core(address, hash.unwrap_or(honest)));
    let unhashed = if hash.is_none() { HASH * client::cores() as f64 } else { 0.0 };
    let rested = memory.resident() + unhashed;
    let times = if is_full() && name == "all at once" { 3 } else { 1 };
    let lasts = Duration::from_secs(times * seconds());
    let (honest, answers) = runtime.block_on(async {
        let floods: Vec<_> = floods.iter().flat_map(|flood| flood.start(address, operations, lasts)).collect();
        let honest = honest::ask_apart(address, honest, honest::BESIDE_ATTACKS, lasts).await;
        let mut answers = Answers::new();
        for flood in floods {
            let one = flood.await.expect("a flood");
            one.into_iter().for_each(|(status, count)| *answers.entry(status).or_default() += count);
        }
        (honest, answers)
    });
    let peak = memory.peak();
    std::thread::sleep(if is_full() { Duration::from_secs(30) } else { Duration::from_millis(200) });
    assert!(server.is_running(), "{name}: the process did not outlive it: {}", server.log());
    Outcome { name: name.to_owned(), peak, after: memory.resident(), rested, honest, answers }
}
