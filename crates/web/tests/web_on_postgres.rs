//! The suite `web` once more, on PostgreSQL: both databases must look the same from outside.

#![allow(clippy::unwrap_used, reason = "a helper that fails, fails the test that called it")]

#[path = "web/auth.rs"]
mod auth;
#[path = "web/bins.rs"]
mod bins;
#[path = "web/certificates.rs"]
mod certificates;
#[path = "web/collections.rs"]
mod collections;
#[path = "web/egress.rs"]
mod egress;
#[path = "web/event_types.rs"]
mod event_types;
#[path = "web/filters.rs"]
mod filters;
#[path = "web/inbound.rs"]
mod inbound;
#[path = "web/mail.rs"]
mod mail;
#[path = "web/monitors.rs"]
mod monitors;
#[path = "web/problems.rs"]
mod problems;
#[path = "web/profiles.rs"]
mod profiles;
#[path = "web/publish.rs"]
mod publish;
#[path = "web/replays.rs"]
mod replays;
#[path = "web/settings.rs"]
mod settings;
#[path = "web/sources.rs"]
mod sources;
#[path = "web/support.rs"]
mod support;
#[path = "web/testmonitor.rs"]
mod testmonitor;
#[path = "web/webhooks.rs"]
mod webhooks;
