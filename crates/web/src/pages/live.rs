//! `GET /live`: tells open pages that something in their workspace changed. What changed is
//! fetched by the page itself, so that nothing is rendered for nobody. A burst of changes is
//! one message, with the kinds of things in it.

use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::stream::{self, Stream};
use store::Change;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, timeout_at},
};

use super::{PageError, Visit};
use crate::app::App;

/// Keeps proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How long changes are gathered after the first.
const GATHERED: Duration = Duration::from_millis(250);
/// Some were lost: whatever it was, the page looks again.
const MANY: &str = "many";

pub async fn live(State(app): State<App>, visit: Visit) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, PageError> {
    let changes = app.store.subscribe();
    let stream = stream::unfold((changes, visit.caller.workspace.id), |(mut changes, workspace)| async move {
        let kinds = burst(&mut changes, &workspace).await?;
        let data = kinds.into_iter().collect::<Vec<_>>().join(" ");
        Some((Ok(Event::default().event("changed").data(data)), (changes, workspace)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The kinds of what changed at about the same time. `None` when the store is closed.
async fn burst(changes: &mut Receiver<Change>, workspace: &str) -> Option<BTreeSet<&'static str>> {
    let mut kinds = BTreeSet::from([next(changes, workspace).await?]);
    let end = Instant::now() + GATHERED;
    while let Ok(what) = timeout_at(end, next(changes, workspace)).await {
        match what {
            Some(what) => kinds.insert(what),
            None => break,
        };
    }
    Some(kinds)
}

async fn next(changes: &mut Receiver<Change>, workspace: &str) -> Option<&'static str> {
    loop {
        match changes.recv().await {
            Ok(change) if change.workspace_id == workspace => return Some(change.what),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return Some(MANY),
            Err(RecvError::Closed) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast;

    use super::*;

    #[tokio::test]
    async fn a_burst_is_one_message_and_other_workspaces_are_not_in_it() {
        let (sender, mut changes) = broadcast::channel(8);
        let change = |workspace: &str, what| Change {
            workspace_id: workspace.to_owned(),
            what,
        };
        for (workspace, what) in [("a", "run"), ("b", "bin"), ("a", "incident"), ("a", "run")] {
            sender.send(change(workspace, what)).unwrap();
        }
        assert_eq!(burst(&mut changes, "a").await, Some(BTreeSet::from(["incident", "run"])));
        for _ in 0..20 {
            sender.send(change("a", "run")).unwrap();
        }
        assert!(burst(&mut changes, "a").await.unwrap().contains(MANY));
        drop(sender);
        assert_eq!(burst(&mut changes, "a").await, None);
    }
}
