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
use countersign_proofs::report::Report;
use countersign_proofs::run;
use countersign_proofs::shrink;
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
    /// Serves what is called good, and calls every endpoint.
    Serve {
        seeds: String,
        /// A file of finished ranges, which are not done again.
        #[arg(long)]
        log: Option<PathBuf>,
    },
    /// Makes the definition of a seed that fails smaller.
    Shrink { seed: u64 },
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
            let low = report.low();
            low.iter().for_each(|feature| println!("LOW {feature}"));
            Ok(report.failures.is_empty() && low.is_empty())
        }
        What::Shrink { seed } => {
            let found = shrink::shrink(&judge, &cells, &Compiler::built()?, seed)?;
            match &found {
                Some((yaml, why)) => println!("{yaml}\n{why}"),
                None => println!("the definition of {seed} does not fail"),
            }
            Ok(found.is_none())
        }
        What::Serve { seeds, log } => serve(&judge, &cells, range(&seeds)?, log),
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

/// Goes over parts of a range; a line and the failures of each go into the log.
fn by_parts(
    what: &str,
    seeds: Range<u64>,
    size: usize,
    log: Option<PathBuf>,
    mut one: impl FnMut(Range<u64>) -> Result<(String, Report)>,
) -> Result<bool> {
    let before = log.as_ref().and_then(|log| fs::read_to_string(log).ok()).unwrap_or_default();
    let mut good = true;
    for start in seeds.clone().step_by(size) {
        let end = (start + u64::try_from(size)?).min(seeds.end);
        let name = format!("{what} {start}..{end}: ");
        if before.lines().any(|line| line.starts_with(&name)) {
            continue;
        }
        let (summary, report) = one(start..end)?;
        let mut text = format!("{name}{summary}, {} failed\n", report.failures.len());
        for (seed, why) in &report.failures {
            text.push_str(&format!("FAILED seed {seed}: {}\n", why.trim_end().replace('\n', "\n    ")));
        }
        print!("{text}");
        good &= report.failures.is_empty();
        if let Some(log) = &log {
            fs::OpenOptions::new().create(true).append(true).open(log)?.write_all(text.as_bytes())?;
        }
    }
    Ok(good)
}

fn type_check(judge: &Judge, cells: &[Cell], seeds: Range<u64>, log: Option<PathBuf>) -> Result<bool> {
    let compiler = Compiler::built()?;
    by_parts("type-check", seeds, 200, log, |part| {
        let ran = run::type_check(judge, cells, &compiler, part)?;
        Ok((format!("{} written, {} good", ran.written, ran.good), ran.report))
    })
}

fn serve(judge: &Judge, cells: &[Cell], seeds: Range<u64>, log: Option<PathBuf>) -> Result<bool> {
    let compiler = Compiler::built()?;
    by_parts("serve", seeds, 100, log, |part| {
        let ran = run::serve(judge, cells, &compiler, part)?;
        let (calls, passed) = ran.calls;
        Ok((format!("{} served, {calls} calls, {passed} with success", ran.served), ran.report))
    })
}
