//! One item on the terminal: its request, what its scripts said, its tests.

use collection::report::{Execution, Received, RequestError, SubRequest};
use collection::request::Sent;
use collection::script::{Assertion, AssertionStatus, ConsoleLine, Listen};

use super::{
    Look,
    numbers::Numbers,
    paint::{Paint, hanging, short_size, short_time, size, tame},
};

/// Bytes of a body that `--verbose` shows.
const MAX_BODY: usize = 2_000;

/// Appends one item; failures carry the numbers that the list at the end gives them.
pub fn show(out: &mut String, execution: &Execution, numbers: &Numbers, look: &Look, paint: &Paint) {
    let sign = if execution.path.len() > 2 { paint.sub_item() } else { paint.item() };
    line(out, "", &format!("\n{sign} {}", tame(&execution.item_name)));
    let subs = |listen: Listen| execution.sub_requests.iter().filter(move |sub| sub.listen == Some(listen));
    subs(Listen::Prerequest).for_each(|sub| sub_request(out, sub, paint));
    script_errors(out, execution, Listen::Prerequest, numbers, paint);
    exchange(out, execution, look, paint);
    if look.verbose {
        details(out, execution, paint);
    }
    subs(Listen::Test).for_each(|sub| sub_request(out, sub, paint));
    if !look.hide.no_console {
        execution.console.iter().for_each(|said| console(out, said, paint));
    }
    if !look.hide.no_assertions {
        let time = time(execution, look, paint);
        let hidden = |a: &&Assertion| look.hide.no_success_assertions && a.status == AssertionStatus::Passed;
        execution
            .assertions
            .iter()
            .filter(|a| !hidden(a))
            .for_each(|a| assertion(out, a, &time, numbers, paint));
    }
    script_errors(out, execution, Listen::Test, numbers, paint);
    for warning in &execution.warnings {
        line(out, "  ", &paint.yellow(&format!("! {}", hanging(warning, "    "))));
    }
}

fn script_errors(out: &mut String, execution: &Execution, listen: Listen, numbers: &Numbers, paint: &Paint) {
    for (nth, failed) in execution.script_errors.iter().filter(|failed| failed.listen == listen).enumerate() {
        let which = if listen == Listen::Prerequest { "prerequest" } else { "test" };
        let head = format!("{}{} in {which}-script", numbers.of_script(listen, nth), failed.error.name);
        line(out, "", &paint.red(&paint.bold(&head)));
        line(out, "     ", &paint.red(&hanging(&failed.error.message, "     ")));
    }
}

/// `[2026-11-21 13:29:35] ` in local time, where that is asked for.
fn time(execution: &Execution, look: &Look, paint: &Paint) -> String {
    if !look.hide.show_timestamps {
        return String::new();
    }
    let started = jiff::Timestamp::from_microsecond(execution.started_at).unwrap_or_default();
    let local = started.to_zoned(jiff::tz::TimeZone::system());
    format!("{} ", paint.dim(&local.strftime("[%Y-%m-%d %H:%M:%S]").to_string()))
}

fn line(out: &mut String, indent: &str, text: &str) {
    out.push_str(indent);
    out.push_str(text);
    out.push('\n');
}

fn exchange(out: &mut String, execution: &Execution, look: &Look, paint: &Paint) {
    let time = time(execution, look, paint);
    match &execution.request {
        Some(sent) => request(out, &time, sent, execution.response.as_ref(), paint),
        None => {
            let why = if execution.skipped { "skipped by its script" } else { "not sent" };
            line(out, "  ", &format!("{time}{}", paint.dim(why)));
        }
    }
    if let Some(error) = &execution.error {
        request_error(out, error, paint);
    }
}

fn sub_request(out: &mut String, sub: &SubRequest, paint: &Paint) {
    if let Some(sent) = &sub.request {
        request(out, "", sent, sub.response.as_ref(), paint);
    }
    if let Some(error) = &sub.error {
        request_error(out, error, paint);
    }
}

fn request(out: &mut String, time: &str, sent: &Sent, response: Option<&Received>, paint: &Paint) {
    let answer = match response {
        Some(response) => paint.dim(&format!(
            "[{} {}, {}, {}]",
            response.status,
            tame(&response.reason),
            short_size(response.size + head_size(response)),
            short_time(response.time_ms as f64)
        )),
        None => paint.red("[errored]"),
    };
    line(out, "  ", &format!("{time}{} {} {answer}", sent.method, tame(&sent.url)));
}

/// Bytes of the status line and headers, which newman counts with the body.
fn head_size(response: &Received) -> u64 {
    let headers = response
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len() + ": \r\n".len());
    let line = "HTTP/1.1 200 \r\n\r\n".len() + response.reason.len();
    (line + headers.sum::<usize>()) as u64
}

fn request_error(out: &mut String, error: &RequestError, paint: &Paint) {
    let text = format!("{} ({})", hanging(&error.message, "     "), error.code);
    line(out, "     ", &paint.red(&text));
}

fn console(out: &mut String, said: &ConsoleLine, paint: &Paint) {
    let head = paint.dim(&format!("{} {}", paint.bar(), said.level));
    said.text
        .lines()
        .for_each(|text| line(out, "  ", &format!("{head} {}", tame(text))));
}

fn assertion(out: &mut String, assertion: &Assertion, time: &str, numbers: &Numbers, paint: &Paint) {
    let name = hanging(&assertion.name, "     ");
    match assertion.status {
        AssertionStatus::Passed => line(out, "  ", &format!("{time}{}  {name}", paint.green(paint.passed()))),
        AssertionStatus::Skipped => line(out, "  ", &paint.yellow(&format!("-  [skipped] {name}"))),
        AssertionStatus::Failed => {
            let head = format!("{time}{}{name}", numbers.of_test(assertion.index, &assertion.name));
            line(out, "", &paint.red(&paint.bold(&head)));
            if let Some(error) = &assertion.error {
                line(out, "     ", &paint.red(&hanging(&error.message, "     ")));
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
