//! The receivers under `clients/` and the official Standard Webhooks libraries, against what the server really sends:
//! each verifies it, knows a repeat, and refuses a request whose body or signature was changed.

use std::{net::SocketAddr, path::PathBuf, process::Stdio};

use hyper::{HeaderMap, Method};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

use crate::support::{Database, Http, Receiver, Server, receiver::Received, soon, until};

/// A program that receives, and the lines that it prints.
struct Sample {
    _child: Child,
    lines: Lines<Box<dyn AsyncBufRead + Unpin + Send>>,
    address: SocketAddr,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether a program is there; `./test` installs all of them and says so.
fn has(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found =
        program.contains('/') && PathBuf::from(program).exists() || std::env::split_paths(&paths).any(|path| path.join(program).exists());
    assert!(
        found || std::env::var_os("WATCHBELL_TEST_REQUIRE_CLIENTS").is_none(),
        "`{program}` is not installed"
    );
    if !found {
        eprintln!("left out: `{program}` is not installed");
    }
    found
}

impl Sample {
    async fn start(program: &str, words: &[&str], secret: &str) -> Self {
        let mut command = Command::new(program);
        command
            .current_dir(root().join("clients"))
            .args(words)
            .env("SECRET", secret)
            .env("PORT", "0")
            .kill_on_drop(true)
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = lines(child.stdout.take().unwrap());
        let port = soon("the receiver to listen", async {
            let line = lines.next_line().await.unwrap().expect("the receiver ended");
            line.strip_prefix("listening on ").expect(&line).parse().unwrap()
        });
        let address = SocketAddr::from(([127, 0, 0, 1], port.await));
        Self {
            _child: child,
            lines,
            address,
        }
    }

    /// PHP's own server takes no port 0 and says what a script says on its standard error.
    async fn php(secret: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let mut command = Command::new("php");
        command
            .current_dir(root().join("clients"))
            .args(["-q", "-S", &address.to_string(), "php/receiver.php"])
            .env("SECRET", secret)
            .kill_on_drop(true)
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = lines(child.stderr.take().unwrap());
        until("PHP to listen", || async { TcpStream::connect(address).await.ok() }).await;
        Self {
            _child: child,
            lines,
            address,
        }
    }

