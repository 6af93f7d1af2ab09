//! The settings file as a text: of a bounded size, and nobody's whom the owner did not choose. Whoever may write to it says
//! which keys are used, who may call, and where everything is sent.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The most bytes.
const MOST: u64 = 1024 * 1024;

/// Reads it.
///
/// # Errors
/// Why not, in words that hold nothing of it.
pub(super) fn read(path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("the file cannot be read: {error}");
    let file = File::open(path).map_err(cannot)?;
    refuse_if_others_write(&file)?;
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MOST {
        return Err("the file is larger than 1 MiB".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "the file cannot be read: it is no text in UTF-8".to_owned())
}

#[cfg(unix)]
fn refuse_if_others_write(file: &File) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let about = file.metadata().map_err(|error| format!("the file cannot be read: {error}"))?;
    // A pipe or a terminal is there for whoever opened it.
    if about.is_file() && about.mode() & 0o002 != 0 {
        let mode = about.mode() & 0o777;
        return Err(format!("the file has mode {mode:03o}, so everybody may change it; `chmod o-w` it"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_others_write(_file: &File) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.yaml");
        assert!(read(&path).unwrap_err().starts_with("the file cannot be read"));
        std::fs::write(&path, vec![b'#'; 1024 * 1024]).unwrap();
        assert_eq!(read(&path).unwrap().len(), 1024 * 1024);
        std::fs::write(&path, vec![b'#'; 1024 * 1024 + 1]).unwrap();
        assert_eq!(read(&path).unwrap_err(), "the file is larger than 1 MiB");
        assert!(read(Path::new("/dev/zero")).is_err(), "one without an end");
        std::fs::write(&path, b"a: \xff").unwrap();
        assert!(read(&path).unwrap_err().contains("no text in UTF-8"));
    }

    #[cfg(unix)]
    #[test]
    fn one_that_everybody_may_change_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.yaml");
        std::fs::write(&path, "listen: 127.0.0.1:0").unwrap();
        for (mode, is_good) in [(0o600, true), (0o644, true), (0o664, true), (0o666, false), (0o602, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read(&path).is_ok(), is_good, "{mode:o}");
        }
        assert_eq!(read(&path).unwrap_err(), "the file has mode 602, so everybody may change it; `chmod o-w` it");
    }
}
