//! The checkpointer: moves the bulk of the write-ahead log into the database file beside the writer, which goes on meanwhile.
//!
//! It works in passes, each over what was committed during the one before, until little is left. That little is the writer's
//! to move between two groups: only while nobody writes can the log come to its end and start afresh.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;

use super::{connection, failure};
use crate::error::{Error, Result};

/// Passes at most: under full load there is always more.
const PASSES: usize = 3;

/// Pages that one pass moved when little is left.
const LITTLE: i64 = 512;

/// The writer's end of it. The thread ends when this is dropped.
pub(super) struct Checkpointer {
    asks: Sender<()>,
    at_work: Arc<AtomicBool>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self> {
        let connection = connection::checkpointer(path)?;
        let (asks, asked) = crossbeam_channel::bounded(1);
        let at_work = Arc::new(AtomicBool::new(false));
        let working = Arc::clone(&at_work);
        std::thread::Builder::new()
            .name("sqlite-checkpointer".to_owned())
            .spawn(move || run(&connection, &asked, &working))
            .map_err(|error| Error::Unavailable(format!("cannot start the checkpoint thread: {error}")))?;
        Ok(Self { asks, at_work })
    }

    /// Asks for the log to be moved.
    pub(super) fn ask(&self) {
        self.at_work.store(true, Ordering::Release);
        if self.asks.try_send(()).is_err() {
            self.at_work.store(false, Ordering::Release);
        }
    }

    /// Whether it has not finished what it was asked for.
    pub(super) fn is_at_work(&self) -> bool {
        self.at_work.load(Ordering::Acquire)
    }
}

fn run(connection: &Connection, asked: &Receiver<()>, working: &AtomicBool) {
    for () in asked {
        if let Err(error) = passes(connection) {
            tracing::warn!(%error, "a checkpoint failed");
        }
        working.store(false, Ordering::Release);
    }
}

fn passes(connection: &Connection) -> Result<()> {
    let mut before = 0;
    for _ in 0..PASSES {
        let moved = checkpoint(connection, "PASSIVE")?;
        // Fewer than before: the log started afresh.
        if moved - before <= LITTLE {
            break;
        }
        before = moved;
    }
    Ok(())
}

/// Makes a checkpoint and returns how many of the log's pages are in the database file by now.
pub(super) fn checkpoint(connection: &Connection, mode: &str) -> Result<i64> {
    connection
        .query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get(2))
        .map_err(failure::translate)
}
