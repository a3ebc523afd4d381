//! One execution as a fold of the HTML report.

use std::fmt::Write as _;

use collection::report::{Execution, Received, SubRequest};
use collection::script::{Assertion, AssertionStatus, Listen};

use super::super::{cli::size, junit::escape};

/// Characters of a body that the page shows.
const MAX_BODY: usize = 20_000;

/// Where on the page an item of an iteration stands.
pub fn anchor(iteration: u64, position: u64) -> String {
    format!("i{iteration}-{position}")
}

/// Whether anything of an item went wrong.
pub fn has_failed(execution: &Execution) -> bool {
    execution.error.is_some()
        || !execution.script_errors.is_empty()
        || execution.assertions.iter().any(|a| a.status == AssertionStatus::Failed)
        || execution.sub_requests.iter().any(|sub| sub.error.is_some())
}

/// The fold of an item. Writing to a string cannot fail.
pub fn html(execution: &Execution, iterations: u64, open: bool) -> String {
    let failed = has_failed(execution);
    let mut out = String::with_capacity(2048);
    let _ = write!(
        out,
        "<details id=\"{}\" class=\"{}\"{}>",
        anchor(execution.iteration, execution.position),
        if failed { "item failed" } else { "item passed" },
        if open { " open" } else { "" }
    );
    summary(&mut out, execution, iterations, failed);
    out.push_str("<div>");
    problems(&mut out, execution);
    tests(&mut out, &execution.assertions);
    if !execution.console.is_empty() {
        let _ = write!(
            out,
            "<h3>Console</h3><pre>{}</pre>",
            escape_lines(&crate::cli::report::console(execution))
        );
    }
    if let Some(request) = &execution.request {
        let _ = write!(
            out,
            "<h3>Request</h3><p class=\"said\">{} {}</p>",
            escape(&request.method),
            escape(&request.url)
        );
        headers(&mut out, &request.headers);
        body(&mut out, request.body.as_deref().unwrap_or_default());
    }
    if let Some(response) = &execution.response {
        answer(&mut out, response);
    }
    sub_requests(&mut out, &execution.sub_requests);
    out.push_str("</div></details>\n");
    out
}

fn summary(out: &mut String, execution: &Execution, iterations: u64, failed: bool) {
    let path = escape(&execution.path.get(1..).unwrap_or_default().join(" / "));
    let (class, sign) = if failed { ("bad", "✗") } else { ("good", "✓") };
    let times = if iterations > 1 {
        format!(" (iteration {})", execution.iteration + 1)
    } else {
        String::new()
    };
    let answer = match &execution.response {
        Some(response) => format!(
            "{} {}, {} ms, {}",
            response.status,
            escape(&response.reason),
            response.time_ms,
            size(response.size)
        ),
        None if execution.skipped => "skipped".to_owned(),
        None => "no response".to_owned(),
    };
    let _ = write!(
        out,
        "<summary><span class=\"{class}\">{sign}</span> {path}{times} <span class=\"soft\">{answer}</span></summary>"
    );
}

fn problems(out: &mut String, execution: &Execution) {
    let mut problem = |class: &str, text: &str| {
        let _ = write!(out, "<p class=\"{class} said\">{}</p>", escape(text));
    };
    if let Some(error) = &execution.error {
        problem("bad", &format!("{} ({})", error.message, error.code));
    }
    for failed in &execution.script_errors {
        let which = if failed.listen == Listen::Prerequest {
            "pre-request"
        } else {
            "test"
        };
        problem("bad", &format!("{which} script: {}: {}", failed.error.name, failed.error.message));
    }
    execution.warnings.iter().for_each(|warning| problem("warn", warning));
}

fn tests(out: &mut String, assertions: &[Assertion]) {
    if assertions.is_empty() {
        return;
    }
    out.push_str("<ul class=\"tests\">");
    for assertion in assertions {
        let (class, sign) = match assertion.status {
            AssertionStatus::Passed => ("good", "✓"),
            AssertionStatus::Failed => ("bad", "✗"),
            AssertionStatus::Skipped => ("warn", "–"),
        };
        let _ = write!(out, "<li><span class=\"{class}\">{sign}</span> {}", escape(&assertion.name));
        if let Some(error) = &assertion.error {
            let _ = write!(
                out,
                "<div class=\"bad said\">{}</div>",
                escape(&format!("{}: {}", error.name, error.message))
            );
        }
        out.push_str("</li>");
    }
    out.push_str("</ul>");
}

fn answer(out: &mut String, response: &Received) {
    let p = &response.phases;
    let ms = |us: u64| us as f64 / 1e3;
    let _ = write!(
        out,
        "<h3>Response</h3><p class=\"soft\">HTTP/{}, {} redirects; resolve {:.1} ms, connect {:.1} ms, TLS {:.1} ms, first byte {:.1} ms, body {:.1} ms</p>",
        escape(&response.http_version),
        response.redirects,
        ms(p.resolve_us),
        ms(p.connect_us),
        ms(p.tls_us),
        ms(p.first_byte_us),
        ms(p.body_us)
    );
    headers(out, &response.headers);
    body(out, if response.base64 { "(binary)" } else { &response.body });
}

/// What scripts sent, a line each.
fn sub_requests(out: &mut String, subs: &[SubRequest]) {
    if subs.is_empty() {
        return;
    }
    out.push_str("<h3>Sent by scripts</h3><ul class=\"tests\">");
    for sub in subs {
        let what = sub
            .request
            .as_ref()
            .map_or_else(|| "not sent".to_owned(), |sent| format!("{} {}", sent.method, sent.url));
        let answer = match (&sub.response, &sub.error) {
            (Some(response), _) => format!("{} {}, {} ms", response.status, response.reason, response.time_ms),
            (None, Some(error)) => format!("{} ({})", error.message, error.code),
            (None, None) => "no response".to_owned(),
        };
        let class = if sub.error.is_some() { "bad" } else { "soft" };
        let _ = write!(out, "<li>{} <span class=\"{class}\">{}</span></li>", escape(&what), escape(&answer));
    }
    out.push_str("</ul>");
}

fn headers(out: &mut String, headers: &[(String, String)]) {
    if headers.is_empty() {
        return;
    }
    let _ = write!(out, "<details><summary>{} headers</summary><table>", headers.len());
    for (name, value) in headers {
        let _ = write!(out, "<tr><td>{}</td><td>{}</td></tr>", escape(name), escape(value));
    }
    out.push_str("</table></details>");
}

fn body(out: &mut String, body: &str) {
    if body.is_empty() {
        return;
    }
    let cut: String = body.chars().take(MAX_BODY).collect();
    let _ = write!(out, "<pre>{}</pre>", escape_lines(&cut));
    if cut.len() < body.len() {
        let _ = write!(out, "<p class=\"soft\">{} more</p>", size((body.len() - cut.len()) as u64));
    }
}

/// As [`escape`], with line breaks as they are.
fn escape_lines(text: &str) -> String {
    escape(text).replace("&#10;", "\n").replace("&#9;", "\t")
}
