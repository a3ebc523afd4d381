//! From bytes to documents, with errors that say where and what to do.
//!
//! A file that is no JSON is refused with line and column; a file that is JSON but no
//! Postman document is refused with the path of what is wrong and its line and column.
//! A byte order mark and the `{"collection": …}` envelope of Postman's API are accepted.

use serde_json::Value;

use crate::format::{Collection, Document, Environment};

pub(crate) mod check;
mod locate;

/// A document that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}:{line}:{column}: {message}{}", at(path))]
pub struct LoadError {
    /// Name of the file, URL or upload as the caller gave it.
    pub origin: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// JSON path such as `item[2].request.url`; empty for the document as a whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to try, `""` when there is no advice.
    pub hint: String,
}

fn at(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" (at `{path}`)")
    }
}

/// Reads a collection, v2.0 or v2.1.
///
/// # Errors
/// A document that is no JSON, no collection, or a v1 collection.
pub fn parse_collection(bytes: &[u8], origin: &str) -> Result<Collection, LoadError> {
    read_collection(bytes.to_vec(), origin)
}

/// The same without a copy of the bytes, which may be many.
///
/// # Errors
/// A document that is no JSON, no collection, or a v1 collection.
pub fn read_collection(bytes: Vec<u8>, origin: &str) -> Result<Collection, LoadError> {
    let start = bytes.len() - decode(&bytes, origin)?.len();
    let document = Document::new(String::from_utf8(bytes).unwrap_or_default());
    let whole = start..document.text().len();
    let document = document.narrowed(whole);
    let part = collection_part(&document);
    if let Some(part) = part
        && let Some(collection) = Collection::read(document.clone().narrowed(start + part.start..start + part.end))
    {
        return Ok(collection);
    }
    // Something is wrong with it. What and where shows the slower way, over a tree.
    let text = document.text();
    let value = unwrap_envelope(parse_json(text, origin)?, "collection");
    check::collection(&value).map_err(|problem| problem.locate(text, origin))?;
    Ok(Collection::from_value(value))
}

/// Where the collection stands in the text; `None` when it is none that we know.
fn collection_part(document: &Document) -> Option<std::ops::Range<usize>> {
    let members = document.members()?;
    let wrapped = members.find("collection").filter(|inner| inner.sign() == b'{');
    let is_wrapped = members.find("info").is_none() && members.find("values").is_none();
    if let (Some(inner), true) = (wrapped, is_wrapped) {
        return check::looks_like_collection(&inner.members()?).then(|| inner.place(document.text()));
    }
    check::looks_like_collection(&members).then(|| 0..document.text().len())
}

/// Reads an environment.
///
/// # Errors
/// A document that is no JSON or has no list of `values`.
pub fn parse_environment(bytes: &[u8], origin: &str) -> Result<Environment, LoadError> {
    parse_values(bytes, origin, "environment")
}

/// Reads a globals document.
///
/// # Errors
/// A document that is no JSON or has no list of `values`.
pub fn parse_globals(bytes: &[u8], origin: &str) -> Result<Environment, LoadError> {
    parse_values(bytes, origin, "globals")
}

fn parse_values(bytes: &[u8], origin: &str, what: &'static str) -> Result<Environment, LoadError> {
    let text = decode(bytes, origin)?;
    let mut value = unwrap_envelope(parse_json(text, origin)?, what);
    if value.is_array() {
        // A bare list of values is a common hand-written form.
        value = serde_json::json!({ "name": what, "values": value });
    }
    check::values(&value, what).map_err(|problem| problem.locate(text, origin))?;
    Ok(Environment::from_value(value))
}

/// Line and column (both from 1) of the value at a JSON path such as `item[2].request.url`,
/// also in a document that stands in an envelope; `None` if it is not there. `text` must be
/// JSON without a byte order mark.
pub fn position(text: &str, path: &str) -> Option<(usize, usize)> {
    let offset = locate::offset_of(text, path).or_else(|| locate::offset_of(text, &format!("collection.{path}")))?;
    Some(locate::line_column(text, offset))
}

fn decode<'a>(bytes: &'a [u8], origin: &str) -> Result<&'a str, LoadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
        let (line, column) = locate::line_column(&good, good.len());
        LoadError {
            origin: origin.to_owned(),
            line,
            column,
            path: String::new(),
            message: "the file is not UTF-8 text".into(),
            hint: "save it as UTF-8, or export it from Postman again".into(),
        }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn parse_json(text: &str, origin: &str) -> Result<Value, LoadError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let parsed: Result<Value, _> = serde_path_to_error::deserialize(&mut reader);
    let (error, path) = match parsed {
        Ok(value) => match reader.end() {
            Ok(()) => return Ok(value),
            Err(error) => (error, String::new()),
        },
        Err(error) => {
            let path = error.path().to_string();
            // Where the next key should stand there is no path yet: `?`.
            let path = path.trim_end_matches(['.', '?']).to_owned();
            (error.into_inner(), path)
        }
    };
    let detail = error.to_string();
    let detail = detail.split(" at line ").next().unwrap_or(&detail);
    let hint = match text.trim_start().chars().next() {
        None => "the file is empty",
        Some('<') => "this looks like HTML or XML: the address may have answered with a page",
        Some('{' | '[') => "check for a missing comma or quote at this place",
        Some(_) => "a Postman document is JSON and starts with `{`",
    };
    Err(LoadError {
        origin: origin.to_owned(),
        line: error.line().max(1),
        column: error.column().max(1),
        path,
        message: format!("not valid JSON: {detail}"),
        hint: hint.into(),
    })
}

/// Postman's API wraps documents: `{"collection": {…}}`.
fn unwrap_envelope(mut value: Value, key: &str) -> Value {
    let wrapped = value.get(key).is_some_and(Value::is_object) && value.get("info").is_none() && value.get("values").is_none();
    if wrapped { value[key].take() } else { value }
}

#[cfg(test)]
mod tests;
