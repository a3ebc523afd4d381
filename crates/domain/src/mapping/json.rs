//! JSON from outside, read strictly: nesting is bounded, and a member that stands twice is
//! refused, since two readers could take different ones of `"errors":1,"errors":0`.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::{Problem, limits};

/// Parses a whole body: 400 when it is not JSON, 422 when a member stands twice or it nests too deep.
pub fn parse(body: &[u8]) -> Result<Value, Problem> {
    let text = std::str::from_utf8(body).map_err(|e| Problem::malformed(format!("the body is not UTF-8 at byte {}", e.valid_up_to())))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = serde_json::Deserializer::from_str(text);
    let numbers = Numbers {
        seen: Cell::new(0),
        vanishing: vanishing(text),
    };
    let read = Strict {
        depth: 0,
        numbers: &numbers,
    }
    .deserialize(&mut reader)
    .and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            Problem::new(422, "wrong-shape", "The body has not the expected shape", error.to_string()).at("$")
        }
        _ => Problem::malformed(format!("the body is not JSON: {error}")),
    })
}

/// What a value is, for messages.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Positions, among all numbers, of those that are not zero and too small to be told from it (`1e-400`): nothing that is not
/// exactly zero may be read as zero. Found in the text, since the reader hands out the rounded ones only.
fn vanishing(text: &str) -> Vec<usize> {
    let (mut found, mut count, mut at) = (Vec::new(), 0, 0);
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match byte {
            b'"' => string_length(rest),
            b'-' | b'0'..=b'9' => {
                let end = rest
                    .iter()
                    .position(|b| !matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
                let number = &text[at..at + end.unwrap_or(rest.len())];
                let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
                if mantissa.bytes().any(|b| matches!(b, b'1'..=b'9')) && number.parse() == Ok(0.0_f64) {
                    found.push(count);
                }
                count += 1;
                number.len()
            }
            _ => 1,
        };
        at += length;
    }
    found
}

/// Bytes of the string that `rest` begins with, its quotes included.
fn string_length(rest: &[u8]) -> usize {
    let mut escaped = false;
    let end = rest.iter().skip(1).position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 2)
}

/// Where the reader is among the numbers.
struct Numbers {
    seen: Cell<usize>,
    vanishing: Vec<usize>,
}

impl Numbers {
    /// The next number, but the smallest one there is for one that would vanish.
    fn next(&self, number: Number) -> Value {
        let position = self.seen.get();
        self.seen.set(position + 1);
        let number = match self.vanishing.binary_search(&position) {
            Ok(_) => Number::from_f64(f64::MIN_POSITIVE.copysign(number.as_f64().unwrap_or(0.0))).unwrap_or(number),
            Err(_) => number,
        };
        Value::Number(number)
    }
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    numbers: &'a Numbers,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth > limits::RECEIPT_DEPTH {
            return Err(D::Error::custom(format!("it nests deeper than {} levels", limits::RECEIPT_DEPTH)));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(self.numbers.next(v.into()))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(self.numbers.next(v.into()))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(Number::from_f64(v).map_or(Value::Null, |number| self.numbers.next(number)))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Self {
            depth: self.depth + 1,
            ..self
        })? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let value = access.next_value_seed(Self {
                depth: self.depth + 1,
                ..self
            })?;
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the member `{key}` stands twice")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
