//! The whole router over a real store, as a client sees it; only the network is missing.

#![allow(clippy::unwrap_used, reason = "a helper that fails, fails the test that called it")]

mod auth;
mod bins;
mod collections;
mod inbound;
mod monitors;
mod openapi;
mod problems;
mod publish;
mod sources;
mod support;
mod webhooks;
