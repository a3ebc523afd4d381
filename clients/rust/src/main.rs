//! Receives webhooks signed as Standard Webhooks 1.0.0 say.

use std::{
    collections::HashSet,
    env,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

const TOLERANCE_S: u64 = 300;

struct Receiver {
    key: Vec<u8>,
    /// A real receiver keeps these in its database.
    seen: Mutex<HashSet<String>>,
}

impl Receiver {
    /// Whether the request comes from whoever knows the secret, and is not old.
    fn is_signed(&self, headers: &HeaderMap, body: &[u8]) -> Option<()> {
        let header = |name| headers.get(name)?.to_str().ok();
        let (id, timestamp) = (header("webhook-id")?, header("webhook-timestamp")?);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        if now.abs_diff(timestamp.parse().ok()?) > TOLERANCE_S {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        let fits = |one: &str| {
            let given = one.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
            // Compares in constant time.
            given.is_some_and(|given| mac.clone().verify_slice(&given).is_ok())
        };
        header("webhook-signature")?.split(' ').any(fits).then_some(())
    }
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    if receiver.is_signed(&headers, &body).is_none() {
        println!("refused");
        return StatusCode::UNAUTHORIZED;
    }
    if !receiver.seen.lock().expect("no holder panics").insert(id.clone()) {
        println!("repeat {id}");
        return StatusCode::NO_CONTENT;
    }
    let event: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    println!("verified {id} {}", event["type"].as_str().unwrap_or_default());
    StatusCode::NO_CONTENT
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = env::var("SECRET")?;
    let receiver = Receiver {
        key: STANDARD.decode(secret.trim_start_matches("whsec_"))?,
        seen: Mutex::default(),
    };
    let port = env::var("PORT").unwrap_or_else(|_| "9000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on {}", listener.local_addr()?.port());
    let app = Router::new().route("/", post(receive)).with_state(Arc::new(receiver));
    Ok(axum::serve(listener, app).await?)
}
