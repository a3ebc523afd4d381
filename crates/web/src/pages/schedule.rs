//! A schedule in plain words, and when it is due next.

use domain::{Micros, Problem, schedule::Schedule};

use super::ui;

const WEEKDAYS: [&str; 7] = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"];

/// `every 5 minutes`, `every day at 09:00 (Europe/Berlin)`; an expression that has no short
/// wording is shown as it is.
pub fn words(schedule: &Schedule) -> String {
    match schedule {
        Schedule::Interval { seconds } => format!("every {}", span(i64::from(*seconds))),
        Schedule::Cron { expression, zone } => {
            let fields: Vec<&str> = expression.split_whitespace().collect();
            let said = match fields.as_slice() {
                [minute, hour, "*", "*", day] => daily(minute, hour, day),
                [minute, hour, date, "*", "*"] => monthly(minute, hour, date),
                _ => None,
            };
            format!("{} ({zone})", said.unwrap_or_else(|| format!("cron {expression}")))
        }
    }
}

/// `5 minutes`, `1 hour`, `90 seconds`.
fn span(seconds: i64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let (count, unit) = units
        .into_iter()
        .find(|(size, _)| seconds >= *size && seconds % size == 0)
        .map_or((seconds, "second"), |(size, unit)| (seconds / size, unit));
    if count == 1 { unit.to_owned() } else { ui::plural(&count, unit) }
}

fn number(field: &str, below: u32) -> Option<u32> {
    field.parse().ok().filter(|n| *n < below)
}

fn step(field: &str) -> Option<i64> {
    field.strip_prefix("*/").and_then(|n| n.parse().ok()).filter(|n| *n > 0)
}

fn daily(minute: &str, hour: &str, day: &str) -> Option<String> {
    let when = match (minute, hour) {
        ("*", "*") => "every minute".to_owned(),
        (minute, "*") if step(minute).is_some() => format!("every {}", span(step(minute)? * 60)),
        (minute, "*") => format!("every hour at minute {}", number(minute, 60)?),
        (minute, hour) if step(hour).is_some() => format!("every {} at minute {}", span(step(hour)? * 3_600), number(minute, 60)?),
        (minute, hour) => format!("at {:02}:{:02}", number(hour, 24)?, number(minute, 60)?),
    };
    let at_time = when.starts_with("at ");
    match day {
        "*" if at_time => Some(format!("every day {when}")),
        "*" => Some(when),
        "1-5" | "MON-FRI" => Some(format!("{when} from Monday to Friday")),
        "0,6" | "6,0" => Some(format!("{when} on weekends")),
        day => Some(format!("{when} on {}", WEEKDAYS.get(usize::try_from(number(day, 8)? % 7).ok()?)?)),
    }
}

fn monthly(minute: &str, hour: &str, date: &str) -> Option<String> {
    let (date, hour, minute) = (number(date, 32)?, number(hour, 24)?, number(minute, 60)?);
    Some(format!("on day {date} of each month at {hour:02}:{minute:02}"))
}

/// The words with the next three due times, or what is wrong with it.
pub fn preview(schedule: &Schedule, now: Micros) -> Result<String, Problem> {
    schedule.check()?;
    let mut at = now;
    let mut due = Vec::new();
    for _ in 0..3 {
        at = schedule.next_after(at, 0)?;
        due.push(local(schedule, at));
    }
    let words = words(schedule);
    let mut start = words.chars();
    let capital: String = start.next().into_iter().flat_map(char::to_uppercase).chain(start).collect();
    Ok(match schedule {
        // An interval starts at a point of its own, so exact times would promise too much.
        Schedule::Interval { .. } => format!("{capital}."),
        Schedule::Cron { .. } => format!("{capital}. Next: {}.", due.join(", ")),
    })
}

fn local(schedule: &Schedule, at: Micros) -> String {
    let zone = match schedule {
        Schedule::Cron { zone, .. } => zone.as_str(),
        Schedule::Interval { .. } => "UTC",
    };
    let zoned = jiff::Timestamp::from_microsecond(at).and_then(|t| t.in_tz(zone));
    zoned.map_or_else(|_| ui::clock(at), |t| t.strftime("%a %-d %b %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cron(expression: &str) -> String {
        words(&Schedule::Cron {
            expression: expression.to_owned(),
            zone: "UTC".to_owned(),
        })
    }

    #[test]
    fn common_schedules_in_words() {
        let every = |seconds| words(&Schedule::Interval { seconds });
        assert_eq!(
            [every(300), every(3_600), every(90), every(1)],
            ["every 5 minutes", "every hour", "every 90 seconds", "every second"]
        );
        assert_eq!(cron("*/5 * * * *"), "every 5 minutes (UTC)");
        assert_eq!(cron("0 9 * * *"), "every day at 09:00 (UTC)");
        assert_eq!(cron("30 8 * * 1-5"), "at 08:30 from Monday to Friday (UTC)");
        assert_eq!(cron("15 * * * *"), "every hour at minute 15 (UTC)");
        assert_eq!(cron("0 6 * * 0"), "at 06:00 on Sundays (UTC)");
        assert_eq!(cron("0 0 1 * *"), "on day 1 of each month at 00:00 (UTC)");
        assert_eq!(cron("1,7 3-5 * 2 *"), "cron 1,7 3-5 * 2 * (UTC)");
    }

    #[test]
    fn the_next_due_times_are_in_the_zone() {
        let schedule = Schedule::Cron {
            expression: "0 9 * * *".to_owned(),
            zone: "Europe/Berlin".to_owned(),
        };
        let said = preview(&schedule, 0).unwrap();
        assert_eq!(
            said,
            "Every day at 09:00 (Europe/Berlin). Next: Thu 1 Jan 09:00, Fri 2 Jan 09:00, Sat 3 Jan 09:00."
        );
    }

    #[test]
    fn what_is_wrong_names_its_field() {
        let schedule = Schedule::Cron {
            expression: "* *".to_owned(),
            zone: "UTC".to_owned(),
        };
        assert_eq!(
            preview(&schedule, 0).unwrap_err().field.as_deref(),
            Some("schedule.cron.expression")
        );
    }
}
