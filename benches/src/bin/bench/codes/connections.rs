//! Connections that are open before they are used, each with a request of its own under way then.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::load;
use crate::server::Cores;

/// What is sent next, as long as there is something.
type Requests = Rc<RefCell<dyn Iterator<Item = Vec<u8>>>>;

pub struct Connections {
    streams: Vec<TcpStream>,
    cores: Cores,
}

impl Connections {
    pub async fn open(address: &str, count: usize, cores: Cores) -> Result<Connections> {
        let mut streams = Vec::new();
        for _ in 0..count {
            let stream = TcpStream::connect(address).await.context("cannot connect")?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        Ok(Connections { streams, cores })
    }

    /// Sends every request and gives how long each took. Fails unless each answer holds this text.
    pub async fn send(
        self,
        requests: impl Iterator<Item = Vec<u8>> + 'static,
        expected: &'static str,
    ) -> Result<Vec<Duration>> {
        let requests: Requests = Rc::new(RefCell::new(requests));
        let local = LocalSet::new();
        let callers: Vec<_> = self
            .streams
            .into_iter()
            .map(|stream| local.spawn_local(caller(stream, requests.clone(), expected)))
            .collect();
        // On a core of its own the load stays awake, so that no server pays for waking it.
        let awake = (self.cores == Cores::Own).then(|| local.spawn_local(load::stay_awake()));
        let mut durations = Vec::new();
        local
            .run_until(async {
                for caller in callers {
                    durations.extend(caller.await??);
                }
                anyhow::Ok(())
            })
            .await?;
        if let Some(awake) = awake {
            awake.abort();
        }
        Ok(durations)
    }
}

async fn caller(mut stream: TcpStream, requests: Requests, expected: &'static str) -> Result<Vec<Duration>> {
    let (mut took, mut answer) = (Vec::new(), Vec::with_capacity(8 * 1024));
    loop {
        let Some(request) = requests.borrow_mut().next() else { return Ok(took) };
        let begun = Instant::now();
        stream.write_all(&request).await?;
        answer.clear();
        load::read(&mut stream, &mut answer).await?;
        took.push(begun.elapsed());
        let text = String::from_utf8_lossy(&answer);
        ensure!(text.contains(expected), "`{expected}` was expected: {text}");
    }
}
