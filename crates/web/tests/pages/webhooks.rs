//! The pages of a webhook: its log, its rule, its secret; and where calls may go.

use axum::http::StatusCode;
use domain::delivery::{DeliveryKind, DeliveryState};
use store::tables::{
    attempts::{self, Attempt},
    deliveries::{self, Delivery},
};

use super::{House, NOW, form_values, house, location, text};

/// Makes a webhook through its form, some fields other than usual. Returns its path.
pub async fn made(house: &House, other: &[(&str, &str)]) -> String {
    let usual = [
        ("csrf", house.csrf.as_str()),
        ("type", "standard"),
        ("name", "Mine"),
        ("events", "a.b"),
        ("url", "https://1.1.1.1/hook"),
        ("trigger", "every_run"),
        ("signing", "none"),
        ("options.timeout_ms", "900"),
        ("options.in_flight", "3"),
        ("options.verify_tls", "on"),
        ("retry", "profile"),
    ];
    let kept = usual.iter().filter(|(name, _)| !other.iter().any(|(o, _)| o == name));
    let fields: Vec<_> = kept.chain(other).copied().collect();
    let answer = house.post("/webhooks/new", &fields).await;
    if answer.status() == StatusCode::SEE_OTHER {
        return location(&answer).split('?').next().unwrap().to_owned();
    }
    let html = text(answer).await;
    let path = html.split("href=\"/webhooks/whk_").nth(1).unwrap_or_else(|| panic!("{html}"));
    format!("/webhooks/whk_{}", path.split('"').next().unwrap())
}

/// What its form of settings holds, some fields changed, is saved.
pub async fn saved(house: &House, path: &str, other: &[(&str, &str)]) -> (StatusCode, String) {
    let html = text(house.get(path).await).await;
    let values = form_values(&html[html.find("id=\"settings\"").unwrap()..]);
    let kept = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = kept
        .filter(|(name, _)| !other.iter().any(|(o, _)| o == name))
        .chain(other.iter().copied())
        .collect();
    let answer = house.post(path, &fields).await;
    (answer.status(), text(answer).await)
}

fn delivery(webhook: &str, id: &str, at: i64) -> Delivery {
    Delivery {
        id: id.to_owned(),
        workspace_id: String::new(),
        webhook_id: webhook.to_owned(),
        event_id: "evt_1".to_owned(),
        event_type: "a.b".to_owned(),
        kind: DeliveryKind::Event,
        state: DeliveryState::Delivered,
        reason: None,
        attempts: 1,
        due_at: at,
        created_at: at,
        finished_at: Some(at),
        replay_id: None,
    }
}

fn attempt(webhook: &str, delivery: &str, id: &str, at: i64) -> Attempt {
    Attempt {
        id: id.to_owned(),
        delivery_id: delivery.to_owned(),
        webhook_id: webhook.to_owned(),
        event_id: "evt_1".to_owned(),
        event_type: "a.b".to_owned(),
        number: 1,
        at,
        duration_us: 1_000,
        phases: r#"{"resolve_us":1000,"connect_us":2000,"tls_us":3000,"first_byte_us":4000,"body_us":5000,"reused":false}"#.to_owned(),
        success: true,
        verdict: "ok".to_owned(),
        status_code: Some(200),
        message: None,
        remote: None,
        http_version: Some("HTTP/2".to_owned()),
        method: "PATCH".to_owned(),
        request_url: "https://1.1.1.1/then".to_owned(),
        request_headers: Vec::new(),
        request_body: b"{}".to_vec(),
        response_headers: None,
        response_body: None,
        response_truncated: false,
    }
}

