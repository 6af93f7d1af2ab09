//! `new`: a crate for a bank's hooks. Nothing that is there is ever written over.

use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use countersign::emit::{Templates, literal};
use countersign::load::DEMO;
use countersign::model::Adapter;
use countersign::naming;
use serde::Serialize;

use super::demo::{self, DemoUser};
use super::project::{self, Named};
use super::{Ended, Usage, runtime};

const TOOLCHAIN: &str = include_str!("../../../rust-toolchain.toml");
const LOCK: &str = include_str!("../../../Cargo.lock");

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

/// Makes the crate, and tells what to do next.
pub fn run(dir: &Path, extends: &str, asked: Option<&str>) -> anyhow::Result<Ended> {
    let ended = make(dir, extends, asked)?;
    if ended == Ended::Good {
        let here = dir.display();
        anstream::println!("made {here}; next:");
        anstream::println!("  {} generate {here}", project::program());
        anstream::println!("  cd {here} && cargo run -- {}", dev_arguments(dir).join(" "));
        anstream::println!("and write src/hooks.rs");
    }
    Ok(ended)
}

/// What its adapter is started with.
pub fn dev_arguments(dir: &Path) -> Vec<&'static str> {
    let mut arguments = vec!["--dev"];
    if dir.join(DEMO).is_file() {
        arguments.extend(["--settings", DEMO]);
    }
    arguments
}

/// Makes the crate.
pub fn make(dir: &Path, extends: &str, asked: Option<&str>) -> anyhow::Result<Ended> {
    let named = project::named(Path::new(extends))?;
    let opened = project::open(&named);
    let Some(adapter) = &opened.adapter else {
        project::tell(&opened);
        return Ok(Ended::Wrong);
    };
    let document = opened.loaded.as_ref().map(|loaded| loaded.document.to_json()).unwrap_or_default();
    let runtime = runtime::chosen(asked, dir)?;
    let templates = project::templates(Path::new("."))?;
    let extends = match &named {
        Named::BuiltIn(name) => name.clone(),
        Named::Folder(folder) => literal(&relative(dir, folder)?.display().to_string()),
    };
    let definition = Definition { extends, start: project::start(&named).map(|start| start.trim_end().to_owned()) };
    let vendored = !runtime.files.is_empty();
    let manifest = Manifest { name: crate_name(dir)?, runtime: runtime.dependency, vendored };
    let hooks = hooks(adapter, demo::of(&document, adapter).user);
    let mut files = vec![
        ("Cargo.toml".to_owned(), fill(&templates, "Cargo.toml", &manifest)?),
        ("adapter.yaml".to_owned(), fill(&templates, "adapter.yaml", &definition)?),
        ("src/main.rs".to_owned(), fill(&templates, "main.rs", &())?),
        ("src/hooks.rs".to_owned(), fill(&templates, "hooks.rs", &hooks)?),
        ("rust-toolchain.toml".to_owned(), TOOLCHAIN.to_owned()),
        ("Cargo.lock".to_owned(), LOCK.to_owned()),
        (".gitignore".to_owned(), "/target\n/data\n".to_owned()),
    ];
    files.extend(project::demo_settings(&named).map(|text| (DEMO.to_owned(), text)));
    files.extend(runtime.files);
    lay_down(dir, &files)?;
    Ok(Ended::Good)
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
    let way: PathBuf = up.chain(to.components().skip(shared)).collect();
    // A path is told from the name of a built-in definition by its first letter.
    Ok(if way.starts_with("..") { way } else { Path::new(".").join(way) })
}

/// The package's name: the folder's, as cargo wants it.
fn crate_name(dir: &Path) -> anyhow::Result<String> {
    let whole = std::path::absolute(dir)?;
    let name = whole.file_name().map(|name| naming::words(&name.to_string_lossy()).join("-")).unwrap_or_default();
    match name.starts_with(|first: char| first.is_ascii_lowercase()) {
        true => Ok(name),
        false => Err(Usage(format!("`{}` does not end in a name that a package can have", dir.display())).into()),
    }
}

/// Writes all files, or none if one of them is there.
fn lay_down(dir: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    let there: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).filter(|path| dir.join(path).exists()).collect();
    if !there.is_empty() {
        let list = there.join(", ");
        return Err(Usage(format!("`{}` has {list} already, and nothing is ever written over", dir.display())).into());
    }
    for (path, text) in files {
        let path = dir.join(path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            let mut file = fs::File::create_new(&path)?;
            file.write_all(text.as_bytes())
        });
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
