//! A server that runs: started on a core of its own, asked for what the system knows of it, and stopped.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The core of the servers, and the core of the load.
const SERVER_CORE: &str = "0";
const LOAD_CORE: &str = "1";

/// The file in a server's folder in which an adapter notes what it sent.
const OUTBOX: &str = "outbox.jsonl";

/// How long a server may take to answer, under callgrind too.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server that can be started.
#[derive(Debug, Clone)]
pub struct Kind {
    pub name: String,
    pub binary: PathBuf,
    pub environment: Vec<(String, String)>,
    pub cores: Cores,
}

/// Where a server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// On a core of its own, the load on another one.
    Own,
    /// Wherever the system puts it, as the load and the server of a database.
    Any,
}

impl Kind {
    fn is_adapter(&self) -> bool {
        self.name.starts_with("ours") || self.name.starts_with("old")
    }
}

/// A server that runs.
pub struct Server {
    child: Child,
    /// The server itself, where the child is a tool that runs it.
    process: u32,
    pub address: String,
    pub started_in: Duration,
    folder: PathBuf,
}

/// Keeps this process off the servers' core.
pub fn pin_self() -> Result<()> {
    let process = std::process::id().to_string();
    let done = Command::new("taskset").args(["-c", "-p", LOAD_CORE, &process]).stdout(Stdio::null()).status()?;
    ensure!(done.success(), "`taskset` failed");
    Ok(())
}

impl Server {
    /// Starts a server, behind a tool if one is named, and waits for its first answer.
    pub async fn start(kind: &Kind, tool: &[String]) -> Result<Server> {
        let (address, operations) = (free()?, free()?);
        let folder = std::env::temp_dir().join(format!("bench-{}-{address}", std::process::id()).replace(':', "-"));
        std::fs::create_dir_all(&folder)?;
        let mut command = Command::new("taskset");
        let cores = match kind.cores {
            Cores::Own => SERVER_CORE.to_owned(),
            Cores::Any => format!("0-{}", std::thread::available_parallelism()?.get() - 1),
        };
        command.args(["-c", &cores]).args(tool).arg(std::fs::canonicalize(&kind.binary)?);
        if kind.is_adapter() {
            command.arg("--dev");
        }
        let store = std::env::var("BENCH_STORE").ok().map(|store| ("COUNTERSIGN_STORE", store));
        let log = std::fs::File::create(folder.join("log"))?;
        command
            .env("COUNTERSIGN_LISTEN", &address)
            .env("COUNTERSIGN_OPS_LISTEN", &operations)
            .env("COUNTERSIGN_DEV_OUTBOX", folder.join(OUTBOX))
            .env("COUNTERSIGN_DEV_LIMITS", "off")
            .envs(kind.environment.iter().map(|(name, value)| (name, value)))
            .envs(store)
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(log);
        let begun = Instant::now();
        let child = command.spawn().context("`taskset` cannot be run")?;
        let mut server = Server { process: child.id(), child, address, started_in: Duration::ZERO, folder };
        while !server.answers().await {
            ensure!(begun.elapsed() < PATIENCE, "`{}` does not answer", kind.name);
            ensure!(server.child.try_wait()?.is_none(), "`{}` ended: see {}", kind.name, server.folder.display());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.started_in = begun.elapsed();
        Ok(server)
    }

    async fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address).await else { return false };
        let request = b"GET /api/service/status HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        let mut answer = Vec::new();
        stream.write_all(request).await.is_ok() && stream.read_to_end(&mut answer).await.is_ok_and(|read| read > 0)
    }

    /// The file with the messages that an adapter sent.
    pub fn outbox(&self) -> PathBuf {
        self.folder.join(OUTBOX)
    }

    /// Its process, as the system and tools know it.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// Nanoseconds that its threads have run, by the scheduler's accounting.
    pub fn cpu(&self) -> Result<u64> {
        let mut sum = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.process))? {
            // A thread may have ended meanwhile.
            let Ok(told) = std::fs::read_to_string(task?.path().join("schedstat")) else { continue };
            sum += told.split_whitespace().next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(sum)
    }

    /// What `/proc/PID/status` says under this name, in KiB.
    pub fn memory(&self, name: &str) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process))?;
        let line = status.lines().find(|line| line.starts_with(name)).context("no such line")?;
        Ok(line.split_whitespace().nth(1).unwrap_or_default().parse()?)
    }

    /// Ends it as a platform would.
    pub async fn stop(mut self) -> Result<()> {
        // A tool passes the signal on only if it is sent to what it runs.
        let children =
            std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.process)).unwrap_or_default();
        let whom = children.split_whitespace().next().map_or(self.process.to_string(), str::to_owned);
        Command::new("kill").args(["-TERM", &whom]).status()?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begun.elapsed() > PATIENCE {
                self.child.kill()?;
                bail!("a server did not end");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        std::fs::remove_dir_all(&self.folder)?;
        Ok(())
    }
}

impl Drop for Server {
    /// What was measured may have failed, and a server that is left would go on running.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn free() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
