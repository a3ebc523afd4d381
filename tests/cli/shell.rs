//! A shell of somebody who works with a server: its address and token in the environment.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;

use super::text;
use crate::support::{Server, server::PROGRAM};

pub struct Shell {
    pub folder: tempfile::TempDir,
    url: String,
    token: String,
}

/// What a command said, and how it ended.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {}{}", self.out, self.err))
    }

    /// Wants this exit code.
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        self
    }
}

impl Shell {
    pub fn of(server: &Server) -> Self {
        Self::new(&server.url, &server.token)
    }

    pub fn new(url: &str, token: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (url, token) = (url.to_owned(), token.to_owned());
        Self { folder, url, token }
    }

    /// Runs `watchbell` with words, parted by blanks unless they are in single quotes.
    pub async fn run(&self, words: &str) -> Said {
        self.fed(words, "").await
    }

    /// The same with something on standard input.
    pub async fn fed(&self, words: &str, input: &str) -> Said {
        let words: Vec<String> = words
            .split('\'')
            .enumerate()
            .flat_map(|(at, part)| match at % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect();
        let mut child = tokio::process::Command::new(PROGRAM)
            .current_dir(self.folder.path())
            .args(&words)
            .env("WATCHBELL_URL", &self.url)
            .env("WATCHBELL_TOKEN", &self.token)
            .env("COLUMNS", "100")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        // A command that fails at once does not read it.
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let feeding = tokio::spawn(async move { stdin.write_all(input.as_bytes()).await.ok() });
        let ended = child.wait_with_output().await.unwrap();
        feeding.await.unwrap();
        let said = Said {
            code: ended.status.code(),
            out: text(&ended.stdout),
            err: text(&ended.stderr),
        };
        assert!(
            !said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'),
            "no colour without a terminal: {}",
            said.out
        );
        if !self.token.is_empty() {
            assert!(
                !said.out.contains(&self.token) && !said.err.contains(&self.token),
                "the token was printed"
            );
        }
        said
    }

    pub fn write(&self, name: &str, content: &str) {
        std::fs::write(self.folder.path().join(name), content).unwrap();
    }
}
