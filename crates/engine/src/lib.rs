//! The stages, left to right: schedule, run, publish, deliver; and, from the outside, receive.
//!
//! Every stage follows one pattern: claim rows, ask a pure decision of `domain`, and commit one transaction that finishes
//! these rows and inserts the next stage's. Tables hand over; a signal only wakes. Nothing here holds a transaction over a
//! network call, and no stage calls the next one.

mod accept;
pub mod activity;
pub mod certificate;
pub mod config;
pub mod deliver;
mod engine;
pub mod error;
pub mod filters;
#[cfg(test)]
mod fixture;
pub mod incidents;
mod lanes;
mod mail;
mod mask;
pub mod metrics;
mod notify;
mod policies;
pub mod publish;
pub mod receive;
pub mod replay;
pub mod rules;
pub mod run;
mod running;
pub mod schedule;
pub mod sealed;
pub mod spans;
mod stage;
mod sweep;
pub mod webhooks;

pub use config::{EgressSettings, EngineConfig, Retention};
pub use engine::Engine;
pub use error::ActionError;
pub use running::Running;
