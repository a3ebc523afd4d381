//! The walk over a collection's document: variables, scripts, files, and names.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

use collection::{Collection, Environment, dynamic::Dynamic, variables::tokens};
use serde_json::Value;

use super::{
    finding::{Finding, Severity},
    script,
};

/// What a run would be given.
pub struct Known {
    pub variables: BTreeSet<String>,
    folder: PathBuf,
    /// Requests by name, to tell names that `setNextRequest` cannot mean.
    requests: HashMap<String, usize>,
}

impl Known {
    /// What the collection itself says; `folder` is where its files are.
    pub fn of(collection: &Collection, folder: PathBuf) -> Self {
        let mut requests = HashMap::new();
        for (_, item) in collection.requests() {
            *requests.entry(item.name.clone()).or_insert(0) += 1;
            if item.id != item.name {
                requests.entry(item.id.clone()).or_insert(1);
            }
        }
        Self {
            variables: collection.variables().iter().map(|v| v.key.clone()).collect(),
            folder,
            requests,
        }
    }

    /// Adds the variables of a document.
    pub fn take(&mut self, document: &Environment) {
        self.variables
            .extend(document.values().iter().filter(|v| !v.disabled).map(|v| v.key.clone()));
    }
}

/// One walk.
pub struct Lint<'a> {
    document: &'a Value,
    known: Known,
    dynamic: Dynamic,
    /// A script sets variables whose names are not written out.
    computed: bool,
    findings: Vec<Finding>,
}

impl<'a> Lint<'a> {
    pub fn new(document: &'a Value, known: Known) -> Self {
        let dynamic = Dynamic::seeded(0, std::sync::Arc::new(|| 0));
        Self {
            document,
            known,
            dynamic,
            computed: false,
            findings: Vec::new(),
        }
    }

    /// Everything found, in the document's order.
    pub fn findings(mut self) -> Vec<Finding> {
        let document = self.document;
        self.learn(document);
        if document["info"]["schema"].as_str().is_some_and(|schema| schema.contains("/v2.0.")) {
            let hint = "export it from Postman as Collection v2.1";
            self.add(Severity::Note, "info.schema", "the collection is of format v2.0", hint);
        }
        self.strings(&document["auth"], "auth");
        self.scripts(&document["event"], "event");
        self.items(&document["item"], "item");
        self.findings
    }

