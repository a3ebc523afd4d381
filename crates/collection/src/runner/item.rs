//! One item: pre-request scripts, request, test scripts.
//!
//! Scripts run from the collection inwards. One that throws does not stop the others: the
//! request is still sent, and a request without an answer still runs the test scripts.
//! `skipRequest` stops the item at once.

use serde_json::{Map, Value};

use super::exchange::Exchange;
use super::{State, Work, calls::Calls};
use crate::format::{Auth, Event, Request};
use crate::order::{Entry, later};
use crate::report::Execution;
use crate::request::Profile;
use crate::script::{Info, Listen, NextRequest, Scopes, ScriptCookie, ScriptInput, ScriptResponse, ScriptSession};

/// Where in the run an item stands.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub iteration: u64,
    pub iterations: u64,
    pub position: usize,
}

/// What the scripts of one item share.
struct Stage<'a> {
    work: &'a Work<'a>,
    session: &'a mut dyn ScriptSession,
    entry: &'a Entry<'a>,
    info: Info,
}

/// What scripts of one kind see of the request and its answer.
struct View {
    request: Value,
    response: Option<ScriptResponse>,
    cookies: Vec<ScriptCookie>,
}

/// What scripts of one kind asked for.
#[derive(Default)]
struct Asked {
    next: NextRequest,
    skip: bool,
    failed: bool,
    /// The request was changed.
    changed: bool,
}

/// Runs one item to its end and gives the last word on what comes next.
pub async fn run(work: &Work<'_>, state: &mut State, session: &mut dyn ScriptSession, place: Place) -> NextRequest {
    let entry = &work.plan.entries[place.position];
    begin(work, state, entry, place);
    let info = Info {
        iteration: place.iteration,
        iteration_count: place.iterations,
        request_name: entry.item.name.clone(),
        request_id: entry.item.id.clone(),
        path: entry.path(),
    };
    let mut stage = Stage {
        work,
        session,
        entry,
        info,
    };
    let next = stage.item(state).await;
    if let Some(execution) = state.current.take() {
        state.tally.item_finished(execution);
    }
    next
}

fn begin(work: &Work<'_>, state: &mut State, entry: &Entry<'_>, place: Place) {
    let execution = Execution {
        iteration: place.iteration,
        position: place.position as u64,
        item_id: entry.item.id.clone(),
        item_name: entry.item.name.clone(),
        path: entry.path(),
        started_at: (work.spec.now)(),
        ..Execution::default()
    };
    state
        .tally
        .observer
        .item_started(place.iteration, execution.position, &execution.item_name, &execution.path);
    state.current = Some(execution);
}

