use super::*;
use crate::event::Event;

fn event(data: &str) -> Event {
    Event {
        id: "evt_1".to_owned(),
        workspace_id: "wsp_1".to_owned(),
        event_type: "issue-created".to_owned(),
        subject: "7".to_owned(),
        at: 1_800_000_000_000_000,
        data: data.to_owned(),
        import: false,
        hops: 0,
    }
}

const DATA: &str = r#"{"priority": 4, "status": "open", "tags": ["a", "b"], "price": 1.5, "who": {"name": "Ada"},
    "items": [{"n": 1, "parts": [1, 2]}, {"n": 5, "parts": []}], "none": null, "big": 18446744073709551615}"#;

fn ask(filter: &str, data: &str) -> Verdict {
    let event = event(data);
    let filter = Filter::compile(filter).unwrap_or_else(|problem| panic!("{filter}: {problem:?}"));
    filter.judge(&Seen::of(&event), &|| true)
}

#[test]
fn an_event_matches_by_its_members_and_its_data() {
    for filter in [
        "data.priority > 3 && data.status == 'open'",
        "type == 'issue-created' && subject == \"7\" && id == 'evt_1'",
        "event.type == type && event.data.priority == 4 && has(event.data)",
        "time > timestamp('2020-01-01T00:00:00Z') && time.getFullYear() == 2027",
        "time - timestamp('2027-01-15T07:59:00Z') == duration('60s')",
        "has(data.priority) && !has(data.owner)",
        "'a' in data.tags && size(data.tags) == 2 && 'who' in data",
        "data.who.name.startsWith('A') && data['who']['name'].contains('d') && data.who.name.endsWith('a')",
        "data.status.matches('^op.n$') && !data.status.matches('x')",
        "data.items.exists(i, i.n > 3) && data.items.all(i, i.n > 0) && data.items.exists_one(i, i.n == 1)",
        "data.items.filter(i, i.n > 3).size() == 1 && data.items.map(i, i.n) == [1, 5]",
        "data.items.exists(i, i.parts.exists(p, p == 2))",
        "data.tags.all(t, t in ['a', 'b', 'c'])",
        "data.price == 1.5 && data.price > 1 && double(data.priority) == 4.0 && data.priority == 4.0",
        "data.none == null && data.big > 5u && type(data.priority) == int",
        "data.priority > 3 ? data.status == 'open' : false",
        "(data.owner == 'x' || data.priority == 4) && 'id' in event",
        "string(data.priority) + '!' == '4!'",
    ] {
        assert_eq!(ask(filter, DATA), Verdict::Matches, "{filter}");
    }
}

#[test]
fn what_has_no_answer_does_not_match_and_says_why() {
    let reason = |filter| {
        let verdict = ask(filter, DATA);
        assert!(matches!(verdict, Verdict::Differs(_)), "{filter}: {verdict:?}");
        verdict.reason().to_owned()
    };
    assert_eq!(reason("data.priority < 3"), "filter: it is false");
    assert_eq!(reason("data.owner == 'x'"), "filter: no such key `owner`");
    assert_eq!(reason("data.who.mail.size() > 1"), "filter: no such key `mail`");
    assert_eq!(reason("data.status > 3"), "filter: `>` does not take string and int");
    assert_eq!(reason("data.status"), "filter: it is a text, not true or false");
    assert_eq!(reason("data.priority / 0 == 1"), "filter: a division by zero");
    assert_eq!(reason("data.tags[7] == 'x'"), "filter: the list is shorter than that");
    assert_eq!(reason("data.items.exists(i, i.gone == 1)"), "filter: no such key `gone`");
    assert!(
        ask("data.x == 1", "[1")
            .reason()
            .starts_with("filter: `data`: the data cannot be read")
    );
}

#[test]
fn what_cannot_be_right_is_refused_with_its_place_and_what_to_do() {
    let refused = |filter: &str| {
        let problem = Filter::compile(filter).map(|_| ()).expect_err(filter);
        assert_eq!((problem.status, problem.field.as_deref()), (422, Some("filter")), "{filter}");
        assert!(problem.hint.as_ref().is_some_and(|hint| !hint.is_empty()), "{filter}");
        problem.detail
    };
    let mut wrong = Vec::new();
    let deep = format!("{}true", "!".repeat(60));
    let many = ["data.a.all(x, x)"; 5].join(" && ");
    let long = "a".repeat(BYTES + 1);
    let pluses = format!("data.s{} == 'x'", " + data.s".repeat(9));
    for (filter, said) in [
        ("", "line 1, column 1: it is empty"),
        ("data.a ==", "line 1, column 10: it ends too early"),
        ("data.a > 1 &&\n  data.b > > 2", "line 2, column 12: "),
        ("priority > 3", "line 1, column 1: there is no `priority`"),
        ("true &&\n  typ == 'x'", "line 2, column 3: there is no `typ`"),
        ("event.name == 'x'", "line 1, column 6: an event has no `name`"),
        ("type.name == 'x'", "line 1, column 5: a text has no member `name`"),
        ("type == 1", "line 1, column 6: `==` compares a text with a whole number"),
        ("type > 1", "line 1, column 6: `>` compares a text with a whole number"),
        (
            "size(data.a)",
            "line 1, column 5: the filter gives a whole number, not true or false",
        ),
        ("'open'", "line 1, column 1: the filter gives a text"),
        ("data.a && 1", "`&&` joins what is true or false, not a whole number"),
        ("data.a.upper() == 'X'", "there is no function `upper`"),
        ("contains(data.a, 'x')", "`contains` is not called like that"),
        ("'x' in type", "`in` looks into a list or an object, not into a text"),
        ("data.a.matches('(')", "`(` is no regular expression: unclosed group"),
        ("data.a.matches('\\\\w{900}{900}')", "is too large when it is compiled"),
        ("data.a.matches(data.b)", "the pattern of `matches` is not a text in quotes"),
        ("data.a.all(x, x.all(y, y.all(z, z)))", "a loop in a loop in a loop"),
        ("has(data)", "invalid argument to has() macro"),
        ("data.?a == 1", ""),
        ("Foo{a: 1}", "an object of a named type"),
        (&deep, "within each other"),
        (&many, "more than 4 loops"),
        (&long, "longer than 2000 bytes"),
        (&pluses, "more than 8 `+`"),
    ] {
        let detail = refused(filter);
        if !detail.contains(said) {
            wrong.push(format!("{filter}: {detail}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_loop_ends_when_it_may_not_go_on() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let items = (0..10_000).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let event = event(&format!(r#"{{"items": [{items}]}}"#));
    for filter in [
        "data.items.all(x, data.items.exists(y, y == x || y.gone))",
        "data.items.exists(x, x.gone || x < 0)",
        "data.items.map(x, x + 1).size() == 3",
        "data.items.filter(x, x > 1).size() == 3",
        "data.items.exists_one(x, x == 5)",
    ] {
        let turns = AtomicUsize::new(0);
        let verdict = Filter::compile(filter)
            .unwrap()
            .judge(&Seen::of(&event), &|| turns.fetch_add(1, Ordering::Relaxed) < 1_000);
        assert_eq!(verdict, Verdict::too_slow(), "{filter}");
        assert_eq!(turns.load(Ordering::Relaxed), 1_001, "{filter}");
    }
}
