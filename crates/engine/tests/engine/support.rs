//! A house for one test: a store, an engine with a manual clock, and receivers that do as they are told.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use collection::script::{ScriptCalls, ScriptHost, ScriptInput, ScriptOutcome, ScriptSession};
use domain::{Clock, Micros, clock::SECOND, run::RunOptions, schedule::Schedule, source::Provider};
use engine::{EgressSettings, Engine, EngineConfig, publish::NewEvent};
use store::{
    Signal, Store, Tx,
    tables::{accounts, accounts::User, collections, monitors, sources, webhooks, workspaces},
    testing::{self, Kind, TestDatabase},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// When every test begins.
pub const START: Micros = 1_800_000_000 * SECOND;
pub const WORKSPACE: &str = "wsp_1";
pub const USER: &str = "12345678";
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Turns the clock on and wakes nobody.
    pub fn turn_on(&self, by: Micros) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Micros {
        self.0.load(Ordering::SeqCst)
    }
}

/// Scripts that do nothing, for collections without any.
pub struct NoScripts;

#[async_trait]
impl ScriptHost for NoScripts {
    async fn session(&self) -> Box<dyn ScriptSession> {
        Box::new(Self)
    }
}

#[async_trait]
impl ScriptSession for NoScripts {
    async fn run(&mut self, _input: ScriptInput, _limit: Duration, _calls: &dyn ScriptCalls) -> ScriptOutcome {
        ScriptOutcome::default()
    }
}

pub struct House {
    pub store: Store,
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    database: TestDatabase,
}

/// Runs a test on every database.
pub async fn on_each<F: Future<Output = ()>>(test: impl Fn(House) -> F) {
    for kind in testing::kinds() {
        test(House::new(kind, config(), Arc::new(NoScripts)).await).await;
    }
}

pub fn config() -> EngineConfig {
    let loopback = "127.0.0.0/8".parse().into_iter().collect();
    let egress = EgressSettings {
        allow_http: true,
        allow: loopback,
        runner_private: true,
        ..EgressSettings::default()
    };
    EngineConfig {
        egress,
        ..EngineConfig::default()
    }
}

impl House {
    pub async fn new(kind: Kind, config: EngineConfig, scripts: Arc<dyn ScriptHost>) -> Self {
        let client = egress::Client::new(egress::ClientConfig::default()).unwrap();
        Self::with_client(kind, config, scripts, client).await
    }

    /// A house that calls out in its own way.
    pub async fn with_client(kind: Kind, config: EngineConfig, scripts: Arc<dyn ScriptHost>, client: egress::Client) -> Self {
        let (store, database) = testing::store(kind).await;
        let clock = Arc::new(ManualClock(AtomicI64::new(START)));
        let engine = Engine::new(config, store.clone(), Arc::clone(&clock) as Arc<dyn Clock>, client, scripts);
        let house = Self {
            store,
            engine,
            clock,
            database,
        };
        house.write(people).await;
        house
    }

    /// The same store and clock, another process.
    pub fn restarted(&self) -> Engine {
        let client = egress::Client::new(egress::ClientConfig::default()).unwrap();
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        Engine::new(config(), self.store.clone(), clock, client, Arc::new(NoScripts))
    }

    pub async fn write<T: Send + 'static>(&self, closure: impl FnOnce(&mut dyn Tx) -> store::Result<T> + Send + 'static) -> T {
        self.store.write(closure).await.unwrap()
    }

    pub async fn read<T: Send + 'static>(&self, closure: impl FnOnce(&mut dyn Tx) -> store::Result<T> + Send + 'static) -> T {
        self.store.read(closure).await.unwrap()
    }

    /// Turns the clock and wakes who waits for it.
    pub async fn turn_to(&self, now: Micros, wake: Signal) {
        self.clock.0.store(now, Ordering::SeqCst);
        self.write(move |tx| {
            tx.signal(wake);
            Ok(())
        })
        .await;
    }

    /// Waits until `look` finds something; looks again after every change that is committed.
    pub async fn until<T: Send + 'static>(
        &self,
        what: &str,
        look: impl Fn(&mut dyn Tx) -> store::Result<Option<T>> + Clone + Send + 'static,
    ) -> T {
        let mut changes = self.store.subscribe();
        let found = async {
            loop {
                if let Some(found) = self.read(look.clone()).await {
                    return found;
                }
                let _ = changes.recv().await;
            }
        };
        tokio::time::timeout(PATIENCE, found)
            .await
            .unwrap_or_else(|_| panic!("it never came: {what}"))
    }

    pub async fn webhook(&self, webhook: webhooks::Webhook) -> webhooks::Webhook {
        let stored = webhook.clone();
        self.write(move |tx| webhooks::insert(tx, &stored)).await;
        webhook
    }

    pub async fn webhook_now(&self, id: &str) -> webhooks::Webhook {
        let id = id.to_owned();
        self.read(move |tx| webhooks::by_id(tx, &id)).await.unwrap()
    }

    pub async fn publish(&self, event_type: &str, data: &str) -> String {
        let event = NewEvent::internal(WORKSPACE, event_type, "", self.engine.now(), data.to_owned());
        self.engine.publish(event).await.unwrap().event_id
    }

    pub async fn close(self) {
        self.store.close().await;
        drop(self.database);
    }
}

