//! A batch cut into its events while it is read: the lines of NDJSON, or the items of a JSON array. Only one event is held.

use std::io::{self, BufRead, Read as _};

use anyhow::{Context as _, Result, bail};

use crate::cli::remote::input::BOM;

/// Longest event that is read, in bytes: twice what the API takes.
pub const MOST: usize = 2 << 20;

/// An event as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// `None`: longer than any that is read, and so not kept.
    pub text: Option<Vec<u8>>,
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
    /// The array's commas and brackets are wrong, with the line; reading fails.
    pub fn next(&mut self) -> Result<Option<Item>> {
        if self.form == Form::Unknown {
            self.skip_mark()?;
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

    /// The mark that some editors put before UTF-8.
    fn skip_mark(&mut self) -> Result<()> {
        for (at, byte) in BOM.iter().enumerate() {
            match self.look()? {
                Some(next) if next == *byte => self.take()?,
                _ if at == 0 => return Ok(()),
                _ => bail!("line 1: the first bytes are no UTF-8 text"),
            }
        }
        Ok(())
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
            self.line += 1;
            if text.len() > MOST {
                if !text.ends_with(b"\n") {
                    self.from.skip_until(b'\n').context("cannot read the events")?;
                }
                return Ok(Some(Item { text: None, line }));
            }
            let trimmed = text.trim_ascii();
            if !trimmed.is_empty() {
                let text = Some(trimmed.to_vec());
                return Ok(Some(Item { text, line }));
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

    /// Everything up to the comma or bracket that ends the item; `None` if that is too long.
    fn value(&mut self) -> Result<Option<Vec<u8>>> {
        let (mut text, mut depth, line) = (Vec::new(), 0_u64, self.line);
        let (mut in_string, mut escaped, mut is_too_long) = (false, false, false);
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
            self.take()?;
            if is_too_long {
                continue;
            }
            text.push(byte);
            if text.len() > MOST {
                (text, is_too_long) = (Vec::new(), true);
            }
        }
        if is_too_long {
            return Ok(None);
        }
        text.truncate(text.trim_ascii_end().len());
        text.shrink_to_fit();
        if text.is_empty() {
            bail!("line {line}: an event is missing between two commas or brackets");
        }
        Ok(Some(text))
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
            items.push((
                item.text
                    .map_or_else(|| "too long".to_owned(), |text| String::from_utf8(text).unwrap()),
                item.line,
            ));
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
    fn a_mark_before_the_text_is_no_part_of_it() {
        for text in ["\u{feff}{}\n", "\u{feff}[{}]"] {
            assert_eq!(all(text), Ok(vec![("{}".to_owned(), 1)]));
        }
        assert!(Split::new(&b"\xef\xbb{}"[..]).next().is_err());
    }

    #[test]
    fn an_event_that_is_too_long_is_told_and_those_after_it_are_read() {
        let long = format!("{{\"a\": \"],{}\"}}", "x".repeat(2 * MOST));
        let items = |lines: [u64; 3]| {
            Ok(["{\"n\":1}", "too long", "{\"n\":2}"]
                .into_iter()
                .map(str::to_owned)
                .zip(lines)
                .collect())
        };
        assert_eq!(all(&format!("{{\"n\":1}}\n{long}\n{{\"n\":2}}\n")), items([1, 2, 3]));
        assert_eq!(all(&format!("[{{\"n\":1}},\n{long}\n,{{\"n\":2}}]")), items([1, 2, 3]));
        assert_eq!(all(&long), Ok(vec![("too long".to_owned(), 1)]));
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
