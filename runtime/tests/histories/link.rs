//! A way to the database server that can be cut: a socket of its own, behind which every connection is carried on to
//! the server's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Open,
    /// What is asked goes on to the server, but no answer comes back.
    Mute,
    /// No connection lives, and none is made.
    Cut,
}

/// A socket in a folder, named as the server's own.
pub struct Link {
    way: watch::Sender<Way>,
    carrying: JoinHandle<()>,
}

const NAME: &str = ".s.PGSQL.5432";

impl Link {
    /// Makes a socket in `here` that leads to the one in `there`.
    pub fn new(here: &Path, there: &Path) -> Link {
        let (way, seen) = watch::channel(Way::Open);
        let listener = UnixListener::bind(here.join(NAME)).unwrap();
        let server = there.join(NAME);
        Link { way, carrying: tokio::spawn(accept(listener, server, seen)) }
    }

    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

async fn accept(listener: UnixListener, server: PathBuf, way: watch::Receiver<Way>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        if *way.borrow() == Way::Cut {
            continue;
        }
        let Ok(server) = UnixStream::connect(&server).await else { continue };
        tokio::spawn(carry(client, server, way.clone()));
    }
}

/// Carries both directions until one of them ends or the way is cut.
async fn carry(client: UnixStream, server: UnixStream, mut way: watch::Receiver<Way>) {
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let listening = Arc::new(way.clone());
    tokio::select! {
        _ = copy(from_client, to_server, || true) => {}
        _ = copy(from_server, to_client, || *listening.borrow() == Way::Open) => {}
        _ = way.wait_for(|way| *way == Way::Cut) => {}
    }
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, goes_on: impl Fn() -> bool) -> std::io::Result<()> {
    let mut room = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut room).await?;
        if read == 0 {
            return Ok(());
        }
        if goes_on() {
            to.write_all(&room[..read]).await?;
        }
    }
}
