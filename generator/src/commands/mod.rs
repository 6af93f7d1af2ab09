//! One file a command. Only these and `main` print, and only they know folders.

mod changes;
mod check;
mod conform;
mod demo;
mod diff;
mod docs;
mod explain;
mod generate;
mod new;
mod openapi;
mod overrides;
mod project;
mod running;
mod runtime;
mod shell;
mod show;
mod try_it;
mod upgrade;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// What stands below the help of the program.
const EXAMPLES: &str = include_str!("../../help/program.txt");

/// Generates data adapters between authentication products and a bank's core systems.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true, after_help = EXAMPLES.trim_end())]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Begins an adapter crate of your own; never overwrites a file.
    #[command(after_help = include_str!("../../help/new.txt").trim_end())]
    New {
        /// The folder to make.
        dir: PathBuf,
        /// The definition to begin from: the name of a built-in one, or a path.
        #[arg(long, value_name = "NAME")]
        extends: String,
        /// Where the runtime comes from: a path, a version, `git`, or an address of a repository.
        #[arg(long, value_name = "PATH|VERSION|git")]
        runtime: Option<String>,
        /// The package's name; by default the folder's.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Writes the Rust of definitions into `src/generated`, and touches nothing that is up to date.
    Generate {
        /// Folders that hold an `adapter.yaml`; if none is given, the current one or every example.
        dirs: Vec<PathBuf>,
        /// Write nothing; exit with 3 if something would change.
        #[arg(long)]
        check: bool,
    },
    /// Checks definitions, and reports every mistake at once.
    #[command(after_help = "Examples:\n  countersign check\n  countersign check . --changes --deny-warnings")]
    Check {
        /// Folders that hold an `adapter.yaml`, or names of built-in definitions.
        dirs: Vec<PathBuf>,
        #[command(flatten)]
        asked: check::CheckOptions,
    },
    /// Prints what follows from a definition, endpoint by endpoint; or what a word or a diagnostic means.
    Explain {
        /// A folder, a built-in definition, an endpoint of the current folder, the id of a diagnostic, a word of the
        /// vocabulary (a behaviour, a thing, a meaning, a fault; `words` lists them), or a key or a rule of the language.
        what: String,
        /// One endpoint of it.
        endpoint: Option<String>,
    },
    /// Writes the API as an OpenAPI document.
    Openapi {
        /// A folder that holds an `adapter.yaml`, or a built-in definition.
        dir: PathBuf,
        /// The version of OpenAPI.
        #[arg(long, value_enum, default_value = "3.1")]
        version: openapi::Version,
        /// The file to write, in place of standard output.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Holds a running server, ours or not, to a definition.
    Conform {
        /// A folder that holds an `adapter.yaml`, or a built-in definition.
        dir: PathBuf,
        #[command(flatten)]
        options: conform::Options,
    },
    /// Reports what changed between two definitions, and whom it breaks: callers, the bank, what is stored.
    Diff {
        /// A folder, a built-in definition, or a revision of git: `main`, or `main:FOLDER`.
        old: String,
        /// The same.
        new: String,
        /// How the changes are printed.
        #[arg(long, value_enum, default_value_t = diff::Format::Text)]
        format: diff::Format,
    },
    /// Writes the API as a reference in Markdown: endpoints, errors, flows, settings, hooks.
    Docs {
        /// A folder that holds an `adapter.yaml`, or a built-in definition.
        dir: PathBuf,
        /// The file to write, in place of standard output.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Prints a built-in definition, file by file, or the templates.
    #[command(after_help = include_str!("../../help/show.txt").trim_end())]
    Show {
        /// Its name; `templates` for those of the generated code.
        name: String,
        /// One of its files, such as `adapter.yaml` or `messages/en.yaml`; all of them if none is given.
        file: Option<String>,
    },
    /// Copies a template of the generated code beside a definition, to be edited there in place of the shipped one.
    #[command(after_help = "Example:\n  countersign template . rust/api.rs.j2")]
    Template {
        /// The folder that holds the `adapter.yaml`.
        dir: PathBuf,
        /// The template, as `countersign show templates` names it. If the folder has it already, the present original is noted as
        /// the one that it replaces.
        path: String,
    },
    /// Brings a crate to this version: the runtime in `vendor`, and the generated code. Says what changed and what to do.
    Upgrade {
        /// The crate's folder.
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Makes an adapter in a temporary folder and runs it: the first thing to do.
    ///
    /// It serves on the address in COUNTERSIGN_LISTEN, else on port 8080 if that is free. The folder is removed at the end.
    Try {
        /// A built-in definition.
        name: String,
        /// Leave the folder.
        #[arg(long)]
        keep: bool,
    },
    /// Prints a script with which a shell completes commands and options.
    #[command(
        after_help = "Example:\n  countersign completions bash > ~/.local/share/bash-completion/completions/countersign"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Prints the man page, or writes one for each command into a folder.
    #[command(after_help = "Examples:\n  countersign man | man -l -\n  countersign man ~/.local/share/man/man1")]
    Man {
        /// The folder.
        dir: Option<PathBuf>,
    },
}

/// How mistakes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// For code hosts.
    Sarif,
}

/// How a command ended, where it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As it should.
    Good,
    /// A definition is wrong.
    Wrong,
    /// What is on the disk is not what would be written.
    Stale,
    /// Something changed that breaks somebody.
    Breaking,
    /// A server does not answer as the definition says.
    Deviates,
}

/// The command cannot be carried out as it was given.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Carries out a command.
///
/// # Errors
/// [`Usage`], or anything that is not the definition's fault.
pub fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::New { dir, extends, runtime, name } => new::run(&dir, &extends, runtime.as_deref(), name.as_deref()),
        Command::Generate { dirs, check } => generate::run(&dirs, check),
        Command::Check { dirs, asked } => check::run(&dirs, asked),
        Command::Explain { what, endpoint } => explain::run(&what, endpoint.as_deref()),
        Command::Conform { dir, options } => conform::run(&dir, &options),
        Command::Diff { old, new, format } => diff::run(&old, &new, format),
        Command::Docs { dir, output } => docs::run(&dir, output.as_ref()),
        Command::Openapi { dir, version, output } => openapi::run(&dir, version, output.as_ref()),
        Command::Show { name, file } => show::run(&name, file.as_deref()),
        Command::Template { dir, path } => overrides::run(&dir, &path),
        Command::Upgrade { dir } => upgrade::run(&dir),
        Command::Try { name, keep } => try_it::run(&name, keep),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { dir } => shell::man(dir.as_deref()),
    }
}
