//! A disk of a test's own, which it can fill and make room on.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A disk, gone when it is dropped.
pub struct Disk {
    folder: tempfile::TempDir,
    mounted: PathBuf,
}

impl Disk {
    /// One in memory, of so many mebibytes; nothing where none can be mounted.
    pub fn in_memory(mebibytes: u64) -> Option<Disk> {
        let disk = Disk::unmounted();
        let size = format!("size={mebibytes}m");
        disk.mount(&["-t", "tmpfs", "-o", &size, "tmpfs"])
    }

    /// One in a file, of so many mebibytes, of which it takes what is used; nothing where none can be mounted.
    pub fn in_a_file(mebibytes: u64) -> Option<Disk> {
        let disk = Disk::unmounted();
        let image = disk.folder.path().join("image");
        File::create(&image).and_then(|file| file.set_len(mebibytes << 20)).expect("a file");
        let image = image.to_string_lossy().into_owned();
        let _ = Command::new("mkfs.ext4").args(["-q", "-F", &image]).status();
        disk.mount(&["-o", "loop", &image])
    }

    fn unmounted() -> Disk {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = folder.path().join("disk");
        std::fs::create_dir(&mounted).expect("a folder");
        Disk { folder, mounted }
    }

    fn mount(self, options: &[&str]) -> Option<Disk> {
        let mounted = Command::new("mount").args(options).arg(&self.mounted).output();
        if !mounted.is_ok_and(|mounted| mounted.status.success()) {
            println!("SKIPPED: no disk can be mounted here");
            return None;
        }
        Some(self)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.mounted
    }

    fn filler(&self) -> PathBuf {
        self.mounted.join("filler")
    }

    /// Takes what is left.
    ///
    /// # Panics
    /// If there is no disk any more.
    pub fn fill(&self) {
        // All of it but a little at once, where the system can; the rest byte by byte.
        let most = Command::new("df").args(["--output=avail", "-B1"]).arg(&self.mounted).output().expect("df");
        let most = String::from_utf8_lossy(&most.stdout).lines().last().map(|line| line.trim().to_owned());
        let _ =
            Command::new("fallocate").args(["-o", "0", "-l", &most.unwrap_or_default()]).arg(self.filler()).output();
        let mut filler = File::options().create(true).append(true).open(self.filler()).expect("a disk");
        for piece in [1 << 16, 1 << 12, 1] {
            while filler.write_all(&vec![0; piece]).is_ok() {}
        }
    }

    /// Gives back what was taken.
    pub fn make_room(&self) {
        let _ = std::fs::remove_file(self.filler());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.mounted).status();
    }
}
