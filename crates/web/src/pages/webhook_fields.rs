//! The fields of a webhook's options, as the form that adds one and the form that changes one share them.

use domain::{
    Problem,
    profile::Profile,
    retry::{RetryPolicy, UsedUp},
    webhook::{Method, SignatureStyle, WebhookOptions},
};

use super::{monitor_form::number, options, ui::Form};
use crate::actions::webhooks::{CertificateInput, Header, OptionsPatch};

/// The events that previews and tests have samples of.
pub const SAMPLES: [&str; 9] = [
    "monitor.run.finished",
    "incident.opened",
    "incident.acknowledged",
    "incident.resolved",
    "webhook.disabled",
    "activity",
    "test-event",
    "job.finished",
    "issue-created",
];

/// The options as the form says them: every field that it shows. `template`: it shows method, content type and body too.
pub fn options_of(form: &Form, template: bool) -> Result<OptionsPatch, Problem> {
    let text = |name: &str| Some(form.value(name).trim().to_owned()).filter(|text| !text.is_empty());
    let method = |word: String| {
        Method::parse(&word).ok_or_else(|| Problem::invalid("options.method", format!("`{word}` is no method that is offered")))
    };
    let style = |word: String| {
        SignatureStyle::parse(&word)
            .ok_or_else(|| Problem::invalid("options.signature", format!("`{word}` is no signature that is offered")))
    };
    let body = Some(form.value("options.body").to_owned()).filter(|body| !body.trim().is_empty());
    Ok(OptionsPatch {
        // Emptied, it is the profile's or the workspace's again.
        timeout_ms: match form.values_of("options.timeout_ms").next() {
            Some(_) => Some(optional(form, "options.timeout_ms")?),
            None => None,
        },
        verify_tls: Some(form.has("options.verify_tls", "on")),
        in_flight: optional(form, "options.in_flight")?,
        per_second: Some(optional(form, "options.per_second")?),
        ordered: Some(form.has("options.ordered", "on")),
        coalesce_ms: Some(optional(form, "options.coalesce_ms")?),
        signature: Some(text("options.signature").map(style).transpose()?),
        method: if template {
            Some(text("options.method").map(method).transpose()?)
        } else {
            None
        },
        content_type: template.then(|| text("options.content_type")),
        body: template.then_some(body),
        // Only a flow's task shows them.
        outputs: form.values_of("options.outputs").next().map(patterns),
    })
}

/// The retries as the form says them: the profile's own, or a policy.
pub fn retry_of(form: &Form) -> Result<Option<RetryPolicy>, Problem> {
    // A flow task names a count and one pause.
    if let (Some(count), Some(delay)) = (optional::<usize>(form, "retries")?, optional(form, "retry_delay_ms")?) {
        if count > 50 {
            return Err(Problem::invalid("retries", "at most 50 retries"));
        }
        return Ok(Some(RetryPolicy {
            delays_ms: vec![delay; count],
            jitter_percent: 0,
            used_up: UsedUp::Keep,
            disable_after_ms: None,
        }));
    }
    if form.value("retry") != "own" {
        return Ok(None);
    }
    let delay = |text: &str| {
        text.parse()
            .map_err(|_| Problem::invalid("retry_policy.delays_ms", format!("`{text}` is no whole number of milliseconds")))
    };
    let delays = form
        .value("retry_policy.delays_ms")
        .split([',', ' ', '\n'])
        .filter(|text| !text.is_empty());
    Ok(Some(RetryPolicy {
        delays_ms: delays.map(delay).collect::<Result<_, _>>()?,
        jitter_percent: optional(form, "retry_policy.jitter_percent")?.unwrap_or_default(),
        used_up: if form.has("retry_policy.used_up", "disable") {
            UsedUp::Disable
        } else {
            UsedUp::Keep
        },
        disable_after_ms: optional(form, "retry_policy.disable_after_ms")?,
    }))
}

/// How a webhook signs that is made as the form says.
pub fn style_of(profile: Profile, form: &Form) -> Option<SignatureStyle> {
    profile.signature(&WebhookOptions {
        signature: SignatureStyle::parse(form.value("options.signature")),
        ..WebhookOptions::default()
    })
}

