//! The threads that read. Each has a connection of its own, and makes all reads that wait in one transaction: what they see is
//! what was written when that began, which is after they were asked for. Where nothing waits, one wake-up is one read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::open::{self, damaged_or};
use super::spawn;
use crate::store::{Answering, StoreError};

/// How many threads there are at least, so that a long read does not hold up all others, and at most.
const FEWEST: usize = 2;
const MOST: usize = 8;

/// How many reads share a transaction.
const MOST_TOGETHER: usize = 32;

/// A read, on a connection if there is one. It answers by itself, and says whether the connection still serves.
type Ask = Box<dyn FnOnce(Result<&Connection, &StoreError>) -> bool + Send>;

/// Those who read.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    /// None once they are to end.
    asks: Option<Sender<Ask>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Threads that read this store.
    pub fn of(path: &Path) -> Result<Self, StoreError> {
        let (asks, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let number = std::thread::available_parallelism().map_or(FEWEST, usize::from).clamp(FEWEST, MOST);
        let begin = |_| {
            let (waiting, store) = (waiting.clone(), path.to_owned());
            spawn("store-reader", path, move || work(&store, &waiting))
        };
        let threads = (0..number).map(begin).collect::<Result<_, _>>()?;
        Ok(Readers { path: path.to_owned(), asks: Some(asks), threads })
    }

    /// Has something read.
    pub fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answering<'static, T> {
        let (answer, answered) = oneshot::channel();
        let path = self.path.clone();
        let asked: Ask = Box::new(move |connection| {
            let found = connection.map_err(Clone::clone).and_then(|connection| {
                // What is asked of SQLite does not panic; a thread that ended would be missed.
                let found = catch_unwind(AssertUnwindSafe(|| ask(connection)));
                let found = found.map_err(|_| StoreError::Unavailable("reading panicked".into()))?;
                found.map_err(|error| damaged_or(&path, &error))
            });
            let serves = found.is_ok();
            // If nobody waits any more, nobody misses it.
            let _ = answer.send(found);
            serves
        });
        if let Some(asks) = &self.asks {
            // What cannot be sent is dropped, and says so by that.
            let _ = asks.send(asked);
        }
        let stopped = || Err(StoreError::Unavailable("the readers have stopped".into()));
        Box::pin(async move { answered.await.unwrap_or_else(|_| stopped()) })
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.asks = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What a thread does until nobody can ask any more.
fn work(path: &Path, waiting: &Mutex<Receiver<Ask>>) {
    let mut spare = None;
    while let Some(asks) = next(waiting) {
        let opened = match spare.take() {
            Some(connection) => Ok(connection),
            None => open::reader(path),
        };
        match opened {
            Ok(connection) => spare = read_together(&connection, asks).then_some(connection),
            Err(error) => asks.into_iter().for_each(|ask| {
                ask(Err(&error));
            }),
        }
    }
}

/// Reads that wait, as soon as there is one.
fn next(waiting: &Mutex<Receiver<Ask>>) -> Option<Vec<Ask>> {
    let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let mut asks = vec![waiting.recv().ok()?];
    asks.extend(waiting.try_iter().take(MOST_TOGETHER - 1));
    Some(asks)
}

/// True if the connection still serves.
fn read_together(connection: &Connection, asks: Vec<Ask>) -> bool {
    let together = asks.len() > 1 && connection.execute_batch("BEGIN").is_ok();
    let mut serves = true;
    for ask in asks {
        serves &= ask(Ok(connection));
    }
    serves && (!together || connection.execute_batch("COMMIT").is_ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::embedded::EmbeddedStore;

    const TIME: &str = "SELECT value FROM meta WHERE name = 'time'";

    async fn answer<T>(read: Answering<'_, T>) -> Result<T, StoreError> {
        tokio::time::timeout(Duration::from_secs(30), read).await.expect("an answer")
    }

    #[tokio::test]
    async fn each_read_is_answered_once_whatever_becomes_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let _store = EmbeddedStore::open(&path).unwrap();
        let readers = Readers::of(&path).unwrap();
        let good = |_| readers.read(|connection| connection.query_row(TIME, [], |row| row.get::<_, i64>(0)));
        let mut asked: Vec<_> = (0..200).map(good).collect();
        asked.push(readers.read(|connection| connection.query_row("SELECT nothing", [], |row| row.get(0))));
        asked.push(readers.read(|_| panic!("broken")));
        asked.extend((0..200).map(good));
        let mut failed = 0;
        for read in asked {
            failed += usize::from(answer(read).await.is_err());
        }
        assert_eq!(failed, 2);
    }

    #[tokio::test]
    async fn a_long_read_holds_up_none_that_is_asked_for_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        let _store = EmbeddedStore::open(&path).unwrap();
        let readers = Readers::of(&path).unwrap();
        let (begun, has_begun) = std::sync::mpsc::channel();
        let (end, wait) = std::sync::mpsc::channel::<()>();
        let long = readers.read(move |_| {
            let _ = begun.send(());
            Ok(wait.recv().is_ok())
        });
        has_begun.recv().unwrap();
        for _ in 0..100 {
            answer(readers.read(|connection| connection.query_row(TIME, [], |_| Ok(())))).await.unwrap();
        }
        end.send(()).unwrap();
        assert_eq!(answer(long).await, Ok(true));
    }

    #[tokio::test]
    async fn without_a_file_all_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let readers = Readers::of(&folder.path().join("not there/state.db")).unwrap();
        for _ in 0..3 {
            assert!(answer(readers.read(|_| Ok(()))).await.is_err());
        }
    }
}
