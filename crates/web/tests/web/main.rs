//! The whole router over a real store, as a client sees it; only the network is missing.

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
