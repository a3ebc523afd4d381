//! Partial updates: the difference between a field that is absent and one that is `null`.

use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "…")]` on an `Option<Option<T>>`: absent stays
/// `None`, `null` becomes `Some(None)`.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
