//! What a server refused, in words: what was wrong, the field that is to be changed, and what to do.

use std::fmt;

use domain::Problem;

use super::Address;

/// An answer other than 2xx.
#[derive(Debug)]
pub struct Refused {
    pub status: u16,
    /// Seconds after which it is worth another try.
    pub retry_after: Option<u64>,
    what: String,
    field: Option<String>,
    hint: Option<String>,
}

impl Refused {
    pub fn new(server: &Address, path: &str, response: &egress::Response) -> Self {
        let status = response.status;
        let retry_after = response.header("retry-after").and_then(|text| text.trim().parse().ok());
        let Ok(problem) = serde_json::from_slice::<Problem>(&response.body) else {
            let hint = match (status, response.header("location")) {
                (300..400, Some(place)) => format!("it points to `{place}`; give that server's address as --server or in WATCHBELL_URL"),
                _ => "--server (or WATCHBELL_URL) is the address of Watchbell's pages, such as https://watch.example.com".to_owned(),
            };
            let what = format!(
                "`{}` answered {status} {}, not as a Watchbell server does",
                server.api(path),
                response.reason
            );
            return Self {
                status,
                retry_after,
                what,
                field: None,
                hint: Some(hint),
            };
        };
        let hint = match (status, retry_after) {
            (401, _) => Some(format!(
                "give a token of `{server}` in WATCHBELL_TOKEN or --token-file; they are made under Settings, Tokens"
            )),
            (429 | 503, Some(seconds)) => Some(format!("try again in {seconds} s")),
            _ => problem.hint.or_else(|| advice(status).map(str::to_owned)),
        };
        let what = match status {
            401 => format!("the server does not take this token: {}", problem.detail),
            404 => format!("{} (`{path}`)", problem.detail),
            _ => problem.detail,
        };
        Self {
            status,
            retry_after,
            what,
            field: problem.field,
            hint,
        }
    }
}

/// What to do where the server does not say it.
const fn advice(status: u16) -> Option<&'static str> {
    match status {
        403 => Some("use a token with the scope for it, made by somebody whose role reaches so far"),
        404 => Some("is the id right, and is the token one of its workspace? `watchbell webhook list` shows what this token sees"),
        _ => None,
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(field) = &self.field {
            write!(f, "\n\nfield: `{field}`")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\n\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refused {}

/// No answer came.
#[derive(Debug)]
pub struct Unreachable {
    /// Whether it may come later without anybody's doing.
    pub is_transient: bool,
    what: String,
}

impl Unreachable {
    pub fn new(server: &Address, failure: egress::Failure) -> Self {
        let is_transient = failure.transient;
        let what = format!("`{server}` does not answer: {}", failure.message);
        Self { is_transient, what }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hint = "is the server running, and is this its address? Give it as --server or in WATCHBELL_URL";
        write!(f, "{}\n\nhint: {hint}", self.what)
    }
}

impl std::error::Error for Unreachable {}
