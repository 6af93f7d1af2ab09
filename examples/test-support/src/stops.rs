//! Signals to stop, while callers ask on connections that they keep: every request is answered, and the process ends well.
//! `COUNTERSIGN_STOPS` sets how often; see `docs/figures.md` for the full count.

use std::time::Duration;

use crate::Server;
use crate::bad_requests::GoodRequest;
use crate::raw::Connection;

const CALLERS: usize = 8;

/// How long callers ask before the signal, at the least; each stop comes a little later than the last one.
const BEFORE: Duration = Duration::from_millis(50);
const LATER: Duration = Duration::from_millis(7);
const LATEST: u32 = 40;

/// How long a stopping adapter goes on answering.
pub const DELAY: (&str, &str) = ("COUNTERSIGN_SHUTDOWN_DELAY", "1s");

/// Starts and stops adapters under load. They are started with [`DELAY`].
///
/// # Panics
/// If a request has no good answer, or a process does not end well.
pub fn lose_nothing(start: impl Fn() -> Server, request: &GoodRequest, headers: &str) {
    let stops = std::env::var("COUNTERSIGN_STOPS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let (mut answered, mut lost) = (0, 0);
    for turn in 0..stops {
        let mut server = start();
        let callers: Vec<_> = (0..CALLERS).map(|_| caller(&server, request, headers)).collect();
        std::thread::sleep(BEFORE + LATER * (turn % LATEST));
        server.stop();
        for caller in callers {
            let (its_answered, its_lost) = caller.join().expect("a caller");
            answered += its_answered;
            lost += its_lost;
        }
        let ended = server.wait();
        assert!(ended.success(), "{ended}: {}", server.log());
        assert!(!server.log().contains("panic"), "{}", server.log());
    }
    println!("{stops} signals to stop under load: {answered} requests answered, {lost} not");
    assert!(answered > stops as usize * CALLERS, "callers were there when it stopped");
    assert_eq!(lost, 0);
}

/// Asks on one connection until an answer ends it; gives how many requests were answered, and how many were not, or by a failure.
fn caller(server: &Server, request: &GoodRequest, headers: &str) -> std::thread::JoinHandle<(usize, usize)> {
    let mut connection = Connection::to(server.address()).with_headers(headers);
    let (GoodRequest { method, path, body }, mut answered) = (request.clone(), 0);
    std::thread::spawn(move || {
        let body = body.to_string();
        loop {
            match connection.try_send(&method, &path, "application/json", body.as_bytes()) {
                Some(answer) if answer.status < 500 => answered += 1,
                _ => return (answered, 1),
            }
            if !connection.is_open() {
                return (answered, 0);
            }
        }
    })
}
