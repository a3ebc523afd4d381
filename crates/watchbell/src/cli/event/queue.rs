//! Events between the file and the server. They are read on a thread of their own, ahead of what is sent, so that a slow
//! pipe does not wait; how far ahead is bounded by their number and their bytes.

use std::{io::BufRead, sync::Arc};

use anyhow::Result;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
};

use super::split::{Item, Split};

/// Events that wait, and their bytes.
const WAITING: usize = 256;
const BYTES: usize = 16 << 20;

/// Events in the order of the file; the last may be why it was not read to its end.
pub struct Queue(mpsc::Receiver<(Result<Item>, OwnedSemaphorePermit)>);

impl Queue {
    /// Begins to read.
    pub fn of(from: impl BufRead + Send + 'static) -> Self {
        let (to, items) = mpsc::channel(WAITING);
        let (room, runtime) = (Arc::new(Semaphore::new(BYTES)), Handle::current());
        // Not a task: a read of a pipe that never ends must not hold up the end of the program.
        std::thread::spawn(move || {
            let mut split = Split::new(from);
            while let Some(item) = split.next().transpose() {
                let is_end = item.is_err();
                let text = item.as_ref().ok().and_then(|item| item.text.as_ref());
                // An item is never longer than the room.
                let bytes = u32::try_from(text.map_or(0, Vec::len).min(BYTES)).unwrap_or(0);
                let Ok(place) = runtime.block_on(Arc::clone(&room).acquire_many_owned(bytes)) else {
                    return;
                };
                if to.blocking_send((item, place)).is_err() || is_end {
                    return;
                }
            }
        });
        Self(items)
    }

    /// The next event, when it has come.
    pub async fn next(&mut self) -> Option<Result<Item>> {
        self.0.recv().await.map(|(item, _)| item)
    }

    /// The next event, if it waits already.
    pub fn waiting(&mut self) -> Option<Result<Item>> {
        self.0.try_recv().ok().map(|(item, _)| item)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufReader, Read},
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    /// Lines of a MiB, counted as they are read.
    struct Lines(Arc<AtomicUsize>);

    const LINES: usize = 64;

    impl Read for Lines {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let at = self.0.load(Ordering::Relaxed);
            let most = into.len().min((1 << 20) - at % (1 << 20));
            if at == LINES << 20 {
                return Ok(0);
            }
            into[..most].fill(b'x');
            if (at + most).is_multiple_of(1 << 20) {
                into[most - 1] = b'\n';
            }
            self.0.fetch_add(most, Ordering::Relaxed);
            Ok(most)
        }
    }

    #[tokio::test]
    async fn a_long_file_is_not_read_far_ahead() {
        let read = Arc::new(AtomicUsize::new(0));
        let mut queue = Queue::of(BufReader::new(Lines(Arc::clone(&read))));
        while read.load(Ordering::Relaxed) < BYTES {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Nothing more comes; were there no bound, it would come now.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let ahead = read.load(Ordering::Relaxed);
        assert!(ahead <= BYTES + (2 << 20), "{ahead}");
        let mut items = 0;
        while let Some(item) = queue.next().await {
            assert_eq!(item.unwrap().text.unwrap().len(), (1 << 20) - 1);
            items += 1;
        }
        assert_eq!(items, LINES);
    }
}
