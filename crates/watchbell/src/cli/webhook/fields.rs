//! The flags that say what a webhook is, and the API's body made of them.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::{
    super::{
        remote::input::{Body, Inputs},
        words::{self, Misunderstood},
    },
    trigger,
};

const SIGNATURES: [&str; 4] = ["standard", "testmonitor", "timestamped", "github"];
const METHODS: [&str; 5] = ["POST", "PUT", "PATCH", "DELETE", "GET"];

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Webhook")]
pub struct Fields {
    /// Name
    #[arg(long)]
    name: Option<String>,
    /// Where it sends to
    #[arg(long)]
    url: Option<String>,
    /// Event types that it hears of: a type, `prefix.*` or `*`; several with commas or by repeating
    #[arg(long, visible_alias = "event", value_name = "TYPE", value_delimiter = ',')]
    events: Vec<String>,
    /// Only of this monitor or collection, by its id
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// CEL expression over the event that must be true, such as `data.priority > 3`
    #[arg(long, value_name = "CEL")]
    filter: Option<String>,
    /// every_run, on_change, failures, successes, after_failures:N, three_failures_then_success:N
    #[arg(long, value_name = "RULE", value_parser = trigger::parse)]
    trigger: Option<Value>,
    /// Header `Name: value` that goes along; may be repeated. All of them are set anew
    #[arg(long, value_name = "HEADER")]
    header: Vec<String>,
    /// File with headers, one `Name: value` a line, `-` for standard input: for values that are secret
    #[arg(long, value_name = "FILE")]
    header_file: Option<String>,
    /// Have a signing secret made; it is shown once
    #[arg(long, conflicts_with = "secret_file")]
    generate_secret: bool,
    /// File with the signing secret (PagerDuty: the routing key), `-` for standard input
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
    /// Client certificate for receivers that ask for one: PEM file
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<String>,
    /// Its private key: PEM file
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<String>,
    /// File with the passphrase of that key
    #[arg(long, value_name = "FILE", requires = "key")]
    passphrase_file: Option<String>,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    retries: Retries,
    /// JSON file with the body that the API takes, `-` for standard input; flags go before it
    #[arg(long, value_name = "FILE", help_heading = "Whole body")]
    from: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How it sends (`options`)")]
struct Options {
    /// One budget for look-up, connect, TLS, request and response (`timeout_ms`)
    #[arg(long, value_name = "SPAN", value_parser = words::span_ms)]
    timeout: Option<u64>,
    /// Requests in flight at once (`in_flight`)
    #[arg(long, value_name = "N")]
    in_flight: Option<u64>,
    /// Requests that begin in a second, at most (`per_second`)
    #[arg(long, value_name = "N")]
    rate: Option<u64>,
    /// One at a time, in strict order (`ordered`)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    ordered: Option<bool>,
    /// Wait so long for newer events of the same subject and send the newest only (`coalesce_ms`)
    #[arg(long, value_name = "SPAN", value_parser = words::span_ms)]
    coalesce: Option<u64>,
    /// Whether the receiver's certificate must be valid (`verify_tls`)
    #[arg(long, value_name = "BOOL")]
    verify_tls: Option<bool>,
    /// How requests are signed (`signature`)
    #[arg(long, value_name = "STYLE", value_parser = SIGNATURES)]
    signature: Option<String>,
    /// Method, for profiles that let one choose (`method`)
    #[arg(long, value_parser = METHODS)]
    method: Option<String>,
    /// Type of the body, for profiles with a template (`content_type`)
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Template of the body, for profiles that have one: text, `@FILE` or `-` (`body`)
    #[arg(long, value_name = "TEMPLATE")]
    body: Option<String>,
    /// Outputs that a flow's task hears of, by id or name; several with commas or by repeating (`outputs`)
    #[arg(long, value_name = "OUTPUT", value_delimiter = ',')]
    outputs: Vec<String>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Retries (`retry_policy`)")]
struct Retries {
    /// Pause before each further attempt, such as `1s,10s,5m` (`delays_ms`)
    #[arg(long, value_name = "SPANS", value_delimiter = ',', value_parser = words::span_ms)]
    retry_delays: Vec<u64>,
    /// Each pause varies by so many percent (`jitter_percent`)
    #[arg(long, value_name = "PERCENT", requires = "retry_delays")]
    retry_jitter: Option<u64>,
    /// What becomes of the webhook when the pauses are used up (`used_up`) [default: keep]
    #[arg(long, value_name = "WHAT", requires = "retry_delays", value_parser = ["keep", "disable"])]
    retry_used_up: Option<String>,
    /// Disable it when there was no success for so long (`disable_after_ms`)
    #[arg(long, value_name = "SPAN", requires = "retry_delays", value_parser = words::span_ms)]
    retry_disable_after: Option<u64>,
}

impl Fields {
    /// The body: what `--from` has, with the flags on top.
    ///
    /// # Errors
    /// A file cannot be read; a header is none.
    pub fn body(&self, inputs: &Inputs) -> Result<Body> {
        let mut body = Body::from(inputs, self.from.as_deref())?;
        body.set_some("name", self.name.as_ref())?;
        body.set_some("url", self.url.as_ref())?;
        body.set_some("events", (!self.events.is_empty()).then_some(&self.events))?;
        body.set_some("subject", self.subject.as_ref())?;
        body.set_some("filter", self.filter.as_ref())?;
        body.set_some("trigger", self.trigger.as_ref())?;
        let headers = self.headers(inputs)?;
        body.set_some("headers", (!headers.is_empty()).then_some(headers))?;
        let secret = self.secret_file.as_ref().map(|file| inputs.text(file)).transpose()?;
        body.set_some("secret", secret.or_else(|| self.generate_secret.then(|| "generate".to_owned())))?;
        if let (Some(certificate), Some(key)) = (&self.certificate, &self.key) {
            let passphrase = self.passphrase_file.as_ref().map(|file| inputs.text(file)).transpose()?;
            let shown = json!({"certificate": inputs.text(certificate)?, "key": inputs.text(key)?, "passphrase": passphrase});
            body.set("client_certificate", shown)?;
        }
        body.merge("options", self.options.members(inputs)?)?;
        body.set_some("retry_policy", self.retries.policy())?;
        Ok(body)
    }

