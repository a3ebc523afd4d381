//! The files that a collection names, below its working folder.

use std::path::PathBuf;

use bytes::Bytes;
use collection::files::FileAccess;

/// Reads files relative to a folder.
pub struct WorkingFolder {
    folder: PathBuf,
    /// Refuse what lies outside of the folder.
    confined: bool,
}

impl WorkingFolder {
    pub fn new(folder: Option<PathBuf>, confined: bool) -> Self {
        Self {
            folder: folder.unwrap_or_else(|| PathBuf::from(".")),
            confined,
        }
    }
}

impl FileAccess for WorkingFolder {
    fn read(&self, path: &str) -> Result<Bytes, String> {
        let full = self.folder.join(path);
        let cannot = |error: std::io::Error| format!("cannot read `{}`: {error}", full.display());
        if self.confined {
            // Links are followed before the place is judged.
            let (real, root) = (full.canonicalize().map_err(cannot)?, self.folder.canonicalize().map_err(cannot)?);
            if !real.starts_with(&root) {
                return Err(format!(
                    "`{path}` is not sent: it lies outside of the working folder, and --no-insecure-file-read is set"
                ));
            }
        }
        std::fs::read(&full).map(Bytes::from).map_err(cannot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confined_collection_reads_only_below_its_folder() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(outer.path().join("secret"), "s").unwrap();
        std::fs::write(inner.join("open"), "o").unwrap();
        let read = |confined: bool, path: &str| WorkingFolder::new(Some(inner.clone()), confined).read(path);
        assert_eq!(read(true, "open").unwrap(), "o");
        assert_eq!(read(false, "../secret").unwrap(), "s");
        assert!(read(true, "../secret").unwrap_err().contains("outside"));
        assert!(
            read(true, outer.path().join("secret").to_str().unwrap())
                .unwrap_err()
                .contains("outside")
        );
    }
}
