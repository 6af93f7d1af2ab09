//! `show`: the files of a built-in definition, as mistakes and changes name them.

use std::path::Path;

use countersign::load::{BuiltIn, Files, Library};
use countersign::naming::near;

use super::{Ended, Usage};

/// Prints one file, or all with a line above each.
pub fn run(name: &str, file: Option<&str>) -> anyhow::Result<Ended> {
    let library = BuiltIn::around(Path::new("."));
    let files = library.files(name).ok_or_else(|| unknown(name, &library.names(), "built-in definition"))?;
    let Some(file) = file else {
        for (path, bytes) in &files {
            anstream::println!("# ==== {name}/{path}\n{}", String::from_utf8_lossy(bytes).trim_end());
        }
        return Ok(Ended::Good);
    };
    let found = files.iter().find(|(path, _)| path == file);
    let (_, bytes) = found.ok_or_else(|| unknown(file, &paths(&files), "file of that definition"))?;
    anstream::print!("{}", String::from_utf8_lossy(bytes));
    Ok(Ended::Good)
}

fn paths(files: &Files) -> Vec<String> {
    files.iter().map(|(path, _)| path.clone()).collect()
}

fn unknown(name: &str, names: &[String], what: &str) -> Usage {
    let help = match near(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", names.join(", ")),
    };
    Usage(format!("`{name}` is no {what}; {help}"))
}
