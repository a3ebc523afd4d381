//! What a run needs before it can start: the documents in their newest version, and in whose name it runs.

use collection::{Collection, Environment, parse_collection, parse_environment};
use store::{
    Result, Tx,
    tables::{
        accounts, collections,
        environments::{self, place, version_row},
        monitors::{self, Monitor},
        runs::Run,
    },
};

use super::redact::Secrets;
use crate::engine::Engine;

/// Everything for the runner, or why it cannot start.
pub(super) struct Prepared {
    pub monitor: Monitor,
    pub collection: Collection,
    pub collection_version: i64,
    pub environment: Option<Environment>,
    pub environment_version: Option<i64>,
    /// What its log must not show.
    pub secrets: Secrets,
}

/// Who and what a report names.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    pub collection_name: String,
    pub collection_uid: String,
    pub environment_name: String,
    pub environment_uid: String,
    pub user_name: String,
}

/// The stored documents of a run, not read yet.
struct Documents {
    monitor: Monitor,
    collection: Option<(i64, String)>,
    environment: Option<(String, i64, String)>,
}

/// Reads and parses what the run needs.
///
/// # Errors
/// Inside: a sentence for the run's report. Outside: the store's.
pub(super) async fn prepare(engine: &Engine, run: &Run) -> Result<Result<Prepared, String>> {
    let run = run.clone();
    let documents = engine.store().read(move |tx| documents(tx, &run)).await?;
    let engine = engine.clone();
    // Large documents take milliseconds to parse, which would hold up everything else on this thread.
    let parsed = tokio::task::spawn_blocking(move || documents.and_then(|found| parse(&engine, found))).await;
    Ok(parsed.unwrap_or_else(|_| Err("the collection could not be read: reading it failed unexpectedly".to_owned())))
}

fn documents(tx: &mut dyn Tx, run: &Run) -> Result<Result<Documents, String>> {
    let monitor = match &run.monitor_id {
        Some(id) => monitors::by_id(tx, id)?,
        None => None,
    };
    let Some(monitor) = monitor else {
        return Ok(Err("the monitor was deleted before the run could start".to_owned()));
    };
    let environment = match &monitor.environment_id {
        None => None,
        Some(id) => match environments::document(tx, id, None)? {
            Some((version, sealed)) => Some((id.clone(), version, sealed)),
            None => return Ok(Err("the monitor's environment was deleted; choose another one".to_owned())),
        },
    };
    let collection = collections::document(tx, &monitor.collection_id, None)?;
    Ok(Ok(Documents {
        monitor,
        collection,
        environment,
    }))
}

fn parse(engine: &Engine, found: Documents) -> Result<Prepared, String> {
    let (collection_version, document) = found.collection.ok_or("the monitor's collection was deleted; choose another one")?;
    let collection = parse_collection(document.as_bytes(), "the collection").map_err(|error| error.to_string())?;
    let (mut environment, mut environment_version) = (None, None);
    if let Some((id, version, sealed)) = found.environment {
        let row = version_row(&id, version);
        let text = engine.store().vault().open_text(place(&row), &sealed).map_err(|error| {
            tracing::error!(environment = id, %error, "an environment cannot be decrypted");
            "the monitor's environment cannot be decrypted; import it again".to_owned()
        })?;
        environment = Some(parse_environment(text.as_bytes(), "the environment").map_err(|error| error.to_string())?);
        environment_version = Some(version);
    }
    Ok(Prepared {
        secrets: Secrets::of(&collection, environment.as_ref()),
        monitor: found.monitor,
        collection,
        collection_version,
        environment,
        environment_version,
    })
}

/// The names for the report, as far as they still exist.
pub(super) fn names(tx: &mut dyn Tx, monitor: &Monitor) -> Result<Names> {
    let mut names = Names::default();
    if let Some(collection) = collections::get(tx, &monitor.workspace_id, &monitor.collection_id)? {
        (names.collection_name, names.collection_uid) = (collection.name, collection.uid);
    }
    if let Some(id) = &monitor.environment_id
        && let Some(environment) = environments::get(tx, &monitor.workspace_id, id)?
    {
        (names.environment_name, names.environment_uid) = (environment.name, environment.uid);
    }
    if let Some(user) = accounts::user_by_id(tx, &monitor.owner_id)? {
        names.user_name = user.name;
    }
    Ok(names)
}
