//! One item on the terminal: its request, what its scripts said, its tests.

use collection::report::{Execution, Received};
use collection::request::Sent;
use collection::script::{Assertion, AssertionStatus, ConsoleLine, Listen};

use super::{
    Look,
    paint::{Paint, size, tame},
};

/// Bytes of a body that `--verbose` shows.
const MAX_BODY: usize = 2_000;

/// Appends one item.
pub fn show(out: &mut String, execution: &Execution, look: &Look, paint: &Paint) {
    line(out, "", &format!("\n{} {}", paint.item(), tame(&execution.item_name)));
    exchange(out, execution, paint);
    if look.verbose {
        details(out, execution, paint);
    }
    if !look.hide.no_console {
        execution.console.iter().for_each(|said| console(out, said, paint));
    }
    if !look.hide.no_assertions {
        let hidden = |a: &&Assertion| look.hide.no_success_assertions && a.status == AssertionStatus::Passed;
        execution
            .assertions
            .iter()
            .filter(|a| !hidden(a))
            .for_each(|a| assertion(out, a, paint));
    }
    for failed in &execution.script_errors {
        let which = if failed.listen == Listen::Prerequest {
            "pre-request"
        } else {
            "test"
        };
        let text = format!(
            "{} {which} script: {}: {}",
            paint.failed(),
            failed.error.name,
            tame(&failed.error.message)
        );
        line(out, "  ", &paint.red(&text));
    }
    for warning in &execution.warnings {
        line(out, "  ", &paint.yellow(&format!("! {}", tame(warning))));
    }
}

fn line(out: &mut String, indent: &str, text: &str) {
    out.push_str(indent);
    out.push_str(text);
    out.push('\n');
}

fn exchange(out: &mut String, execution: &Execution, paint: &Paint) {
    match (&execution.request, &execution.response) {
        (Some(request), Some(response)) => {
            let answer = format!(
                "[{} {}, {}, {} ms]",
                response.status,
                tame(&response.reason),
                size(response.size),
                response.time_ms
            );
            line(
                out,
                "  ",
                &format!("{} {} {}", request.method, tame(&request.url), paint.dim(&answer)),
            );
        }
        (Some(request), None) => line(out, "  ", &format!("{} {}", request.method, tame(&request.url))),
        (None, _) => line(
            out,
            "  ",
            &paint.dim(if execution.skipped { "skipped by its script" } else { "not sent" }),
        ),
    }
    if let Some(error) = &execution.error {
        line(
            out,
            "  ",
            &paint.red(&format!("{} {} ({})", paint.failed(), tame(&error.message), error.code)),
        );
    }
}

fn console(out: &mut String, said: &ConsoleLine, paint: &Paint) {
    let head = paint.dim(&format!("{} {}", paint.bar(), said.level));
    said.text
        .lines()
        .for_each(|text| line(out, "  ", &format!("{head} {}", tame(text))));
}

fn assertion(out: &mut String, assertion: &Assertion, paint: &Paint) {
    let name = tame(&assertion.name);
    match assertion.status {
        AssertionStatus::Passed => line(out, "  ", &format!("{} {name}", paint.green(paint.passed()))),
        AssertionStatus::Skipped => line(out, "  ", &format!("{} {name} (skipped)", paint.yellow("-"))),
        AssertionStatus::Failed => {
            line(out, "  ", &paint.red(&format!("{} {name}", paint.failed())));
            if let Some(error) = &assertion.error {
                line(out, "    ", &paint.red(&tame(&error.message)));
            }
        }
    }
}

/// Headers, bodies and phases of `--verbose`.
fn details(out: &mut String, execution: &Execution, paint: &Paint) {
    if let Some(Sent { headers, body, .. }) = &execution.request {
        part(out, paint, "request headers", headers, body.as_deref());
    }
    if let Some(response) = &execution.response {
        let shown = if response.base64 { "(binary)" } else { response.body.as_str() };
        part(out, paint, "response headers", &response.headers, Some(shown));
        line(out, "  ", &paint.dim(&phases(response)));
    }
}

fn part(out: &mut String, paint: &Paint, title: &str, headers: &[(String, String)], body: Option<&str>) {
    line(out, "  ", &paint.dim(title));
    headers
        .iter()
        .for_each(|(name, value)| line(out, "    ", &format!("{name}: {}", tame(value))));
    let Some(body) = body.filter(|body| !body.is_empty()) else { return };
    line(out, "  ", &paint.dim("body"));
    let cut: String = body.chars().take(MAX_BODY).collect();
    cut.lines().for_each(|text| line(out, "    ", &tame(text)));
    if cut.len() < body.len() {
        line(
            out,
            "    ",
            &paint.dim(&format!("… {} more", size((body.len() - cut.len()) as u64))),
        );
    }
}

fn phases(response: &Received) -> String {
    let p = &response.phases;
    let ms = |us: u64| format!("{:.1}", us as f64 / 1e3);
    format!(
        "resolve {} ms, connect {} ms, TLS {} ms, first byte {} ms, body {} ms, {} redirects",
        ms(p.resolve_us),
        ms(p.connect_us),
        ms(p.tls_us),
        ms(p.first_byte_us),
        ms(p.body_us),
        response.redirects
    )
}
