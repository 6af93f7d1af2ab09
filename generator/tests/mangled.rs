//! Mangled definitions: whatever stands in the files, the answer is a list of mistakes or a model, never a panic,
//! and it comes soon.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use countersign::check::check;
use countersign::diagnostic::{Diagnostic, json, render, sarif};
use countersign::load::{Files, Library, definition};

/// How many definitions one test mangles; `COUNTERSIGN_MANGLED` sets another number.
const COUNT: u64 = 150;

#[test]
fn bytes_are_changed() {
    for_each_seed(|random, text| {
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..=random.below(8) {
            let at = random.below(bytes.len());
            let byte = b" \n:-{}[]'\"&*!|>#,.a0\\\t%@\xc4\xff"[random.below(26)];
            match random.below(3) {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => {
                    bytes.remove(at);
                }
            }
        }
        bytes
    });
}

#[test]
fn lines_are_moved() {
    for_each_seed(|random, text| {
        let mut lines: Vec<&str> = text.lines().collect();
        for _ in 0..=random.below(6) {
            let (from, to) = (random.below(lines.len()), random.below(lines.len()));
            match random.below(3) {
                0 => lines.swap(from, to),
                1 => {
                    lines.remove(from);
                }
                _ => lines.insert(to, lines[from]),
            }
        }
        lines.join("\n").into_bytes()
    });
}

#[test]
fn words_are_exchanged() {
    for_each_seed(|random, text| {
        let words: Vec<&str> = text.split(' ').filter(|word| !word.trim().is_empty()).collect();
        let mut changed = text.to_owned();
        for _ in 0..=random.below(6) {
            let (from, to) = (words[random.below(words.len())].trim(), words[random.below(words.len())].trim());
            changed = changed.replacen(from, to, 1);
        }
        changed.into_bytes()
    });
}

#[test]
fn bombs_are_refused_soon() {
    let aliases = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
        + &(1..20).map(|at| format!("b{at}: &b{at} [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n")).collect::<String>();
    let deep = "[".repeat(500_000);
    let flow = "{a: ".repeat(200_000);
    let indented: String = (0..1_000).map(|at| format!("{}a:\n", " ".repeat(at))).collect();
    let keys: String = (0..60_000).map(|at| format!("k{at}: 1\n")).collect();
    let long = format!("adapter: {}", "x".repeat(1_000_000));
    let words = format!("payloads: {{ A: {{ b: {} }} }}", "optional ".repeat(50_000));
    let nested: String = (0..11).map(|at| payload(at, |field| format!("f{field}: P{}", at + 1))).collect();
    let included: String = (0..11)
        .map(|at| {
            payload(at, |_| String::new())
                .replace("{  }", &format!("{{ +: [{}] }}", format!("P{}, ", at + 1).repeat(9)))
        })
        .collect();
    let chain: String = (0..9_000).map(|at| payload(at, |field| format!("f{field}: P{}", at + 1))).collect();
    let circle: String = (0..9_000).map(|at| payload(at, |_| format!("f: P{}", (at + 1) % 9_000))).collect();
    let many: String = (0..9_000).map(|at| payload(at, |field| format!("f{field}: optional user.id"))).collect();
    for (name, text) in [
        ("nested", format!("payloads:\n{nested}  P11: {{ a: text }}\n")),
        ("included", format!("payloads:\n{included}  P11: {{ a: text }}\n")),
        ("chain", format!("payloads:\n{chain}  P9000: {{ a: text }}\n")),
        ("circle", format!("payloads:\n{circle}")),
        ("many", format!("payloads:\n{many}")),
        ("aliases", aliases),
        ("deep", deep),
        ("flow", flow),
        ("indented", indented),
        ("keys", keys),
        ("long", long),
        ("words", words),
    ] {
        let start = Instant::now();
        run(vec![("adapter.yaml".to_owned(), text.into_bytes())]);
        let limit = if cfg!(debug_assertions) { 20 } else { 1 };
        assert!(start.elapsed() < Duration::from_secs(limit), "{name} took {:?}", start.elapsed());
    }
}

/// `P7: { f0: .., f1: .. }`, with as many fields as are different.
fn payload(at: usize, field: impl Fn(usize) -> String) -> String {
    let mut fields: Vec<String> = (0..9).map(field).collect();
    fields.dedup();
    format!("  P{at}: {{ {} }}\n", fields.join(", "))
}

/// Mangles one file of the shipped definition for each seed.
fn for_each_seed(mangle: impl Fn(&mut Random, &str) -> Vec<u8>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../definitions/powerauth-data-adapter");
    let files = [
        "adapter.yaml",
        "errors.yaml",
        "payloads.yaml",
        "messages/cs.yaml",
        "examples/sms.yaml",
        "examples/values.yaml",
    ];
    let texts: Files = files.iter().map(|name| ((*name).to_owned(), fs::read(folder.join(name)).unwrap())).collect();
    let count = std::env::var("COUNTERSIGN_MANGLED").ok().and_then(|count| count.parse().ok()).unwrap_or(COUNT);
    for seed in 1..=count {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut files = texts.clone();
        let at = random.below(files.len());
        files[at].1 = mangle(&mut random, std::str::from_utf8(&texts[at].1).unwrap());
        let start = Instant::now();
        run(files);
        assert!(start.elapsed() < Duration::from_secs(10), "seed {seed} took {:?}", start.elapsed());
    }
}

/// A library that holds the one definition that is tried.
struct One(Files);

impl Library for One {
    fn names(&self) -> Vec<String> {
        vec!["one".to_owned()]
    }

    fn files(&self, name: &str) -> Option<Files> {
        (name == "one").then(|| self.0.clone())
    }
}

/// Loads, checks and shows the definition alone and as the base of a tailoring.
fn run(files: Files) {
    let library = One(files);
    let tailoring = tempfile::tempdir().unwrap();
    fs::write(tailoring.path().join("adapter.yaml"), "extends: one\nadapter: mine\n").unwrap();
    match definition(tailoring.path(), &library) {
        Err(error) => show(&error.diagnostics, &error.sources),
        Ok(loaded) => {
            let checked = check(&loaded);
            show(&checked.diagnostics, &loaded.sources);
            assert_eq!(checked.adapter.is_none(), checked.diagnostics.iter().any(Diagnostic::is_error));
            if let Some(adapter) = checked.adapter {
                for endpoint in &adapter.endpoints {
                    assert!(!countersign::explain::endpoint(&adapter, &endpoint.name).is_empty());
                }
            }
        }
    }
}

fn show(diagnostics: &[Diagnostic], sources: &countersign::source::Sources) {
    let few = &diagnostics[..diagnostics.len().min(20)];
    assert_eq!(render(few, sources, false).is_empty(), few.is_empty());
    assert!(json(few, sources).is_array() && sarif(few, sources).is_object());
}

/// Enough chance for a test, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }
}
