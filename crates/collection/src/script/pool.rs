//! The parent's side: starts script children, keeps some warm, and gives one to each run.
//!
//! A child serves one run and is then killed, so runs share nothing, not even a process.
//! Starting one costs a few milliseconds, which the warm children take off a run's path.

mod process;
mod session;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::child::{DEFAULT_MEMORY_MIB, MEMORY_ARGUMENT};
use super::{ScriptHost, ScriptSession};
use process::ChildProcess;
use session::Session;

/// How a child is started.
#[derive(Debug, Clone)]
pub struct ChildCommand {
    /// The program, normally this one (`std::env::current_exe`).
    pub program: PathBuf,
    /// The hidden arguments that make it call [`child_main`](super::child::child_main).
    pub arguments: Vec<OsString>,
}

/// How many children are kept and what each may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolOptions {
    /// Children that wait, started, for the next runs; a run that takes one has it replaced.
    /// 0: only what [`ChildPool::warm_up`] starts ahead, and no replacement.
    pub warm: usize,
    /// Memory of one child, in MiB; at least 64 is useful.
    pub memory_mib: u64,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            warm: 0,
            memory_mib: DEFAULT_MEMORY_MIB,
        }
    }
}

/// Script children for any number of runs at a time. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ChildPool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    command: ChildCommand,
    options: PoolOptions,
    warm: Mutex<Vec<ChildProcess>>,
}

impl ChildPool {
    /// A pool that has started nothing yet.
    pub fn new(command: ChildCommand, options: PoolOptions) -> Self {
        Self {
            shared: Arc::new(Shared {
                command,
                options,
                warm: Mutex::default(),
            }),
        }
    }

    /// Starts the warm children (one at least) ahead, so that the first run need not wait for
    /// its own. Needs a Tokio runtime. Failures show when a script is run.
    pub fn warm_up(&self) {
        while self.warm().len() < self.shared.options.warm.max(1) {
            match self.start() {
                Ok(child) => self.warm().push(child),
                Err(error) => {
                    tracing::warn!(%error, program = %self.shared.command.program.display(), "no script process can be started");
                    return;
                }
            }
        }
    }

    /// A child that has run nothing: a warm one, or a new one.
    fn take(&self) -> io::Result<ChildProcess> {
        let mut waiting = self.warm().pop();
        while waiting.as_mut().is_some_and(|child| !child.is_alive()) {
            waiting = self.warm().pop();
        }
        if self.shared.options.warm > 0 {
            let pool = self.clone();
            tokio::spawn(async move { pool.warm_up() });
        }
        waiting.map_or_else(|| self.start(), Ok)
    }

    fn start(&self) -> io::Result<ChildProcess> {
        let Shared { command, options, .. } = &*self.shared;
        ChildProcess::start(command, &format!("{MEMORY_ARGUMENT}{}", options.memory_mib))
    }

    fn warm(&self) -> MutexGuard<'_, Vec<ChildProcess>> {
        self.shared.warm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn memory_bytes(&self) -> usize {
        usize::try_from(self.shared.options.memory_mib << 20).unwrap_or(usize::MAX)
    }
}

#[async_trait]
impl ScriptHost for ChildPool {
    async fn session(&self) -> Box<dyn ScriptSession> {
        Box::new(Session::new(self.clone()))
    }
}
