//! Scripts through a real child process: what they see, what comes back, what they cannot do.

#[path = "script/bench.rs"]
mod bench;
#[path = "script/api.rs"]
mod api;
#[path = "script/calls.rs"]
mod calls;
#[path = "script/legacy.rs"]
mod legacy;
#[path = "script/libraries.rs"]
mod libraries;
#[path = "script/limits.rs"]
mod limits;
