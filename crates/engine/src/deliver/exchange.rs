//! One attempt: send, judge the answer, and write down what the log will show.

use std::panic::AssertUnwindSafe;

use domain::{
    Micros,
    delivery::{Verdict, retry_after},
    id,
    profile::Profile,
    settings,
    settlement::WEBHOOKS_OFF,
};
use egress::{Exchange, Failure, FailureCode, Response};
use futures::FutureExt as _;
use store::tables::attempts::Attempt;
use tracing::{Instrument as _, field::Empty};

use super::{
    Job,
    build::{self, Built},
    target::Target,
};
use crate::{engine::Engine, mask, spans::span};

/// A finished attempt, not stored yet.
#[derive(Debug)]
pub(crate) struct Finished {
    pub job: Job,
    pub verdict: Verdict,
    /// Whether a failure is the receiver's.
    pub charged: bool,
    /// When it ended.
    pub ended_at: Micros,
    /// Any random number, for the decisions that follow.
    pub seed: u64,
    pub attempt: Attempt,
}

/// What one attempt came to.
struct Sent {
    verdict: Verdict,
    charged: bool,
    ended_at: Micros,
    attempt: Attempt,
}

/// Sends a delivery once. Never fails: whatever goes wrong, a panic of ours too, is the attempt's verdict.
pub(crate) async fn send(engine: &Engine, target: &Target, job: Job) -> Finished {
    let span = span!(
        "attempt",
        event.id = job.event.id.as_str(),
        event.r#type = job.event.event_type.as_str(),
        delivery.id = job.delivery.id.as_str(),
        webhook.id = job.delivery.webhook_id.as_str(),
        number = job.delivery.attempts + 1,
        verdict = Empty,
        http.response.status_code = Empty
    );
    let at = engine.now();
    let sending = AssertUnwindSafe(sent(engine, target, &job)).catch_unwind();
    let sent = match sending.instrument(span.clone()).await {
        Ok(sent) => sent,
        Err(_) => {
            tracing::error!(delivery = job.delivery.id, "sending a delivery panicked");
            let verdict = Verdict::of_failure("panicked", "an error of the server; its log says more", true);
            unsent(engine, &job, at, verdict)
        }
    };
    span.record("verdict", sent.verdict.code.as_str());
    span.record("http.response.status_code", sent.attempt.status_code);
    let Sent {
        verdict,
        charged,
        ended_at,
        attempt,
    } = sent;
    Finished {
        job,
        verdict,
        charged,
        ended_at,
        seed: rand::random(),
        attempt,
    }
}

async fn sent(engine: &Engine, target: &Target, job: &Job) -> Sent {
    let at = engine.now();
    let address = match &target.address {
        Ok(address) => address,
        // Once it is mended, the next attempt gets through; the receiver is not to blame.
        Err(why) => return unsent(engine, job, at, Verdict::of_failure("not_sent", why, true)),
    };
    let mut built = match build::build(target, address, job, at) {
        Ok(built) => built,
        Err(problem) => return unsent(engine, job, at, Verdict::of_failure("not_rendered", &problem.detail, false)),
    };
    let rules = match engine.rules(&job.delivery.workspace_id).await {
        Ok(rules) if rules.settings.webhooks_enabled => rules,
        Ok(_) => return unsent(engine, job, at, Verdict::of_failure(WEBHOOKS_OFF, settings::SWITCHED_OFF, false)),
        Err(_) => {
            return unsent(
                engine,
                job,
                at,
                Verdict::of_failure("not_sent", "the workspace's settings could not be read", true),
            );
        }
    };
    built.request.deadline = target.deadline(&rules.flow_task());
    let policy = target.policy.as_ref().unwrap_or(&rules.policy);
    let exchange = engine.client().exchange(&built.request, policy).await;
    tell_phases(&exchange);
    let ended_at = engine.now();
    let (verdict, charged) = judge(target.profile, &exchange.outcome, ended_at);
    let attempt = attempt(job, at, &address.shown_url, built, exchange, &verdict);
    Sent {
        verdict,
        charged,
        ended_at,
        attempt,
    }
}

/// The verdict on an outcome, and whether a failure is the receiver's.
pub(super) fn judge(profile: Profile, outcome: &Result<Response, Failure>, ended_at: Micros) -> (Verdict, bool) {
    match outcome {
        Ok(response) => {
            let pause = response.header("retry-after").and_then(|value| retry_after(&value, ended_at));
            (profile.judge(response.status, pause, &response.body), true)
        }
        Err(failure) => (
            of_failure(failure),
            failure.blames_receiver() && !out_of_files(failure.code, &failure.message),
        ),
    }
}

