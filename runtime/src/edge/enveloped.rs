//! Puts the API's envelope around what the HTTP library refuses by itself: heads that it cannot read. It answers those
//! with an empty body before any service is asked; here that answer is exchanged on its way out.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::phase::Phase;

/// Writes the whole answer, head and body, to a request that could not be read, from its status.
pub(crate) type RefuseHead = Arc<dyn Fn(u16) -> Vec<u8> + Send + Sync>;

/// A stream on which the library's own refusals are exchanged.
pub(super) struct Enveloped<T> {
    stream: T,
    phase: Phase,
    refuse: Option<RefuseHead>,
    /// What is written in place of the library's answer, and how much of it has been.
    exchanged: Vec<u8>,
    written: usize,
}

impl<T: AsyncWrite + Unpin> Enveloped<T> {
    /// A stream; without `refuse` nothing is exchanged.
    pub fn new(stream: T, phase: Phase, refuse: Option<RefuseHead>) -> Self {
        Enveloped { stream, phase, refuse, exchanged: Vec::new(), written: 0 }
    }

    /// True if these bytes are an answer of the library's own; then it has been exchanged.
    fn exchange(&mut self, bytes: &[u8]) -> bool {
        let Some(refuse) = &self.refuse else { return false };
        let Some(status) = refusal_status(bytes).filter(|_| self.phase.has_no_request()) else { return false };
        self.exchanged = refuse(status);
        self.written = 0;
        true
    }

    /// Writes what was exchanged.
    fn drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.exchanged.get(self.written..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.stream).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written += written,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// The status of an answer that refuses, if the bytes begin one.
fn refusal_status(bytes: &[u8]) -> Option<u16> {
    let status = bytes.strip_prefix(b"HTTP/1.1 ").or_else(|| bytes.strip_prefix(b"HTTP/1.0 "))?.get(..3)?;
    let status = std::str::from_utf8(status).ok()?.parse().ok()?;
    (400..500).contains(&status).then_some(status)
}

impl<T: AsyncRead + Unpin> AsyncRead for Enveloped<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Enveloped<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.drain(context))?;
        if self.exchange(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.drain(context))?;
        let first = pieces.iter().find(|piece| !piece.is_empty());
        if first.is_some_and(|first| self.exchange(first)) {
            return Poll::Ready(Ok(pieces.iter().map(|piece| piece.len()).sum()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.drain(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.drain(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
