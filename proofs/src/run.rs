//! Ranges of seeds: written, judged, compiled.

use std::ops::Range;

use anyhow::Result;

use crate::cells::{self, Cell};
use crate::judge::{Good, Judge, Verdict};
use crate::report::{Report, kind};
use crate::typed::{Compiler, Module};

/// What came of a range.
#[derive(Debug, Default)]
pub struct Ran {
    /// By feature and class.
    pub report: Report,
    /// Definitions that were written.
    pub written: usize,
    /// Those that were called good.
    pub good: usize,
}

/// Checks and generates.
pub fn check(judge: &Judge, cells: &[Cell], seeds: Range<u64>) -> Report {
    judged(judge, cells, seeds).0
}

/// Checks, generates and type-checks.
///
/// # Errors
/// The compiler cannot be run.
pub fn type_check(judge: &Judge, cells: &[Cell], compiler: &Compiler, seeds: Range<u64>) -> Result<Ran> {
    let written = usize::try_from(seeds.end - seeds.start).unwrap_or_default();
    let (mut report, good) = judged(judge, cells, seeds);
    let modules: Vec<Module<'_>> =
        good.iter().map(|(seed, good)| Module { seed: *seed, files: &good.files, more: Vec::new() }).collect();
    let compiled = compiler.check(&modules)?;
    report.failures.extend(compiled.wrong.into_iter().map(|(seed, why)| (seed, format!("does not compile\n{why}"))));
    Ok(Ran { report, written, good: good.len() })
}

/// All that is called good, and the report of all.
pub fn judged(judge: &Judge, cells: &[Cell], seeds: Range<u64>) -> (Report, Vec<(u64, Box<Good>)>) {
    let (mut report, mut all) = (Report::default(), Vec::new());
    for seed in seeds {
        let (draft, _) = cells::of_seed(judge.words(), cells, seed);
        let verdict = judge.judge(&draft.yaml());
        report.count(&draft.features, matches!(verdict, Verdict::Good(_)));
        match verdict {
            Verdict::Good(good) => all.push((seed, good)),
            Verdict::Refused(refused) => report.refuse(&kind(cells, seed), &refused.ids, seed),
            Verdict::Broken(why) => report.failures.push((seed, why)),
        }
    }
    (report, all)
}
