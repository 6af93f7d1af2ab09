//! Adapters as processes of their own: each is this test program, started once more, on a store that it is told, asked
//! line by line. What it answers is told apart from what it never answered, because it was killed or stopped.
#![allow(dead_code, reason = "not every test needs everything")]

mod child;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub use child::work_if_asked;
use tokio::sync::oneshot;

/// What a process is reported at its start.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The store's address, as in the settings.
    pub store: String,
    /// How long a code is good, in seconds.
    pub life: u64,
    /// How long five failures block, in seconds.
    pub block: u64,
    /// How far its clock is ahead, in milliseconds.
    pub clock: i64,
}

/// Set for a process that is to work.
const PLAN: &str = "COUNTERSIGN_WORKER";

/// Begins each line of an answer, since the test program writes lines of its own.
const MARK: &str = "> ";

/// A process that works.
pub struct Worker {
    child: Mutex<Child>,
    input: Mutex<ChildStdin>,
    numbers: AtomicU64,
    asked: Arc<Mutex<HashMap<u64, oneshot::Sender<String>>>>,
}

impl Worker {
    /// Starts this test program as a worker; `test` is the test of it that calls [`work_if_asked`].
    pub fn start(test: &str, plan: &Plan) -> Worker {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(PLAN, format!("{} {} {} {}", plan.life, plan.block, plan.clock, plan.store))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let asked = Arc::new(Mutex::new(HashMap::<u64, oneshot::Sender<String>>::new()));
        let waiting = asked.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                let Some((number, answer)) = line.strip_prefix(MARK).and_then(|line| line.split_once(' ')) else {
                    continue;
                };
                let answered = waiting.lock().unwrap().remove(&number.parse().unwrap());
                answered.map(|answered| answered.send(answer.to_owned()));
            }
            // It is gone, and nobody will be answered any more.
            waiting.lock().unwrap().clear();
        });
        Worker { child: Mutex::new(child), input: Mutex::new(input), numbers: AtomicU64::new(0), asked }
    }

    /// Asks for something; nothing comes back if the process ends before it answers.
    pub async fn ask(&self, what: &str) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        self.asked.lock().unwrap().insert(number, answer);
        let written = self.input.lock().unwrap().write_all(format!("{number} {what}\n").as_bytes());
        if written.is_err() || self.child.lock().unwrap().try_wait().unwrap().is_some() {
            self.asked.lock().unwrap().remove(&number);
            return None;
        }
        answered.await.ok()
    }

    /// Sends it a signal, such as `KILL`, `STOP` and `CONT`.
    pub fn signal(&self, name: &str) {
        let id = self.child.lock().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Kills it, and sees it gone.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}
