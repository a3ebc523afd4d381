//! Callees as they are written, none where two may be meant, and places outside of the text.

use super::{Place, Token};

/// The callee at the mark `^`.
fn called(text: &str) -> Option<String> {
    let at = text.find('^').unwrap();
    let source = text.replace('^', "");
    let found = Place::new(&source, 1, at + 1).unwrap().callee()?;
    Some(if found.made { format!("new {}", found.text) } else { found.text })
}

#[test]
fn a_callee_is_named_as_written() {
    for (text, name) in [
        ("pm.^foo();", "pm.foo"),
        ("x = ^u();", "u"),
        ("pm.response.json().^foo();", "pm.response.json(...).foo"),
        ("o.a.b(1, ^u);", "o.a.b"),
        ("arr[0](^k)", "arr[0]"),
        ("new ^K()", "new K"),
        ("new o.^Foo(1)", "new o.Foo"),
        ("pm.expect(pm.response.^foo()).to.equal(1)", "pm.response.foo"),
        ("o?.^foo()", "o?.foo"),
        ("if (pm.^has()) {}", "pm.has"),
        ("pm.test('a', function () { pm.^foo(); })", "pm.foo"),
        ("x(y).^foo(function () { a; })", "x(...).foo"),
    ] {
        assert_eq!(called(text).as_deref(), Some(name), "{text}");
    }
}

#[test]
fn where_two_may_be_meant_none_is() {
    assert_eq!(called("f(^g(1));"), None);
    assert_eq!(called("^f()();"), None);
    assert_eq!(called("'abc'.^foo();"), None);
    assert_eq!(called("x = ^1;"), None);
}

#[test]
fn tokens_are_told_apart() {
    for (text, token) in [
        ("  b", Token::Identifier("b")),
        ("'x'", Token::Text),
        ("5", Token::Number),
        ("=>", Token::Sign("=>")),
        ("else {", Token::Sign("else")),
        (" ", Token::End),
    ] {
        assert_eq!(Place::new(text, 1, 1).unwrap().token(), token);
    }
}

#[test]
fn a_place_outside_of_the_text_is_none() {
    assert!(Place::new("a", 3, 1).is_none());
    assert!(Place::new("é", 1, 2).is_none());
    assert!(Place::new("a", 1, 9).is_none());
}
