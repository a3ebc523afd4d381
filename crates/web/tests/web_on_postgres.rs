//! The suite `web` once more, on PostgreSQL: both databases must look the same from outside.

#![allow(clippy::unwrap_used, reason = "a helper that fails, fails the test that called it")]

#[path = "web/auth.rs"]
mod auth;
#[path = "web/bins.rs"]
mod bins;
#[path = "web/collections.rs"]
mod collections;
#[path = "web/inbound.rs"]
mod inbound;
#[path = "web/monitors.rs"]
mod monitors;
#[path = "web/problems.rs"]
mod problems;
#[path = "web/publish.rs"]
mod publish;
#[path = "web/sources.rs"]
mod sources;
#[path = "web/support.rs"]
mod support;
#[path = "web/webhooks.rs"]
mod webhooks;
