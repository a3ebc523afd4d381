//! Collections: the list with its import, and one collection with its requests and versions.

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
    ui::{self, Form, Html, escape},
};
use crate::{
    actions::{
        collections::{self, CollectionView, VersionView},
        monitors::{self, MonitorView},
    },
    app::App,
};

const KIND: Kind = Kind {
    title: "Collections",
    base: "/collections",
    what: "collection",
    icon: "collection",
    lead: "Postman collections, with every version that was imported.",
    empty: "Export a collection from Postman (v2.0 or v2.1) and drop the file above.",
    hint: "A collection in format v2.0 or v2.1.",
    size_title: "Requests",
};

/// Depth and number of items that the tree shows.
const DEPTH: usize = 20;
const ITEMS: usize = 2_000;

#[derive(Template)]
#[template(path = "collection.html")]
struct CollectionPage {
    frame: Frame,
    c: CollectionView,
    shown: i64,
    problem: Option<String>,
    delete: Html,
    tree: Html,
    versions: Vec<VersionView>,
    monitors: Vec<MonitorView>,
}

/// `GET /collections`.
pub async fn list(State(app): State<App>, visit: Visit) -> PageResult {
    show_list(&app, &visit, StatusCode::OK, Form::default()).await
}

async fn show_list(app: &App, visit: &Visit, status: StatusCode, form: Form) -> PageResult {
    let rows = collections::list(app, &visit.caller).await?.items.into_iter();
    let row = |c: CollectionView| Row {
        size: c.requests.to_string(),
        id: c.id,
        name: c.name,
        version: c.version,
        updated_at: c.updated_at,
    };
    documents::list(visit, &KIND, rows.map(row).collect(), status, form)
}

/// `POST /collections/import`.
pub async fn import(State(app): State<App>, visit: Visit, multipart: Multipart) -> PageResult {
    let upload = documents::upload(&visit, multipart).await?;
    match collections::import(&app, &visit.caller, upload.document).await {
        Ok(collection) => done(&format!("/collections/{}", collection.id), "imported"),
        Err(error) => {
            let form = documents::refused(PageError::mendable(error)?, upload.pasted);
            show_list(&app, &visit, form.status(), form).await
        }
    }
}

/// `GET /collections/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>, query: VersionQuery) -> PageResult {
    show(&app, &visit, &id, query.version, StatusCode::OK, None).await
}

async fn show(app: &App, visit: &Visit, id: &str, version: Option<i64>, status: StatusCode, problem: Option<String>) -> PageResult {
    let c = collections::get(app, &visit.caller, id).await?;
    let (shown, document) = collections::document(app, &visit.caller, id, version).await?;
    let document: Value = serde_json::from_str(&document).unwrap_or_default();
    let monitors = monitors::list(app, &visit.caller).await?.items;
    let frame = visit.frame(&c.name, "/collections");
    let page = CollectionPage {
        delete: ui::confirm(
            "delete-collection",
            &format!("Delete “{}”?", c.name),
            "Every version of it is deleted. Monitors that run it must be deleted first.",
            &format!("/collections/{}/delete", c.id),
            &frame.csrf,
            "danger",
            "Delete collection",
        ),
        tree: tree(&document["item"]),
        versions: collections::versions(app, &visit.caller, id).await?.items,
        monitors: monitors.into_iter().filter(|m| m.collection_id == c.id).collect(),
        shown,
        problem,
        frame,
        c,
    };
    render_as(status, &page)
}

/// `GET /collections/{id}/export`: the document as it was imported.
pub async fn export(State(app): State<App>, visit: Visit, Path(id): Path<String>, query: VersionQuery) -> PageResult {
    let c = collections::get(&app, &visit.caller, &id).await?;
    let (_, document) = collections::document(&app, &visit.caller, &id, query.version).await?;
    Ok(documents::download(&c.name, "postman_collection", document))
}

/// `POST /collections/{id}/delete`.
pub async fn delete(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    match collections::delete(&app, &posted.visit.caller, &id).await {
        Ok(()) => done("/collections", "deleted"),
        Err(error) => {
            let problem = PageError::mendable(error)?;
            show(&app, &posted.visit, &id, None, StatusCode::CONFLICT, Some(problem.detail)).await
        }
    }
}

/// Folders and requests as nested lists.
fn tree(items: &Value) -> Html {
    let mut left = ITEMS;
    let mut markup = String::new();
    branch(items, 0, &mut left, &mut markup);
    if left == 0 {
        markup.push_str("<p class=\"small muted\">The first items only; export it to see all.</p>");
    }
    Html::raw(markup)
}

fn branch(items: &Value, depth: usize, left: &mut usize, markup: &mut String) {
    let Some(items) = items.as_array().filter(|items| !items.is_empty() && depth < DEPTH) else {
        return;
    };
    markup.push_str("<ul>");
    for item in items {
        if *left == 0 {
            break;
        }
        *left -= 1;
        let name = escape(item["name"].as_str().unwrap_or("(no name)"));
        if item["item"].is_array() {
            markup.push_str(&format!("<li><span>{}<strong>{name}</strong></span>", ui::icon("collection")));
            branch(&item["item"], depth + 1, left, markup);
            markup.push_str("</li>");
        } else {
            let (method, url) = request(&item["request"]);
            markup.push_str(&format!(
                "<li><span><span class=\"method\">{}</span><span>{name}</span><span class=\"truncate muted mono\">{}</span></span></li>",
                escape(method),
                escape(url)
            ));
        }
    }
    markup.push_str("</ul>");
}

/// Method and URL of a request in any of the forms that the schema allows.
fn request(request: &Value) -> (&str, &str) {
    if let Some(url) = request.as_str() {
        return ("GET", url);
    }
    let url = request["url"].as_str().or_else(|| request["url"]["raw"].as_str());
    (request["method"].as_str().unwrap_or("GET"), url.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tree_takes_every_form_of_a_request_and_escapes() {
        let html = tree(&json!([
            {"name": "<b>folder", "item": [{"name": "a", "request": {"method": "POST", "url": {"raw": "{{base}}/a"}}}]},
            {"name": "b", "request": "https://example.com"},
            {"request": {"url": "x"}}
        ]))
        .to_string();
        assert!(
            html.contains("&lt;b&gt;folder") && html.contains(">POST<") && html.contains("{{base}}/a") && html.contains("(no name)"),
            "{html}"
        );
    }

    #[test]
    fn a_huge_tree_is_cut() {
        let items: Vec<Value> = (0..3_000).map(|n| json!({"name": n.to_string(), "request": "x"})).collect();
        let html = tree(&Value::Array(items)).to_string();
        assert_eq!(html.matches("<li>").count(), ITEMS);
        assert!(html.contains("first items only"));
    }
}
