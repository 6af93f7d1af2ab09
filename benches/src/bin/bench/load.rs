//! Sends requests over connections that stay open, each as soon as its answer has come.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use super::endpoints::Endpoint;

/// Operations that were asked for, by this process.
static OPERATIONS: AtomicU64 = AtomicU64::new(0);

/// Sends so many requests; fails if one is not answered as it should be.
pub async fn run(address: &str, endpoint: &Endpoint, connections: usize, requests: usize) -> Result<()> {
    let left = Rc::new(Cell::new(requests));
    let local = LocalSet::new();
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let (bytes, place) = endpoint.bytes();
        tasks.push(local.spawn_local(caller(stream, bytes, place, endpoint.status, left.clone())));
    }
    let awake = local.spawn_local(stay_awake());
    let sent = local
        .run_until(async move {
            for task in tasks {
                task.await??;
            }
            Ok(())
        })
        .await;
    awake.abort();
    sent
}

/// Keeps this thread from going to sleep, since a server pays for each wake-up of its caller: a quick one, whose caller always
/// has something to read, would pay for none, and a slow one for each answer.
pub async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}

async fn caller(
    mut stream: TcpStream,
    mut request: Vec<u8>,
    place: Option<usize>,
    status: u16,
    left: Rc<Cell<usize>>,
) -> Result<()> {
    let mut answer = Vec::with_capacity(8 * 1024);
    while let Some(rest) = left.get().checked_sub(1) {
        left.set(rest);
        if let Some(id) = place.and_then(|place| request.get_mut(place..place + 8)) {
            id.copy_from_slice(format!("{:08x}", OPERATIONS.fetch_add(1, Ordering::Relaxed)).as_bytes());
        }
        stream.write_all(&request).await?;
        answer.clear();
        read(&mut stream, &mut answer).await?;
        let told = answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
        ensure!(
            told.and_then(|told| told.parse().ok()) == Some(status),
            "{status} was expected: {}",
            String::from_utf8_lossy(&answer)
        );
    }
    Ok(())
}

/// Reads one answer.
pub async fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<()> {
    loop {
        if stream.read_buf(answer).await? == 0 {
            bail!("the connection ended");
        }
        let Some(head) = answer.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let length = length(answer.get(..head).unwrap_or_default())?;
        if answer.len() >= head + 4 + length {
            return Ok(());
        }
    }
}

fn length(head: &[u8]) -> Result<usize> {
    let head = std::str::from_utf8(head)?;
    for line in head.lines() {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            return Ok(value.trim().parse()?);
        }
    }
    bail!("the answer has no length")
}
