//! The bank's code on threads of its own: a slot, a deadline, and its panics caught.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

pub struct Hop {
    runtime: Runtime,
    slots: Arc<Semaphore>,
}

impl Hop {
    /// # Errors
    /// If threads cannot be started.
    pub fn new(slots: usize) -> std::io::Result<Hop> {
        let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().thread_name("bank").build()?;
        Ok(Hop { runtime, slots: Arc::new(Semaphore::new(slots)) })
    }

    /// What the bank answers; none without a free slot, after the deadline or if it panicked.
    pub async fn ask<T: Send + 'static>(
        &self,
        deadline: Duration,
        asked: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let slot = self.slots.clone().try_acquire_owned().ok()?;
        let asked = async move {
            let answer = asked.await;
            drop(slot);
            answer
        };
        let mut running = self.runtime.spawn(asked);
        match tokio::time::timeout(deadline, &mut running).await {
            Ok(answer) => answer.ok(),
            Err(_) => {
                running.abort();
                None
            }
        }
    }
}
