//! `try`: an adapter in a temporary folder, built and running, with a call that it answers.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, bail};

use countersign::load::DEMO;
use signal_hook::consts::TERM_SIGNALS;

use super::project::{self, Named};
use super::running::{HowItEnded, Running};
use super::{Outcome, Usage, demo, new};

/// Makes, generates, builds and serves; removes the folder at the end, unless it is to be kept.
pub fn run(name: &str, keep: bool) -> anyhow::Result<Outcome> {
    let Named::BuiltIn(name) = project::named(Path::new(name))? else {
        return Err(Usage(format!("`{name}` is a folder; `try` takes the name of a built-in definition")).into());
    };
    let listen = match std::env::var("COUNTERSIGN_LISTEN") {
        Ok(listen) => {
            listen.parse().map_err(|_| Usage(format!("COUNTERSIGN_LISTEN: `{listen}` is no address and port")))?
        }
        Err(_) => free_address(8080)?,
    };
    let folder = Folder { path: std::env::temp_dir().join(format!("countersign-{}", std::process::id())), keep };
    let stopped = Arc::new(AtomicBool::new(false));
    for signal in TERM_SIGNALS {
        signal_hook::flag::register(*signal, stopped.clone()).context("cannot wait for signals")?;
    }
    let dir = folder.path.join(format!("try-{name}"));
    let made = new::make(&dir, &name, None, None)?;
    if made != Outcome::Good {
        return Ok(made);
    }
    anstream::println!("made {}", dir.display());
    let Some(binary) = build(&dir, &format!("try-{name}"), &stopped)? else { return Ok(Outcome::Good) };
    let mut adapter = Running(serve(&binary, &dir, listen, free_address(8081)?)?);
    if !adapter.listens(listen, &stopped)? {
        return Ok(Outcome::Good);
    }
    print_next_steps(&name, &dir, listen, keep);
    match adapter.wait(&stopped)? {
        HowItEnded::ByItself(status) if status.code().is_some_and(|code| code != 0) => {
            bail!("the adapter ended with {status}")
        }
        _ => Ok(Outcome::Good),
    }
}

/// A folder that is removed at the end.
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep
            && self.path.exists()
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            anstream::eprintln!("cannot remove `{}`: {error}", self.path.display());
        }
    }
}

/// Builds with the checkout's target folder, so that what is compiled there is not compiled again. None if this program was told
/// to stop.
fn build(dir: &Path, name: &str, stopped: &AtomicBool) -> anyhow::Result<Option<PathBuf>> {
    let shared = || project::checkout(Path::new(".")).map(|root| root.join("target"));
    let given = std::env::var_os("CARGO_TARGET_DIR").map(std::path::absolute).transpose()?;
    let target = given.or_else(shared).unwrap_or_else(|| dir.join("target"));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.arg("build").current_dir(dir).env("CARGO_TARGET_DIR", &target);
    anstream::println!("building; the first time this takes two to four minutes");
    let mut building = Running(build.spawn().context("cannot run cargo")?);
    match building.wait(stopped)? {
        HowItEnded::ByItself(status) if !status.success() => bail!("the adapter in `{}` does not build", dir.display()),
        HowItEnded::ByItself(_) => {
            Ok(Some(target.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))))
        }
        HowItEnded::Stopped => Ok(None),
    }
}

fn serve(binary: &Path, dir: &Path, listen: SocketAddr, operations: SocketAddr) -> anyhow::Result<Child> {
    let mut serve = Command::new(binary);
    serve.args(new::dev_arguments(dir.join(DEMO).is_file())).current_dir(dir);
    serve.env("COUNTERSIGN_LISTEN", listen.to_string()).env("COUNTERSIGN_OPS_LISTEN", operations.to_string());
    serve.spawn().with_context(|| format!("cannot start `{}`", binary.display()))
}

/// The usual port, or another if that is taken.
fn free_address(usual: u16) -> anyhow::Result<SocketAddr> {
    let bind = |port: u16| TcpListener::bind(("127.0.0.1", port)).and_then(|listener| listener.local_addr());
    bind(usual).or_else(|_| bind(0)).context("no port is free")
}

fn print_next_steps(name: &str, dir: &Path, listen: SocketAddr, keep: bool) {
    let opened = project::open(&Named::BuiltIn(name.to_owned()));
    let document = opened.loaded.as_ref().map(|loaded| loaded.document.to_json()).unwrap_or_default();
    let call = opened.adapter.as_ref().and_then(|adapter| demo::of(&document, adapter).call);
    anstream::println!("\n{name} answers on http://{listen}. Ask it something:\n");
    if let Some(call) = call {
        anstream::println!("  {}\n", call.curl(&listen.to_string()));
    }
    let (here, program) = (dir.display(), project::program());
    if keep {
        anstream::println!("Yours to edit: {here}/src/hooks.rs");
        anstream::println!("          and: {here}/adapter.yaml, then `{program} generate {here}`");
        let start = new::dev_arguments(dir.join(DEMO).is_file()).join(" ");
        anstream::println!("Ctrl-C stops it; `cargo run -- {start}` in {here} starts it again.");
    } else {
        anstream::println!("Ctrl-C stops it and removes {here}; `try {name} --keep` leaves it to be edited.");
    }
    anstream::println!("One to keep: `{program} new ../my-bank --extends {name}`");
}
