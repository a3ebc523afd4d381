//! Traces: what a collector gets of an event's way, by OTLP over HTTP. In builds with the feature `otel` only.

use std::collections::HashMap;

use hyper::Method;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value as Any},
    trace::v1::Span,
};
use prost::Message as _;
use serde_json::json;

use crate::support::{Database, Receiver, Server, receiver::Received};

/// The trace and the span of whoever publishes, as W3C writes them.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn attributes(all: &[KeyValue]) -> HashMap<String, String> {
    let text = |value: &KeyValue| match value.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Any::StringValue(text)) => text.clone(),
        Some(Any::IntValue(number)) => number.to_string(),
        other => panic!("{}: {other:?}", value.key),
    };
    all.iter()
        .filter(|pair| !matches!(pair.key.as_str(), "busy_ns" | "idle_ns"))
        .map(|pair| (pair.key.clone(), text(pair)))
        .collect()
}

/// What a collector was sent so far.
fn exported(received: &[Received]) -> Vec<ExportTraceServiceRequest> {
    let decode = |one: &Received| {
        assert_eq!(
            (one.path.as_str(), one.header("content-type")),
            ("/v1/traces", "application/x-protobuf")
        );
        ExportTraceServiceRequest::decode(one.body.clone()).unwrap()
    };
    received.iter().map(decode).collect()
}

fn spans(exports: &[ExportTraceServiceRequest]) -> Vec<Span> {
    let scopes = exports
        .iter()
        .flat_map(|export| &export.resource_spans)
        .flat_map(|of| &of.scope_spans);
    scopes.flat_map(|scope| scope.spans.clone()).collect()
}

fn one<'s>(spans: &'s [Span], name: &str, attribute: (&str, &str)) -> &'s Span {
    let is = |span: &&Span| {
        let of = attributes(&span.attributes);
        span.name == name && of.get(attribute.0).is_some_and(|value| value == attribute.1)
    };
    let found: Vec<_> = spans.iter().filter(is).collect();
    assert_eq!(found.len(), 1, "`{name}` with {attribute:?} among {spans:#?}");
    found[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_the_way_of_an_event_in_the_publishers_trace() {
    let (collector, receiver) = (Receiver::start().await, Receiver::start().await);
    let settings = format!("[telemetry]\notlp_endpoint = \"http://{}\"\n", collector.address);
    let server = Server::start_with(Database::Sqlite, &settings).await;
    let http = server.http();
    let webhook = http
        .post(
            "/api/v1/webhooks",
            json!({"name": "all", "url": receiver.url("/"), "events": ["trace.test"]}),
        )
        .await;
    let event = json!({"type": "trace.test", "data": {"secret": "of the event"}}).to_string();
    let parent = format!("00-{TRACE}-{CALLER}-01");
    let answer = http
        .send(Method::POST, "/api/v1/events", event, &[("traceparent", &parent)])
        .await
        .unwrap();
    let event_id = answer.json()["id"].as_str().unwrap().to_owned();
    let all = collector
        .wait_until("the attempt's span", |received| {
            spans(&exported(received)).iter().any(|span| span.name == "attempt")
        })
        .await;
    let exports = exported(&all);
    for of in exports.iter().flat_map(|export| &export.resource_spans) {
        let resource = attributes(&of.resource.as_ref().unwrap().attributes);
        assert_eq!(resource["service.name"], "watchbell");
    }
    let spans = spans(&exports);

    let request = one(&spans, "request", ("url.path", "/api/v1/events"));
    assert_eq!(
        (hex(&request.trace_id).as_str(), hex(&request.parent_span_id).as_str()),
        (TRACE, CALLER)
    );
    assert_eq!(attributes(&request.attributes)["http.request.method"], "POST");

    let publish = one(&spans, "publish", ("event.id", &event_id));
    assert_eq!((&publish.trace_id, &publish.parent_span_id), (&request.trace_id, &request.span_id));
    let of = attributes(&publish.attributes);
    assert_eq!((of["event.type"].as_str(), of["events"].as_str()), ("trace.test", "1"));

    let dispatch = spans
        .iter()
        .find(|span| span.name == "dispatch" && span.trace_id == publish.trace_id)
        .unwrap();
    assert_eq!(dispatch.parent_span_id, publish.span_id);
    assert_eq!(attributes(&dispatch.attributes)["events"], "1");

    // It comes later and from another task: a trace of its own, found by the event.
    let attempt = one(&spans, "attempt", ("event.id", &event_id));
    assert!(attempt.parent_span_id.is_empty() && attempt.trace_id != publish.trace_id);
    let of = attributes(&attempt.attributes);
    assert_eq!(of["webhook.id"], webhook["id"].as_str().unwrap());
    assert_eq!(
        (of["number"].as_str(), of["verdict"].as_str(), of["event.type"].as_str()),
        ("1", "ok", "trace.test")
    );
    assert_eq!(of["http.response.status_code"], "200");
    assert!(of["delivery.id"].starts_with("dlv_"), "{of:?}");
    let phases: Vec<_> = attempt
        .events
        .iter()
        .map(|event| attributes(&event.attributes)["phase"].clone())
        .collect();
    assert_eq!(phases, ["resolve", "connect", "tls", "first_byte", "body"]);
    assert!(attempt.start_time_unix_nano < attempt.end_time_unix_nano);

    // No body and no header travels with them.
    assert!(!all.iter().any(|one| String::from_utf8_lossy(&one.body).contains("of the event")));
}
