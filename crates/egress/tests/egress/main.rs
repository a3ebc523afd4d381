//! The guarded client from outside: its verdicts, and exchanges with receivers that behave in every bad way.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod exchange;
mod guard;
mod http2;
mod keepalive;
mod limits;
mod mail;
mod parsing;
mod peer;
mod proxy;
mod resolver;
mod support;
mod tls;
