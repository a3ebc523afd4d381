//! One thing that the check found, with its place.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Will not work.
    Error,
    /// May not work; depends on what the run is given.
    Warning,
    /// Works, but has a better form.
    Note,
}

/// What, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    /// From 1; 0 before it is placed.
    pub line: usize,
    pub column: usize,
    /// JSON path such as `item[2].request.url`.
    pub path: String,
    pub message: String,
    pub hint: String,
}

impl Finding {
    pub fn new(severity: Severity, path: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity,
            line: 0,
            column: 0,
            path: path.to_owned(),
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Looks its line and column up in the document.
    pub fn placed(mut self, text: &str) -> Self {
        (self.line, self.column) = collection::load::position(text, &self.path).unwrap_or((1, 1));
        self
    }

    /// As editors and CI read it: `file:line:column: severity: message`.
    pub fn text(&self, origin: &str) -> String {
        let Self {
            line,
            column,
            path,
            message,
            hint,
            ..
        } = self;
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let hint = if hint.is_empty() {
            String::new()
        } else {
            format!("\n  hint: {hint}")
        };
        format!("{origin}:{line}:{column}: {severity}: {message} (at `{path}`){hint}")
    }
}
