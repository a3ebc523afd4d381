//! What a command sends: JSON out of the words, a file or standard input, put together member by member without changing a
//! digit of what was given.

use std::{cell::Cell, collections::BTreeMap, io::Read as _};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use crate::cli::words::Misunderstood;

/// Longest document that is read, in bytes: the API takes less.
const MOST: u64 = 64 << 20;
/// The byte order mark as PowerShell and some editors write it before UTF-8 (RFC 3629, 6).
pub const BOM: &[u8] = b"\xef\xbb\xbf";

/// Files and standard input, which can be read once.
#[derive(Debug, Default)]
pub struct Inputs {
    stdin_is_read: Cell<bool>,
}

impl Inputs {
    /// The bytes of a file, `-` for standard input, without the mark that some editors put before UTF-8.
    ///
    /// # Errors
    /// It cannot be read, is too long, or standard input was asked for twice.
    pub fn file(&self, name: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if name == "-" {
            if self.stdin_is_read.replace(true) {
                return Err(Misunderstood::new("standard input (`-`) was given twice", "put one of the two into a file").into());
            }
            std::io::stdin()
                .take(MOST + 1)
                .read_to_end(&mut bytes)
                .context("cannot read standard input")?;
        } else {
            let file = std::fs::File::open(name).with_context(|| format!("cannot read `{name}`"))?;
            file.take(MOST + 1)
                .read_to_end(&mut bytes)
                .with_context(|| format!("cannot read `{name}`"))?;
        }
        if bytes.len() as u64 > MOST {
            bail!("{} is longer than {} MiB", named(name), MOST >> 20);
        }
        if bytes.starts_with(BOM) {
            bytes.drain(..BOM.len());
        }
        Ok(bytes)
    }

    /// Text of a file without the line's end behind it: a secret, a certificate.
    ///
    /// # Errors
    /// As [`Inputs::file`]; it is no text, or empty.
    pub fn text(&self, name: &str) -> Result<String> {
        let Ok(text) = String::from_utf8(self.file(name)?) else {
            bail!("{} is no UTF-8 text", named(name))
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            bail!("{} is empty", named(name));
        }
        Ok(text.to_owned())
    }

    /// A word itself, the text of the file `@FILE`, or standard input (`-`), and what messages call it.
    ///
    /// # Errors
    /// As [`Inputs::file`].
    pub fn word(&self, word: &str, flag: &str) -> Result<(Vec<u8>, String)> {
        match word.strip_prefix('@') {
            Some(file) => Ok((self.file(file)?, named(file))),
            None if word == "-" => Ok((self.file(word)?, named(word))),
            None => Ok((word.as_bytes().to_vec(), format!("`{flag}`"))),
        }
    }

    /// JSON given as a word, `@FILE` or `-`.
    ///
    /// # Errors
    /// As [`Inputs::file`]; it is no JSON, with line and column.
    pub fn json(&self, word: &str, flag: &str) -> Result<Box<RawValue>> {
        let (bytes, name) = self.word(word, flag)?;
        parse(&bytes, &name)
    }
}

fn named(file: &str) -> String {
    if file == "-" {
        "standard input".to_owned()
    } else {
        format!("`{file}`")
    }
}

/// Parses JSON that a person wrote.
///
/// # Errors
/// Line and column of what is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8], name: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or_default();
        anyhow::anyhow!(
            "{name} is not the JSON that is wanted here: line {}, column {}: {text}",
            error.line(),
            error.column()
        )
    })
}

/// A JSON object on its way to the API.
#[derive(Debug, Default)]
pub struct Body(BTreeMap<String, Box<RawValue>>);

impl Body {
    /// What the file of `--from` has, or nothing.
    ///
    /// # Errors
    /// As [`Inputs::file`]; it is no JSON object.
    pub fn from(inputs: &Inputs, file: Option<&str>) -> Result<Self> {
        let Some(file) = file else { return Ok(Self::default()) };
        Ok(Self(parse(&inputs.file(file)?, &named(file))?))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// # Errors
    /// The value cannot be written as JSON; all of ours can.
    pub fn set(&mut self, name: &str, value: impl Serialize) -> Result<()> {
        self.0.insert(name.to_owned(), serde_json::value::to_raw_value(&value)?);
        Ok(())
    }

    /// Sets what is given.
    ///
    /// # Errors
    /// As [`Body::set`].
    pub fn set_some(&mut self, name: &str, value: Option<impl Serialize>) -> Result<()> {
        value.map_or(Ok(()), |value| self.set(name, value))
    }

    /// Puts what is stored beneath what is given: members of `options` one by one.
    ///
    /// # Errors
    /// `options` is no object.
    pub fn beneath<'v>(&mut self, stored: impl Iterator<Item = (&'v str, &'v Value)>) -> Result<()> {
        for (name, value) in stored.filter(|(_, value)| !value.is_null()) {
            match (self.0.remove(name), value) {
                (Some(given), Value::Object(members)) => {
                    self.set(name, members)?;
                    self.merge(name, parse(given.get().as_bytes(), &format!("`{name}`"))?)?;
                }
                (Some(given), _) => drop(self.0.insert(name.to_owned(), given)),
                (None, value) => self.set(name, value)?,
            }
        }
        Ok(())
    }

    /// Adds members to an object that may be there.
    ///
    /// # Errors
    /// What is there is no object.
    pub fn merge(&mut self, name: &str, members: serde_json::Map<String, Value>) -> Result<()> {
        if members.is_empty() {
            return Ok(());
        }
        let mut object = match self.0.get(name) {
            Some(there) => parse::<BTreeMap<String, Value>>(there.get().as_bytes(), &format!("`{name}`"))?,
            None => BTreeMap::new(),
        };
        object.extend(members);
        self.set(name, object)
    }

    /// # Errors
    /// None in truth.
    pub fn bytes(&self) -> Result<Bytes> {
        Ok(serde_json::to_vec(&self.0)?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_changes_and_what_is_wrong_has_its_place() {
        let mut body = Body::default();
        let data = Inputs::default()
            .json(r#"{"n": 123456789012345678901234567890.10}"#, "--data")
            .unwrap();
        body.set("data", data).unwrap();
        assert_eq!(body.bytes().unwrap(), r#"{"data":{"n": 123456789012345678901234567890.10}}"#);
        let wrong = Inputs::default().json("{\"a\": 1,\n \"b\" 2}", "--data").unwrap_err().to_string();
        assert!(wrong.contains("`--data`") && wrong.contains("line 2, column 6"), "{wrong}");
    }

    #[test]
    fn a_mark_before_the_text_is_no_part_of_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let name = file.path().to_str().unwrap();
        std::fs::write(name, [BOM, b"{}\n"].concat()).unwrap();
        assert_eq!(Inputs::default().text(name).unwrap(), "{}");
        assert_eq!(Inputs::default().json(&format!("@{name}"), "--data").unwrap().get(), "{}");
        assert_eq!(Body::from(&Inputs::default(), Some(name)).unwrap().bytes().unwrap(), "{}");
    }

    #[test]
    fn members_join_those_that_are_there() {
        let mut body = Body(parse(br#"{"options": {"ordered": true, "per_second": 1}}"#, "x").unwrap());
        let members = serde_json::Map::from_iter([("per_second".to_owned(), 5.into())]);
        body.merge("options", members).unwrap();
        assert_eq!(body.bytes().unwrap(), r#"{"options":{"ordered":true,"per_second":5}}"#);
    }
}