fn people(tx: &mut dyn Tx) -> store::Result<()> {
    let user = User {
        id: USER.to_owned(),
        email: "ada@example.org".to_owned(),
        name: "Ada".to_owned(),
        password_hash: "-".to_owned(),
        instance_admin: false,
        created_at: START,
        disabled_at: None,
    };
    accounts::insert_user(tx, &user)?;
    let workspace = workspaces::Workspace {
        id: WORKSPACE.to_owned(),
        name: "Shop".to_owned(),
        owner_id: USER.to_owned(),
        settings: serde_json::json!({}),
        created_at: START,
    };
    workspaces::insert(tx, &workspace)
}

/// An enabled webhook to `url` for everything, without a secret.
pub fn webhook(id: &str, url: &str) -> webhooks::Webhook {
    webhooks::Webhook {
        id: id.to_owned(),
        workspace_id: WORKSPACE.to_owned(),
        name: format!("Hook {id}"),
        url: url.to_owned(),
        events: vec!["*".to_owned()],
        owner_id: USER.to_owned(),
        ..webhooks::Webhook::blank(START)
    }
}

pub fn source(house: &House, id: &str, provider: Provider, token: &str) -> sources::Source {
    sources::Source {
        id: id.to_owned(),
        workspace_id: WORKSPACE.to_owned(),
        name: id.to_owned(),
        provider,
        token_hash: domain::secret::token_hash(token),
        token_hint: domain::secret::token_hint(token),
        token_sealed: house
            .store
            .vault()
            .seal(engine::sealed::source_token(id), token.as_bytes())
            .unwrap(),
        old_token_hash: None,
        old_token_ends_at: None,
        enabled: true,
        failures: 0,
        successes: 0,
        last_receipt_at: None,
        created_at: START,
        updated_at: START,
    }
}

/// A collection of one request to `url`, and a monitor of it that is not due by itself.
pub async fn monitor(house: &House, id: &str, url: &str, options: RunOptions) -> monitors::Monitor {
    let document = serde_json::json!({
        "info": {"name": "Orders API", "_postman_id": format!("c-{id}"),
                 "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "item": [{"name": "List orders", "request": {"method": "GET", "url": url}}],
    })
    .to_string();
    let row = collections::CollectionRow {
        id: format!("c-{id}"),
        workspace_id: WORKSPACE.to_owned(),
        uid: format!("{USER}-c-{id}"),
        name: "Orders API".to_owned(),
        version: 1,
        requests: 1,
        created_at: START,
        updated_at: START,
    };
    let monitor = monitors::Monitor {
        id: id.to_owned(),
        workspace_id: WORKSPACE.to_owned(),
        uid: format!("{USER}-{id}"),
        name: "Orders hourly".to_owned(),
        collection_id: row.id.clone(),
        environment_id: None,
        owner_id: USER.to_owned(),
        schedule: Schedule::Interval { seconds: 60 },
        options,
        tags: Vec::new(),
        active: true,
        next_due_at: None,
        series: "s1".to_owned(),
        sequence: 0,
        last_run_id: None,
        last_status: None,
        last_finished_at: None,
        created_at: START,
        updated_at: START,
    };
    let stored = monitor.clone();
    house
        .write(move |tx| {
            collections::insert(tx, &row, &document, USER)?;
            monitors::insert(tx, &stored)
        })
        .await;
    monitor
}

/// A request that a receiver got.
#[derive(Debug, Clone)]
pub struct Got {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// What a receiver does: a status, or nothing for ever.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    Status(u16),
    Hang,
}

pub struct Receiver {
    pub addr: SocketAddr,
    got: mpsc::UnboundedReceiver<Got>,
}

impl Receiver {
    /// Answers its requests with `answers` in turn, the last one for ever.
    pub async fn new(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (sender, got) = mpsc::unbounded_channel();
        let answers: Arc<[Answer]> = answers.into();
        let count = Arc::new(AtomicI64::new(0));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answers), Arc::clone(&count), sender.clone()));
            }
        });
        Self { addr, got }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.addr)
    }

    /// The next request.
    pub async fn next(&mut self) -> Got {
        tokio::time::timeout(PATIENCE, self.got.recv())
            .await
            .expect("a request")
            .expect("a receiver")
    }

    /// Requests that have come and were not looked at.
    pub fn waiting(&self) -> usize {
        self.got.len()
    }
}

async fn serve(mut stream: TcpStream, answers: Arc<[Answer]>, count: Arc<AtomicI64>, got: mpsc::UnboundedSender<Got>) {
    let mut buffer = Vec::new();
    loop {
        let Some(request) = read_request(&mut stream, &mut buffer).await else {
            return;
        };
        let at = usize::try_from(count.fetch_add(1, Ordering::SeqCst)).unwrap();
        let _ = got.send(request);
        match answers[at.min(answers.len() - 1)] {
            Answer::Hang => std::future::pending::<()>().await,
            Answer::Status(status) => {
                let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\nset-cookie: a=b\r\n\r\nok");
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Got> {
    let head_end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        read_more(stream, buffer).await?;
    };
    let head = String::from_utf8(buffer[..head_end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case("content-length"))
        .map_or("0", |(_, v)| v);
    let end = head_end + length.parse::<usize>().ok()?;
    while buffer.len() < end {
        read_more(stream, buffer).await?;
    }
    let body = buffer[head_end..end].to_vec();
    buffer.drain(..end);
    Some(Got {
        method,
        path,
        headers,
        body,
    })
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 4_096];
    let read = stream.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
    buffer.extend_from_slice(&chunk[..read]);
    Some(())
}
