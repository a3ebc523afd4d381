//! The writer thread: groups of writes, and checkpoints between them.
//!
//! A checkpoint moves the log into the database file. None happens within a commit. When the log outgrew a bound, the
//! checkpointer moves the bulk of it while the writer goes on, and the writer the little that is left, between two groups; when
//! the writer has been idle for a moment, it moves all. While there is nothing to move it sleeps without a timer.

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

use super::{
    checkpointer::{Checkpointer, checkpoint},
    connection::BUSY_TIMEOUT,
    group::Group,
    job::Job,
};
use crate::{error::Error, signal::Signals};

/// How long the writer is idle before it makes a checkpoint.
const IDLE: Duration = Duration::from_millis(250);

/// Pages in the log (of 4 KiB) after which the checkpointer is asked, and again after as many more.
const CHECKPOINT_PAGES: i64 = 8192;

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
    /// There until the end.
    checkpointer: Option<Checkpointer>,
    /// The checkpointer was asked, and the rest is to be moved when it is ready.
    rest_follows: bool,
    /// The log size at which the checkpointer is asked next.
    checkpoint_at: i64,
}

impl Writer {
    pub(super) fn new(connection: Connection, checkpointer: Checkpointer, queue: Receiver<Message>, signals: Arc<Signals>) -> Self {
        Self {
            connection,
            queue,
            signals,
            group: Group::default(),
            log_pages: Arc::default(),
            checkpointer: Some(checkpointer),
            rest_follows: false,
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
        while self.log_pages.load(Ordering::Relaxed) > 0 {
            match self.queue.recv_timeout(IDLE) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if self.is_checkpointer_at_work() => {}
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
            (self.checkpoint_at, self.rest_follows) = (CHECKPOINT_PAGES, false);
        } else if self.is_checkpointer_at_work() {
            // Two at once would be in each other's way.
        } else if self.rest_follows {
            self.rest_follows = false;
            self.checkpoint("PASSIVE");
            // If a reader still needs the log's end, it is not tried again at every commit.
            self.checkpoint_at = pages + CHECKPOINT_PAGES;
        } else if pages >= self.checkpoint_at && pages >= TRUNCATE_PAGES {
            self.truncate_soon();
            self.checkpoint_at = pages + CHECKPOINT_PAGES;
        } else if pages >= self.checkpoint_at {
            self.checkpointer.iter().for_each(Checkpointer::ask);
            self.rest_follows = true;
        }
    }

    fn is_checkpointer_at_work(&self) -> bool {
        self.checkpointer.as_ref().is_some_and(Checkpointer::is_at_work)
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
        // Two at once would be in each other's way.
        self.checkpointer.take().into_iter().for_each(Checkpointer::end);
        if let Err(error) = checkpoint(&self.connection, "TRUNCATE") {
            tracing::warn!(%error, "the log could not be moved into the database file; it stands beside it, and both belong together");
        }
    }

    /// A failed checkpoint loses nothing: the log keeps the data, and the next one tries again.
    fn checkpoint(&self, mode: &str) {
        match checkpoint(&self.connection, mode) {
            Ok(_) => {}
            Err(error @ Error::Busy(_)) => tracing::debug!(%error, mode, "a checkpoint is left for later"),
            Err(error) => tracing::warn!(%error, mode, "a checkpoint failed"),
        }
    }
}
