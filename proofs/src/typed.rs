//! Asks the compiler: many generated modules in one crate, type-checked at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use countersign::emit::File;
use serde_json::Value;

/// Where the compiler finds what generated code stands on.
#[derive(Debug, Clone)]
pub struct Compiler {
    rustc: PathBuf,
    deps: PathBuf,
    /// Crate -> library.
    externs: BTreeMap<String, PathBuf>,
}

/// A module of the crate.
#[derive(Debug)]
pub struct Module<'f> {
    /// Whose.
    pub seed: u64,
    /// Its files.
    pub files: &'f [File],
    /// Further files, such as a bank.
    pub more: Vec<(String, String)>,
}

/// What the compiler says.
#[derive(Debug)]
pub struct Compiled {
    /// Seed -> errors, for modules that do not compile.
    pub wrong: BTreeMap<u64, String>,
}

impl Compiler {
    /// Builds the runtime and this crate, if they are not built yet.
    ///
    /// # Errors
    /// Cargo fails.
    pub fn built() -> Result<Compiler> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace")?;
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let arguments = ["build", "-q", "--locked", "-p", "countersign-proofs", "--lib", "--message-format=json"];
        let output = Command::new(cargo).args(arguments).current_dir(root).output().context("cargo")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut externs = BTreeMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            let (Some(name), Some(files)) = (text(&message, "/target/name"), list(&message, "/filenames")) else {
                continue;
            };
            let library = files.iter().filter_map(Value::as_str).find(|file| file.ends_with(".rlib"));
            if let (Some(file), "countersign_runtime" | "countersign_proofs" | "tokio") = (library, name) {
                externs.insert(name.to_owned(), PathBuf::from(file));
            }
        }
        let folder = externs.get("countersign_runtime").and_then(|file| file.parent()).map(Path::to_owned);
        let folder = folder.context("the runtime's library")?;
        let deps = if folder.ends_with("deps") { folder } else { folder.join("deps") };
        Ok(Compiler { rustc: rustc(root)?, deps, externs })
    }

    /// Type-checks modules.
    ///
    /// # Errors
    /// Files cannot be written, or the compiler ends with an error that no module has.
    pub fn check(&self, modules: &[Module<'_>]) -> Result<Compiled> {
        let folder = tempfile::tempdir()?;
        write(folder.path(), modules, "")?;
        let output = self.rustc(folder.path(), &["--crate-type", "lib", "--emit", "metadata"])?;
        let wrong = by_module(&String::from_utf8_lossy(&output.stderr));
        if !output.status.success() && wrong.is_empty() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(Compiled { wrong })
    }

    /// Builds a program of modules; `main` is its last file.
    ///
    /// # Errors
    /// It does not compile.
    pub fn build(&self, folder: &Path, modules: &[Module<'_>], main: &str) -> Result<PathBuf> {
        write(folder, modules, main)?;
        let program = folder.join("program");
        let output =
            self.rustc(folder, &["--crate-type", "bin", "--emit", "link", "-o", &program.display().to_string()])?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(program)
    }

    fn rustc(&self, folder: &Path, how: &[&str]) -> Result<std::process::Output> {
        let mut command = Command::new(&self.rustc);
        command.current_dir(folder).args(["--edition", "2024", "--crate-name", "written", "lib.rs"]);
        command.args(["--error-format", "json", "-A", "warnings", "-C", "debuginfo=0", "-C", "opt-level=0"]);
        command.arg("-L").arg(format!("dependency={}", self.deps.display()));
        for (name, file) in &self.externs {
            command.arg("--extern").arg(format!("{name}={}", file.display()));
        }
        command.args(how).env("CARGO_PKG_VERSION", "1.0.0");
        command.output().context("rustc")
    }
}

/// The compiler that the workspace's toolchain file names, which counts in the workspace's folder alone.
fn rustc(root: &Path) -> Result<PathBuf> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).current_dir(root).output().context("rustc")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("bin/rustc"))
}

fn write(folder: &Path, modules: &[Module<'_>], main: &str) -> Result<()> {
    let mut root = String::new();
    for module in modules {
        let name = format!("m{}", module.seed);
        root.push_str(&format!("pub mod {name};\n"));
        let inside = folder.join(&name);
        fs::create_dir_all(&inside)?;
        let more = module.more.iter().map(|(name, text)| (name, text));
        for (name, text) in module.files.iter().map(|file| (&file.name, &file.text)).chain(more) {
            fs::write(inside.join(name), text)?;
        }
    }
    fs::write(folder.join("lib.rs"), root + main)?;
    Ok(())
}

/// Errors by the module in which they stand.
fn by_module(messages: &str) -> BTreeMap<u64, String> {
    let mut all: BTreeMap<u64, String> = BTreeMap::new();
    for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        if text(&message, "/level") != Some("error") {
            continue;
        }
        let mut files = list(&message, "/spans").into_iter().flatten().filter_map(|span| text(span, "/file_name"));
        let seed = files.find_map(|file| file.strip_prefix('m')?.split_once('/')?.0.parse().ok());
        if let Some(seed) = seed {
            all.entry(seed).or_default().push_str(text(&message, "/rendered").unwrap_or_default());
        }
    }
    all
}

fn text<'j>(json: &'j Value, at: &str) -> Option<&'j str> {
    json.pointer(at).and_then(Value::as_str)
}

fn list<'j>(json: &'j Value, at: &str) -> Option<&'j Vec<Value>> {
    json.pointer(at).and_then(Value::as_array)
}
