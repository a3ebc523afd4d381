//! The stages on real stores, with a receiver on this machine and a clock that the tests turn.
//!
//! Tests wait on the store's signals and on the receiver, never for a time.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

#[path = "engine/support.rs"]
mod support;

#[path = "engine/deliver.rs"]
mod deliver;
#[path = "engine/incidents.rs"]
mod incidents;
#[path = "engine/isolation.rs"]
mod isolation;
#[path = "engine/load.rs"]
mod load;
#[path = "engine/publish.rs"]
mod publish;
#[path = "engine/retry.rs"]
mod retry;
#[path = "engine/runs.rs"]
mod runs;
#[path = "engine/unreadable.rs"]
mod unreadable;
