//! Connections to checked addresses. This is the innermost guard: every address is judged once more right before the
//! socket is opened, whoever chose it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::client::TlsStream;

use crate::error::{Failure, FailureCode};
use crate::policy::Policy;

/// After this long without an answer the next address is tried beside the first (RFC 8305).
const STAGGER: Duration = Duration::from_millis(250);

/// A connection to a receiver, with or without TLS.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects to the first of these endpoints that answers.
pub(crate) async fn connect(endpoints: &[SocketAddr], policy: &Policy) -> Result<(TcpStream, SocketAddr), Failure> {
    for endpoint in endpoints {
        policy.check_address(*endpoint)?;
    }
    connect_unchecked(endpoints, policy.bind).await
}

/// Connects without asking the guard: only for the proxy, which an admin configured.
pub(crate) async fn connect_unchecked(endpoints: &[SocketAddr], bind: Option<IpAddr>) -> Result<(TcpStream, SocketAddr), Failure> {
    let mut waiting = interleave(endpoints, bind).into_iter();
    let Some(first) = waiting.next() else {
        return Err(Failure::new(
            FailureCode::BindFailed,
            "the configured source address `egress.bind` and the receiver's address are of different families (IPv4, IPv6)",
        ));
    };
    let mut running = FuturesUnordered::new();
    running.push(connect_one(first, bind));
    let mut last_error = None;
    loop {
        // The timer is only armed while another address waits.
        let more = waiting.len() > 0;
        tokio::select! {
            biased;
            Some((endpoint, result)) = running.next() => match result {
                Ok(stream) => return Ok((stream, endpoint)),
                Err(error) => {
                    last_error = Some(error);
                    if let Some(next) = waiting.next() {
                        running.push(connect_one(next, bind));
                    }
                }
            },
            () = tokio::time::sleep(STAGGER), if more => {
                if let Some(next) = waiting.next() {
                    running.push(connect_one(next, bind));
                }
            }
            else => break,
        }
    }
    Err(connect_failure(&last_error.unwrap_or_else(|| io::ErrorKind::NotConnected.into())))
}

async fn connect_one(endpoint: SocketAddr, bind: Option<IpAddr>) -> (SocketAddr, io::Result<TcpStream>) {
    let attempt = async {
        let socket = if endpoint.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        }?;
        if let Some(ip) = bind {
            socket.bind(SocketAddr::new(ip, 0))?;
        }
        let stream = socket.connect(endpoint).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    (endpoint, attempt.await)
}

/// Families in turn, starting with the answer's first; only the source address's family if there is one.
fn interleave(endpoints: &[SocketAddr], bind: Option<IpAddr>) -> Vec<SocketAddr> {
    if let Some(ip) = bind {
        return endpoints
            .iter()
            .copied()
            .filter(|endpoint| endpoint.is_ipv4() == ip.is_ipv4())
            .collect();
    }
    let first_is_v4 = endpoints.first().is_some_and(SocketAddr::is_ipv4);
    let (mut ours, mut others): (Vec<_>, Vec<_>) = endpoints.iter().copied().partition(|endpoint| endpoint.is_ipv4() == first_is_v4);
    ours.reverse();
    others.reverse();
    let mut order = Vec::with_capacity(endpoints.len());
    while let Some(next) = ours.pop() {
        order.push(next);
        order.extend(others.pop());
    }
    others.reverse();
    order.extend(others);
    order
}

fn connect_failure(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Failure::new(
            FailureCode::ConnectRefused,
            "the receiver refused the connection; check that it runs and listens on this port",
        ),
        io::ErrorKind::TimedOut => Failure::new(
            FailureCode::ConnectTimeout,
            "the receiver did not answer the connection; check its firewall",
        ),
        io::ErrorKind::NetworkUnreachable => {
            Failure::new(FailureCode::ConnectUnreachable, "there is no route to the receiver's network").with_node_code("ENETUNREACH")
        }
        io::ErrorKind::HostUnreachable => Failure::new(FailureCode::ConnectUnreachable, "the receiver's host cannot be reached"),
        io::ErrorKind::AddrNotAvailable => Failure::new(
            FailureCode::BindFailed,
            "the configured source address `egress.bind` is not one of this machine's addresses",
        ),
        io::ErrorKind::ConnectionReset => Failure::new(FailureCode::Reset, "the receiver reset the connection while it was being made"),
        _ => Failure::new(FailureCode::ConnectFailed, format!("the connection could not be made: {error}")),
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns_and_the_source_address_decides() {
        let all: Vec<SocketAddr> = ["1.1.1.1:1", "1.1.1.2:1", "[2606::1]:1", "[2606::2]:1", "[2606::3]:1"]
            .map(|s| s.parse().unwrap())
            .into();
        let order = interleave(&all, None);
        assert_eq!(order, [all[0], all[2], all[1], all[3], all[4]]);
        assert_eq!(interleave(&all, Some("::1".parse().unwrap())), all[2..]);
    }
}
