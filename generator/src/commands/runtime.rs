//! Where a bank's adapter gets the runtime from: a path, a registry, a repository, or the sources in this program.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use countersign::bundle::{CHANGELOG, ENGINE, LICENSE, MACROS, MANIFEST, RUNTIME, name_in_checkout};
use countersign::write::{VERSION, hash};
use include_dir::Dir;

use super::{Usage, project};

/// The folder of the runtime in a bank's crate.
pub const VENDOR: &str = "vendor";

/// The file in it that names the version, and lists the others with their hashes.
const VENDOR_MANIFEST: &str = ".manifest";

/// A dependency on the runtime.
#[derive(Debug)]
pub struct Runtime {
    /// What stands behind `countersign-runtime =`.
    pub dependency: String,
    /// Files to write beside the adapter.
    pub files: Vec<(String, String)>,
}

/// Chooses by what was asked for; by default the checkout around the current folder or the new one, else our own.
pub fn chosen(asked: Option<&str>, dir: &Path) -> anyhow::Result<Runtime> {
    let Some(asked) = asked else { return Ok(by_default(dir)) };
    let plain = |key: &str, value: &str| Ok(Runtime { dependency: dependency(key, value), files: Vec::new() });
    if asked == "git" {
        return match env!("CARGO_PKG_REPOSITORY") {
            "" => Err(Usage("say the address of the repository: `--runtime https://…`".to_owned()).into()),
            address => plain("git", address),
        };
    }
    if asked.contains("://") || asked.starts_with("git@") {
        return plain("git", asked);
    }
    if Path::new(asked).join("Cargo.toml").is_file() {
        let path = Path::new(asked).canonicalize()?;
        return plain("path", &path.display().to_string());
    }
    if asked.starts_with(|first: char| first.is_ascii_digit() || "=^~*<>".contains(first)) {
        return plain("version", asked);
    }
    Err(Usage(format!("`{asked}` is no folder of the runtime, no version, no address and not `git`")).into())
}

fn by_default(dir: &Path) -> Runtime {
    let around = dir.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let root = project::checkout(Path::new(".")).or_else(|| project::checkout(around));
    match root {
        Some(root) => {
            let path = root.join("runtime").display().to_string();
            Runtime { dependency: dependency("path", &path), files: Vec::new() }
        }
        None => Runtime { dependency: dependency("path", "vendor/runtime"), files: vendored() },
    }
}

/// The runtime with the API's page, which a bank may take out.
fn dependency(key: &str, value: &str) -> String {
    format!("{{ {key} = {}, features = [\"page\"] }}", quoted(value))
}

/// The sources of the runtime and its macros, as a workspace of their own.
pub fn vendored() -> Vec<(String, String)> {
    let mut files = vec![
        ("vendor/Cargo.toml".to_owned(), vendored_manifest()),
        ("vendor/LICENSE".to_owned(), LICENSE.to_owned()),
        ("vendor/CHANGELOG.md".to_owned(), CHANGELOG.to_owned()),
    ];
    for (name, folder) in [("runtime", &RUNTIME), ("macros", &MACROS), ("engine", &ENGINE)] {
        let mut open: Vec<&Dir<'_>> = folder.dirs().filter(|inner| inner.path() == Path::new("src")).collect();
        let mut found: Vec<_> = folder.files().collect();
        while let Some(inner) = open.pop() {
            open.extend(inner.dirs());
            found.extend(inner.files());
        }
        let texts =
            found.into_iter().filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?)));
        files.extend(texts.map(|(path, text)| (format!("vendor/{name}/{}", name_in_checkout(&path)), text.to_owned())));
    }
    files.sort();
    let list = files.iter().map(|(path, text)| format!("{}  {}\n", hash(text), path.trim_start_matches("vendor/")));
    let list = format!("# countersign {VERSION}\n{}", list.collect::<String>());
    files.push((format!("{VENDOR}/{VENDOR_MANIFEST}"), list));
    files
}

/// The files that a list names, with their hashes.
pub fn listed(list: &str) -> BTreeMap<String, String> {
    let lines = list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once("  "));
    lines.map(|(hash, path)| (path.to_owned(), hash.to_owned())).collect()
}

/// What distinguishes one list of sources from another, short enough to be read.
fn build_of(list: &str) -> String {
    hash(list).chars().take(8).collect()
}