    fn add(&mut self, severity: Severity, path: &str, message: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding::new(severity, path, message, hint));
    }

    /// Variables that any script sets, wherever it stands: order depends on the run.
    fn learn(&mut self, node: &Value) {
        for event in list(&node["event"]) {
            let (names, computed) = script::sets(&code(event).unwrap_or_default());
            self.known.variables.extend(names);
            self.computed |= computed;
        }
        list(&node["item"]).iter().for_each(|inner| self.learn(inner));
    }

    fn items(&mut self, items: &Value, path: &str) {
        for (index, node) in list(items).iter().enumerate() {
            let here = format!("{path}[{index}]");
            self.strings(&node["auth"], &format!("{here}.auth"));
            self.scripts(&node["event"], &format!("{here}.event"));
            self.request(&node["request"], &format!("{here}.request"));
            self.items(&node["item"], &format!("{here}.item"));
        }
    }

    fn request(&mut self, request: &Value, path: &str) {
        if request.is_string() {
            return self.strings(request, path);
        }
        // `raw` and the parts of a URL say the same twice.
        let url = if request["url"]["raw"].is_string() {
            ("url.raw", &request["url"]["raw"])
        } else {
            ("url", &request["url"])
        };
        if request.is_object() && (request["url"].is_null() || request["url"] == "") {
            self.add(Severity::Error, path, "the request has no URL", "");
        }
        self.strings(url.1, &format!("{path}.{}", url.0));
        for part in ["header", "body", "auth"] {
            self.strings(&request[part], &format!("{path}.{part}"));
        }
        self.files(&request["body"], &format!("{path}.body"));
    }

    /// Every `{{name}}` below a value; disabled rows and descriptions are not sent.
    fn strings(&mut self, value: &Value, path: &str) {
        match value {
            Value::String(text) => self.text(text, path),
            Value::Array(list) => list
                .iter()
                .enumerate()
                .for_each(|(index, inner)| self.strings(inner, &format!("{path}[{index}]"))),
            Value::Object(map) if map.get("disabled") != Some(&Value::Bool(true)) => {
                for (key, inner) in map.iter().filter(|(key, _)| *key != "description") {
                    self.strings(inner, &format!("{path}.{key}"));
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, path: &str) {
        let names: BTreeSet<&str> = tokens(text).into_iter().collect();
        for name in names {
            if self.known.variables.contains(name) || self.dynamic.value(name).is_some() {
                continue;
            }
            let hint = match (name.starts_with('$'), self.computed) {
                (true, _) => "there is no such dynamic variable".to_owned(),
                (_, true) => "a script sets variables by computed names; it may set this one".to_owned(),
                _ => format!("give it in an environment (`-e FILE`), or say that it comes from elsewhere (`--var {name}`)"),
            };
            self.add(Severity::Warning, path, format!("nothing gives `{{{{{name}}}}}` a value"), hint);
        }
    }

    fn files(&mut self, body: &Value, path: &str) {
        let file = &body["file"]["src"];
        if body["mode"] == "file" {
            self.file(file, &format!("{path}.file.src"));
        }
        for (index, row) in list(&body["formdata"])
            .iter()
            .enumerate()
            .filter(|(_, row)| row["type"] == "file" && row["disabled"] != true)
        {
            let here = format!("{path}.formdata[{index}].src");
            match &row["src"] {
                Value::Array(files) => files
                    .iter()
                    .enumerate()
                    .for_each(|(n, file)| self.file(file, &format!("{here}[{n}]"))),
                one => self.file(one, &here),
            }
        }
    }

    fn file(&mut self, src: &Value, path: &str) {
        match src.as_str() {
            Some(name) if name.contains("{{") => {}
            Some(name) if self.known.folder.join(name).is_file() => {}
            Some(name) => {
                let hint = format!(
                    "it is looked for in `{}`; name another folder with `--working-dir`",
                    self.known.folder.display()
                );
                self.add(Severity::Error, path, format!("there is no file `{name}`"), hint);
            }
            None => {
                let whole = path.trim_end_matches(".src");
                self.add(
                    Severity::Error,
                    whole,
                    "a file is to be sent, but none is named",
                    "choose the file in Postman again, and export",
                );
            }
        }
    }

    fn scripts(&mut self, events: &Value, path: &str) {
        for (index, event) in list(events).iter().enumerate() {
            let Some(code) = code(event) else { continue };
            let here = format!("{path}[{index}].script.exec");
            for found in script::findings(&code) {
                let (path, line) = place(event, &code, found.offset, &here);
                self.add(found.severity, &path, format!("{}{line}", found.message), found.hint);
            }
            for (offset, name) in script::next_requests(&code) {
                let (path, line) = place(event, &code, offset, &here);
                match self.known.requests.get(&name).copied().unwrap_or(0) {
                    1 => {}
                    0 => self.add(
                        Severity::Warning,
                        &path,
                        format!("no request is named `{name}`: the iteration will end here{line}"),
                        "",
                    ),
                    n => self.add(
                        Severity::Warning,
                        &path,
                        format!("{n} requests are named `{name}`: the last one is meant{line}"),
                        "use the request's id",
                    ),
                }
            }
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The code of an event, its lines joined.
fn code(event: &Value) -> Option<String> {
    match &event["script"]["exec"] {
        Value::String(code) => Some(code.clone()),
        Value::Array(lines) => Some(
            lines
                .iter()
                .map(|line| line.as_str().unwrap_or_default())
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        _ => None,
    }
}

/// The JSON path of an offset of a script; a script in one string needs its line said.
fn place(event: &Value, code: &str, offset: usize, path: &str) -> (String, String) {
    let before = code.get(..offset).unwrap_or_default().matches('\n').count();
    let Value::Array(lines) = &event["script"]["exec"] else {
        return (path.to_owned(), format!(", in line {} of the script", before + 1));
    };
    let mut passed = 0;
    for (index, line) in lines.iter().enumerate() {
        let own = line.as_str().unwrap_or_default().matches('\n').count() + 1;
        if before < passed + own {
            return (format!("{path}[{index}]"), String::new());
        }
        passed += own;
    }
    (path.to_owned(), String::new())
}
