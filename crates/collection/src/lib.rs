//! Postman documents and their runner.
//!
//! A document is read by [`load`] into the typed model of [`mod@format`], which keeps the raw
//! JSON beside it so that nothing is lost on export. [`runner`] walks the items in the
//! order that [`order`] decides, lets scripts run behind [`script`], turns each request
//! into bytes with [`request`] and hands it to a [`transport`]. What happened goes to a
//! [`report::RunObserver`] while it happens. The crate opens no connection, reads no file
//! and knows no clock by itself: all three are arguments.

pub mod auth;
pub mod body;
pub mod certificates;
pub mod changes;
pub mod cookies;
pub mod data;
pub mod dynamic;
pub mod files;
pub mod format;
pub mod load;
pub mod order;
pub mod proxies;
pub mod redirect;
pub mod report;
pub mod request;
pub mod runner;
pub mod script;
pub mod tls;
pub mod transport;
pub mod uid;
pub mod url;
pub mod variables;

pub use data::IterationData;
pub use format::{Collection, Environment};
pub use load::{LoadError, parse_collection, parse_environment, parse_globals};
pub use runner::{RunOptions, RunSpec, Runner};
