//! Reads what an adapter has sent from the file in which `--dev` notes it.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// A message with a code. The adapter's bank has a phone for each user, with the user's number in it.
#[derive(Debug, Deserialize)]
pub struct Message {
    pub id: String,
    pub code: String,
    to: String,
}

/// Where the user's number stands in a phone.
const NUMBER: std::ops::Range<usize> = 6..13;

impl Message {
    /// The number of the user to whom it was sent.
    pub fn user(&self) -> Result<&str> {
        self.to.get(NUMBER).with_context(|| format!("`{}` is no phone of the large bank", self.to))
    }
}

/// The file, and how far it is read.
pub struct Outbox {
    file: PathBuf,
    read: u64,
}

impl Outbox {
    pub fn new(file: PathBuf) -> Outbox {
        Outbox { file, read: 0 }
    }

    /// Passes by what was sent until now.
    pub fn skip(&mut self) -> Result<()> {
        self.read = opened(&self.file)?.metadata()?.len();
        Ok(())
    }

    /// So many messages, which must be all that were sent since.
    pub fn take(&mut self, count: usize) -> Result<Vec<Message>> {
        let mut file = opened(&self.file)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut messages = Vec::new();
        for line in BufReader::new(file).lines() {
            messages.push(serde_json::from_str(&line?)?);
        }
        ensure!(messages.len() == count, "{count} codes were asked for, {} were sent", messages.len());
        self.skip()?;
        Ok(messages)
    }
}

fn opened(file: &Path) -> Result<File> {
    File::open(file).with_context(|| format!("{} cannot be read", file.display()))
}
