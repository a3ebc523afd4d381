//! JSON as JavaScript writes it, for tokens that are signed as text: keys that are numbers come
//! first, and every number is a double.

use serde_json::Value;

/// The text that `JSON.stringify` makes.
pub fn json(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| index(key).map_or((true, 0), |n| (false, n)));
            let written = entries
                .iter()
                .map(|(key, value)| format!("{}:{}", Value::String((*key).clone()), json(value)));
            format!("{{{}}}", written.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(json).collect::<Vec<_>>().join(",")),
        Value::Number(n) => n.as_f64().map_or_else(|| n.to_string(), number),
        scalar => scalar.to_string(),
    }
}

/// A key that is an index of an array (ECMA-262, 6.1.7).
fn index(key: &str) -> Option<u32> {
    let number: u32 = key.parse().ok()?;
    (number < u32::MAX && number.to_string() == key).then_some(number)
}

/// `Number::toString` (ECMA-262, 6.1.6.1.20); zero has no sign.
fn number(n: f64) -> String {
    let size = n.abs();
    if n == 0.0 {
        "0".into()
    } else if size >= 1e21 {
        format!("{n:e}").replace('e', "e+")
    } else if size < 1e-6 {
        format!("{n:e}")
    } else {
        n.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_are_javascripts() {
        let given = r#"{"z":1,"10":3,"2":4,"m":{"y":1.0,"1":[1e3,-0.0]},"b":1e21,"c":12345678901234567890,"d":1e-7,"e":1.50,"f":"a\"b"}"#;
        let value: Value = serde_json::from_str(given).unwrap();
        let wanted = r#"{"2":4,"10":3,"z":1,"m":{"1":[1000,0],"y":1},"b":1e+21,"c":12345678901234567000,"d":1e-7,"e":1.5,"f":"a\"b"}"#;
        assert_eq!(json(&value), wanted);
    }
}
