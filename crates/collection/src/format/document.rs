//! A JSON document that stays text: documents of 50 MB are kept as they were read, and only
//! the part that is asked for is ever made into a tree.
//!
//! A [`Document`] is valid JSON as far as its brackets, names and signs go; a value that no
//! tree can hold (half a surrogate pair) shows when that part is read.

use std::{fmt, ops::Range, sync::Arc};

use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
    ser::{Error as _, Serialize, SerializeMap as _, SerializeSeq as _, Serializer},
};
use serde_json::{Map, Value, value::RawValue};

/// Deepest level that is written member by member; what is below is small.
const DEEPEST: usize = 64;

/// A text of JSON, shared by its clones.
#[derive(Debug, Clone)]
pub struct Document {
    text: Arc<String>,
    /// A document in an envelope is a part of its text.
    part: Range<usize>,
}

impl Document {
    /// A document that is all of a text.
    pub fn new(text: String) -> Self {
        Self {
            part: 0..text.len(),
            text: Arc::new(text),
        }
    }

    /// The same text, of which only a part is the document.
    #[must_use]
    pub fn narrowed(self, part: Range<usize>) -> Self {
        Self { part, ..self }
    }

    /// The document as it was read.
    pub fn text(&self) -> &str {
        self.part(&self.part)
    }

    /// A value of the document by its place, such as [`super::Item::place`].
    pub fn value_at(&self, place: &Range<usize>) -> Option<Value> {
        serde_json::from_str(self.text().get(place.clone())?).ok()
    }

    /// The value of one member, `None` when the document has none of that name.
    pub fn member(&self, key: &str) -> Option<Value> {
        self.members()?.find(key)?.value()
    }

    /// Several members at once, those that there are.
    pub fn fields(&self, keys: &[&str]) -> Map<String, Value> {
        let members = self.members();
        let found = members.iter().flat_map(Members::iter).filter(|(key, _)| keys.contains(key));
        found.filter_map(|(key, part)| Some((key.to_owned(), part.value()?))).collect()
    }

    /// The whole document as a tree, afresh: it takes a multiple of the text's memory.
    pub fn to_value(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_default()
    }

    pub(crate) fn members(&self) -> Option<Members<'_>> {
        serde_json::from_str(self.text()).ok()
    }

    fn part(&self, part: &Range<usize>) -> &str {
        self.text.get(part.clone()).unwrap_or_default()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = serde_json::from_str(self.text()).map_err(S::Error::custom)?;
        Part { raw, depth: 0 }.serialize(serializer)
    }
}

/// A value that is still text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    raw: &'a RawValue,
    depth: usize,
}

impl<'a> Part<'a> {
    /// `{`, `[`, `"`, `n` or the like: what kind of value it is.
    pub fn sign(&self) -> u8 {
        self.raw.get().bytes().next().unwrap_or_default()
    }

    pub fn value(&self) -> Option<Value> {
        serde_json::from_str(self.raw.get()).ok()
    }

    pub fn members(&self) -> Option<Members<'a>> {
        serde_json::from_str(self.raw.get()).ok()
    }

    /// The entries of a list.
    pub fn entries(&self) -> Option<Vec<Part<'a>>> {
        let entries: Vec<&'a RawValue> = serde_json::from_str(self.raw.get()).ok()?;
        Some(entries.into_iter().map(|raw| Part { raw, depth: self.depth }).collect())
    }

    /// Where in the text it stands.
    pub fn place(&self, text: &str) -> Range<usize> {
        let start = self.raw.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
        start..start + self.raw.get().len()
    }
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let depth = self.depth + 1;
        let gone = || S::Error::custom("a value cannot be read");
        match self.sign() {
            b'{' if depth < DEEPEST => {
                let mut map = serializer.serialize_map(None)?;
                for (key, part) in self.members().ok_or_else(gone)?.iter() {
                    map.serialize_entry(key, &Part { raw: part.raw, depth })?;
                }
                map.end()
            }
            b'[' if depth < DEEPEST => {
                let mut list = serializer.serialize_seq(None)?;
                for part in self.entries().ok_or_else(gone)? {
                    list.serialize_element(&Part { raw: part.raw, depth })?;
                }
                list.end()
            }
            _ => self.value().ok_or_else(gone)?.serialize(serializer),
        }
    }
}

/// The members of an object in their order.
#[derive(Debug)]
pub(crate) struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    pub fn iter(&self) -> impl Iterator<Item = (&str, Part<'a>)> {
        self.0.iter().map(|(key, raw)| (key.as_str(), Part { raw, depth: 0 }))
    }

    /// The last of that name, as JSON is commonly read.
    pub fn find(&self, key: &str) -> Option<Part<'a>> {
        self.0
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, raw)| Part { raw, depth: 0 })
    }

    /// The value of a member, `null` when it is not there; `None` when no tree can hold it.
    pub fn value(&self, key: &str) -> Option<Value> {
        self.find(key).map_or(Some(Value::Null), |part| part.value())
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry::<String, &'de RawValue>()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
