//! Makes a definition that fails smaller: choices are deleted and lowered as long as it fails in the same way.

use anyhow::Result;

use crate::cells::{self, Cell};
use crate::judge::{Judge, Verdict};
use crate::report::class;
use crate::run;
use crate::tape::Tape;
use crate::typed::Compiler;

/// The most definitions that are tried.
const MOST: usize = 200;

/// The smallest definition found that fails as that of the seed does, as YAML, and why; none if the seed does not fail.
///
/// # Errors
/// The compiler cannot be run.
pub fn shrink(judge: &Judge, cells: &[Cell], compiler: &Compiler, seed: u64) -> Result<Option<(String, String)>> {
    let fails = |tape: Tape| -> Result<(Option<String>, String, Vec<u32>)> {
        let (draft, tape) = cells::of_tape(judge.words(), cells, seed, tape);
        let yaml = draft.yaml();
        let why = why(judge, compiler, seed, &yaml)?;
        Ok((why, yaml, tape.numbers().to_vec()))
    };
    let (Some(mut why), mut yaml, mut numbers) = fails(Tape::of(seed))? else { return Ok(None) };
    let wanted = class(&why);
    let (mut tried, mut at) = (0, 0);
    while at < numbers.len() && tried < MOST {
        let mut smaller = Vec::new();
        for change in [None, Some(0), Some(1)] {
            let mut other = numbers.clone();
            match (change, other.get_mut(at)) {
                (None, _) => drop(other.remove(at)),
                (Some(lower), Some(number)) if lower < *number => *number = lower,
                _ => continue,
            }
            smaller.push(other);
        }
        let mut found = false;
        for other in smaller {
            tried += 1;
            let (now, text, kept) = fails(Tape::replay(other))?;
            if let Some(now) = now.filter(|now| class(now) == wanted && text.len() < yaml.len()) {
                (why, yaml, numbers, found) = (now, text, kept, true);
                break;
            }
        }
        at += usize::from(!found);
    }
    Ok(Some((yaml, why)))
}

fn why(judge: &Judge, compiler: &Compiler, seed: u64, yaml: &str) -> Result<Option<String>> {
    match judge.judge(yaml) {
        Verdict::Refused(_) => Ok(None),
        Verdict::Broken(why) => Ok(Some(why)),
        Verdict::Good(good) => {
            let answered = run::serve_these(compiler, crate::report::Report::default(), vec![(seed, good)])?;
            Ok(answered.report.failures.into_iter().next().map(|(_, why)| why))
        }
    }
}
