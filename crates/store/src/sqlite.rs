//! The embedded database: SQLite in a folder of its own.
//!
//! One writer thread commits waiting writes in groups, so that they share one fsync; a few reader threads serve snapshots
//! beside it (write-ahead log), and one thread moves the log into the database file. The folder is locked, so that a second server does not open it.

mod bind;
mod checkpointer;
mod connection;
mod failure;
mod folder;
mod group;
mod job;
mod readers;
mod tx;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use crossbeam_channel::Sender;
use rusqlite::backup::Backup;
use tokio::sync::{Semaphore, oneshot};

use crate::{
    error::{Error, Result},
    signal::Signals,
    sql::Tx,
};
use checkpointer::Checkpointer;
use folder::Folder;
use job::{Job, Task};
use writer::{Message, Writer};

/// Writes that may wait for the writer at once; more of them wait outside, so that the queue's memory is bounded.
const WRITES_QUEUED: usize = 8192;

/// The embedded database, open.
pub(crate) struct Sqlite {
    folder: Folder,
    writer: Sender<Message>,
    readers: Sender<Box<dyn Job>>,
    waiting: Semaphore,
    /// Set by [`Sqlite::close`]; the writer knows by itself.
    closed: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens or creates the database in `path` with that many reader threads. Blocks.
    pub(crate) fn open(path: &Path, readers: usize, signals: Arc<Signals>) -> Result<Self> {
        let folder = Folder::open(path)?;
        let connection = connection::writer(&folder.database())?;
        // The readers' files exist from here on.
        let readers = readers::start(&folder.database(), readers.max(1))?;
        let checkpointer = Checkpointer::start(&folder.database())?;
        let (writer, queue) = crossbeam_channel::unbounded();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || Writer::new(connection, checkpointer, queue, signals).run())
            .map_err(|error| Error::Unavailable(format!("cannot start the writer thread: {error}")))?;
        let thread = Mutex::new(Some(thread));
        Ok(Self {
            folder,
            writer,
            readers,
            waiting: Semaphore::new(WRITES_QUEUED),
            closed: AtomicBool::new(false),
            thread,
        })
    }

    /// Runs `closure` in a transaction and returns after its durable commit.
    pub(crate) async fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let _permit = self.waiting.acquire().await.map_err(|_| closed())?;
        let (task, answer) = Task::new(closure);
        self.writer.send(Message::Job(task)).map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// Runs `closure` on a snapshot.
    pub(crate) async fn read<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        if self.closed.load(Ordering::Acquire) {
            return Err(closed().into());
        }
        let (task, answer) = Task::new(closure);
        self.readers.send(task).map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// Commits what waits, moves the log into the database file and ends the writer. Later writes and reads fail.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let (done, closed) = oneshot::channel();
        if self.writer.send(Message::Close(done)).is_ok() {
            // An error means that the writer is gone already, which is what was asked for.
            let _ = closed.await;
        }
        let thread = self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(thread) = thread
            && tokio::task::spawn_blocking(move || thread.join().is_err()).await.unwrap_or(true)
        {
            tracing::error!("the writer thread of the database panicked");
        }
        self.folder.unlock();
    }

    /// Copies a snapshot of the database to the new file `target` while it is in use.
    pub(crate) async fn backup_to(&self, target: PathBuf) -> Result<()> {
        let source = self.folder.database();
        tokio::task::spawn_blocking(move || {
            let from = connection::reader(&source)?;
            folder::create_private(&target)?;
            let mut to = rusqlite::Connection::open(&target).map_err(failure::translate)?;
            // All pages in one step: a snapshot that no writer restarts.
            let copied = Backup::new(&from, &mut to).and_then(|backup| backup.step(-1));
            copied.map_err(failure::translate)?;
            to.close().map_err(|(_, error)| failure::translate(error))?;
            std::fs::File::open(&target)
                .and_then(|file| file.sync_all())
                .map_err(|error| Error::file(&target, error))
        })
        .await
        .map_err(|error| Error::Unavailable(format!("the backup was interrupted: {error}")))?
    }
}

fn closed() -> Error {
    Error::Unavailable("it is shut down".to_owned())
}
