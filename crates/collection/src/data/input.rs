//! The bytes of iteration data, one after another, with the place where they stand.

use std::io::{BufRead, BufReader, Read};

use crate::load::LoadError;

/// A byte order mark in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads bytes and counts lines and columns.
pub struct Input {
    reader: BufReader<Box<dyn Read + Send>>,
    origin: String,
    started: bool,
    /// Line of the next byte, from 1.
    pub line: usize,
    /// Column of the next byte in characters, from 1.
    pub column: usize,
}

impl Input {
    pub fn new(reader: BufReader<Box<dyn Read + Send>>, origin: &str) -> Self {
        Self {
            reader,
            origin: origin.to_owned(),
            started: false,
            line: 1,
            column: 1,
        }
    }

    /// The next byte without taking it; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn peek(&mut self) -> Result<Option<u8>, LoadError> {
        if !self.started {
            self.started = true;
            let ahead = self.reader.fill_buf().map_err(|error| super::unreadable(&self.origin, &error))?;
            if ahead.starts_with(MARK) {
                self.reader.consume(MARK.len());
            }
        }
        let ahead = self.reader.fill_buf().map_err(|error| super::unreadable(&self.origin, &error))?;
        Ok(ahead.first().copied())
    }

    /// Takes the next byte; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next(&mut self) -> Result<Option<u8>, LoadError> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.reader.consume(1);
            advance(&mut self.line, &mut self.column, byte);
        }
        Ok(byte)
    }

    /// Takes bytes for as long as `wanted` says, a whole buffer at a time.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn take_while(&mut self, out: &mut Vec<u8>, mut wanted: impl FnMut(u8) -> bool) -> Result<(), LoadError> {
        while self.peek()?.is_some() {
            let ahead = self.reader.buffer();
            let taken = ahead.iter().position(|&byte| !wanted(byte)).unwrap_or(ahead.len());
            for &byte in &ahead[..taken] {
                advance(&mut self.line, &mut self.column, byte);
            }
            out.extend_from_slice(&ahead[..taken]);
            let all = taken == ahead.len();
            self.reader.consume(taken);
            if !all {
                break;
            }
        }
        Ok(())
    }

    /// Skips blanks and line ends.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn skip_blanks(&mut self) -> Result<(), LoadError> {
        while self.peek()?.is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.next()?;
        }
        Ok(())
    }

    /// An error at a place.
    pub fn error(&self, (line, column): (usize, usize), message: impl Into<String>, hint: &str) -> LoadError {
        LoadError {
            origin: self.origin.clone(),
            line,
            column,
            path: String::new(),
            message: message.into(),
            hint: hint.to_owned(),
        }
    }

    /// An error where the reading is now.
    pub fn error_here(&self, message: impl Into<String>, hint: &str) -> LoadError {
        self.error((self.line, self.column), message, hint)
    }

    /// Bytes as text.
    ///
    /// # Errors
    /// When they are not UTF-8; `line` is told.
    pub fn text(&self, bytes: Vec<u8>, line: usize) -> Result<String, LoadError> {
        String::from_utf8(bytes).map_err(|_| self.error((line, 1), "the file is not UTF-8 text", "save it as UTF-8"))
    }
}

fn advance(line: &mut usize, column: &mut usize, byte: u8) {
    if byte == b'\n' {
        *line += 1;
        *column = 1;
    } else if byte & 0xc0 != 0x80 {
        // The later bytes of a character are no columns of their own.
        *column += 1;
    }
}
