//! Callers who are slow on purpose: with a head, with a body, with reading answers, or silent from the beginning. Each is closed when its limit
//! has run out; honest callers beside them wait hardly longer than without.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout};

use super::client::{self, Client};
use super::honest::{self, BESIDE_ATTACKS, Honest};
use crate::Server;

/// The limits: for a head, for a body, for an answer that is not read.
const HEAD: Duration = Duration::from_secs(5);
const BODY: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(10);

/// What became of the slow ones.
#[derive(Debug)]
struct Slow {
    /// How far the latest one was past its limit, in seconds; less than nothing if all were closed before it.
    pub latest: f64,
    /// Those that were not closed at all.
    pub open: usize,
    /// Honest callers without them, and beside them.
    pub honest: [Honest; 2],
}

/// As many slow callers as `COUNTERSIGN_SLOW_CALLERS` says, 200 if it says nothing; 2,000 are the full count, and are held
/// to their times.
///
/// # Panics
/// If one is not closed, or those of a full count are closed late or hold honest callers up.
pub fn slow_callers(server: &Server, honest: &[u8], body: &[u8], large: Option<&[u8]>) {
    let callers = std::env::var("COUNTERSIGN_SLOW_CALLERS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let slow = slow(server, honest, body, large, callers);
    let [without, beside] = &slow.honest;
    println!(
        "{callers} slow callers: the latest closed {:.1} s past its limit, {} not closed; honest without them {without}, \
         beside them {beside}",
        slow.latest, slow.open
    );
    assert_eq!(slow.open, 0, "{slow:?}");
    if callers >= 2000 {
        assert!(slow.latest <= 1.0, "{slow:?}");
        assert!(beside.percentile(0.99) <= 2.0 * without.percentile(0.99).max(1.0), "{slow:?}");
    }
}

/// So many slow callers, a quarter of each kind, from many addresses. `large` is a request with a large answer, if there is
/// one.
///
/// # Panics
/// If the system gives no connections.
fn slow(server: &Server, honest: &[u8], body: &[u8], large: Option<&[u8]>, callers: usize) -> Slow {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let address = client::socket(server.address());
    runtime.block_on(async {
        let without = honest::ask_apart(address, honest, BESIDE_ATTACKS, Duration::from_secs(3)).await;
        let slow = (0..callers).map(|at| {
            let source = 10 + u8::try_from(at % 80).unwrap_or_default();
            let (body, large) = (body.to_owned(), large.map(<[u8]>::to_owned));
            tokio::spawn(async move {
                match (at % 4, large) {
                    (0, _) => trickle(address, source, b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", HEAD).await,
                    (1, _) => trickle(address, source, &body[..body.len() / 2], BODY).await,
                    (2, Some(large)) => read_nothing(address, source, &large).await,
                    _ => trickle(address, source, &[], HEAD).await,
                }
            })
        });
        let slow: Vec<_> = slow.collect();
        let beside = honest::ask_apart(address, honest, BESIDE_ATTACKS, BODY + HEAD).await;
        let (mut latest, mut open) = (f64::NEG_INFINITY, 0);
        for one in slow {
            match one.await.expect("a slow caller") {
                Some(late) => latest = latest.max(late),
                None => open += 1,
            }
        }
        Slow { latest, open, honest: [without, beside] }
    })
}

/// Sends a beginning and then a byte a second at the most, and says how long after the limit it was closed.
async fn trickle(address: SocketAddr, source: u8, begins: &[u8], limit: Duration) -> Option<f64> {
    let began = Instant::now();
    let Ok(mut stream) = Client::new(address, source).connect().await else { return Some(f64::NEG_INFINITY) };
    let (mut reader, mut writer) = stream.split();
    let read = async {
        let mut answer = [0; 1024];
        while reader.read(&mut answer).await.is_ok_and(|read| read > 0) {}
    };
    let write = async {
        let _ = writer.write_all(begins).await;
        if !begins.is_empty() {
            while writer.write_all(b" ").await.is_ok() {
                sleep(Duration::from_secs(2)).await;
            }
        }
        std::future::pending::<()>().await
    };
    let closed = async {
        tokio::select! {
            () = read => {}
            () = write => {}
        }
    };
    timeout(limit + Duration::from_secs(10), closed).await.ok()?;
    Some(began.elapsed().as_secs_f64() - limit.as_secs_f64())
}

/// Asks for something large and reads no more of it than its status; says how long after the limit it was closed. Whoever
/// is refused has nothing to read, and counts as closed.
async fn read_nothing(address: SocketAddr, source: u8, asks: &[u8]) -> Option<f64> {
    let refused = Some(f64::NEG_INFINITY);
    let Ok(mut stream) = Client::new(address, source).connect_with_room(4096).await else { return refused };
    let mut status = [0; 12];
    let asked = async {
        stream.write_all(asks).await?;
        stream.read_exact(&mut status).await
    };
    let Ok(Ok(_)) = timeout(ANSWER, asked).await else { return refused };
    if !status.ends_with(b"200") {
        return refused;
    }
    let began = Instant::now();
    loop {
        // A byte more of a request tells whether the other side is still there.
        sleep(Duration::from_millis(100)).await;
        if stream.write_all(b" ").await.is_err() {
            return Some(began.elapsed().as_secs_f64() - ANSWER.as_secs_f64());
        }
        if began.elapsed() > ANSWER + Duration::from_secs(10) {
            return None;
        }
    }
}
