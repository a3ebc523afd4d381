//! A stream that ends when its peer sends on and on without answering anything: HTTP/2 allows any number of `SETTINGS`,
//! `PING`, interim and unknown frames, each of which costs us work, and a connection is shared by many calls. It also
//! watches what the library does not tell: which requests went out, and what a connection has used up in its life.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::frames::{Frames, Seen};

/// Bytes that may come while no answer goes on, beside all that the connection's window lets through unread: headers.
const HEADERS: usize = 1024 * 1024;

/// After so many empty parts of bodies a connection gets no more calls: the library ends it at the hundred-and-first, and
/// answers under way may bring some still.
const MAX_EMPTY: usize = 25;

/// After so many calls a connection gets no more, so that nothing that adds up over its life comes near a limit.
const MAX_CALLS: usize = 10_000;

/// What came and went.
#[derive(Clone)]
pub(super) struct Meter(Arc<State>);

struct State {
    limit: usize,
    idle: AtomicUsize,
    flooded: AtomicBool,
    calls: AtomicUsize,
    empty: AtomicUsize,
    /// The highest stream whose headers were written, 0 at first.
    asked: AtomicU32,
    /// The last stream that the peer still answers.
    last: AtomicU32,
}

impl Meter {
    /// For a connection with such a window.
    pub fn new(window: u32) -> Self {
        Self(Arc::new(State {
            limit: window as usize + HEADERS,
            idle: AtomicUsize::new(0),
            flooded: AtomicBool::new(false),
            calls: AtomicUsize::new(0),
            empty: AtomicUsize::new(0),
            asked: AtomicU32::new(0),
            last: AtomicU32::new(u32::MAX),
        }))
    }

    /// A call begins. What it gets tells later whether any request went out since.
    pub fn begin(&self) -> u32 {
        self.progress();
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Whether no request was written since the call began that got this.
    pub fn sent_nothing_since(&self, begun: u32) -> bool {
        self.0.asked.load(Ordering::SeqCst) == begun
    }

    /// Whether the peer said that it leaves some requests out.
    pub fn leaves_some_out(&self) -> bool {
        self.0.last.load(Ordering::SeqCst) < self.0.asked.load(Ordering::SeqCst)
    }

    /// A part of an answer arrived.
    pub fn progress(&self) {
        self.0.idle.store(0, Ordering::Relaxed);
    }

    /// Whether the connection was ended for a flood.
    pub fn is_flooded(&self) -> bool {
        self.0.flooded.load(Ordering::Relaxed)
    }

    /// Whether the connection should get no more calls.
    pub fn is_spent(&self) -> bool {
        self.0.empty.load(Ordering::Relaxed) >= MAX_EMPTY
            || self.0.calls.load(Ordering::Relaxed) >= MAX_CALLS
            || self.0.last.load(Ordering::SeqCst) != u32::MAX
    }

    fn came(&self, bytes: usize) -> io::Result<()> {
        if self.0.idle.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.0.limit {
            return Ok(());
        }
        self.0.flooded.store(true, Ordering::Relaxed);
        Err(io::Error::other("a flood of frames that answer nothing"))
    }
}

/// A stream with a meter.
pub(super) struct Metered<S> {
    stream: S,
    meter: Meter,
    read: Frames,
    written: Frames,
}

impl<S> Metered<S> {
    pub fn new(stream: S, meter: Meter) -> Self {
        Self {
            stream,
            meter,
            read: Frames::default(),
            written: Frames::of_client(),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if let Poll::Ready(Ok(())) = polled {
            let bytes = buffer.filled().get(before..).unwrap_or_default();
            let state = &this.meter.0;
            this.read.follow(bytes, |seen| match seen {
                Seen::Empty => _ = state.empty.fetch_add(1, Ordering::Relaxed),
                Seen::GoAway(last) => _ = state.last.fetch_min(last, Ordering::SeqCst),
                Seen::Headers(_) => {}
            });
            return Poll::Ready(this.meter.came(bytes.len()));
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(cx, bytes);
        // Some of what failed may have gone out nevertheless.
        let written = match &polled {
            Poll::Ready(Ok(count)) => bytes.get(..*count).unwrap_or(bytes),
            Poll::Ready(Err(_)) => bytes,
            Poll::Pending => &[],
        };
        let state = &this.meter.0;
        this.written.follow(written, |seen| {
            if let Seen::Headers(stream) = seen {
                state.asked.fetch_max(stream, Ordering::SeqCst);
            }
        });
        polled
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn what_answers_nothing_ends_it_and_an_answer_starts_anew() {
        let meter = Meter::new(1024 * 1024);
        let mut stream = Metered::new(tokio::io::repeat(0), meter.clone());
        let mut half = vec![0; meter.0.limit / 2 + 1];
        stream.read_exact(&mut half).await.unwrap();
        meter.progress();
        stream.read_exact(&mut half).await.unwrap();
        assert!(!meter.is_flooded());
        assert!(stream.read_exact(&mut half).await.is_err());
        assert!(meter.is_flooded());
    }

    /// A peer that leaves soon names a last stream far above all.
    #[tokio::test]
    async fn a_peer_that_leaves_says_whether_it_leaves_requests_out() {
        for (last, leaves_out) in [(1, true), (3, false), (u32::MAX >> 1, false)] {
            let meter = Meter::new(1024 * 1024);
            let (ours, mut theirs) = tokio::io::duplex(1024);
            let mut stream = Metered::new(ours, meter.clone());
            let begun = meter.begin();
            stream.write_all(&[b'P'; 24]).await.unwrap();
            assert!(meter.sent_nothing_since(begun));
            stream.write_all(&[0, 0, 0, 1, 5, 0, 0, 0, 3]).await.unwrap();
            assert!(!meter.sent_nothing_since(begun));
            assert!(!meter.leaves_some_out() && !meter.is_spent());
            theirs.write_all(&[0, 0, 8, 7, 0, 0, 0, 0, 0]).await.unwrap();
            theirs.write_u32(last).await.unwrap();
            theirs.write_u32(0).await.unwrap();
            stream.read_exact(&mut [0; 17]).await.unwrap();
            assert_eq!(meter.leaves_some_out(), leaves_out, "{last}");
            assert!(meter.is_spent());
        }
    }

    #[test]
    fn a_connection_is_spent_after_many_calls() {
        let meter = Meter::new(1024 * 1024);
        for _ in 0..MAX_CALLS {
            assert!(!meter.is_spent());
            meter.begin();
        }
        assert!(meter.is_spent());
    }
}
