//! Types and decisions of Watchbell.
//!
//! Nothing here does I/O, awaits, or asks for the time: `now` and `seed` are arguments.
//! A stage of the engine claims rows, asks a function of this crate what follows, and
//! commits the answer in one transaction.

pub mod account;
pub mod activity;
pub mod clock;
pub mod curl;
pub mod delivery;
pub mod dispatch;
pub mod event;
pub mod filter;
pub mod id;
pub mod incident;
pub mod limits;
pub mod mail;
pub mod mapping;
pub mod monitor_result;
pub mod near;
pub mod observation;
pub mod operational;
pub mod pace;
pub mod problem;
pub mod profile;
pub mod replay;
pub mod retry;
pub mod run;
pub mod schedule;
pub mod secret;
pub mod settings;
pub mod settlement;
pub mod sign;
pub mod source;
pub mod template;
pub mod trigger;
pub mod webhook;
pub mod why;

pub use clock::{Clock, Micros};
pub use problem::Problem;
