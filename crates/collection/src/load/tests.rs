//! Documents in common and odd forms, and where errors point.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn refused(text: &str) -> LoadError {
    parse_collection(text.as_bytes(), "c.json").unwrap_err()
}

#[test]
fn broken_json_names_line_column_and_path() {
    let error = refused("{\n  \"info\": {},\n  \"item\": [\n    {\"name\": \"a\" \"request\": 1}\n  ]\n}");
    assert_eq!((error.line, error.column, error.path.as_str()), (4, 18, "item[0]"));
    assert!(error.to_string().starts_with("c.json:4:18: not valid JSON: "), "{error}");
    assert_eq!(refused("").hint, "the file is empty");
    assert!(refused("<html>").hint.contains("HTML"));
}

#[test]
fn a_wrong_shape_names_its_place() {
    let text =
        "{\"info\": {\"name\": \"x, {\\\"item\\\": 1}\"}, \"item\": [\n {\"name\": \"f\", \"item\": [ {\"request\": \"u\"},\n   7 ]}]}";
    let error = refused(text);
    assert_eq!((error.line, error.column, error.path.as_str()), (3, 4, "item[0].item[1]"));
    assert_eq!(error.message, "expected a request or a folder, found a number");
}

#[test]
fn other_documents_are_refused_with_advice() {
    let v1 = refused("{\"id\": \"1\", \"name\": \"n\", \"order\": [],\n \"requests\": []}");
    assert_eq!((v1.line, v1.path.as_str()), (2, "requests"));
    assert!(v1.hint.contains("v2.1"));
    assert!(refused("{\"name\": \"e\", \"values\": []}").hint.contains("-e FILE"));
    assert!(refused("{\"openapi\": \"3.1.0\"}").message.contains("OpenAPI"));
    assert!(refused("[]").message.contains("a list"));
    let environment = parse_environment(b"{\"info\": {}, \"item\": []}", "e.json").unwrap_err();
    assert!(environment.message.contains("collection"));
}

#[test]
fn odd_but_common_forms_are_read() {
    let text = "\u{feff}{\"collection\": {\"info\": {\"name\": null}, \"item\": [null, {\"request\": \"{{base}}/x\"},
        {\"name\": 5, \"request\": {\"url\": {\"raw\": \"h\"}, \"header\": \"X-T: 1\\nX-U: two words\\n\", \"body\": null, \"auth\": null},
         \"event\": [{\"listen\": \"test\", \"script\": {\"exec\": \"a;\\nb;\"}}, null]}], \"future\": {\"kept\": true}}}";
    let collection = parse_collection(text.as_bytes(), "c.json").unwrap();
    let requests = collection.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].1.request.method, "GET");
    assert_eq!(
        (requests[1].1.name.as_str(), requests[1].1.events[0].code.as_str()),
        ("5", "a;\nb;")
    );
    assert_eq!(requests[1].1.request.header("x-u"), Some("two words"));
    let exported = |variables: &[(String, Value)]| serde_json::to_value(collection.export(variables)).unwrap();
    assert_eq!(exported(&[])["future"], json!({"kept": true}));
    let with = exported(&[("v".to_owned(), json!(1))]);
    assert_eq!(
        (&with["variable"], &with["future"]),
        (&json!([{"type": "any", "key": "v", "value": 1}]), &json!({"kept": true}))
    );
}

#[test]
fn an_item_knows_its_place_also_in_an_envelope_and_behind_a_mark() {
    let text = "\u{feff}{\"collection\": {\"info\": {\"name\": \"é\"}, \"item\": [{\"name\": \"F\", \"item\": [{\"name\": \"a\", \"request\": \"h\", \"x\": 1}]}]}}";
    let collection = parse_collection(text.as_bytes(), "c").unwrap();
    let item = collection.requests()[0].1;
    let value = collection.document().value_at(&item.place);
    assert_eq!(value, Some(json!({"name": "a", "request": "h", "x": 1})));
    assert_eq!(collection.document().to_value()["info"]["name"], "é");
    assert_eq!(item.id, "item-0.0");
}

#[test]
fn what_no_tree_can_hold_is_refused_with_its_place() {
    let error = refused("{\"info\": {}, \"item\": [{\"name\": \"\\ud800\", \"request\": \"h\"}]}");
    assert_eq!(error.path, "item[0].name");
    let deep = format!(
        "{{\"info\": {{}}, \"item\": {}{}}}",
        "[{\"item\": ".repeat(100_000),
        "[]".to_owned() + &"}]".repeat(100_000)
    );
    assert!(refused(&deep).message.contains("recursion limit"), "and no stack is exhausted");
    // The last of two members of one name is meant, as everywhere in JSON.
    let twice = "{\"item\": [], \"info\": {}, \"item\": [{\"request\": \"h\"}]}";
    assert_eq!(parse_collection(twice.as_bytes(), "c").unwrap().requests().len(), 1);
}

#[test]
fn version_2_0_reads_like_2_1() {
    let auth = |auth: Value| {
        let text = json!({"info": {}, "item": [{"request": {"url": "h", "auth": auth}}]}).to_string();
        parse_collection(text.as_bytes(), "c").unwrap().requests()[0].1.request.auth.clone()
    };
    assert_eq!(
        auth(json!({"type": "basic", "basic": {"username": "u", "password": "p"}})),
        auth(json!({"type": "basic", "basic": [{"key": "username", "value": "u"}, {"key": "password", "value": "p"}]}))
    );
}

#[test]
fn a_collection_of_20_mb_is_read_whole_and_cloned_for_nothing() {
    let filler = "x".repeat(1000);
    let request =
        |n: usize| json!({"name": n.to_string(), "request": {"url": format!("http://h/{n}"), "body": {"mode": "raw", "raw": filler}}});
    let folders: Vec<Value> = (0..100)
        .map(|f| json!({"name": f.to_string(), "item": (0..200).map(|n| request(f * 200 + n)).collect::<Vec<_>>()}))
        .collect();
    let text = json!({"info": {"name": "big"}, "item": folders}).to_string();
    assert!(text.len() > 20_000_000);
    let collection = parse_collection(text.as_bytes(), "c").unwrap();
    assert_eq!(collection.requests().len(), 20_000);
    assert_eq!(collection.requests()[19_999].1.name, "19999");
    let copy = collection.clone();
    assert!(std::ptr::eq(collection.document().text(), copy.document().text()) && std::ptr::eq(collection.root(), copy.root()));
}

proptest! {
    #[test]
    fn no_bytes_make_the_loader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_collection(&bytes, "c");
    }

    #[test]
    fn an_error_points_into_the_text(text in "[\\[\\]{}\":, a-z\n]{0,60}") {
        if let Err(error) = parse_collection(text.as_bytes(), "c") {
            prop_assert!(error.line >= 1 && error.column >= 1);
            prop_assert!(error.line <= text.matches('\n').count() + 1);
        }
    }
}
