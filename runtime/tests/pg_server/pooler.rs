//! PgBouncer in front of a server, on a socket of its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::sync::OnceLock;

use countersign_runtime::store::postgres::{PostgresOptions, PostgresStore};
use countersign_runtime::store::{Caps, Clocked};

use super::pair::until;
use super::{ADMIN, Server, shell};

/// A pooler that runs until it is dropped, or until this process is gone.
pub struct Pooler {
    place: Server,
    running: Child,
}

/// The pooler in front of the shared server that keeps sessions together; nothing where PgBouncer is not installed.
pub fn shared() -> Option<&'static Pooler> {
    static SHARED: OnceLock<Option<Pooler>> = OnceLock::new();
    SHARED.get_or_init(|| Pooler::start(super::shared(), "session", true)).as_ref()
}

impl Pooler {
    /// Starts a pooler in this mode; nothing, and a line that says so, where it is not installed.
    pub fn before(server: &Server, mode: &str) -> Option<Pooler> {
        Pooler::start(server, mode, false)
    }

    fn start(server: &Server, mode: &str, is_shared: bool) -> Option<Pooler> {
        let Some(program) = installed() else {
            // Not `eprintln!`, which is kept back for tests that pass.
            let missing = b"SKIPPED: `pgbouncer` is not installed (Debian: `apt-get install pgbouncer`)\n";
            std::io::stderr().write_all(missing).unwrap();
            return None;
        };
        let place = Server::without_data();
        let folder = place.folder.path().display();
        let settings = format!(
            "[databases]\n* = host={}\n[pgbouncer]\nlisten_addr =\nlisten_port = 5432\nunix_socket_dir = {folder}\n\
             auth_type = trust\nauth_file = {folder}/users\npool_mode = {mode}\nmax_client_conn = 1000\n\
             default_pool_size = 64\nlogfile = {folder}/log\npidfile = {folder}/pid\n",
            server.folder.path().display()
        );
        std::fs::write(place.folder.path().join("pooler.ini"), settings).unwrap();
        std::fs::write(place.folder.path().join("users"), format!("\"{ADMIN}\" \"\"\n")).unwrap();
        let end = if is_shared { format!("; rm -rf '{folder}'") } else { String::new() };
        let script = format!(
            "('{program}' -q '{folder}/pooler.ini' >'{folder}/said' 2>&1 </dev/null) &
             pooler=$!; echo started; cat >/dev/null; kill $(cat '{folder}/pid'); wait $pooler{end}"
        );
        let mut running = shell(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        BufReader::new(running.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        until("the pooler listens", || place.is_there());
        Some(Pooler { place, running })
    }

    /// A store in a database of its own, behind the pooler; time is passed in.
    pub fn store(&self, server: &Server, caps: Caps) -> PostgresStore {
        let options = PostgresOptions { caps, clocked: Clocked::Caller, ..PostgresOptions::default() };
        PostgresStore::open_with(&self.url(&server.database()).parse().unwrap(), options).unwrap()
    }

    /// How a database behind it is named in settings.
    pub fn url(&self, database: &str) -> String {
        self.place.url(ADMIN, database)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.running.stdin.take());
        let _ = self.running.wait();
    }
}

fn installed() -> Option<&'static str> {
    ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
}
