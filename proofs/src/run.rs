//! Ranges of seeds: written, judged, compiled.

use std::ops::Range;

use anyhow::{Context as _, Result, ensure};

use crate::bank;
use crate::cells::{self, Cell};
use crate::judge::{Good, Judge, Verdict};
use crate::report::{Report, kind};
use crate::script::{self, Script};
use crate::served::Served;
use crate::shown::REQUIRED;
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
pub fn check(judge: &Judge, cells: &[Cell], seeds: impl IntoIterator<Item = u64>) -> Report {
    judged(judge, cells, seeds).0
}

/// Checks, generates and type-checks.
///
/// # Errors
/// The compiler cannot be run.
pub fn type_check(judge: &Judge, cells: &[Cell], compiler: &Compiler, seeds: Range<u64>) -> Result<Ran> {
    let written = usize::try_from(seeds.end - seeds.start).unwrap_or_default();
    let (mut report, good) = judged(judge, cells, seeds);
    compile(&mut report, &good, compiler)?;
    Ok(Ran { report, written, good: good.len() })
}

/// Type-checks what is called good, and reports what does not compile.
///
/// # Errors
/// The compiler cannot be run.
pub fn compile(report: &mut Report, good: &[(u64, Box<Good>)], compiler: &Compiler) -> Result<()> {
    for part in good.chunks(200) {
        let modules = part.iter().map(|(seed, good)| Module { seed: *seed, files: &good.files, more: Vec::new() });
        let wrong = compiler.check(&modules.collect::<Vec<_>>())?.wrong;
        report.failures.extend(wrong.into_iter().map(|(seed, why)| (seed, format!("does not compile\n{why}"))));
    }
    Ok(())
}

/// All that is called good, and the report of all.
pub fn judged(judge: &Judge, cells: &[Cell], seeds: impl IntoIterator<Item = u64>) -> (Report, Vec<(u64, Box<Good>)>) {
    let (mut report, mut all) = (Report::default(), Vec::new());
    for seed in seeds {
        let (draft, _) = cells::of_seed(judge.words(), cells, seed);
        let verdict = judge.judge(&draft.yaml());
        report.count(&draft.features, matches!(verdict, Verdict::Good(_)));
        match verdict {
            Verdict::Good(good) => all.push((seed, good)),
            Verdict::Refused(refused) => {
                // Whatever the cell is about, this is refused for what was written wrong on purpose.
                let (wanted, others): (Vec<_>, Vec<_>) = refused
                    .ids
                    .into_iter()
                    .partition(|id| *id == "unfilled-field" && draft.features.contains(REQUIRED));
                report.refuse(REQUIRED, &wanted, seed);
                report.refuse(&kind(cells, seed), &others, seed);
            }
            Verdict::Broken(why) => report.failures.push((seed, why)),
        }
    }
    (report, all)
}

/// What came of a range that was served.
#[derive(Debug, Default)]
pub struct Answered {
    /// By feature and class.
    pub report: Report,
    /// Definitions that were served.
    pub served: usize,
    /// Calls, and those that ended with success.
    pub calls: (usize, usize),
}

/// Serves what is called good, compiles, and is not known to fail before.
///
/// # Errors
/// The compiler cannot be run, or the program ends early.
pub fn serve(
    judge: &Judge,
    cells: &[Cell],
    compiler: &Compiler,
    seeds: impl IntoIterator<Item = u64>,
) -> Result<Answered> {
    let (report, good) = judged(judge, cells, seeds);
    serve_these(compiler, report, good)
}

/// Serves these definitions, and adds to a report.
///
/// # Errors
/// As [`serve`].
pub fn serve_these(compiler: &Compiler, mut report: Report, mut good: Vec<(u64, Box<Good>)>) -> Result<Answered> {
    let plain: Vec<Module<'_>> =
        good.iter().map(|(seed, good)| Module { seed: *seed, files: &good.files, more: Vec::new() }).collect();
    let wrong = compiler.check(&plain)?.wrong;
    good.retain(|(seed, _)| !wrong.contains_key(seed));
    report.failures.extend(wrong.into_iter().map(|(seed, why)| (seed, format!("does not compile\n{why}"))));
    if good.is_empty() {
        return Ok(Answered { report, ..Answered::default() });
    }
    let mut modules = Vec::new();
    let mut scripts: Vec<Script> = Vec::new();
    for (seed, good) in &good {
        let modular = good.files.iter().find(|file| file.name == "mod.rs").context("mod.rs")?;
        let bank = bank::text(&good.files, !good.adapter.needs_no_gateway)?;
        let more =
            vec![("mod.rs".to_owned(), format!("{}\npub mod bank;\n", modular.text)), ("bank.rs".to_owned(), bank)];
        modules.push(Module { seed: *seed, files: &good.files, more });
        scripts.push(script::of(*seed, &good.adapter));
    }
    let folder = tempfile::tempdir()?;
    let starts: String = scripts.iter().map(|script| format!("({0}, m{0}::bank::app), ", script.seed)).collect();
    let main = format!("fn main() {{ countersign_proofs::served::main(&[{starts}]); }}\n");
    let program = compiler.build(folder.path(), &modules, &main)?;
    let file = folder.path().join("scripts.json");
    std::fs::write(&file, serde_json::to_string(&scripts)?)?;
    let output = std::process::Command::new(program).arg(&file).output()?;
    let mut answered = Answered { report, ..Answered::default() };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(served) = serde_json::from_str::<Served>(line) else { continue };
        answered.served += 1;
        answered.calls = (answered.calls.0 + served.calls, answered.calls.1 + served.passed);
        let problems = served.problems.into_iter().map(|problem| (served.seed, problem));
        answered.report.failures.extend(problems);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(
        answered.served == scripts.len(),
        "the program ended after {} of {}: {told}",
        answered.served,
        scripts.len()
    );
    Ok(answered)
}
