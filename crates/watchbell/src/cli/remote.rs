//! A Watchbell server as the commands speak to it: its address, the token that opens one of its workspaces, and the one
//! guarded HTTP client. What it refuses becomes an error that says what to do (`refused`).

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, anyhow, bail};
use bytes::Bytes;
use serde_json::Value;

use super::{Output, opened, words::Misunderstood};

mod address;
pub mod input;
pub mod lists;
mod patience;
mod refused;

pub use address::{Address, sendable};
pub use refused::{Refused, Unreachable};

/// Where `watchbell serve` listens unless it is told otherwise.
const HERE: &str = "http://127.0.0.1:8484";
const DEADLINE: Duration = Duration::from_secs(60);
/// Longest answer or document that is read, in bytes.
pub const MAX_BYTES: usize = 256 << 20;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Server")]
pub struct ServerArgs {
    /// Address of the Watchbell server
    #[arg(long, global = true, value_name = "URL", env = "WATCHBELL_URL", hide_env_values = true, default_value = HERE)]
    server: String,
    /// API token; better in the environment or a file, since others see the words of a command
    #[arg(long, global = true, value_name = "TOKEN", env = "WATCHBELL_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// File that holds the token; goes before the others
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// PEM file with authorities to trust in addition
    #[arg(long, global = true, value_name = "FILE")]
    ssl_extra_ca_certs: Option<PathBuf>,
    /// Do not check the server's certificate
    #[arg(short = 'k', long, global = true)]
    insecure: bool,
    /// `text` for people, or `json`: exactly what the API answers
    #[arg(long, global = true, value_enum, default_value_t)]
    pub output: Output,
}

/// A server that can be asked.
pub struct Server {
    client: egress::Client,
    policy: egress::Policy,
    address: Address,
    insecure: bool,
    pub output: Output,
}

/// A good answer.
pub struct Answer {
    pub body: Bytes,
}

/// What is asked of the API.
#[derive(Default)]
pub struct Call<'a> {
    pub method: &'a str,
    /// Behind `/api/v1/`, made by [`path`].
    pub path: &'a str,
    /// Those without a value are left out.
    pub query: &'a [(&'a str, Option<String>)],
    /// JSON, unless the headers say otherwise.
    pub body: Option<Bytes>,
    pub headers: &'a [(&'a str, String)],
}

impl Server {
    /// # Errors
    /// No token was given, or a file cannot be read.
    pub fn new(args: &ServerArgs) -> Result<Self> {
        let token = match (&args.token, &args.token_file) {
            (_, Some(path)) => std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?,
            (Some(token), None) => token.clone(),
            (None, None) => String::new(),
        };
        let token = token.trim_start_matches('\u{feff}').trim();
        if token.is_empty() {
            return Err(Misunderstood::new(
                "no API token was given",
                "set WATCHBELL_TOKEN, or give --token-file FILE; tokens are made under Settings, Tokens, or by `watchbell admin bootstrap`",
            )
            .into());
        }
        let here = Some(args.server.trim()).filter(|server| !server.is_empty()).unwrap_or(HERE);
        let address = Address::new(here, Some(token))?;
        if !here.starts_with("http://") && !here.starts_with("https://") {
            let what = format!("`{here}` is no address of a server");
            return Err(Misunderstood::new(&what, "it begins with https:// or http://, such as https://watch.example.com").into());
        }
        let roots = match &args.ssl_extra_ca_certs {
            Some(path) => egress::Roots::NativeAnd(std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?),
            None => egress::Roots::Native,
        };
        let config = egress::ClientConfig {
            roots,
            ..egress::ClientConfig::default()
        };
        Ok(Self {
            client: egress::Client::new(config).context("cannot set up outgoing connections")?,
            policy: opened::open_policy(),
            address,
            insecure: args.insecure,
            output: args.output,
        })
    }

    /// Asks, and takes a 2xx for an answer.
    ///
    /// # Errors
    /// [`Refused`], or the server cannot be reached.
    pub async fn call(&self, call: Call<'_>) -> Result<Answer> {
        let mut url = self.address.api(call.path);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in call.query {
            query.extend_pairs(value.as_ref().map(|value| (name, value)));
        }
        let query = query.finish();
        if !query.is_empty() {
            url = format!("{url}?{query}");
        }
        let mut request = request(call.method, &url, self.insecure);
        // A write is not repeated by itself on a new connection: it may have been done.
        request.resend = call.method == "GET";
        self.address.authorize(&mut request);
        let has_type = call.headers.iter().any(|(name, _)| *name == "Content-Type");
        if call.body.is_some() && !has_type {
            request.headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        request
            .headers
            .extend(call.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        request.body = call.body;
        let exchange = self.client.exchange(&request, &self.policy).await;
        let response = exchange.outcome.map_err(|failure| Unreachable::new(&self.address, failure))?;
        if response.truncated {
            bail!("the answer is longer than {} MiB", MAX_BYTES >> 20);
        }
        if (200..300).contains(&response.status) {
            return Ok(Answer { body: response.body });
        }
        Err(Refused::new(&self.address, call.path, &response).into())
    }

    pub async fn get(&self, path: &str, query: &[(&str, Option<String>)]) -> Result<Answer> {
        let method = "GET";
        self.call(Call {
            method,
            path,
            query,
            ..Call::default()
        })
        .await
    }

    pub async fn post(&self, path: &str, body: Option<Bytes>) -> Result<Answer> {
        let method = "POST";
        self.call(Call {
            method,
            path,
            body,
            ..Call::default()
        })
        .await
    }

    /// Shows an answer: as it came, or as the text that `text` makes of it. A reader that went away changes no verdict.
    pub fn show(&self, answer: &Answer, text: impl FnOnce(&Value) -> String) -> Result<()> {
        super::text::seen(match self.output {
            Output::Json => super::text::raw(&answer.body),
            Output::Text => super::text::print(&text(&answer.json()?)),
        })
    }
}

impl Answer {
    /// # Errors
    /// It is no JSON, so this is no Watchbell.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).map_err(|_| not_watchbell())
    }
}

pub(super) fn not_watchbell() -> anyhow::Error {
    anyhow!(
        "the answer is not one of a Watchbell server\n\nhint: --server (or WATCHBELL_URL) is the address of its pages, such as https://watch.example.com"
    )
}

/// A request as every command makes it.
pub fn request(method: &str, url: &str, insecure: bool) -> egress::Request {
    egress::Request {
        headers: vec![("User-Agent".to_owned(), concat!("watchbell/", env!("CARGO_PKG_VERSION")).to_owned())],
        deadline: DEADLINE,
        max_body: MAX_BYTES,
        verify_tls: !insecure,
        decompress: true,
        ..egress::Request::new(method, url)
    }
}

/// A path of the API out of its parts, each percent-encoded (RFC 3986).
///
/// # Errors
/// A part is empty or a step in the path.
pub fn path(parts: &[&str]) -> Result<String> {
    let mut path = String::new();
    for part in parts {
        if matches!(*part, "" | "." | "..") {
            return Err(Misunderstood::new(
                &format!("`{part}` is no id"),
                "the lists show ids, such as `watchbell webhook list`",
            )
            .into());
        }
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(&collection::url::encode_form(part));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_one_part_of_the_path() {
        assert_eq!(path(&["events", "a/b?c ä", "why"]).unwrap(), "events/a%2Fb%3Fc%20%C3%A4/why");
        assert!(path(&["webhooks", ".."]).is_err() && path(&["webhooks", ""]).is_err());
    }
}
