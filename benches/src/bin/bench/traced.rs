//! Counts what a request takes by tools that count everything. Of callgrind the counts of requests alone are asked: it writes
//! down what it has before them and after them, so that the start, which differs by millions from one to the next, is in neither.
//! Of strace a server is run twice, with few requests and with many, and the difference belongs to the requests.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::callgrind;
use super::endpoints::Endpoint;
use super::load;
use super::server::{Kind, Server};

/// The C library copies long pieces by one instruction of the processor, which callgrind counts for each byte, and how long they are
/// for that depends on the processor. So it never does.
const COPIES_ALIKE: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.cpu.x86_rep_movsb_threshold=1000000000:glibc.cpu.x86_rep_stosb_threshold=1000000000:\
     glibc.cpu.x86_non_temporal_threshold=1000000000",
);

/// Which instructions are counted, and what is kept of them.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Counted {
    /// Keeps callgrind's files in this folder, as SERVER-ENDPOINT.callgrind.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Leaves out functions whose names contain this, such as `sha2::`, which the processor does outside of callgrind. May be
    /// said again.
    #[arg(long)]
    without: Vec<String>,
}

/// Thousands of instructions.
pub async fn instructions(
    kind: &Kind,
    endpoint: &Endpoint,
    requests: usize,
    connections: usize,
    counted: &Counted,
) -> Result<f64> {
    let folder = std::env::temp_dir().join(format!("bench-{}-callgrind", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let out = folder.join("out").display().to_string();
    let tool = ["valgrind", "--tool=callgrind", "--log-file=/dev/null", &format!("--callgrind-out-file={out}")];
    let mut kind = kind.clone();
    kind.environment.push((COPIES_ALIKE.0.to_owned(), COPIES_ALIKE.1.to_owned()));
    let server = Server::start(&kind, &tool.map(str::to_owned)).await?;
    load::run(&server.address, endpoint, connections, requests / 4).await?;
    write_down(&server)?;
    load::run(&server.address, endpoint, connections, requests).await?;
    write_down(&server)?;
    server.stop().await?;
    // The first is what there was before.
    let written = format!("{out}.2");
    let count = callgrind::instructions(Path::new(&written), &counted.without)?;
    if let Some(keep) = &counted.keep {
        std::fs::create_dir_all(keep)?;
        std::fs::copy(&written, keep.join(format!("{}-{}.callgrind", kind.name, endpoint.name)))?;
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(count / 1_000.0 / requests as f64)
}

/// Lets callgrind write what it counted into the next file, and begin anew.
fn write_down(server: &Server) -> Result<()> {
    let told = Command::new("vgdb").args(["--wait=30", &format!("--pid={}", server.process()), "dump"]).output();
    let told = told.context("`vgdb` of valgrind cannot be run")?;
    ensure!(told.status.success(), "`vgdb` failed: {}", String::from_utf8_lossy(&told.stderr));
    Ok(())
}

/// System calls.
pub async fn calls(kind: &Kind, endpoint: &Endpoint, requests: usize, connections: usize) -> Result<f64> {
    let few = calls_of_run(kind, endpoint, requests / 4, connections).await?;
    let many = calls_of_run(kind, endpoint, requests, connections).await?;
    Ok((many - few) / (requests - requests / 4) as f64)
}

async fn calls_of_run(kind: &Kind, endpoint: &Endpoint, requests: usize, connections: usize) -> Result<f64> {
    let file = std::env::temp_dir().join(format!("bench-{}.calls", std::process::id()));
    let tool = ["strace", "-f", "-c", "-o", &file.display().to_string()].map(str::to_owned);
    let server = Server::start(kind, &tool).await?;
    load::run(&server.address, endpoint, connections, requests).await?;
    server.stop().await?;
    let text = std::fs::read_to_string(&file)?;
    std::fs::remove_file(&file)?;
    let line = text.lines().find(|line| line.trim_end().ends_with("total")).context("strace told nothing")?;
    line.split_whitespace().nth(3).unwrap_or_default().parse().with_context(|| format!("no number of calls: {line}"))
}
