//! A webhook's signing secret on the pages: shown once with how a receiver checks, and rotated.

use axum::extract::{Path, State};
use domain::{Problem, webhook::SignatureStyle};

use super::{
    PageError, PageResult, Posted, Visit, done,
    monitor_form::number,
    settings::Shown,
    ui::Form,
    webhook::{self, Entered, Filter},
    webhook_fields as fields,
};
use crate::{
    actions::webhooks::{self, RotateInput, WebhookView},
    app::App,
};

/// Longest overlap, hours.
const LONGEST: i64 = 720;

/// The page that shows a signing secret once.
pub fn secret_page(visit: &Visit, webhook: &WebhookView, title: &str, secret: &str) -> PageResult {
    let (sample_title, sample) = sample(webhook.profile.signature(&webhook.options));
    Shown {
        frame: visit.frame(title, "/integrations"),
        lead: "Give this secret to the receiver, so that it can check that calls are from here.".to_owned(),
        label: "Signing secret",
        secret: secret.to_owned(),
        steps: Vec::new(),
        sample_title,
        sample: sample.to_owned(),
        back: format!("/webhooks/{}", webhook.id),
        back_label: "To the webhook",
    }
    .page()
}

/// How a receiver checks a style, title and text: in the shell the secret is in `$SECRET`, the body in the file `body`.
const fn sample(style: Option<SignatureStyle>) -> (&'static str, &'static str) {
    match style {
        Some(SignatureStyle::Standard) => (
            "A receiver checks it like this (Python, pip install standardwebhooks)",
            "from standardwebhooks import Webhook\n\nevent = Webhook(secret).verify(request.body, request.headers)",
        ),
        Some(SignatureStyle::Timestamped) => (
            "Check a call that was received (its raw body in the file body)",
            "watchbell verify --secret \"$SECRET\" --signature \"$X_WATCHBELL_SIGNATURE\" body",
        ),
        Some(SignatureStyle::Github) => (
            "This makes the X-Hub-Signature-256 of a call (its raw body in the file body)",
            "openssl dgst -sha256 -hmac \"$SECRET\" -r body | sed 's/^/sha256=/; s/ .*//'",
        ),
        Some(SignatureStyle::Testmonitor) => (
            "This makes the Signature of a call (its raw body in the file body)",
            "openssl dgst -sha256 -hmac \"$SECRET\" -r body | sed 's/ .*//'",
        ),
        None => ("", ""),
    }
}

/// `POST /webhooks/{id}/rotate`: a secret that was made is shown on the answer, and nowhere after.
pub async fn rotate(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> PageResult {
    let Posted { visit, form } = posted;
    let before = webhooks::get(&app, &visit.caller, &id).await?;
    let rotated = match rotation(&before, &form) {
        Ok(input) => webhooks::rotate_secret(&app, &visit.caller, &id, input).await,
        Err(problem) => Err(problem.into()),
    };
    match rotated {
        Ok(rotated) => match rotated.secret {
            Some(secret) => secret_page(&visit, &rotated.webhook, "Secret rotated", &secret),
            None => done(&format!("/webhooks/{id}"), "saved"),
        },
        Err(error) => {
            let mut problem = PageError::mendable(error)?;
            // The settings on the same page have a `secret` too.
            if problem.field.as_deref() == Some("secret") {
                problem.field = Some("rotation.secret".to_owned());
            }
            let form = form.refused(problem);
            webhook::show(&app, &visit, &id, Filter::default(), form.status(), Entered::Rotation(form)).await
        }
    }
}

fn rotation(before: &WebhookView, form: &Form) -> Result<RotateInput, Problem> {
    let name = "rotation.overlap_h";
    let overlap_s = match form.value(name).trim() {
        "" => None,
        _ => {
            let hours: i64 = number(form, name)?;
            if !(0..=LONGEST).contains(&hours) {
                return Err(Problem::invalid(name, format!("`{hours}` is not 0 to {LONGEST} hours")));
            }
            Some(hours * 3_600)
        }
    };
    let style = before.profile.signature(&before.options);
    Ok(RotateInput {
        secret: fields::secret_of(form, "rotation.secret", style),
        overlap_s,
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, process::Command};

    use domain::{secret::SigningKey, sign};

    use super::*;

    #[test]
    fn the_shell_samples_make_what_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let body = b"{\"a\": \"\xc3\xa9\"}\n";
        fs::write(folder.path().join("body"), body).unwrap();
        for style in [SignatureStyle::Github, SignatureStyle::Testmonitor] {
            let secret = "it's $ecret";
            let key = SigningKey::parse(style, "secret", secret).unwrap();
            let sent = sign::headers(style, &[key], "", 0, body).unwrap();
            let made = Command::new("sh")
                .args(["-c", sample(Some(style)).1])
                .env("SECRET", secret)
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(made.stdout).unwrap().trim(), sent[0].1, "{style:?}");
        }
    }
}
