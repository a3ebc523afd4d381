//! QuickJS with our `pm` in it: one runtime and one context for the scripts of one run.
//!
//! Scripts share their implicit globals, as newman's do; each runs as the body of its own
//! function, so its `var`s stay its own. A runtime is never used for two runs: the child
//! process that holds it serves one run and ends.

mod bytecode;
mod charset;
mod messages;
mod natives;
mod place;
pub(crate) mod text;

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rquickjs::context::EvalOptions;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Function, Object, Persistent, Runtime, Value};

use super::ScriptError;
use super::protocol::Job;
use super::record::Record;
use natives::Host;

/// JavaScript stack; the thread that runs the engine must have twice as much.
pub const STACK_BYTES: usize = 4 << 20;
/// What stands before a script's code on its first line.
const PREFIX: &str = "(async function() {;";
/// How many compiled scripts are kept.
const MAX_COMPILED: usize = 512;
/// Time for handing over what a script changed after it was stopped.
const COLLECT_TIME: Duration = Duration::from_millis(40);

/// The engine cannot start or was broken by a script.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("QuickJS: {0}")]
    Engine(#[from] rquickjs::Error),
    #[error("the script environment: {0}")]
    Prelude(String),
}

/// How a running script reaches its parent.
pub trait Link {
    /// Sends one call.
    fn call(&self, id: u32, json: &str);
    /// Waits for an answer, at most until `until`. `None`: the time is over.
    fn answer(&self, until: Instant) -> Option<Answer>;
}

/// What the parent answered to call `id`.
#[derive(Debug)]
pub struct Answer {
    pub id: u32,
    pub ok: bool,
    pub json: String,
}

/// The functions of the prelude that the host calls.
struct Hooks {
    begin: Persistent<Function<'static>>,
    tick: Persistent<Function<'static>>,
    answer: Persistent<Function<'static>>,
    pending: Persistent<Function<'static>>,
    finish: Persistent<Function<'static>>,
}

/// One run's JavaScript world.
pub struct Engine {
    hooks: Hooks,
    compiled: HashMap<String, Persistent<Function<'static>>>,
    host: Rc<Host>,
    context: Context,
    // Last: everything above must be gone before it is freed.
    _runtime: Runtime,
}

impl Engine {
    /// Builds the runtime and loads `pm` and chai. `memory_bytes` bounds the JavaScript heap.
    ///
    /// # Errors
    /// When QuickJS cannot start, which is a lack of memory or a defect of ours.
    pub fn new(link: Rc<dyn Link>, record: Arc<Mutex<Record>>, memory_bytes: usize) -> Result<Self, EngineError> {
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(memory_bytes);
        runtime.set_max_stack_size(STACK_BYTES);
        runtime.set_gc_threshold(4 << 20);
        let host = Rc::new(Host::new(link, record, memory_bytes));
        let watched = Rc::clone(&host);
        runtime.set_interrupt_handler(Some(Box::new(move || watched.is_over())));
        let context = Context::full(&runtime)?;
        let hooks = context.with(|ctx| {
            load_prelude(&ctx, &host)
                .catch(&ctx)
                .map_err(|error| EngineError::Prelude(error.to_string()))
        })?;
        Ok(Self {
            hooks,
            compiled: HashMap::new(),
            host,
            context,
            _runtime: runtime,
        })
    }

    /// Runs one script to its end: its code, its timers and its calls. What it did is in the record.
    pub fn run(&mut self, job: Job) {
        let limit = Duration::from_millis(u64::from(job.limit_ms));
        let deadline = Instant::now() + limit;
        self.host.begin(deadline, job.body, &job.code);
        let context = self.context.clone();
        context.with(|ctx| {
            let complete = self.play(&ctx, &job.code, &job.input, deadline);
            if self.host.was_interrupted() || Instant::now() >= deadline {
                self.host.record().time_out(limit);
            } else if let Err(error) = &complete {
                self.host.fail(describe(error));
            }
            self.host.extend(Instant::now() + COLLECT_TIME);
            let finished =
                restore(&self.hooks.finish, &ctx).and_then(|finish| finish.call::<_, ()>((complete.is_ok_and(|complete| complete),)));
            if let Err(error) = finished.catch(&ctx) {
                self.host.fail(describe(&error));
            }
            self.host.end();
        });
    }

