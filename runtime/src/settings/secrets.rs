//! Secrets by reference: `env:NAME` or `file:PATH`. A secret itself is never a setting.

use std::path::Path;

use zeroize::Zeroizing;

/// The bytes of a secret, wiped when they go.
pub type SecretBytes = Zeroizing<Vec<u8>>;

/// The fewest bytes of a secret.
const FEWEST: usize = 32;

/// What people leave in place of a secret; compared without case.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "example",
    "secret",
    "password",
    "default",
    "todo",
    "insert",
];

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

/// Refuses what is too short or known to everybody.
///
/// # Errors
/// Why it is refused, in words that hold nothing of the secret.
pub fn check_strength(bytes: &[u8]) -> Result<(), String> {
    if bytes.len() < FEWEST {
        return Err(format!("the secret has {} bytes, it needs at least {FEWEST}", bytes.len()));
    }
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let different = bytes.iter().collect::<std::collections::BTreeSet<_>>().len();
    if different < 8 || PLACEHOLDERS.iter().any(|placeholder| text.contains(placeholder)) {
        return Err("the secret looks like a placeholder; make one with `openssl rand -base64 48`".to_owned());
    }
    Ok(())
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
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    if !about.is_file() {
        return Err(format!("`{}` is not a file", path.display()));
    }
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(format!("`{}` has mode {mode:03o}, so others can read it; `chmod 600` it", path.display()))
}

#[cfg(not(unix))]
fn refuse_open_file(_path: &Path) -> Result<(), String> {
    Ok(())
}
