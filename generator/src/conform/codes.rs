//! Where the codes come from that a server sends: the file that it appends its messages to, or the one that it always
//! sends.

use std::path::PathBuf;

use serde_json::Value as Json;

/// What is known of the codes that a server sends.
pub struct Codes {
    outbox: Option<PathBuf>,
    fixed: Option<String>,
    /// How many lines were read.
    read: usize,
}

/// A message that was sent.
#[derive(Debug, Clone)]
pub struct Message {
    pub code: Option<String>,
    pub text: Option<String>,
}

impl Codes {
    /// What is in the outbox already is not looked at.
    pub fn new(outbox: Option<PathBuf>, fixed: Option<String>) -> Self {
        let mut codes = Codes { outbox, fixed, read: 0 };
        codes.read = codes.lines().len();
        codes
    }

    /// True if messages are read.
    pub fn are_read(&self) -> bool {
        self.outbox.is_some()
    }

    /// The last message since the last look.
    pub fn last(&mut self) -> Option<Message> {
        let lines = self.lines();
        let new = lines.len() > self.read;
        self.read = lines.len();
        if let (true, Some(line)) = (new, lines.last()) {
            let text = |name: &str| line.get(name).and_then(Json::as_str).map(str::to_owned);
            return Some(Message { code: text("code"), text: text("text") });
        }
        self.fixed.clone().map(|code| Message { code: Some(code), text: None })
    }

    /// The lines of the outbox, one object a message; what is no JSON is no message.
    fn lines(&self) -> Vec<Json> {
        let text = self.outbox.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
