//! Times as the outside sees them: RFC 3339 in UTC, with the microseconds kept for the pages.

use domain::{Micros, clock};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, SchemaFormat, Type, schema::Schema},
};

/// A point in time: microseconds since the Unix epoch, RFC 3339 in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Micros);

impl Time {
    /// Wraps an optional time of the store.
    pub fn option(at: Option<Micros>) -> Option<Self> {
        at.map(Self)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> Micros {
        self.0
    }
}

impl From<Micros> for Time {
    fn from(at: Micros) -> Self {
        Self(at)
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&clock::rfc3339(self.0))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        clock::as_rfc3339::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        clock::parse_rfc3339(&text)
            .map(Self)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is no RFC 3339 time such as `2026-01-31T12:00:00Z`")))
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("RFC 3339, UTC"))
            .into()
    }
}

impl ToSchema for Time {}
