//! Templates of bodies: text with values in it, safe by position.
//!
//! A value is never pasted: the text is read as the body's content type, and where a value stands decides how it goes in.
//! Inside a JSON string it is string-escaped, elsewhere in JSON it is a JSON value, in a form it is percent-encoded, in any
//! other type it goes in as it is. So a quote or a line break in a name leaves valid JSON. Two notations share this:
//! `dollar` (`$jobId`) and `braces` (`{{ event.data.title }}`).

use crate::Problem;

pub mod braces;
pub mod dollar;
mod place;
mod words;

pub use place::Kind;

/// A template, in bytes.
pub const TEMPLATE_BYTES: usize = 65_536;
/// A rendered body, in bytes.
pub const OUTPUT_BYTES: usize = 1_048_576;

/// Why a template gives no body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset in the template, if it is known.
    pub at: Option<usize>,
    /// Line of the template, for faults that know no more than it.
    pub line: Option<usize>,
    pub why: String,
    pub hint: Option<String>,
}

impl Fault {
    fn new(at: Option<usize>, why: impl Into<String>) -> Self {
        Self {
            at,
            line: None,
            why: why.into(),
            hint: None,
        }
    }

    #[must_use]
    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The fault as a problem of the field that holds the template, with line and column.
    pub fn problem(self, field: &str, template: &str) -> Problem {
        let place = match (self.at, self.line) {
            (Some(at), _) => {
                let (line, column) = line_and_column(template, at);
                format!(" (line {line}, column {column})")
            }
            (None, Some(line)) => format!(" (line {line})"),
            (None, None) => String::new(),
        };
        let mut problem = Problem::invalid(field, format!("the template: {}{place}", self.why));
        problem.hint = self.hint;
        problem
    }
}

/// Line and column (in characters), both from 1, of a byte offset.
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn check_size(template: &str) -> Result<(), Fault> {
    if template.len() > TEMPLATE_BYTES {
        return Err(Fault::new(None, format!("longer than {TEMPLATE_BYTES} bytes")));
    }
    Ok(())
}