impl Stage<'_> {
    async fn item(&mut self, state: &mut State) -> NextRequest {
        let bails = self.work.spec.options.bail.on_failure();
        let mut request = self.entry.item.request.clone();
        let inherited = self.auth(&request).cloned();
        if request.auth.is_none() {
            request.auth = inherited.clone();
        }
        let needs_cookies = self.has_scripts(Listen::Prerequest);
        let cookies = if needs_cookies {
            self.work.wire.cookies(&self.work.wire.address(&request, &state.scopes))
        } else {
            Vec::new()
        };
        let mut view = View {
            request: request.to_value(),
            response: None,
            cookies,
        };
        let before = self.scripts(state, Listen::Prerequest, &mut view).await;
        if before.skip {
            if let Some(execution) = &mut state.current {
                execution.skipped = true;
            }
            return before.next;
        }
        if bails && before.failed {
            return NextRequest::Stop;
        }
        if before.changed {
            request = Request::from_value(&view.request);
        }
        let auth = crate::auth::inherited(request.auth.as_ref(), &[]);
        let exchange = self.work.wire.send(&request, auth, &self.profile(), &state.scopes).await;
        let mut view = self.answered(state, exchange);
        if bails && view.response.is_none() {
            return NextRequest::Stop;
        }
        let after = self.scripts(state, Listen::Test, &mut view).await;
        later(before.next, after.next)
    }

    /// Notes the exchange in the execution and makes the test scripts' view of it.
    fn answered(&self, state: &mut State, exchange: Exchange) -> View {
        let limit = self.work.wire.options.max_report_bytes;
        let mut view = View {
            request: exchange.resolved.to_value(),
            response: None,
            cookies: exchange.cookies,
        };
        if let Some(execution) = &mut state.current {
            execution.request = exchange.sent;
            execution.warnings.extend(exchange.warnings);
            execution.replays = exchange.replays;
            if let Some(token_request) = exchange.token_request {
                state.tally.sub_request(execution, token_request);
            }
            match exchange.result {
                Ok(answer) => {
                    execution.response = Some(answer.to_report(limit));
                    if self.has_scripts(Listen::Test) {
                        view.response = Some(answer.to_script());
                    } else {
                        return self.counted(state, view);
                    }
                }
                Err(error) => execution.error = Some(error),
            }
        }
        self.counted(state, view)
    }

    fn counted(&self, state: &mut State, view: View) -> View {
        if let Some(execution) = &mut state.current {
            state.tally.request(execution);
        }
        view
    }

    /// Scripts of one kind, from the collection inwards.
    fn events(&self, listen: Listen) -> Vec<&Event> {
        let folders = self.entry.folders.iter().flat_map(|f| &f.events);
        folders.chain(&self.entry.item.events).filter(|e| e.listen == listen).collect()
    }

    fn has_scripts(&self, listen: Listen) -> bool {
        !self.events(listen).is_empty()
    }

    async fn scripts(&mut self, state: &mut State, listen: Listen, view: &mut View) -> Asked {
        let codes: Vec<String> = self.events(listen).into_iter().map(|e| e.code.clone()).collect();
        let mut asked = Asked::default();
        for code in codes {
            let input = ScriptInput {
                listen,
                code,
                info: self.info.clone(),
                scopes: state.scopes.clone(),
                request: view.request.clone(),
                response: view.response.clone(),
                cookies: view.cookies.clone(),
                newman_async: self.work.spec.options.newman_async,
            };
            let limit = self.work.spec.options.script_timeout;
            let calls = Calls::new(self.work.wire, &state.scopes, listen);
            let outcome = self.session.run(input, limit, &calls).await;
            let made = calls.into_made();
            if let Some(execution) = &mut state.current {
                for sub in made {
                    state.tally.sub_request(execution, sub);
                }
                state.tally.script(execution, listen, &outcome);
            }
            asked.failed |= outcome.error.is_some();
            asked.next = later(asked.next, outcome.next_request);
            if let Some(scopes) = outcome.scopes {
                keep(&mut state.scopes, scopes);
            }
            if let Some(changed) = outcome.request.filter(|_| listen == Listen::Prerequest) {
                view.request = changed;
                asked.changed = true;
            }
            if outcome.skip_request {
                asked.skip = true;
                break;
            }
        }
        asked
    }

    /// The authentication that applies before scripts have their say.
    fn auth<'r>(&'r self, request: &'r Request) -> Option<&'r Auth> {
        let chain: Vec<Option<&Auth>> = self.entry.folders.iter().map(|f| f.auth.as_ref()).collect();
        crate::auth::inherited(request.auth.as_ref(), &chain)
    }

    /// `protocolProfileBehavior`: inner settings win, one by one.
    fn profile(&self) -> Profile {
        let mut merged = Map::new();
        for folder in &self.entry.folders {
            merged.extend(folder.profile.clone());
        }
        merged.extend(self.entry.item.profile.clone());
        Profile(merged)
    }
}

/// Takes over what a script left in the scopes; iteration data is read-only.
fn keep(scopes: &mut Scopes, changed: Scopes) {
    scopes.globals = changed.globals;
    scopes.collection = changed.collection;
    scopes.environment = changed.environment;
    scopes.local = changed.local;
}
