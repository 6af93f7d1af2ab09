//! `proofs`: writes definitions by seed, and proves them. Stopped, a range goes on where it was.

use std::fs;
use std::io::Write as _;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use countersign_proofs::cells::{self, Cell};
use countersign_proofs::judge::{Judge, Verdict};
use countersign_proofs::run;
use countersign_proofs::typed::Compiler;

#[derive(Debug, Parser)]
#[command(about = "Writes definitions by seed, and proves what is called good.")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Prints the definition of a seed, and what is said of it.
    Show { seed: u64 },
    /// Checks and generates.
    Check { seeds: String },
    /// Type-checks what is called good, too.
    TypeCheck {
        seeds: String,
        /// A file of finished ranges, which are not done again.
        #[arg(long)]
        log: Option<PathBuf>,
    },
    /// How many seeds are single cells.
    Cells,
}

fn main() -> ExitCode {
    match done(Arguments::parse().what) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(4)
        }
    }
}

fn done(what: What) -> Result<bool> {
    let judge = Judge::new()?;
    let cells = cells::all(judge.words());
    match what {
        What::Show { seed } => show(&judge, &cells, seed),
        What::Cells => {
            println!("{}", cells.len());
            Ok(true)
        }
        What::Check { seeds } => {
            let report = run::check(&judge, &cells, range(&seeds)?);
            print!("{}", report.text());
            Ok(report.failures.is_empty())
        }
        What::TypeCheck { seeds, log } => type_check(&judge, &cells, range(&seeds)?, log),
    }
}

fn show(judge: &Judge, cells: &[Cell], seed: u64) -> Result<bool> {
    let (draft, _) = cells::of_seed(judge.words(), cells, seed);
    let yaml = draft.yaml();
    println!("# {:?}\n{yaml}", usize::try_from(seed).ok().and_then(|seed| cells.get(seed)));
    match judge.judge(&yaml) {
        Verdict::Good(good) => {
            for endpoint in &good.adapter.endpoints {
                println!("{}", countersign::explain::endpoint(&good.adapter, &endpoint.name));
            }
            good.files.iter().for_each(|file| println!("==== {}\n{}", file.name, file.text));
        }
        Verdict::Refused(refused) => println!("{}", refused.shown),
        Verdict::Broken(why) => println!("BROKEN {why}"),
    }
    Ok(true)
}

/// `0..2000`
fn range(text: &str) -> Result<Range<u64>> {
    let (from, to) = text.split_once("..").context("write seeds as `0..2000`")?;
    Ok(from.parse()?..to.parse()?)
}

fn type_check(judge: &Judge, cells: &[Cell], seeds: Range<u64>, log: Option<PathBuf>) -> Result<bool> {
    let before = log.as_ref().and_then(|log| fs::read_to_string(log).ok()).unwrap_or_default();
    let compiler = Compiler::built()?;
    let mut good = true;
    for start in seeds.clone().step_by(200) {
        let part = start..(start + 200).min(seeds.end);
        let name = format!("type-check {}..{}: ", part.start, part.end);
        if before.lines().any(|line| line.starts_with(&name)) {
            continue;
        }
        let report = run::type_check(judge, cells, &compiler, part)?;
        let (written, called_good) = (report.written, report.good);
        let line = format!("{name}{written} written, {called_good} good, {} failed", report.report.failures.len());
        println!("{line}");
        for (seed, why) in &report.report.failures {
            println!("FAILED seed {seed}: {why}");
        }
        good &= report.report.failures.is_empty();
        if let Some(log) = &log {
            let mut file = fs::OpenOptions::new().create(true).append(true).open(log)?;
            writeln!(file, "{line}")?;
            for (seed, why) in &report.report.failures {
                writeln!(file, "FAILED seed {seed}: {}", why.replace('\n', "\n    "))?;
            }
        }
    }
    Ok(good)
}
