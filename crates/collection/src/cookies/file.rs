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
            jar.put(read(index + 1, value, now)?, now);
        }
        Ok(jar)
    }

    /// The whole jar as a cookie file.
    pub fn to_json(&self) -> Value {
        json!({
            // The reference's own settings: it takes them over from the file that it reads.
            "version": "tough-cookie@4.1.3-postman.1",
            "storeType": "MemoryCookieStore",
            "rejectPublicSuffixes": false,
            "enableLooseMode": true,
            "allowSpecialUseDomain": true,
            "prefixSecurity": "silent",
            "cookies": self.all().iter().map(write).collect::<Vec<_>>(),
        })
    }
}

fn read(position: usize, value: &Value, now: i64) -> Result<Cookie, CookieFileError> {
    let text = |field: &str| crate::format::text(&value[field]);
    // What is empty is left out of the file; a cookie without a name has a value.
    let (name, content) = (text("key").or_else(|| text("name")), text("value"));
    if name.is_none() && content.is_none() {
        return Err(CookieFileError::Missing { position, field: "key" });
    }
    let domain = text("domain")
        .filter(|d| !d.is_empty())
        .ok_or(CookieFileError::Missing { position, field: "domain" })?;
    let flag = |field: &str| value[field].as_bool().unwrap_or(false);
    let time = |field: &str| text(field).and_then(|given| given.parse::<jiff::Timestamp>().ok());
    let created = time("creation").map(jiff::Timestamp::as_microsecond);
    // A life given in seconds wins over a date, and counts from the cookie's creation.
    let expires = match (value["maxAge"].as_i64(), text("maxAge").as_deref()) {
        (_, Some("-Infinity")) => Some(i64::MIN),
        (Some(seconds), _) if seconds <= 0 => Some(i64::MIN),
        (Some(seconds), _) => Some(created.unwrap_or(now).saturating_add(seconds.saturating_mul(1_000_000))),
        (None, _) => time("expires").map(jiff::Timestamp::as_microsecond),
    };
    Ok(Cookie {
        name: name.unwrap_or_default(),
        value: content.unwrap_or_default(),
        domain: domain.trim_start_matches('.').to_ascii_lowercase(),
        host_only: value["hostOnly"].as_bool().unwrap_or(!domain.starts_with('.')),
        path: text("path").filter(|p| p.starts_with('/')).unwrap_or_else(|| "/".into()),
        secure: flag("secure"),
        http_only: flag("httpOnly"),
        expires,
        created: 0,
    })
}

fn write(cookie: &Cookie) -> Value {
    let mut map = Map::new();
    for (name, text) in [("key", &cookie.name), ("value", &cookie.value)] {
        if !text.is_empty() {
            map.insert(name.into(), json!(text));
        }
    }
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

    /// As newman 6.2 exported it.
    #[test]
    fn a_file_of_the_reference_is_read() {
        let text = br#"{"version": "tough-cookie@4.1.3-postman.1", "storeType": "MemoryCookieStore", "rejectPublicSuffixes": false,
            "enableLooseMode": true, "allowSpecialUseDomain": true, "prefixSecurity": "silent", "cookies": [
            {"key": "a", "value": "1", "maxAge": 3600, "domain": "localhost", "path": "/", "httpOnly": true, "hostOnly": true,
             "creation": "2023-11-14T22:13:20.000Z", "lastAccessed": "2023-11-14T22:13:21.000Z"},
            {"key": "d", "value": "\"q v\"", "domain": "localhost", "path": "/", "extensions": ["Foo=bar"], "hostOnly": true,
             "pathIsDefault": true, "creation": "2023-11-14T22:13:20.000Z", "sameSite": "strict"},
            {"value": "bare", "domain": "localhost", "path": "/", "hostOnly": true},
            {"key": "e", "domain": "localhost", "path": "/", "hostOnly": true}]}"#;
        let url = url::Url::parse("http://localhost:1/").unwrap();
        let header = |now: i64| Jar::from_json(text, now).unwrap().header(&url, now).unwrap();
        assert_eq!(header(NOW), "a=1; d=\"q v\"; bare; e=");
        // 3,600 s after its creation, however late the file is read.
        assert_eq!(header(NOW + 3_600_000_001), "d=\"q v\"; bare; e=");
    }

    #[test]
    fn what_is_written_reads_in_the_reference() {
        let url = url::Url::parse("http://localhost/").unwrap();
        let mut jar = Jar::default();
        jar.store(&url, "=bare; Path=/", NOW);
        let written = jar.to_json();
        assert_eq!(
            written["cookies"],
            json!([{"value": "bare", "domain": "localhost", "path": "/", "hostOnly": true}])
        );
        // It takes these over, and would refuse more cookies with others.
        assert_eq!(
            (&written["rejectPublicSuffixes"], &written["enableLooseMode"]),
            (&json!(false), &json!(true))
        );
    }

    #[test]
    fn what_is_no_cookie_file_is_refused_with_the_place() {
        assert_eq!(Jar::from_json(b"{}", NOW).unwrap_err(), CookieFileError::Shape);
        let bare = Jar::from_json(br#"{"cookies": [{"key": "a"}]}"#, NOW).unwrap_err();
        assert_eq!(bare.to_string(), "cookie 1 of the cookie file has no `domain`");
    }
}
