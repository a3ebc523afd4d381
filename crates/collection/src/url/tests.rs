//! URL rules: expected values are what the reference runner put on the wire.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn sent(url: serde_json::Value) -> String {
    to_wire(&unparse(&Url::from_value(&url)), true).href
}

#[test]
fn a_query_encodes_little_and_keeps_order_and_duplicates() {
    let url = json!({"host": ["h"], "path": ["echo"], "query": [
        {"key": "a", "value": "1"}, {"key": "off", "value": "x", "disabled": true}, {"key": "empty", "value": ""},
        {"key": "none", "value": null}, {"key": "sp ace", "value": "a b"}, {"key": "plus", "value": "a+b"},
        {"key": "enc", "value": "a%20b"}, {"key": "amp", "value": "x&y"}, {"key": "dup", "value": "1"},
        {"key": "dup", "value": "2"}, {"key": "uni", "value": "ü日"}, {"key": "arr[]", "value": "1"},
        {"key": "json", "value": "{\"a\":[1,2]}"}, {"key": "quote", "value": "'\""}, {"key": "hash", "value": "a#b"},
        {"key": "sym", "value": "!*()~-._;/?:@,$|\\^`<>"}]});
    assert_eq!(
        sent(url),
        "http://h/echo?a=1&empty=&none&sp%20ace=a%20b&plus=a+b&enc=a%20b&amp=x%26y&dup=1&dup=2&uni=%C3%BC%E6%97%A5&arr[]=1\
         &json={%22a%22:[1,2]}&quote=%27%22&hash=a%23b&sym=!*()~-._;/?:@,$|\\^`%3C%3E"
    );
}

#[test]
fn question_marks_and_disabled_rows() {
    assert_eq!(
        sent(json!({"host": "h", "path": "e", "query": [{"key": "a", "value": "1", "disabled": true}]})),
        "http://h/e"
    );
    assert_eq!(
        sent(json!({"host": "h", "path": "e", "query": [{"key": "", "value": ""}]})),
        "http://h/e?="
    );
    assert_eq!(sent(json!("h/e?")), "http://h/e?");
}

#[test]
fn a_substituted_value_may_hold_separators() {
    assert_eq!(to_wire("http://h/e?v=q&=v", true).href, "http://h/e?v=q&=v");
    assert_eq!(to_wire("http://h/e?a={{missing}}", true).href, "http://h/e?a={{missing}}");
    assert_eq!(
        to_wire("http://h/{{missing}}/{{ a.b }}", true).href,
        "http://h/%7B%7Bmissing%7D%7D/%7B%7B%20a.b%20%7D%7D"
    );
}

#[test]
fn forms_of_a_url() {
    assert_eq!(sent(json!("127.0.0.1:8080/echo/noproto")), "http://127.0.0.1:8080/echo/noproto");
    assert_eq!(sent(json!("http://h/h?a=1#frag")), "http://h/h?a=1");
    assert_eq!(sent(json!("http://h")), "http://h/");
    assert_eq!(sent(json!("http://h/echo/")), "http://h/echo/");
    assert_eq!(sent(json!("http://h/ü/日 x")), "http://h/%C3%BC/%E6%97%A5%20x");
    assert_eq!(sent(json!("http://h//a/./b/../c")), "http://h//a/./b/../c");
    assert_eq!(sent(json!("HTTP://LOCALHOST:99/up")), "http://localhost:99/up");
    assert_eq!(sent(json!("https://[::1]:8443/x")), "https://[::1]:8443/x");
    assert_eq!(
        sent(json!({"protocol": "http", "host": ["127", "0", "0", "1"], "port": "80", "path": ["hp"]})),
        "http://127.0.0.1/hp"
    );
    assert_eq!(sent(json!("http://bücher.example/")), "http://xn--bcher-kva.example/");
    assert_eq!(sent(json!({"raw": "http://h/only-raw"})), "http://h/only-raw");
}

#[test]
fn path_variables_are_put_in_and_unknown_ones_stay() {
    let url = json!({"host": "h", "path": ["u", ":id", ":other"], "variable": [{"id": "id", "value": "5"}]});
    assert_eq!(sent(url), "http://h/u/5/:other");
}

#[test]
fn user_info_leaves_the_url() {
    let wire = to_wire("http://bob:pa%20ss@h:1/x", true);
    assert_eq!((wire.href.as_str(), wire.authority.as_str()), ("http://h:1/x", "h:1"));
    assert_eq!(wire.userinfo, Some(("bob".into(), "pa ss".into())));
}

#[test]
fn encoding_can_be_switched_off() {
    assert_eq!(to_wire("http://h/a|b?q=a|b[]", false).href, "http://h/a|b?q=a|b[]");
    assert_eq!(encode_form("client 1!*'()~-._"), "client%201%21%2A%27%28%29~-._");
}

proptest! {
    #[test]
    fn encoding_is_stable_and_ascii(text in "[ -~üß日]{0,30}") {
        for set in [QUERY, PATH, USERINFO] {
            let once = encode_set(&text, set);
            prop_assert!(once.is_ascii());
            prop_assert_eq!(encode_set(&once, set), once);
        }
    }

    #[test]
    fn a_table_row_survives_writing_and_cutting(key in "[a-z&=#ü ]{1,8}", value in "[a-z&=#ü ]{0,8}") {
        let url = Url { host: "h".into(), query: Some(vec![Param::new(&key, &value)]), ..Url::default() };
        prop_assert_eq!(Url::parse(&unparse(&url)).query.map(|rows| rows.len()), Some(1));
    }
}
