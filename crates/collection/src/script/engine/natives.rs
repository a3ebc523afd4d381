//! The functions that JavaScript gets from us. Only the prelude sees them, no script does.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rand::RngCore as _;
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};

use super::place::Place;
use super::{Link, PREFIX, bytecode, charset, messages, text};
use crate::dynamic::Dynamic;
use crate::script::record::Record;
use crate::script::{AssertionStatus, NextRequest, ScriptError};

/// What the native functions share, and the state of the script that runs now.
pub struct Host {
    link: Rc<dyn Link>,
    record: Arc<Mutex<Record>>,
    memory_bytes: usize,
    started: Instant,
    deadline: Cell<Option<Instant>>,
    interrupted: Cell<bool>,
    body: RefCell<Vec<u8>>,
    source: RefCell<String>,
}

impl Host {
    /// A host with no script running.
    pub fn new(link: Rc<dyn Link>, record: Arc<Mutex<Record>>, memory_bytes: usize) -> Self {
        Self {
            link,
            record,
            memory_bytes,
            started: Instant::now(),
            deadline: Cell::new(None),
            interrupted: Cell::new(false),
            body: RefCell::default(),
            source: RefCell::default(),
        }
    }

    /// A script begins; `body` is the response's, `source` its own text.
    pub fn begin(&self, deadline: Instant, body: Vec<u8>, source: &str) {
        let mut kept = self.source.borrow_mut();
        kept.clear();
        kept.push_str(source);
        self.deadline.set(Some(deadline));
        self.interrupted.set(false);
        *self.body.borrow_mut() = body;
    }

    /// Time to hand over results.
    pub fn extend(&self, deadline: Instant) {
        self.deadline.set(Some(deadline));
    }

    /// The script is over; its response is let go.
    pub fn end(&self) {
        self.deadline.set(None);
        *self.body.borrow_mut() = Vec::new();
    }

    /// Asked by QuickJS now and then; `true` stops the script.
    pub fn is_over(&self) -> bool {
        let over = self.deadline.get().is_some_and(|deadline| Instant::now() >= deadline);
        if over {
            self.interrupted.set(true);
        }
        over
    }

    /// Whether a script was stopped at its deadline.
    pub fn was_interrupted(&self) -> bool {
        self.interrupted.get()
    }

    /// The way to the parent.
    pub fn link(&self) -> &dyn Link {
        &*self.link
    }

    /// The record of the script that runs now.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The script ended with an error; QuickJS's word for a lack of memory gets ours.
    pub fn fail(&self, error: ScriptError) {
        if error.name == "InternalError" && error.message == "out of memory" {
            self.record().out_of_memory(self.memory_bytes);
        } else {
            self.record().fail(error);
        }
    }

    /// An engine's message in familiar words; `line` and `column` (0: unknown) count as the engine counts.
    fn words(&self, kind: &str, message: &str, line: usize, column: usize) -> Option<String> {
        let source = self.source.borrow();
        // On the first line the engine counts running code from 0, its parser from 1.
        let before = if line > 1 {
            0
        } else {
            PREFIX.len() - usize::from(kind != "SyntaxError")
        };
        let column = column.saturating_sub(before);
        let place = (line > 0).then(|| Place::new(&source, line, column)).flatten();
        messages::worded(kind, message, place)
    }

    fn body(&self) -> Ref<'_, Vec<u8>> {
        self.body.borrow()
    }
}

/// Makes the `host` object of the prelude.
pub fn install<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    install_results(ctx, host, &object)?;
    install_changes(ctx, host, &object)?;
    install_tools(ctx, host, &object)?;
    install_scripts(ctx, &object)?;
    Ok(object)
}

fn install_results<'js>(ctx: &Ctx<'js>, host: &Rc<Host>, object: &Object<'js>) -> Result<()> {
    let h = Rc::clone(host);
    let test = move |ctx: Ctx<'js>, name: String, index: u32, status: u8, kind: String, message: String, stack: String| -> Result<()> {
        let status = match status {
            0 => AssertionStatus::Passed,
            1 => AssertionStatus::Failed,
            _ => AssertionStatus::Skipped,
        };
        let error = (status == AssertionStatus::Failed).then(|| error_of(kind, message, stack));
        h.record()
            .test(name, u64::from(index), status, error)
            .map_err(|limit| Exception::throw_range(&ctx, &limit.to_string()))
    };
    object.set("test", Function::new(ctx.clone(), test)?)?;
    let h = Rc::clone(host);
    object.set(
        "log",
        Function::new(ctx.clone(), move |level: String, text: String| h.record().log(level, text))?,
    )?;
    let h = Rc::clone(host);
    object.set("warn", Function::new(ctx.clone(), move |text: String| h.record().warn(text))?)?;
    let h = Rc::clone(host);
    let fail = move |kind: String, message: String, stack: String| h.fail(error_of(kind, message, stack));
    object.set("fail", Function::new(ctx.clone(), fail)?)?;
    let h = Rc::clone(host);
    object.set("stop", Function::new(ctx.clone(), move || h.record().close())?)
}

fn error_of(name: String, message: String, stack: String) -> ScriptError {
    // Our own frames and the engine's tell a user nothing.
    let own = |line: &&str| !line.contains("(watchbell/") && !line.contains("(native)");
    let stack = stack.lines().filter(own).map(str::trim).collect::<Vec<_>>().join("\n");
    let message = messages::familiar(&message);
    ScriptError {
        name,
        message,
        stack: (!stack.is_empty()).then_some(stack),
    }
}

