//! A batch cut into its events while it is read: the lines of NDJSON, or the items of a JSON array. Only one event is held.

use std::io::{self, BufRead, Read as _};

use anyhow::{Context as _, Result, bail};

/// Longest event that is read, in bytes: twice what the API takes.
const MOST: usize = 2 << 20;

/// An event as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    pub text: Vec<u8>,
    /// Where it begins, from 1.
    pub line: u64,
}

/// Reads events one by one.
pub struct Split<R> {
    from: R,
    line: u64,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Unknown,
    Lines,
    /// Before the first item of an array.
    First,
    /// Between items.
    Between,
    End,
}

impl<R: BufRead> Split<R> {
    pub const fn new(from: R) -> Self {
        Self {
            from,
            line: 1,
            form: Form::Unknown,
        }
    }

    /// The next event, as text that need not be JSON.
    ///
    /// # Errors
    /// The array's commas and brackets are wrong, with the line; an event is too long; reading fails.
    pub fn next(&mut self) -> Result<Option<Item>> {
        if self.form == Form::Unknown {
            self.form = match self.peek()? {
                Some(b'[') => {
                    self.take()?;
                    Form::First
                }
                Some(_) => Form::Lines,
                None => Form::End,
            };
        }
        match self.form {
            Form::Lines => self.next_line(),
            Form::End => Ok(None),
            _ => self.next_of_array(),
        }
    }

    fn next_line(&mut self) -> Result<Option<Item>> {
        loop {
            let (mut text, line) = (Vec::new(), self.line);
            let most = u64::try_from(MOST + 1).unwrap_or(u64::MAX);
            self.from
                .by_ref()
                .take(most)
                .read_until(b'\n', &mut text)
                .context("cannot read the events")?;
            if text.is_empty() {
                return Ok(None);
            }
            if text.len() > MOST {
                bail!("line {line} is longer than {} MiB", MOST >> 20);
            }
            self.line += 1;
            let trimmed = text.trim_ascii();
            if !trimmed.is_empty() {
                return Ok(Some(Item {
                    text: trimmed.to_vec(),
                    line,
                }));
            }
        }
    }

    fn next_of_array(&mut self) -> Result<Option<Item>> {
        let next = self.peek()?;
        match (self.form, next) {
            (_, None) => bail!("line {}: the array has no end; `]` is missing", self.line),
            (_, Some(b']')) => {
                self.take()?;
                self.form = Form::End;
                return match self.peek()? {
                    Some(byte) => bail!(
                        "line {}: `{}` stands behind the array",
                        self.line,
                        char::from(byte).escape_default()
                    ),
                    None => Ok(None),
                };
            }
            // An item ends at a comma or a bracket only, so this is the comma.
            (Form::Between, Some(_)) => {
                self.take()?;
                self.peek()?;
            }
            _ => {}
        }
        self.form = Form::Between;
        let line = self.line;
        Ok(Some(Item { text: self.value()?, line }))
    }

    /// Everything up to the comma or bracket that ends the item.
    fn value(&mut self) -> Result<Vec<u8>> {
        let (mut text, mut depth, line) = (Vec::new(), 0_u64, self.line);
        let (mut in_string, mut escaped) = (false, false);
        while let Some(byte) = self.look()? {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'[' | b'{' => depth += 1,
                b',' | b']' if depth == 0 => break,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            text.push(byte);
            self.take()?;
            if text.len() > MOST {
                bail!("the event at line {line} is longer than {} MiB", MOST >> 20);
            }
        }
        text.truncate(text.trim_ascii_end().len());
        if text.is_empty() {
            bail!("line {line}: an event is missing between two commas or brackets");
        }
        Ok(text)
    }

    /// The next byte that is no blank, left where it is.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.look()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.take()?;
        }
        Ok(None)
    }

    fn look(&mut self) -> io::Result<Option<u8>> {
        Ok(self.from.fill_buf()?.first().copied())
    }

    fn take(&mut self) -> io::Result<()> {
        if self.from.fill_buf()?.first() == Some(&b'\n') {
            self.line += 1;
        }
        self.from.consume(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<(String, u64)>, String> {
        let mut split = Split::new(text.as_bytes());
        let mut items = Vec::new();
        while let Some(item) = split.next().map_err(|error| error.to_string())? {
            items.push((String::from_utf8(item.text).unwrap(), item.line));
        }
        Ok(items)
    }

    #[test]
    fn lines_and_items_are_told_apart_with_their_place() {
        let items = |list: &[(&str, u64)]| Ok(list.iter().map(|(text, line)| ((*text).to_owned(), *line)).collect());
        assert_eq!(
            all("\n{\"a\":1}\r\n\n {\"b\": [1,2]}"),
            items(&[("{\"a\":1}", 2), ("{\"b\": [1,2]}", 4)])
        );
        assert_eq!(
            all(" [\n {\"a\": \"],\\\"[\"},\n\n{\"b\":\n[1,2]} ]\n"),
            items(&[("{\"a\": \"],\\\"[\"}", 2), ("{\"b\":\n[1,2]}", 4)])
        );
        assert_eq!(all("[]"), items(&[]));
        assert_eq!(all(""), items(&[]));
    }

    #[test]
    fn a_broken_array_is_named_with_its_line() {
        assert!(all("[{},\n{}").unwrap_err().contains("line 2: the array has no end"));
        assert!(all("[{},\n,{}]").unwrap_err().contains("line 2: an event is missing"));
        assert!(all("[{},]").unwrap_err().contains("an event is missing"));
        assert!(all("[{}]\nx").unwrap_err().contains("line 2: `x` stands behind"));
        assert!(all("[{\"a\": \"").unwrap_err().contains("no end"));
    }
}
