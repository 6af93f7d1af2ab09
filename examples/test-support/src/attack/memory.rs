//! A process's memory, and a limit on it: a memory cgroup, where one can be made. Without one it is measured all the same.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::size_of_process;

/// The memory of one process.
pub struct Memory {
    process: u32,
    group: Option<PathBuf>,
}

impl Memory {
    /// Limits a process to so many MiB, if the system lets us, and says so if it does not.
    pub fn limit(process: u32, mebibytes: u64) -> Memory {
        let group = group(process, mebibytes);
        if group.is_none() {
            println!("SKIPPED: no memory cgroup can be made here; memory is measured without a limit");
        }
        Memory { process, group }
    }

    /// What is resident now, in MiB.
    pub fn resident(&self) -> f64 {
        self.field("VmRSS:")
    }

    /// The most that was resident, in MiB.
    pub fn peak(&self) -> f64 {
        self.field("VmHWM:")
    }

    fn field(&self, name: &str) -> f64 {
        size_of_process(self.process, name).unwrap_or_default() as f64 / 1024.0
    }
}

/// A group for the process: of cgroups' second version, else of the first.
fn group(process: u32, mebibytes: u64) -> Option<PathBuf> {
    let bytes = mebibytes * 1024 * 1024;
    for (root, limit) in [("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")] {
        let group = Path::new(root).join(format!("countersign-{process}"));
        if fs::create_dir(&group).is_err() {
            continue;
        }
        let is_limited = tell(&group.join(limit), bytes).is_ok();
        if is_limited && tell(&group.join("cgroup.procs"), process.into()).is_ok() {
            return Some(group);
        }
        let _ = fs::remove_dir(&group);
    }
    None
}

/// Writes into a file that is there. Where the first version's groups are mounted, the folder of the second's is an
/// ordinary one, in which a new file limits nothing.
fn tell(file: &Path, number: u64) -> std::io::Result<()> {
    write!(File::options().write(true).open(file)?, "{number}")
}

impl Drop for Memory {
    fn drop(&mut self) {
        if let Some(group) = &self.group {
            // The process leaves it, so that it can be removed.
            let root = group.parent().map(|root| root.join("cgroup.procs"));
            let _ = root.map(|root| tell(&root, self.process.into()));
            let _ = fs::remove_dir(group);
        }
    }
}
