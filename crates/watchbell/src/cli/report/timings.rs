//! Averages over a run without keeping its requests: newman's `timings` and `transfers`.

use collection::report::{Execution, Received};
use serde_json::{Map, Value, json};

/// Mean, extremes and deviation of a stream of numbers (Welford's method).
#[derive(Debug, Clone, Copy, Default)]
pub struct Spread {
    count: u64,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
}

impl Spread {
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (value - self.mean);
        self.min = if self.count == 1 { value } else { self.min.min(value) };
        self.max = self.max.max(value);
    }

    pub const fn mean(&self) -> f64 {
        self.mean
    }

    pub const fn min(&self) -> f64 {
        self.min
    }

    pub const fn max(&self) -> f64 {
        self.max
    }

    /// Standard deviation of the whole population, as the reference computes it.
    pub fn deviation(&self) -> f64 {
        if self.count == 0 {
            0.0
        } else {
            (self.squares / self.count as f64).sqrt()
        }
    }
}

/// Times of all requests of a run, milliseconds, and the bytes that they brought.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    pub response: Spread,
    dns: Spread,
    first_byte: Spread,
    pub bytes: u64,
}

impl Timings {
    /// Adds the requests of an item, those of its scripts included.
    pub fn add(&mut self, execution: &Execution) {
        let subs = execution.sub_requests.iter().filter_map(|sub| sub.response.as_ref());
        subs.chain(&execution.response).for_each(|response| self.add_one(response));
    }

    fn add_one(&mut self, response: &Received) {
        self.response.add(response.time_ms as f64);
        self.dns.add(response.phases.resolve_us as f64 / 1e3);
        self.first_byte.add(response.phases.first_byte_us as f64 / 1e3);
        self.bytes += response.size;
    }

    /// `run.timings` of newman's report; the times are microseconds since the epoch.
    pub fn report(&self, started: i64, completed: i64) -> Value {
        let Self {
            response, dns, first_byte, ..
        } = self;
        let mut shown = Map::new();
        for (name, spread) in [("response", response), ("dns", dns), ("firstByte", first_byte)] {
            let values = [
                ("Average", spread.mean()),
                ("Min", spread.min()),
                ("Max", spread.max()),
                ("Sd", spread.deviation()),
            ];
            shown.extend(values.map(|(what, value)| (format!("{name}{what}"), number(value))));
        }
        shown.insert("started".to_owned(), json!(started / 1000));
        shown.insert("completed".to_owned(), json!(completed / 1000));
        Value::Object(shown)
    }
}

/// A number as JavaScript writes it: `3`, not `3.0`.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        json!(value as i64)
    } else {
        json!(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_has_the_mean_and_deviation_of_its_numbers() {
        let mut spread = Spread::default();
        [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().for_each(|v| spread.add(v));
        assert!(
            (spread.mean() - 5.0).abs() < 1e-9 && (spread.deviation() - 2.0).abs() < 1e-9,
            "{spread:?}"
        );
        assert!((spread.min() - 2.0).abs() < 1e-9 && (spread.max() - 9.0).abs() < 1e-9, "{spread:?}");
    }
}
