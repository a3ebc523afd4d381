//! Numbers and times for people. Arguments are references, because that is how templates pass them.

use domain::clock::{Micros, rfc3339};

use super::{Html, escape};
use crate::time::Time;

/// A whole number of any width, however many references a template puts before it.
pub trait Whole {
    /// The number; `None` beyond 64 bits.
    fn whole(&self) -> Option<i64>;
}

macro_rules! whole {
    ($($number:ty),+) => { $(impl Whole for $number {
        fn whole(&self) -> Option<i64> {
            i64::try_from(*self).ok()
        }
    })+ };
}

whole!(u16, i32, u32, i64, u64, usize);

impl<T: Whole> Whole for &T {
    fn whole(&self) -> Option<i64> {
        (**self).whole()
    }
}

/// `842 ms`, `1.3 s`, `4 min`.
pub fn milliseconds(ms: f64) -> String {
    match ms {
        ms if !ms.is_finite() || ms < 0.0 => "–".to_owned(),
        ms if ms < 10.0 && ms.fract() != 0.0 => format!("{ms:.1} ms"),
        ms if ms < 1_000.0 => format!("{ms:.0} ms"),
        ms if ms < 10_000.0 => format!("{:.1} s", ms / 1_000.0),
        ms if ms < 120_000.0 => format!("{:.0} s", ms / 1_000.0),
        ms => format!("{:.0} min", ms / 60_000.0),
    }
}

/// As [`milliseconds`], from whole ms.
#[allow(clippy::cast_precision_loss, reason = "for people")]
pub fn ms<N: Whole>(value: &N) -> String {
    milliseconds(value.whole().map_or(f64::NAN, |v| v as f64))
}

/// As [`milliseconds`], from µs.
#[allow(clippy::cast_precision_loss, reason = "for people")]
pub fn us<N: Whole>(value: &N) -> String {
    milliseconds(value.whole().map_or(f64::NAN, |v| v as f64 / 1_000.0))
}

/// `812 B`, `3.4 kB`, `1.2 MB`.
#[allow(clippy::cast_precision_loss, reason = "for people")]
pub fn bytes<N: Whole>(value: &N) -> String {
    match value.whole().unwrap_or(-1) {
        n if n < 0 => "–".to_owned(),
        n @ 0..1_000 => format!("{n} B"),
        n @ 1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        n => format!("{:.1} MB", n as f64 / 1e6),
    }
}

/// A share 0 to 1 as `99.95 %`; never rounded up to 100.
pub fn percent(share: &f64) -> String {
    if *share >= 1.0 {
        return "100 %".to_owned();
    }
    format!("{:.2} %", (*share * 10_000.0).floor() / 100.0)
}

/// `1 request`, `3 requests`.
pub fn plural<N: Whole>(count: &N, one: &str) -> String {
    match count.whole().unwrap_or(0) {
        1 => format!("1 {one}"),
        n if one.ends_with('y') && !one.ends_with("ay") => format!("{n} {}ies", &one[..one.len() - 1]),
        n => format!("{n} {one}s"),
    }
}

/// A time that the page's script keeps relative; without it the time in UTC.
pub fn time(at: &Time) -> Html {
    let shown = clock(at.micros());
    Html::raw(format!(
        "<time datetime=\"{}\" title=\"{shown}\" data-relative>{shown}</time>",
        escape(&rfc3339(at.micros()))
    ))
}

/// A time to the second, never relative.
pub fn exact(at: &Time) -> Html {
    Html::raw(format!(
        "<time datetime=\"{}\">{}</time>",
        escape(&rfc3339(at.micros())),
        clock(at.micros())
    ))
}

/// [`time`], or a dash.
pub fn time_or_dash(at: &Option<Time>) -> Html {
    at.as_ref()
        .map_or_else(|| Html::raw("<span class=\"muted\">–</span>".to_owned()), time)
}

/// `2026-11-21 09:30:05 UTC`.
pub fn clock(at: Micros) -> String {
    let text = rfc3339(at);
    match (text.get(..10), text.get(11..19)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

/// `21 Nov 09:30`, for an axis.
pub fn short(at: Micros) -> String {
    jiff::Timestamp::from_microsecond(at).map_or_else(|_| String::new(), |t| t.strftime("%-d %b %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes() {
        assert_eq!(
            [ms(&0), ms(&842), ms(&1_340), ms(&59_000), ms(&240_000), ms(&-1)],
            ["0 ms", "842 ms", "1.3 s", "59 s", "4 min", "–"]
        );
        assert_eq!([us(&1_500), us(&12_400)], ["1.5 ms", "12 ms"]);
        assert_eq!([bytes(&12), bytes(&3_400), bytes(&1_200_000)], ["12 B", "3.4 kB", "1.2 MB"]);
    }

    #[test]
    fn an_uptime_is_never_flattered() {
        assert_eq!([percent(&1.0), percent(&0.99999), percent(&0.5)], ["100 %", "99.99 %", "50.00 %"]);
    }

    #[test]
    fn plurals() {
        assert_eq!(
            [plural(&1, "run"), plural(&2, "run"), plural(&3, "activity"), plural(&0, "day")],
            ["1 run", "2 runs", "3 activities", "0 days"]
        );
    }

    #[test]
    fn times() {
        assert_eq!(clock(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(short(0), "1 Jan 00:00");
    }
}
