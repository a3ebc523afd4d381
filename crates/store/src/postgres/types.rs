//! Values to and from PostgreSQL's binary forms, by the type that the server asks for.
//!
//! The schema knows four column types, but expressions make others (`COUNT` an int8, `SUM` a numeric, `x IS NULL` a bool),
//! and a parameter's type is the server's guess. Integers are read as `i64` whatever their width.

use std::error::Error as StdError;

use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::{
    error::{Error, Result},
    sql::{Row, Value},
};

type Failure = Box<dyn StdError + Send + Sync>;

/// A parameter that does not fit the type which the server asks for.
#[derive(Debug, thiserror::Error)]
#[error("the statement asks for `{asked}` and got {got}")]
pub(super) struct Unfit {
    asked: String,
    got: &'static str,
}

/// A parameter, lent.
#[derive(Debug)]
pub(super) struct Bound<'a>(pub(super) &'a Value);

impl Bound<'_> {
    fn unfit(&self, asked: &Type) -> Unfit {
        Unfit {
            asked: asked.to_string(),
            got: self.0.kind(),
        }
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, asked: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match (self.0, asked) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Int(value), &Type::INT8) => out.put_i64(*value),
            (Value::Int(value), &Type::INT4) => out.put_i32(i32::try_from(*value).map_err(|_| self.unfit(asked))?),
            (Value::Int(value), &Type::INT2) => out.put_i16(i16::try_from(*value).map_err(|_| self.unfit(asked))?),
            (Value::Int(value), &Type::BOOL) => out.put_u8(u8::from(*value != 0)),
            #[allow(clippy::cast_precision_loss, reason = "the statement asks for a float")]
            (Value::Int(value), &Type::FLOAT8) => out.put_f64(*value as f64),
            (Value::Real(value), &Type::FLOAT8) => out.put_f64(*value),
            #[allow(clippy::cast_possible_truncation, reason = "the statement asks for a short float")]
            (Value::Real(value), &Type::FLOAT4) => out.put_f32(*value as f32),
            (Value::Text(text), &Type::JSONB) => {
                // The version of the binary form.
                out.put_u8(1);
                out.put_slice(text.as_bytes());
            }
            (Value::Text(text), &(Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON)) => {
                out.put_slice(text.as_bytes());
            }
            (Value::Blob(bytes), &Type::BYTEA) => out.put_slice(bytes),
            (_, asked) => return Err(self.unfit(asked).into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A column, copied out.
struct Column(Value);

impl<'a> FromSql<'a> for Column {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(Self(match *kind {
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(kind, raw)?.into()),
            Type::OID => Value::Int(u32::from_sql(kind, raw)?.into()),
            Type::BOOL => Value::Int(bool::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => Value::Real(f64::from_sql(kind, raw)?),
            Type::FLOAT4 => Value::Real(f32::from_sql(kind, raw)?.into()),
            Type::NUMERIC => numeric(raw)?,
            Type::BYTEA => Value::Blob(raw.to_vec()),
            Type::JSONB => Value::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned()),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON => {
                Value::Text(std::str::from_utf8(raw)?.to_owned())
            }
            _ if matches!(kind.kind(), Kind::Pseudo) => Value::Null,
            _ => return Err(format!("columns of type `{kind}` are not read; cast it in the statement").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Copies a row out of the driver's buffer.
pub(super) fn read_row(row: &tokio_postgres::Row) -> Result<Row> {
    let read = |column| {
        row.try_get::<_, Column>(column)
            .map(|Column(value)| value)
            .map_err(|error| Error::Corrupt(format!("column {column}: {error}")))
    };
    (0..row.len()).map(read).collect::<Result<_>>().map(Row::new)
}

/// The sign field of a negative numeric; 0 is positive, everything else is no number.
const NEGATIVE: u16 = 0x4000;

/// Reads a numeric: whole numbers that fit as an integer, others as a float. The form is that of `numeric_send`: count of
/// digits, weight of the first, sign and scale as 16-bit numbers, then the digits to base 10,000.
fn numeric(raw: &[u8]) -> Result<Value, Failure> {
    let mut words = raw.chunks_exact(2).map(|word| u16::from_be_bytes([word[0], word[1]]));
    let mut header = || words.next().ok_or("a numeric is too short");
    let (_count, weight, sign, _scale) = (header()?, header()?.cast_signed(), header()?, header()?);
    if sign != 0 && sign != NEGATIVE {
        return Err("a numeric is not a number".into());
    }
    let digits: Vec<u16> = words.collect();
    let whole = i32::try_from(digits.len())? <= i32::from(weight) + 1;
    let sum = digits
        .iter()
        .zip((0..=i32::from(weight)).rev().chain((i32::MIN..0).rev()))
        .fold(0.0, |sum, (digit, power)| sum + f64::from(*digit) * 10_000_f64.powi(power));
    let signed = if sign == NEGATIVE { -sum } else { sum };
    if !whole {
        return Ok(Value::Real(signed));
    }
    // Four digits to base 10,000 and more may not fit a float exactly.
    let mut value: i64 = 0;
    for place in 0..=weight.max(-1) {
        let digit = usize::try_from(place)
            .ok()
            .and_then(|place| digits.get(place))
            .copied()
            .unwrap_or(0);
        let Some(next) = value.checked_mul(10_000).and_then(|value| value.checked_add(digit.into())) else {
            return Ok(Value::Real(signed));
        };
        value = next;
    }
    Ok(Value::Int(if sign == NEGATIVE { -value } else { value }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn reads_numerics_as_integers_where_they_are() {
        let cases = [
            (vec![0, 0, 0, 0], Value::Int(0)),
            (vec![1, 0, 0, 0, 7], Value::Int(7)),
            (vec![2, 1, NEGATIVE, 0, 1, 2], Value::Int(-10_002)),
            (vec![1, 2, 0, 0, 3], Value::Int(300_000_000)),
            (vec![2, 0, 0, 2, 1, 5000], Value::Real(1.5)),
            (vec![1, u16::MAX, 0, 2, 2500], Value::Real(0.25)),
        ];
        for (words, expected) in cases {
            assert_eq!(numeric(&encoded(&words)).expect("a number"), expected, "{words:?}");
        }
        assert!(numeric(&encoded(&[0, 0, 0xC000, 0])).is_err());
    }
}
