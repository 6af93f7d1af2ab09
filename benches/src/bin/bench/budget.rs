//! The instructions that a request may take, as they were recorded. A file has a line for each endpoint, its name and
//! thousands of instructions; what stands behind `#` is for people.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// How much more than recorded is let pass, in hundredths.
pub const SLACK: f64 = 5.0;

/// How often a request is counted that takes more than it may: how often threads wake up for it differs from run to run, by a tenth
/// where there is little else.
pub const TRIES: usize = 3;

/// Reads a file of budgets.
pub fn read(path: &Path) -> Result<BTreeMap<String, f64>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut budgets = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.split('#').next()).map(str::trim).filter(|line| !line.is_empty()) {
        let (name, number) =
            line.split_once(' ').with_context(|| format!("`name number` is expected, not `{line}`"))?;
        let number = number.trim().parse().with_context(|| format!("`{number}` is no number"))?;
        if budgets.insert(name.to_owned(), number).is_some() {
            bail!("`{name}` has two budgets");
        }
    }
    Ok(budgets)
}

/// True if so many are more than was recorded and may be let pass.
pub fn is_over(counted: f64, recorded: f64) -> bool {
    counted > recorded * (1.0 + SLACK / 100.0)
}
