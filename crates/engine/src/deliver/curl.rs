//! A delivery's request as a command for the shell, built and signed as the next attempt would be.

use std::sync::Arc;

use domain::{
    Micros, Problem, clock,
    curl::{self, Request},
};
use store::tables::{deliveries::Delivery, sources::Source, webhooks::Webhook};

use super::{Job, Target, build};
use crate::engine::Engine;

/// The command. It holds the webhook's secrets: own headers, and a source's token.
///
/// # Errors
/// 409 when there is nothing that could be sent: the secret cannot be read, the profile cannot render the event.
pub fn curl(
    engine: &Engine,
    webhook: &Webhook,
    source: Option<&Source>,
    delivery: Delivery,
    event: domain::event::Event,
    now: Micros,
) -> Result<String, Problem> {
    let target = Target::open(engine, webhook, source);
    let address = target.address.as_ref().map_err(|why| Problem::conflict(why.clone()))?;
    let job = Job {
        delivery,
        event: Arc::new(event),
    };
    let built = build::build(&target, address, &job, now).map_err(|problem| Problem::conflict(problem.detail))?;
    let mut comment = format!(
        "The request of {} as it would be sent at {}, signed for that time:\n\
         receivers that check the time take it for some minutes only; copy it again after that.\n\
         It holds the webhook's secrets; treat it like a password.",
        job.delivery.id,
        clock::rfc3339(now)
    );
    if built.request.client_certificate.is_some() {
        comment.push_str("\nThe webhook shows a client certificate too: add `--cert FILE --key FILE`.");
    }
    let request = Request {
        method: &built.request.method,
        url: &built.request.url,
        headers: &built.request.headers,
        body: built.request.body.as_deref(),
        verify_tls: target.options.verify_tls,
    };
    Ok(curl::command(&comment, request))
}
