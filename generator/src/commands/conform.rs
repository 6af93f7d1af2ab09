//! `conform`: holds a running server to a definition.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use countersign::conform::{self, Server, report};

use super::{Outcome, Usage, project};

/// Where the server is, and what is known of it.
#[derive(Debug, Args)]
pub struct Options {
    /// The address of the server, with the base of the API if it is served with it.
    #[arg(long)]
    url: String,
    /// The token that callers show, or an access id and its key: `id:key`.
    #[arg(long, value_name = "TOKEN|ID:KEY", env = "COUNTERSIGN_CONFORM_CREDENTIAL", hide_env_values = true)]
    credential: Option<String>,
    /// The file to which the server appends each message as a JSON line with `code` and `text`.
    #[arg(long, value_name = "FILE")]
    outbox: Option<PathBuf>,
    /// A YAML file that says what the server knows: `values`, in place of those of `examples/values.yaml`, and `code`, the
    /// code that it always sends.
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The file to write, in place of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For pipelines.
    Junit,
    /// For programs.
    Json,
}

/// Attempts everything, and reports what differs.
pub fn run(name: &Path, options: &Options) -> anyhow::Result<Outcome> {
    let opened = match &options.values {
        Some(values) => project::open_with(&project::named(name)?, values)?,
        None => (project::open(&project::named(name)?), None),
    };
    let (opened, code) = opened;
    let Some(adapter) = &opened.adapter else {
        project::print_diagnostics(&opened);
        return Ok(Outcome::Wrong);
    };
    let server = Server {
        url: options.url.clone(),
        credential: options.credential.clone(),
        outbox: options.outbox.clone(),
        code,
    };
    let cases = conform::conform(adapter, &server).map_err(|error| Usage(error.to_string()))?;
    let text = match options.format {
        Format::Text => report::text(&cases),
        Format::Junit => report::junit(&cases),
        Format::Json => report::json(&cases),
    };
    match &options.output {
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
            anstream::print!("{}", report::text(&cases));
        }
        None => anstream::print!("{text}"),
    }
    let (_, deviates, _) = report::count(&cases);
    Ok(if deviates == 0 { Outcome::Good } else { Outcome::Deviates })
}
