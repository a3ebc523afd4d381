//! The way out through a configured proxy: HTTP `CONNECT` (RFC 9110, 9.3.6) or SOCKS5 (RFC 1928, RFC 1929). The proxy
//! is asked for the checked address, never for the name, so that the guard's verdict holds behind it too. Only the
//! configuration names a proxy; the environment's variables are never read.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::connect::connect_unchecked;
use crate::error::{Failure, FailureCode, SetupError};
use crate::exchange::Request;
use crate::policy::Policy;
use crate::resolve::Resolver;
use crate::url::{Credentials, Scheme, Target, split_credentials};

/// How the proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProxyKind {
    /// HTTP `CONNECT`, for `http` and `https` receivers alike.
    HttpConnect,
    /// SOCKS version 5.
    Socks5,
}

/// A proxy as configured (`egress.proxy`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProxyConfig {
    /// The protocol.
    pub kind: ProxyKind,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// User name and password, if it wants them.
    pub credentials: Option<(String, String)>,
    /// Who looks up the receiver's name.
    pub lookup: Lookup,
}

/// Who looks up the receiver's name when there is a proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// We do, and the guard judges the addresses.
    #[default]
    Ours,
    /// An HTTP proxy does. Counts only under an open policy: behind it nothing is guarded.
    Proxys {
        /// Ask for a tunnel for `http` receivers too, instead of handing the request over.
        tunnel: bool,
    },
}

impl std::fmt::Debug for ProxyConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}({}:{})", self.kind, self.host, self.port)
    }
}

impl ProxyConfig {
    /// Reads `http://[user:password@]host:port` or `socks5://…` (also `socks5h`).
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(given: &str) -> Result<Self, SetupError> {
        let refuse = |reason| {
            let shown = given.rsplit_once('@').map_or(given, |(_, host)| host);
            Err(SetupError::Proxy {
                given: shown.to_owned(),
                reason,
            })
        };
        let (kind, default_port, rest) = match given.trim().split_once("://") {
            Some(("http", rest)) => (ProxyKind::HttpConnect, 3128, rest),
            Some(("socks5" | "socks5h", rest)) => (ProxyKind::Socks5, 1080, rest),
            _ => return refuse("its scheme is neither `http` nor `socks5`"),
        };
        // The rules for the authority are the same; a plain scheme lets the same reader do it.
        let (plain, credentials) = split_credentials(&format!("http://{rest}"));
        let Ok(parsed) = url::Url::parse(&plain) else {
            return refuse("its host cannot be read");
        };
        let Some(host) = parsed.host_str() else {
            return refuse("it names no host");
        };
        let written_port = plain.rsplit_once(':').is_some_and(|(_, tail)| tail.trim_end_matches('/') == "80");
        let port = parsed.port().unwrap_or(if written_port { 80 } else { default_port });
        let credentials = credentials.map(|Credentials { user, password }| (user, password));
        if credentials
            .as_ref()
            .is_some_and(|(user, password)| user.len() > 255 || password.len() > 255)
        {
            return refuse("its user name or password is longer than 255 bytes");
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self {
            kind,
            host,
            port,
            credentials,
            lookup: Lookup::Ours,
        })
    }

    /// The same proxy, trusted with names.
    #[must_use]
    pub const fn with_lookup(mut self, lookup: Lookup) -> Self {
        self.lookup = lookup;
        self
    }

    /// Whether it is asked for the receiver's name under this policy.
    fn is_asked_by_name(&self, policy: &Policy) -> bool {
        policy.open && self.kind == ProxyKind::HttpConnect && self.lookup != Lookup::Ours
    }

    fn authorization(&self) -> Option<String> {
        let (user, password) = self.credentials.clone()?;
        Some(Credentials { user, password }.basic())
    }
}

/// How a request reaches its receiver by name.
pub(crate) enum Named<'a> {
    /// The proxy gets the request itself, with the whole URL as its target (RFC 9112, 3.2.2).
    Forward(&'a ProxyConfig),
    /// The proxy opens a tunnel to the name.
    Tunnel(&'a ProxyConfig),
}

/// Whether and how the policy's proxy is asked by name.
pub(crate) fn named<'a>(policy: &'a Policy, target: &Target) -> Option<Named<'a>> {
    let proxy = policy.proxy.as_ref().filter(|proxy| proxy.is_asked_by_name(policy))?;
    let tunnel = target.scheme == Scheme::Https || proxy.lookup == Lookup::Proxys { tunnel: true };
    Some(if tunnel { Named::Tunnel(proxy) } else { Named::Forward(proxy) })
}

impl Named<'_> {
    /// The request as this proxy wants it, when it is handed over.
    pub fn dress(&self, request: &Request, target: &mut Target) -> Option<Request> {
        let Self::Forward(proxy) = self else { return None };
        target.request_target = target.url();
        let mut request = request.clone();
        let authorization = proxy.authorization();
        request
            .headers
            .extend(authorization.map(|value| ("Proxy-Authorization".to_owned(), value)));
        Some(request)
    }

    /// A connection to the proxy, through it when it tunnels.
    pub async fn connect(&self, resolver: &dyn Resolver, target: &Target, policy: &Policy) -> Result<(TcpStream, SocketAddr), Failure> {
        let (Self::Forward(proxy) | Self::Tunnel(proxy)) = self;
        let (mut stream, remote) = reach(proxy, resolver, policy).await?;
        if matches!(self, Self::Tunnel(_)) {
            let host = target.server_name();
            let host = if host.contains(':') {
                format!("[{host}]")
            } else {
                host.into_owned()
            };
            http_connect(&mut stream, &format!("{host}:{}", target.port), proxy).await?;
        }
        Ok((stream, remote))
    }
}

