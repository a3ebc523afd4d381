//! HTTP/1.1 (RFC 9112) on one connection. Written here, over the `httparse` parser, because the request line, the
//! order and the case of headers must be ours to the byte, and because an exchange on a kept connection then costs
//! one write and one read, without a task or a channel of its own.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::body::Collector;
use crate::connect::Stream;
use crate::error::{Failure, FailureCode};
use crate::exchange::{Parsing, Request, Response, Version};
use crate::trace::{Stage, Trace};
use crate::url::Target;

mod chunked;
mod encode;
mod framing;
mod head;
mod node;

use encode::Outgoing;
use framing::Framing;

/// How much room a read gets.
const READ_CHUNK: usize = 8 * 1024;
/// More interim (1xx) responses than this before the real one are an attack.
const MAX_INTERIM: usize = 16;

/// A connection that speaks HTTP/1.1.
pub(crate) struct Http1 {
    stream: Stream,
    input: BytesMut,
    pub remote: SocketAddr,
}

impl Http1 {
    pub fn new(stream: Stream, remote: SocketAddr) -> Self {
        Self {
            stream,
            input: BytesMut::new(),
            remote,
        }
    }

    /// Whether a kept connection is still usable: open, and nothing came unasked for.
    pub fn is_fresh(&mut self) -> bool {
        let mut byte = [0_u8; 1];
        let mut buffer = ReadBuf::new(&mut byte);
        let mut cx = Context::from_waker(Waker::noop());
        self.input.is_empty() && Pin::new(&mut self.stream).poll_read(&mut cx, &mut buffer).is_pending()
    }

    /// Sends the request and reads the response. The second value tells whether the connection may be kept.
    pub async fn exchange(&mut self, request: &Request, target: &Target, trace: &mut Trace) -> Result<(Response, bool), Failure> {
        let mut out = Outgoing::new(request, target);
        let head = self.read_head(&mut out, request, trace).await?;
        trace.status = Some(head.status);
        trace.stage = Stage::Body;
        let framing = Framing::of(&request.method, &head, request.parsing)?;
        let encoding = if request.decompress { head.value("content-encoding") } else { None };
        let mut collector = Collector::new(encoding, request.max_body);
        let truncated = framing::read(self, &mut out, &framing, &mut collector, request, trace).await?;
        let keep = !truncated
            && head.keep_alive
            && !out.close
            && out.is_done()
            && self.input.is_empty()
            && !matches!(framing, Framing::UntilClose);
        let response = Response {
            status: head.status,
            reason: head.reason,
            version: if head.minor == 0 { Version::Http10 } else { Version::Http11 },
            headers: head.headers,
            body: collector.finish(),
            truncated,
        };
        Ok((response, keep))
    }

    /// The head of the final response; interim ones are passed over.
    async fn read_head(&mut self, out: &mut Outgoing, request: &Request, trace: &mut Trace) -> Result<head::Head, Failure> {
        let mut interim = 0;
        let mut scanned = 0;
        loop {
            if request.parsing != Parsing::Tolerant && scanned == 0 {
                self.input.advance(head::blank_start(&self.input));
            }
            if let Some(end) = head::find_end(&self.input, &mut scanned)? {
                if end > request.max_header_bytes {
                    return Err(head::too_large());
                }
                let block = self.input.split_to(end).freeze();
                let head = head::parse(&block, request.max_headers, request.parsing)?;
                scanned = 0;
                // 101 is final: we never ask for another protocol.
                if head.status >= 200 || head.status == 101 {
                    return Ok(head);
                }
                interim += 1;
                if interim > MAX_INTERIM {
                    return Err(bad_response("it sent too many interim responses", "HPE_INVALID_STATUS"));
                }
                continue;
            }
            if self.input.len() > request.max_header_bytes {
                return Err(head::too_large());
            }
            if self.fill(out, trace).await? == 0 {
                return Err(closed_early(trace));
            }
        }
    }

    /// Goes on sending what is left of the request, and waits for the next bytes of the response. A receiver may
    /// answer before it has read everything. Returns 0 at the end of the stream.
    async fn fill(&mut self, out: &mut Outgoing, trace: &mut Trace) -> Result<usize, Failure> {
        let result = std::future::poll_fn(|cx| self.poll_fill(cx, out)).await;
        trace.sent = out.sent;
        match result {
            // The kernel tells of a reset once: the write heard of it, the read saw the end.
            Ok(0) if out.reset && trace.got_nothing() => Err(read_failure(&io::ErrorKind::ConnectionReset.into())),
            Ok(count) => {
                if count > 0 {
                    trace.got(count);
                }
                Ok(count)
            }
            // A peer that closes TLS without saying so; whether that matters is for the framing to say.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            Err(error) => Err(read_failure(&error)),
        }
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>, out: &mut Outgoing) -> Poll<io::Result<usize>> {
        // A failed write is not the end: the answer that explains it may be on its way.
        out.poll_send(Pin::new(&mut self.stream), cx);
        if self.input.capacity() - self.input.len() < 512 {
            self.input.reserve(READ_CHUNK);
        }
        tokio_util::io::poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.input)
    }
}

impl Outgoing {
    fn poll_send<S: AsyncWrite>(&mut self, mut stream: Pin<&mut S>, cx: &mut Context<'_>) {
        while let Some(pending) = self.pending() {
            match stream.as_mut().poll_write(cx, pending) {
                Poll::Ready(Ok(count)) if count > 0 => self.advance(count),
                Poll::Ready(result) => return self.break_off(result.err().as_ref()),
                Poll::Pending => return,
            }
        }
        if !self.flushed {
            match stream.poll_flush(cx) {
                Poll::Ready(Ok(())) => self.flushed = true,
                Poll::Ready(Err(error)) => self.break_off(Some(&error)),
                Poll::Pending => {}
            }
        }
    }
}

/// A failure of the answer itself, with the parser's code in Node.js.
fn bad_response(why: &str, node: &'static str) -> Failure {
    Failure::new(
        FailureCode::BadResponse,
        format!("the receiver's answer is not HTTP: {why}; check the port and the receiver"),
    )
    .with_node_code(node)
}

fn closed_early(trace: &Trace) -> Failure {
    let what = if trace.status.is_some() {
        "the receiver closed the connection in the middle of its response"
    } else if trace.got_nothing() {
        "the receiver closed the connection without an answer"
    } else {
        "the receiver closed the connection in the middle of its response's headers"
    };
    Failure::new(FailureCode::Closed, format!("{what}; check its log"))
}

fn read_failure(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
            Failure::new(FailureCode::Reset, "the receiver reset the connection; check its log")
        }
        io::ErrorKind::TimedOut => Failure::new(FailureCode::Reset, "the connection to the receiver was lost").with_node_code("ETIMEDOUT"),
        _ => crate::tls::handshake_failure(error),
    }
}
