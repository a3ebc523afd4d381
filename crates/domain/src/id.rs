//! Ids: a prefix that says what it is, and a UUID v7 that sorts by time (RFC 9562).
//!
//! Entities of Postman's world (collections, environments, monitors) have bare UUIDs, as
//! Postman's have; their uid is `<user id>-<entity id>`.

use uuid::{NoContext, Timestamp, Uuid};

use crate::clock::{Micros, SECOND};

pub const EVENT: &str = "evt";
pub const DELIVERY: &str = "dlv";
pub const ATTEMPT: &str = "att";
pub const WEBHOOK: &str = "whk";
pub const WORKSPACE: &str = "wsp";
pub const RUN: &str = "run";
pub const SOURCE: &str = "src";
pub const RECEIPT: &str = "rcp";
pub const INCIDENT: &str = "inc";
pub const ENTRY: &str = "ent";
pub const BIN_REQUEST: &str = "req";
pub const NOTICE: &str = "ntc";
pub const ACTIVITY: &str = "act";
pub const TOKEN: &str = "tok";

/// A new id such as `evt_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d`. Its random part comes from the
/// operating system: the one thing of this crate that is not a function of its arguments.
pub fn new(prefix: &str, now: Micros) -> String {
    format!("{prefix}_{}", v7(now).simple())
}

/// A new bare UUID for an entity that Postman also knows.
pub fn entity(now: Micros) -> String {
    v7(now).to_string()
}

/// Postman's uid of an entity.
pub fn uid(user_id: &str, entity_id: &str) -> String {
    format!("{user_id}-{entity_id}")
}

fn v7(now: Micros) -> Uuid {
    let seconds = u64::try_from(now.div_euclid(SECOND)).unwrap_or(0);
    let nanos = u32::try_from(now.rem_euclid(SECOND) * 1_000).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, nanos))
}
