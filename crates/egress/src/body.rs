//! Collecting a response's body under a cap that counts decoded bytes, so that a small compressed body cannot become
//! a large one in memory.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::error::{Failure, FailureCode};

/// What is offered in `Accept-Encoding` when decoding is wanted.
pub const ACCEPT_ENCODING: &str = "gzip, deflate, br";

/// Whether more of the body is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    More,
    /// The cap is reached and there was more.
    Full,
    /// The compressed stream is at its end; what follows means nothing.
    Ended,
}

/// A body in the making.
pub struct Collector(Kind);

enum Kind {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
    Zlib(Box<ZlibDecoder<Capped>>),
    Deflate(Box<DeflateDecoder<Capped>>),
    /// `deflate` means zlib by the standard and raw deflate by custom: the first byte tells.
    Undecided(Capped),
    Brotli(Box<DecompressorWriter<Capped>>),
}

impl Collector {
    /// A collector for at most `cap` decoded bytes. An unknown encoding is kept as it comes.
    #[must_use]
    pub fn new(encoding: Option<&str>, cap: usize) -> Self {
        let sink = Capped {
            data: Vec::new(),
            cap,
            full: false,
        };
        let encoding = encoding.unwrap_or_default().trim();
        let is = |name: &str| encoding.eq_ignore_ascii_case(name);
        Self(if is("gzip") || is("x-gzip") {
            Kind::Gzip(Box::new(MultiGzDecoder::new(sink)))
        } else if is("deflate") {
            Kind::Undecided(sink)
        } else if is("br") {
            Kind::Brotli(Box::new(DecompressorWriter::new(sink, 4096)))
        } else {
            Kind::Plain(sink)
        })
    }

    /// Takes the next bytes as they came.
    ///
    /// # Errors
    /// When they are not what the encoding says.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Flow, Failure> {
        let Some(&first) = bytes.first() else { return Ok(Flow::More) };
        if let Kind::Undecided(sink) = &mut self.0 {
            let sink = sink.take();
            self.0 = if first & 0x0f == 8 {
                Kind::Zlib(Box::new(ZlibDecoder::new(sink)))
            } else {
                Kind::Deflate(Box::new(DeflateDecoder::new(sink)))
            };
        }
        let result = match &mut self.0 {
            Kind::Plain(sink) | Kind::Undecided(sink) => sink.write_all(bytes),
            // Flushing hands over what is decoded so far, so that the cap is seen at once.
            Kind::Gzip(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Kind::Zlib(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Kind::Deflate(decoder) => decoder.write_all(bytes).and_then(|()| decoder.flush()),
            Kind::Brotli(decoder) => decoder.write_all(bytes),
        };
        match result {
            _ if self.sink().full => Ok(Flow::Full),
            Ok(()) => Ok(Flow::More),
            Err(error) if error.kind() == io::ErrorKind::WriteZero => Ok(Flow::Ended),
            Err(_) => Err(Failure::new(
                FailureCode::BadEncoding,
                "the response's body is not what its Content-Encoding says; check the receiver",
            )),
        }
    }

    /// The bytes collected. A compressed stream that breaks off yields what it held.
    #[must_use]
    pub fn finish(mut self) -> Bytes {
        Bytes::from(std::mem::take(&mut self.sink().data))
    }

    fn sink(&mut self) -> &mut Capped {
        match &mut self.0 {
            Kind::Plain(sink) | Kind::Undecided(sink) => sink,
            Kind::Gzip(decoder) => decoder.get_mut(),
            Kind::Zlib(decoder) => decoder.get_mut(),
            Kind::Deflate(decoder) => decoder.get_mut(),
            Kind::Brotli(decoder) => decoder.get_mut(),
        }
    }
}

/// A buffer that takes so much and no more.
struct Capped {
    data: Vec<u8>,
    cap: usize,
    full: bool,
}

impl Capped {
    fn take(&mut self) -> Self {
        Self {
            data: std::mem::take(&mut self.data),
            cap: self.cap,
            full: self.full,
        }
    }
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.cap.saturating_sub(self.data.len());
        if bytes.len() > room {
            self.data.extend_from_slice(&bytes[..room]);
            self.full = true;
            return Err(io::Error::other("the cap is reached"));
        }
        self.data.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