/// The phases, as events of the attempt's span.
fn tell_phases(exchange: &Exchange) {
    let phases = &exchange.phases;
    for (phase, us) in [
        ("resolve", phases.resolve_us),
        ("connect", phases.connect_us),
        ("tls", phases.tls_us),
        ("first_byte", phases.first_byte_us),
        ("body", phases.body_us),
    ] {
        tracing::trace!(target: "watchbell::spans", phase, us);
    }
}

/// How long each phase took, as JSON.
pub(super) fn phases(exchange: &Exchange) -> String {
    let phases = &exchange.phases;
    format!(
        r#"{{"resolve_us":{},"connect_us":{},"tls_us":{},"first_byte_us":{},"body_us":{},"reused":{},"bytes_sent":{},"bytes_received":{}}}"#,
        phases.resolve_us,
        phases.connect_us,
        phases.tls_us,
        phases.first_byte_us,
        phases.body_us,
        exchange.reused,
        exchange.bytes_sent,
        exchange.bytes_received
    )
}

/// This process or machine has no file left for a connection (`EMFILE`, `ENFILE`).
fn out_of_files(code: FailureCode, message: &str) -> bool {
    code == FailureCode::ConnectFailed && ["(os error 23)", "(os error 24)"].iter().any(|code| message.contains(code))
}

fn of_failure(failure: &Failure) -> Verdict {
    let message = match &failure.refusal {
        Some(refusal) => format!("{} (rule `{}`)", failure.message, refusal.rule),
        None => failure.message.clone(),
    };
    Verdict::of_failure(failure.code.as_str(), &message, failure.transient)
}

fn unsent(engine: &Engine, job: &Job, at: Micros, verdict: Verdict) -> Sent {
    let attempt = Attempt {
        message: verdict.message.clone(),
        verdict: verdict.code.clone(),
        ..blank(job, at)
    };
    Sent {
        verdict,
        charged: false,
        ended_at: engine.now(),
        attempt,
    }
}

fn blank(job: &Job, at: Micros) -> Attempt {
    Attempt {
        id: id::new(id::ATTEMPT, at),
        delivery_id: job.delivery.id.clone(),
        webhook_id: job.delivery.webhook_id.clone(),
        event_id: job.delivery.event_id.clone(),
        event_type: job.delivery.event_type.clone(),
        number: job.delivery.attempts + 1,
        at,
        duration_us: 0,
        phases: "{}".to_owned(),
        success: false,
        verdict: String::new(),
        status_code: None,
        message: None,
        remote: None,
        http_version: None,
        method: String::new(),
        request_url: String::new(),
        request_headers: Vec::new(),
        request_body: Vec::new(),
        response_headers: None,
        response_body: None,
        response_truncated: false,
    }
}

fn attempt(job: &Job, at: Micros, url: &str, built: Built, exchange: Exchange, verdict: &Verdict) -> Attempt {
    let mut attempt = Attempt {
        duration_us: i64::try_from(exchange.total_us).unwrap_or(i64::MAX),
        phases: phases(&exchange),
        success: verdict.success,
        verdict: verdict.code.clone(),
        message: verdict.message.clone(),
        remote: exchange.remote.map(|remote| remote.to_string()),
        method: built.request.method.clone(),
        request_url: url.to_owned(),
        request_headers: built.shown_headers,
        request_body: Vec::from(built.shown_body),
        ..blank(job, at)
    };
    if let Ok(response) = exchange.outcome {
        attempt.status_code = Some(response.status);
        attempt.http_version = Some(response.version.as_str().to_owned());
        attempt.response_headers = Some(shown(&response));
        attempt.response_truncated = response.truncated;
        attempt.response_body = Some(Vec::from(response.body));
    }
    attempt
}

/// A receiver's headers as the log shows them.
pub(super) fn shown(response: &Response) -> Vec<(String, String)> {
    let show = |(name, value): &(String, bytes::Bytes)| {
        let credential = mask::is_credential(name);
        let value = if credential {
            mask::MASK.to_owned()
        } else {
            String::from_utf8_lossy(value).replace('\0', "\u{FFFD}")
        };
        (name.clone(), value)
    };
    response.headers.iter().map(show).collect()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_node_without_files_does_not_blame_the_receiver() {
        let failed = |code| {
            let error = io::Error::from_raw_os_error(code);
            out_of_files(FailureCode::ConnectFailed, &format!("the connection could not be made: {error}"))
        };
        assert!(failed(23) && failed(24));
        assert!(!failed(113), "no route to the host is the receiver's");
    }
}
