//! Tests of the whole program from outside: the built binary, its HTTP interfaces, its
//! command line and its pages, on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test says what went wrong by failing"
)]

mod cli;
mod clients;
mod conformance;
mod crash;
mod flow;
mod outage;
mod secrets;
mod support;
#[cfg(feature = "otel")]
mod traces;
mod ui;
