//! A receiver that speaks bytes, over TCP or TLS: every connection is handed to a behaviour, and what it could write is
//! counted, because that bounds what we took in.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;

/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(30);

pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

pub type Hearing = ReadHalf<Box<dyn Duplex>>;
pub type Saying = WriteHalf<Box<dyn Duplex>>;

type Pinned<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What a receiver does with a connection.
pub type Behaviour = Arc<dyn Fn(Line) -> Pinned<()> + Send + Sync>;

/// Makes a behaviour of a function.
pub fn behave<F: Future<Output = ()> + Send + 'static>(act: impl Fn(Line) -> F + Send + Sync + 'static) -> Behaviour {
    Arc::new(move |line| Box::pin(act(line)))
}

enum Ends {
    Plain(TcpStream),
    Tls(Box<dyn Duplex>),
}

/// One connection.
pub struct Line {
    ends: Ends,
    /// Who calls.
    pub peer: SocketAddr,
    /// The certificate that the caller showed, DER.
    pub shown: Option<Vec<u8>>,
    written: Arc<AtomicU64>,
}

impl Line {
    fn duplex(&mut self) -> &mut dyn Duplex {
        match &mut self.ends {
            Ends::Plain(stream) => stream,
            Ends::Tls(stream) => stream.as_mut(),
        }
    }

    /// Reads one request; empty at the end of the stream.
    pub async fn request(&mut self) -> String {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.map_or(0, |length| length.parse().unwrap());
                if bytes.len() >= end + 4 + length {
                    return String::from_utf8_lossy(&bytes).into_owned();
                }
            }
            let mut chunk = [0; 4_096];
            match self.duplex().read(&mut chunk).await {
                Ok(0) | Err(_) => return String::new(),
                Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            }
        }
    }

    /// Writes; `false` once the caller has gone.
    pub async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let mut left = bytes.as_ref();
        while !left.is_empty() {
            match self.duplex().write(left).await {
                Ok(0) | Err(_) => return false,
                Ok(count) => {
                    self.written.fetch_add(u64::try_from(count).unwrap(), Ordering::SeqCst);
                    left = &left[count..];
                }
            }
        }
        self.duplex().flush().await.is_ok()
    }

    /// Writes the same again and again until the caller has gone.
    pub async fn flood(&mut self, piece: impl AsRef<[u8]>) {
        let piece = piece.as_ref().repeat(16_384 / piece.as_ref().len().max(1) + 1);
        while self.say(&piece).await {}
    }

    /// A byte now and then, until the caller has gone.
    pub async fn drip(&mut self, byte: u8) {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while self.say([byte]).await {
            tick.tick().await;
        }
    }

    /// Reads one piece of whatever comes.
    pub async fn hear(&mut self) {
        let _ = self.duplex().read(&mut [0; 4_096]).await;
    }

    /// Reads until the caller has gone.
    pub async fn wait_for_the_end(&mut self) {
        while self.duplex().read(&mut [0; 4_096]).await.is_ok_and(|count| count > 0) {}
    }

    /// Says that no more will be written.
    pub async fn half_close(&mut self) {
        let _ = self.duplex().shutdown().await;
    }

    /// Both directions, to be used at once, and the count of what is written.
    pub fn halves(self) -> (Hearing, Saying, Arc<AtomicU64>) {
        let stream: Box<dyn Duplex> = match self.ends {
            Ends::Plain(stream) => Box::new(stream),
            Ends::Tls(stream) => stream,
        };
        let (reader, writer) = tokio::io::split(stream);
        (reader, writer, self.written)
    }

    /// Ends the connection with a reset.
    pub fn reset(self) {
        if let Ends::Plain(stream) = &self.ends {
            stream.set_zero_linger().unwrap();
        }
    }
}

/// The receiver.
pub struct Raw {
    pub addr: SocketAddr,
    secure: bool,
    written: Arc<AtomicU64>,
    /// Connections that came, and those of them that are over.
    counts: watch::Receiver<(usize, usize)>,
}

impl Raw {
    pub async fn new(behaviour: Behaviour) -> Self {
        Self::start(behaviour, None).await
    }

    pub async fn over_tls(behaviour: Behaviour, config: Arc<ServerConfig>) -> Self {
        Self::start(behaviour, Some(TlsAcceptor::from(config))).await
    }

    async fn start(behaviour: Behaviour, acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let written = Arc::new(AtomicU64::new(0));
        let (count, counts) = watch::channel((0, 0));
        let (count, counter, secure) = (Arc::new(count), Arc::clone(&written), acceptor.is_some());
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                count.send_modify(|(came, _)| *came += 1);
                let (behaviour, acceptor) = (Arc::clone(&behaviour), acceptor.clone());
                let (written, count) = (Arc::clone(&counter), Arc::clone(&count));
                tokio::spawn(async move {
                    if let Ok((ends, shown)) = shake_hands(stream, acceptor).await {
                        let line = Line {
                            ends,
                            peer,
                            shown,
                            written,
                        };
                        behaviour(line).await;
                    }
                    count.send_modify(|(_, over)| *over += 1);
                });
            }
        });
        Self {
            addr,
            secure,
            written,
            counts,
        }
    }

    /// Its URL; over TLS by the name that certificates here are made for.
    pub fn url(&self) -> String {
        if self.secure {
            self.https()
        } else {
            format!("http://{}/hook", self.addr)
        }
    }

    /// Its URL as if it spoke TLS.
    pub fn https(&self) -> String {
        format!("https://localhost:{}/hook", self.addr.port())
    }

    /// Connections that came.
    pub fn came(&self) -> usize {
        self.counts.borrow().0
    }

    /// What it could write so far; what lies in the kernel's buffers counts too.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::SeqCst)
    }

    /// Waits until a connection came and all are over.
    pub async fn over(&mut self, what: &str) {
        let over = self.counts.wait_for(|(came, over)| *came > 0 && came == over);
        let over = tokio::time::timeout(PATIENCE, over).await;
        over.unwrap_or_else(|_| panic!("its connection never ended: {what}")).unwrap();
    }
}

async fn shake_hands(stream: TcpStream, acceptor: Option<TlsAcceptor>) -> io::Result<(Ends, Option<Vec<u8>>)> {
    let Some(acceptor) = acceptor else {
        return Ok((Ends::Plain(stream), None));
    };
    match acceptor.accept(stream).into_fallible().await {
        Ok(stream) => {
            let shown = stream.get_ref().1.peer_certificates().map(|chain| chain[0].to_vec());
            Ok((Ends::Tls(Box::new(stream)), shown))
        }
        Err((error, mut stream)) => {
            // With what is unread still there, closing would be a reset that overtakes the alert.
            let _ = stream.shutdown().await;
            while stream.read(&mut [0; 4_096]).await.is_ok_and(|count| count > 0) {}
            Err(error)
        }
    }
}
