//! `try`: an adapter in a temporary folder, built and running, with a call that it answers.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use countersign::load::DEMO;

use super::project::{self, Named};
use super::{Ended, Usage, demo, new};

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes, generates, builds and serves.
pub fn run(name: &str) -> anyhow::Result<Ended> {
    let Named::BuiltIn(name) = project::named(Path::new(name))? else {
        return Err(Usage(format!("`{name}` is a folder; `try` takes the name of a built-in definition")).into());
    };
    let dir = std::env::temp_dir().join(format!("countersign-{}", std::process::id())).join(format!("try-{name}"));
    let made = new::make(&dir, &name, None, None)?;
    if made != Ended::Good {
        return Ok(made);
    }
    anstream::println!("made {}", dir.display());
    let binary = build(&dir, &format!("try-{name}"))?;
    let (listen, operations) = (free_address(8080)?, free_address(8081)?);
    let mut server = serve(&binary, &dir, listen, operations)?;
    wait_for(&mut server, listen)?;
    tell(&name, &dir, listen);
    let status = server.wait().context("cannot wait for the adapter")?;
    if !status.success() && status.code().is_some() {
        bail!("the adapter ended with {status}");
    }
    Ok(Ended::Good)
}

/// Builds with the checkout's target folder, so that what is compiled there is not compiled again.
fn build(dir: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let shared = || project::checkout(Path::new(".")).map(|root| root.join("target"));
    let given = std::env::var_os("CARGO_TARGET_DIR").map(std::path::absolute).transpose()?;
    let target = given.or_else(shared).unwrap_or_else(|| dir.join("target"));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.arg("build").arg("--quiet").current_dir(dir).env("CARGO_TARGET_DIR", &target);
    anstream::println!("building; the first time this takes a minute or two");
    if !build.status().context("cannot run cargo")?.success() {
        bail!("the adapter in `{}` does not build", dir.display());
    }
    Ok(target.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
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

fn wait_for(server: &mut Child, listen: SocketAddr) -> anyhow::Result<()> {
    let began = Instant::now();
    while TcpStream::connect_timeout(&listen, Duration::from_millis(200)).is_err() {
        if let Some(status) = server.try_wait()? {
            bail!("the adapter did not start: {status}");
        }
        if began.elapsed() > PATIENCE {
            server.kill()?;
            bail!("the adapter does not listen on {listen}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn tell(name: &str, dir: &Path, listen: SocketAddr) {
    let opened = project::open(&Named::BuiltIn(name.to_owned()));
    let document = opened.loaded.as_ref().map(|loaded| loaded.document.to_json()).unwrap_or_default();
    let call = opened.adapter.as_ref().and_then(|adapter| demo::of(&document, adapter).call);
    anstream::println!("\n{name} answers on http://{listen}. Ask it something:\n");
    if let Some(call) = call {
        anstream::println!("  {}\n", call.curl(&listen.to_string()));
    }
    let (here, program) = (dir.display(), project::program());
    anstream::println!("Yours to edit: {here}/src/hooks.rs");
    anstream::println!("          and: {here}/adapter.yaml, then `{program} generate {here}`");
    let start = new::dev_arguments(dir.join(DEMO).is_file()).join(" ");
    anstream::println!("Ctrl-C stops it; `cargo run -- {start}` in {here} starts it again.");
    anstream::println!("One to keep: `{program} new ../my-bank --extends {name}`");
}
