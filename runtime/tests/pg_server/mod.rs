//! A PostgreSQL server of the tests' own: made in a folder that goes away, on a unix socket there, run by a user
//! without rights. Where the server's programs are missing, tests fail.
#![allow(dead_code, reason = "not every test needs everything")]

pub mod pair;
pub mod pooler;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use countersign_runtime::store::postgres::{PostgresAddress, PostgresOptions, PostgresStore, migrate};
use countersign_runtime::store::{Caps, Clocked};
use tempfile::TempDir;

/// The one who may do everything.
pub const ADMIN: &str = "admin";

/// A server that runs until it is dropped, or until this process is gone in whatever way.
pub struct Server {
    folder: TempDir,
    running: Option<Child>,
    /// What the server's shell does first, and last.
    before: String,
    at_the_end: String,
}

/// The server that the tests of one program share.
pub fn shared() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(|| {
        // It is never dropped, so its folder goes with the process.
        let mut server = Server::made();
        server.at_the_end = format!("; rm -rf '{}'", server.folder.path().display());
        server.run(&[]);
        server
    })
}

impl Server {
    /// Makes a server and starts it with these settings.
    pub fn start(settings: &[&str]) -> Server {
        let mut server = Server::made();
        server.run(settings);
        server
    }

    /// The same with a clock that [`Server::turn`] turns, by libfaketime.
    pub fn start_with_a_clock() -> Server {
        let mut server = Server::made();
        let at = server.folder.path().join("clock");
        let library = faketime();
        server.before = format!(
            "export LD_PRELOAD='{}' FAKETIME_TIMESTAMP_FILE='{}' FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1; exec ",
            library.display(),
            at.display()
        );
        server.turn(0);
        server.run(&[]);
        server
    }

    /// Makes a server, and does more in its folder as the user that it runs as; it is not started yet.
    pub fn prepared(script: &str) -> Server {
        let server = Server::made();
        let done = shell(&format!("set -e; cd '{}'; {script}", server.folder.path().display())).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        server
    }

    /// Sets the server's clock so many seconds ahead of the machine's.
    pub fn turn(&self, seconds: i64) {
        let (new, at) = (self.folder.path().join("clock.new"), self.folder.path().join("clock"));
        std::fs::write(&new, format!("{seconds:+}\n")).unwrap();
        std::fs::rename(&new, &at).unwrap();
    }

