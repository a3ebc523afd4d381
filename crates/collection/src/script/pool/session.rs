//! One run's scripts, one after the other, in one child.
//!
//! The session talks to the child while it answers the script's calls: reading, writing and
//! calling go on at the same time, so a child that writes much cannot wait for a parent that
//! writes much. At the deadline the child is killed; the next script gets a fresh one.

use std::io;
use std::pin::pin;
use std::process::ExitStatus;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, sleep_until};

use super::ChildPool;
use super::process::ChildProcess;
use crate::script::child::EXIT_UNFIT;
use crate::script::protocol::{self, FromChild};
use crate::script::record::{memory_error, timeout_error};
use crate::script::{Call, ScriptCalls, ScriptError, ScriptInput, ScriptOutcome, ScriptSession};

/// What the child gets beyond the limit to send what it has recorded.
const GRACE: Duration = Duration::from_millis(500);
/// Longest limit; "no limit" ends here too.
const MAX_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);
/// What `abort` ends a process with.
const SIGABRT: i32 = 6;

/// A run's scripts. Its child is taken at the first script.
pub struct Session {
    pool: ChildPool,
    child: Option<ChildProcess>,
}

/// Why a script has no outcome of its own.
enum Broken {
    Timeout,
    Memory,
    /// The child ended or cannot be talked to.
    Gone,
    Start(io::Error),
}

impl Session {
    /// A session that has not run anything.
    pub fn new(pool: ChildPool) -> Self {
        Self { pool, child: None }
    }

    async fn try_run(&mut self, input: &ScriptInput, limit: Duration, calls: &dyn ScriptCalls) -> Result<ScriptOutcome, Broken> {
        let mut child = match self.child.take() {
            Some(child) => child,
            None => self.pool.take().map_err(Broken::Start)?,
        };
        let limit_ms = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
        let frame = protocol::run_frame(input, limit_ms).map_err(|error| Broken::Start(error.into()))?;
        let deadline = Instant::now() + limit + GRACE;
        match converse(&mut child, frame, deadline, calls).await {
            Ok((outcome, spoiled)) => {
                if !spoiled {
                    self.child = Some(child);
                }
                Ok(outcome)
            }
            Err(Broken::Gone) => Err(match child.ended().await {
                Some(status) if status.code() == Some(EXIT_UNFIT) => Broken::Start(io::Error::other(
                    "it refuses to run scripts without its limits; started by hand it says why",
                )),
                Some(status) if ended_by_abort(status) => Broken::Memory,
                _ => Broken::Gone,
            }),
            Err(broken) => {
                child.kill().await;
                Err(broken)
            }
        }
    }
}

/// A Rust program that gets no memory aborts; the engine's own lack of memory is an exception.
fn ended_by_abort(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(SIGABRT)
}

#[async_trait]
impl ScriptSession for Session {
    async fn run(&mut self, input: ScriptInput, limit: Duration, calls: &dyn ScriptCalls) -> ScriptOutcome {
        let limit = limit.min(MAX_LIMIT);
        match self.try_run(&input, limit, calls).await {
            Ok(outcome) => outcome,
            Err(Broken::Memory) => failed(memory_error(self.pool.memory_bytes())),
            Err(Broken::Timeout) => failed(timeout_error(limit)),
            Err(Broken::Gone) => failed(error(
                "the script ended its own process: it used too much memory or hit a defect of the script engine",
            )),
            Err(Broken::Start(cause)) => {
                tracing::error!(%cause, "a script process cannot be started");
                failed(error("the script process cannot be started; the server's log says why"))
            }
        }
    }
}

fn error(message: &str) -> ScriptError {
    ScriptError {
        name: "Error".to_owned(),
        message: message.to_owned(),
        stack: None,
    }
}

fn failed(error: ScriptError) -> ScriptOutcome {
    ScriptOutcome {
        error: Some(error),
        ..ScriptOutcome::default()
    }
}

/// Sends the job and serves its calls until it is done.
async fn converse(
    child: &mut ChildProcess,
    job: Vec<u8>,
    deadline: Instant,
    calls: &dyn ScriptCalls,
) -> Result<(ScriptOutcome, bool), Broken> {
    let mut outgoing = job;
    let mut sent = 0;
    let mut pending = FuturesUnordered::new();
    let mut timeout = pin!(sleep_until(deadline));
    let ChildProcess { input, output, .. } = child;
    loop {
        tokio::select! {
            biased;
            written = input.write(&outgoing[sent..]), if sent < outgoing.len() => {
                sent += written.map_err(|_| Broken::Gone)?;
                if sent == outgoing.len() {
                    outgoing.clear();
                    sent = 0;
                }
            }
            frame = output.next() => {
                let frame = frame.and_then(Result::ok).ok_or(Broken::Gone)?;
                match protocol::parse_from_child(&frame).map_err(|_| Broken::Gone)? {
                    FromChild::Call { id, json } => pending.push(answer(id, json, calls)),
                    FromChild::Done { spoiled, json } => {
                        let outcome = serde_json::from_slice(&json).map_err(|_| Broken::Gone)?;
                        return Ok((outcome, spoiled));
                    }
                }
            }
            Some(frame) = pending.next(), if !pending.is_empty() => {
                let frame: Vec<u8> = frame;
                outgoing.extend_from_slice(&frame);
            }
            () = &mut timeout => return Err(Broken::Timeout),
        }
    }
}

/// Lets the runner answer one call and frames the answer.
async fn answer(id: u32, json: Vec<u8>, calls: &dyn ScriptCalls) -> Vec<u8> {
    let result = match serde_json::from_slice::<Call>(&json) {
        Ok(call) => calls.call(call).await,
        Err(cause) => Err(error(&format!("the call cannot be understood: {cause}"))),
    };
    let (ok, json) = match &result {
        Ok(value) => (true, serde_json::to_vec(value)),
        Err(error) => (false, serde_json::to_vec(error)),
    };
    protocol::answer_frame(id, ok, &json.unwrap_or_else(|_| b"null".to_vec()))
}
