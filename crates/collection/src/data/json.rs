//! JSON iteration data: a list of objects, of which one at a time is parsed.
//!
//! Between the rows only brackets and commas are looked at; where a row ends is seen by
//! counting brackets outside of strings, what it means is the parser's business.

use serde_json::Value;

use super::Row;
use super::input::Input;
use crate::load::{LoadError, check};

/// Rows of a JSON list; one object alone is one row.
pub struct JsonRows {
    input: Input,
    index: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    /// Within the list.
    List,
    Over,
}

impl JsonRows {
    pub fn new(input: Input) -> Self {
        Self {
            input,
            index: 0,
            state: State::Start,
        }
    }

    fn read(&mut self) -> Result<Option<Row>, LoadError> {
        self.input.skip_blanks()?;
        match (self.state, self.input.peek()?) {
            (State::Over, _) => Ok(None),
            (State::Start, Some(b'[')) => {
                self.input.next()?;
                self.state = State::List;
                self.input.skip_blanks()?;
                if self.input.peek()? == Some(b']') {
                    self.close()
                } else {
                    self.row()
                }
            }
            (State::Start, None) => Err(self.input.error_here("not valid JSON: the file is empty", HINT)),
            (State::Start, Some(b'{')) => {
                let row = self.value("")?;
                self.end().map(|()| row)
            }
            (State::Start, Some(_)) => Err(self.input.error_here("not a list of objects in JSON", HINT)),
            (State::List, Some(b']')) => self.close(),
            (State::List, Some(b',')) => {
                self.input.next()?;
                self.input.skip_blanks()?;
                self.row()
            }
            (State::List, Some(_)) => Err(self.input.error_here("not valid JSON: expected `,` or `]`", HINT)),
            (State::List, None) => Err(self.input.error_here("not valid JSON: the list is not closed", HINT)),
        }
    }

    fn row(&mut self) -> Result<Option<Row>, LoadError> {
        let path = format!("[{}]", self.index);
        self.index += 1;
        self.value(&path)
    }

    /// The closing bracket, behind which nothing may follow.
    fn close(&mut self) -> Result<Option<Row>, LoadError> {
        self.input.next()?;
        self.end()?;
        Ok(None)
    }

    fn end(&mut self) -> Result<(), LoadError> {
        self.state = State::Over;
        self.input.skip_blanks()?;
        match self.input.peek()? {
            None => Ok(()),
            Some(_) => Err(self.input.error_here("not valid JSON: more text behind the end", HINT)),
        }
    }

    /// Parses the value that begins here.
    fn value(&mut self, path: &str) -> Result<Option<Row>, LoadError> {
        let start = (self.input.line, self.input.column);
        let bytes = self.cut()?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
            let place = match error.line() {
                0 | 1 => (start.0, start.1 + error.column().saturating_sub(1)),
                line => (start.0 + line - 1, error.column().max(1)),
            };
            let detail = error.to_string();
            let detail = detail.split(" at line ").next().unwrap_or(&detail);
            self.input.error(place, format!("not valid JSON: {detail}"), HINT)
        })?;
        match value {
            Value::Object(map) => Ok(Some(map.into_iter().collect())),
            other => {
                let message = format!("expected an object, found {}", check::kind(&other));
                Err(LoadError {
                    path: path.to_owned(),
                    ..self.input.error(start, message, HINT)
                })
            }
        }
    }

    /// Takes the bytes of one value, up to the comma or bracket behind it.
    fn cut(&mut self) -> Result<Vec<u8>, LoadError> {
        let (mut bytes, mut depth, mut quoted, mut escaped) = (Vec::new(), 0_usize, false, false);
        self.input.take_while(&mut bytes, |byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'[' | b'{' => depth += 1,
                b',' | b']' | b'}' if depth == 0 => return false,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            true
        })?;
        Ok(bytes)
    }
}

const HINT: &str = "iteration data is a list of objects: `[{\"name\": \"Ada\"}, …]`";

impl Iterator for JsonRows {
    type Item = Result<Row, LoadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.read();
        if row.is_err() {
            self.state = State::Over;
        }
        row.transpose()
    }
}
