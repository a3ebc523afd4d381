//! The heads of the frames (RFC 9113, 4.1) that pass in one direction of a connection. The library does not tell which
//! requests it has written, nor how near the peer has come to its limits.

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const PADDED: u8 = 8;

/// The length of a frame's head.
const HEAD: usize = 9;
/// The length of what a client says before its first frame.
const PREFACE: usize = 24;

/// What matters of a frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The headers of this stream.
    Headers(u32),
    /// A part of a body that holds nothing and does not end it.
    Empty,
    /// The peer leaves; streams above this one were not and will not be processed.
    GoAway(u32),
}

/// Follows the bytes of one direction.
#[derive(Default)]
pub(super) struct Frames {
    /// A frame's head and what is needed of its payload.
    head: [u8; HEAD + 4],
    filled: usize,
    /// Bytes to pass over.
    skip: usize,
}

impl Frames {
    /// Follows what a client sends.
    pub fn of_client() -> Self {
        Self {
            skip: PREFACE,
            ..Self::default()
        }
    }

    /// Takes the next bytes, wherever they were cut.
    pub fn follow(&mut self, mut bytes: &[u8], mut see: impl FnMut(Seen)) {
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = &bytes[skipped..];
            let count = (self.wanted() - self.filled).min(bytes.len());
            self.head[self.filled..self.filled + count].copy_from_slice(&bytes[..count]);
            self.filled += count;
            bytes = &bytes[count..];
            if self.filled == self.wanted() {
                self.skip = self.length() + HEAD - self.filled;
                if let Some(seen) = self.seen() {
                    see(seen);
                }
                self.filled = 0;
            }
        }
    }

    /// How much of the present frame is needed, as far as that is known.
    fn wanted(&self) -> usize {
        if self.filled < HEAD {
            return HEAD;
        }
        let more = match self.head[3] {
            GOAWAY => 4,
            DATA if self.head[4] & PADDED != 0 => 1,
            _ => 0,
        };
        HEAD + self.length().min(more)
    }

    fn length(&self) -> usize {
        usize::from(self.head[0]) << 16 | usize::from(self.head[1]) << 8 | usize::from(self.head[2])
    }

    fn stream_at(&self, at: usize) -> u32 {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.head[at..at + 4]);
        u32::from_be_bytes(bytes) & 0x7fff_ffff
    }

    fn seen(&self) -> Option<Seen> {
        let [_, _, _, kind, flags, ..] = self.head;
        match kind {
            HEADERS => Some(Seen::Headers(self.stream_at(5))),
            GOAWAY if self.length() >= 4 => Some(Seen::GoAway(self.stream_at(HEAD))),
            DATA if flags & END_STREAM == 0 => {
                let padding = if flags & PADDED == 0 { 0 } else { usize::from(self.head[HEAD]) + 1 };
                (self.length() == padding).then_some(Seen::Empty)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
    }

    #[test]
    fn frames_are_seen_wherever_they_are_cut() {
        let bytes = [
            vec![b'P'; PREFACE],
            frame(4, 0, 0, &[0, 4, 0, 0, 1, 0]),
            frame(HEADERS, 5, 3, &[0x82, 0x87]),
            frame(DATA, 0, 3, b"body"),
            frame(DATA, 0, 3, b""),
            frame(DATA, PADDED, 3, &[2, 0, 0]),
            frame(DATA, PADDED, 3, &[1, b'x', 0]),
            frame(DATA, END_STREAM, 3, b""),
            frame(GOAWAY, 0, 0, &[0, 0, 0, 7, 0, 0, 0, 0]),
            frame(HEADERS, 5, 9, &[]),
        ]
        .concat();
        for size in 1..bytes.len() {
            let mut frames = Frames::of_client();
            let mut all = Vec::new();
            for piece in bytes.chunks(size) {
                frames.follow(piece, |seen| all.push(seen));
            }
            let expected = [Seen::Headers(3), Seen::Empty, Seen::Empty, Seen::GoAway(7), Seen::Headers(9)];
            assert_eq!(all, expected, "in pieces of {size}");
        }
    }
}
