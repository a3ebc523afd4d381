//! Group commit: waiting writes share one transaction of the database, and so one fsync.
//!
//! Each but the first runs in a savepoint of its own, so that one that fails is undone alone; where the first fails, there
//! is nothing else to be kept yet. All are answered after the common commit; if that fails, all of them failed.

use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use rusqlite::Connection;

use super::{bind::Placeholders, job::Job, readers::execute, tx::SqliteTx, writer::Message};
use crate::{
    error::{Error, Result},
    signal::{Pending, Signals},
};

/// Writes in a group at most.
const GROUP_SIZE: usize = 512;

/// A group takes no more writes after this long.
const GROUP_TIME: Duration = Duration::from_millis(5);

/// The buffers of a group and what is known of the statements, used again for the next one.
#[derive(Default)]
pub(super) struct Group {
    jobs: Vec<Box<dyn Job>>,
    signals: Pending,
    placeholders: Placeholders,
}

impl Group {
    /// Runs `first` and what waits behind it, commits and answers. Returns the message that ended the group, if it was
    /// not a write.
    pub(super) fn run(
        &mut self,
        connection: &Connection,
        first: Box<dyn Job>,
        queue: &Receiver<Message>,
        signals: &Signals,
    ) -> Option<Message> {
        if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
            first.finish(Err(error));
            return None;
        }
        let (gathered, left) = self.gather(connection, first, queue);
        let committed = gathered.and_then(|()| execute(connection, "COMMIT"));
        if let Err(error) = &committed {
            tracing::error!(%error, writes = self.jobs.len(), "a group of writes could not be committed");
            self.signals.clear();
            if !connection.is_autocommit()
                && let Err(error) = execute(connection, "ROLLBACK")
            {
                tracing::error!(%error, "a failed group could not be rolled back");
            }
        }
        // Signals first: whoever gets an answer may count on the stages having been woken.
        signals.send(&mut self.signals);
        for job in self.jobs.drain(..) {
            job.finish(committed.clone());
        }
        left
    }

    /// Runs writes until none waits or a bound is reached.
    fn gather(&mut self, connection: &Connection, first: Box<dyn Job>, queue: &Receiver<Message>) -> (Result<()>, Option<Message>) {
        let end = Instant::now() + GROUP_TIME;
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            if !job.is_abandoned() {
                let result = if self.jobs.is_empty() {
                    self.run_first(connection, &mut *job)
                } else {
                    self.run_one(connection, &mut *job)
                };
                self.jobs.push(job);
                if result.is_err() {
                    return (result, None);
                }
            }
            if self.jobs.len() >= GROUP_SIZE || Instant::now() >= end {
                break;
            }
            match queue.try_recv() {
                Ok(Message::Job(job)) => next = Some(job),
                Ok(other) => return (Ok(()), Some(other)),
                Err(_) => break,
            }
        }
        (Ok(()), None)
    }

    /// Runs the first write, without a savepoint, which would copy every page that it changes.
    fn run_first(&mut self, connection: &Connection, job: &mut dyn Job) -> Result<()> {
        if self.run_job(connection, job)? {
            return Ok(());
        }
        execute(connection, "ROLLBACK")?;
        execute(connection, "BEGIN IMMEDIATE")
    }

    /// Runs one write in its savepoint. An error means that the whole group is lost.
    fn run_one(&mut self, connection: &Connection, job: &mut dyn Job) -> Result<()> {
        execute(connection, "SAVEPOINT one")?;
        if !self.run_job(connection, job)? {
            execute(connection, "ROLLBACK TO one")?;
        }
        execute(connection, "RELEASE one")
    }

    /// Runs a write and says whether it is to be kept.
    fn run_job(&mut self, connection: &Connection, job: &mut dyn Job) -> Result<bool> {
        let mark = self.signals.mark();
        let keep = job.run(&mut SqliteTx::new(connection, &mut self.placeholders, &mut self.signals));
        if connection.is_autocommit() {
            // SQLite gave up the transaction on its own, as it does when the disk is full.
            return Err(Error::Unavailable(
                "a write of the same group was given up by the database".to_owned(),
            ));
        }
        if !keep {
            self.signals.restore(mark);
        }
        Ok(keep)
    }
}
