//! Request bins: the list, and one bin with what it got.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};

use super::{
    Frame, PageError, PageResult, Posted, Visit, assets, done,
    monitor_form::number,
    render, render_as,
    ui::{self, Form},
    webhook_fields::headers,
};
use crate::{
    actions::bins::{self, BinInput, BinRequestView, BinView},
    app::App,
};

#[derive(Template)]
#[template(path = "bins.html")]
struct BinsPage {
    frame: Frame,
    form: Form,
    bins: Vec<BinView>,
}

#[derive(Template)]
#[template(path = "bin.html")]
struct BinPage {
    frame: Frame,
    b: BinView,
    delete: ui::Html,
    curl: String,
    requests: Vec<BinRequestView>,
}

#[derive(Template)]
#[template(path = "bin_request.html")]
struct BinRequestPage {
    frame: Frame,
    b: BinView,
    r: BinRequestView,
}

/// `GET /bins`.
pub async fn list(State(app): State<App>, visit: Visit) -> PageResult {
    show_list(&app, &visit, StatusCode::OK, Form::with(&[("status", "200"), ("body", "OK")])).await
}

async fn show_list(app: &App, visit: &Visit, status: StatusCode, form: Form) -> PageResult {
    let bins = bins::list(app, &visit.caller).await?.items;
    render_as(
        status,
        &BinsPage {
            frame: visit.frame("Request bins", "/bins"),
            form,
            bins,
        },
    )
}

/// `POST /bins`.
pub async fn create(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let input = number(&form, "status").and_then(|status| {
        let body = Some(form.value("body").to_owned());
        Ok(BinInput {
            name: form.value("name").to_owned(),
            status,
            headers: headers(form.value("headers"))?,
            body,
        })
    });
    let made = match input {
        Ok(input) => bins::create(&app, &visit.caller, input).await,
        Err(problem) => Err(problem.into()),
    };
    match made {
        Ok(bin) => done(&format!("/bins/{}", bin.id), "created"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show_list(&app, &visit, form.status(), form).await
        }
    }
}

/// `GET /bins/{id}`.
pub async fn page(State(app): State<App>, visit: Visit, Path(id): Path<String>) -> PageResult {
    let b = bins::get(&app, &visit.caller, &id).await?;
    let requests = bins::requests(&app, &visit.caller, &id).await?.items;
    let frame = visit.frame(&b.name, "/bins");
    render(&BinPage {
        delete: ui::confirm(
            "delete-bin",
            &format!("Delete “{}”?", b.name),
            "What it got is deleted with it, and its URL answers 404 from then on.",
            &format!("/bins/{}/delete", b.id),
            &frame.csrf,
            "danger",
            "Delete bin",
        ),
        curl: format!(
            "curl -i '{}/any/path?a=1' \\\n  -H 'content-type: application/json' \\\n  -d '{{\"hello\":\"bin\"}}'",
            b.url
        ),
        requests,
        frame,
        b,
    })
}

/// `GET /bins/{id}/requests/{request}`: one request, whole.
pub async fn request(State(app): State<App>, visit: Visit, Path((id, request)): Path<(String, String)>) -> PageResult {
    let b = bins::get(&app, &visit.caller, &id).await?;
    let r = bins::request(&app, &visit.caller, &id, &request).await?;
    render(&BinRequestPage {
        frame: visit.frame("Request", "/bins"),
        b,
        r,
    })
}

/// `POST /bins/{id}/delete`.
pub async fn delete(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    bins::delete(&app, &posted.visit.caller, &id).await?;
    done("/bins", "deleted")
}
