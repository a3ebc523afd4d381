//! What a webhook would send, beside its form: shown on a button, and by a script as one types; and the try before it is saved.

use axum::extract::{Path, State};
use domain::Problem;

use super::{
    PageError, PageResult, Posted,
    ui::Form,
    webhook::{self, Entered, Filter},
    webhook_edit, webhook_form,
    webhooks::kind,
};
use crate::{
    actions::webhooks::{self, PreviewView, TrialInput, TriedView, WebhookInput},
    app::App,
};

/// What the pane shows: nothing yet, a request, what came of it, or why there is none.
#[derive(Debug, Default)]
pub struct Pane {
    pub problem: Option<Problem>,
    pub shown: Option<PreviewView>,
    pub tried: Option<TriedView>,
}

impl Pane {
    pub fn request(&self) -> Option<&PreviewView> {
        self.shown.as_ref().or(self.tried.as_ref().map(|tried| &tried.request))
    }
}

/// `POST /webhooks/preview`: the form as it was entered, with the pane.
pub async fn preview(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let kind = kind(form.value("type"));
    let task = webhook_form::task_of(&app, &visit).await?;
    let result = match webhook_form::input(kind, &form, &task) {
        Ok(input) => webhooks::preview(&app, &visit.caller, trial(input, &form)).await,
        Err(problem) => Err(problem.into()),
    };
    let (form, pane) = finish(form, result, |shown, pane| pane.shown = Some(shown))?;
    webhook_form::show(&app, &visit, form.status(), kind, form, pane).await
}

/// `POST /webhooks/try`: sends it once.
pub async fn try_once(State(app): State<App>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let kind = kind(form.value("type"));
    let task = webhook_form::task_of(&app, &visit).await?;
    let result = match webhook_form::input(kind, &form, &task) {
        Ok(input) => webhooks::try_once(&app, &visit.caller, trial(input, &form)).await,
        Err(problem) => Err(problem.into()),
    };
    let (form, pane) = finish(form, result, |tried, pane| pane.tried = Some(tried))?;
    webhook_form::show(&app, &visit, form.status(), kind, form, pane).await
}

/// `POST /webhooks/{id}/preview`: of the settings as they were entered; signed with a sample, since the secret is not shown.
pub async fn of_saved(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let before = webhooks::get(&app, &visit.caller, &id).await?;
    let input = webhook_edit::patch(&before, &form).map(|patch| TrialInput {
        profile: Some(before.profile),
        events: patch.events.unwrap_or_default(),
        options: patch.options.unwrap_or_default(),
        headers: patch.headers.unwrap_or_default(),
        event_type: chosen(&form),
        ..TrialInput::default()
    });
    let result = match input {
        Ok(input) => webhooks::preview(&app, &visit.caller, input).await,
        Err(problem) => Err(problem.into()),
    };
    let (form, pane) = finish(form, result, |shown, pane| pane.shown = Some(shown))?;
    webhook::show(
        &app,
        &visit,
        &id,
        Filter::default(),
        form.status(),
        Entered::Settings(form, Box::new(pane)),
    )
    .await
}

fn chosen(form: &Form) -> Option<String> {
    Some(form.value("sample").to_owned()).filter(|text| !text.is_empty())
}

fn trial(input: WebhookInput, form: &Form) -> TrialInput {
    TrialInput {
        profile: Some(input.profile),
        url: input.url,
        events: input.events,
        options: input.options,
        headers: input.headers,
        // Unsigned is said by an empty one.
        secret: Some(input.secret.unwrap_or_default()),
        client_certificate: input.client_certificate,
        event_type: chosen(form),
        ..TrialInput::default()
    }
}

/// The form and its pane; a refusal stands in both.
fn finish<T>(
    form: Form,
    result: Result<T, crate::actions::ActionError>,
    keep: impl FnOnce(T, &mut Pane),
) -> Result<(Form, Pane), PageError> {
    let mut pane = Pane::default();
    match result {
        Ok(made) => keep(made, &mut pane),
        Err(error) => {
            let problem = PageError::mendable(error)?;
            pane.problem = Some(problem.clone());
            return Ok((form.refused(problem), pane));
        }
    }
    Ok((form, pane))
}
