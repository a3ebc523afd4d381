//! The demo: a working example made of ordinary parts, through the same actions as the page
//! and the API. It is made once, on an empty store; a second `serve --demo` finds it there.

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use web::{
    App,
    actions::{self, ActionError, Caller},
};

pub mod example_api;

/// Login of the demo's admin.
pub const LOGIN: &str = "demo@example.com";

const COLLECTION: &str = include_str!("../../../../examples/demo-collection.json");

/// How to log in to the demo.
pub struct Login {
    pub email: String,
    pub password: String,
}

/// A password that is as good as random, and short enough to type.
pub fn login() -> Login {
    let token = domain::secret::generate_token("");
    Login {
        email: LOGIN.to_owned(),
        password: format!("{}-{}-{}", &token[..4], &token[4..8], &token[8..12]),
    }
}

/// Fills an empty store. `Ok(false)`: there is something already, nothing was changed.
pub async fn fill(app: &App, info: &Login, own_url: &str) -> Result<bool> {
    if !actions::accounts::needs_setup(app).await? {
        return Ok(false);
    }
    let caller = first_admin(app, info).await?;
    let collection = actions::collections::import(app, &caller, Bytes::from_static(COLLECTION.as_bytes()))
        .await
        .context("the collection")?;
    let environment = environment(own_url);
    let environment = actions::environments::import(app, &caller, Bytes::from(environment.to_string()))
        .await
        .context("the environment")?;
    let monitor = json!({
        "name": "Example shop", "collection_id": collection.id, "environment_id": environment.id,
        "schedule": {"interval": {"seconds": 4}}, "tags": ["example"],
    });
    let monitor = actions::monitors::create(app, &caller, input(monitor)?)
        .await
        .context("the monitor")?;
    let bin = actions::bins::create(app, &caller, input(json!({"name": "Example receiver"}))?)
        .await
        .context("the bin")?;
    let receiver = format!("{own_url}/b/{}", bin.id);
    let results = json!({
        "name": "Results to the example receiver", "profile": "standard", "url": receiver,
        "events": ["monitor.run.finished"], "subject": monitor.id, "secret": "generate", "trigger": "every_run",
    });
    actions::webhooks::create(app, &caller, input(results)?)
        .await
        .context("the webhook for results")?;
    let incidents = json!({
        "name": "Incidents to the example receiver", "profile": "standard", "url": receiver,
        "events": ["incident.*"], "secret": "generate",
    });
    actions::webhooks::create(app, &caller, input(incidents)?)
        .await
        .context("the webhook for incidents")?;
    let source = actions::sources::create(app, &caller, input(json!({"name": "Watchbell monitors", "provider": "watchbell"}))?);
    let source = source.await.context("the source")?;
    actions::sources::connect(app, &caller, &source.source.id, input(json!({"monitor_id": monitor.id}))?)
        .await
        .context("the connection")?;
    Ok(true)
}

async fn first_admin(app: &App, info: &Login) -> Result<Caller> {
    let setup = json!({"email": info.email, "name": "Demo admin", "password": info.password, "workspace": "Demo"});
    let logged_in = actions::accounts::setup_first_admin(app, input(setup)?)
        .await
        .context("the first admin")?;
    caller(app, &logged_in.token).await
}

/// The caller behind a session's token.
pub async fn caller(app: &App, session: &str) -> Result<Caller> {
    let session = actions::accounts::session(app, session)
        .await?
        .context("the session was not kept")?;
    Ok(actions::accounts::caller(app, &session, None).await?)
}

fn environment(own_url: &str) -> Value {
    json!({
        "id": "d3a0be11-0000-4000-8000-000000000002",
        "name": "Example shop, here",
        "values": [{"key": "base", "value": format!("{own_url}{}", example_api::PATH), "type": "default", "enabled": true}],
    })
}

/// What the API would take, as the action's input.
pub fn input<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| anyhow!(ActionError::Internal(error.to_string())))
}