    /// Where its socket and its data are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn made() -> Server {
        let server = Server::without_data();
        let script = format!(
            "'{}' -D '{1}/data' -U {ADMIN} --auth=trust --encoding=UTF8 --locale=C --no-sync >'{1}/initdb.log' 2>&1",
            program("initdb").display(),
            server.folder.path().display()
        );
        let made = shell(&script).status().unwrap();
        let log = std::fs::read_to_string(server.folder.path().join("initdb.log")).unwrap_or_default();
        assert!(made.success(), "initdb failed: {log}");
        server
    }

    /// A folder of the user that the server will run as.
    fn without_data() -> Server {
        let folder = TempDir::new().unwrap();
        if let Some(user) = other_user() {
            let done = Command::new("chown").arg(user).arg(folder.path()).status().unwrap();
            assert!(done.success());
        }
        Server { folder, running: None, before: "exec ".to_owned(), at_the_end: String::new() }
    }

    /// Starts it again after [`Server::kill`].
    pub fn run(&mut self, settings: &[&str]) {
        let patience = Instant::now();
        let mut seen = self.log().len();
        self.running = Some(self.started(settings));
        while !self.is_there() {
            let log = self.log();
            // A process of the one before has not ended yet, and the server goes away again.
            if log.get(seen..).is_some_and(|said| said.contains("pre-existing shared memory block")) {
                self.kill();
                seen = log.len();
                self.running = Some(self.started(settings));
            }
            assert!(patience.elapsed() < Duration::from_secs(60), "the server does not start: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn started(&self, settings: &[&str]) -> Child {
        let settings: String = settings.iter().map(|setting| format!(" -c {setting}")).collect();
        // The server ends as soon as nobody holds the other end of the pipe.
        let script = format!(
            "({3}'{0}' -D '{1}/data' -k '{1}' -c listen_addresses= -c max_connections=200{settings} >>'{1}/log' 2>&1 </dev/null) &
             server=$!; echo started; cat >/dev/null; kill -QUIT $server; wait $server{2}",
            program("postgres").display(),
            self.folder.path().display(),
            self.at_the_end,
            self.before
        );
        let mut child = shell(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        child
    }

    /// Ends it at once, without letting anything end well: what is not on the disk is lost to it.
    pub fn kill(&mut self) {
        let mut child = self.running.take().unwrap();
        drop(child.stdin.take());
        child.wait().unwrap();
    }

    /// Kills every process of it, so that none of them does anything more.
    pub fn kill_hard(&mut self) {
        let noted = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        let first = noted.lines().next().unwrap().trim().to_owned();
        let children = Command::new("ps").args(["-o", "pid=", "--ppid", &first]).output().unwrap().stdout;
        let mut kill = Command::new("kill");
        kill.args(["-KILL", &first]).args(String::from_utf8(children).unwrap().split_whitespace());
        // One of them may have ended by itself.
        kill.stderr(Stdio::null()).status().unwrap();
        self.kill();
    }

    /// Becomes a copy of another server, whatever it was, and follows that one.
    fn follow(&mut self, primary: &Server, name: &str) {
        if self.running.is_some() {
            self.kill();
        }
        let script = format!(
            "cd '{0}' && rm -rf data && '{1}' -D data -d 'host={2} user={ADMIN} application_name={name}' \
             -R -X stream -c fast --no-sync >copy.log 2>&1",
            self.folder.path().display(),
            program("pg_basebackup").display(),
            primary.folder.path().display()
        );
        let copied = shell(&script).status().unwrap();
        let log = std::fs::read_to_string(self.folder.path().join("copy.log")).unwrap_or_default();
        assert!(copied.success(), "pg_basebackup failed: {log}");
        self.run(&[]);
    }

    fn is_there(&self) -> bool {
        let mut psql = self.psql("postgres", ADMIN, "SELECT 1");
        psql.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn psql(&self, database: &str, user: &str, sql: &str) -> Command {
        let mut psql = Command::new(program("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h"]).arg(self.folder.path());
        psql.args(["-U", user, "-d", database, "-c", sql]);
        psql
    }

    /// Runs statements as somebody; gives what they print, or why they are refused.
    pub fn sql_as(&self, user: &str, database: &str, sql: &str) -> Result<String, String> {
        let output = self.psql(database, user, sql).output().unwrap();
        match output.status.success() {
            true => Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned()),
            false => Err(String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// Runs statements as the one who may do everything.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.sql_as(ADMIN, database, sql).unwrap()
    }

    /// A database without a schema.
    pub fn empty_database(&self) -> String {
        // No server has the name already, also one that took over from another.
        static DATABASES: AtomicUsize = AtomicUsize::new(0);
        let name = format!("test{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        name
    }

    /// A database with our schema.
    pub fn database(&self) -> String {
        let name = self.empty_database();
        migrate(&self.address(&name)).unwrap();
        name
    }

    /// How a database is named in settings.
    pub fn url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@/{database}?host={}", self.folder.path().display())
    }

    /// Its address, for the one who may do everything.
    pub fn address(&self, database: &str) -> PostgresAddress {
        self.url(ADMIN, database).parse().unwrap()
    }

    /// A store in a database of its own, for which time is passed in.
    pub fn store(&self, caps: Caps) -> PostgresStore {
        let options = PostgresOptions { caps, clocked: Clocked::Caller, ..PostgresOptions::default() };
        PostgresStore::open_with(&self.address(&self.database()), options).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.running.is_some() {
            self.kill();
        }
    }
}

/// A program of PostgreSQL: Debian keeps the server's away from the path.
fn program(name: &str) -> PathBuf {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.map(|version| version.unwrap().path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!("`{name}` is not installed; install PostgreSQL (Debian: `apt-get install postgresql`)")
    })
}

/// What turns a clock: Debian keeps it in a folder of its own.
fn faketime() -> PathBuf {
    let folders = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime"];
    let found = folders.iter().map(|folder| Path::new(folder).join("libfaketime.so.1")).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("libfaketime is not installed; install it (Debian: `apt-get install faketime`)"))
}

/// The server refuses to run as root; then it runs as somebody else.
fn other_user() -> Option<&'static str> {
    let id = Command::new("id").arg("-u").output().unwrap();
    let is_root = id.stdout.starts_with(b"0\n");
    let has = |user: &str| Command::new("id").arg(user).output().unwrap().status.success();
    is_root.then(|| if has("postgres") { "postgres" } else { "nobody" })
}

fn shell(script: &str) -> Command {
    let mut command = match other_user() {
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--", "sh", "-c", script]);
            command
        }
        None => {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        }
    };
    command.current_dir(Path::new("/"));
    command
}
