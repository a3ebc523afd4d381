//! Gathering: events that are published one by one at the same time share a transaction.
//!
//! A publisher leaves its event in the queue. One transaction at a time waits for its turn at the store; when it begins, it
//! takes all events that have come by then, so that the busier the store is, the more go along: one look at the subscribers
//! for all events of a kind, a few statements for all rows. Alone an event waits for nobody.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::Problem;
use store::Tx;
use tokio::sync::{Semaphore, oneshot};
use tracing::{Instrument as _, Span};

use super::Answers;
use crate::{
    engine::Engine,
    filters::Verdicts,
    publish::{self, NewEvent, Published, Unpublished},
    spans::span,
};

/// Events in one transaction at most: a write of some milliseconds.
const EVENTS: usize = 256;

/// Bytes of data in one transaction, beyond which no further event is taken.
const BYTES: usize = 2 * 1_048_576;

/// Transactions under way at once: more than one serves a database that works on several at a time.
const AT_ONCE: usize = 4;

type Answer = store::Result<Result<Published, Problem>>;

/// Events that wait to be published.
pub(crate) struct Gathering {
    queue: Mutex<Queue>,
    turns: Semaphore,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// A transaction is on its way that has not begun: it takes along whoever comes.
    announced: bool,
}

struct Waiting {
    event: NewEvent,
    asker: Asker,
}

/// Who is to be answered, and the span in which they asked.
struct Asker {
    answer: oneshot::Sender<Answer>,
    span: Span,
}

/// What one transaction took: its events, and who asked, in the same order.
#[derive(Default)]
struct Batch {
    events: Arc<Vec<NewEvent>>,
    askers: Vec<Asker>,
}

impl Default for Gathering {
    fn default() -> Self {
        Self {
            queue: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

impl Gathering {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place. Returns whether a transaction has to be announced for it.
    fn join(&self, waiting: Waiting) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(waiting);
        !std::mem::replace(&mut queue.announced, true)
    }

    /// Those who go along with the next transaction, before all others. Returns whether one has to be announced.
    fn join_again(&self, waiting: impl DoubleEndedIterator<Item = Waiting>) -> bool {
        let mut queue = self.queue();
        for one in waiting.rev() {
            queue.waiting.push_front(one);
        }
        !queue.waiting.is_empty() && !std::mem::replace(&mut queue.announced, true)
    }

    /// Takes who waits. Returns also whether another transaction is needed for the rest.
    fn take(&self) -> (Batch, bool) {
        let mut queue = self.queue();
        let (mut events, mut askers, mut bytes) = (Vec::new(), Vec::new(), 0);
        while events.len() < EVENTS && bytes < BYTES {
            let Some(Waiting { event, asker }) = queue.waiting.pop_front() else {
                break;
            };
            // Whoever has gone away meanwhile was told nothing, and nothing is done for them.
            if !asker.answer.is_closed() {
                bytes += event.data.len();
                events.push(event);
                askers.push(asker);
            }
        }
        queue.announced = !queue.waiting.is_empty();
        let events = Arc::new(events);
        (Batch { events, askers }, queue.announced)
    }
}

/// Publishes one event together with others that come at the same time.
pub(crate) async fn publish(engine: &Engine, event: NewEvent) -> Answer {
    let (answer, answered) = oneshot::channel();
    let span = Span::current();
    let asker = Asker { answer, span };
    if engine.gathering().join(Waiting { event, asker }) {
        announce(engine);
    }
    answered
        .await
        .unwrap_or_else(|_| Err(store::Error::Unavailable("the publishing was interrupted".to_owned())))
}

/// Sends a transaction on its way. A task of its own: a publisher that goes away must not take the others along.
fn announce(engine: &Engine) {
    let engine = engine.clone();
    tokio::spawn(async move {
        // The semaphore is never closed.
        let Ok(turn) = engine.gathering().turns.acquire().await else {
            return;
        };
        let taken = Arc::default();
        let published = transaction(&engine, &taken).await;
        // What follows may take its time: filters of one publisher, which are no reason for others to wait.
        drop(turn);
        let batch = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        // One that did not even begin speaks for all who wait by now.
        answer(&engine, batch.unwrap_or_else(|| take(&engine)), published);
    });
}

fn take(engine: &Engine) -> Batch {
    let (batch, more) = engine.gathering().take();
    if more {
        announce(engine);
    }
    batch
}

async fn transaction(engine: &Engine, taken: &Arc<Mutex<Option<Batch>>>) -> Result<Answers, Unpublished> {
    let (of_engine, taken) = (engine.clone(), Arc::clone(taken));
    let handle = tokio::runtime::Handle::current();
    let closure = move |tx: &mut dyn Tx| {
        let _runtime = handle.enter();
        let batch = take(&of_engine);
        let events = Arc::clone(&batch.events);
        let _dispatch = dispatch(&batch).entered();
        *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(batch);
        publish::publish_with(tx, &events, &Verdicts::default(), of_engine.now())
    };
    engine.store().write(closure).await
}

/// One span for all that go along: in the first one's trace, and linked to the others'.
fn dispatch(batch: &Batch) -> Span {
    let mut askers = batch.askers.iter().map(|asker| &asker.span);
    let span = span!(parent: askers.next().and_then(Span::id), "dispatch", events = batch.events.len());
    askers.for_each(|asker| {
        span.follows_from(asker);
    });
    span
}

fn answer(engine: &Engine, batch: Batch, published: Result<Answers, Unpublished>) {
    let Batch { events, askers } = batch;
    match published {
        Ok(published) => {
            engine.count(&published);
            for (asker, published) in askers.into_iter().zip(published) {
                // Whoever asked may have gone meanwhile.
                let _ = asker.answer.send(Ok(published));
            }
        }
        Err(Unpublished::Store(error @ (store::Error::Busy(_) | store::Error::Unavailable(_)))) => {
            for asker in askers {
                let _ = asker.answer.send(Err(error.clone()));
            }
        }
        // Those whose filters take their time go alone, and the others together again.
        Err(Unpublished::Lacking(lacks)) => {
            let slow: HashSet<usize> = lacks.into_iter().map(|lack| lack.event).collect();
            let waiting = events.iter().cloned().zip(askers).map(|(event, asker)| Waiting { event, asker });
            let (alone, together): (Vec<_>, Vec<_>) = waiting.enumerate().partition(|(at, _)| slow.contains(at));
            if engine.gathering().join_again(together.into_iter().map(|(_, waiting)| waiting)) {
                announce(engine);
            }
            alone.into_iter().for_each(|(_, waiting)| publish_alone(engine, waiting));
        }
        // What the store refuses concerns one of them, whichever: the others must not suffer.
        Err(Unpublished::Store(_)) => {
            let waiting = events.iter().cloned().zip(askers).map(|(event, asker)| Waiting { event, asker });
            waiting.for_each(|waiting| publish_alone(engine, waiting));
        }
    }
}

fn publish_alone(engine: &Engine, Waiting { event, asker }: Waiting) {
    let engine = engine.clone();
    tokio::spawn(async move {
        let one = engine.publish_each(vec![event]).instrument(asker.span).await;
        let _ = asker
            .answer
            .send(one.and_then(|all| all.into_iter().next().ok_or(store::Error::NotFound("event"))));
    });
}
