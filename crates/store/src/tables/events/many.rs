//! Storing many events in a few statements, with an answer for each.
//!
//! What is known already is looked up before, a group at a time, so that the rest can be sent ahead of its answers.

use std::collections::HashMap;

use domain::{Micros, event::Event};

use super::{BY_IDS, BY_KEYS, Error, INSERT, Inserted, Publish, Result, Stored, values};
use crate::{
    sql::{Tx, Value},
    tables::all,
};

/// Keys looked up at once: as many as the statements have placeholders.
const GROUP: usize = 16;

/// Stores events as [`super::insert`] does, one after the other: the second of two with the same key is a repeat of the first.
/// The answers are in the order of `events`. One without a key has an id that was made for it and that nobody else has.
///
/// # Errors
/// [`Error::Conflict`] on `events (id)` if another workspace has an event of one of the ids; [`Error::Deadlock`] if one of them
/// is being stored by another transaction: nothing may be kept of this one then.
pub fn insert_many(tx: &mut dyn Tx, events: &[(&Event, Publish<'_>)], now: Micros) -> Result<Vec<Inserted>> {
    let mut known = Known::default();
    known.look_up(tx, events)?;
    let mut answers = Vec::with_capacity(events.len());
    let mut rows = Vec::with_capacity(events.len());
    for (event, publish) in events {
        if let Some(stored) = known.find(event, *publish) {
            answers.push(stored.repeat(event, *publish)?);
        } else {
            // Some microseconds apart: that is the order in which lists and replays have them, whatever their ids.
            let place = Micros::try_from(rows.len()).unwrap_or(0);
            rows.push(values(event, *publish, now.saturating_add(place)).to_vec());
            known.add(Stored::of(event, *publish));
            answers.push(Inserted::New);
        }
    }
    let stored = tx.execute_many(INSERT, &rows)?;
    if stored == rows.len() as u64 {
        Ok(answers)
    } else {
        Err(Error::Deadlock(
            "the same events are being published by someone else at this moment".to_owned(),
        ))
    }
}

/// Events that are stored, by what makes them the same.
#[derive(Default)]
struct Known {
    stored: Vec<Stored>,
    by_id: HashMap<String, usize>,
    by_key: HashMap<(String, String), usize>,
}

impl Known {
    fn look_up(&mut self, tx: &mut dyn Tx, events: &[(&Event, Publish<'_>)]) -> Result<()> {
        // One without a key has an id that was made a moment ago.
        let own: Vec<&str> = events
            .iter()
            .filter_map(|(event, publish)| publish.map(|_| event.id.as_str()))
            .collect();
        for group in own.chunks(GROUP) {
            let ids = padded(group.iter().copied());
            all(tx, BY_IDS, &ids, Stored::read)?.into_iter().for_each(|stored| self.add(stored));
        }
        for workspace in events.chunk_by(|(a, _), (b, _)| a.workspace_id == b.workspace_id) {
            let Some((first, _)) = workspace.first() else { continue };
            let keys: Vec<&str> = workspace.iter().filter_map(|(_, publish)| publish.map(|(key, _)| key)).collect();
            for group in keys.chunks(GROUP) {
                let mut params = padded(group.iter().copied());
                params.push(Value::from(&first.workspace_id));
                all(tx, BY_KEYS, &params, Stored::read)?
                    .into_iter()
                    .for_each(|stored| self.add(stored));
            }
        }
        Ok(())
    }

    fn add(&mut self, stored: Stored) {
        let at = self.stored.len();
        self.by_id.insert(stored.id.clone(), at);
        if let Some(key) = &stored.publish_key {
            self.by_key.insert((stored.workspace_id.clone(), key.clone()), at);
        }
        self.stored.push(stored);
    }

    fn find(&self, event: &Event, publish: Publish<'_>) -> Option<&Stored> {
        let by_key = publish.and_then(|(key, _)| self.by_key.get(&(event.workspace_id.clone(), key.to_owned())));
        by_key.or_else(|| self.by_id.get(&event.id)).and_then(|at| self.stored.get(*at))
    }
}

/// A parameter for each placeholder: the first value again where there are no more. (None at all is the caller's case.)
fn padded<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Value> {
    let mut params: Vec<Value> = values.map(Value::from).collect();
    let first = params.first().cloned().unwrap_or(Value::Null);
    params.resize(GROUP, first);
    params
}
