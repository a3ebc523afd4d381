//! The log of a webhook: its requests with their responses.

use anyhow::Result;
use serde_json::Value;

use super::{
    super::{
        remote::{
            Server,
            lists::{Look, PageArgs},
        },
        text::{self, cell, state},
    },
    of,
};

const LOG: Look = Look {
    head: &[
        "time",
        "attempt",
        "delivery",
        "number",
        "event type",
        "result",
        "status",
        "duration",
        "message",
    ],
    row: |attempt: &Value| {
        let plain = |name: &str| cell(text::of(attempt, name));
        let result = state(if attempt["success"] == true { "success" } else { "failure" });
        let (time, duration) = (cell(text::time(attempt, "at")), cell(text::ms(&attempt["duration_us"])));
        let (status, message) = (plain("status_code"), plain("message"));
        vec![
            time,
            plain("id"),
            plain("delivery_id"),
            plain("number"),
            plain("event_type"),
            result,
            status,
            duration,
            message,
        ]
    },
    empty: "nothing was sent yet",
};

pub async fn list(server: &Server, webhook: &str, page: &PageArgs) -> Result<()> {
    server.list(&of(server, webhook, &["attempts"]).await?, &[], page, &LOG).await
}
