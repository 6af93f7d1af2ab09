//! A connection that ends when its other side takes too long: over a head, between requests, or with reading an
//! answer. The HTTP library keeps one clock for heads and idle connections; this one tells them apart.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::EdgeLimits;

/// What a connection is doing; the service that answers requests tells it.
#[derive(Clone, Default)]
pub(super) struct Phase(Arc<AtomicU8>);

impl Phase {
    /// A head is coming in, or is awaited on a new connection.
    const HEAD: u8 = 0;
    /// A request is being worked on; its body has a clock of its own.
    const WORKING: u8 = 1;
    /// The answer is being written.
    const ANSWERING: u8 = 2;
    /// Nothing is going on.
    const IDLE: u8 = 3;

    /// A request has begun.
    pub fn working(&self) {
        self.0.store(Self::WORKING, Ordering::Release);
    }

    /// Its answer is ready to be written.
    pub fn answering(&self) {
        self.0.store(Self::ANSWERING, Ordering::Release);
    }

    /// True while no request is being worked on or answered: what is written now, the library says by itself.
    pub fn nobody_was_asked(&self) -> bool {
        matches!(self.get(), Self::HEAD | Self::IDLE)
    }

    fn get(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }

    fn step(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

/// A stream with clocks.
pub(super) struct Timed<T> {
    stream: T,
    phase: Phase,
    limits: EdgeLimits,
    /// Runs while a head is awaited.
    reading: Pin<Box<Sleep>>,
    /// Runs while the other side takes no byte.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<T> Timed<T> {
    /// A new connection, whose first head is awaited from now on.
    pub fn new(stream: T, phase: Phase, limits: EdgeLimits) -> Self {
        Timed { stream, phase, limits, reading: Box::pin(sleep_until(Instant::now() + limits.head)), stalled: None }
    }

    fn restart_reading(&mut self, limit: Duration) {
        self.reading.as_mut().reset(Instant::now() + limit);
    }

    /// Ends a write: progress stops the clock, waiting starts it, and when it has run out the connection is over.
    fn watch<V>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<V>>) -> Poll<io::Result<V>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let limit = self.limits.write_stall;
        let clock = self.stalled.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + limit)));
        ready!(clock.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Timed<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            if self.phase.step(Phase::IDLE, Phase::HEAD) {
                let limit = self.limits.head;
                self.restart_reading(limit);
            }
            return read;
        }
        if self.phase.nobody_was_asked() {
            ready!(self.reading.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Timed<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        let flushed = self.watch(context, flushed);
        if matches!(flushed, Poll::Ready(Ok(()))) && self.phase.step(Phase::ANSWERING, Phase::IDLE) {
            let limit = self.limits.keep_alive;
            self.restart_reading(limit);
            // Reading was tried before the answer was written; so that the clock wakes somebody, it is asked here.
            let _ = self.reading.as_mut().poll(context);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch(context, shut)
    }
}
