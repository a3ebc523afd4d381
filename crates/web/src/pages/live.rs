//! `GET /live`: tells open pages that something in their workspace changed. What changed is
//! fetched by the page itself, so that nothing is rendered for nobody.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::stream::{self, Stream};
use tokio::sync::broadcast::error::RecvError;

use super::{PageError, Visit};
use crate::app::App;

/// Keeps proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

pub async fn live(State(app): State<App>, visit: Visit) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, PageError> {
    let changes = app.store.subscribe();
    let stream = stream::unfold((changes, visit.caller.workspace.id), |(mut changes, workspace)| async move {
        loop {
            let what = match changes.recv().await {
                Ok(change) if change.workspace_id == workspace => change.what,
                Ok(_) => continue,
                // Some were lost: whatever it was, the page looks again.
                Err(RecvError::Lagged(_)) => "many",
                Err(RecvError::Closed) => return None,
            };
            return Some((Ok(Event::default().event("changed").data(what)), (changes, workspace)));
        }
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
