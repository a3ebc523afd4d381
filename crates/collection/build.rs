//! Compiles the scripts' JavaScript (our `pm` and the vendored libraries) to QuickJS bytecode.
//!
//! Bytecode loads five to thirty times faster than source, and a child process loads it at
//! every start. Each file becomes a global script (not a module: the libraries are written
//! for sloppy mode) whose value is the usual CommonJS function, so the files stay unmodified.
//! The output is `scripts.rs` in `OUT_DIR`: a sorted table of path, bytecode and package mains.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::CString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use rquickjs::{Context, Ctx, Runtime, qjs};

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let root = PathBuf::from("src/script/js");
    println_cargo(&format!("rerun-if-changed={}", root.display()));
    println_cargo("rerun-if-changed=build.rs");
    let out = PathBuf::from(required("OUT_DIR")?);

    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();

    let runtime = Runtime::new()?;
    runtime.set_max_stack_size(4 << 20);
    let context = Context::full(&runtime)?;
    let mut scripts = BTreeMap::new();
    let mut mains = BTreeMap::new();
    for file in &files {
        let name = script_name(&root, file)?;
        let text = fs::read_to_string(file)?;
        if let Some(package) = name.strip_suffix("/package.json") {
            mains.insert(package.to_owned(), main_of(&text)?);
        }
        let source = wrap(&name, &text);
        let bytecode = context
            .with(|ctx| compile(&ctx, &name, &source))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let target = format!("{}.qbc", name.replace('/', "__"));
        fs::write(out.join(&target), bytecode)?;
        scripts.insert(name, target);
    }
    fs::write(out.join("scripts.rs"), table(&scripts, &mains)?)?;
    Ok(())
}

/// Cargo reads instructions from standard output; this is the one place that prints.
#[allow(clippy::print_stdout, reason = "the protocol of build scripts")]
fn println_cargo(instruction: &str) {
    println!("cargo:{instruction}");
}

#[allow(clippy::disallowed_methods, reason = "Cargo hands its paths to a build script in the environment")]
fn required(name: &str) -> Result<String, Failure> {
    Ok(env::var(name)?)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "js" || extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

/// `src/script/js/vendor/chai/chai.js` is `chai/chai.js`, `src/script/js/pm.js` is `watchbell/pm.js`.
fn script_name(root: &Path, file: &Path) -> Result<String, Failure> {
    let path = file
        .strip_prefix(root)?
        .to_str()
        .ok_or("a path that is not UTF-8")?
        .replace('\\', "/");
    Ok(match path.strip_prefix("vendor/") {
        Some(vendored) => vendored.to_owned(),
        None => format!("watchbell/{path}"),
    })
}

fn main_of(package: &str) -> Result<String, Failure> {
    let package: serde_json::Value = serde_json::from_str(package)?;
    Ok(package
        .get("main")
        .and_then(|main| main.as_str())
        .unwrap_or("index.js")
        .trim_start_matches("./")
        .to_owned())
}

fn wrap(name: &str, text: &str) -> String {
    if name.ends_with(".json") {
        return format!("(function (exports, require, module) {{ module.exports = {text}\n}})");
    }
    if name.starts_with("watchbell/") {
        return format!("(function (host, internal) {{ {text}\n}})");
    }
    format!("(function (exports, require, module, global) {{ {text}\n}})")
}

/// Compiles without running and writes the bytecode, source text stripped.
#[allow(unsafe_code, reason = "rquickjs wraps bytecode of modules only, and modules are strict code")]
fn compile(ctx: &Ctx<'_>, name: &str, source: &str) -> Result<Vec<u8>, String> {
    let (file, text) = (
        CString::new(name).map_err(|e| e.to_string())?,
        CString::new(source).map_err(|e| e.to_string())?,
    );
    let flags = (qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY) as i32;
    let write = (qjs::JS_WRITE_OBJ_BYTECODE | qjs::JS_WRITE_OBJ_STRIP_SOURCE) as i32;
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: `raw` is alive for the borrow of `ctx`, both strings end in NUL and outlive the
    // call, and the buffer is copied before QuickJS frees it.
    unsafe {
        let function = qjs::JS_Eval(raw, text.as_ptr(), source.len() as _, file.as_ptr(), flags);
        if qjs::JS_IsException(function) {
            return Err(format!("{:?}", ctx.catch()));
        }
        let mut length = 0;
        let buffer = qjs::JS_WriteObject(raw, &mut length, function, write);
        qjs::JS_FreeValue(raw, function);
        if buffer.is_null() {
            return Err("the bytecode cannot be written".to_owned());
        }
        let bytes = std::slice::from_raw_parts(buffer, length as usize).to_vec();
        qjs::js_free(raw, buffer.cast());
        Ok(bytes)
    }
}

fn table(scripts: &BTreeMap<String, String>, mains: &BTreeMap<String, String>) -> Result<String, Failure> {
    let mut text = String::from("/// Bytecode by path, sorted by path.\npub static SCRIPTS: &[(&str, &[u8])] = &[\n");
    for (name, file) in scripts {
        writeln!(text, "    ({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))),")?;
    }
    text.push_str("];\n\n/// Main file by package, sorted by package.\npub static MAINS: &[(&str, &str)] = &[\n");
    for (package, main) in mains {
        writeln!(text, "    ({package:?}, {main:?}),")?;
    }
    text.push_str("];\n");
    Ok(text)
}
