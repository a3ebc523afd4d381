//! The stages on real stores, with a receiver on this machine and a clock that the tests turn.
//!
//! Tests wait on the store's signals and on the receiver, never for a time.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests are tests too")]

#[path = "engine/support.rs"]
mod support;

#[path = "engine/answers.rs"]
mod answers;
#[path = "engine/case.rs"]
mod case;
#[path = "engine/certificates.rs"]
mod certificates;
#[path = "engine/coalesce.rs"]
mod coalesce;
#[path = "engine/deliver.rs"]
mod deliver;
#[path = "engine/filters.rs"]
mod filters;
#[path = "engine/frames.rs"]
mod frames;
#[path = "engine/guard.rs"]
mod guard;
#[path = "engine/identity.rs"]
mod identity;
#[path = "engine/incidents.rs"]
mod incidents;
#[path = "engine/isolation.rs"]
mod isolation;
#[path = "engine/load.rs"]
mod load;
#[path = "engine/mail.rs"]
mod mail;
#[path = "engine/misbehaving.rs"]
mod misbehaving;
#[path = "engine/misbehaving_h2.rs"]
mod misbehaving_h2;
#[path = "engine/misbehaving_tls.rs"]
mod misbehaving_tls;
#[path = "engine/misbehaviours.rs"]
mod misbehaviours;
#[path = "engine/operational.rs"]
mod operational;
#[path = "engine/order.rs"]
mod order;
#[path = "engine/profiles.rs"]
mod profiles;
#[path = "engine/publish.rs"]
mod publish;
#[path = "engine/raw.rs"]
mod raw;
#[path = "engine/replay.rs"]
mod replay;
#[path = "engine/replay_off.rs"]
mod replay_off;
#[path = "engine/retry.rs"]
mod retry;
#[path = "engine/runs.rs"]
mod runs;
#[path = "engine/settings.rs"]
mod settings;
#[path = "engine/sweep.rs"]
mod sweep;
#[path = "engine/unreadable.rs"]
mod unreadable;
