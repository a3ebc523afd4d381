//! The file that holds the encryption keys: one key a line in base64 or hex, the newest on top.
//!
//! It lies outside the database, so that a copy of the database alone tells no secret. It is created once, readable by its
//! owner only, and a lost one cannot be made again.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{KEY_LENGTH, Vault};
use crate::error::{Error, Result};

/// What to do about a key file that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFile {
    /// Create it with a new random key: right for a new instance.
    CreateIfMissing,
    /// Fail: the secrets of an existing instance need the key that sealed them.
    MustExist,
}

impl Vault {
    /// Reads the keys in `path`, or creates the file when it is missing and `missing` allows it.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read or created; [`Error::Vault`] if it holds no valid key.
    pub fn from_file(path: &Path, missing: KeyFile) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                Self::from_text(&Zeroizing::new(text)).map_err(|error| Error::Vault(format!("the key file `{}`: {error}", path.display())))
            }
            Err(error) if error.kind() == ErrorKind::NotFound && missing == KeyFile::CreateIfMissing => create(path),
            Err(error) => Err(Error::file(path, format!("the encryption key cannot be read: {error}"))),
        }
    }

    /// Keys from text: one a line, 32 bytes in base64 or hex; blank lines and lines with `#` are skipped.
    ///
    /// # Errors
    /// [`Error::Vault`] names the line that is not a key.
    pub fn from_text(text: &str) -> Result<Self> {
        let mut keys = Zeroizing::new(Vec::new());
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bytes = Zeroizing::new(hex::decode(line).or_else(|_| STANDARD.decode(line)).unwrap_or_default());
            let key = <[u8; KEY_LENGTH]>::try_from(bytes.as_slice()).map_err(|_| {
                Error::Vault(format!(
                    "line {number} is not a key\n\nhint: a key is {KEY_LENGTH} random bytes in base64 or hex: `openssl rand -base64 32`"
                ))
            })?;
            keys.push(key);
        }
        Self::new(&keys)
    }
}

/// Creates the file so that it is complete or absent after a crash: the server must never start with half a key.
fn create(path: &Path) -> Result<Vault> {
    let failed = |error: std::io::Error| Error::file(path, format!("the encryption key cannot be created: {error}"));
    let mut key = Zeroizing::new([0_u8; KEY_LENGTH]);
    rand::fill(key.as_mut_slice()).map_err(|_| Error::Vault("the system gives no random bytes".to_owned()))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(key.as_slice())));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    // A hard link fails if another process was faster; its key then counts.
    match std::fs::hard_link(&draft, path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    std::fs::remove_file(&draft).map_err(failed)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Vault::from_file(path, KeyFile::MustExist)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn is_created_once_for_its_owner_only() -> Result<()> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        assert!(matches!(Vault::from_file(&path, KeyFile::MustExist), Err(Error::File { .. })));
        let first = Vault::from_file(&path, KeyFile::CreateIfMissing)?;
        let second = Vault::from_file(&path, KeyFile::CreateIfMissing)?;
        assert_eq!(first.key_id(), second.key_id());
        let mode = std::fs::metadata(&path).expect("the key file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        Ok(())
    }

    #[test]
    fn names_the_line_that_is_no_key() {
        let text = format!("# new\n{}\nshort\n", hex::encode([1; KEY_LENGTH]));
        let error = Vault::from_text(&text).expect_err("a bad line");
        assert!(error.to_string().contains("line 3"), "{error}");
    }
}
