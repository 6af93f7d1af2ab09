//! Reads what callgrind wrote: how many instructions there were, and how many of them a part of the program took itself.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

/// The instructions in a file, but those of functions whose names contain one of these.
pub fn instructions(file: &Path, without: &[String]) -> Result<f64> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let line = text.lines().find_map(|line| line.strip_prefix("totals:").or_else(|| line.strip_prefix("summary:")));
    let total: f64 =
        line.context("callgrind counted nothing")?.trim().parse().context("callgrind's count is no number")?;
    if without.is_empty() {
        return Ok(total);
    }
    let left_out = |name: &str| without.iter().any(|part| name.contains(part.as_str()));
    let own = own(&text);
    Ok(total - own.iter().filter(|(name, _)| left_out(name)).map(|(_, count)| count).sum::<f64>())
}

/// What each function took itself. A name stands there once, as `(number) name`, and is its number from then on; the line
/// behind `calls=` is what a called function took.
fn own(text: &str) -> BTreeMap<&str, f64> {
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut own: BTreeMap<&str, f64> = BTreeMap::new();
    let (mut function, mut is_of_call) = ("", false);
    for line in text.lines() {
        let named = line.strip_prefix("fn=").map(|said| (true, said));
        if let Some((is_own, said)) = named.or_else(|| line.strip_prefix("cfn=").map(|said| (false, said))) {
            let (number, name) = said.split_once(' ').unwrap_or((said, ""));
            let known = names.entry(number).or_insert(name);
            if is_own {
                function = known;
            }
        } else if line.starts_with("calls=") {
            is_of_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            let count = line.split(' ').nth(1).and_then(|count| count.parse().ok()).unwrap_or(0.0);
            if !std::mem::take(&mut is_of_call) {
                *own.entry(function).or_default() += count;
            }
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "\
fl=(1) a.rs
fn=(1) main
10 5
cfn=(2) sha2::compress
calls=3 20
+2 300
* 7
fn=(2)
20 300
fn=(3) sha2::new
+1 4
totals: 316
";

    #[test]
    fn a_function_is_counted_without_those_that_it_calls() {
        let own = own(WRITTEN);
        assert_eq!(own, BTreeMap::from([("main", 12.0), ("sha2::compress", 300.0), ("sha2::new", 4.0)]));
    }

    #[test]
    fn parts_are_left_out_by_name() {
        let file = std::env::temp_dir().join(format!("bench-{}-callgrind-test", std::process::id()));
        std::fs::write(&file, WRITTEN).unwrap();
        let of = |without: &[&str]| {
            instructions(&file, &without.iter().map(|&part| part.to_owned()).collect::<Vec<_>>()).unwrap()
        };
        assert_eq!((of(&[]), of(&["::compress"]), of(&["sha2::", "nothing"])), (316.0, 16.0, 12.0));
        std::fs::remove_file(file).unwrap();
    }
}
