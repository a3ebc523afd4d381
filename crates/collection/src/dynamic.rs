//! Postman's dynamic variables: `{{$guid}}`, `{{$randomFirstName}}` and about 120 more.
//!
//! Each use gives a fresh value. The generator is seedable, so that a run can be repeated
//! (`--seed`); the wall clock is an argument. The word lists are our own.

use std::sync::Arc;

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

mod commerce;
mod dates;
mod internet;
mod people;
mod words;

/// Microseconds since the Unix epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The generator of one run.
pub struct Dynamic {
    rng: StdRng,
    now: Now,
}

impl Dynamic {
    /// A generator whose values repeat for the same seed.
    pub fn seeded(seed: u64, now: Now) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            now,
        }
    }

    /// A fresh value for `$name`; `None` when there is no such variable.
    pub fn value(&mut self, name: &str) -> Option<String> {
        let name = name.strip_prefix('$')?;
        match name {
            "guid" | "randomUUID" => return Some(self.uuid()),
            "timestamp" => return Some((self.now().div_euclid(1_000_000)).to_string()),
            "isoTimestamp" => return Some(self.iso(self.now())),
            _ => {}
        }
        let name = name.strip_prefix("random")?;
        let draw = &mut Draw {
            rng: &mut self.rng,
            now: (self.now)(),
        };
        words::value(draw, name)
            .or_else(|| people::value(draw, name))
            .or_else(|| commerce::value(draw, name))
            .or_else(|| internet::value(draw, name))
            .or_else(|| dates::value(draw, name))
    }

    /// A random UUID of version 4, from the run's generator.
    pub fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.rng.random()).into_uuid().to_string()
    }

    /// Random letters and digits, for boundaries and nonces.
    pub fn token(&mut self, length: usize) -> String {
        Draw {
            rng: &mut self.rng,
            now: 0,
        }
        .chars("0123456789abcdefghijklmnopqrstuvwxyz", length)
    }

    /// The run's wall clock, microseconds since the epoch.
    pub fn now(&self) -> i64 {
        (self.now)()
    }

    fn iso(&self, micros: i64) -> String {
        iso(micros)
    }
}

/// `2026-01-02T03:04:05.678Z`, milliseconds always written.
pub(crate) fn iso(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map(|t| format!("{t:.3}")).unwrap_or_default()
}

/// Draws out of lists and ranges.
pub(crate) struct Draw<'a> {
    rng: &'a mut StdRng,
    now: i64,
}

impl Draw<'_> {
    fn pick<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list.get(self.rng.random_range(0..list.len().max(1))).copied().unwrap_or_default()
    }

    /// A number in `low..=high`.
    fn range(&mut self, low: i64, high: i64) -> i64 {
        self.rng.random_range(low..=high)
    }

    fn chance(&mut self) -> bool {
        self.rng.random()
    }

    fn chars(&mut self, alphabet: &str, count: usize) -> String {
        let bytes = alphabet.as_bytes();
        (0..count)
            .map(|_| char::from(bytes[self.rng.random_range(0..bytes.len())]))
            .collect()
    }

    fn digits(&mut self, count: usize) -> String {
        self.chars("0123456789", count)
    }

    fn several(&mut self, list: &[&str], count: i64, separator: &str) -> String {
        (0..count).map(|_| self.pick(list)).collect::<Vec<_>>().join(separator)
    }
}

/// First letter in upper case.
fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
