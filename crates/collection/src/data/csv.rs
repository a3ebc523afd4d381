//! CSV iteration data as the reference runner types it.
//!
//! The first row names the columns; cells are trimmed; an unquoted cell that is a number
//! becomes one, a quoted cell stays text; `""` or `\"` is a quote within quotes; blank
//! lines are skipped.

use serde_json::{Value, json};

use super::Row;
use super::input::Input;
use crate::load::LoadError;

/// Rows of a CSV text.
pub struct CsvRows {
    input: Input,
    /// Names of the columns, once the first row is read.
    names: Option<Vec<String>>,
    over: bool,
}

#[derive(Default)]
struct Cell {
    bytes: Vec<u8>,
    quoted: bool,
}

/// One record and the line it begins on.
struct Record {
    line: usize,
    cells: Vec<(String, bool)>,
}

impl CsvRows {
    pub fn new(input: Input) -> Self {
        Self {
            input,
            names: None,
            over: false,
        }
    }

    fn read(&mut self) -> Result<Option<Row>, LoadError> {
        let names = match self.names.take() {
            Some(names) => names,
            None => match self.record()? {
                Some(header) => header.cells.into_iter().map(|(text, _)| text).collect(),
                None => return Ok(None),
            },
        };
        let Some(record) = self.record()? else { return Ok(None) };
        if record.cells.len() != names.len() {
            let message = format!("expected {} cells as in the first row, found {}", names.len(), record.cells.len());
            return Err(self.input.error((record.line, 1), message, "put cells that hold a comma in quotes"));
        }
        let row = names.iter().cloned().zip(record.cells.into_iter().map(typed)).collect();
        self.names = Some(names);
        Ok(Some(row))
    }

    /// The next record that is not blank.
    fn record(&mut self) -> Result<Option<Record>, LoadError> {
        loop {
            let line = self.input.line;
            if self.input.peek()?.is_none() {
                return Ok(None);
            }
            let cells = self.cells(line)?;
            let blank = matches!(cells.as_slice(), [(text, false)] if text.is_empty());
            if !blank {
                return Ok(Some(Record { line, cells }));
            }
        }
    }

    /// The cells up to the end of the line that is not within quotes.
    fn cells(&mut self, line: usize) -> Result<Vec<(String, bool)>, LoadError> {
        let (mut cells, mut cell, mut inside) = (Vec::new(), Cell::default(), false);
        loop {
            // What has no meaning of its own comes in runs.
            if inside || !cell.quoted {
                self.input
                    .take_while(&mut cell.bytes, |byte| !matches!(byte, b'"' | b'\\' | b',' | b'\n' | b'\r'))?;
            }
            let Some(byte) = self.input.next()? else { break };
            match byte {
                b'\\' | b'"' if inside && self.input.peek()? == Some(b'"') => {
                    self.input.next()?;
                    cell.bytes.push(b'"');
                }
                b'"' if inside => inside = false,
                _ if inside => cell.bytes.push(byte),
                b'"' if cell.bytes.iter().all(u8::is_ascii_whitespace) && !cell.quoted => {
                    cell = Cell {
                        quoted: true,
                        ..Cell::default()
                    };
                    inside = true;
                }
                b',' => cells.push(self.finish(&mut cell, line)?),
                b'\n' => break,
                b'\r' => {}
                // Blanks behind a closing quote are padding.
                _ if cell.quoted && byte.is_ascii_whitespace() => {}
                _ => cell.bytes.push(byte),
            }
        }
        if inside {
            let hint = "close it, or write `\"\"` for a quote";
            return Err(self.input.error((line, 1), "a quote is opened and never closed", hint));
        }
        cells.push(self.finish(&mut cell, line)?);
        Ok(cells)
    }

    fn finish(&self, cell: &mut Cell, line: usize) -> Result<(String, bool), LoadError> {
        let Cell { bytes, quoted } = std::mem::take(cell);
        let text = self.input.text(bytes, line)?;
        Ok((if quoted { text } else { text.trim().to_owned() }, quoted))
    }
}

impl Iterator for CsvRows {
    type Item = Result<Row, LoadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let row = self.read();
        self.over = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

fn typed((text, quoted): (String, bool)) -> Value {
    if quoted || text.is_empty() {
        return json!(text);
    }
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'e' | b'E' | b'+'));
    if plain && let Ok(n) = text.parse::<i64>() {
        return json!(n);
    }
    match text.parse::<f64>() {
        Ok(n) if plain && n.is_finite() && n.fract() == 0.0 && n.abs() < 9e15 => json!(n as i64),
        Ok(n) if plain && n.is_finite() => json!(n),
        _ => json!(text),
    }
}
