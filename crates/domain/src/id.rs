//! Ids: a prefix that says what it is, and a UUID v7 that sorts by time (RFC 9562).
//!
//! Entities of Postman's world (collections, environments, monitors) have bare UUIDs, as
//! Postman's have; their uid is `<user id>-<entity id>`.

use std::sync::Mutex;

use uuid::{ContextV7, Timestamp, Uuid};

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
pub const REPLAY: &str = "rpl";
pub const MAIL: &str = "mai";

/// Counts within a millisecond, so that the ids of one process sort in the order in which they were made: entries of one
/// transaction, events of one batch.
static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new id such as `evt_0190b5c2f0e47c3a9b1d2e3f4a5b6c7d`. Its random part comes from the
/// operating system, its order from a counter: the one thing of this crate that is not a function of its arguments.
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
    Uuid::new_v7(Timestamp::from_unix(&ORDER, seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_sort_in_the_order_in_which_they_were_made() {
        let ids: Vec<String> = (0..1_000).map(|_| new(ENTRY, 1_800_000_000 * SECOND)).collect();
        assert!(ids.is_sorted());
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
