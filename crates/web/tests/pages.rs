//! The pages through the real router: who may see them, hostile names, forms that are refused.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

#[path = "../examples/gallery/seed.rs"]
mod seed;

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
    seeded: Seeded,
    csrf: String,
    _database: store::testing::TestDatabase,
}

async fn house(hostile: &str) -> House {
    let (store, database) = store::testing::store(store::testing::Kind::Sqlite).await;
    let app = seed::app(store, Arc::new(Standing), "http://127.0.0.1:8484");
    let seeded = seed::fill(&app, hostile).await;
    let mut house = House {
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