    /// The next line that begins with one of its words.
    async fn says(&mut self) -> String {
        soon("the receiver to say something", async {
            loop {
                let line = self.lines.next_line().await.unwrap().expect("the receiver ended");
                if ["verified ", "repeat ", "refused"].iter().any(|word| line.starts_with(word)) {
                    return line;
                }
            }
        })
        .await
    }
}

fn lines(from: impl tokio::io::AsyncRead + Unpin + Send + 'static) -> Lines<Box<dyn AsyncBufRead + Unpin + Send>> {
    let reader: Box<dyn AsyncBufRead + Unpin + Send> = Box::new(BufReader::new(from));
    reader.lines()
}

/// A webhook to `url`: its id and its secret.
async fn webhook(http: &Http, url: &str, secret: &str) -> String {
    let input = json!({"name": "sample", "url": url, "events": ["order.placed"], "secret": secret});
    let made = http.post("/api/v1/webhooks", input).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn publish(http: &Http) -> String {
    // Text that is not ASCII, and a quote: what is signed is bytes.
    let event = json!({"type": "order.placed", "data": {"number": 7, "note": "a \"quoted\" bell: 🔔"}});
    http.post("/api/v1/events", event).await["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_receivers_verify_what_is_sent_know_a_repeat_and_refuse_a_forgery() {
    let server = Server::start(Database::Sqlite).await;
    let http = server.http();
    let secret = domain::secret::generate_hmac();
    let mut samples = Vec::new();
    for (program, words) in [
        ("python3", vec!["python/receiver.py"]),
        ("node", vec!["node/receiver.mjs"]),
        ("go", vec!["run", "go/receiver.go"]),
    ] {
        if has(program) {
            samples.push(Sample::start(program, &words, &secret).await);
        }
    }
    if has("php") {
        samples.push(Sample::php(&secret).await);
    }
    let rust = std::env::var("WATCHBELL_TEST_RUST_RECEIVER").unwrap_or_else(|_| "target/receiver/debug/receiver".to_owned());
    let rust = root().join(rust).to_string_lossy().into_owned();
    if has(&rust) {
        samples.push(Sample::start(&rust, &[], &secret).await);
    }
    for mut sample in samples {
        let webhook = webhook(&http, &format!("http://{}/", sample.address), &secret).await;
        let event = publish(&http).await;
        assert_eq!(sample.says().await, format!("verified {event} order.placed"));
        let delivery = until("the delivery to be done", || async {
            let deliveries = http.get(&format!("/api/v1/webhooks/{webhook}/deliveries")).await;
            let first = deliveries["items"][0].clone();
            (first["state"] == "delivered").then(|| first["id"].as_str().unwrap().to_owned())
        })
        .await;
        http.post(&format!("/api/v1/deliveries/{delivery}/resend"), Value::Null).await;
        assert_eq!(sample.says().await, format!("repeat {event}"));
        let answer = Http::new(&format!("http://{}", sample.address), None)
            .send(
                Method::POST,
                "/",
                "{}",
                &[("webhook-id", &event), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")],
            )
            .await
            .unwrap();
        assert_eq!((answer.status, sample.says().await.as_str()), (401, "refused"));
        let deleted = http
            .send(Method::DELETE, &format!("/api/v1/webhooks/{webhook}"), "", &[])
            .await
            .unwrap();
        assert_eq!(deleted.status, 204);
    }
}

/// What a receiver of the test's own got, for programs that check one request.
async fn one_request(secret: &str) -> Received {
    let (server, receiver) = (Server::start(Database::Sqlite).await, Receiver::start().await);
    let http = server.http();
    webhook(&http, &receiver.url("/"), secret).await;
    publish(&http).await;
    receiver.wait_until("the delivery", |all| !all.is_empty()).await.remove(0)
}

fn pairs(headers: &HeaderMap) -> serde_json::Map<String, Value> {
    let pair =
        |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| (name.to_string(), json!(value.to_str().unwrap()));
    headers.iter().map(pair).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_libraries_verify_what_is_sent_and_refuse_what_was_changed() {
    let secret = domain::secret::generate_hmac();
    let received = one_request(&secret).await;
    let body = String::from_utf8(received.body.to_vec()).unwrap();
    let good = json!({"headers": pairs(&received.headers), "body": body});
    let changed = json!({"headers": pairs(&received.headers), "body": body.replace('7', "8")});
    let lines = format!("{good}\n{changed}\n");
    let (python, modules) = (root().join(".test/python/bin/python"), root().join(".test/node/node_modules/"));
    let mut programs = Vec::new();
    if has(&python.to_string_lossy()) {
        programs.push((python, "tests/clients/official.py"));
    }
    if has(&modules.join("standardwebhooks").to_string_lossy()) {
        programs.push((PathBuf::from("node"), "tests/clients/official.mjs"));
    }
    for (program, script) in programs {
        let mut child = Command::new(&program)
            .current_dir(root())
            .arg(script)
            .env("SECRET", &secret)
            .env("MODULES", &modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).await.unwrap();
        let output = soon("the library's answer", child.wait_with_output()).await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            said,
            format!("verified {} order.placed\nrefused\n", received.header("webhook-id")),
            "{script}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shell_checks_a_request_with_openssl() {
    if !has("openssl") {
        return;
    }
    let secret = domain::secret::generate_hmac();
    let received = one_request(&secret).await;
    for (body, fits) in [(received.body.to_vec(), true), (b"{}".to_vec(), false)] {
        let mut child = Command::new(root().join("clients/shell/verify.sh"))
            .args(["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| received.header(name)))
            .env("SECRET", &secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&body).await.unwrap();
        let status = soon("the script", child.wait()).await.unwrap();
        assert_eq!(status.code(), Some(i32::from(!fits)));
    }
}
