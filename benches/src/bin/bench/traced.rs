//! Counts what a request takes by a tool that counts everything: a server is run twice, with few requests and with
//! many, and the difference belongs to the requests.

use anyhow::{Context, Result};

use super::endpoints::Endpoint;
use super::load;
use super::server::{Kind, Server};

/// A tool that counts.
pub struct Tool {
    pub unit: &'static str,
    command: fn(&str) -> Vec<String>,
    read: fn(&str) -> Option<f64>,
}

pub const INSTRUCTIONS: Tool = Tool {
    unit: "thousand instructions",
    command: |file| {
        let words = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];
        words.iter().map(|word| (*word).to_owned()).chain([format!("--log-file={file}")]).collect()
    },
    read: |text| {
        let line = text.lines().find_map(|line| line.split_once("Collected :"))?;
        Some(line.1.trim().parse::<f64>().ok()? / 1_000.0)
    },
};

pub const CALLS: Tool = Tool {
    unit: "system calls",
    command: |file| ["strace", "-f", "-c", "-o", file].iter().map(|word| (*word).to_owned()).collect(),
    read: |text| {
        let line = text.lines().find(|line| line.trim_end().ends_with("total"))?;
        line.split_whitespace().nth(3)?.parse().ok()
    },
};

/// What one request takes.
pub async fn count(tool: &Tool, kind: &Kind, endpoint: &Endpoint, requests: usize, connections: usize) -> Result<f64> {
    let few = run(tool, kind, endpoint, requests / 4, connections).await?;
    let many = run(tool, kind, endpoint, requests, connections).await?;
    Ok((many - few) / (requests - requests / 4) as f64)
}

async fn run(tool: &Tool, kind: &Kind, endpoint: &Endpoint, requests: usize, connections: usize) -> Result<f64> {
    let file = std::env::temp_dir().join(format!("bench-{}.count", std::process::id()));
    let server = Server::start(kind, &(tool.command)(&file.display().to_string())).await?;
    load::run(&server.address, endpoint, connections, requests).await?;
    server.stop().await?;
    let text = std::fs::read_to_string(&file)?;
    std::fs::remove_file(&file)?;
    (tool.read)(&text).with_context(|| format!("the tool told nothing: {text}"))
}
