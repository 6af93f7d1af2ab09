//! Secrets by reference: `env:NAME` or `file:PATH`. A secret itself is never a setting.

use std::path::Path;

use zeroize::Zeroizing;

/// The bytes of a secret, wiped when they go.
pub type SecretBytes = Zeroizing<Vec<u8>>;

/// Reads what a reference names.
///
/// # Errors
/// Why not, in words that hold nothing of the secret.
pub fn read(reference: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<SecretBytes, String> {
    let bytes = if let Some(name) = reference.strip_prefix("env:") {
        let text = environment(name).ok_or_else(|| format!("the environment has no variable `{name}`"))?;
        Zeroizing::new(text.into_bytes())
    } else if let Some(path) = reference.strip_prefix("file:") {
        read_file(Path::new(path))?
    } else {
        return Err("a secret is not written here; write `env:NAME` or `file:PATH`, which names it".to_owned());
    };
    Ok(bytes)
}

fn read_file(path: &Path) -> Result<SecretBytes, String> {
    let cannot = |error: std::io::Error| format!("cannot read `{}`: {error}", path.display());
    refuse_open_file(path)?;
    let mut bytes = Zeroizing::new(std::fs::read(path).map_err(cannot)?);
    while matches!(bytes.last(), Some(b'\n' | b'\r')) {
        bytes.pop();
    }
    Ok(bytes)
}

#[cfg(unix)]
fn refuse_open_file(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let about = std::fs::metadata(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    if !about.is_file() {
        return Err(format!("`{}` is not a file", path.display()));
    }
    let is_own_group = |group: u32| {
        let others = rustix::process::getgroups().unwrap_or_default();
        rustix::process::getegid().as_raw() == group || others.iter().any(|own| own.as_raw() == group)
    };
    check_mode(about.mode(), about.uid(), about.gid(), is_own_group)
        .map_err(|what| format!("`{}` has mode {:03o}, so {what}", path.display(), about.mode() & 0o777))
}

/// Only the owner may read it; or also a group of the process, if root owns it and the group cannot write: a platform
/// mounts secrets so for a process that is not root.
#[cfg(unix)]
fn check_mode(mode: u32, owner: u32, group: u32, is_own_group: impl Fn(u32) -> bool) -> Result<(), &'static str> {
    if mode & 0o077 == 0 {
        return Ok(());
    }
    if mode & 0o037 != 0 {
        return Err("others can read or change it; `chmod 600` it, or let the platform mount it with mode 0440");
    }
    if owner != 0 || !is_own_group(group) {
        return Err(
            "a group can read it; `chmod 600` it, or let root own it and its group be one of the process's own",
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_file(_path: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::check_mode;

    /// The groups of a process that is not root, as a platform starts it.
    fn is_own(group: u32) -> bool {
        [1000, 2000].contains(&group)
    }

    #[test]
    fn a_file_is_for_its_owner_or_roots_for_a_group_of_the_process() {
        for (mode, owner, group) in [
            (0o600, 1000, 1000),
            (0o400, 1000, 7),
            (0o400, 0, 0),
            (0o700, 1000, 1000),
            (0o440, 0, 2000),
            (0o640, 0, 1000),
            (0o100_440, 0, 2000),
        ] {
            assert_eq!(check_mode(mode, owner, group, is_own), Ok(()), "{mode:o} {owner} {group}");
        }
        for (mode, owner, group) in [
            (0o644, 0, 2000),
            (0o444, 0, 2000),
            (0o404, 0, 2000),
            (0o440, 0, 3000),
            (0o440, 1000, 2000),
            (0o440, 5, 2000),
            (0o660, 0, 2000),
            (0o460, 0, 2000),
            (0o450, 0, 2000),
            (0o602, 1000, 1000),
        ] {
            assert!(check_mode(mode, owner, group, is_own).is_err(), "{mode:o} {owner} {group}");
        }
    }
}