/// Why the runtime of a crate is another than the one that this program writes code for, and what to do; nothing if it is this one.
pub fn mismatch(folder: &Path) -> Option<String> {
    let vendor = folder.join(VENDOR);
    match vendor.join("runtime").is_dir() {
        true => {
            let list = list_in(&vendor);
            other_build(folder, &vendor, &list).or_else(|| changed_by_hand(folder, &vendor, &list))
        }
        false => other_version(folder),
    }
}

/// Why another build of this program wrote a vendored runtime, and what to do; nothing if this one did.
fn other_build(folder: &Path, vendor: &Path, list: &str) -> Option<String> {
    let ours = vendored().pop().map(|(_, list)| list).unwrap_or_default();
    let theirs =
        list.lines().next().and_then(|line| line.strip_prefix("# countersign ")).unwrap_or("an earlier version");
    (sources(list) != sources(&ours)).then(|| {
        format!(
            "`{}` is the runtime of another build of countersign ({theirs}, {}; this is {VERSION}, {})\n  \
             `countersign upgrade {}` renews both; in a pipeline, run the version that wrote them",
            vendor.display(),
            build_of(list),
            build_of(&ours),
            folder.display()
        )
    })
}

/// Which vendored file is not as its list says, and what to do; nothing if all are.
fn changed_by_hand(folder: &Path, vendor: &Path, list: &str) -> Option<String> {
    let list = sources(list);
    let (path, state) = changed(vendor, &list).next()?;
    let (path, folder) = (vendor.join(path), folder.display());
    let path = path.display();
    Some(match state {
        Changed::Edited => format!(
            "`{path}` was edited by hand\n  put it aside, and `countersign upgrade {folder}` brings back the one that \
             belongs to this program"
        ),
        Changed::Missing => format!("`{path}` is missing\n  `countersign upgrade {folder}` brings it back"),
    })
}

/// Why a runtime from elsewhere is of a version that this program does not write code for; nothing if it does.
fn other_version(folder: &Path) -> Option<String> {
    let locked = locked(folder)?;
    let minor =
        |version: &str| version.rsplit_once('.').map_or_else(|| version.to_owned(), |(minor, _)| minor.to_owned());
    (minor(&locked) != minor(VERSION)).then(|| {
        format!(
            "`{}` uses countersign-runtime {locked}, this program writes for {VERSION}\n  set its version in Cargo.toml to {VERSION}, \
             or run the program that wrote the code",
            folder.display()
        )
    })
}

/// How a vendored file differs from its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Its content is another, or cannot be read.
    Edited,
    /// It is not there.
    Missing,
}

/// The files that are not as a list says, in its order.
pub fn changed<'a>(
    vendor: &'a Path,
    list: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = (&'a str, Changed)> + 'a {
    list.iter().filter_map(|(path, listed)| match hash_of(&vendor.join(path)) {
        Ok(hash) if hash == *listed => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some((path.as_str(), Changed::Missing)),
        _ => Some((path.as_str(), Changed::Edited)),
    })
}

/// The list of a vendored runtime; empty where there is none.
pub fn list_in(vendor: &Path) -> String {
    fs::read_to_string(vendor.join(VENDOR_MANIFEST)).unwrap_or_default()
}

/// What a list names and a compiler reads.
fn sources(list: &str) -> BTreeMap<String, String> {
    let mut listed = listed(list);
    listed.retain(|path, _| !path.ends_with(".md"));
    listed
}

/// A file's hash, whatever line ends a checkout gave it.
fn hash_of(file: &Path) -> io::Result<String> {
    let bytes = fs::read(file)?;
    Ok(hash(String::from_utf8_lossy(&bytes).replace("\r\n", "\n")))
}

/// The version of the runtime in the lock file that holds for a folder.
fn locked(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let lock = folder.ancestors().find_map(|folder| fs::read_to_string(folder.join("Cargo.lock")).ok())?;
    let (_, after) = lock.split_once("name = \"countersign-runtime\"\nversion = \"")?;
    Some(after.split_once('"')?.0.to_owned())
}

/// Our own manifest, but with the vendored members alone.
fn vendored_manifest() -> String {
    let mut text = String::new();
    for line in MANIFEST.lines() {
        match line.split_once(" = ").map(|(key, _)| key.trim()) {
            Some("members") => text.push_str("members = [\"engine\", \"macros\", \"runtime\"]"),
            Some("default-members") => continue,
            Some(name) if name.starts_with("example-") => continue,
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// A TOML string.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|character| match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            other if other.is_control() => format!("\\u{:04X}", u32::from(other)),
            other => other.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}
