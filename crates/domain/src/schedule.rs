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

/// Slots of a cron expression that are counted one by one after a pause. More are "at least so many": the search for each
/// takes microseconds, and a year of minutes would take minutes.
const COUNTED: u64 = 1_000;

/// The slots from a due time up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// How many, the due time included: exact for intervals, at least so many for cron after a long pause.
    pub slots: u64,
    pub first: Micros,
    /// The one before the last, if there are two.
    pub before_last: Micros,
    pub last: Micros,
    /// The first of the future.
    pub next: Micros,
}

impl Passed {
    /// What follows. When the run before is still on (`busy`), all are recorded as missed; otherwise the newest is run and
    /// the older ones were missed while down.
    pub fn advance(&self, busy: bool) -> Advance {
        let missed = match (busy, self.slots) {
            (true, _) => Some((self.last, self.slots, MissedReason::Overlap)),
            (false, 1) => None,
            (false, _) => Some((self.before_last, self.slots - 1, MissedReason::Down)),
        };
        let first_due_at = self.first;
        let missed = missed.map(|(last_due_at, slots, reason)| Missed {
            first_due_at,
            last_due_at,
            slots,
            reason,
        });
        Advance {
            start: !busy,
            slot: self.last,
            next_due_at: self.next,
            missed,
        }
    }
}

/// What follows when a due time is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// Start a run now.
    pub start: bool,
    /// The newest slot, which that run is for.
    pub slot: Micros,
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
    monitor_id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl Schedule {
    /// Refuses what could never be due, naming the field.
    pub fn check(&self) -> Result<(), Problem> {
        match self {
            Self::Interval { seconds } if *seconds < SHORTEST_INTERVAL || *seconds > 31_536_000 => Err(Problem::invalid(
                "schedule.interval.seconds",
                format!("an interval is {SHORTEST_INTERVAL} to 31536000 seconds"),
            )),
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
            Self::Cron { expression, zone } => Slots::of(expression, zone)?.next_after(after),
        }
    }

    /// Decides at a reached due time: [`Self::passed`] and [`Passed::advance`].
    pub fn advance(&self, due_at: Micros, now: Micros, busy: bool, spread: u64) -> Result<Advance, Problem> {
        Ok(self.passed(due_at, now, spread)?.advance(busy))
    }

    /// The slots from the reached due time `due_at` up to `now`. Its cost does not grow with the pause beyond a thousand slots.
    pub fn passed(&self, due_at: Micros, now: Micros, spread: u64) -> Result<Passed, Problem> {
        let second = self.next_after(due_at, spread)?;
        if second > now {
            return Ok(Passed {
                slots: 1,
                first: due_at,
                before_last: due_at,
                last: due_at,
                next: second,
            });
        }
        match self {
            Self::Interval { seconds } => {
                let period = i64::from(*seconds) * SECOND;
                let next = self.next_after(now, spread)?;
                let last = next - period;
                let slots = 2 + ((last - second) / period).unsigned_abs();
                let before_last = if last == second { due_at } else { last - period };
                Ok(Passed {
                    slots,
                    first: due_at,
                    before_last,
                    last,
                    next,
                })
            }
            Self::Cron { expression, zone } => passed_cron(&Slots::of(expression, zone)?, due_at, second, now),
        }
    }
}

/// A cron expression and its zone, parsed.
struct Slots<'a> {
    cron: Cron,
    zone: TimeZone,
    expression: &'a str,
}

impl<'a> Slots<'a> {
    fn of(expression: &'a str, zone: &str) -> Result<Self, Problem> {
        Ok(Self {
            zone: parse_zone(zone)?,
            cron: parse_cron(expression)?,
            expression,
        })
    }

    fn next_after(&self, after: Micros) -> Result<Micros, Problem> {
        let from = zoned(after, &self.zone)?;
        let next = self
            .cron
            .find_next_occurrence(&from, false)
            .map_err(|_| Problem::invalid("schedule.cron.expression", format!("`{}` is never due again", self.expression)))?;
        Ok(next.timestamp().as_microsecond())
    }

    /// The newest slot before `before`, or `floor` if it is later.
    fn last_before(&self, before: Micros, floor: Micros) -> Result<Micros, Problem> {
        let found = self.cron.find_previous_occurrence(&zoned(before, &self.zone)?, false);
        Ok(found.map_or(floor, |found| found.timestamp().as_microsecond().clamp(floor, before)))
    }
}

fn zoned(at: Micros, zone: &TimeZone) -> Result<jiff::Zoned, Problem> {
    let at = Timestamp::from_microsecond(at).map_err(|_| Problem::invalid("schedule", "the time is out of range"))?;
    Ok(at.to_zoned(zone.clone()))
}

fn passed_cron(slots: &Slots<'_>, first: Micros, second: Micros, now: Micros) -> Result<Passed, Problem> {
    let (mut count, mut before_last, mut last) = (2, first, second);
    let mut next = slots.next_after(last)?;
    while next <= now && count < COUNTED {
        (before_last, last) = (last, next);
        count += 1;
        next = slots.next_after(last)?;
    }
    if next <= now {
        next = slots.next_after(now)?;
        (before_last, last) = (last, slots.last_before(next, last)?);
        before_last = slots.last_before(last, before_last)?;
    }
    Ok(Passed {
        slots: count,
        first,
        before_last,
        last,
        next,
    })
}

fn parse_zone(zone: &str) -> Result<TimeZone, Problem> {
    TimeZone::get(zone).map_err(|_| {
        Problem::invalid("schedule.cron.zone", format!("`{zone}` is no IANA time zone")).hint("for example `Europe/Berlin` or `UTC`")
    })
}

fn parse_cron(expression: &str) -> Result<Cron, Problem> {
    if expression.split_whitespace().count() != 5 {
        return Err(
            Problem::invalid("schedule.cron.expression", format!("`{expression}` has not five fields"))
                .hint("minute hour day-of-month month day-of-week, for example `*/5 * * * *`"),
        );
    }
    expression.parse::<Cron>().map_err(|error| {
        Problem::invalid("schedule.cron.expression", format!("`{expression}` is no cron expression: {error}"))
            .hint("minute hour day-of-month month day-of-week, for example `*/5 * * * *`")
    })
}
