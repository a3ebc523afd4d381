//! Words of the command line that are more than text: spans of time, moments, and what is read from a file or standard input.

use std::fmt;

use domain::{
    Clock as _,
    clock::{self, MILLISECOND, Micros},
};

use crate::clock::SystemClock;

/// The words could not be understood: exit code 2, as for what clap refuses.
#[derive(Debug)]
pub struct Misunderstood {
    what: String,
    hint: String,
}

impl Misunderstood {
    pub fn new(what: &str, hint: &str) -> Self {
        let (what, hint) = (what.to_owned(), hint.to_owned());
        Self { what, hint }
    }
}

impl fmt::Display for Misunderstood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\nhint: {}", self.what, self.hint)
    }
}

impl std::error::Error for Misunderstood {}

/// A span such as `90s`, `5m`, `1h30m`, `2d`, `250ms`, in milliseconds; `0` needs no unit.
///
/// # Errors
/// What is wrong with it.
pub fn span_ms(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no span of time such as `250ms`, `90s`, `5m`, `1h30m` or `2d`");
    if text == "0" {
        return Ok(0);
    }
    let (mut rest, mut total) = (text.trim(), 0_u64);
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit_end = rest[digits..]
            .find(|c: char| !c.is_ascii_alphabetic())
            .map_or(rest.len(), |end| digits + end);
        let unit = match &rest[digits..unit_end] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(wrong()),
        };
        total = number.checked_mul(unit).and_then(|ms| total.checked_add(ms)).ok_or_else(wrong)?;
        rest = rest[unit_end..].trim_start();
    }
    Ok(total)
}

/// A span of whole seconds.
///
/// # Errors
/// What is wrong with it.
pub fn span_s(text: &str) -> Result<u64, String> {
    match span_ms(text)? {
        ms if ms % 1_000 == 0 => Ok(ms / 1_000),
        _ => Err(format!("`{text}` is no whole number of seconds")),
    }
}

/// A moment as RFC 3339 in UTC: given so, or as a span that has passed since (`2h`).
///
/// # Errors
/// What is wrong with it.
pub fn moment(text: &str) -> Result<String, String> {
    if let Some(at) = clock::parse_rfc3339(text) {
        return Ok(clock::rfc3339(at));
    }
    let ago = span_ms(text)
        .map_err(|_| format!("`{text}` is neither a time such as `2026-01-31T12:00:00Z` nor a span ago such as `2h` or `7d`"))?;
    let ago = Micros::try_from(ago).ok().and_then(|ms| ms.checked_mul(MILLISECOND));
    let at = ago.and_then(|ago| SystemClock.now().checked_sub(ago));
    Ok(clock::rfc3339(at.ok_or_else(|| format!("`{text}` is too long ago"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_add_up() {
        let good = ["0", "250ms", "90s", "1h30m", "1h 30m", "2d"].map(|text| span_ms(text).unwrap());
        assert_eq!(good, [0, 250, 90_000, 5_400_000, 5_400_000, 172_800_000]);
        for bad in [
            "",
            "5",
            "m",
            "1w",
            "-1s",
            "1.5h",
            "99999999999999999999s",
            "999999999999999999d",
            "5m3",
        ] {
            assert!(span_ms(bad).is_err(), "{bad}");
        }
        assert!(span_s("1500ms").is_err());
    }

    #[test]
    fn a_moment_is_a_time_or_a_span_ago() {
        assert_eq!(moment("2026-01-31T13:00:00+01:00").unwrap(), "2026-01-31T12:00:00.000000Z");
        let ago = clock::parse_rfc3339(&moment("1h").unwrap()).unwrap();
        assert!(ago < SystemClock.now() - 3_599 * clock::SECOND);
        assert!(moment("yesterday").unwrap_err().contains("2026-01-31T12:00:00Z"));
    }
}
