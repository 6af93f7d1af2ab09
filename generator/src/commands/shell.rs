//! `completions` and `man`: the command line as shells complete it and as `man` shows it, both from the one definition of its
//! arguments.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Arguments, Outcome};

const NAME: &str = "countersign";

/// Prints a script that completes commands and options.
pub fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    io::stdout().write_all(&script).context("cannot write to standard output")?;
    Ok(Outcome::Good)
}

/// Prints the man page of the program, or writes a page for each command into a folder.
pub fn man(dir: Option<&Path>) -> anyhow::Result<Outcome> {
    let command = Arguments::command();
    match dir {
        Some(dir) => {
            std::fs::create_dir_all(dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
            clap_mangen::generate_to(command, dir).with_context(|| format!("cannot write to `{}`", dir.display()))?;
        }
        None => clap_mangen::Man::new(command).render(&mut io::stdout()).context("cannot write to standard output")?,
    }
    Ok(Outcome::Good)
}
