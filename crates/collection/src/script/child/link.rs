//! The child's end of the pipes: frames in, frames out, and waiting with a deadline.

use std::cell::RefCell;
use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::stdio;

use crate::script::engine::{Answer, Link};
use crate::script::protocol::{self, HEAD_BYTES, ToChild};

const READ_BYTES: usize = 64 << 10;

/// Standard input with what was read too far, and standard output.
#[derive(Default)]
pub struct Pipe {
    buffer: RefCell<Vec<u8>>,
}

impl Pipe {
    /// The next frame without its length; `None` at the end of the input or when `until` has passed.
    ///
    /// # Errors
    /// When the pipe is broken.
    pub fn read_frame(&self, until: Option<Instant>) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = self.buffer.borrow_mut();
        loop {
            if let Some(length) = protocol::whole_frame(&buffer) {
                let rest = buffer.split_off(HEAD_BYTES + length);
                let mut frame = std::mem::replace(&mut *buffer, rest);
                frame.drain(..HEAD_BYTES);
                return Ok(Some(frame));
            }
            if let Some(until) = until
                && !wait_readable(until.saturating_duration_since(Instant::now()))?
            {
                return Ok(None);
            }
            let start = buffer.len();
            if let Some(length) = protocol::announced(&buffer) {
                // A long frame is not copied again with each growth.
                buffer.reserve_exact((HEAD_BYTES + length).saturating_sub(start).min(protocol::MAX_FRAME_BYTES) + READ_BYTES);
            }
            buffer.resize(start + READ_BYTES, 0);
            let read = rustix::io::retry_on_intr(|| rustix::io::read(stdio::stdin(), &mut buffer[start..]))?;
            buffer.truncate(start + read);
            if read == 0 {
                return Ok(None);
            }
        }
    }
}

impl Link for Pipe {
    fn call(&self, id: u32, json: &str) {
        // A broken pipe shows at the next read.
        let _ = write_all(&protocol::call_frame(id, json));
    }

    fn answer(&self, until: Instant) -> Option<Answer> {
        let frame = self.read_frame(Some(until)).ok().flatten()?;
        match protocol::parse_to_child(&frame).ok()? {
            ToChild::Answer { id, ok, json } => Some(Answer { id, ok, json }),
            ToChild::Run(_) => None,
        }
    }
}

fn wait_readable(timeout: Duration) -> io::Result<bool> {
    let timeout = Timespec::try_from(timeout).map_err(io::Error::other)?;
    let input = stdio::stdin();
    let mut fds = [PollFd::new(&input, PollFlags::IN)];
    match poll(&mut fds, Some(&timeout)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Writes a whole frame to standard output.
///
/// # Errors
/// When the parent is gone.
pub fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::write(stdio::stdout(), bytes))?;
        bytes = &bytes[written..];
    }
    Ok(())
}
