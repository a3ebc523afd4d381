//! The whole router over a real store, as a client sees it; only the network is missing.

#![allow(clippy::unwrap_used, reason = "a helper that fails, fails the test that called it")]

mod auth;
mod bins;
mod certificates;
mod collections;
mod egress;
mod event_types;
mod filters;
mod inbound;
mod mail;
mod monitors;
mod openapi;
mod problems;
mod profiles;
mod publish;
mod replays;
mod settings;
mod sources;
mod support;
mod testmonitor;
mod webhooks;
