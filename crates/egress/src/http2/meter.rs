//! A stream that ends when its peer sends on and on without answering anything: HTTP/2 allows any number of `SETTINGS`,
//! `PING`, interim and unknown frames, each of which costs us work, and a connection is shared by many calls.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that may come while no answer goes on: all that the connection's window lets through unread, and headers.
const LIMIT: usize = super::CONNECTION_WINDOW as usize + 1024 * 1024;

/// What came since an answer went on.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<State>);

#[derive(Default)]
struct State {
    idle: AtomicUsize,
    flooded: AtomicBool,
}

impl Meter {
    /// A call begins, or a part of an answer arrived.
    pub fn progress(&self) {
        self.0.idle.store(0, Ordering::Relaxed);
    }

    /// Whether the connection was ended for a flood.
    pub fn is_flooded(&self) -> bool {
        self.0.flooded.load(Ordering::Relaxed)
    }

    fn came(&self, bytes: usize) -> io::Result<()> {
        if self.0.idle.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= LIMIT {
            return Ok(());
        }
        self.0.flooded.store(true, Ordering::Relaxed);
        Err(io::Error::other("a flood of frames that answer nothing"))
    }
}

/// A stream with a meter for what is read.
pub(super) struct Metered<S> {
    pub stream: S,
    pub meter: Meter,
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if let Poll::Ready(Ok(())) = polled {
            return Poll::Ready(this.meter.came(buffer.filled().len().saturating_sub(before)));
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn what_answers_nothing_ends_it_and_an_answer_starts_anew() {
        let meter = Meter::default();
        let mut stream = Metered {
            stream: tokio::io::repeat(0),
            meter: meter.clone(),
        };
        let mut half = vec![0; LIMIT / 2 + 1];
        stream.read_exact(&mut half).await.unwrap();
        meter.progress();
        stream.read_exact(&mut half).await.unwrap();
        assert!(!meter.is_flooded());
        assert!(stream.read_exact(&mut half).await.is_err());
        assert!(meter.is_flooded());
    }
}
