//! Two servers, of which one follows the other and can take its place.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{ADMIN, Server};

/// What the follower is called.
const NAME: &str = "follower";

/// Whether an answered commit is on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Following {
    Synchronously,
    Asynchronously,
}

/// A primary and its standby.
pub struct Pair {
    servers: [Server; 2],
    primary: usize,
    following: Following,
}

impl Pair {
    /// Starts both.
    pub fn start(following: Following) -> Pair {
        let servers = [Server::start(&[]), Server::without_data()];
        let mut pair = Pair { servers, primary: 0, following };
        pair.follow();
        pair
    }

    pub fn primary(&self) -> &Server {
        &self.servers[self.primary]
    }

    pub fn standby(&self) -> &Server {
        &self.servers[1 - self.primary]
    }

    /// Both, always in the same order.
    pub fn url(&self, database: &str) -> String {
        let [first, second] = self.servers.each_ref().map(Server::folder);
        of_both(first, second, database)
    }

    /// Lets the standby get nothing any more, as a cut line would.
    pub fn cut(&self) {
        set(self.standby(), "primary_conninfo", "");
        until("the standby is cut off", || self.standing() == "");
    }

    /// Kills every process of the primary.
    pub fn kill_primary(&mut self) {
        self.servers[self.primary].kill_hard();
    }

    /// Makes the standby the primary; the other one stays as it is.
    pub fn promote(&mut self) {
        assert_eq!(self.standby().sql("postgres", "SELECT pg_promote(true, 30)"), "t");
        self.primary = 1 - self.primary;
    }

    /// Starts what was the primary before, which does not know that it is not any more.
    pub fn start_former(&mut self) {
        self.servers[1 - self.primary].run(&[]);
    }

    /// Makes the other one a standby, whatever it was.
    pub fn follow(&mut self) {
        let [first, second] = &mut self.servers;
        let (primary, standby) = if self.primary == 0 { (first, second) } else { (second, first) };
        standby.follow(primary, NAME);
        match self.following {
            Following::Asynchronously => until("the standby follows", || self.standing() == "async"),
            Following::Synchronously => self.make_synchronous(),
        }
    }

    /// From now on the primary answers no commit before the standby has it.
    pub fn make_synchronous(&mut self) {
        self.following = Following::Synchronously;
        set(self.primary(), "synchronous_standby_names", NAME);
        until("the standby follows synchronously", || self.standing() == "sync");
    }

    fn standing(&self) -> String {
        self.primary().sql("postgres", "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'")
    }
}

/// The address of a database on one of two sockets.
pub fn of_both(first: &Path, second: &Path, database: &str) -> String {
    let [first, second] = [first, second].map(|folder| folder.display().to_string().replace('/', "%2F"));
    format!("postgres://{ADMIN}@{first},{second}/{database}")
}

/// Changes a setting of a server that runs.
pub fn set(server: &Server, name: &str, value: &str) {
    server.sql("postgres", &format!("ALTER SYSTEM SET {name} = '{value}'"));
    server.sql("postgres", "SELECT pg_reload_conf()");
}

/// Waits for something that a server does by itself.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30), "not within 30 seconds: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
