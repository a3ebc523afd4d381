//! Environments: the list with its import, and one with its variables, secrets masked.

use askama::Template;
use axum::{
    extract::{Multipart, Path, State},
    http::StatusCode,
};
use serde_json::Value;

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets,
    documents::{self, Kind, Row, VersionQuery},
    done, render_as,
    ui::{self, Form, Html},
};
use crate::{
    actions::{
        collections::VersionView,
        environments::{self, EnvironmentView},
    },
    app::App,
};

const KIND: Kind = Kind {
    title: "Environments",
    base: "/environments",
    what: "environment",
    icon: "environment",
    lead: "Variables for collections. Values of type secret are encrypted and never shown.",
    empty: "Export an environment from Postman and drop the file above.",
    hint: "An environment as Postman exports it.",
    size_title: "Variables",
};

struct Variable {
    key: String,
    value: String,
    secret: bool,
    enabled: bool,
}

#[derive(Template)]
#[template(path = "environment.html")]
struct EnvironmentPage {
    frame: Frame,
    e: EnvironmentView,
    shown: i64,
    problem: Option<String>,
    delete: Html,
    variables: Vec<Variable>,
    versions: Vec<VersionView>,
}

/// `GET /environments`.
pub async fn list(State(app): State<App>, visit: Visit) -> PageResult {
    show_list(&app, &visit, StatusCode::OK, Form::default()).await
}

async fn show_list(app: &App, visit: &Visit, status: StatusCode, form: Form) -> PageResult {
    let rows = environments::list(app, &visit.caller).await?.items.into_iter();
    let row = |e: EnvironmentView| Row {
        size: e.variables.to_string(),
        id: e.id,
        name: e.name,
        version: e.version,
        updated_at: e.updated_at,
    };
    documents::list(visit, &KIND, rows.map(row).collect(), status, form)
}

/// `POST /environments/import`.
pub async fn import(State(app): State<App>, visit: Visit, multipart: Multipart) -> PageResult {
    let upload = documents::upload(&visit, multipart).await?;
    match environments::import(&app, &visit.caller, upload.document).await {
        Ok(environment) => done(&format!("/environments/{}", environment.id), "imported"),
        Err(error) => {
            // A pasted environment may hold secrets: it is not sent back.
            let form = documents::refused(PageError::mendable(error)?, None);
            show_list(&app, &visit, form.status(), form).await
        }
    }
}

/// `GET /environments/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>, query: VersionQuery) -> PageResult {
    show(&app, &visit, &id, query.version, StatusCode::OK, None).await
}

async fn show(app: &App, visit: &Visit, id: &str, version: Option<i64>, status: StatusCode, problem: Option<String>) -> PageResult {
    let e = environments::get(app, &visit.caller, id).await?;
    let (shown, document) = environments::document(app, &visit.caller, id, version).await?;
    let frame = visit.frame(&e.name, "/environments");
    let page = EnvironmentPage {
        delete: ui::confirm(
            "delete-environment",
            &format!("Delete “{}”?", e.name),
            "Every version of it is deleted. Monitors that use it must be changed first.",
            &format!("/environments/{}/delete", e.id),
            &frame.csrf,
            "danger",
            "Delete environment",
        ),
        variables: variables(&document),
        versions: environments::versions(app, &visit.caller, id).await?.items,
        shown,
        problem,
        frame,
        e,
    };
    render_as(status, &page)
}

fn variables(document: &Value) -> Vec<Variable> {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
    };
    let variable = |entry: &Value| {
        let secret = entry["type"] == "secret";
        Variable {
            key: text(&entry["key"]),
            value: if secret { String::new() } else { text(&entry["value"]) },
            secret,
            enabled: entry["enabled"].as_bool().unwrap_or(true),
        }
    };
    document["values"]
        .as_array()
        .map(|values| values.iter().map(variable).collect())
        .unwrap_or_default()
}

/// `GET /environments/{id}/export`: the document, its secrets masked.
pub async fn export(State(app): State<App>, visit: Visit, Path(id): Path<String>, query: VersionQuery) -> PageResult {
    let e = environments::get(&app, &visit.caller, &id).await?;
    let (_, document) = environments::document(&app, &visit.caller, &id, query.version).await?;
    let json = serde_json::to_string_pretty(&document).map_err(|error| PageError::internal(error.to_string()))?;
    Ok(documents::download(&e.name, "postman_environment", json))
}

/// `POST /environments/{id}/delete`.
pub async fn delete(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    match environments::delete(&app, &posted.visit.caller, &id).await {
        Ok(()) => done("/environments", "deleted"),
        Err(error) => {
            let problem = PageError::mendable(error)?;
            show(&app, &posted.visit, &id, None, StatusCode::CONFLICT, Some(problem.detail)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_never_reaches_the_template() {
        let shown = variables(
            &json!({"values": [{"key": "token", "value": "s3cret", "type": "secret"}, {"key": "n", "value": 3, "enabled": false}]}),
        );
        assert_eq!((shown[0].value.as_str(), shown[0].secret), ("", true));
        assert_eq!((shown[1].value.as_str(), shown[1].enabled), ("3", false));
    }
}
