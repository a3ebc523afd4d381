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
    thread::JoinHandle,
};

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;

use super::{connection, failure};
use crate::error::{Error, Result};

/// Passes at most: under full load there is always more.
const PASSES: usize = 3;

/// Pages that one pass moved when little is left.
const LITTLE: i64 = 512;

/// The writer's end of it.
pub(super) struct Checkpointer {
    asks: Sender<()>,
    at_work: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self> {
        let connection = connection::checkpointer(path)?;
        let (asks, asked) = crossbeam_channel::bounded(1);
        let at_work = Arc::new(AtomicBool::new(false));
        let working = Arc::clone(&at_work);
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpointer".to_owned())
            .spawn(move || run(connection, &asked, &working))
            .map_err(|error| Error::Unavailable(format!("cannot start the checkpoint thread: {error}")))?;
        Ok(Self { asks, at_work, thread })
    }

    /// Waits until it has finished and closed its connection.
    pub(super) fn end(self) {
        drop(self.asks);
        if self.thread.join().is_err() {
            tracing::error!("the checkpoint thread of the database panicked");
        }
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
        self.at_work.load(Ordering::Acquire) && !self.thread.is_finished()
    }
}

fn run(connection: Connection, asked: &Receiver<()>, working: &AtomicBool) {
    for () in asked {
        if let Err(error) = passes(&connection) {
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
///
/// # Errors
/// [`Error::Busy`] if somebody was in its way: another checkpoint, or readers that a mode waits for.
pub(super) fn checkpoint(connection: &Connection, mode: &str) -> Result<i64> {
    let pragma = format!("PRAGMA wal_checkpoint({mode})");
    let (busy, moved): (bool, i64) = connection
        .query_row(&pragma, [], |row| Ok((row.get(0)?, row.get(2)?)))
        .map_err(failure::translate)?;
    if busy {
        return Err(Error::Busy(format!("a {mode} checkpoint of the log met another one or a reader")));
    }
    Ok(moved)
}
