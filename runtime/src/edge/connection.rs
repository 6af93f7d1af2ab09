//! A connection that ends when its other side takes too long: over a head, between requests, or with reading an
//! answer. The HTTP library keeps one clock for heads and idle connections; this one keeps them apart.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::EdgeLimits;
use super::phase::{Doing, Phase};

/// A stream with clocks.
pub(super) struct Timed<T> {
    stream: T,
    phase: Phase,
    limits: EdgeLimits,
    /// True while nothing has come at all.
    is_new: bool,
    /// Runs while a head is awaited.
    reading: Pin<Box<Sleep>>,
    /// Runs while the other side takes no byte.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<T> Timed<T> {
    /// A new connection, whose first head is awaited from now on.
    pub fn new(stream: T, phase: Phase, limits: EdgeLimits) -> Self {
        let reading = Box::pin(sleep_until(Instant::now() + limits.head));
        Timed { stream, phase, limits, is_new: true, reading, stalled: None }
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
            self.is_new = false;
            if self.phase.step(Doing::Idle, Doing::Head) {
                let limit = self.limits.head;
                self.restart_reading(limit);
            }
            return read;
        }
        if self.phase.is_ending() && (self.is_new || self.phase.doing() == Doing::Idle) {
            // The end of the stream: the library closes it as if the caller had.
            return Poll::Ready(Ok(()));
        }
        if self.phase.has_no_request() {
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
        if matches!(flushed, Poll::Ready(Ok(()))) && self.phase.step(Doing::Answering, Doing::Idle) {
            let limit = self.limits.keep_alive;
            self.restart_reading(limit);
            // Reading was tried before the answer was written; so that the clock wakes somebody, it is asked here.
            let _ = self.reading.as_mut().poll(context);
            if self.phase.is_ending() {
                context.waker().wake_by_ref();
            }
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch(context, shut)
    }
}
