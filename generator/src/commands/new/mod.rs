//! `new`: a crate for a bank's hooks. Nothing that is there is ever written over.

use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use countersign::bundle::{LOCK, TOOLCHAIN};
use countersign::emit::{Templates, literal};
use countersign::load::DEMO;
use countersign::model::Adapter;
use countersign::naming;
use serde::Serialize;

mod settings;
mod starter;

use self::starter::Starter;
use super::demo::{self, DemoUser};
use super::project::{self, Named};
use super::{Outcome, Usage, generate, runtime};

#[derive(Serialize)]
struct Manifest {
    name: String,
    runtime: String,
    vendored: bool,
}

#[derive(Serialize)]
struct Definition {
    extends: String,
    start: Option<String>,
}

#[derive(Serialize)]
struct Hooks {
    sends: bool,
    unfinished: String,
    user: Option<DemoUser>,
    own: Vec<OwnHook>,
    own_imports: String,
}

#[derive(Serialize)]
struct OwnHook {
    name: String,
    input: String,
    output: String,
    fault: String,
}

/// Makes the crate, generates, and says what to do next.
pub fn run(dir: &Path, extends: &str, asked: Option<&str>, name: Option<&str>) -> anyhow::Result<Outcome> {
    let ended = make(dir, extends, asked, name)?;
    if ended == Outcome::Good {
        let here = dir.display();
        anstream::println!("made {here}; next:");
        anstream::println!("  cd {here} && cargo run -- {}", dev_arguments(dir.join(DEMO).is_file()).join(" "));
        anstream::println!("and write src/hooks.rs; README.md says where is what");
    }
    Ok(ended)
}

/// What its adapter is started with.
pub fn dev_arguments(has_demo: bool) -> Vec<&'static str> {
    let settings: &[&str] = if has_demo { &["--settings", DEMO] } else { &[] };
    [&["--dev"], settings].concat()
}

/// Makes the crate.
pub fn make(dir: &Path, extends: &str, asked: Option<&str>, name: Option<&str>) -> anyhow::Result<Outcome> {
    let package = package_name(dir, name)?;
    let named = project::named(Path::new(extends))?;
    let opened = project::open(&named);
    let Some(adapter) = &opened.adapter else {
        project::print_diagnostics(&opened);
        return Ok(Outcome::Wrong);
    };
    let document = opened.loaded.as_ref().map(|loaded| loaded.document.to_json()).unwrap_or_default();
    let runtime = runtime::chosen(asked, dir)?;
    let templates = project::templates(Path::new("."))?;
    let extends_as_written = extends;
    let extends = match &named {
        Named::BuiltIn(name) => name.clone(),
        Named::Folder(folder) => literal(&relative(dir, folder)?.display().to_string()),
    };
    let definition = Definition { extends, start: project::start(&named).map(|start| start.trim_end().to_owned()) };
    let vendored = !runtime.files.is_empty();
    let manifest = Manifest { name: package.clone(), runtime: runtime.dependency, vendored };
    let demo = demo::of(&document, adapter);
    let settings = project::demo_settings(&named);
    let starter = Starter {
        name: package,
        extends: extends_as_written.to_owned(),
        start: dev_arguments(settings.is_some()),
        call: demo.call.map(|call| call.curl("127.0.0.1:8080")),
    };
    let hooks = hooks(adapter, demo.user);
    let mut files = vec![
        ("Cargo.toml".to_owned(), fill(&templates, "Cargo.toml", &manifest)?),
        ("adapter.yaml".to_owned(), fill(&templates, "adapter.yaml", &definition)?),
        ("src/main.rs".to_owned(), fill(&templates, "main.rs", &())?),
        ("src/hooks.rs".to_owned(), fill(&templates, "hooks.rs", &hooks)?),
        ("rust-toolchain.toml".to_owned(), TOOLCHAIN.to_owned()),
        ("Cargo.lock".to_owned(), LOCK.to_owned()),
        (".gitignore".to_owned(), "/target\n/data\n".to_owned()),
    ];
    files.extend(starter.files(&templates, adapter)?);
    files.extend(settings.map(|text| (DEMO.to_owned(), text)));
    files.extend(runtime.files);
    lay_down(dir, &files)?;
    generate::quietly(dir)?;
    Ok(Outcome::Good)
}

fn fill(templates: &Templates, name: &str, view: &impl Serialize) -> anyhow::Result<String> {
    let text = templates.fill(&format!("crate/{name}.j2"), view);
    text.with_context(|| format!("the template `crate/{name}.j2` cannot be filled"))
}

