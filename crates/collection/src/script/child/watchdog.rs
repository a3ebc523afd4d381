//! Ends the child when a script cannot be stopped from inside, or when the parent is gone.
//!
//! QuickJS asks now and then whether to stop, but its built-ins do not
//! (`new Array(1e9) + ''`). So the main thread waits for the deadline; when it passes and
//! the engine has not given its results, the watchdog sends what was recorded so far and
//! ends the process. It is woken only for a deadline earlier than the one it waits for.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::stdio;

use super::{done, link};
use crate::script::record::Record;

/// What the engine gets to stop by itself.
const GRACE: Duration = Duration::from_millis(100);

#[derive(Default)]
struct Watch {
    /// The running script's limit and the time when it is ended.
    armed: Option<(Duration, Instant)>,
    /// Until when the watchdog sleeps.
    asleep_until: Option<Instant>,
    /// The watchdog has ended the script; the engine must stay silent.
    fired: bool,
}

/// Shared by the two threads.
#[derive(Clone)]
pub struct Watchdog {
    watch: Arc<Mutex<Watch>>,
    record: Arc<Mutex<Record>>,
    bell: Arc<OwnedFd>,
}

impl Watchdog {
    /// A watchdog with no script to watch.
    ///
    /// # Errors
    /// When the system has no file descriptor left.
    pub fn new(record: Arc<Mutex<Record>>) -> io::Result<Self> {
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self {
            watch: Arc::default(),
            record,
            bell: Arc::new(bell),
        })
    }

    /// A script begins.
    pub fn arm(&self, limit_ms: u32) {
        let limit = Duration::from_millis(u64::from(limit_ms));
        let end = Instant::now() + limit + GRACE;
        let mut watch = self.lock();
        watch.armed = Some((limit, end));
        if watch.asleep_until.is_none_or(|until| until > end) {
            let _ = rustix::io::write(&*self.bell, &1_u64.to_ne_bytes());
        }
    }

    /// The script is over. `false`: too late, its end has been sent.
    pub fn disarm(&self) -> bool {
        let mut watch = self.lock();
        watch.armed = None;
        !watch.fired
    }

    fn lock(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches until the parent is gone or a script had to be ended; answers the exit code.
    pub fn watch(&self) -> i32 {
        loop {
            let until = {
                let mut watch = self.lock();
                let now = Instant::now();
                match watch.armed {
                    Some((limit, end)) if now >= end => {
                        watch.fired = true;
                        self.send_what_is_known(limit);
                        return 0;
                    }
                    armed => {
                        watch.asleep_until = armed.map(|(_, end)| end);
                        watch.asleep_until
                    }
                }
            };
            if self.sleep(until) {
                return 0;
            }
        }
    }

    /// Sleeps until then or the bell; answers whether the parent is gone.
    fn sleep(&self, until: Option<Instant>) -> bool {
        let timeout = until.map(|until| {
            let rest = until.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
            Timespec::try_from(rest).unwrap_or(Timespec { tv_sec: 3600, tv_nsec: 0 })
        });
        let input = stdio::stdin();
        // No flags for the input: only its end is told.
        let mut fds = [PollFd::new(&input, PollFlags::empty()), PollFd::new(&*self.bell, PollFlags::IN)];
        if poll(&mut fds, timeout.as_ref()).is_err() {
            return false;
        }
        if fds[1].revents().contains(PollFlags::IN) {
            let _ = rustix::io::read(&*self.bell, &mut [0; 8]);
        }
        fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
    }

    fn send_what_is_known(&self, limit: Duration) {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.time_out(limit);
        let (outcome, _) = record.take();
        let _ = link::write_all(&done(&outcome, true));
    }
}
