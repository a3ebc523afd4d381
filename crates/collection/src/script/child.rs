//! The child process that runs scripts: the program's own binary, started with a hidden argument.
//!
//! Two threads: one runs QuickJS and talks to the parent over standard input and output; the
//! other, the main one, is the `watchdog`. Before the first script the process gives up
//! everything it does not need (`limits`): memory, files, processes, and by a system-call
//! filter the network and the file system. It serves one run and ends with its input.

mod limits;
mod link;
mod watchdog;

use std::io::Write as _;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use super::engine::{Engine, STACK_BYTES};
use super::protocol::{self, ToChild};
use super::record::Record;
use super::{ScriptError, ScriptOutcome};
use link::Pipe;
use watchdog::Watchdog;

/// The argument that sets the memory limit, in MiB.
pub const MEMORY_ARGUMENT: &str = "--memory-mib=";
/// The limit without that argument.
pub const DEFAULT_MEMORY_MIB: u64 = 256;
/// The exit code of a child that could not start or could not give up its rights.
pub const EXIT_UNFIT: i32 = 70;
/// Share of the memory that is not JavaScript's: messages, results, libraries.
const RESERVE_PART: u64 = 4;

/// Runs the child until its parent closes the pipe; answers the exit code.
///
/// To be called by the binary's `main` before anything else: no runtime, no threads, no
/// telemetry. Reads its memory limit from the arguments.
pub fn child_main() -> i32 {
    let memory_mib = std::env::args()
        .find_map(|argument| argument.strip_prefix(MEMORY_ARGUMENT)?.parse().ok())
        .unwrap_or(DEFAULT_MEMORY_MIB);
    let memory = memory_mib.saturating_mul(1 << 20);
    let record = Arc::new(Mutex::new(Record::default()));
    let Ok(watchdog) = Watchdog::new(Arc::clone(&record)) else {
        return EXIT_UNFIT;
    };
    let (ready, started) = mpsc::channel();
    let (locked, lock) = mpsc::channel();
    let dog = watchdog.clone();
    let engine = std::thread::Builder::new()
        .name("script".to_owned())
        .stack_size(2 * STACK_BYTES)
        .spawn(move || {
            let pipe = Rc::new(Pipe::default());
            let heap = usize::try_from(memory - memory / RESERVE_PART).unwrap_or(usize::MAX);
            let engine = Engine::new(Rc::clone(&pipe) as Rc<_>, Arc::clone(&record), heap);
            if let Err(error) = &engine {
                complain(error);
            }
            let _ = ready.send(engine.is_ok());
            // Nothing runs before the process has given up its rights.
            if let (Ok(engine), Ok(true)) = (engine, lock.recv()) {
                serve(engine, &pipe, &dog, &record);
                std::process::exit(0);
            }
        });
    if engine.is_err() || !started.recv().unwrap_or(false) {
        return EXIT_UNFIT;
    }
    if let Err(error) = limits::apply(memory) {
        complain(&error);
        return EXIT_UNFIT;
    }
    if locked.send(true).is_err() {
        return EXIT_UNFIT;
    }
    watchdog.watch()
}

/// Says why the child does not start, to whoever starts it by hand; the pool listens to nothing.
fn complain(error: &dyn std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "the script process does not start: {error}");
}

/// One script after the other, until the input ends.
fn serve(mut engine: Engine, pipe: &Pipe, watchdog: &Watchdog, record: &Mutex<Record>) {
    while let Ok(Some(frame)) = pipe.read_frame(None) {
        // An answer that comes late belongs to a script that is over.
        let Ok(ToChild::Run(job)) = protocol::parse_to_child(&frame) else {
            continue;
        };
        drop(frame);
        watchdog.arm(job.limit_ms);
        engine.run(job);
        if !watchdog.disarm() {
            return;
        }
        let (outcome, spoiled) = record.lock().unwrap_or_else(PoisonError::into_inner).take();
        if link::write_all(&done(&outcome, spoiled)).is_err() {
            return;
        }
    }
}

/// The last frame of a script.
fn done(outcome: &ScriptOutcome, spoiled: bool) -> Vec<u8> {
    let json = serde_json::to_vec(outcome).unwrap_or_default();
    if !json.is_empty() && json.len() < protocol::MAX_FRAME_BYTES {
        return protocol::done_frame(spoiled, &json);
    }
    let message = format!("the script's results are larger than {} MiB", protocol::MAX_FRAME_BYTES >> 20);
    let error = Some(ScriptError {
        name: "RangeError".to_owned(),
        message,
        stack: None,
    });
    let outcome = ScriptOutcome {
        error,
        ..ScriptOutcome::default()
    };
    protocol::done_frame(true, &serde_json::to_vec(&outcome).unwrap_or_default())
}
