//! When a monitor is due: a five-field cron expression in a time zone, or an interval.
//!
//! Due times are stored, so a restart neither forgets nor repeats one. Slots that passed
//! while nobody could run them are counted, not made up for in a storm.

use cron::Cron;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    Problem,
    clock::{Micros, SECOND},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// Five fields and an IANA time zone.
    Cron { expression: String, zone: String },
    /// Every so many seconds, counted from the stored due time.
    Interval { seconds: u32 },
}

/// Shortest interval, seconds.
pub const SHORTEST_INTERVAL: u32 = 1;

/// What follows when a due time is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// Start a run now.
    pub start: bool,
    pub next_due_at: Micros,
    /// Slots that nobody ran.
    pub missed: Option<Missed>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    pub first_due_at: Micros,
    pub last_due_at: Micros,
    pub slots: u64,
    pub reason: MissedReason,
}

crate::run::text_enum!(/// Why a slot was not run.
MissedReason { Down = "down", Overlap = "overlap" });

/// A number of the monitor's own, the same on every node and after every restart: the `spread` of
/// [`Schedule::next_after`] (FNV-1a over its id).
pub fn spread_of(monitor_id: &str) -> u64 {
    monitor_id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

impl Schedule {
    /// Refuses what could never be due, naming the field.
    pub fn check(&self) -> Result<(), Problem> {
        match self {
            Self::Interval { seconds } if *seconds < SHORTEST_INTERVAL || *seconds > 31_536_000 => {
                Err(Problem::invalid("schedule.interval.seconds", format!("an interval is {SHORTEST_INTERVAL} to 31536000 seconds")))
            }
            Self::Interval { .. } => Ok(()),
            Self::Cron { expression, zone } => {
                parse_zone(zone)?;
                let cron = parse_cron(expression)?;
                let start = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
                cron.find_next_occurrence(&start, false).map(drop).map_err(|_| {
                    Problem::invalid("schedule.cron.expression", format!("`{expression}` is never due")).hint("check day and month")
                })
            }
        }
    }

    /// The first due time after `after`. `spread` (any number that is the monitor's own)
    /// shifts intervals so that many monitors do not start at one instant.
    pub fn next_after(&self, after: Micros, spread: u64) -> Result<Micros, Problem> {
        match self {
            Self::Interval { seconds } => {
                let period = i64::from(*seconds) * SECOND;
                let offset = i64::try_from(spread % u64::try_from(period).unwrap_or(1)).unwrap_or(0);
                Ok((after - offset).div_euclid(period) * period + period + offset)
            }
            Self::Cron { expression, zone } => {
                let zone = parse_zone(zone)?;
                let cron = parse_cron(expression)?;
                let from = Timestamp::from_microsecond(after)
                    .map_err(|_| Problem::invalid("schedule", "the time is out of range"))?
                    .to_zoned(zone);
                let next = cron.find_next_occurrence(&from, false).map_err(|_| {
                    Problem::invalid("schedule.cron.expression", format!("`{expression}` is never due again"))
                })?;
                Ok(next.timestamp().as_microsecond())
            }
        }
    }

    /// Decides at a reached due time. A slot up to `grace` late is run; when the one before
    /// still runs (`busy`) it is recorded as missed; older ones are counted as missed while
    /// down and only the newest is run.
    pub fn advance(&self, due_at: Micros, now: Micros, busy: bool, spread: u64) -> Result<Advance, Problem> {
        let mut slots = 1_u64;
        let mut last = due_at;
        let mut next = self.next_after(due_at, spread)?;
        while next <= now && slots < 100_000 {
            last = next;
            slots += 1;
            next = self.next_after(next, spread)?;
        }
        if next <= now {
            next = self.next_after(now, spread)?;
        }
        let missed = match (busy, slots) {
            (true, _) => Some((last, slots, MissedReason::Overlap)),
            (false, 1) => None,
            (false, _) => Some((self.before(due_at, last, spread)?, slots - 1, MissedReason::Down)),
        };
        let missed = missed.map(|(last_due_at, slots, reason)| Missed { first_due_at: due_at, last_due_at, slots, reason });
        Ok(Advance { start: !busy, next_due_at: next, missed })
    }

    fn before(&self, first: Micros, last: Micros, spread: u64) -> Result<Micros, Problem> {
        let mut at = first;
        loop {
            let next = self.next_after(at, spread)?;
            if next >= last {
                return Ok(at);
            }
            at = next;
        }
    }
}

fn parse_zone(zone: &str) -> Result<TimeZone, Problem> {
    TimeZone::get(zone).map_err(|_| {
        Problem::invalid("schedule.cron.zone", format!("`{zone}` is no IANA time zone")).hint("for example `Europe/Berlin` or `UTC`")
    })
}

fn parse_cron(expression: &str) -> Result<Cron, Problem> {
    if expression.split_whitespace().count() != 5 {
        return Err(Problem::invalid("schedule.cron.expression", format!("`{expression}` has not five fields"))
            .hint("minute hour day-of-month month day-of-week, for example `*/5 * * * *`"));
    }
    expression.parse::<Cron>().map_err(|error| {
        Problem::invalid("schedule.cron.expression", format!("`{expression}` is no cron expression: {error}"))
            .hint("minute hour day-of-month month day-of-week, for example `*/5 * * * *`")
    })
}
