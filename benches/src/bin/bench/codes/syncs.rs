//! How often a server syncs to disk, by a library of a few lines that is loaded into it. A tracer would stop its threads at each
//! sync, and with that change how many writes share one: with strace there are many times as many.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

const SOURCE: &str = include_str!("syncs.c");

/// The count of one server.
pub struct Syncs {
    folder: PathBuf,
}

impl Syncs {
    /// Builds the library; needs `cc`.
    pub fn new() -> Result<Syncs> {
        let syncs = Syncs { folder: std::env::temp_dir().join(format!("bench-{}-syncs", std::process::id())) };
        std::fs::create_dir_all(&syncs.folder)?;
        std::fs::write(syncs.folder.join("syncs.c"), SOURCE)?;
        std::fs::write(syncs.count(), 0_u64.to_ne_bytes())?;
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-o"])
            .args([syncs.library(), syncs.folder.join("syncs.c")])
            .arg("-ldl")
            .status()
            .context("`cc` cannot be run")?;
        ensure!(built.success(), "`cc` failed");
        Ok(syncs)
    }

    /// What a server is started with.
    pub fn environment(&self) -> [(String, String); 2] {
        let text = |path: PathBuf| path.display().to_string();
        [("LD_PRELOAD".to_owned(), text(self.library())), ("SYNCS_FILE".to_owned(), text(self.count()))]
    }

    /// How many there were.
    pub fn counted(&self) -> Result<u64> {
        let bytes = std::fs::read(self.count())?;
        Ok(u64::from_ne_bytes(bytes.as_slice().try_into().context("the count has not eight bytes")?))
    }

    fn library(&self) -> PathBuf {
        self.folder.join("syncs.so")
    }

    fn count(&self) -> PathBuf {
        self.folder.join("count")
    }
}

impl Drop for Syncs {
    fn drop(&mut self) {
        // What is left of it is in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
