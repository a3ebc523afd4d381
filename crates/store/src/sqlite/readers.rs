//! The reader threads: each takes the next waiting read and serves it from a snapshot.

use std::path::Path;

use crossbeam_channel::{Receiver, Sender};
use rusqlite::Connection;

use super::{bind::Placeholders, connection, failure, job::Job, tx::SqliteTx};
use crate::{
    error::{Error, Result},
    signal::Pending,
};

/// Starts `count` readers. They end when the sender is dropped.
pub(super) fn start(path: &Path, count: usize) -> Result<Sender<Box<dyn Job>>> {
    let (sender, queue) = crossbeam_channel::unbounded();
    for number in 1..=count {
        let connection = connection::reader(path)?;
        let queue: Receiver<Box<dyn Job>> = queue.clone();
        std::thread::Builder::new()
            .name(format!("sqlite-reader-{number}"))
            .spawn(move || {
                let mut placeholders = Placeholders::default();
                for job in queue {
                    if !job.is_abandoned() {
                        serve(&connection, &mut placeholders, job);
                    }
                }
            })
            .map_err(|error| Error::Unavailable(format!("cannot start a reader thread: {error}")))?;
    }
    Ok(sender)
}

/// Runs one read: all its statements see one state of the database.
fn serve(connection: &Connection, placeholders: &mut Placeholders, mut job: Box<dyn Job>) {
    let mut ignored = Pending::default();
    let begun = execute(connection, "BEGIN").map(|()| {
        job.run(&mut SqliteTx::new(connection, placeholders, &mut ignored));
    });
    let ended = if connection.is_autocommit() {
        Ok(())
    } else {
        execute(connection, "ROLLBACK")
    };
    job.finish(begun.and(ended));
}

/// Runs a statement that is used again and again.
pub(super) fn execute(connection: &Connection, sql: &str) -> Result<()> {
    let mut statement = connection.prepare_cached(sql).map_err(failure::translate)?;
    statement.raw_execute().map(|_| ()).map_err(failure::translate)
}
