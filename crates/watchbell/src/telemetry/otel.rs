//! OpenTelemetry traces: the engine's spans go to a collector by OTLP over HTTP, and a publisher's W3C `traceparent` is
//! their parent. An attempt comes later and from another task: it is found by the event's id, which its span names.

use std::time::Duration;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use axum::{extract::Request, middleware::Next, response::Response};
use bytes::Bytes;
use opentelemetry::{propagation::TextMapPropagator as _, trace::TracerProvider as _};
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::cli::opened;

/// Time for one batch of spans.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Time for the last batch at the end.
const LAST: Duration = Duration::from_secs(2);

/// Sends the last spans when it is dropped.
pub struct Provider(SdkTracerProvider);

impl Drop for Provider {
    fn drop(&mut self) {
        // A collector that is away keeps nobody from stopping.
        let _ = tokio::task::block_in_place(|| self.0.shutdown_with_timeout(LAST));
    }
}

/// The layer that takes the engine's spans, and what sends them.
///
/// # Errors
/// An address that is none.
pub fn layer<S>(endpoint: &str) -> Result<(impl Layer<S> + Send + Sync, Provider)>
where
    S: tracing::Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
{
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Collector::new()?)
        .with_endpoint(address(endpoint)?)
        .with_timeout(TIMEOUT)
        .build()
        .with_context(|| format!("`telemetry.otlp_endpoint`: `{endpoint}` cannot be used"))?;
    let resource = Resource::builder().with_service_name("watchbell").build();
    let provider = SdkTracerProvider::builder()
        .with_resource(resource)
        .with_batch_exporter(exporter)
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("watchbell"));
    let ours = filter_fn(|metadata| metadata.target() == engine::spans::TARGET);
    Ok((layer.with_filter(ours), Provider(provider)))
}

/// `http://localhost:4318` means its `/v1/traces`, as the OTLP specification says of a base address.
fn address(endpoint: &str) -> Result<String> {
    let url = url::Url::parse(endpoint).with_context(|| format!("`telemetry.otlp_endpoint`: `{endpoint}` is no URL"))?;
    anyhow::ensure!(
        matches!(url.scheme(), "http" | "https"),
        "`telemetry.otlp_endpoint`: `{endpoint}` is neither http nor https\n\nhint: collectors take OTLP over HTTP at port 4318"
    );
    let base = endpoint.trim_end_matches('/');
    Ok(if url.path() == "/" {
        format!("{base}/v1/traces")
    } else {
        base.to_owned()
    })
}

/// The collector, reached by the same client as everything else; the configuration names it, so nothing is forbidden.
struct Collector {
    client: egress::Client,
    runtime: Handle,
}

impl Collector {
    fn new() -> Result<Self> {
        Ok(Self {
            client: egress::Client::new(egress::ClientConfig::default()).context("cannot set up outgoing connections")?,
            runtime: Handle::current(),
        })
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Collector")
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut call = egress::Request::new(parts.method.as_str(), parts.uri.to_string());
        call.headers = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect();
        call.body = Some(body);
        call.deadline = TIMEOUT;
        let client = self.client.clone();
        // The exporter's thread has no runtime of its own.
        let exchange = self
            .runtime
            .spawn(async move { client.exchange(&call, &opened::open_policy()).await });
        let answer = exchange.await?.outcome.map_err(|failure| failure.message)?;
        Ok(http::Response::builder().status(answer.status).body(answer.body)?)
    }
}

/// Continues the trace of whoever publishes or sends a hook: for the paths that bring something in.
pub async fn continued(request: Request, next: Next) -> Response {
    // The whole path may hold a token: the span names its beginning.
    let brings = ["/api/v1/events", "/in/"]
        .into_iter()
        .find(|path| request.uri().path().starts_with(path));
    let Some(path) = brings else {
        return next.run(request).await;
    };
    let span = tracing::trace_span!(target: "watchbell::spans", "request", http.request.method = %request.method(), url.path = path);
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
    // Without the layer nobody collects it.
    let _ = span.set_parent(parent);
    next.run(request).instrument(span).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_added_unless_one_is_given() {
        assert_eq!(address("http://localhost:4318").unwrap(), "http://localhost:4318/v1/traces");
        assert_eq!(
            address("https://c.example.com/otlp/v1/traces").unwrap(),
            "https://c.example.com/otlp/v1/traces"
        );
        for wrong in ["localhost:4318", "grpc://localhost:4317", ""] {
            assert!(address(wrong).unwrap_err().to_string().contains("telemetry.otlp_endpoint"));
        }
    }
}
