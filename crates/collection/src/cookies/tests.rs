//! The jar: who gets a cookie and for how long.

use super::*;

const NOW: i64 = 1_700_000_000_000_000;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn sent(set_by: &str, line: &str, to: &str) -> Option<String> {
    let mut jar = Jar::default();
    jar.store(&url(set_by), line, NOW);
    jar.header(&url(to), NOW)
}

#[test]
fn hosts_domains_and_paths() {
    assert_eq!(sent("http://a.example/x/y", "k=v", "http://a.example/x/z").as_deref(), Some("k=v"));
    assert_eq!(sent("http://a.example/x/y", "k=v", "http://a.example/"), None);
    assert_eq!(sent("http://a.example/", "k=v", "http://b.a.example/"), None);
    assert_eq!(
        sent("http://a.example/", "k=v; Domain=.a.example", "http://b.a.example/").as_deref(),
        Some("k=v")
    );
    assert_eq!(
        sent("http://a.example/", "k=v; Domain=other.example", "http://other.example/"),
        None
    );
    assert_eq!(sent("http://a.example/", "k=v; Domain=example", "http://b.example/"), None);
    assert_eq!(sent("http://127.0.0.1/", "k=v", "http://localhost/"), None);
}

#[test]
fn secure_cookies_go_to_https_and_to_loopback() {
    assert_eq!(sent("https://a.example/", "k=v; Secure", "http://a.example/"), None);
    assert_eq!(
        sent("http://127.0.0.1/", "k=v; Secure", "http://127.0.0.1/").as_deref(),
        Some("k=v")
    );
}

#[test]
fn expiry_and_replacement() {
    assert_eq!(sent("http://a.example/", "k=v; Max-Age=0", "http://a.example/"), None);
    assert_eq!(
        sent(
            "http://a.example/",
            "k=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "http://a.example/"
        ),
        None
    );
    let mut jar = Jar::default();
    let home = url("http://a.example/");
    jar.store(&home, "k=1; Max-Age=10", NOW);
    jar.store(&home, "l=2", NOW);
    jar.store(&home, "k=3; Max-Age=10", NOW);
    assert_eq!(jar.header(&home, NOW).as_deref(), Some("k=3; l=2"));
    assert_eq!(jar.header(&home, NOW + 11_000_000).as_deref(), Some("l=2"));
    jar.unset(&home, "l", NOW);
    assert_eq!(jar.header(&home, NOW).as_deref(), Some("k=3"));
    jar.clear(&home, NOW);
    assert_eq!(jar.header(&home, NOW), None);
}

#[test]
fn longer_paths_come_first() {
    let mut jar = Jar::default();
    let home = url("http://a.example/x/y/z");
    jar.store(&home, "a=1; Path=/", NOW);
    jar.store(&home, "b=2; Path=/x/y", NOW);
    assert_eq!(jar.header(&home, NOW).as_deref(), Some("b=2; a=1"));
}
