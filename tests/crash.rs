//! Power cuts: the server is killed with SIGKILL at random moments under load, again and again (20 times on each
//! database, or as `WATCHBELL_TEST_KILLS` says). What it accepted is delivered, what is delivered twice carries the same id, and every
//! acknowledged receipt is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use hyper::Method;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{Database, Http, Receiver, Server, kinds, soon};

/// Deliveries that a lane has in memory at most: what can go out twice after one kill.
const IN_FLIGHT: usize = 128;
const PUBLISHERS: usize = 8;

/// What the server said yes to.
#[derive(Default)]
struct Accepted {
    events: Mutex<BTreeMap<u64, String>>,
    receipts: Mutex<BTreeSet<String>>,
    count: AtomicUsize,
    changed: Notify,
}

impl Accepted {
    fn counted(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    async fn wait_for(&self, count: usize) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if self.count.load(Ordering::SeqCst) >= count {
                return;
            }
            changed.await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_accepted_is_lost_on_sqlite() {
    survive(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_accepted_is_lost_on_postgres() {
    if kinds().contains(&Database::Postgres) {
        survive(Database::Postgres).await;
    }
}

fn kills() -> usize {
    std::env::var("WATCHBELL_TEST_KILLS").map_or(20, |text| text.parse().expect("WATCHBELL_TEST_KILLS is a number"))
}

async fn survive(database: Database) {
    let receiver = Receiver::start().await;
    let mut server = Server::start(database).await;
    let http = server.http();
    http.post(
        "/api/v1/webhooks",
        json!({"name": "all", "profile": "standard", "url": receiver.url("/"), "events": ["crash.test"], "secret": "generate"}),
    )
    .await;
    let source = http
        .post("/api/v1/sources", json!({"name": "outside", "provider": "postman"}))
        .await;
    let inbound = source["url"].as_str().unwrap();
    let inbound = inbound[inbound.find("/in/").unwrap()..].to_owned();
    let accepted = Arc::new(Accepted::default());
    let next = Arc::new(AtomicU64::new(0));
    for round in 0..kills() {
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..PUBLISHERS {
            clients.spawn(publish(server.http(), accepted.clone(), next.clone()));
        }
        clients.spawn(report(
            Http::new(&server.url, None),
            inbound.clone(),
            accepted.clone(),
            next.clone(),
        ));
        let before = accepted.count.load(Ordering::SeqCst);
        let random = usize::from(rand::random::<u8>());
        soon("events to be accepted", accepted.wait_for(before + 1 + random)).await;
        server.kill().await;
        clients.join_all().await;
        server.restart().await;
        eprintln!(
            "{database:?}: kill {} after {} accepted",
            round + 1,
            accepted.count.load(Ordering::SeqCst)
        );
    }
    check_deliveries(&receiver, &accepted).await;
    check_receipts(&server.http(), source["id"].as_str().unwrap(), &accepted).await;
}

/// Publishes numbers until the server is gone.
async fn publish(http: Http, accepted: Arc<Accepted>, next: Arc<AtomicU64>) {
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        let event = json!({"type": "crash.test", "data": {"number": number}});
        let Ok(answer) = http.send(Method::POST, "/api/v1/events", event.to_string(), &[]).await else {
            return;
        };
        if answer.status == 202 {
            accepted
                .events
                .lock()
                .unwrap()
                .insert(number, answer.json()["id"].as_str().unwrap().to_owned());
            accepted.counted();
        }
    }
}

/// Reports failing and good runs of ever new monitors until the server is gone.
async fn report(http: Http, path: String, accepted: Arc<Accepted>, next: Arc<AtomicU64>) {
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        let body = json!({"monitor_uid": format!("m-{}", number % 7), "metrics": {"failedTests": number % 2, "errors": 0}});
        let Ok(answer) = http.send(Method::POST, &path, body.to_string(), &[]).await else {
            return;
        };
        if answer.status == 200 {
            accepted
                .receipts
                .lock()
                .unwrap()
                .insert(answer.json()["receipt_id"].as_str().unwrap().to_owned());
            accepted.counted();
        }
    }
}

async fn check_deliveries(receiver: &Receiver, accepted: &Accepted) {
    let wanted = accepted.events.lock().unwrap().clone();
    let mut missing: BTreeSet<String> = wanted.values().cloned().collect();
    let mut looked = 0;
    let all = receiver
        .wait_until("every accepted event to arrive", |received| {
            for one in &received[looked..] {
                missing.remove(one.header("webhook-id"));
            }
            looked = received.len();
            missing.is_empty()
        })
        .await;
    let mut ids = BTreeMap::<u64, String>::new();
    for received in &all {
        let number = received.json()["data"]["number"].as_u64().unwrap();
        let id = received.header("webhook-id").to_owned();
        assert_eq!(
            *ids.entry(number).or_insert_with(|| id.clone()),
            id,
            "event {number} came under two ids"
        );
        if let Some(answered) = wanted.get(&number) {
            assert_eq!(*answered, id, "event {number} came under another id than was answered");
        }
    }
    let repeats = all.len() - ids.len();
    eprintln!("{} accepted, {} arrived, {repeats} of them again", wanted.len(), all.len());
    assert!(repeats <= kills() * IN_FLIGHT, "{repeats} repeats are more than were in flight");
}

async fn check_receipts(http: &Http, source_id: &str, accepted: &Accepted) {
    let mut missing = accepted.receipts.lock().unwrap().clone();
    let mut before = String::new();
    loop {
        let page = http.get(&format!("/api/v1/sources/{source_id}/receipts?limit=200{before}")).await;
        for receipt in page["items"].as_array().unwrap() {
            missing.remove(receipt["id"].as_str().unwrap());
        }
        match &page["next"] {
            Value::String(next) => before = format!("&before={next}"),
            _ => break,
        }
    }
    assert!(missing.is_empty(), "acknowledged receipts are gone: {missing:?}");
    let open = http.get("/api/v1/incidents?state=open&limit=200").await;
    let keys: Vec<_> = open["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["key"].as_str().unwrap())
        .collect();
    assert_eq!(
        keys.len(),
        keys.iter().collect::<BTreeSet<_>>().len(),
        "two open incidents of one monitor"
    );
}
