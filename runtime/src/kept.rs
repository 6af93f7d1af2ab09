//! Work that is done where somebody waits for it, and that goes on by itself if they no longer do: a caller who hangs up,
//! or who is answered that it takes too long, does not stop a change half way.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::runtime::Handle;
use tracing::Instrument;

/// The work panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Work that ends whatever becomes of who waits for it.
pub(crate) struct Kept<F: Future<Output: Send> + Send + 'static> {
    /// Nothing once it has ended.
    work: Option<Pin<Box<F>>>,
}

impl<F: Future<Output: Send> + Send + 'static> Kept<F> {
    /// Work that must not be cut off; in the log it stays in the span of whoever waited for it.
    pub fn new(work: F) -> Self {
        Kept { work: Some(Box::pin(work)) }
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for Kept<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Nobody asks again once it has ended; if somebody did, they would wait for ever.
        let Some(work) = &mut self.work else { return Poll::Pending };
        // What panicked is never polled again.
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        let ended = match polled {
            Ok(polled) => Ok(ready!(polled)),
            Err(_) => Err(Panicked),
        };
        self.work = None;
        Poll::Ready(ended)
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for Kept<F> {
    fn drop(&mut self) {
        // Without a runtime the process ends, and this with it.
        if let (Some(work), Ok(runtime)) = (self.work.take(), Handle::try_current()) {
            runtime.spawn(work.in_current_span());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    async fn steps(done: Arc<AtomicUsize>) -> usize {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            done.fetch_add(1, Ordering::SeqCst);
        }
        done.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn who_waits_gets_what_it_gives() {
        assert_eq!(Kept::new(steps(Arc::default())).await, Ok(5));
        assert_eq!(Kept::new(async { panic!("once") }).await, Err::<(), _>(Panicked));
    }

    #[tokio::test]
    async fn it_goes_on_if_nobody_waits_any_more() {
        let done = Arc::new(AtomicUsize::new(0));
        let waited = tokio::time::timeout(Duration::from_millis(7), Kept::new(steps(done.clone()))).await;
        assert!(waited.is_err());
        drop(Kept::new(steps(done.clone())));
        let patience = std::time::Instant::now();
        while done.load(Ordering::SeqCst) < 10 {
            assert!(patience.elapsed() < Duration::from_secs(10), "it stopped half way");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[test]
    fn it_ends_with_its_runtime() {
        let done = Arc::new(AtomicUsize::new(0));
        drop(Kept::new(steps(done.clone())));
        assert_eq!(Arc::strong_count(&done), 1);
    }
}
