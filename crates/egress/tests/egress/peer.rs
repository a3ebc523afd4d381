//! A receiver of HTTP/2 whose every frame is a test's own: it hears of each request, and says what it likes.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use egress::{Client, Exchange, Request};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::support::receiver;
use crate::tls::{authority, leaf, policy, server, trusting};

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
const ACK: u8 = 1;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The headers of a success (RFC 7541, 6.1).
pub fn ok(stream: u32, flags: u8) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | flags, stream, &[0x88])
}

pub fn resets(stream: u32, reason: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &reason.to_be_bytes())
}

pub fn goes_away(last: u32, reason: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[last.to_be_bytes(), reason.to_be_bytes()].concat())
}

/// Something that came on a connection, which are numbered from 0.
#[derive(Clone, Debug)]
pub struct Heard {
    pub line: usize,
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

impl Heard {
    fn is_request(&self) -> bool {
        matches!(self.kind, HEADERS | DATA) && self.flags & END_STREAM != 0
    }
}

/// Empty: hang up.
type Lines = Arc<Mutex<HashMap<usize, UnboundedSender<Vec<u8>>>>>;

pub struct Peer {
    pub address: SocketAddr,
    pub client: Client,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    silent: Arc<AtomicBool>,
    lines: Lines,
    heard: UnboundedReceiver<Heard>,
}

impl Peer {
    /// A receiver that begins with these settings, and a client that trusts it.
    pub async fn new(settings: &'static [u8]) -> Self {
        let authority = authority();
        let mut config = server(&leaf(&["localhost"], Some(&authority), |_| {}), None);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (lines, silent, requests) = (Lines::default(), Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (tell, heard) = unbounded_channel();
        let (kept, quiet, count) = (Arc::clone(&lines), Arc::clone(&silent), Arc::clone(&requests));
        let (address, connections) = receiver(move |stream, line| {
            let (acceptor, tell, count, quiet) = (acceptor.clone(), tell.clone(), Arc::clone(&count), Arc::clone(&quiet));
            let (say, said) = unbounded_channel();
            kept.lock().unwrap().insert(line, say.clone());
            async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let (mut reader, writer) = tokio::io::split(stream);
                let _ = say.send(frame(SETTINGS, 0, 0, settings));
                tokio::spawn(write(writer, said));
                let _ = reader.read_exact(&mut [0; 24]).await;
                while let Some(heard) = read(&mut reader, line).await {
                    if matches!(heard.kind, SETTINGS | PING) && heard.flags & ACK == 0 && !quiet.load(Ordering::SeqCst) {
                        let payload = if heard.kind == PING { &heard.payload[..] } else { &[] };
                        let _ = say.send(frame(heard.kind, ACK, 0, payload));
                    }
                    count.fetch_add(usize::from(heard.is_request()), Ordering::SeqCst);
                    let _ = tell.send(heard);
                }
            }
        })
        .await;
        Self {
            address,
            client: trusting(&authority.pem),
            connections,
            requests,
            silent,
            lines,
            heard,
        }
    }

    /// Such a receiver with a connection on which a call went well.
    pub async fn warm(settings: &'static [u8]) -> Self {
        let mut peer = Self::new(settings).await;
        let call = peer.call();
        assert!(peer.serve(call).await.outcome.is_ok());
        peer
    }

    pub fn request(&self) -> Request {
        let mut request = Request::new("POST", format!("https://localhost:{}/", self.address.port()));
        request.body = Some("event".into());
        request
    }

    pub fn call(&self) -> JoinHandle<Exchange> {
        let (client, request) = (self.client.clone(), self.request());
        tokio::spawn(async move { client.exchange(&request, &policy()).await })
    }

    /// The next frame of this kind.
    pub async fn next(&mut self, kind: u8) -> Heard {
        loop {
            let heard = self.heard.recv().await.unwrap();
            if heard.kind == kind {
                return heard;
            }
        }
    }

    /// The next request, read to its end.
    pub async fn asked(&mut self) -> Heard {
        loop {
            let heard = self.heard.recv().await.unwrap();
            if heard.is_request() {
                return heard;
            }
        }
    }

    /// Answers every request with a success until this call is over.
    pub async fn serve(&mut self, mut call: JoinHandle<Exchange>) -> Exchange {
        loop {
            tokio::select! {
                over = &mut call => return over.unwrap(),
                asked = self.asked() => self.say(asked.line, ok(asked.stream, END_STREAM)),
            }
        }
    }

    pub fn say(&self, line: usize, bytes: Vec<u8>) {
        self.lines.lock().unwrap()[&line].send(bytes).unwrap();
    }

    pub fn hang_up(&self, line: usize) {
        self.say(line, Vec::new());
    }

    /// Acknowledges nothing any more.
    pub fn be_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn read(reader: &mut ReadHalf<TlsStream<TcpStream>>, line: usize) -> Option<Heard> {
    let mut head = [0; 9];
    reader.read_exact(&mut head).await.ok()?;
    let mut payload = vec![0; usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])];
    reader.read_exact(&mut payload).await.ok()?;
    Some(Heard {
        line,
        kind: head[3],
        flags: head[4],
        stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
        payload,
    })
}

async fn write<W: AsyncWriteExt + Unpin>(mut writer: W, mut said: UnboundedReceiver<Vec<u8>>) {
    while let Some(bytes) = said.recv().await {
        let written = writer.write_all(&bytes).await.is_ok() && writer.flush().await.is_ok();
        if bytes.is_empty() || !written {
            let _ = writer.shutdown().await;
            return;
        }
    }
}
