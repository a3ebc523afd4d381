//! The data folder: created for its owner only, and held by one server at a time.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// File name of the database within the folder.
const DATABASE: &str = "watchbell.db";

/// A locked data folder. The lock goes with the process, however it ends.
pub(super) struct Folder {
    path: PathBuf,
    lock: File,
}

impl Folder {
    /// Creates the folder (mode 0700) and the database file (0600) if they are missing, and locks the folder.
    pub(super) fn open(path: &Path) -> Result<Self> {
        match DirBuilder::new().recursive(true).mode(0o700).create(path) {
            Ok(()) => {}
            Err(error) => return Err(Error::file(path, format!("the data folder cannot be created: {error}"))),
        }
        let lock_path = path.join("lock");
        let lock = private().open(&lock_path).map_err(|error| Error::file(&lock_path, error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::file(
                    path,
                    "another server uses this data folder\n\nhint: stop it, or give this one a folder of its own",
                ));
            }
            Err(TryLockError::Error(error)) => return Err(Error::file(&lock_path, error)),
        }
        let folder = Self {
            path: path.to_owned(),
            lock,
        };
        let database = folder.database();
        // SQLite gives its log files the mode of the database file.
        private().open(&database).map_err(|error| Error::file(&database, error))?;
        fs::set_permissions(&database, Permissions::from_mode(0o600)).map_err(|error| Error::file(&database, error))?;
        Ok(folder)
    }

    /// Path of the database file.
    pub(super) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Lets another server in.
    pub(super) fn unlock(&self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the data folder could not be unlocked");
        }
    }
}

/// Creates the empty file `path`, readable by its owner only; fails if it exists.
pub(super) fn create_private(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Error::file(path, "the file exists already")),
        Err(error) => Err(Error::file(path, error)),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options
}
