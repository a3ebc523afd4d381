//! Where in a JSON text a path stands.
//!
//! The parser gives no positions for values that parse well but mean nothing, so this
//! walks the text once more, only on the way to an error. The text is known to be JSON.

/// Line and column (both from 1, column in characters) of a byte offset.
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Byte offset of the value at a path such as `item[2].request`; `None` if not there.
pub fn offset_of(text: &str, path: &str) -> Option<usize> {
    let mut walker = Walker {
        bytes: text.as_bytes(),
        at: 0,
    };
    walker.blank();
    for step in steps(path) {
        walker.enter(&step)?;
    }
    Some(walker.at)
}

enum Step {
    Key(String),
    Index(usize),
}

fn steps(path: &str) -> Vec<Step> {
    let mut out = Vec::new();
    for part in path.split('.').filter(|p| !p.is_empty()) {
        let (key, rest) = part.split_once('[').map_or((part, ""), |(k, r)| (k, r));
        if !key.is_empty() {
            out.push(Step::Key(key.to_owned()));
        }
        out.extend(rest.split(['[', ']']).filter_map(|n| n.parse().ok()).map(Step::Index));
    }
    out
}

struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walker<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn blank(&mut self) {
        while self.peek().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    /// Moves from the start of a container to the start of one of its values.
    fn enter(&mut self, step: &Step) -> Option<()> {
        let open = self.peek();
        self.at += 1;
        let mut index = 0;
        loop {
            self.blank();
            if matches!(self.peek(), b'}' | b']' | 0) {
                return None;
            }
            let found = match (open, step) {
                (b'{', Step::Key(wanted)) => {
                    let matches = self.string() == wanted.as_bytes();
                    self.colon();
                    matches
                }
                (b'[', Step::Index(wanted)) => index == *wanted,
                _ => return None,
            };
            if found {
                return Some(());
            }
            self.skip();
            self.blank();
            if self.peek() == b',' {
                self.at += 1;
            }
            index += 1;
        }
    }

    fn colon(&mut self) {
        self.blank();
        self.at += 1;
        self.blank();
    }

    /// The bytes of a string, still escaped; moves behind it.
    fn string(&mut self) -> &[u8] {
        self.at += 1;
        let from = self.at;
        while !matches!(self.peek(), b'"' | 0) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        let end = self.at.min(self.bytes.len());
        self.at += 1;
        &self.bytes[from.min(end)..end]
    }

    /// Moves behind one value of any kind.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                0 => return,
                b'"' => {
                    self.string();
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' if depth == 0 => return,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            if depth == 0 {
                return;
            }
        }
    }
}
