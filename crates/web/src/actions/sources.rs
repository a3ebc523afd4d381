//! Sources: where the outside reports in. A URL with a secret token is all that a sender needs.

use domain::{
    Problem,
    account::Need,
    activity::{Action, Model},
    clock::{DAY, SECOND},
    event, id, limits,
    profile::Profile,
    secret,
    source::{ONLY_FAILURES, Provider},
    trigger::TriggerRule,
};
use serde::{Deserialize, Serialize};
use store::{
    Signal,
    tables::{
        monitors,
        sources::{self as table, NewToken, Source},
        webhooks::Webhook,
    },
};
use utoipa::ToSchema;

use super::{
    Caller, Items, Result, check_version, found, seal,
    webhooks::{self, WebhookView},
};
use crate::{app::App, schema, time::Time};

pub use super::receipts::{ReceiptDetail, ReceiptView, receipt, receipts};

/// A source, its token masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceView {
    pub id: String,
    pub name: String,
    #[schema(value_type = schema::Provider)]
    pub provider: Provider,
    /// The provider's name for people.
    pub provider_title: &'static str,
    /// The token's last characters.
    pub token_hint: String,
    /// Until then the token before it is taken too.
    pub old_token_ends_at: Option<Time>,
    pub enabled: bool,
    /// Receipts of failures and of successes.
    pub failures: i64,
    pub successes: i64,
    /// Only failures came: the sender is probably set to "3 failures", and would not tell of a success.
    pub only_failures: bool,
    pub last_receipt_at: Option<Time>,
    pub created_at: Time,
    pub updated_at: Time,
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        Self {
            only_failures: source.successes == 0 && source.failures >= ONLY_FAILURES,
            id: source.id,
            name: source.name,
            provider: source.provider,
            provider_title: source.provider.title(),
            token_hint: source.token_hint,
            old_token_ends_at: Time::option(source.old_token_ends_at),
            enabled: source.enabled,
            failures: source.failures,
            successes: source.successes,
            last_receipt_at: Time::option(source.last_receipt_at),
            created_at: Time(source.created_at),
            updated_at: Time(source.updated_at),
        }
    }
}

/// A source with its token: the only time that it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreatedSource {
    #[serde(flatten)]
    pub source: SourceView,
    pub token: String,
    /// Where to send to: this alone is enough.
    pub url: String,
}

/// A new source.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceInput {
    pub name: String,
    #[schema(value_type = schema::Provider)]
    pub provider: Provider,
}

/// A change of a source; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourcePatch {
    pub name: Option<String>,
    pub enabled: Option<bool>,
}

/// A change of the token without a gap.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RotateTokenInput {
    /// How long the old token is taken too, seconds (86400); 0 ends it at once.
    pub overlap_s: Option<i64>,
}

/// Which monitor of this instance is to report.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectInput {
    pub monitor_id: String,
}

/// Every source of the workspace, by name.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, caller: &Caller) -> Result<Items<SourceView>> {
    caller.need(Need::View)?;
    let id = caller.workspace.id.clone();
    let rows = app.read(move |tx| Ok(table::list(tx, &id)?)).await?;
    Ok(Items::all(rows.into_iter().map(SourceView::from).collect()))
}

/// One source.
///
/// # Errors
/// 404.
pub async fn get(app: &App, caller: &Caller, id: &str) -> Result<SourceView> {
    caller.need(Need::View)?;
    let (workspace, id) = (caller.workspace.id.clone(), id.to_owned());
    app.read(move |tx| found("source", table::get(tx, &workspace, &id)?.map(SourceView::from)))
        .await
}

/// Creates a source and its token.
///
/// # Errors
/// 422 naming the field.
pub async fn create(app: &App, caller: &Caller, input: SourceInput) -> Result<CreatedSource> {
    caller.need(Need::Edit)?;
    limits::check_name("name", &input.name)?;
    let now = app.now();
    let id = id::new(id::SOURCE, now);
    let token = secret::generate_token("");
    let source = Source {
        workspace_id: caller.workspace.id.clone(),
        name: input.name.trim().to_owned(),
        provider: input.provider,
        token_hash: secret::token_hash(&token),
        token_hint: secret::token_hint(&token),
        token_sealed: seal::source_token(app.store.vault(), &id, &token)?,
        old_token_hash: None,
        old_token_ends_at: None,
        enabled: true,
        failures: 0,
        successes: 0,
        last_receipt_at: None,
        created_at: now,
        updated_at: now,
        id,
    };
    let view = SourceView::from(source.clone());
    let caller = caller.shared();
    app.write(move |tx| {
        table::insert(tx, &source)?;
        tx.signal(Signal::changed(&source.workspace_id, "source"));
        caller.did(tx, Action::Create, Model::Source, (&source.id, &source.name), now)
    })
    .await?;
    Ok(CreatedSource {
        source: view,
        url: app.url(&format!("/in/{token}")),
        token,
    })
}

