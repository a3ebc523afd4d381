//! The pages through the real router: who may see them, hostile names, forms that are refused.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

#[path = "pages/flow_tasks.rs"]
mod flow_tasks;
#[path = "../examples/gallery/seed.rs"]
mod seed;
#[path = "pages/webhooks.rs"]
mod webhooks;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use seed::Seeded;
use tower::ServiceExt as _;

const NOW: i64 = 1_800_000_000_000_000;

#[derive(Debug)]
struct Standing;

impl domain::Clock for Standing {
    fn now(&self) -> i64 {
        NOW
    }
}

struct House {
    router: Router,
    store: store::Store,
    seeded: Seeded,
    csrf: String,
    _database: store::testing::TestDatabase,
}

async fn house(hostile: &str) -> House {
    let (store, database) = store::testing::store(store::testing::Kind::Sqlite).await;
    let app = seed::app(store, Arc::new(Standing), "http://127.0.0.1:8484");
    let seeded = seed::fill(&app, hostile).await;
    let mut house = House {
        store: app.store.clone(),
        router: web::router(app),
        seeded,
        csrf: String::new(),
        _database: database,
    };
    let html = text(house.get("/").await).await;
    house.csrf = html
        .split("name=\"csrf\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap()
        .to_owned();
    house
}

impl House {
    async fn get(&self, path: &str) -> Response {
        let request = Request::get(path)
            .header(header::COOKIE, &self.seeded.cookie)
            .body(Body::empty())
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::COOKIE, &self.seeded.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 8_000_000).await.unwrap().to_vec()).unwrap()
}

fn location(response: &Response) -> &str {
    response.headers()[header::LOCATION].to_str().unwrap()
}

#[tokio::test]
async fn hostile_names_are_text_on_every_page() {
    let house = house("</textarea>\"'><script>alert(1)</script><b onclick=x>").await;
    for path in &house.seeded.paths {
        let response = house.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert!(
            response.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .contains("script-src 'self';"),
            "{path}"
        );
        let html = text(response).await;
        for raw in ["<script>alert", "<b onclick", "'><script"] {
            assert!(!html.contains(raw), "{path} holds `{raw}`");
        }
        assert!(!html.contains("very-secret-value"), "{path} shows a secret");
    }
}

