//! The writer thread: groups of writes, and checkpoints between them.
//!
//! A checkpoint moves the log into the database file. None happens within a commit; the writer makes one when it has been
//! idle for a moment, or when the log outgrew a bound. While there is nothing to move it sleeps without a timer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{connection::BUSY_TIMEOUT, failure, group::Group, job::Job};
use crate::{error::Result, signal::Signals};

/// How long the writer is idle before it makes a checkpoint.
const IDLE: Duration = Duration::from_millis(250);

/// Pages in the log (of 4 KiB) after which a busy writer makes a checkpoint, and again after as many more.
const CHECKPOINT_PAGES: i64 = 4096;

/// Pages in the log after which readers are waited for, so that it starts afresh.
const TRUNCATE_PAGES: i64 = 65_536;

/// How long writes may stand still while readers are waited for.
const TRUNCATE_WAIT: Duration = Duration::from_millis(100);

/// What the writer is asked for.
pub(super) enum Message {
    /// A write.
    Job(Box<dyn Job>),
    /// The end, after all writes before it; answered when everything is in the database file.
    Close(oneshot::Sender<()>),
}

/// The state of the writer thread.
pub(super) struct Writer {
    connection: Connection,
    queue: Receiver<Message>,
    signals: Arc<Signals>,
    group: Group,
    /// Pages in the log after the last commit; shared with the hook only, so no ordering is needed.
    log_pages: Arc<AtomicI64>,
    /// The log size at which the next checkpoint is made.
    checkpoint_at: i64,
}

impl Writer {
    pub(super) fn new(connection: Connection, queue: Receiver<Message>, signals: Arc<Signals>) -> Self {
        Self {
            connection,
            queue,
            signals,
            group: Group::default(),
            log_pages: Arc::default(),
            checkpoint_at: CHECKPOINT_PAGES,
        }
    }

    /// Works until it is told to close or nobody is left to ask.
    pub(super) fn run(mut self) {
        self.count_log_pages();
        let mut asked = self.next();
        while let Some(message) = asked {
            asked = match message {
                Message::Job(first) => {
                    let left = self.group.run(&self.connection, first, &self.queue, &self.signals);
                    self.checkpoint_if_large();
                    left.or_else(|| self.next())
                }
                Message::Close(done) => {
                    self.end();
                    // An error means that whoever closed does not wait.
                    let _ = done.send(());
                    return;
                }
            };
        }
        self.end();
    }

    fn count_log_pages(&mut self) {
        let log_pages = Arc::clone(&self.log_pages);
        let hook = move |_: &mut rusqlite::hooks::Wal, pages| {
            log_pages.store(i64::from(pages), Ordering::Relaxed);
            Ok(())
        };
        if let Err(error) = self.connection.wal_hook(Some(hook)) {
            tracing::warn!(%error, "the write-ahead log is not watched; it is moved only at the end");
        }
    }

    /// Waits for the next message; makes a checkpoint if there is none for a while.
    fn next(&mut self) -> Option<Message> {
        if self.log_pages.load(Ordering::Relaxed) > 0 {
            match self.queue.recv_timeout(IDLE) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    self.checkpoint("PASSIVE");
                    self.log_pages.store(0, Ordering::Relaxed);
                }
            }
        }
        self.queue.recv().ok()
    }

    fn checkpoint_if_large(&mut self) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if pages < CHECKPOINT_PAGES {
            // The log started afresh.
            self.checkpoint_at = CHECKPOINT_PAGES;
        } else if pages >= self.checkpoint_at {
            if pages >= TRUNCATE_PAGES {
                self.truncate_soon()
            } else {
                self.checkpoint("PASSIVE")
            }
            // If a reader still needs the log's end, it is not tried again at every commit.
            self.checkpoint_at = pages + CHECKPOINT_PAGES;
        }
    }

    /// Empties the log unless a long read holds it.
    fn truncate_soon(&self) {
        let waiting = self.connection.busy_timeout(TRUNCATE_WAIT);
        self.checkpoint("TRUNCATE");
        if let Err(error) = waiting.and_then(|()| self.connection.busy_timeout(BUSY_TIMEOUT)) {
            tracing::warn!(%error, "the time to wait for locks could not be set");
        }
    }

    // No `PRAGMA optimize`: statistics of a nearly empty table make the planner scan it when it has grown. Without any, it
    // takes the indexes, as `tables::plans` checks.
    fn end(&mut self) {
        self.checkpoint("TRUNCATE");
    }

    /// A failed checkpoint loses nothing: the log keeps the data, and the next one tries again.
    fn checkpoint(&self, mode: &str) {
        let made: Result<()> = self
            .connection
            .query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))
            .map_err(failure::translate);
        if let Err(error) = made {
            tracing::warn!(%error, mode, "a checkpoint failed");
        }
    }
}
