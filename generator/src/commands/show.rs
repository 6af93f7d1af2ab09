//! `show`: the files of a built-in definition, as mistakes and changes name them, and the templates.

use std::path::Path;

use countersign::load::{BuiltIn, Files, Library};
use countersign::naming::near;

use super::{Outcome, Usage, project};

/// Prints one file, or all with a line above each.
pub fn run(name: &str, file: Option<&str>) -> anyhow::Result<Outcome> {
    let files = files_of(name)?;
    let Some(file) = file else {
        for (path, bytes) in &files {
            anstream::println!("# ==== {name}/{path}\n{}", String::from_utf8_lossy(bytes).trim_end());
        }
        return Ok(Outcome::Good);
    };
    let found = files.iter().find(|(path, _)| path == file);
    let (_, bytes) = found.ok_or_else(|| unknown(file, &paths(&files), "file of them"))?;
    anstream::print!("{}", String::from_utf8_lossy(bytes));
    Ok(Outcome::Good)
}

/// The name under which the templates are shown.
const TEMPLATES: &str = "templates";

fn files_of(name: &str) -> anyhow::Result<Files> {
    if name == TEMPLATES {
        let templates = project::templates(Path::new("."))?;
        let all = templates.names().map(|path| (path.to_owned(), templates.text(path).unwrap_or_default().into()));
        return Ok(all.collect());
    }
    let library = BuiltIn::around(Path::new("."));
    let names = || library.names().into_iter().chain([TEMPLATES.to_owned()]).collect::<Vec<_>>();
    library.files(name).ok_or_else(|| unknown(name, &names(), "built-in definition").into())
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
