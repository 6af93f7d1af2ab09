//! How a process stops: readiness goes first, answers send their callers elsewhere, and nobody who has asked is left without
//! an answer.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::child::started;

#[test]
fn what_is_under_way_ends_well_and_readiness_goes_first() {
    let adapter = started("--dev", &[]);
    let mut busy = TcpStream::connect(&adapter.address).unwrap();
    busy.write_all(
        b"POST /api/hang HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n",
    )
    .unwrap();
    // The server asks for the body: this request is under way, and its body comes after the signal.
    let mut asked = [0; 12];
    busy.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100");
    let mut operations = TcpStream::connect(&adapter.operations).unwrap();
    operations.write_all(b"GET /health/ready HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    operations.read_exact(&mut [0; 12]).unwrap();
    adapter.signal();
    let patience = Instant::now();
    while adapter.get(&adapter.operations, "/health/ready").starts_with("HTTP/1.1 200") {
        assert!(patience.elapsed() < Duration::from_secs(5), "ready for ever");
    }
    while TcpStream::connect(&adapter.address).is_ok() {
        assert!(patience.elapsed() < Duration::from_secs(5), "people are let in for ever");
        std::thread::sleep(Duration::from_millis(10));
    }
    busy.write_all(b"{").unwrap();
    drop(busy);
    assert_eq!(adapter.ended().0, Some(0));
}

#[test]
fn what_the_log_says_changes_nothing_else() {
    for filter in ["off", "my_bank=debug", "countersign_runtime=off", "verbose", "error"] {
        let adapter = started("--dev", &[("COUNTERSIGN_LOG", filter)]);
        std::thread::sleep(Duration::from_millis(100));
        assert!(adapter.get(&adapter.address, "/api/status").starts_with("HTTP/1.1 200"), "{filter}");
        adapter.signal();
        assert_eq!(adapter.ended().0, Some(0), "{filter}");
    }
}

/// A connection that is kept, as a pool of connections keeps it.
struct Kept(TcpStream);

/// An answer's head, in small letters.
struct Head(String);

impl Kept {
    fn new(address: &str) -> std::io::Result<Kept> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Kept(stream))
    }

    /// Asks, and reads all of the answer; nothing if none came.
    fn ask(&mut self) -> Option<Head> {
        self.0.write_all(b"GET /api/status HTTP/1.1\r\nhost: a\r\n\r\n").ok()?;
        self.answer()
    }

    fn answer(&mut self) -> Option<Head> {
        let (mut read, mut some) = (Vec::new(), [0; 1024]);
        while !read.ends_with(b"\"up\"") {
            match self.0.read(&mut some) {
                Ok(0) | Err(_) => return None,
                Ok(bytes) => read.extend_from_slice(&some[..bytes]),
            }
        }
        Some(Head(String::from_utf8(read).unwrap().to_lowercase()))
    }

    fn is_closed(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(read) => read == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

impl Head {
    fn ends_its_connection(&self) -> bool {
        self.0.contains("\r\nconnection: close\r\n")
    }
}

#[test]
fn for_a_while_answers_go_on_and_each_ends_its_connection() {
    let adapter = started("--dev", &[("COUNTERSIGN_SHUTDOWN_DELAY", "5s")]);
    let (mut kept, mut silent) = (Kept::new(&adapter.address).unwrap(), Kept::new(&adapter.address).unwrap());
    assert!(!kept.ask().unwrap().ends_its_connection() && !silent.ask().unwrap().ends_its_connection());
    adapter.signal();
    let told = Instant::now();
    while adapter.get(&adapter.operations, "/health/ready").starts_with("HTTP/1.1 200") {
        assert!(told.elapsed() < Duration::from_secs(4), "ready for ever");
    }
    assert!(kept.ask().unwrap().ends_its_connection() && kept.is_closed(), "one that was kept");
    let mut new = Kept::new(&adapter.address).unwrap();
    assert!(new.ask().unwrap().ends_its_connection() && new.is_closed(), "one that is new");
    assert!(silent.is_closed(), "one that nobody uses ends with the port");
    assert!(told.elapsed() >= Duration::from_secs(5) && told.elapsed() < Duration::from_secs(20));
    assert_eq!(adapter.ended().0, Some(0));
}

#[test]
fn a_second_signal_ends_the_delay() {
    let adapter = started("--dev", &[("COUNTERSIGN_SHUTDOWN_DELAY", "2m")]);
    adapter.signal();
    while adapter.get(&adapter.operations, "/health/ready").starts_with("HTTP/1.1 200") {}
    adapter.signal();
    let told = Instant::now();
    let (code, log) = adapter.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(told.elapsed() < Duration::from_secs(20), "{log}");
}

/// Asks on a kept connection for as long as there is one, and on a new one where the answer said so; gives how many
/// requests were answered, and how many were not.
fn ask_until(address: &str, is_over: &AtomicBool) -> (usize, usize) {
    let (mut answered, mut lost) = (0, 0);
    let mut kept = None;
    while !is_over.load(Ordering::Relaxed) {
        let mut connection = match kept.take().map_or_else(|| Kept::new(address), Ok) {
            Ok(connection) => connection,
            // The port is closed: whoever is told so asks elsewhere.
            Err(_) => break,
        };
        match connection.ask() {
            Some(head) if head.ends_its_connection() => answered += 1,
            Some(_) => (answered, kept) = (answered + 1, Some(connection)),
            None => lost += 1,
        }
        // With no pause at all a caller would find the port open until it is closed, and be refused by the system.
        if !is_over.load(Ordering::Relaxed) && kept.is_some() {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    (answered, lost)
}

/// `PROCESS_TEST_STOPS=100` is the full count.
#[test]
fn no_request_of_a_kept_connection_is_left_without_an_answer() {
    let stops = std::env::var("PROCESS_TEST_STOPS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let (mut answered, mut lost) = (0, 0);
    for _ in 0..stops {
        // Nobody reads the log meanwhile, and a line for each request would fill the pipe.
        let environment = [("COUNTERSIGN_SHUTDOWN_DELAY", "3s"), ("COUNTERSIGN_LOG", "warn")];
        let adapter = started("--dev", &environment);
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..8).map(|_| scope.spawn(|| ask_until(&adapter.address, &is_over))).collect();
            std::thread::sleep(Duration::from_millis(200));
            adapter.signal();
            // A proxy has seen by now that the adapter is not ready, and asks elsewhere.
            std::thread::sleep(Duration::from_millis(600));
            is_over.store(true, Ordering::Relaxed);
            for caller in callers {
                let (their_answered, their_lost) = caller.join().unwrap();
                (answered, lost) = (answered + their_answered, lost + their_lost);
            }
        });
        assert_eq!(adapter.ended().0, Some(0));
    }
    println!("{stops} stops: {answered} requests answered, {lost} lost");
    assert!(answered > 100 * stops, "{answered}");
    assert_eq!(lost, 0, "of {answered}");
}
