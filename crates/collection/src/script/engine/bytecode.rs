//! The compiled JavaScript that the build made, and how it becomes functions again.

use rquickjs::{Ctx, Function, Value, qjs};

include!(concat!(env!("OUT_DIR"), "/scripts.rs"));

/// Our own files, in the order in which they build on each other.
pub fn prelude() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    SCRIPTS.iter().filter(|(name, _)| name.starts_with("watchbell/")).copied()
}

/// The bytecode of a vendored file.
pub fn vendored(name: &str) -> Option<&'static [u8]> {
    if name.starts_with("watchbell/") {
        return None;
    }
    let at = SCRIPTS.binary_search_by_key(&name, |(known, _)| known).ok()?;
    Some(SCRIPTS[at].1)
}

/// The main file of a vendored package.
pub fn main_of(package: &str) -> Option<&'static str> {
    let at = MAINS.binary_search_by_key(&package, |(known, _)| known).ok()?;
    Some(MAINS[at].1)
}

/// The function that a file was compiled to.
///
/// # Errors
/// Memory, or bytecode of another QuickJS version, which the build rules out.
#[allow(unsafe_code, reason = "rquickjs wraps bytecode of modules only, and modules are strict code")]
pub fn load<'js>(ctx: &Ctx<'js>, code: &'static [u8]) -> rquickjs::Result<Function<'js>> {
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: `code` is bytecode that the build script wrote with the same QuickJS and lives
    // for ever; `raw` is alive as long as `ctx`; `JS_EvalFunction` takes over its argument,
    // and `from_raw` takes over the value that it gives.
    let value = unsafe {
        let compiled = qjs::JS_ReadObject(raw, code.as_ptr(), code.len() as _, qjs::JS_READ_OBJ_BYTECODE as i32);
        if qjs::JS_IsException(compiled) {
            return Err(rquickjs::Error::Exception);
        }
        let result = qjs::JS_EvalFunction(raw, compiled);
        if qjs::JS_IsException(result) {
            return Err(rquickjs::Error::Exception);
        }
        Value::from_raw(ctx.clone(), result)
    };
    value
        .into_function()
        .ok_or_else(|| rquickjs::Error::new_from_js("value", "function"))
}
