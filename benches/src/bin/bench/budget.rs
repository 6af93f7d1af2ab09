//! The instructions that a request may take, as they were recorded. A file has a line for each endpoint, its name and
//! thousands of instructions; what stands behind `#` is for people.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// How a request is counted: so many on one connection, after a quarter as many that are not. With more connections it depends on
/// the moment whether a thread finds something to do or is woken for it, which is a twentieth of a look-up.
pub const REQUESTS: usize = 1_000;
pub const CONNECTIONS: usize = 1;

/// How much more than recorded is let pass, in hundredths.
pub const SLACK: f64 = 5.0;

/// How often a request is counted that takes more than it may, each time by a server of its own; and how often one that is recorded,
/// of which the middle is written down.
pub const TRIES: usize = 3;

/// What a file begins with.
const HEAD: &str = "\
# Thousand instructions of a request to examples/powerauth-data-adapter as `cargo build --release` makes it, counted by callgrind.
# `.ci/run` fails if one takes 5 % more. Written by `bench --server ours=target/release/example-powerauth-data-adapter budget FILE
# --record`, to be run anew and committed with a change that is worth what it costs, or that saves.
#
# What the numbers depend on besides the sources: callgrind shows each program the same processor, one with AVX2 where the machine
# has it, and without instructions for SHA, so SHA-256 is counted in software. The compiler is that of rust-toolchain.toml; the
# system's C library (copies, comparisons, locks) and C compiler (allocator, SQLite) are not fixed: on a new system record first,
# then compare.
";

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

/// Writes a file of budgets.
pub fn write(path: &Path, counted: &[(&str, f64)]) -> Result<()> {
    let lines: String = counted.iter().map(|(name, number)| format!("{name} {number:.1}\n")).collect();
    std::fs::write(path, format!("{HEAD}{lines}")).with_context(|| format!("{} cannot be written", path.display()))
}

/// True if so many are more than was recorded and may be let pass.
pub fn is_over(counted: f64, recorded: f64) -> bool {
    counted > recorded * (1.0 + SLACK / 100.0)
}
