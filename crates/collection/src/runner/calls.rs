//! What a running script asks of the run: `pm.sendRequest` and `pm.cookies.jar()`.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::{Map, Value, json};

use super::exchange::Wire;
use crate::cookies::Cookie;
use crate::format::Request;
use crate::report::SubRequest;
use crate::request::Profile;
use crate::script::{Call, Listen, Scopes, ScriptCalls, ScriptError};

/// Answers the calls of one script.
pub struct Calls<'a> {
    wire: &'a Wire,
    listen: Listen,
    /// Requests made, for the report.
    made: Mutex<Vec<SubRequest>>,
}

impl<'a> Calls<'a> {
    pub fn new(wire: &'a Wire, listen: Listen) -> Self {
        Self {
            wire,
            listen,
            made: Mutex::new(Vec::new()),
        }
    }

    /// The requests that the script made.
    pub fn into_made(self) -> Vec<SubRequest> {
        self.made.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send_request(&self, request: &Value) -> Result<Value, ScriptError> {
        let request = Request::from_value(if request.is_string() || request.get("url").is_some() {
            request
        } else {
            &request["request"]
        });
        let auth = crate::auth::inherited(request.auth.as_ref(), &[]);
        // As newman: variables are the script's business, and a body goes with any method.
        let profile = Profile(Map::from_iter([("disableBodyPruning".to_owned(), json!(true))]));
        let exchange = self.wire.send(&request, (auth, None), &profile, &Scopes::default()).await;
        let made = exchange.to_sub_request(Some(self.listen), self.wire.options.max_report_bytes);
        let mut all = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(exchange.token_request);
        all.push(made);
        drop(all);
        match exchange.result {
            Ok(answer) => serde_json::to_value(answer.to_script()).map_err(|e| script_error("Error", &e.to_string())),
            // The name carries the code: scripts read it as `err.code`.
            Err(error) => Err(script_error(&error.code, &error.message)),
        }
    }

    fn cookie_jar(&self, op: &str, address: &str, args: &Value) -> Result<Value, ScriptError> {
        let address = if address.contains("://") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        let url = url::Url::parse(&address).map_err(|_| script_error("Error", &format!("`{address}` is no URL")))?;
        let now = (self.wire.now)();
        let mut jar = self.wire.jar();
        let name = args["name"].as_str().unwrap_or_default();
        let matching = |jar: &crate::cookies::Jar| -> Vec<Value> {
            let found = jar.matching(&url, now).into_iter().map(Cookie::to_script);
            found.filter_map(|c| serde_json::to_value(c).ok()).collect()
        };
        match op {
            "set" => {
                match args["header"].as_str() {
                    Some(line) => jar.store(&url, line, now),
                    None => jar.put(cookie(&url, args), now),
                }
                let set = matching(&jar).into_iter().find(|c| c["name"] == args["name"]);
                Ok(set.unwrap_or(Value::Null))
            }
            "get" => Ok(matching(&jar)
                .into_iter()
                .find(|c| c["name"] == name)
                .map_or(Value::Null, |c| c["value"].clone())),
            "getAll" => Ok(Value::Array(matching(&jar))),
            "unset" => {
                jar.unset(&url, name, now);
                Ok(Value::Null)
            }
            "clear" => {
                jar.clear(&url, now);
                Ok(Value::Null)
            }
            other => Err(script_error("TypeError", &format!("the cookie jar knows no `{other}`"))),
        }
    }
}

#[async_trait]
impl ScriptCalls for Calls<'_> {
    async fn call(&self, call: Call) -> Result<Value, ScriptError> {
        match call {
            Call::SendRequest { request } => self.send_request(&request).await,
            Call::CookieJar { op, url, args } => self.cookie_jar(&op, &url, &args),
        }
    }
}

/// A cookie as a script describes it: `{name, value, path, domain, secure, httpOnly, expires}`.
fn cookie(url: &url::Url, args: &Value) -> Cookie {
    let text = |key: &str| crate::format::text(&args[key]).unwrap_or_default();
    let mut cookie = Cookie::for_url(url, &text("name"), &text("value"));
    if args["path"].as_str().is_some_and(|p| p.starts_with('/')) {
        cookie.path = text("path");
    }
    let domain = text("domain").trim_start_matches('.').to_ascii_lowercase();
    if !domain.is_empty() && domain != cookie.domain {
        cookie.domain = domain;
        cookie.host_only = args["hostOnly"] == json!(true);
    }
    cookie.secure = crate::format::flag(&args["secure"]);
    cookie.http_only = crate::format::flag(&args["httpOnly"]);
    cookie
}

fn script_error(name: &str, message: &str) -> ScriptError {
    ScriptError {
        name: name.to_owned(),
        message: message.to_owned(),
        stack: None,
    }
}
