//! The workspace's event types: registering one, and removing it.

use axum::extract::{Path, State};

use super::{Entered, show};
use crate::{
    actions::event_types::{self, EventTypeInput, EventTypeView},
    app::App,
    pages::{
        PageError, PageResult, Posted, done,
        ui::{self, encoded},
    },
};

/// A type with its way out.
pub struct TypeLine {
    pub view: EventTypeView,
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
