//! The card of a webhook's page that says why an event was sent or not, and tries a filter on it.

use domain::Problem;

use super::{PageError, Visit};
use crate::{
    actions::{
        ActionError,
        attempts::{self, Why},
        webhooks::{self, FilterAnswer, FilterTrial},
    },
    app::App,
};

/// What is shown.
#[derive(Default)]
pub struct Explained {
    pub event: String,
    pub filter: String,
    pub why: Vec<Why>,
    pub answer: Option<FilterAnswer>,
    /// What was wrong with either.
    pub problem: Option<String>,
}

/// Explains an event, and tries a filter on it if one is given.
pub async fn explain(app: &App, visit: &Visit, event: &str, filter: &str) -> Result<Explained, PageError> {
    let mut shown = Explained {
        event: event.trim().to_owned(),
        filter: filter.trim().to_owned(),
        ..Explained::default()
    };
    if shown.event.is_empty() {
        return Ok(shown);
    }
    match attempts::why(app, &visit.caller, &shown.event).await {
        Ok(why) => shown.why = why.items,
        Err(error) => shown.problem = Some(mendable(error)?.detail),
    }
    if shown.problem.is_none() && !shown.filter.is_empty() {
        let trial = FilterTrial {
            filter: shown.filter.clone(),
            event_id: Some(shown.event.clone()),
            event_type: None,
            subject: None,
            data: None,
        };
        match webhooks::check_filter(app, &visit.caller, trial).await {
            Ok(answer) => shown.answer = Some(answer),
            Err(error) => {
                let problem = mendable(error)?;
                let hint = problem.hint.map_or_else(String::new, |hint| format!(" ({hint})"));
                shown.problem = Some(format!("{}{hint}", problem.detail));
            }
        }
    }
    Ok(shown)
}

fn mendable(error: ActionError) -> Result<Problem, PageError> {
    match error {
        ActionError::Problem(problem) => Ok(problem),
        error => Err(error.into()),
    }
}