/// A connection to the proxy itself.
async fn reach(proxy: &ProxyConfig, resolver: &dyn Resolver, policy: &Policy) -> Result<(TcpStream, SocketAddr), Failure> {
    let own = match proxy.host.parse::<IpAddr>() {
        Ok(ip) => vec![ip],
        Err(_) => resolver.resolve(&proxy.host).await.map_err(failed)?,
    };
    let own: Vec<_> = own.into_iter().take(8).map(|ip| SocketAddr::new(ip, proxy.port)).collect();
    connect_unchecked(&own, policy.bind)
        .await
        .map_err(|failure| failed(failure.message))
}

fn failed(why: impl std::fmt::Display) -> Failure {
    Failure::new(
        FailureCode::ProxyFailed,
        format!("the proxy did not open the connection: {why}; check `egress.proxy`"),
    )
}

/// A connection to the first of the checked endpoints that the proxy reaches.
pub(crate) async fn connect(
    proxy: &ProxyConfig,
    resolver: &dyn Resolver,
    endpoints: &[SocketAddr],
    policy: &Policy,
) -> Result<(TcpStream, SocketAddr), Failure> {
    let mut last = failed("the receiver has no address");
    for endpoint in endpoints.iter().take(3) {
        policy.check_address(*endpoint)?;
        let (mut stream, _) = reach(proxy, resolver, policy).await?;
        let opened = match proxy.kind {
            ProxyKind::HttpConnect => http_connect(&mut stream, &endpoint.to_string(), proxy).await,
            ProxyKind::Socks5 => socks5(&mut stream, *endpoint, proxy).await,
        };
        match opened {
            Ok(()) => return Ok((stream, *endpoint)),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

async fn http_connect(stream: &mut TcpStream, endpoint: &str, proxy: &ProxyConfig) -> Result<(), Failure> {
    let mut head = format!("CONNECT {endpoint} HTTP/1.1\r\nHost: {endpoint}\r\n");
    if let Some(basic) = proxy.authorization() {
        head.push_str(&format!("Proxy-Authorization: {basic}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.map_err(failed)?;
    // Byte by byte: what follows the head belongs to the receiver.
    let mut answer = Vec::with_capacity(256);
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= 8 * 1024 {
            return Err(failed("its answer is too long"));
        }
        answer.push(stream.read_u8().await.map_err(failed)?);
    }
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Response::new(&mut fields);
    match parsed.parse(&answer).map(|_| parsed.code) {
        Ok(Some(200..=299)) => Ok(()),
        Ok(Some(407)) => Err(failed("it wants other credentials (status 407)")),
        Ok(Some(status)) => Err(failed(format!("it answered with status {status}"))),
        _ => Err(failed("its answer is not HTTP")),
    }
}

async fn socks5(stream: &mut TcpStream, endpoint: SocketAddr, proxy: &ProxyConfig) -> Result<(), Failure> {
    let method = if proxy.credentials.is_some() { 2 } else { 0 };
    stream.write_all(&[5, 1, method]).await.map_err(failed)?;
    let mut answer = [0_u8; 2];
    stream.read_exact(&mut answer).await.map_err(failed)?;
    if answer != [5, method] {
        return Err(failed("it wants another way to log in, or is no SOCKS5 proxy"));
    }
    if let Some((user, password)) = &proxy.credentials {
        let mut login = vec![1];
        for part in [user, password] {
            login.push(u8::try_from(part.len()).map_err(failed)?);
            login.extend_from_slice(part.as_bytes());
        }
        stream.write_all(&login).await.map_err(failed)?;
        stream.read_exact(&mut answer).await.map_err(failed)?;
        if answer[1] != 0 {
            return Err(failed("it refused the user name or password"));
        }
    }
    let mut ask = vec![5, 1, 0];
    match endpoint.ip() {
        IpAddr::V4(ip) => {
            ask.push(1);
            ask.extend_from_slice(&ip.octets());
        }
        IpAddr::V6(ip) => {
            ask.push(4);
            ask.extend_from_slice(&ip.octets());
        }
    }
    ask.extend_from_slice(&endpoint.port().to_be_bytes());
    stream.write_all(&ask).await.map_err(failed)?;
    let status = read_socks5_reply(stream).await.map_err(failed)?;
    match status {
        0 => Ok(()),
        3 | 4 => Err(Failure::new(
            FailureCode::ConnectUnreachable,
            "the proxy cannot reach the receiver's host",
        )),
        5 => Err(Failure::new(
            FailureCode::ConnectRefused,
            "the receiver refused the proxy's connection; check that it runs and listens on this port",
        )),
        other => Err(failed(format!("it answered with SOCKS5 status {other}"))),
    }
}

/// Reads a reply to its end and returns its status.
async fn read_socks5_reply(stream: &mut TcpStream) -> io::Result<u8> {
    let mut head = [0_u8; 4];
    stream.read_exact(&mut head).await?;
    let rest = match head[3] {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await?),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    let mut bound = [0_u8; 257];
    stream.read_exact(&mut bound[..rest + 2]).await?;
    Ok(head[1])
}
