//! An adapter as a process of its own, which the tests start, ask and stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The adapter with these arguments.
pub fn command(arguments: &str, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "as_the_adapter", "--nocapture"]);
    command.env("PROCESS_TEST_ARGUMENTS", arguments).env("COUNTERSIGN_LISTEN", "127.0.0.1:0");
    command.env("COUNTERSIGN_OPS_LISTEN", "127.0.0.1:0").envs(environment.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// An adapter that runs.
pub struct Adapter {
    pub child: Child,
    output: Option<BufReader<std::process::ChildStdout>>,
    /// Where the API is.
    pub address: String,
    /// Where health and metrics are.
    pub operations: String,
}

/// An adapter that serves both ports.
pub fn started(arguments: &str, environment: &[(&str, &str)]) -> Adapter {
    let mut child = command(arguments, environment).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut said = |before: &str| {
        let mut line = String::new();
        while output.read_line(&mut line).unwrap() > 0 {
            if let Some((_, address)) = line.split_once(before) {
                return address.trim().to_owned();
            }
            line.clear();
        }
        panic!("it never said {before:?}; it ended with {:?}", child.wait());
    };
    let address = said("listening on http://");
    let operations = said("health and metrics on http://");
    Adapter { child, output: Some(output), address, operations }
}

impl Adapter {
    /// All of an answer, on a connection of its own.
    pub fn get(&self, address: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Tells it to stop.
    pub fn signal(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Nobody reads what it says any more.
    pub fn without_output(mut self) -> Adapter {
        self.output = None;
        self
    }

    /// Waits for its end, and gives its number and what it logged.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let (mut rest, mut log) = (String::new(), String::new());
        self.output.map(|mut output| output.read_to_string(&mut rest).unwrap());
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

/// What a start that is refused writes.
pub fn refused(arguments: &str, environment: &[(&str, &str)]) -> (Output, String) {
    let began = Instant::now();
    let output = command(arguments, environment).output().unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    let log = String::from_utf8(output.stderr.clone()).unwrap();
    (output, log)
}
