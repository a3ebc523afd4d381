//! What one may do: permission, validation, store. The API and the pages call the same functions.
//!
//! Every function takes the [`App`](crate::App) and the [`Caller`], asks for a [`Need`], and answers with
//! a view that serialises for the API and fills the templates. A change records its activity
//! in the same transaction.

use std::sync::Arc;

use domain::{
    Micros, Problem,
    account::{self, Need, Role, Scope},
    activity::{Action, Activity, Model},
};
use serde::{Deserialize, Serialize};
use store::{
    Tx,
    tables::{accounts::User, page, workspaces::Workspace},
};
use utoipa::{IntoParams, ToSchema};

pub mod accounts;
pub mod activity;
pub mod attempts;
pub mod bins;
pub mod collections;
mod curl;
pub mod egress;
pub mod environments;
pub mod event_types;
pub mod events;
pub mod incidents;
pub mod mail;
pub mod monitors;
pub mod notices;
pub mod overview;
pub(crate) mod patch;
pub mod payload;
pub mod receipts;
pub mod replays;
pub mod runs;
pub(crate) mod seal;
pub mod settings;
pub mod sources;
pub mod tokens;
pub mod webhooks;
mod why;
pub mod workspaces;

/// Who asks, and in which workspace.
#[derive(Debug, Clone)]
pub struct Caller {
    pub user: User,
    pub workspace: Workspace,
    pub role: Role,
    /// What the token may do; `None` for a person at the page.
    pub scopes: Option<Vec<Scope>>,
}

impl Caller {
    /// Whether the role, narrowed by the token's scopes, allows it.
    ///
    /// # Errors
    /// A 403 that says which of both does not.
    pub fn need(&self, need: Need) -> Result<(), Problem> {
        account::may(self.role, self.scopes.as_deref(), need)
    }

    /// Whether a page should offer it.
    pub fn may(&self, need: Need) -> bool {
        self.need(need).is_ok()
    }

    /// Records what the caller did, in the transaction that did it.
    pub(crate) fn did(
        &self,
        tx: &mut dyn Tx,
        action: Action,
        model: Model,
        (uid, name): (&str, &str),
        now: Micros,
    ) -> Result<(), ActionError> {
        let activity = Activity::new(&self.user.id, &self.user.name, action, model, uid, name);
        engine::activity::record(tx, &self.workspace.id, activity, now)?;
        Ok(())
    }

    /// For a closure that outlives the borrow.
    pub(crate) fn shared(&self) -> Arc<Self> {
        Arc::new(self.clone())
    }
}

/// Why an action was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ActionError {
    /// The caller can mend it.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The caller can mend it by waiting.
    #[error("{problem}")]
    Later { problem: Problem, seconds: u64 },
    /// The store could not.
    #[error(transparent)]
    Store(store::Error),
    /// This program is wrong, or its machine.
    #[error("{0}")]
    Internal(String),
}

impl From<store::Error> for ActionError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound(what) => Self::Problem(Problem::not_found(what)),
            other => Self::Store(other),
        }
    }
}

impl From<engine::ActionError> for ActionError {
    fn from(error: engine::ActionError) -> Self {
        match error {
            engine::ActionError::Problem(problem) => Self::Problem(problem),
            engine::ActionError::Store(error) => error.into(),
        }
    }
}

/// The result of an action.
pub type Result<T, E = ActionError> = std::result::Result<T, E>;

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items at most, 1 to 200 (50).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// `next` of the page before.
    pub before: Option<String>,
}

impl PageQuery {
    /// The first `limit` items.
    pub fn first(limit: usize) -> Self {
        Self {
            limit: Some(limit),
            before: None,
        }
    }

    pub(crate) fn page(&self) -> Result<page::Page, Problem> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(Problem::invalid("limit", format!("`{limit}` is not 1 to 200")));
        }
        Ok(page::Page {
            before: self.before.clone().filter(|b| !b.is_empty()),
            limit,
        })
    }
}

/// One page of a list, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Items<T> {
    pub items: Vec<T>,
    /// Give it as `before` to get the next page; `null` at the end.
    pub next: Option<String>,
}

impl<T> Items<T> {
    /// A list that has only one page.
    pub fn all(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    pub(crate) fn of<R>(listed: page::Listed<R>, view: impl FnMut(R) -> T) -> Self {
        Self {
            items: listed.items.into_iter().map(view).collect(),
            next: listed.next,
        }
    }
}

/// 404 unless it is there.
pub(crate) fn found<T>(what: &'static str, thing: Option<T>) -> Result<T> {
    thing.ok_or_else(|| ActionError::Problem(Problem::not_found(what)))
}

/// Compares what a client has seen (`If-Match`) with what is there.
pub(crate) fn check_version(expected: Option<&str>, version: i64) -> Result<(), Problem> {
    match expected {
        None => Ok(()),
        Some(tags) if tags.split(',').any(|tag| matches_tag(tag.trim(), version)) => Ok(()),
        Some(_) => Err(Problem::new(
            412,
            "changed",
            "It was changed meanwhile",
            "it is not the version that `If-Match` names any more",
        )
        .hint("read it again and repeat your change")),
    }
}

fn matches_tag(tag: &str, version: i64) -> bool {
    tag == "*" || tag.trim_matches('"').parse() == Ok(version)
}
