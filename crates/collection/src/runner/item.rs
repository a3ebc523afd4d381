//! One item: pre-request scripts, request, test scripts.
//!
//! Scripts run from the collection inwards. One that throws does not stop the others: the
//! request is still sent, and a request without an answer still runs the test scripts.
//! `skipRequest` stops the item at once.

use serde_json::{Map, Value};

use super::digests::Owner;
use super::exchange::Exchange;
use super::{State, Work, calls::Calls};
use crate::format::{Auth, Event, Request};
use crate::order::{Entry, later};
use crate::report::Execution;
use crate::request::Profile;
use crate::script::{
    Assertion, AssertionStatus, Info, Listen, NextRequest, Scopes, ScriptCookie, ScriptError, ScriptInput, ScriptResponse, ScriptSession,
};

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
        owner: entry.item.name.clone(),
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
        let mut view = View {
            request: request.to_value(),
            response: None,
            // As newman: the list is that of the answer; before, there is the jar.
            cookies: Vec::new(),
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
            request = self.changed(&view.request);
        }
        let inherited = self.auth();
        if request.auth.is_none() {
            request.auth = inherited.cloned();
        }
        let auth = crate::auth::inherited(request.auth.as_ref(), &[]);
        // As the reference: what servers say is kept for an inherited authentication alone.
        let shared = inherited.filter(|_| self.entry.item.request.auth.is_none());
        let signs = (auth, shared.map(Owner::of));
        let exchange = self.work.wire.send(&request, signs, &self.profile(), &state.scopes).await;
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

    /// Scripts of one kind with the names of what they belong to, from the collection inwards.
    fn events(&self, listen: Listen) -> Vec<(&str, &Event)> {
        let folders = self
            .entry
            .folders
            .iter()
            .flat_map(|f| f.events.iter().map(|e| (f.name.as_str(), e)));
        let own = self.entry.item.events.iter().map(|e| (self.entry.item.name.as_str(), e));
        folders.chain(own).filter(|(_, e)| e.listen == listen).collect()
    }

    fn has_scripts(&self, listen: Listen) -> bool {
        !self.events(listen).is_empty()
    }

    async fn scripts(&mut self, state: &mut State, listen: Listen, view: &mut View) -> Asked {
        let owned = self.events(listen).into_iter().map(|(owner, e)| (owner.to_owned(), e.code.clone()));
        let codes: Vec<(String, String)> = owned.collect();
        let mut asked = Asked::default();
        for (owner, code) in codes {
            self.info.owner = owner;
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
            let calls = Calls::new(self.work.wire, listen);
            let mut outcome = self.session.run(input, limit, &calls).await;
            if self.work.spec.options.bail.on_failure() {
                outcome.error = outcome.error.or_else(|| failed_assertions(&outcome.assertions));
            }
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

    /// The request as scripts left it. As in the reference, they can replace a body or an
    /// authentication, but not delete it; a body can be `null`.
    fn changed(&self, shown: &serde_json::Value) -> Request {
        let original = &self.entry.item.request;
        let mut request = Request::from_value(shown);
        if shown.get("body").is_none() {
            request.body.clone_from(&original.body);
        }
        request.auth = request.auth.or_else(|| original.auth.clone());
        request
    }

    /// The authentication of the document: scripts see and change the item's own alone.
    fn auth(&self) -> Option<&Auth> {
        let chain: Vec<Option<&Auth>> = self.entry.folders.iter().map(|f| f.auth.as_ref()).collect();
        crate::auth::inherited(self.entry.item.request.auth.as_ref(), &chain)
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

/// With `--bail` a failed assertion fails its script.
fn failed_assertions(assertions: &[Assertion]) -> Option<ScriptError> {
    let failed = assertions.iter().filter(|a| a.status == AssertionStatus::Failed);
    let names: Vec<&str> = failed.map(|a| a.name.as_str()).collect();
    (!names.is_empty()).then(|| ScriptError {
        name: "AssertionFailure".to_owned(),
        message: names.join(", "),
        stack: None,
    })
}

/// Takes over what a script left in the scopes; iteration data is read-only.
fn keep(scopes: &mut Scopes, changed: Scopes) {
    scopes.globals = changed.globals;
    scopes.collection = changed.collection;
    scopes.environment = changed.environment;
    scopes.local = changed.local;
}
