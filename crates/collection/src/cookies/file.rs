//! The jar as a file: the JSON that the reference's `--cookie-jar` reads and
//! `--export-cookie-jar` writes.

use serde_json::{Map, Value, json};

use super::{Cookie, Jar};

/// Why a cookie file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CookieFileError {
    #[error("the cookie file is no JSON: {0}")]
    Json(String),
    #[error("the cookie file holds no list `cookies`; it is expected as `--export-cookie-jar` writes it")]
    Shape,
    #[error("cookie {position} of the cookie file has no `{field}`")]
    Missing { position: usize, field: &'static str },
}

impl Jar {
    /// Reads a cookie file. Cookies that are over at `now` (microseconds) are left out.
    ///
    /// # Errors
    /// A text that is no cookie file; positions count from 1.
    pub fn from_json(text: &[u8], now: i64) -> Result<Self, CookieFileError> {
        let value: Value = serde_json::from_slice(text).map_err(|e| CookieFileError::Json(e.to_string()))?;
        let list = value["cookies"].as_array().or(value.as_array()).ok_or(CookieFileError::Shape)?;
        let mut jar = Self::default();
        for (index, value) in list.iter().enumerate() {
            jar.put(read(index + 1, value)?, now);
        }
        Ok(jar)
    }

    /// The whole jar as a cookie file.
    pub fn to_json(&self) -> Value {
        json!({
            "version": "tough-cookie@4.1.4",
            "storeType": "MemoryCookieStore",
            "rejectPublicSuffixes": true,
            "enableLooseMode": false,
            "allowSpecialUseDomain": true,
            "prefixSecurity": "silent",
            "cookies": self.all().iter().map(write).collect::<Vec<_>>(),
        })
    }
}

fn read(position: usize, value: &Value) -> Result<Cookie, CookieFileError> {
    let text = |field: &str| crate::format::text(&value[field]);
    let name = text("key")
        .or_else(|| text("name"))
        .ok_or(CookieFileError::Missing { position, field: "key" })?;
    let domain = text("domain")
        .filter(|d| !d.is_empty())
        .ok_or(CookieFileError::Missing { position, field: "domain" })?;
    let flag = |field: &str| value[field].as_bool().unwrap_or(false);
    let expires = text("expires")
        .filter(|e| e != "Infinity")
        .and_then(|e| e.parse::<jiff::Timestamp>().ok());
    Ok(Cookie {
        name,
        value: text("value").unwrap_or_default(),
        domain: domain.trim_start_matches('.').to_ascii_lowercase(),
        host_only: value["hostOnly"].as_bool().unwrap_or(!domain.starts_with('.')),
        path: text("path").filter(|p| p.starts_with('/')).unwrap_or_else(|| "/".into()),
        secure: flag("secure"),
        http_only: flag("httpOnly"),
        expires: expires.map(jiff::Timestamp::as_microsecond),
        created: 0,
    })
}

fn write(cookie: &Cookie) -> Value {
    let mut map = Map::new();
    map.insert("key".into(), json!(cookie.name));
    map.insert("value".into(), json!(cookie.value));
    if let Some(expires) = cookie.expires {
        map.insert("expires".into(), json!(crate::dynamic::iso(expires)));
    }
    map.insert("domain".into(), json!(cookie.domain));
    map.insert("path".into(), json!(cookie.path));
    for (name, on) in [("secure", cookie.secure), ("httpOnly", cookie.http_only)] {
        if on {
            map.insert(name.into(), json!(true));
        }
    }
    map.insert("hostOnly".into(), json!(cookie.host_only));
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000_000;

    #[test]
    fn a_jar_comes_back_as_it_was_written() {
        let url = url::Url::parse("http://a.test/x/y").unwrap();
        let mut jar = Jar::default();
        jar.store(&url, "a=1; Path=/; Max-Age=60; HttpOnly", NOW);
        jar.store(&url, "b=2; Domain=a.test; Secure", NOW);
        let text = jar.to_json().to_string();
        let back = Jar::from_json(text.as_bytes(), NOW).unwrap();
        assert_eq!(back.to_json(), jar.to_json());
        assert_eq!(back.header(&url, NOW).as_deref(), Some("a=1"));
        assert!(
            Jar::from_json(text.as_bytes(), NOW + 61_000_000)
                .unwrap()
                .header(&url, NOW)
                .is_none()
        );
    }

    #[test]
    fn what_is_no_cookie_file_is_refused_with_the_place() {
        assert_eq!(Jar::from_json(b"{}", NOW).unwrap_err(), CookieFileError::Shape);
        let bare = Jar::from_json(br#"{"cookies": [{"key": "a"}]}"#, NOW).unwrap_err();
        assert_eq!(bare.to_string(), "cookie 1 of the cookie file has no `domain`");
    }
}
