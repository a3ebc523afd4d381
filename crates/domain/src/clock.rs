//! Time as the rest of the program sees it: microseconds since the Unix epoch, given as
//! an argument. The one real clock lives in the binary; tests turn their own.

/// Microseconds since the Unix epoch (UTC).
pub type Micros = i64;

pub const MILLISECOND: Micros = 1_000;
pub const SECOND: Micros = 1_000_000;
pub const MINUTE: Micros = 60 * SECOND;
pub const HOUR: Micros = 60 * MINUTE;
pub const DAY: Micros = 24 * HOUR;

/// Who tells the time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Microseconds since the Unix epoch.
    fn now(&self) -> Micros;
}

/// A time as RFC 3339 in UTC with microseconds; the value itself when out of range.
pub fn rfc3339(at: Micros) -> String {
    jiff::Timestamp::from_microsecond(at).map_or_else(|_| at.to_string(), |t| format!("{t:.6}"))
}

/// The reverse of [`rfc3339`].
pub fn parse_rfc3339(text: &str) -> Option<Micros> {
    text.parse::<jiff::Timestamp>().ok().map(|t| t.as_microsecond())
}

/// Serde for a time that the outside sees: RFC 3339 in UTC.
pub mod as_rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Micros;

    pub fn serialize<S: Serializer>(at: &Micros, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::rfc3339(*at))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Micros, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse_rfc3339(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no RFC 3339 time")))
    }
}
