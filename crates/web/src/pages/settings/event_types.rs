//! The workspace's event types: registering one, describing it, and removing it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use domain::account::Need;

use super::{Entered, show};
use crate::{
    actions::{
        ActionError,
        event_types::{self, EventTypeChange, EventTypeInput, EventTypeView},
    },
    app::App,
    pages::{
        Frame, PageError, PageResult, Posted, Visit, assets, done, render_as,
        ui::{self, Form, VERSION, encoded},
    },
};

/// A type with its way out.
pub struct TypeLine {
    pub view: EventTypeView,
    /// Where its description is changed.
    pub edit_url: String,
    pub button: ui::Html,
    pub dialog: ui::Html,
}

/// The lines of the section.
pub fn type_lines(types: Vec<EventTypeView>, csrf: &str) -> Vec<TypeLine> {
    let line = |(at, view): (usize, EventTypeView)| {
        let id = format!("delete-type-{at}");
        TypeLine {
            button: ui::opens(&id, "btn small ghost", "trash", "Remove"),
            dialog: ui::confirm(
                &id,
                &format!("Remove the event type “{}”?", view.event_type),
                "Webhooks of profile testmonitor can no longer choose it. It is refused while one of the webhooks is subscribed to it.",
                &format!("/settings/event-types/{}/delete", encoded(&view.event_type)),
                csrf,
                "danger",
                "Remove event type",
            ),
            edit_url: format!("/settings/event-types/{}", encoded(&view.event_type)),
            view,
        }
    };
    types.into_iter().enumerate().map(line).collect()
}

/// `POST /settings/event-types`.
pub async fn create(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let input = EventTypeInput {
        event_type: form.value("type").trim().to_owned(),
        description: form.value("description").to_owned(),
    };
    match event_types::create(&app, &visit.caller, input).await {
        Ok(_) => done("/settings#event-types", "created"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, form.status(), Entered::EventType(form)).await
        }
    }
}

#[derive(Template)]
#[template(path = "settings_event_type.html")]
struct EventTypePage {
    frame: Frame,
    of: EventTypeView,
    form: Form,
    url: String,
}

/// `GET /settings/event-types/{type}`.
pub async fn page(State(app): State<App>, Path(event_type): Path<String>, visit: Visit) -> PageResult {
    visit.caller.need(Need::Administer).map_err(ActionError::from)?;
    let of = event_types::get(&app, &visit.caller, &event_type).await?;
    let form = Form::with(&[("description", &of.description), (VERSION, &of.version.to_string())]);
    show_one(&visit, StatusCode::OK, of, form)
}

fn show_one(visit: &Visit, status: StatusCode, of: EventTypeView, form: Form) -> PageResult {
    let page = EventTypePage {
        frame: visit.frame("Event type", "/settings"),
        url: format!("/settings/event-types/{}", encoded(&of.event_type)),
        of,
        form,
    };
    render_as(status, &page)
}

/// `POST /settings/event-types/{type}`.
pub async fn update(State(app): State<App>, Path(event_type): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let change = EventTypeChange {
        description: form.value("description").to_owned(),
    };
    match event_types::update(&app, &visit.caller, &event_type, change, form.version()).await {
        Ok(_) => done("/settings#event-types", "saved"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            let of = event_types::get(&app, &visit.caller, &event_type).await?;
            let form = form.overtaken(of.version);
            show_one(&visit, form.status(), of, form)
        }
    }
}

/// `POST /settings/event-types/{type}/delete`.
pub async fn delete(State(app): State<App>, Path(event_type): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    match event_types::delete(&app, &visit.caller, &event_type).await {
        Ok(()) => done("/settings#event-types", "deleted"),
        Err(error) => {
            let form = form.refused(PageError::mendable(error)?);
            show(&app, &visit, form.status(), Entered::EventType(form)).await
        }
    }
}