    /// Compiles and runs; answers whether nothing was left to wait for.
    fn play<'js>(&mut self, ctx: &Ctx<'js>, code: &str, input: &str, deadline: Instant) -> Result<bool, CaughtError<'js>> {
        let script = self.compile(ctx, code).catch(ctx)?;
        let input: Value<'js> = ctx.json_parse(input).catch(ctx)?;
        let begin = restore(&self.hooks.begin, ctx).catch(ctx)?;
        begin.call::<_, ()>((input, script)).catch(ctx)?;
        self.turn(ctx, deadline).catch(ctx)
    }

    /// The event loop: promise jobs, then one timer or one answer, until nothing is pending.
    fn turn(&self, ctx: &Ctx<'_>, deadline: Instant) -> rquickjs::Result<bool> {
        let tick = restore(&self.hooks.tick, ctx)?;
        let pending = restore(&self.hooks.pending, ctx)?;
        loop {
            while ctx.execute_pending_job() {
                if self.host.was_interrupted() {
                    return Ok(false);
                }
            }
            if self.host.was_interrupted() || self.host.is_over() {
                return Ok(false);
            }
            let wait: f64 = tick.call(())?;
            if wait == 0.0 {
                continue;
            }
            let calls: u32 = pending.call(())?;
            if wait < 0.0 && calls == 0 {
                return Ok(true);
            }
            let next_timer = (wait > 0.0).then(|| Instant::now() + Duration::from_secs_f64((wait / 1000.0).min(86_400.0)));
            let until = next_timer.map_or(deadline, |next| next.min(deadline));
            if calls == 0 {
                std::thread::sleep(until.saturating_duration_since(Instant::now()));
            } else if let Some(answer) = self.host.link().answer(until) {
                let deliver = restore(&self.hooks.answer, ctx)?;
                deliver.call::<_, ()>((answer.id, answer.ok, answer.json))?;
            }
        }
    }

    fn compile<'js>(&mut self, ctx: &Ctx<'js>, code: &str) -> rquickjs::Result<Function<'js>> {
        if let Some(known) = self.compiled.get(code) {
            return restore(known, ctx);
        }
        let mut options = EvalOptions::default();
        options.strict = false;
        options.filename = Some("script".to_owned());
        let function: Function<'js> = ctx.eval_with_options(format!("{PREFIX}{code}\n}})"), options)?;
        if self.compiled.len() >= MAX_COMPILED {
            self.compiled.clear();
        }
        self.compiled.insert(code.to_owned(), Persistent::save(ctx, function.clone()));
        Ok(function)
    }
}

fn restore<'js>(saved: &Persistent<Function<'static>>, ctx: &Ctx<'js>) -> rquickjs::Result<Function<'js>> {
    saved.clone().restore(ctx)
}

fn load_prelude<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> rquickjs::Result<Hooks> {
    let natives = natives::install(ctx, host)?;
    let internal = Object::new(ctx.clone())?;
    for (_, code) in bytecode::prelude() {
        bytecode::load(ctx, code)?.call::<_, ()>((natives.clone(), internal.clone()))?;
    }
    // Nearly every script uses chai; here its loading is off every script's path.
    internal.get::<_, Function<'js>>("chai")?.call::<_, Value<'js>>(())?;
    let hook = |name: &str| -> rquickjs::Result<Persistent<Function<'static>>> {
        Ok(Persistent::save(ctx, internal.get::<_, Function<'js>>(name)?))
    };
    Ok(Hooks {
        begin: hook("begin")?,
        tick: hook("tick")?,
        answer: hook("answer")?,
        pending: hook("pendingCalls")?,
        finish: hook("finish")?,
    })
}

fn describe(error: &CaughtError<'_>) -> ScriptError {
    match error {
        CaughtError::Exception(exception) => ScriptError {
            name: exception.get::<_, String>("name").unwrap_or_else(|_| "Error".to_owned()),
            message: messages::familiar(&exception.message().unwrap_or_default()),
            stack: exception.stack(),
        },
        other => ScriptError {
            name: "Error".to_owned(),
            message: other.to_string(),
            stack: None,
        },
    }
}
