//! What a run writes at its end: environment, globals, collection, cookies.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use collection::{Collection, Environment, RunSpec, report::RunResult};
use domain::Clock as _;
use serde::Serialize;
use serde_json::{Value, json};

use super::args::Documents;
use crate::clock::SystemClock;

/// The documents as they were read, for those that are to be written.
pub struct Exports {
    environment: Option<(PathBuf, Environment)>,
    globals: Option<(PathBuf, Environment)>,
    collection: Option<(PathBuf, Collection)>,
    cookies: Option<PathBuf>,
}

impl Exports {
    pub fn new(args: &Documents, spec: &RunSpec) -> Self {
        let values = |path: &Option<PathBuf>, read: &Option<Environment>, name: &str| {
            let document = || read.clone().unwrap_or_else(|| Environment::empty(name));
            path.as_ref().map(|path| (path.clone(), document()))
        };
        Self {
            environment: values(&args.export_environment, &spec.environment, "environment"),
            globals: values(&args.export_globals, &spec.globals, "globals"),
            collection: args.export_collection.as_ref().map(|path| (path.clone(), spec.collection.clone())),
            cookies: args.export_cookie_jar.clone(),
        }
    }

    /// Writes what was asked for.
    pub fn write(&self, result: &RunResult) -> Result<()> {
        if let Some((path, document)) = &self.environment {
            write(path, "environment", &stamped(document.export(&result.environment), "environment"))?;
        }
        if let Some((path, document)) = &self.globals {
            write(path, "globals", &stamped(document.export(&result.globals), "globals"))?;
        }
        if let Some((path, collection)) = &self.collection {
            write(path, "collection", &collection.export(&result.collection_variables))?;
        }
        if let Some(path) = &self.cookies {
            write(path, "cookie-jar", &result.cookies.to_json())?;
        }
        Ok(())
    }
}

/// The marks that Postman puts on an export.
fn stamped(mut document: Value, scope: &str) -> Value {
    let now = jiff::Timestamp::from_microsecond(SystemClock.now()).unwrap_or_default();
    if let Some(object) = document.as_object_mut() {
        let marks = [
            ("_postman_variable_scope", json!(scope)),
            ("_postman_exported_at", json!(now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())),
            ("_postman_exported_using", json!(concat!("Watchbell/", env!("CARGO_PKG_VERSION")))),
        ];
        object.entry("id").or_insert_with(|| json!(uuid::Uuid::new_v4().to_string()));
        object.extend(marks.map(|(key, value)| (key.to_owned(), value)));
    }
    document
}

/// Into a folder goes a file of newman's name for it.
fn write(path: &Path, what: &str, value: &impl Serialize) -> Result<()> {
    let path = if path.is_dir() {
        path.join(format!("newman-{what}.json"))
    } else {
        path.to_owned()
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    let cannot = || format!("cannot write `{}`", path.display());
    let mut file = BufWriter::new(File::create(&path).with_context(cannot)?);
    serde_json::to_writer_pretty(&mut file, value).with_context(cannot)?;
    file.flush().with_context(cannot)
}
