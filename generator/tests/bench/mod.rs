//! A folder of its own for each test, and the binary to run in it.
#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, reason = "a test may break")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A definition as small as one can be.
pub const TINY: &str = r#"
adapter: tiny
title: Tiny
version: "1"
callers: { none: a test }
endpoints:
  find:
    about: Finds a user.
    route: POST /user/find
    does: find_user
    without: [organization.id, operation.name]
    errors: [WRONG, UNKNOWN, BROKEN]
payloads:
  FindRequest:
    userId: { is: user.id, max: 40 }
  FindResponse:
    name: optional user.given_name
envelope:
  failure: { code: error.code }
errors:
  WRONG: { status: 400, for: [input.invalid, body.malformed, body.too_large, content_type.wrong] }
  UNKNOWN: { status: 404, for: [user.unknown, route.unknown, method.wrong] }
  BROKEN: { status: 500, for: [hook.*, overloaded, unexpected, store.unavailable] }
"#;

/// A folder in which the binary runs.
pub struct Bench {
    root: tempfile::TempDir,
}

/// What a run left.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Bench {
    /// A folder with nothing in it.
    pub fn empty() -> Self {
        Bench { root: tempfile::tempdir().unwrap() }
    }

    /// A folder with a definition.
    pub fn with(definition: &str) -> Self {
        let bench = Bench::empty();
        bench.put("adapter.yaml", definition);
        bench
    }

    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    pub fn put(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap()
    }

    /// The generated files by name.
    pub fn generated(&self) -> BTreeMap<String, String> {
        let inside = fs::read_dir(self.path("src/generated")).unwrap().map(|entry| entry.unwrap());
        inside
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
            .collect()
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Bench::run_in(self.root.path(), arguments)
    }

    pub fn run_in(folder: &Path, arguments: &[&str]) -> Run {
        Bench::run_with(folder, arguments, &[])
    }

    pub fn run_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = Bench::command(folder, arguments);
        let output = command.envs(environment.iter().copied()).output().unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn command(folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(arguments).current_dir(folder);
        command
    }
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
