//! A receiver's side of HTTP/2 (RFC 9113), frame by frame, so that it can break every rule of it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::raw::{Hearing, Line, Saying};

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PUSH_PROMISE: u8 = 5;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

/// Of SETTINGS and PING.
pub const ACK: u8 = 1;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// The largest payload that is always allowed.
const PAYLOAD: usize = 16_384;

/// The length of the client's preface.
const PREFACE: usize = 24;

/// A frame.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()];
    [head.concat().as_slice(), payload].concat()
}

/// A header, spelled out (RFC 7541, 6.2.2).
pub fn header(name: &str, value: &str) -> Vec<u8> {
    [&[0][..], &text(name), &text(value)].concat()
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut length = text.len();
    if length < 127 {
        bytes.push(u8::try_from(length).unwrap());
    } else {
        bytes.push(127);
        length -= 127;
        while length >= 128 {
            bytes.push(u8::try_from(length % 128 + 128).unwrap());
            length /= 128;
        }
        bytes.push(u8::try_from(length).unwrap());
    }
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// The headers of an answer, in as many frames as they take.
pub fn headers(flags: u8, status: &str, more: &[u8]) -> Vec<u8> {
    let block = [&header(":status", status), more].concat();
    let pieces = block.chunks(PAYLOAD).count();
    let piece = |(at, piece): (usize, &[u8])| {
        let kind = if at == 0 { HEADERS } else { CONTINUATION };
        let end = if at + 1 == pieces { END_HEADERS } else { 0 };
        let first = if at == 0 { flags } else { 0 };
        frame(kind, first | end, 1, piece)
    };
    block.chunks(PAYLOAD).enumerate().flat_map(piece).collect()
}

/// A body, in as many frames as it takes.
pub fn body(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(PAYLOAD).flat_map(|piece| frame(DATA, 0, 1, piece)).collect()
}

/// A setting of a SETTINGS frame.
pub fn setting(name: u16, value: u32) -> Vec<u8> {
    [&name.to_be_bytes()[..], &value.to_be_bytes()].concat()
}

/// What a client sent.
struct Heard {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Heard {
    /// It is the last of the first request.
    fn ends_request(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.stream == 1 && self.flags & END_STREAM != 0
    }
}

/// A connection on which HTTP/2 is spoken.
pub struct Talk {
    reader: Option<Reader>,
    writer: Writer,
}

struct Reader {
    half: Hearing,
}

struct Writer {
    half: Saying,
    written: Arc<AtomicU64>,
}

impl Reader {
    async fn frame(&mut self) -> Option<Heard> {
        let mut head = [0; 9];
        self.half.read_exact(&mut head).await.ok()?;
        let mut payload = vec![0; usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])];
        self.half.read_exact(&mut payload).await.ok()?;
        Some(Heard {
            kind: head[3],
            flags: head[4],
            stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
            payload,
        })
    }

    /// Until the client has given up its request or the connection.
    async fn given_up(&mut self) {
        while let Some(heard) = self.frame().await {
            if heard.kind == RST_STREAM {
                return;
            }
        }
    }

    async fn ended(&mut self) {
        while self.half.read(&mut [0; 4_096]).await.is_ok_and(|count| count > 0) {}
    }
}

impl Writer {
    async fn say(&mut self, bytes: &[u8]) -> bool {
        let mut left = bytes;
        while !left.is_empty() {
            match self.half.write(left).await {
                Ok(0) | Err(_) => return false,
                Ok(count) => {
                    self.written.fetch_add(u64::try_from(count).unwrap(), Ordering::SeqCst);
                    left = &left[count..];
                }
            }
        }
        self.half.flush().await.is_ok()
    }
}

impl Talk {
    /// Reads the client's preface, and answers nothing.
    pub async fn silent(line: Line) -> Self {
        let (mut half, writer, written) = line.halves();
        let _ = half.read_exact(&mut [0; PREFACE]).await;
        let writer = Writer { half: writer, written };
        Self {
            reader: Some(Reader { half }),
            writer,
        }
    }

    /// The same, and reads a request with its body.
    pub async fn asked_in_silence(line: Line) -> Self {
        let mut talk = Self::silent(line).await;
        while let Some(heard) = talk.reader.as_mut().unwrap().frame().await {
            if heard.ends_request() {
                break;
            }
        }
        talk
    }

    /// Reads the client's preface, and says its settings.
    pub async fn begin(line: Line, settings: &[u8]) -> Self {
        let mut talk = Self::silent(line).await;
        talk.say(frame(SETTINGS, 0, 0, settings)).await;
        talk
    }

    /// The same, and reads a request with its body.
    pub async fn asked(line: Line) -> Self {
        let mut talk = Self::begin(line, &[]).await;
        talk.request(END_STREAM).await;
        talk
    }

    /// Reads until a frame of a request has this flag.
    pub async fn request(&mut self, flag: u8) {
        while let Some(heard) = self.hear().await {
            if matches!(heard.kind, DATA | HEADERS) && heard.stream == 1 && heard.flags & flag != 0 {
                return;
            }
        }
    }

    /// Reads a frame, and acknowledges what is to be acknowledged.
    async fn hear(&mut self) -> Option<Heard> {
        let heard = self.reader.as_mut()?.frame().await?;
        if matches!(heard.kind, SETTINGS | PING) && heard.flags & ACK == 0 {
            let payload = if heard.kind == PING { &heard.payload[..] } else { &[] };
            self.say(frame(heard.kind, ACK, 0, payload)).await;
        }
        Some(heard)
    }

    pub async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.writer.say(bytes.as_ref()).await
    }

    /// Says nothing more, but for acknowledgements, until the client has given up.
    pub async fn wait(mut self) {
        while let Some(heard) = self.hear().await {
            if heard.kind == RST_STREAM {
                return;
            }
        }
    }

    /// Acknowledges nothing either.
    pub async fn wait_in_silence(mut self) {
        self.reader.take().unwrap().given_up().await;
    }

    /// Says that no more will come, and waits until the client has gone.
    pub async fn hang_up(mut self) {
        let _ = self.writer.half.shutdown().await;
        self.reader.take().unwrap().ended().await;
    }

    /// Says the same again and again until the client has closed the connection, however often it says stop.
    pub async fn flood(mut self, piece: impl AsRef<[u8]>) {
        let piece = piece.as_ref().repeat(PAYLOAD / piece.as_ref().len() + 1);
        let mut reader = self.reader.take().unwrap();
        let writing = async { while self.writer.say(&piece).await {} };
        tokio::join!(writing, reader.ended());
    }

    /// Says the same now and then, until the client has given up.
    pub async fn drip(mut self, piece: impl AsRef<[u8]>) {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        let mut reader = self.reader.take().unwrap();
        let dripping = async {
            while self.writer.say(piece.as_ref()).await {
                tick.tick().await;
            }
        };
        tokio::select! {
            () = dripping => {}
            () = reader.given_up() => {}
        }
    }
}
