//! What collections and environments share: the list with its import, and reading the file.

use askama::Template;
use axum::{
    extract::{Multipart, Query, multipart::MultipartError},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::Problem;
use serde::Deserialize;

use super::{
    Frame, PageError, PageResult, Visit, assets, render_as,
    ui::{self, Form},
};
use crate::time::Time;

/// Which version of a document.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Version {
    pub version: Option<i64>,
}

/// Extractor of [`Version`].
pub type VersionQuery = Query<Version>;

/// One document in the list.
pub struct Row {
    pub id: String,
    pub name: String,
    pub size: String,
    pub version: i64,
    pub updated_at: Time,
}

/// The words of one kind of document.
pub struct Kind {
    pub title: &'static str,
    pub base: &'static str,
    pub what: &'static str,
    pub icon: &'static str,
    pub lead: &'static str,
    pub empty: &'static str,
    pub hint: &'static str,
    pub size_title: &'static str,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    frame: Frame,
    base: &'static str,
    what: &'static str,
    icon: &'static str,
    lead: &'static str,
    empty: &'static str,
    hint: &'static str,
    size_title: &'static str,
    form: Form,
    rows: Vec<Row>,
}

/// The list of one kind.
pub fn list(visit: &Visit, kind: &Kind, rows: Vec<Row>, status: StatusCode, form: Form) -> PageResult {
    let page = DocumentsPage {
        frame: visit.frame(kind.title, kind.base),
        base: kind.base,
        what: kind.what,
        icon: kind.icon,
        lead: kind.lead,
        empty: kind.empty,
        hint: kind.hint,
        size_title: kind.size_title,
        form,
        rows,
    };
    render_as(status, &page)
}

/// What was dropped, chosen or pasted, after its CSRF token was checked.
pub struct Upload {
    pub document: Bytes,
    /// The text as pasted, to show it again when it is refused.
    pub pasted: Option<String>,
}

/// Reads the import form.
pub async fn upload(visit: &Visit, mut multipart: Multipart) -> Result<Upload, PageError> {
    let unreadable = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(413, "too-large", "Too large", "the file is larger than is allowed"),
        _ => Problem::malformed("the form could not be read").hint("reload the page and try again"),
    };
    let (mut csrf, mut document, mut pasted) = (String::new(), None, None);
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "csrf" => csrf = field.text().await.map_err(unreadable)?,
            "file" => document = Some(field.bytes().await.map_err(unreadable)?),
            "document" => pasted = Some(field.text().await.map_err(unreadable)?),
            _ => {}
        }
    }
    visit.session.check_csrf(&csrf)?;
    let document = document.or_else(|| pasted.clone().map(Bytes::from)).unwrap_or_default();
    Ok(Upload { document, pasted })
}

/// The form again, with what was wrong.
pub fn refused(problem: Problem, pasted: Option<String>) -> Form {
    let pasted = pasted.unwrap_or_default();
    // The problem names places inside the document; the field of the form is the document.
    let place = problem
        .field
        .clone()
        .filter(|field| field != "body")
        .map_or_else(String::new, |field| format!(" (at `{field}`)"));
    let detail = format!("{}{place}", problem.detail);
    Form::with(&[("document", &pasted)]).refused(Problem {
        detail,
        field: Some("document".to_owned()),
        ..problem
    })
}

/// A document as a file to keep.
pub fn download(name: &str, suffix: &str, json: String) -> Response {
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
                c
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    let disposition = format!("attachment; filename=\"{safe}.{suffix}.json\"");
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, json).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_break_its_header() {
        let response = download("a\"\r\nb/../c", "postman_collection", "{}".to_owned());
        assert_eq!(
            response.headers()["content-disposition"],
            "attachment; filename=\"a___b____c.postman_collection.json\""
        );
    }
}
