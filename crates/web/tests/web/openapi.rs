//! The document of the API: it lists what is served, and nothing else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Instance;

#[tokio::test]
async fn every_operation_of_the_document_is_served_and_guarded() {
    let mut instance = Instance::new().await;
    let document = instance.get("/api/v1/openapi.json").await.expect(200).json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    instance.token = "wbt_wrong".to_owned();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string() && operation["tags"].is_array(), "{method} {path}");
            assert!(operation["responses"]["default"].is_object(), "{method} {path}");
            let reply = instance.with(&method.to_uppercase(), &served(path), &[], "{}").await;
            // Beside the API are the two that the outside calls with a secret in the path.
            let refused = if path.starts_with("/api/v1/") { 401 } else { 404 };
            assert_eq!(reply.status, refused, "{method} {path}: {}", reply.text());
            assert_eq!(operation["security"].is_array(), refused == 404, "{method} {path}");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let versioned = parameters.iter().any(|parameter| parameter["name"] == "if-match");
            let changes = *method == "put" || *method == "patch";
            assert_eq!(
                (versioned, operation["responses"]["412"].is_object()),
                (changes, changes),
                "{method} {path}"
            );
            let body = operation["requestBody"].is_object();
            assert_eq!(operation["responses"]["413"].is_object(), body, "{method} {path}");
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(names.insert(name), "{method} {path}: its operationId is taken");
        }
    }
    assert!(names.len() > 60, "{}", names.len());
    for path in [
        "monitors/{id}/run",
        "webhooks/{id}/test",
        "events/batch",
        "deliveries/{id}/resend",
        "incidents/{id}/reopen",
        "sources/{id}/receipts",
    ] {
        assert!(document["paths"][format!("/api/v1/{path}")].is_object(), "{path}");
    }
}

/// The path with a value for each parameter.
fn served(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_no_shape_has_two_meanings() {
    let document = serde_json::to_value(web::openapi()).unwrap();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 40, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let item = &document["components"]["schemas"]["Items_MonitorView"]["properties"]["items"]["items"]["$ref"];
    assert_eq!(item, "#/components/schemas/MonitorView");
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                references.insert(reference.to_owned());
            }
            members.values().for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_page_shows_every_operation_and_needs_nothing_from_elsewhere() {
    let instance = Instance::new().await;
    let page = instance.get("/api/docs").await.expect(200).text();
    let document = serde_json::to_value(web::openapi()).unwrap();
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("<code>{path}</code>")), "{path}");
    }
    assert!(
        !page.contains("http://") && !page.contains("https://") && !page.contains("style="),
        "an outside or inline asset"
    );
    instance.get("/api/docs.css").await.expect(200);
}

/// The document's shapes of the domain's types are written by hand: here they are held against the real ones.
#[test]
fn shapes_written_by_hand_have_the_fields_of_the_real_types() {
    let document = serde_json::to_value(web::openapi()).unwrap();
    let fields = |value: Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>();
    let shape = |name: &str| fields(document["components"]["schemas"][name]["properties"].clone());
    let real = |value: Value| fields(value);
    assert_eq!(
        shape("RunOptions"),
        real(serde_json::to_value(domain::run::RunOptions::default()).unwrap())
    );
    assert_eq!(
        shape("Metrics"),
        real(serde_json::to_value(domain::run::Metrics::default()).unwrap())
    );
    assert_eq!(shape("WebhookOptions"), real(serde_json::to_value(every_option()).unwrap()));
    assert_eq!(
        shape("RetryPolicy"),
        real(serde_json::to_value(domain::retry::RetryPolicy::standard()).unwrap())
    );
    assert_eq!(
        shape("Cause"),
        real(serde_json::to_value(domain::observation::Cause::default()).unwrap())
    );
    let problem = domain::Problem::invalid("a", "b").hint("c");
    assert_eq!(shape("Problem"), real(serde_json::to_value(problem).unwrap()));
}

/// The document as it was last looked at: a change of it is a change of the API, and is to be meant.
#[test]
#[allow(clippy::disallowed_methods, reason = "a developer asks for a new snapshot through the environment")]
fn the_document_is_the_one_that_was_agreed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots/openapi.json");
    let mut document = serde_json::to_value(web::openapi()).unwrap();
    // It grows with every release and says nothing of the API.
    document["info"]["version"] = Value::from("0");
    if std::env::var_os("WATCHBELL_RENEW_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots")).unwrap();
        std::fs::write(path, format!("{document:#}\n")).unwrap();
        return;
    }
    let agreed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let difference = first_difference("", &agreed, &document);
    assert!(
        difference.is_none(),
        "the OpenAPI document changed at `{}`. If that is meant, renew the snapshot and commit it:\n\
         WATCHBELL_RENEW_SNAPSHOTS=1 cargo test -p web --test web the_document_is_the_one_that_was_agreed",
        difference.unwrap_or_default()
    );
}

fn first_difference(path: &str, agreed: &Value, now: &Value) -> Option<String> {
    match (agreed, now) {
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names
                .into_iter()
                .find_map(|name| first_difference(&format!("{path}/{name}"), &agreed[name], &now[name]))
        }
        _ if agreed == now => None,
        _ => Some(path.to_owned()),
    }
}

#[test]
fn bodies_that_may_be_left_out_are_described_so() {
    let document = serde_json::to_value(web::openapi()).unwrap();
    let required = |path: &str| document["paths"][format!("/api/v1/{path}")]["post"]["requestBody"]["required"] == true;
    for path in [
        "incidents/{id}/acknowledge",
        "incidents/{id}/resolve",
        "incidents/{id}/reopen",
        "sources/{id}/rotate-token",
        "webhooks/{id}/rotate-secret",
    ] {
        assert!(!required(path), "{path}");
    }
    for path in ["incidents/{id}/note", "monitors", "events"] {
        assert!(required(path), "{path}");
    }
}

/// Options that are all set: what is not set is not written.
fn every_option() -> domain::webhook::WebhookOptions {
    domain::webhook::WebhookOptions {
        timeout_ms: Some(1_000),
        per_second: Some(1),
        ordered: true,
        coalesce_ms: Some(10),
        signature: Some(domain::webhook::SignatureStyle::Github),
        method: Some(domain::webhook::Method::Put),
        content_type: Some(String::new()),
        body: Some(String::new()),
        outputs: vec!["3".to_owned()],
        ..domain::webhook::WebhookOptions::default()
    }
}
