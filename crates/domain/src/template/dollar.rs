//! `$name` templates, as flow tasks have them: `$jobId` or `${jobId}` is a value, `$$` a dollar, a `$` before anything but
//! a letter stands for itself.

use serde_json::Value;

use super::{
    Fault, Kind, check_size,
    place::{Piece, place},
};

/// Renders a template; `value` knows the names.
///
/// # Errors
/// An unknown name, with its position; a body that is not what `kind` says.
pub fn render(template: &str, kind: Kind, value: impl Fn(&str) -> Option<Value>) -> Result<String, Fault> {
    check_size(template)?;
    place(kind, &pieces(template, value)?)
}

fn pieces(template: &str, value: impl Fn(&str) -> Option<Value>) -> Result<Vec<Piece<'_>>, Fault> {
    let mut pieces = Vec::new();
    let (mut from, mut look) = (0, 0);
    while let Some(found) = template[look..].find('$') {
        let at = look + found;
        let rest = &template[at + 1..];
        if rest.starts_with('$') {
            pieces.push(Piece::Text(&template[from..=at], Some(from)));
            (from, look) = (at + 2, at + 2);
            continue;
        }
        let Some((name, end)) = name(rest) else {
            look = at + 1;
            continue;
        };
        let known = value(name).ok_or_else(|| {
            Fault::new(Some(at), format!("there is no variable `${name}`")).hint("write `$$` for a dollar; the variables are in the guide")
        })?;
        pieces.push(Piece::Text(&template[from..at], Some(from)));
        pieces.push(Piece::Value(known));
        (from, look) = (at + 1 + end, at + 1 + end);
    }
    pieces.push(Piece::Text(&template[from..], Some(from)));
    Ok(pieces)
}

/// The name after a `$`, and the bytes that it takes.
fn name(rest: &str) -> Option<(&str, usize)> {
    if let Some(inner) = rest.strip_prefix('{') {
        let end = inner.find('}')?;
        return (word(inner) == end && end > 0).then(|| (&inner[..end], end + 2));
    }
    let end = word(rest);
    (end > 0).then(|| (&rest[..end], end))
}

fn word(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}
