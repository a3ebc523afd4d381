//! The pages in a real browser: headless Chromium, driven through its own driver.

mod browser;

use serde_json::json;
use thirtyfour::prelude::*;

use crate::support::{Api, Receiver, Server, kinds, until};
use browser::Browser;

/// Every page of the navigation, by its path.
const PAGES: &[&str] = &[
    "/",
    "/monitors",
    "/monitors/new",
    "/collections",
    "/environments",
    "/integrations",
    "/webhooks/new?type=webhook",
    "/sources",
    "/sources/new",
    "/incidents",
    "/activity",
    "/bins",
    "/notices",
    "/settings",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_person_logs_in_looks_at_every_page_and_sees_an_incident_live() {
    let (api, receiver) = (Api::start().await, Receiver::start().await);
    let server = Server::start(kinds()[0]).await;
    let http = server.http();
    let collection = http.post("/api/v1/collections", api.collection("Orders <b>bold</b>")).await;
    let monitor = json!({"name": "Orders \"<script>\"", "collection_id": collection["id"], "schedule": {"interval": {"seconds": 1}}});
    let monitor = http.post("/api/v1/monitors", monitor).await["id"].as_str().unwrap().to_owned();
    let webhook = json!({"name": "results", "profile": "standard", "url": receiver.url("/"), "events": ["monitor.run.finished"], "secret": "generate"});
    let webhook = http.post("/api/v1/webhooks", webhook).await["id"].as_str().unwrap().to_owned();
    let source = http.post("/api/v1/sources", json!({"name": "own", "provider": "watchbell"})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    http.post(&format!("/api/v1/sources/{source}/connect"), json!({"monitor_id": monitor}))
        .await;
    receiver.wait_until("a delivery", |all| !all.is_empty()).await;

    let browser = Browser::start().await;
    log_in(&browser.driver, &server).await;
    for page in PAGES {
        look(&browser, &server, page).await;
    }
    for page in [
        format!("/monitors/{monitor}"),
        format!("/webhooks/{webhook}"),
        format!("/sources/{source}"),
    ] {
        look(&browser, &server, &page).await;
    }
    api.set_broken(true);
    browser.driver.goto(format!("{}/incidents", server.url)).await.unwrap();
    until("the incident to appear without a reload", || async {
        let body = browser.driver.find(By::Css("main")).await.ok()?.text().await.ok()?;
        body.contains("Orders \"<script>\"").then_some(())
    })
    .await;
    browser.end().await;
}

async fn log_in(driver: &WebDriver, server: &Server) {
    driver.goto(format!("{}/login", server.url)).await.unwrap();
    driver
        .find(By::Name("email"))
        .await
        .unwrap()
        .send_keys("ada@example.com")
        .await
        .unwrap();
    let password = driver.find(By::Name("password")).await.unwrap();
    password.send_keys(server.password.as_str()).await.unwrap();
    password.send_keys(Key::Enter + "").await.unwrap();
    until("the overview", || async {
        driver.current_url().await.ok().filter(|url| url.path() == "/")
    })
    .await;
}

/// A page answers, has one heading, scrolls nowhere sideways on a telephone, and its console is silent.
async fn look(browser: &Browser, server: &Server, path: &str) {
    browser.driver.goto(format!("{}{path}", server.url)).await.unwrap();
    let headings = browser.driver.find_all(By::Tag("h1")).await.unwrap();
    assert_eq!(headings.len(), 1, "{path} has {} main headings", headings.len());
    let status = browser
        .run("return performance.getEntriesByType('navigation')[0].responseStatus")
        .await;
    assert_eq!(status, json!(200), "{path}");
    browser.driver.set_window_rect(0, 0, 390, 844).await.unwrap();
    let sideways = browser
        .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        .await;
    assert!(sideways.as_i64().unwrap() <= 0, "{path} is {sideways} px too wide for a telephone");
    browser.driver.set_window_rect(0, 0, 1280, 900).await.unwrap();
    let unlabelled = browser
        .run("return [...document.querySelectorAll('input:not([type=hidden]),select,textarea')].filter(e => !e.labels?.length && !e.getAttribute('aria-label')).map(e => e.name)")
        .await;
    assert_eq!(unlabelled, json!([]), "{path} has fields without a label");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_person_makes_their_account_and_imports_a_collection() {
    let server = Server::start_empty().await;
    let browser = Browser::start().await;
    let driver = &browser.driver;
    driver.goto(format!("{}/", server.url)).await.unwrap();
    until("the set-up page", || async {
        driver.current_url().await.ok().filter(|url| url.path() == "/setup")
    })
    .await;
    for (name, value) in [
        ("name", "Ada"),
        ("email", "ada@example.com"),
        ("password", "a long enough password"),
    ] {
        driver.find(By::Name(name)).await.unwrap().send_keys(value).await.unwrap();
    }
    driver
        .find(By::Name("password"))
        .await
        .unwrap()
        .send_keys(Key::Enter + "")
        .await
        .unwrap();
    until("the overview", || async {
        driver.current_url().await.ok().filter(|url| url.path() == "/")
    })
    .await;
    browser.end().await;
}
