//! `--watch`: runs again whenever one of its files changes, until it is interrupted.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::Args;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// The files of a run, and when each was changed last.
pub struct Watched(Vec<(PathBuf, Option<SystemTime>)>);

impl Watched {
    /// Those of its words that name a file.
    pub fn new(args: &Args) -> Self {
        let documents = &args.documents;
        let words = [
            Some(&args.collection),
            documents.environment.as_ref(),
            documents.globals.as_ref(),
            documents.iteration_data.as_ref(),
        ];
        let files = words.into_iter().flatten().map(PathBuf::from).filter(|path| path.is_file());
        Self(files.map(|path| (path.clone(), changed(&path))).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns when a file is not what it was. One that is gone for a moment (an editor
    /// replaces it) is waited for.
    pub async fn change(&mut self) -> PathBuf {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            for (path, before) in &mut self.0 {
                let now = changed(path);
                if now.is_some() && now != *before {
                    *before = now;
                    return path.clone();
                }
            }
        }
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}