fn hooks(adapter: &Adapter, user: Option<DemoUser>) -> Hooks {
    let own: Vec<OwnHook> = adapter
        .hooks
        .iter()
        .map(|hook| {
            let input = naming::pascal(&hook.name);
            let output = if hook.gives.is_empty() { "()".to_owned() } else { format!("{input}Gives") };
            OwnHook { name: hook.name.clone(), output, fault: format!("{input}Fault"), input }
        })
        .collect();
    let sends = !adapter.needs_no_gateway;
    let shipped = if sends { &["lookup_user", "send_sms"][..] } else { &["lookup_user"] };
    let names = shipped.iter().copied().chain(own.iter().map(|hook| hook.name.as_str()));
    let unfinished: Vec<String> = names.map(literal).collect();
    let mut imports: Vec<&str> = own.iter().flat_map(|hook| [hook.input.as_str(), &hook.output, &hook.fault]).collect();
    imports.retain(|name| *name != "()");
    imports.push("OwnHooks");
    imports.sort_unstable();
    Hooks { unfinished: format!("[{}]", unfinished.join(", ")), sends, user, own_imports: imports.join(", "), own }
}

/// The way from one folder, which need not be there yet, to another: it holds wherever both are moved together.
fn relative(from: &Path, to: &Path) -> anyhow::Result<PathBuf> {
    let to = to.canonicalize()?;
    let from = std::path::absolute(from)?;
    let there = from.ancestors().find(|folder| folder.exists()).unwrap_or(&from);
    let from = there.canonicalize()?.join(from.strip_prefix(there).unwrap_or(Path::new("")));
    let shared = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(to.components().skip(shared)).collect();
    // A path is distinguished from the name of a built-in definition by its first letter.
    Ok(if relative.starts_with("..") { relative } else { Path::new(".").join(relative) })
}

/// The package's name: the one that was asked for, else the folder's as cargo wants it.
fn package_name(dir: &Path, asked: Option<&str>) -> anyhow::Result<String> {
    let name = formed_name(dir, asked)?;
    match whose(&name) {
        Some(whose) => {
            let text =
                format!("a package called `{name}` cannot be built: {whose}; say another name: `--name my-bank`");
            Err(Usage(text).into())
        }
        None => Ok(name),
    }
}

/// Whose a name is that no package can have.
fn whose(name: &str) -> Option<&'static str> {
    match name {
        "countersign" | "countersign-engine" | "countersign-macros" | "countersign-runtime" => {
            Some("a crate that it needs is called so")
        }
        "alloc" | "core" | "proc-macro" | "std" | "test" => Some("a crate of Rust itself is called so"),
        "build" | "deps" | "examples" | "incremental" => Some("cargo has a folder of that name beside the programs"),
        name if naming::is_keyword(name) => Some("it is a word of Rust"),
        _ => None,
    }
}

fn formed_name(dir: &Path, asked: Option<&str>) -> anyhow::Result<String> {
    if let Some(asked) = asked {
        return match is_package_name(asked) {
            true => Ok(asked.to_owned()),
            false => {
                let rule = "a package's name has lower-case letters a to z, digits and `-`, and begins with a letter";
                Err(Usage(format!("`{asked}` is no name of a package: {rule}")).into())
            }
        };
    }
    let whole = std::path::absolute(dir)?;
    let last = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = naming::words(&last).join("-");
    match last.is_ascii() && is_package_name(&name) {
        true => Ok(name),
        false => {
            let text = format!(
                "`{}` does not end in a name that a package can have; say one: `--name my-bank`",
                dir.display()
            );
            Err(Usage(text).into())
        }
    }
}

fn is_package_name(name: &str) -> bool {
    let may_be = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.chars().all(may_be) && !name.ends_with('-')
}

/// Writes all files, or none if one of them is there.
fn lay_down(dir: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    let there: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).filter(|path| dir.join(path).exists()).collect();
    if !there.is_empty() {
        return Err(Usage(already(dir, &there)).into());
    }
    for (path, text) in files {
        let path = dir.join(path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            if path.extension().is_some_and(|ending| ending == "sh") {
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o755);
            }
            options.open(&path)?.write_all(text.as_bytes())
        });
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

/// What is there already, in three lines at most.
fn already(dir: &Path, there: &[&str]) -> String {
    let (first, rest) = there.split_at(there.len().min(6));
    let further = if rest.is_empty() { String::new() } else { format!(" and {} further files", rest.len()) };
    format!(
        "`{}` is an adapter already, and nothing is ever written over\n  it has {}{further}\n  `generate` renews src/generated",
        dir.display(),
        first.join(", ")
    )
}