#[tokio::test]
async fn every_delivery_of_the_log_has_its_attempts_as_they_were_sent() {
    let house = house("").await;
    let path = made(&house, &[]).await;
    let webhook = path.rsplit('/').next().unwrap().to_owned();
    let rows = [delivery(&webhook, "dlv_shown", NOW), delivery(&webhook, "dlv_busy", NOW - 1)];
    let mut all: Vec<Attempt> = (0..150)
        .map(|n| attempt(&webhook, "dlv_busy", &format!("att_{n}"), NOW + n))
        .collect();
    all.push(attempt(&webhook, "dlv_shown", "att_old", 1));
    house
        .store
        .write(move |tx| {
            let workspace = tx.query("SELECT workspace_id FROM webhooks LIMIT 1", &[])?[0].text(0)?;
            let rows = rows.map(|row| Delivery {
                workspace_id: workspace.clone(),
                ..row
            });
            deliveries::insert_many(tx, &rows)?;
            attempts::insert_many(tx, &all.into_iter().map(attempts::log_row).collect::<Vec<_>>())
        })
        .await
        .unwrap();
    let page = text(house.get(&path).await).await;
    assert!(page.contains("id=\"att_old\""), "an attempt older than 150 others");
    let one = text(house.get("/deliveries/dlv_shown/attempts/att_old").await).await;
    for html in [page, one] {
        for shown in [
            "PATCH https://1.1.1.1/then",
            "HTTP/2",
            "resolve 1 ms",
            "connect 2 ms",
            "TLS 3 ms",
            "first byte 4 ms",
            "body 5 ms",
        ] {
            assert!(html.contains(shown), "{shown}: {html}");
        }
    }
}

#[tokio::test]
async fn how_many_failures_a_rule_counts_is_set_and_kept() {
    let house = house("").await;
    let path = made(&house, &[("trigger", "after_failures"), ("trigger_count", "4")]).await;
    let html = text(house.get(&path).await).await;
    let values = form_values(&html[html.find("id=\"settings\"").unwrap()..]);
    let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    assert_eq!((value("trigger"), value("trigger_count")), (Some("after_failures"), Some("4")));
    let (status, html) = saved(&house, &path, &[("trigger_count", "0")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("`0` is not 1 to 1000"), "{html}");
    let first = [("trigger", "three_failures_then_success"), ("trigger_count", "5")];
    assert_eq!(saved(&house, &path, &first).await.0, StatusCode::SEE_OTHER);
    let html = text(house.get(&path).await).await;
    assert!(html.contains("Notify for 5 failures and then first success</option>"), "{html}");
    assert_eq!(saved(&house, &path, &[]).await.0, StatusCode::SEE_OTHER);
    let html = text(house.get(&path).await).await;
    assert!(html.contains("Notify for 5 failures"), "saved as it was opened");
}

#[tokio::test]
async fn a_typed_secret_is_hidden_and_never_comes_back() {
    let house = house("").await;
    for kind in ["standard", "testmonitor", "flow-task", "pagerduty"] {
        let form = text(house.get(&format!("/webhooks/new?type={kind}")).await).await;
        let field = form.split("<input").find(|tag| tag.contains("name=\"secret\"")).unwrap();
        assert!(
            field.contains("type=\"password\"") && field.contains("autocomplete=\"new-password\""),
            "{field}"
        );
        let typed = [
            ("csrf", house.csrf.as_str()),
            ("type", kind),
            ("signing", "own"),
            ("secret", "typed-by-hand"),
            ("options.timeout_ms", "x"),
        ];
        for to in ["/webhooks/new", "/webhooks/preview"] {
            let refused = house.post(to, &typed).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{kind}");
            assert!(!text(refused).await.contains("typed-by-hand"), "{kind} {to}");
        }
    }
}

#[tokio::test]
async fn a_secret_is_rotated_with_an_overlap_or_at_once_and_removed() {
    let house = house("").await;
    let own = [("signing", "own"), ("secret", "first one"), ("options.signature", "github")];
    let path = made(&house, &own).await;
    let rotate = format!("{path}/rotate");
    let csrf = ("csrf", house.csrf.as_str());
    let overlaps = "the one before signs too until";

    let long = [csrf, ("rotation.overlap_h", "721"), ("rotation.secret", "typed-by-hand")];
    let refused = house.post(&rotate, &long).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(refused).await;
    assert!(html.contains("`721` is not 0 to 720 hours") && html.contains("id=\"f-rotation-overlap-h-error\""));
    assert!(!html.contains("typed-by-hand") && !html.contains("popovertarget=\"rotate-webhook\""));
    let big = "x".repeat(300);
    let refused = text(house.post(&rotate, &[csrf, ("rotation.secret", &big)]).await).await;
    assert!(refused.contains("id=\"f-rotation-secret-error\""), "{refused}");

    let typed = [csrf, ("rotation.overlap_h", "2"), ("rotation.secret", "second one")];
    assert!(location(&house.post(&rotate, &typed).await).ends_with("done=saved"));
    assert!(text(house.get(&path).await).await.contains(overlaps));
    let at_once = text(house.post(&rotate, &[csrf, ("rotation.overlap_h", "0")]).await).await;
    assert!(
        at_once.contains("openssl dgst -sha256") && !at_once.contains("standardwebhooks"),
        "{at_once}"
    );
    assert!(!text(house.get(&path).await).await.contains(overlaps));

    assert_eq!(saved(&house, &path, &[("remove_secret", "on")]).await.0, StatusCode::SEE_OTHER);
    let html = text(house.get(&path).await).await;
    assert!(html.contains("<dd>not signed</dd>") && !html.contains("remove_secret"), "{html}");
}

#[tokio::test]
async fn a_made_secret_comes_with_a_check_of_its_style() {
    let house = house("").await;
    for (style, check) in [
        ("", "from standardwebhooks import Webhook"),
        ("timestamped", "watchbell verify --secret"),
        ("github", "s/^/sha256=/"),
        ("testmonitor", "openssl dgst -sha256"),
    ] {
        let fields = [
            ("csrf", house.csrf.as_str()),
            ("type", "standard"),
            ("name", "Mine"),
            ("events", "a.b"),
            ("url", "https://1.1.1.1/hook"),
            ("signing", "generate"),
            ("options.timeout_ms", "900"),
            ("options.signature", style),
        ];
        let html = text(house.post("/webhooks/new", &fields).await).await;
        assert!(html.contains(check), "{style}: {html}");
        assert_eq!(html.contains("standardwebhooks"), style.is_empty(), "{style}");
    }
}

#[tokio::test]
async fn patterns_with_commas_stay_whole_and_what_the_workspace_adds_is_told_apart() {
    let house = house("").await;
    let patterns = "^https://a\\.example/[a-z]{1,3}$\n^https://b\\.example/";
    let fields = [
        ("csrf", house.csrf.as_str()),
        ("webhooksEnabled", "on"),
        ("forbiddenIPs", "203.0.113.0/24"),
        ("allowedUrlRegexes", patterns),
        ("maxRetries", "1"),
        ("retryDelayMs", "1000"),
        ("timeoutMs", "30000"),
        ("maxActiveWebhooks", "5"),
        ("unregisteredEvents", "accept"),
    ];
    let saved = house.post("/settings/webhooks", &fields).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER, "{}", text(saved).await);
    let html = text(house.get("/settings").await).await;
    assert!(html.contains(&format!(">{patterns}</textarea>")), "{html}");
    let list = |id: &str| {
        let from = html.find(&format!("id=\"{id}\"")).unwrap();
        html[from..from + html[from..].find("</dl>").unwrap()].to_owned()
    };
    let (instance, workspace) = (list("egress-instance"), list("egress-workspace"));
    for own in ["203.0.113.0/24", "{1,3}", "b\\.example"] {
        assert!(!instance.contains(own), "{instance}");
        assert!(workspace.contains(own), "{workspace}");
    }
    assert!(instance.contains("Plain HTTP") && workspace.contains("Exceptions"));
}

