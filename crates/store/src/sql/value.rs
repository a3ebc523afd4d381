//! One parameter or column, in the few kinds that both databases store alike.

/// A value on its way into or out of the database.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// BIGINT: numbers, booleans as 0 and 1, times in microseconds since the Unix epoch.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT: names, ids, JSON. Make it with `Value::from`: PostgreSQL's text cannot hold U+0000.
    Text(String),
    /// BYTEA.
    Blob(Vec<u8>),
}

macro_rules! from_integers {
    ($($kind:ty),*) => { $(
        impl From<$kind> for Value {
            fn from(value: $kind) -> Self {
                Self::Int(i64::from(value))
            }
        }
    )* };
}
from_integers!(i64, i32, i16, u32, u16, u8, bool);

/// Numbers above `i64::MAX` are stored as `i64::MAX`: counts and sizes never get there.
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

/// As for `u64`.
impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

/// U+0000 becomes U+FFFD on both databases, because PostgreSQL's text cannot hold it: what a receiver answers must never
/// keep its attempt from being logged.
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(if value.contains('\0') {
            value.replace('\0', "\u{FFFD}")
        } else {
            value
        })
    }
}

/// As for `String`.
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}

/// As for `String`.
impl From<&String> for Value {
    fn from(value: &String) -> Self {
        value.clone().into()
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}

impl From<&bytes::Bytes> for Value {
    fn from(value: &bytes::Bytes) -> Self {
        Self::Blob(value.to_vec())
    }
}

/// JSON is stored as its text.
impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Self::Text(value.to_string())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Value {
    /// What kind it is, for messages (never the content: it may be secret).
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "an integer",
            Self::Real(_) => "a number",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytes",
        }
    }

    /// JSON text of anything serializable.
    ///
    /// # Errors
    /// [`crate::Error::Statement`] if the value has no JSON form (a map with keys that are not strings).
    pub fn json(value: &impl serde::Serialize) -> crate::Result<Self> {
        serde_json::to_string(value)
            .map(Self::Text)
            .map_err(|error| crate::Error::Statement(format!("a parameter has no JSON form: {error}")))
    }
}