/// The secret in a field, if one is entered. For most styles any text is a secret, blanks at its ends too; a Standard Webhooks
/// secret and a routing key have none.
pub fn secret_of(form: &Form, name: &str, style: Option<SignatureStyle>) -> Option<String> {
    let text = form.value(name);
    let text = match style {
        None | Some(SignatureStyle::Standard) => text.trim(),
        Some(_) => text,
    };
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// The client certificate, if one is entered.
pub fn certificate_of(form: &Form) -> Option<CertificateInput> {
    let part = |name: &str| form.value(&format!("client_certificate.{name}")).trim().to_owned();
    let (certificate, key) = (part("certificate"), part("key"));
    if certificate.is_empty() && key.is_empty() {
        return None;
    }
    let passphrase = Some(form.value("client_certificate.passphrase").to_owned()).filter(|text| !text.is_empty());
    Some(CertificateInput {
        certificate,
        key,
        passphrase,
    })
}

/// A number that may be left out.
fn optional<N: std::str::FromStr>(form: &Form, name: &str) -> Result<Option<N>, Problem> {
    if form.value(name).trim().is_empty() {
        Ok(None)
    } else {
        number(form, name).map(Some)
    }
}

/// Words of a field, one a line or parted by commas.
pub fn lines(text: &str) -> Vec<String> {
    text.split([',', '\n'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Patterns of a field, one a line: they may hold commas.
pub fn patterns(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `Name: value` lines.
pub fn headers(text: &str) -> Result<Vec<Header>, Problem> {
    let line = |line: &str| {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| Problem::invalid("headers", format!("`{line}` is no header line")).hint("one a line, `Name: value`"))?;
        Ok(Header {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
        })
    };
    text.lines().map(str::trim).filter(|l| !l.is_empty()).map(line).collect()
}

/// The fields' values.
///
/// `options` with the time limit that holds, so that it is shown.
pub fn values(options: &WebhookOptions, policy: Option<&RetryPolicy>) -> Vec<(String, String)> {
    let on = |flag: bool| if flag { "on" } else { "" }.to_owned();
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let mut values = vec![
        ("options.timeout_ms", number(options.timeout_ms)),
        ("options.in_flight", options.in_flight.to_string()),
        ("options.verify_tls", on(options.verify_tls)),
        ("options.per_second", number(options.per_second.map(u64::from))),
        ("options.ordered", on(options.ordered)),
        ("options.coalesce_ms", number(options.coalesce_ms)),
        (
            "options.signature",
            options.signature.map(|style| style.as_str().to_owned()).unwrap_or_default(),
        ),
        ("options.method", options.method().as_str().to_owned()),
        ("options.content_type", options.content_type.clone().unwrap_or_default()),
        ("options.body", options.body.clone().unwrap_or_default()),
        ("options.outputs", options.outputs.join("\n")),
        ("retry", if policy.is_some() { "own" } else { "profile" }.to_owned()),
    ];
    if let Some(policy) = policy {
        let delays: Vec<String> = policy.delays_ms.iter().map(u64::to_string).collect();
        values.extend([
            ("retry_policy.delays_ms", delays.join(", ")),
            ("retry_policy.jitter_percent", policy.jitter_percent.to_string()),
            (
                "retry_policy.used_up",
                if policy.used_up == UsedUp::Disable { "disable" } else { "keep" }.to_owned(),
            ),
            ("retry_policy.disable_after_ms", number(policy.disable_after_ms)),
        ]);
    }
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// For a select of methods.
pub fn methods() -> Vec<(String, String)> {
    Method::ALL
        .iter()
        .map(|method| (method.as_str().to_owned(), method.as_str().to_owned()))
        .collect()
}

/// For a select of signatures.
pub fn signatures() -> Vec<(String, String)> {
    options(&[
        ("", "The profile’s own"),
        ("standard", "Standard Webhooks: webhook-signature"),
        ("testmonitor", "TestMonitor: Signature"),
        ("timestamped", "With a time: X-Watchbell-Signature"),
        ("github", "GitHub: X-Hub-Signature-256"),
    ])
}

/// For a select of samples.
pub fn samples() -> Vec<(String, String)> {
    let mut all = options(&[("", "The first event it subscribes to")]);
    all.extend(
        SAMPLES
            .iter()
            .map(|event_type| ((*event_type).to_owned(), (*event_type).to_owned())),
    );
    all
}

/// For selects around retries.
pub fn retry_choices() -> [Vec<(String, String)>; 2] {
    [
        options(&[("profile", "As the profile does"), ("own", "As said here")]),
        options(&[("keep", "keep the webhook on"), ("disable", "disable the webhook")]),
    ]
}

#[cfg(test)]
mod tests;
