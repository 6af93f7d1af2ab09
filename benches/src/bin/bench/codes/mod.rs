//! Verification of one-time codes over HTTP while the store holds ever more codes that are live. Every code is of a user
//! and an operation of its own; right codes alone are verified, and anything but success ends the run.

mod connections;
mod outbox;
mod run;
mod syncs;

use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::server::{Cores, Kind};
use super::table::Row;
use run::{LIFE, Run};

#[derive(Args, Clone)]
pub struct Options {
    /// How many codes are live, one after the other; verifies are as many as `--requests`, for each.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000, 1_000_000])]
    sizes: Vec<usize>,
    /// Codes verified at once.
    #[arg(long, default_value_t = 64)]
    callers: usize,
    /// Lets servers and load run on all cores, and the load sleep: for the server of a database needs cores, too.
    #[arg(long)]
    pub all_cores: bool,
    /// Counts fsync and fdatasync, too; needs `cc`.
    #[arg(long)]
    syncs: bool,
}

/// What verifying at one size took.
#[derive(Debug)]
struct Measured {
    size: usize,
    /// Microseconds of CPU for a verify, of each portion.
    cpu: Row,
    spent: Duration,
    durations: Vec<Duration>,
    syncs: u64,
    expired: usize,
    memory: u64,
}

pub async fn measure(options: &Options, kinds: &[Kind], requests: usize) -> Result<()> {
    let cores = if options.all_cores { Cores::Any } else { Cores::Own };
    for kind in kinds {
        let mut kind = Kind { cores, ..kind.clone() };
        kind.environment.push(("COUNTERSIGN_OTPS__SMS__LIFE".to_owned(), format!("{}s", LIFE.as_secs())));
        println!("{}: {requests} right codes verified by {} callers at each size", kind.name, options.callers);
        let mut run = Run::start(options, &kind).await?;
        let mut all = Vec::new();
        for size in &options.sizes {
            let mut measured = run.at(*size, requests).await?;
            measured.print(options.syncs);
            all.push(measured);
        }
        run.stop().await?;
        if let [first, .., last] = all.as_slice() {
            let ratio = last.cpu.median() / first.cpu.median();
            println!("  CPU with {} codes as a multiple of that with {}: {ratio:.2}", last.size, first.size);
        }
    }
    Ok(())
}

impl Measured {
    fn of(size: usize) -> Measured {
        let (spent, durations) = (Duration::ZERO, Vec::new());
        Measured { size, cpu: Row::new("cpu"), spent, durations, syncs: 0, expired: 0, memory: 0 }
    }

    fn print(&mut self, syncs: bool) {
        let verifies = self.durations.len();
        if syncs {
            println!("  {} live codes: {:.3} syncs a verify", self.size, self.syncs as f64 / verifies as f64);
        }
        self.durations.sort_unstable();
        let at = |place: usize| self.durations.get(place).map_or(f64::NAN, |took| took.as_secs_f64() * 1_000.0);
        let (least, most) = self.cpu.spread();
        println!(
            "  {} live codes: {:.1} µs of CPU ({least:.1} – {most:.1}), {:.0} verifies a second, {:.2} ms (median), \
             {:.2} ms (99 of 100), {:.0} MB",
            self.size,
            self.cpu.median(),
            verifies as f64 / self.spent.as_secs_f64(),
            at(verifies / 2),
            at(verifies * 99 / 100),
            self.memory as f64 / 1024.0
        );
        if self.expired > 0 {
            println!("    {} of all that were made are older than the life of a code", self.expired);
        }
    }
}