fn install_changes<'js>(ctx: &Ctx<'js>, host: &Rc<Host>, object: &Object<'js>) -> Result<()> {
    let h = Rc::clone(host);
    object.set(
        "scope",
        Function::new(ctx.clone(), move |kind: u32, name: String| h.record().scope(kind, name))?,
    )?;
    let h = Rc::clone(host);
    let variable = move |kind: u32, key: String, json: String| h.record().variable(kind, key, &json);
    object.set("variable", Function::new(ctx.clone(), variable)?)?;
    let h = Rc::clone(host);
    object.set(
        "request",
        Function::new(ctx.clone(), move |json: String| h.record().request(&json))?,
    )?;
    let h = Rc::clone(host);
    let next = move |named: bool, name: String| {
        h.record().next(if named { NextRequest::To(name) } else { NextRequest::Stop });
    };
    object.set("next", Function::new(ctx.clone(), next)?)?;
    let h = Rc::clone(host);
    object.set("skip", Function::new(ctx.clone(), move || h.record().skip())?)?;
    let h = Rc::clone(host);
    object.set(
        "visualizer",
        Function::new(ctx.clone(), move |json: String| h.record().visualizer(&json))?,
    )?;
    let h = Rc::clone(host);
    object.set(
        "call",
        Function::new(ctx.clone(), move |id: u32, json: String| h.link().call(id, &json))?,
    )
}

fn install_tools<'js>(ctx: &Ctx<'js>, host: &Rc<Host>, object: &Object<'js>) -> Result<()> {
    let h = Rc::clone(host);
    object.set(
        "now",
        Function::new(ctx.clone(), move || h.started.elapsed().as_secs_f64() * 1000.0)?,
    )?;
    let h = Rc::clone(host);
    let words = move |kind: String, message: String, line: usize, column: usize| h.words(&kind, &message, line, column);
    object.set("words", Function::new(ctx.clone(), words)?)?;
    let h = Rc::clone(host);
    object.set(
        "body",
        Function::new(ctx.clone(), move |ctx: Ctx<'js>| ArrayBuffer::new_copy(ctx, h.body().as_slice()))?,
    )?;
    let h = Rc::clone(host);
    object.set(
        "bodyText",
        Function::new(ctx.clone(), move |charset: String| charset::decode(&h.body(), &charset))?,
    )?;
    object.set(
        "utf8",
        Function::new(ctx.clone(), |ctx: Ctx<'js>, text: String| ArrayBuffer::new(ctx, text.into_bytes()))?,
    )?;
    let decode = |data: ArrayBuffer<'js>, charset: String| charset::decode(&copy(&data), &charset);
    object.set("decode", Function::new(ctx.clone(), decode)?)?;
    object.set(
        "toBase64",
        Function::new(ctx.clone(), |data: ArrayBuffer<'js>| text::to_base64(&copy(&data)))?,
    )?;
    let from_base64 = |ctx: Ctx<'js>, text: String| ArrayBuffer::new(ctx, text::from_base64(&text));
    object.set("fromBase64", Function::new(ctx.clone(), from_base64)?)?;
    let random = |ctx: Ctx<'js>, size: u32| {
        let mut bytes = vec![0; size.min(1 << 20) as usize];
        rand::rng().fill_bytes(&mut bytes);
        ArrayBuffer::new(ctx, bytes)
    };
    object.set("random", Function::new(ctx.clone(), random)?)?;
    // The wall clock of scripts is JavaScript's own: the time comes with each call.
    let now = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&now);
    let generator = RefCell::new(Dynamic::seeded(
        rand::rng().next_u64(),
        Arc::new(move || clock.load(Ordering::Relaxed)),
    ));
    let dynamic = move |name: String, now_ms: f64| {
        now.store((now_ms * 1000.0) as i64, Ordering::Relaxed);
        generator.borrow_mut().value(&name)
    };
    object.set("dynamic", Function::new(ctx.clone(), dynamic)?)?;
    object.set("uuid", Function::new(ctx.clone(), || uuid::Uuid::new_v4().to_string())?)?;
    let url = |input: String, base: Option<String>, part: String, value: String| text::url_parts(&input, base.as_deref(), &part, &value);
    object.set("url", Function::new(ctx.clone(), url)?)?;
    object.set("queryPairs", Function::new(ctx.clone(), |query: String| text::query_pairs(&query))?)?;
    object.set(
        "queryString",
        Function::new(ctx.clone(), |pairs: Vec<Vec<String>>| text::query_string(&pairs))?,
    )
}

fn install_scripts<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Result<()> {
    object.set(
        "hasScript",
        Function::new(ctx.clone(), |name: String| bytecode::vendored(&name).is_some())?,
    )?;
    object.set("mainOf", Function::new(ctx.clone(), |package: String| bytecode::main_of(&package))?)?;
    let script = |ctx: Ctx<'js>, name: String| match bytecode::vendored(&name) {
        Some(code) => bytecode::load(&ctx, code),
        None => Err(Exception::throw_reference(&ctx, "no such file")),
    };
    object.set("script", Function::new(ctx.clone(), script)?)
}

/// The bytes of a buffer; none when it is detached.
#[allow(unsafe_code, reason = "no JavaScript runs while the bytes are copied")]
fn copy(data: &ArrayBuffer<'_>) -> Vec<u8> {
    // SAFETY: the slice is copied at once, and nothing runs in between.
    unsafe { data.as_bytes() }.map(<[u8]>::to_vec).unwrap_or_default()
}