    /// The flag that was given for a member of the body or of its options.
    pub fn given(&self, member: &str) -> Option<&'static str> {
        let options = &self.options;
        let flags = match member {
            "subject" => vec![("--subject", self.subject.is_some())],
            "filter" => vec![("--filter", self.filter.is_some())],
            "secret" => vec![
                ("--generate-secret", self.generate_secret),
                ("--secret-file", self.secret_file.is_some()),
            ],
            "headers" => vec![("--header", !self.header.is_empty()), ("--header-file", self.header_file.is_some())],
            "client_certificate" => vec![("--certificate", self.certificate.is_some())],
            "retry_policy" => vec![("--retry-delays", !self.retries.retry_delays.is_empty())],
            "timeout_ms" => vec![("--timeout", options.timeout.is_some())],
            "per_second" => vec![("--rate", options.rate.is_some())],
            "coalesce_ms" => vec![("--coalesce", options.coalesce.is_some())],
            "signature" => vec![("--signature", options.signature.is_some())],
            "method" => vec![("--method", options.method.is_some())],
            "content_type" => vec![("--content-type", options.content_type.is_some())],
            "body" => vec![("--body", options.body.is_some())],
            "outputs" => vec![("--outputs", !options.outputs.is_empty())],
            _ => Vec::new(),
        };
        flags.into_iter().find_map(|(flag, given)| given.then_some(flag))
    }

    fn headers(&self, inputs: &Inputs) -> Result<Vec<Value>> {
        let mut headers = self.header.iter().map(|line| header(line)).collect::<Result<Vec<_>>>()?;
        if let Some(file) = &self.header_file {
            let text = inputs.text(file)?;
            for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                // Its value may be secret, so the line is named and not shown.
                let Ok(header) = header(line) else {
                    bail!("`{file}` line {} is no `Name: value`", at + 1)
                };
                headers.push(header);
            }
        }
        Ok(headers)
    }
}

fn header(line: &str) -> Result<Value> {
    match line.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok(json!({"name": name.trim(), "value": value.trim()})),
        _ => Err(Misunderstood::new(
            &format!("`--header`: `{line}` is no `Name: value`"),
            "for example --header 'X-Team: red'",
        )
        .into()),
    }
}

impl Options {
    fn members(&self, inputs: &Inputs) -> Result<Map<String, Value>> {
        let body = match &self.body {
            Some(word) => Some(String::from_utf8(inputs.word(word, "--body")?.0)?),
            None => None,
        };
        let all = [
            ("timeout_ms", self.timeout.map(Value::from)),
            ("in_flight", self.in_flight.map(Value::from)),
            ("per_second", self.rate.map(Value::from)),
            ("ordered", self.ordered.map(Value::from)),
            ("coalesce_ms", self.coalesce.map(Value::from)),
            ("verify_tls", self.verify_tls.map(Value::from)),
            ("signature", self.signature.as_deref().map(Value::from)),
            ("method", self.method.as_deref().map(Value::from)),
            ("content_type", self.content_type.as_deref().map(Value::from)),
            ("body", body.map(Value::from)),
            ("outputs", (!self.outputs.is_empty()).then(|| json!(self.outputs))),
        ];
        Ok(all
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect())
    }
}

impl Retries {
    fn policy(&self) -> Option<Value> {
        (!self.retry_delays.is_empty()).then(|| {
            json!({
                "delays_ms": self.retry_delays,
                "jitter_percent": self.retry_jitter.unwrap_or(0),
                "used_up": self.retry_used_up.as_deref().unwrap_or("keep"),
                "disable_after_ms": self.retry_disable_after,
            })
        })
    }
}