/// Makes a new token; the one before it is taken too until its overlap ends.
///
/// # Errors
/// 404; 422 naming the field.
pub async fn rotate(app: &App, caller: &Caller, id: &str, input: RotateTokenInput) -> Result<CreatedSource> {
    caller.need(Need::Edit)?;
    let overlap = input.overlap_s.unwrap_or(DAY / SECOND);
    if !(0..=30 * DAY / SECOND).contains(&overlap) {
        return Err(Problem::invalid("overlap_s", "`overlap_s` is 0 to 2592000 seconds").into());
    }
    let now = app.now();
    let token = secret::generate_token("");
    let sealed = seal::source_token(app.store.vault(), id, &token)?;
    let (caller, id, made) = (caller.shared(), id.to_owned(), token.clone());
    let source = app
        .write(move |tx| {
            let source = found("source", table::get(tx, &caller.workspace.id, &id)?)?;
            let new = NewToken {
                hash: &secret::token_hash(&made),
                hint: &secret::token_hint(&made),
                sealed: &sealed,
                old_ends_at: (overlap > 0).then_some(now + overlap * SECOND),
            };
            table::rotate_token(tx, &caller.workspace.id, &source.id, new, now)?;
            caller.did(tx, Action::Update, Model::Source, (&source.id, &source.name), now)?;
            found("source", table::get(tx, &caller.workspace.id, &id)?)
        })
        .await?;
    Ok(CreatedSource {
        source: source.into(),
        url: app.url(&format!("/in/{token}")),
        token,
    })
}

/// Renames, enables or disables a source.
///
/// # Errors
/// 404; 412 when `expected` (If-Match) is not its version; 422 naming the field.
pub async fn update(app: &App, caller: &Caller, id: &str, patch: SourcePatch, expected: Option<String>) -> Result<SourceView> {
    caller.need(Need::Edit)?;
    if let Some(name) = &patch.name {
        limits::check_name("name", name)?;
    }
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let source = found("source", table::get(tx, &caller.workspace.id, &id)?)?;
        check_version(expected.as_deref(), source.updated_at)?;
        // The time doubles as the version, so two changes never share one.
        let now = now.max(source.updated_at + 1);
        let name = patch.name.map_or(source.name, |name| name.trim().to_owned());
        let enabled = patch.enabled.unwrap_or(source.enabled);
        table::update(tx, &caller.workspace.id, &id, &name, enabled, now)?;
        tx.signal(Signal::changed(&caller.workspace.id, "source"));
        caller.did(tx, Action::Update, Model::Source, (&id, &name), now)?;
        found("source", table::get(tx, &caller.workspace.id, &id)?.map(SourceView::from))
    })
    .await
}

/// Deletes a source with its receipts and incidents.
///
/// # Errors
/// 404.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<()> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (caller, id) = (caller.shared(), id.to_owned());
    app.write(move |tx| {
        let source = found("source", table::get(tx, &caller.workspace.id, &id)?)?;
        table::delete(tx, &caller.workspace.id, &source.id)?;
        tx.signal(Signal::changed(&caller.workspace.id, "source"));
        caller.did(tx, Action::Delete, Model::Source, (&source.id, &source.name), now)
    })
    .await
}

/// Points a monitor of this instance at a source of it: one click, no URL copied. Every result
/// is sent, in the form that the source's provider reads.
///
/// # Errors
/// 404 for the source; 422 for the monitor; 409 when they are connected already.
pub async fn connect(app: &App, caller: &Caller, id: &str, input: ConnectInput) -> Result<WebhookView> {
    caller.need(Need::Edit)?;
    let now = app.now();
    let (workspace, source_id, monitor_id) = (caller.workspace.id.clone(), id.to_owned(), input.monitor_id);
    let (source, monitor) = app
        .read(move |tx| {
            let source = found("source", table::get(tx, &workspace, &source_id)?)?;
            let monitor = monitors::get(tx, &workspace, &monitor_id)?
                .ok_or_else(|| Problem::invalid("monitor_id", format!("this workspace has no monitor `{monitor_id}`")))?;
            let known = store::tables::webhooks::list(tx, &workspace)?;
            if known
                .iter()
                .any(|w| w.source_id.as_ref() == Some(&source.id) && w.subject == monitor.id)
            {
                return Err(Problem::conflict(format!("`{}` reports to `{}` already", monitor.name, source.name)).into());
            }
            Ok((source, monitor))
        })
        .await?;
    let webhook = Webhook {
        id: id::new(id::WEBHOOK, now),
        workspace_id: caller.workspace.id.clone(),
        name: format!("{} → {}", monitor.name, source.name)
            .chars()
            .take(limits::NAME_CHARACTERS)
            .collect(),
        profile: match source.provider {
            Provider::Postman => Profile::Postman,
            Provider::Watchbell => Profile::Standard,
        },
        // The token stays sealed with the source: who sends puts it in.
        url: app.url("/in/"),
        source_id: Some(source.id),
        events: vec![event::RUN_FINISHED.to_owned()],
        subject: monitor.id,
        trigger_rule: TriggerRule::EveryRun,
        owner_id: caller.user.id.clone(),
        ..Webhook::blank(now)
    };
    webhooks::insert(app, caller, webhook, None, &[], now).await
}
