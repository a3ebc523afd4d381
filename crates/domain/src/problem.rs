//! What a person is told when their input cannot be taken: RFC 9457, with the field named
//! and what to do. A problem is never an internal error; those do not reach a screen.

use serde::{Deserialize, Serialize};

/// A problem document (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// Stable kebab-case code as a relative reference,
    /// `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status it is answered with.
    pub status: u16,
    /// The same for every occurrence of the code.
    pub title: String,
    /// What was wrong this time, literals in backticks.
    pub detail: String,
    /// The field (dotted path) that is to be changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
}

impl Problem {
    pub fn new(status: u16, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            status,
            title: title.to_owned(),
            detail: detail.into(),
            field: None,
            hint: None,
        }
    }

    /// 422: a field holds what cannot be taken.
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut problem = Self::new(422, "invalid-field", "A field is not valid", detail);
        problem.field = Some(field.into());
        problem
    }

    /// 400: the body is not what it says it is.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(400, "malformed", "The request could not be read", detail)
    }

    /// 401.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(401, "unauthenticated", "Who are you?", detail)
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403, "forbidden", "Not allowed", detail)
    }

    /// 404; the same for what is not there and what is not yours.
    pub fn not_found(what: &str) -> Self {
        Self::new(404, "not-found", "Not found", format!("there is no such {what}"))
    }

    /// 409.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(409, "conflict", "It conflicts with what is there", detail)
    }

    /// Names the field.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
