//! Dates around now, as JavaScript's `Date.toString` writes them in UTC.

use jiff::{Timestamp, tz::TimeZone};

use super::Draw;

const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: &[&str] = &["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const DAY_SECONDS: i64 = 86_400;

/// `name` without `$random`.
pub fn value(draw: &mut Draw<'_>, name: &str) -> Option<String> {
    Some(match name {
        "DatePast" => date(draw, -365 * DAY_SECONDS, -1),
        "DateFuture" => date(draw, 1, 365 * DAY_SECONDS),
        "DateRecent" => date(draw, -DAY_SECONDS, -1),
        "Month" => draw.pick(MONTHS).into(),
        "Weekday" => draw.pick(DAYS).into(),
        _ => return None,
    })
}

fn date(draw: &mut Draw<'_>, from: i64, to: i64) -> String {
    let seconds = draw.now.div_euclid(1_000_000) + draw.range(from, to);
    Timestamp::from_second(seconds)
        .map(|t| {
            t.to_zoned(TimeZone::UTC)
                .strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")
                .to_string()
        })
        .unwrap_or_default()
}
