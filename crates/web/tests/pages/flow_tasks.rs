//! The form of a flow's task: its outputs, and what the workspace says for those that say nothing themselves.

use axum::http::StatusCode;

use super::{
    House, form_values, house, text,
    webhooks::{made, saved},
};

/// What a field of its settings shows.
async fn shown(house: &House, path: &str, name: &str) -> String {
    let html = text(house.get(path).await).await;
    let values = form_values(&html[html.find("id=\"settings\"").unwrap()..]);
    let value = values.into_iter().find(|(n, _)| n == name).map(|(_, value)| value);
    value.unwrap_or_else(|| panic!("no field {name}"))
}

async fn workspace_says(house: &House, timeout_ms: &str) {
    let fields = [
        ("csrf", house.csrf.as_str()),
        ("webhooksEnabled", "on"),
        ("maxRetries", "1"),
        ("retryDelayMs", "1000"),
        ("timeoutMs", timeout_ms),
        ("maxActiveWebhooks", "5"),
        ("unregisteredEvents", "accept"),
    ];
    assert_eq!(house.post("/settings/webhooks", &fields).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_time_limit_that_is_emptied_is_the_workspaces_again() {
    const LIMIT: &str = "options.timeout_ms";
    let house = house("").await;
    let path = made(&house, &[("type", "flow-task"), (LIMIT, "900")]).await;
    workspace_says(&house, "7000").await;
    assert_eq!(shown(&house, &path, LIMIT).await, "900", "its own");
    assert_eq!(saved(&house, &path, &[(LIMIT, "")]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(shown(&house, &path, LIMIT).await, "7000");
    // Saved as it is shown, it does not become its own.
    assert_eq!(saved(&house, &path, &[]).await.0, StatusCode::SEE_OTHER);
    workspace_says(&house, "8000").await;
    assert_eq!(shown(&house, &path, LIMIT).await, "8000");
    assert_eq!(saved(&house, &path, &[(LIMIT, "500")]).await.0, StatusCode::SEE_OTHER);
    workspace_says(&house, "9000").await;
    assert_eq!(shown(&house, &path, LIMIT).await, "500");
    let (status, html) = saved(&house, &path, &[(LIMIT, "99")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("100 to 120000"), "{html}");
}

#[tokio::test]
async fn its_outputs_are_entered_one_a_line_kept_and_emptied() {
    const OUTPUTS: &str = "options.outputs";
    let house = house("").await;
    let form = text(house.get("/webhooks/new?type=flow-task").await).await;
    assert!(form.contains("name=\"options.outputs\""));
    let other = text(house.get("/webhooks/new?type=custom").await).await;
    assert!(!other.contains("name=\"options.outputs\""), "only a flow has outputs");

    let path = made(&house, &[("type", "flow-task"), (OUTPUTS, " 3 \n\nOrders, daily\n")]).await;
    assert_eq!(shown(&house, &path, OUTPUTS).await, "3\nOrders, daily");
    assert_eq!(saved(&house, &path, &[("name", "Other")]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(shown(&house, &path, OUTPUTS).await, "3\nOrders, daily");
    let (status, html) = saved(&house, &path, &[(OUTPUTS, &"x".repeat(201))]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("id=\"f-options-outputs-error\""), "{html}");
    assert_eq!(saved(&house, &path, &[(OUTPUTS, "")]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(shown(&house, &path, OUTPUTS).await, "");
}
