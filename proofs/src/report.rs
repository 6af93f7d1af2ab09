//! What came of many definitions: by feature how many were written and called good, by class why they were refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::cells::Cell;

/// The share of a feature that must be called good, in percent, and from how many on it counts.
const LEAST: usize = 60;
const ENOUGH: usize = 10;

/// Counts of a feature.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    /// Definitions that have it.
    pub written: usize,
    /// Those that are called good.
    pub good: usize,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// By feature.
    pub features: BTreeMap<String, Count>,
    /// Class of refusal (kind of cell, id) -> how many, and the first seed.
    pub refusals: BTreeMap<(String, &'static str), (usize, u64)>,
    /// What is wrong, with its seed.
    pub failures: Vec<(u64, String)>,
}

/// The kind of a seed's cell, for classes of refusals.
pub fn kind(cells: &[Cell], seed: u64) -> String {
    match usize::try_from(seed).ok().and_then(|seed| cells.get(seed)) {
        None => "mixture".to_owned(),
        Some(Cell::Alone(..)) => "alone".to_owned(),
        Some(Cell::Pair(..)) => "pair".to_owned(),
        Some(Cell::Typed(_, position)) => format!("type as {position}"),
        Some(Cell::Ruled(rule, ..)) => format!("rule {rule}"),
        Some(Cell::Echoed(_)) => "echo".to_owned(),
        Some(Cell::Shaped(what, _)) => format!("form {what}"),
    }
}

/// The class of a failure: its first telling line without numbers.
pub fn class(why: &str) -> String {
    let line = why.lines().find(|line| line.trim_start().starts_with("error")).or_else(|| why.lines().next());
    let line = line.unwrap_or_default().trim();
    let line = line.split(" to {").next().unwrap_or(line).split(": 500").next().unwrap_or(line);
    let mut class: String = line.chars().map(|letter| if letter.is_ascii_digit() { '#' } else { letter }).collect();
    while class.contains("##") {
        class = class.replace("##", "#");
    }
    class
}

/// The lines of a list of classes: what stands before ` -- `.
pub fn listed(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split(" -- ").next().unwrap_or(line).trim()).collect()
}

impl Report {
    /// Counts a definition.
    pub fn count(&mut self, features: &BTreeSet<String>, good: bool) {
        for feature in features {
            let count = self.features.entry(feature.clone()).or_default();
            count.written += 1;
            count.good += usize::from(good);
        }
    }

    /// Counts a refusal.
    pub fn refuse(&mut self, kind: &str, ids: &[&'static str], seed: u64) {
        for id in ids {
            self.refusals.entry((kind.to_owned(), id)).or_insert((0, seed)).0 += 1;
        }
    }

    /// Adds another one.
    pub fn add(&mut self, other: Report) {
        for (feature, count) in other.features {
            let sum = self.features.entry(feature).or_default();
            sum.written += count.written;
            sum.good += count.good;
        }
        for (class, (times, seed)) in other.refusals {
            self.refusals.entry(class).or_insert((0, seed)).0 += times;
        }
        self.failures.extend(other.failures);
    }

    /// Features of which too few are called good, of those that are written often enough to tell.
    pub fn low(&self) -> Vec<String> {
        let plain = self.features.iter().filter(|(feature, _)| !feature.starts_with("odd "));
        let low = plain.filter(|(_, count)| count.written >= ENOUGH && 100 * count.good < LEAST * count.written);
        low.map(|(feature, count)| format!("{feature}: {} good of {}", count.good, count.written)).collect()
    }

    /// As it is printed.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (feature, count) in &self.features {
            let share = 100 * count.good / count.written.max(1);
            _ = writeln!(text, "{share:>4} % good of {:>6}  {feature}", count.written);
        }
        for ((kind, id), (times, seed)) in &self.refusals {
            _ = writeln!(text, "{times:>6} refused  {kind}: {id}  (seed {seed})");
        }
        for (seed, why) in &self.failures {
            _ = writeln!(text, "FAILED seed {seed}: {why}");
        }
        text
    }
}
