//! What `{{ … }}` templates may not say, found before the engine reads them.
//!
//! Whatever could make a string grow from step to step is left out (assignments, concatenation, repetition), so that a
//! template of 64 KiB cannot fill the memory, and so is whatever would take rendered text as a value again, which would
//! escape it twice.

use super::Fault;

/// Statements that are offered.
const STATEMENTS: &[&str] = &["if", "elif", "else", "endif", "for", "endfor", "raw", "endraw"];

/// Characters that rendering uses itself (noncharacters, which text does not hold).
pub(super) const OPEN: char = '\u{FDD0}';
pub(super) const CLOSE: char = '\u{FDD1}';

pub(super) fn check(template: &str) -> Result<(), Fault> {
    if let Some(at) = template.find([OPEN, CLOSE]) {
        return Err(Fault::new(Some(at), "a noncharacter (U+FDD0 or U+FDD1) cannot stand in it"));
    }
    let mut look = 0;
    while let Some(found) = template[look..].find('{') {
        let at = look + found;
        let rest = &template[at..];
        look = match rest.as_bytes().get(1) {
            Some(b'#') => rest.find("#}").map_or(template.len(), |end| at + end + 2),
            Some(b'%') if statement(rest) == "raw" => after_raw(template, at),
            Some(b'%') => {
                let word = statement(rest);
                if !STATEMENTS.contains(&word) {
                    return Err(Fault::new(Some(at), format!("`{{% {word} %}}` is not offered")).hint("only `if` and `for`"));
                }
                expression(template, at + 2)?
            }
            Some(b'{') => expression(template, at + 2)?,
            _ => at + 1,
        };
    }
    Ok(())
}

fn statement(rest: &str) -> &str {
    let rest = rest[2..].trim_start_matches(['-', '+']).trim_start();
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    &rest[..end]
}

/// Where the text after a raw block begins.
fn after_raw(template: &str, at: usize) -> usize {
    let mut look = at + 2;
    while let Some(found) = template[look..].find("{%") {
        let at = look + found;
        if statement(&template[at..]) == "endraw" {
            return at + 2;
        }
        look = at + 2;
    }
    template.len()
}

/// Reads an expression up to its end; returns where that is.
fn expression(template: &str, from: usize) -> Result<usize, Fault> {
    let bytes = template.as_bytes();
    let (mut at, mut quote, mut depth) = (from, None, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'~' | b'*') => return Err(grows(at, byte)),
            // `+%}` and `{%+` only say what happens to the blanks around.
            (None, b'+') if at != from && !matches!(bytes.get(at + 1), Some(b'%' | b'}')) => return Err(grows(at, byte)),
            (None, b'{') => depth += 1,
            (None, b'}') if depth > 0 => depth -= 1,
            (None, b'}') => return Ok(at + 1),
            (None, _) => {}
        }
        at += 1;
    }
    Ok(template.len())
}

fn grows(at: usize, byte: u8) -> Fault {
    Fault::new(Some(at), format!("`{}` is not offered", char::from(byte)))
        .hint("to join values, write them one after the other inside the quotes: `\"{{ a }} {{ b }}\"`")
}