#[tokio::test]
async fn the_markup_of_every_page_is_sound() {
    let house = house("").await;
    for path in &house.seeded.paths {
        let html = text(house.get(path).await).await;
        let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{path} has an id twice");
        assert_eq!(html.matches("<h1").count(), 1, "{path} has not one heading");
        assert!(!html.contains(" style="), "{path} has an inline style, which the policy forbids");
        for control in ["<input ", "<select ", "<textarea "] {
            for tag in html.split(control).skip(1).map(|rest| rest.split('>').next().unwrap()) {
                let named = tag.contains("type=\"hidden\"") || tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
                let id = tag
                    .split("id=\"")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next())
                    .unwrap_or_default();
                assert!(
                    named || html.contains(&format!("for=\"{id}\"")),
                    "{path}: a control without a label: {tag}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_stranger_is_sent_to_log_in_and_back() {
    let house = house("").await;
    let request = Request::get("/monitors?q=a").body(Body::empty()).unwrap();
    let response = house.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&response), "/login?next=%2Fmonitors%3Fq%3Da");
    let wrong = Request::post("/login")
        .body(Body::from("email=ada@example.com&password=wrong-wrong-wrong"))
        .unwrap();
    let response = house.router.clone().oneshot(wrong).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(text(response).await.contains("e-mail or password is wrong"));
    let body = format!(
        "email={}&password={}&next=%2Fmonitors",
        seed::EMAIL,
        seed::PASSWORD.replace(' ', "+")
    );
    let right = Request::post("/login").body(Body::from(body)).unwrap();
    let response = house.router.clone().oneshot(right).await.unwrap();
    assert_eq!((response.status(), location(&response)), (StatusCode::SEE_OTHER, "/monitors"));
    assert!(response.headers()[header::SET_COOKIE].to_str().unwrap().contains("HttpOnly"));
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let house = house("").await;
    let path = house.seeded.paths.iter().find(|p| p.starts_with("/bins/")).unwrap().clone();
    for fields in [&[][..], &[("csrf", "wrong")]] {
        let response = house.post(&format!("{path}/delete"), fields).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(house.get(&path).await.status(), StatusCode::OK);
    let response = house.post(&format!("{path}/delete"), &[("csrf", &house.csrf)]).await;
    assert_eq!(location(&response), "/bins?done=deleted");
    assert_eq!(house.get(&path).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_entered_and_marks_the_field() {
    let house = house("").await;
    let edit = house.seeded.paths.iter().find(|p| p.ends_with("/edit")).unwrap().clone();
    let fields = [
        ("csrf", house.csrf.as_str()),
        ("name", "A name that stays"),
        ("collection_id", "6f1c2a34-0000-4000-8000-000000000001"),
        ("schedule.kind", "cron"),
        ("schedule.cron.expression", "61 * * * *"),
        ("schedule.cron.zone", "UTC"),
        ("options.retries", "0"),
        ("options.runTimeout", "300"),
        ("options.requestTimeout", "0"),
        ("options.requestDelay", "0"),
    ];
    let response = house.post(&edit, &fields).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(response).await;
    assert!(html.contains("value=\"A name that stays\"") && html.contains("value=\"61 * * * *\""));
    let field = html.split("name=\"schedule.cron.expression\"").nth(1).unwrap();
    assert!(field.split('>').next().unwrap().contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn a_source_shows_its_url_once() {
    let house = house("").await;
    let response = house
        .post("/sources/new", &[("csrf", &house.csrf), ("name", "Mine"), ("provider", "postman")])
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let html = text(response).await;
    let url = html.split("id=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let token = url.rsplit('/').next().unwrap();
    assert!(url.starts_with("http://127.0.0.1:8484/in/") && token.len() >= 32, "{url}");
    for path in ["/sources", "/integrations", "/activity"] {
        assert!(!text(house.get(path).await).await.contains(token), "{path} shows the token again");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_a_page_too() {
    let house = house("").await;
    for path in ["/monitors/none", "/runs/none", "/nowhere"] {
        let response = house.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(text(response).await.contains("To the overview"), "{path}");
    }
}

#[tokio::test]
async fn a_collections_feed_hears_of_that_collection_only() {
    let house = house("").await;
    let form = text(house.get("/webhooks/new?type=feed").await).await;
    let uid = form
        .split("<option value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|uid| uid.ends_with("0001"))
        .unwrap()
        .to_owned();
    let fields = [
        ("csrf", house.csrf.as_str()),
        ("type", "feed"),
        ("name", "Feed"),
        ("subject", &uid),
        ("url", "http://127.0.0.1:9/feed"),
        ("signing", "none"),
        ("options.timeout_ms", "15000"),
        ("options.verify_tls", "on"),
    ];
    let response = house.post("/webhooks/new", &fields).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "{}", text(response).await);
    let list = text(house.get("/integrations").await).await;
    let row = list.split("<tr>").find(|row| row.contains(">Feed<")).unwrap();
    assert!(row.contains("Collection activity feed") && row.contains("Orders API"), "{row}");
}

#[tokio::test]
async fn a_dropped_file_is_imported_and_a_bad_one_named() {
    let house = house("").await;
    let import = async |document: &str| {
        let body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\r\n{document}\r\n--x--\r\n",
            house.csrf
        );
        let request = Request::post("/collections/import")
            .header(header::COOKIE, &house.seeded.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .body(Body::from(body))
            .unwrap();
        house.router.clone().oneshot(request).await.unwrap()
    };
    let schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
    let good = format!("{{\"info\":{{\"name\":\"Dropped\",\"schema\":\"{schema}\"}},\"item\":[]}}");
    let response = import(&good).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert!(text(house.get(location(&response)).await).await.contains("<h1>Dropped</h1>"));
    let response = import("{\"info\":").await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(response).await.contains("role=\"alert\""));
}

#[tokio::test]
async fn the_later_of_two_people_is_told_and_may_save_again() {
    let house = house("").await;
    let path = house.seeded.paths.iter().find(|path| path.ends_with("/edit")).unwrap().clone();
    let fields = |html: &str| -> Vec<(String, String)> {
        let value = |name: &str| {
            let rest = html.split(&format!("name=\"{name}\"")).nth(1).unwrap();
            let tag = rest.split('>').next().unwrap();
            tag.split("value=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .unwrap_or_default()
                .to_owned()
        };
        let selected = |name: &str| {
            let rest = html.split(&format!("name=\"{name}\"")).nth(1).unwrap();
            let options = rest.split("</select>").next().unwrap();
            let chosen = options.split("<option ").find(|option| option.contains(" selected")).unwrap();
            chosen.split('"').nth(1).unwrap().to_owned()
        };
        let mut fields = vec![("csrf".to_owned(), house.csrf.clone()), ("version".to_owned(), value("version"))];
        fields.extend(["collection_id", "environment_id", "options.retries"].map(|name| (name.to_owned(), selected(name))));
        let fixed = [
            ("schedule.kind", "interval"),
            ("schedule.interval.every", "5"),
            ("schedule.interval.unit", "60"),
            ("options.runTimeout", "300"),
            ("options.requestTimeout", "0"),
            ("options.requestDelay", "0"),
        ];
        fields.extend(fixed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        fields
    };
    let opened = fields(&text(house.get(&path).await).await);
    let save = async |fields: &[(String, String)], name: &str| {
        let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("name", name));
        house.post(&path, &fields).await
    };
    let first = save(&opened, "First").await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER, "{}", text(first).await);
    let second = save(&opened, "Second").await;
    assert_eq!(second.status(), StatusCode::PRECONDITION_FAILED);
    let told = text(second).await;
    assert!(
        told.contains("changed by somebody else") && told.contains("value=\"Second\""),
        "{told}"
    );
    assert_eq!(save(&fields(&told), "Second").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_cannot_be_read_is_a_page_too() {
    let house = house("").await;
    let cases = [
        (house.get("/collections/%FF").await, StatusCode::BAD_REQUEST),
        (house.get("/collections/x?version=one").await, StatusCode::BAD_REQUEST),
        (house.get("/logout").await, StatusCode::METHOD_NOT_ALLOWED),
        (house.post("/collections/import", &[]).await, StatusCode::BAD_REQUEST),
    ];
    for (response, status) in cases {
        assert_eq!(response.status(), status);
        assert!(text(response).await.contains("To the overview"));
    }
}

#[tokio::test]
async fn a_second_run_while_one_is_not_finished_is_a_notice_on_the_monitors_page() {
    let house = house("").await;
    let form = text(house.get("/monitors/new").await).await;
    let collection = form.split("name=\"collection_id\"").nth(1).unwrap();
    let collection = collection
        .split("<option value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let fields = [
        ("csrf", house.csrf.as_str()),
        ("name", "Fresh"),
        ("collection_id", collection),
        ("schedule.kind", "interval"),
        ("schedule.interval.every", "5"),
        ("schedule.interval.unit", "60"),
        ("options.retries", "0"),
        ("options.runTimeout", "300"),
        ("options.requestTimeout", "0"),
        ("options.requestDelay", "0"),
    ];
    let made = house.post("/monitors/new", &fields).await;
    let path = location(&made).split('?').next().unwrap().to_owned();
    for said in ["queued", "running"] {
        let answer = house.post(&format!("{path}/run"), &fields[..1]).await;
        assert_eq!(location(&answer), format!("{path}?done={said}"));
    }
    let page = text(house.get(&format!("{path}?done=running")).await).await;
    assert!(page.contains("is not finished yet"));
}

#[tokio::test]
async fn the_form_of_a_webhook_whose_monitor_is_gone_does_not_widen_it() {
    let house = house("").await;
    let monitor = house
        .seeded
        .paths
        .iter()
        .find_map(|path| path.strip_suffix("/edit"))
        .unwrap()
        .to_owned();
    let id = monitor.rsplit('/').next().unwrap();
    let fields = [
        ("csrf", house.csrf.as_str()),
        ("type", "results"),
        ("name", "Of one"),
        ("subject", id),
        ("url", "http://127.0.0.1:9/hook"),
        ("trigger", "every_run"),
        ("signing", "none"),
        ("options.timeout_ms", "15000"),
        ("options.verify_tls", "on"),
    ];
    let made = house.post("/webhooks/new", &fields).await;
    let webhook = location(&made).split('?').next().unwrap().to_owned();
    house.post(&format!("{monitor}/delete"), &fields[..1]).await;
    let html = text(house.get(&webhook).await).await;
    assert!(
        html.contains(&format!("<option value=\"{id}\" selected>(deleted)</option>")),
        "{html}"
    );
    assert!(html.contains("was deleted"));
}

#[tokio::test]
async fn every_kind_has_a_form_and_its_preview_works_without_a_script() {
    let house = house("plain").await;
    for kind in [
        "results",
        "standard",
        "team",
        "testmonitor",
        "flow-task",
        "custom",
        "slack",
        "teams",
        "discord",
        "pagerduty",
    ] {
        let page = house.get(&format!("/webhooks/new?type={kind}")).await;
        assert_eq!(page.status(), StatusCode::OK, "{kind}");
        let html = text(page).await;
        let values = form_values(&html);
        let fields: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let shown = house.post("/webhooks/preview", &fields).await;
        assert_eq!(shown.status(), StatusCode::OK, "{kind}: {}", text(shown).await);
        let html = text(shown).await;
        assert!(html.contains("Request for <code>"), "{kind}: {html}");
    }
    let wrong = [
        ("csrf", house.csrf.as_str()),
        ("type", "flow-task"),
        ("options.body", "{\"a\": $nobody}"),
        ("events", "*"),
    ];
    let refused = house.post("/webhooks/preview", &wrong).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(refused).await;
    assert!(html.contains("there is no variable `$nobody` (line 1, column 7)"), "{html}");
    assert!(html.contains("{&quot;a&quot;: $nobody}"), "what was entered is kept");
}

#[tokio::test]
async fn settings_that_were_opened_and_saved_change_nothing() {
    let house = house("plain").await;
    let new = [
        ("csrf", house.csrf.as_str()),
        ("type", "custom"),
        ("name", "Mine"),
        ("events", "a.b\nc.*"),
        ("url", "https://1.1.1.1/hook"),
        ("trigger", "every_run"),
        ("signing", "own"),
        ("secret", "any text"),
        ("headers", "X-A: 1"),
        ("options.signature", "github"),
        ("options.method", "PUT"),
        ("options.content_type", "application/json; charset=utf-8"),
        ("options.body", "{\n \"a\": \"{{ event.id }}\"\n}"),
        ("options.timeout_ms", "900"),
        ("options.in_flight", "3"),
        ("options.per_second", "7"),
        ("options.coalesce_ms", "250"),
        ("filter", "data.a == 1"),
        ("retry", "own"),
        ("retry_policy.delays_ms", "10, 20"),
        ("retry_policy.jitter_percent", "5"),
        ("retry_policy.used_up", "disable"),
        ("retry_policy.disable_after_ms", "60000"),
    ];
    let made = house.post("/webhooks/new", &new).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER, "{}", text(made).await);
    let path = made.headers()[header::LOCATION]
        .to_str()
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    let settings = |html: &str| {
        let from = html.find("id=\"settings\"").unwrap();
        html[from..].to_owned()
    };
    let before = settings(&text(house.get(&path).await).await);
    for shown in [
        "value=\"7\"",
        "value=\"250\"",
        "value=\"10, 20\"",
        "data.a == 1",
        "not checked",
        "of its own any more",
    ] {
        assert!(before.contains(shown), "{shown}: {before}");
    }
    let values = form_values(&before);
    let fields: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = house.post(&path, &fields).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER, "{}", text(saved).await);
    let after = form_values(&settings(&text(house.get(&path).await).await));
    let but_version = |values: &[(String, String)]| values.iter().filter(|(name, _)| name != "version").cloned().collect::<Vec<_>>();
    assert_eq!(but_version(&values), but_version(&after));
}

/// What a browser sends of the first form with fields after the start: inputs, text areas and selects as they are.
#[tokio::test]
async fn what_a_webhook_missed_is_offered_counted_and_started_on_its_page() {
    let house = house("").await;
    let seeded = house
        .seeded
        .paths
        .iter()
        .find_map(|path| path.strip_prefix("/webhooks/whk_"))
        .unwrap();
    let path = format!("/webhooks/whk_{}", seeded.split(['/', '?', '#']).next().unwrap());
    let csrf = ("csrf", house.csrf.as_str());
    assert_eq!(
        house.post(&format!("{path}/disable"), &[csrf]).await.status(),
        StatusCode::SEE_OTHER
    );
    let enabled = house.post(&format!("{path}/enable"), &[csrf]).await;
    let to = location(&enabled).to_owned();
    assert!(to.contains("?since=2027-01-15T08"), "{to}");
    let html = text(house.get(&to).await).await;
    assert!(
        html.contains("It was off since 2027-01-15T08") && html.contains("value=\"2027-01-15T08"),
        "{html}"
    );

    let again = format!("{path}/again");
    let refused = house.post(&again, &[csrf, ("kind", "replay"), ("since", "")]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [
        csrf,
        ("kind", "replay"),
        ("since", "2020-01-01T00:00"),
        ("until", ""),
        ("event_type", ""),
        ("per_second", "50"),
    ];
    let counted = text(house.post(&again, &[&fields[..], &[("step", "count")]].concat()).await).await;
    assert!(counted.contains("would be sent, in the original order"), "{counted}");
    let started = house.post(&again, &[&fields[..], &[("step", "start")]].concat()).await;
    assert_eq!(started.status(), StatusCode::SEE_OTHER);
    let html = text(house.get(&path).await).await;
    assert!(html.contains("Jobs that send again") && html.contains("/pause\""), "{html}");
    let pause = html
        .split("action=\"/replays/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let paused = house.post(&format!("/replays/{pause}"), &[csrf]).await;
    assert_eq!(paused.status(), StatusCode::SEE_OTHER);
    assert!(text(house.get(&path).await).await.contains("paused by"));

    assert_eq!(house.post(&format!("{path}/test"), &[csrf]).await.status(), StatusCode::SEE_OTHER);
    let html = text(house.get(&path).await).await;
    let delivery = html
        .split("action=\"/deliveries/")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .unwrap();
    let shown = text(house.post(&format!("/deliveries/{delivery}/curl"), &[csrf]).await).await;
    assert!(
        shown.contains("curl --globoff") && shown.contains("data-copy=\"command\""),
        "{shown}"
    );
}

fn form_values(html: &str) -> Vec<(String, String)> {
    let from = html.find("data-preview-at").unwrap();
    let html = &html[from..html[from..].find("</form>").unwrap() + from];
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
        Some(unescaped(rest.split('"').next()?))
    };
    let mut values = Vec::new();
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let tag = &rest[..rest.find('>').unwrap_or(0)];
        let Some(name) = attribute(tag, "name") else { continue };
        let body = &rest[tag.len() + 1..];
        if tag.starts_with("input") {
            let ticked = tag.ends_with("checked") || tag.contains(" checked");
            let choice = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
            if !choice || ticked {
                values.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("textarea") {
            values.push((name, unescaped(&body[..body.find("</textarea>").unwrap()])));
        } else if tag.starts_with("select") {
            let options = &body[..body.find("</select>").unwrap()];
            let chosen = options
                .split("<option")
                .skip(1)
                .find(|option| option[..option.find('>').unwrap()].ends_with(" selected"));
            let chosen = chosen.or_else(|| options.split("<option").nth(1)).unwrap();
            values.push((name, attribute(chosen, "value").unwrap_or_default()));
        }
    }
    values
}

fn unescaped(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[tokio::test]
async fn settings_are_saved_in_place_and_a_wrong_one_is_marked_at_its_field() {
    let house = house("").await;
    let shown = text(house.get("/settings").await).await;
    for part in [
        "Forbidden addresses",
        "169.254.169.254/32",
        "On this instance: 14 days.",
        "test-result-updated",
    ] {
        assert!(shown.contains(part), "{part}");
    }
    let fields = |forbidden: &'static str, on: &'static str| {
        vec![
            ("csrf", house.csrf.as_str()),
            (on, "on"),
            ("forbiddenIPs", forbidden),
            ("allowedUrlRegexes", ""),
            ("maxRetries", "1"),
            ("retryDelayMs", "1000"),
            ("timeoutMs", "30000"),
            ("maxActiveWebhooks", "5"),
            ("unregisteredEvents", "accept"),
        ]
    };
    let refused = house
        .post("/settings/webhooks", &fields("203.0.113.0/24; 10.0.0.300", "webhooksEnabled"))
        .await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let html = text(refused).await;
    assert!(
        html.contains("position 17") && html.contains("id=\"f-forbiddenIPs-error\""),
        "{html}"
    );
    assert!(html.contains("203.0.113.0/24; 10.0.0.300"), "what was entered stays");
    let saved = house.post("/settings/webhooks", &fields("203.0.113.0/24", "nothing")).await;
    assert_eq!(location(&saved), "/settings?done=saved#webhooks");
    // Switched off, and without tests.
    let integrations = text(house.get("/integrations").await).await;
    assert!(integrations.contains("Webhooks are switched off in this workspace."));
    let webhook = house.seeded.paths.iter().find(|path| path.starts_with("/webhooks/whk_")).unwrap();
    let html = text(house.get(webhook).await).await;
    assert!(html.contains("Webhooks are switched off in this workspace."));
    assert!(!html.contains("popovertarget=\"test-webhook\""), "the Test button is gone");
    assert!(
        html.contains("The webhook, its queue and its log are deleted."),
        "deleting asks first"
    );
    let days = [("csrf", house.csrf.as_str()), ("logDays", "3"), ("eventDays", ""), ("runDays", "")];
    assert_eq!(
        location(&house.post("/settings/retention", &days).await),
        "/settings?done=saved#retention"
    );
    let new = [("csrf", house.csrf.as_str()), ("type", "issue-closed"), ("description", "")];
    assert_eq!(
        location(&house.post("/settings/event-types", &new).await),
        "/settings?done=created#event-types"
    );
    let twice = house.post("/settings/event-types", &new).await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    let gone = house.post("/settings/event-types/issue-closed/delete", &new[..1]).await;
    assert_eq!(location(&gone), "/settings?done=deleted#event-types");
}