#[tokio::test]
async fn an_event_type_is_described_on_its_page() {
    let house = house("").await;
    let path = "/settings/event-types/issue-created";
    assert!(text(house.get("/settings").await).await.contains(&format!("href=\"{path}\"")));
    let opened = text(house.get(path).await).await;
    assert!(opened.contains("name=\"version\" value=\"1\""), "{opened}");
    let fields = |description: &'static str| [("csrf", house.csrf.as_str()), ("version", "1"), ("description", description)];
    let saved = house.post(path, &fields("A bell was cast")).await;
    assert_eq!(location(&saved), "/settings?done=saved#event-types");
    assert!(text(house.get("/settings").await).await.contains("A bell was cast"));
    let late = house.post(path, &fields("Later")).await;
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    let html = text(late).await;
    assert!(
        html.contains("value=\"Later\"") && html.contains("name=\"version\" value=\"2\""),
        "{html}"
    );
    assert_eq!(house.get("/settings/event-types/nothing").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_form_names_all_events_of_watchbells_own() {
    let house = house("").await;
    let form = text(house.get("/webhooks/new?type=standard").await).await;
    for event in ["webhook.disabled", "webhook.enabled", "webhook.recovered", "delivery.failed"] {
        assert!(form.contains(&format!("<code>{event}</code>")), "{event}");
    }
}
