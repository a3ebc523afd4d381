//! A webhook and what belongs to it as text.

use serde_json::Value;

use super::{
    super::text::{self, Record, cell, state},
    trigger,
};

/// A member on one line; lists with commas.
pub fn plain(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::Array(items) => {
            let texts = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
            texts.collect::<Vec<_>>().join(", ")
        }
        _ => text::of(value, name),
    }
}

/// Name and id.
pub fn titled(webhook: &Value) -> String {
    text::line(&format!("`{}` ({})", text::of(webhook, "name"), text::of(webhook, "id")))
}

pub fn webhook(webhook: &Value) -> String {
    let mut record = Record::default();
    for name in ["id", "name", "profile", "url", "events"] {
        record.add(name, cell(plain(webhook, name)));
    }
    let subject = match text::of(webhook, "subject_name") {
        name if name.is_empty() => text::of(webhook, "subject"),
        name => format!("{name} ({})", text::of(webhook, "subject")),
    };
    record
        .add("subject", cell(subject))
        .add("filter", cell(text::of(webhook, "filter")));
    record.add("trigger", cell(trigger::shown(&webhook["trigger"])));
    let is_enabled = webhook["enabled"] == true;
    record.add(
        "state",
        if is_enabled {
            state("enabled")
        } else {
            cell(format!("disabled: {}", text::of(webhook, "disabled_reason")))
        },
    );
    record.add("health", state(&text::of(webhook, "health")));
    record.add("failing since", cell(text::time(webhook, "failing_since")));
    record.add("last success", cell(text::time(webhook, "last_success_at")));
    record.add("last attempt", cell(text::time(webhook, "last_attempt_at")));
    let options = webhook["options"].as_object().into_iter().flatten();
    for (name, _) in options.filter(|(name, value)| !value.is_null() && *name != "body") {
        record.add(option_name(name), cell(plain(&webhook["options"], name)));
    }
    if let Some(body) = webhook["options"]["body"].as_str() {
        record.add("body", cell(body));
    }
    record.add("retries", cell(retries(&webhook["retry_policy"])));
    let yes = |name: &str| if webhook[name] == true { "set" } else { "" };
    record.add("secret", cell(yes("has_secret")));
    record.add("old secret until", cell(text::time(webhook, "old_secret_ends_at")));
    record.add("public key", cell(text::of(webhook, "public_key")));
    record.add("headers", cell(yes("has_headers")));
    let certificate = match &webhook["client_certificate"] {
        Value::Null => yes("has_client_certificate").to_owned(),
        shown => format!("{} until {}", text::of(shown, "subject"), text::time(shown, "expires_at")),
    };
    record.add("certificate", cell(certificate));
    record.add("version", cell(text::of(webhook, "version")));
    record
        .add("created", cell(text::time(webhook, "created_at")))
        .add("updated", cell(text::time(webhook, "updated_at")));
    record.text()
}

/// What the flags call an option.
fn option_name(name: &str) -> &'static str {
    match name {
        "timeout_ms" => "timeout (ms)",
        "in_flight" => "in flight",
        "per_second" => "rate (per second)",
        "ordered" => "ordered",
        "coalesce_ms" => "coalesce (ms)",
        "verify_tls" => "verify TLS",
        "signature" => "signature",
        "method" => "method",
        "content_type" => "content type",
        "outputs" => "outputs",
        _ => "option",
    }
}

fn retries(policy: &Value) -> String {
    let Some(delays) = policy["delays_ms"].as_array() else {
        return String::new();
    };
    let delays: Vec<_> = delays
        .iter()
        .filter_map(Value::as_u64)
        .map(|ms| format!("{} s", ms as f64 / 1e3))
        .collect();
    let used_up = text::of(policy, "used_up");
    format!("after {}; then {used_up}", delays.join(", "))
}

/// A secret that was made, which no other answer shows.
pub fn secret(record: &mut Record, webhook: &Value) {
    if let Some(secret) = webhook["secret"].as_str() {
        record.add("signing secret", cell(format!("{secret}  (not shown again)")));
    }
}

pub fn why(why: &Value) -> String {
    let mut record = Record::default();
    record.add(
        "webhook",
        cell(format!("`{}` ({})", text::of(why, "webhook_name"), text::of(why, "webhook_id"))),
    );
    record.add("sent", state(if why["sent"] == true { "yes" } else { "no" }));
    record
        .add("rule", cell(text::of(why, "rule")))
        .add("because", cell(text::of(why, "because")));
    record.add("delivery", cell(text::of(why, "delivery_id")));
    record.text()
}

pub fn stats(stats: &Value) -> String {
    let mut record = Record::default();
    record
        .add("successes", cell(text::of(stats, "successes")))
        .add("failures", cell(text::of(stats, "failures")));
    record
        .add("median", cell(text::ms(&stats["p50_us"])))
        .add("95 %", cell(text::ms(&stats["p95_us"])));
    record.text()
}
