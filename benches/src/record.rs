//! The log and the audit: lines are collected and written by a thread of their own; records are chained by MACs and kept.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Lines that wait to be written.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Begins to write, every 20 ms.
    #[must_use]
    pub fn start() -> Log {
        let log = Log::default();
        let lines = log.clone();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(20));
                let waiting = std::mem::take(&mut *lines.0.lock().unwrap_or_else(PoisonError::into_inner));
                // If nobody reads the log, the server goes on.
                let _ = std::io::stderr().write_all(&waiting);
            }
        });
        log
    }

    pub fn line(&self, now: u64, id: &str, endpoint: &str, status: u16, micros: u128) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing to memory does not fail.
        let _ = writeln!(
            lines,
            r#"{{"time":{now},"level":"INFO","id":"{id}","endpoint":"{endpoint}","status":{status},"micros":{micros}}}"#
        );
    }
}

/// How many records are kept.
const KEPT: usize = 2_000;

struct Chain {
    sequence: u64,
    last: [u8; 32],
    records: VecDeque<String>,
}

/// A chain of records.
pub struct Audit {
    key: Hmac<Sha256>,
    chain: Mutex<Chain>,
}

/// What a record tells.
pub struct Event<'a> {
    pub event: &'a str,
    pub outcome: &'a str,
    pub user: &'a str,
    pub operation: &'a str,
    pub request: &'a str,
}

impl Default for Audit {
    fn default() -> Self {
        let chain = Chain { sequence: 0, last: [0; 32], records: VecDeque::new() };
        Audit { key: Hmac::new(&[7; 64].into()), chain: Mutex::new(chain) }
    }
}

impl Audit {
    pub fn tell(&self, now: u64, told: &Event<'_>) {
        let Event { event, outcome, user, operation, request } = told;
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain.sequence += 1;
        let sequence = chain.sequence;
        let (user, operation) = (quoted(user), quoted(operation));
        let record = format!(
            r#"{{"time":{now},"node":"bench","sequence":{sequence},"event":"{event}","outcome":"{outcome}","user":{user},"operation":{operation},"request":"{request}"}}"#
        );
        let mut mac = self.key.clone();
        mac.update(&chain.last);
        mac.update(record.as_bytes());
        chain.last = mac.finalize().into_bytes().into();
        if chain.records.len() >= KEPT {
            chain.records.pop_front();
        }
        chain.records.push_back(record);
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
