//! Puts values into text by where they stand.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Fault, OUTPUT_BYTES};

/// What a body is read as, by its media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Json,
    Form,
    Text,
}

impl Kind {
    /// JSON for `application/json` and `…+json` (RFC 6839), a form for `application/x-www-form-urlencoded`.
    pub fn of(content_type: &str) -> Self {
        let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media.as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            media if media.ends_with("/json") || media.ends_with("+json") => Self::Json,
            _ => Self::Text,
        }
    }
}

/// A part of a body on its way.
#[derive(Debug, Clone)]
pub(super) enum Piece<'a> {
    /// Text of the template, and where in it that stands, if it is known.
    Text(&'a str, Option<usize>),
    Value(Value),
}

/// What stays as it is in a form (WHATWG URL, application/x-www-form-urlencoded).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// Puts the pieces together and checks that the whole is what the kind says.
pub(super) fn place(kind: Kind, pieces: &[Piece<'_>]) -> Result<String, Fault> {
    let mut out = String::new();
    let mut starts: Vec<(usize, Option<usize>)> = Vec::with_capacity(pieces.len());
    let mut lexer = Lexer::default();
    let mut at = None;
    for piece in pieces {
        starts.push((out.len(), None));
        match piece {
            Piece::Text(text, from) => {
                if let Some(last) = starts.last_mut() {
                    last.1 = *from;
                }
                at = from.map(|from| from + text.len());
                lexer.read(text);
                out.push_str(text);
            }
            Piece::Value(value) => put(kind, &lexer, value, at, &mut out)?,
        }
        if out.len() > OUTPUT_BYTES {
            return Err(too_long());
        }
    }
    check(kind, &out, &starts)?;
    Ok(out)
}

pub(super) fn too_long() -> Fault {
    Fault::new(None, format!("the body would be longer than {OUTPUT_BYTES} bytes"))
}

fn put(kind: Kind, lexer: &Lexer, value: &Value, at: Option<usize>, out: &mut String) -> Result<(), Fault> {
    match kind {
        Kind::Json if lexer.escape > 0 => {
            return Err(Fault::new(at, "a value stands inside an escape sequence (`\\`)").hint("remove the backslash before it"));
        }
        Kind::Json if lexer.in_string => {
            let quoted = Value::String(text(value)).to_string();
            out.push_str(&quoted[1..quoted.len() - 1]);
        }
        Kind::Json => out.push_str(&value.to_string()),
        Kind::Form => {
            for (number, word) in text(value).split(' ').enumerate() {
                if number > 0 {
                    out.push('+');
                }
                out.extend(utf8_percent_encode(word, FORM));
            }
        }
        Kind::Text => out.push_str(&text(value)),
    }
    Ok(())
}

/// A value inside text: a string as it is, nothing for `null`, anything else as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Where in JSON the text has come to.
#[derive(Debug, Default)]
struct Lexer {
    in_string: bool,
    /// Characters that an escape sequence still takes.
    escape: u8,
}

impl Lexer {
    fn read(&mut self, text: &str) {
        for byte in text.bytes() {
            match (self.in_string, self.escape, byte) {
                (true, 1, b'u') => self.escape = 4 | HEX,
                (true, 0, b'\\') => self.escape = 1,
                (true, 0, b'"') => self.in_string = false,
                (false, _, b'"') => self.in_string = true,
                (true, 0, _) | (false, ..) => {}
                (true, _, _) => {
                    let left = (self.escape & !HEX) - 1;
                    self.escape = if left > 0 { left | HEX } else { 0 };
                }
            }
        }
    }
}

/// Marks the four digits of `\u`.
const HEX: u8 = 0x80;

fn check(kind: Kind, out: &str, starts: &[(usize, Option<usize>)]) -> Result<(), Fault> {
    match kind {
        Kind::Json => {
            let Err(error) = serde_json::from_str::<IgnoredAny>(out) else {
                return Ok(());
            };
            let text = error.to_string();
            let why = text.split(" at line ").next().unwrap_or_default();
            let at = offset(out, error.line(), error.column());
            Err(not_valid("JSON", why, out, at, starts)
                .hint("put values inside quotes for text, and without quotes for a JSON value of their own"))
        }
        Kind::Form => match out.bytes().position(|byte| !byte.is_ascii_graphic()) {
            None => Ok(()),
            Some(at) => Err(
                not_valid("a form", "a blank, a line break or a character that is not ASCII", out, at, starts)
                    .hint("`name=value` pairs joined by `&`; write a blank as `+`"),
            ),
        },
        Kind::Text => Ok(()),
    }
}

/// The fault in the template if it lies in text of a known place, else in the rendered body.
fn not_valid(what: &str, why: &str, out: &str, at: usize, starts: &[(usize, Option<usize>)]) -> Fault {
    let piece = starts.iter().rev().find(|(start, _)| *start <= at);
    let known = piece.and_then(|(start, from)| from.map(|from| from + (at - start)));
    // In a value: the text before it is where to look.
    let known = known.or_else(|| {
        let before = starts.iter().rev().filter(|(start, from)| *start <= at && from.is_some());
        before.map(|(_, from)| from.unwrap_or_default()).next()
    });
    if known.is_some() {
        return Fault::new(known, format!("what it gives is not {what}: {why}"));
    }
    let (line, column) = super::line_and_column(out, at);
    Fault::new(
        None,
        format!("what it gives is not {what}: {why}, at line {line}, column {column} of the body"),
    )
}

/// Byte offset of a line and column (from 1, in bytes) as serde_json counts them.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    start + column.saturating_sub(1)
}
