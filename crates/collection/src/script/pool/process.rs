//! One child process and its pipes.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

use super::ChildCommand;
use crate::script::protocol::MAX_FRAME_BYTES;

/// What a child gets to end after it has closed its pipes.
const EXIT_TIME: Duration = Duration::from_secs(1);

/// A running child; dropping it kills it.
#[derive(Debug)]
pub struct ChildProcess {
    child: Child,
    pub input: ChildStdin,
    pub output: FramedRead<ChildStdout, LengthDelimitedCodec>,
}

impl ChildProcess {
    /// Starts a child with an empty environment and no terminal.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(command: &ChildCommand, memory: &str) -> io::Result<Self> {
        let mut child = Command::new(&command.program)
            .args(&command.arguments)
            .arg(memory)
            // Secrets of the server must not be where scripts are.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| io::Error::other("a child without pipes"))?;
        let codec = LengthDelimitedCodec::builder().max_frame_length(MAX_FRAME_BYTES + 16).new_codec();
        Ok(Self {
            child,
            input,
            output: FramedRead::new(output, codec),
        })
    }

    /// Whether the process still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills the process.
    pub async fn kill(mut self) {
        let _ = self.child.kill().await;
    }

    /// How the process ended that has closed its pipes; kills it if it does not end by itself.
    pub async fn ended(mut self) -> Option<ExitStatus> {
        let status = timeout(EXIT_TIME, self.child.wait()).await;
        match status {
            Ok(status) => status.ok(),
            Err(_) => {
                self.kill().await;
                None
            }
        }
    }
}
