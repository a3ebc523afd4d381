//! Scripts through a real child process: what they see, what comes back, what they cannot do.

#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

#[path = "script/api.rs"]
mod api;
#[path = "script/bench.rs"]
mod bench;
#[path = "script/big.rs"]
mod big;
#[path = "script/calls.rs"]
mod calls;
#[path = "script/child.rs"]
mod child;
#[path = "script/legacy.rs"]
mod legacy;
#[path = "script/libraries.rs"]
mod libraries;
#[path = "script/limits.rs"]
mod limits;
