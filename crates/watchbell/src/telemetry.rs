//! Logs: to standard error, as text for people or JSON for machines; and traces to a collector, in builds with `otel`.

use anyhow::{Context as _, Result};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, filter_fn},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::config::{Config, LogFormat};

#[cfg(feature = "otel")]
pub mod otel;

/// Starts logging for the life of the process, and tracing until the guard is dropped.
///
/// # Errors
/// A level or filter that is none; a collector that this build or its address does not allow.
pub fn start(config: &Config) -> Result<Guard> {
    let log = &config.log;
    let filter = EnvFilter::try_new(&log.level).with_context(|| format!("`log.level`: `{}` is no level or filter", log.level))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let registry = tracing_subscriber::registry().with(lines.with_filter(filter.and(filter_fn(holds_no_values))));
    let endpoint = &config.telemetry.otlp_endpoint;
    if endpoint.is_empty() {
        registry.init();
        return Ok(Guard::default());
    }
    traced(registry, endpoint)
}

/// Below `info` the driver of PostgreSQL writes every statement with its values: all that is stored, and so credentials in
/// URLs, environments and collections. No level and no filter asks for that.
fn holds_no_values(line: &Metadata<'_>) -> bool {
    !line.target().starts_with("tokio_postgres") || *line.level() <= Level::INFO
}

#[cfg(feature = "otel")]
fn traced<S>(registry: S, endpoint: &str) -> Result<Guard>
where
    S: tracing::Subscriber + for<'s> tracing_subscriber::registry::LookupSpan<'s> + Send + Sync,
{
    let (layer, provider) = otel::layer(endpoint)?;
    registry.with(layer).init();
    Ok(Guard(Some(provider)))
}

#[cfg(not(feature = "otel"))]
fn traced<S>(_registry: S, _endpoint: &str) -> Result<Guard> {
    anyhow::bail!(
        "`telemetry.otlp_endpoint` is set, but this build cannot send traces\n\nhint: build with `--features otel`, or leave the setting out"
    )
}

/// Sends what is left of the traces when it is dropped.
#[derive(Default)]
pub struct Guard(
    #[cfg(feature = "otel")]
    #[allow(dead_code, reason = "it is there to be dropped")]
    Option<otel::Provider>,
);
