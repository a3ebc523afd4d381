//! Rows of both formats, whole and in error, from memory and from files.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn parse_data(bytes: &[u8], kind: DataKind, origin: &str) -> Result<Vec<Row>, LoadError> {
    IterationData::from_bytes(bytes.to_vec(), kind, origin)?.rows()?.collect()
}

#[test]
fn csv_cells_are_typed_as_the_reference_types_them() {
    let text =
        "\u{feff}id,name,note,zip\r\n1,\"Ada, L\",\"say \"\"hi\"\"\",\"01234\"\r\n2.5,Bob,,\"2\"\r\nx3,  pad ,\"two\nlines\",\"-\"\r\n\r\n";
    let rows = parse_data(text.as_bytes(), DataKind::Guess, "d.csv").unwrap();
    let values: Vec<Vec<Value>> = rows.into_iter().map(|r| r.into_iter().map(|(_, v)| v).collect()).collect();
    assert_eq!(
        values,
        [
            vec![json!(1), json!("Ada, L"), json!("say \"hi\""), json!("01234")],
            vec![json!(2.5), json!("Bob"), json!(""), json!("2")],
            vec![json!("x3"), json!("pad"), json!("two\nlines"), json!("-")],
        ]
    );
    let uneven = parse_data(b"a,b\n1,2\n3\n", DataKind::Csv, "d.csv").unwrap_err();
    assert_eq!(
        (uneven.line, uneven.message.as_str()),
        (3, "expected 2 cells as in the first row, found 1")
    );
    assert_eq!(parse_data(b"a\n\"x", DataKind::Csv, "d.csv").unwrap_err().line, 2);
}

#[test]
fn json_data_is_a_list_of_objects() {
    let rows = parse_data(b"[{\"a\": 1}, {\"a\": [2]}]", DataKind::Guess, "d.json").unwrap();
    assert_eq!(rows, [vec![("a".to_owned(), json!(1))], vec![("a".to_owned(), json!([2]))]]);
    let error = parse_data(b"[{},\n 3]", DataKind::Json, "d.json").unwrap_err();
    assert_eq!((error.line, error.path.as_str()), (2, "[1]"));
}

#[test]
fn json_that_is_broken_is_refused_with_its_place() {
    for (text, line, column) in [
        ("[{\"a\": 1}\n{}]", 2, 1),
        ("[{},\n {\"a\": tru}]", 2, 11),
        ("[{}", 1, 4),
        ("[{}] x", 1, 6),
        ("", 1, 1),
        ("\u{feff}7", 1, 1),
    ] {
        let error = parse_data(text.as_bytes(), DataKind::Json, "d").unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
    }
    assert_eq!(
        parse_data(b" {\"a\": \"}]\"} ", DataKind::Json, "d").unwrap(),
        [vec![("a".to_owned(), json!("}]"))]]
    );
    assert!(parse_data(b"[ ]", DataKind::Guess, "d").unwrap().is_empty());
}

/// Both formats with so many rows, as files.
fn files(folder: &Path, rows: usize) -> [PathBuf; 2] {
    let (mut csv, mut list) = (String::from("id,name\n"), String::from("["));
    for row in 0..rows {
        writeln!(csv, "{row},\"Name {row}\"").unwrap();
        let comma = if row == 0 { "" } else { "," };
        writeln!(list, "{comma}{{\"id\": {row}, \"name\": \"Name {row}\"}}").unwrap();
    }
    list.push(']');
    let paths = ["d.csv", "d.json"].map(|name| folder.join(name));
    std::fs::write(&paths[0], csv).unwrap();
    std::fs::write(&paths[1], list).unwrap();
    paths
}

#[test]
fn a_long_file_is_counted_and_then_read_row_by_row() {
    let folder = tempfile::tempdir().unwrap();
    for path in files(folder.path(), 200_000) {
        let data = IterationData::open(&path, DataKind::Guess).unwrap();
        assert_eq!(data.len(), 200_000);
        let mut rows = data.rows().unwrap();
        assert_eq!(
            rows.nth(123_456).unwrap().unwrap(),
            [("id".to_owned(), json!(123_456)), ("name".to_owned(), json!("Name 123456"))]
        );
        assert_eq!(rows.count(), 200_000 - 123_457);
    }
}

#[test]
fn a_file_that_changes_under_a_run_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for path in files(folder.path(), 3) {
        let mut rows = Repeating::new(&IterationData::open(&path, DataKind::Guess).unwrap()).unwrap();
        assert_eq!(rows.next_row().unwrap()[0].1, json!(0));
        let data = IterationData::open(&path, DataKind::Guess).unwrap();
        std::fs::write(&path, "[1]\n\"").unwrap();
        assert!(Repeating::new(&data).unwrap().next_row().is_err());
        std::fs::remove_file(&path).unwrap();
        assert!(Repeating::new(&data).err().unwrap().message.contains("cannot be read"));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_data(&bytes, DataKind::Guess, "d");
        let _ = parse_data(&bytes, DataKind::Csv, "d");
    }

    #[test]
    fn json_rows_are_what_the_parser_reads_at_once(text in "[\\[\\]{}\":, a1\\\\\n]{0,40}", rows in proptest::collection::vec(any::<i32>(), 0..5)) {
        let whole: Result<Vec<Map<String, Value>>, _> = serde_json::from_str(&format!("[{text}]"));
        let read = parse_data(format!("[{text}]").as_bytes(), DataKind::Json, "d");
        prop_assert_eq!(read.ok(), whole.ok().map(|rows| rows.into_iter().map(|row| row.into_iter().collect()).collect()));
        let made: Vec<Row> = rows.iter().map(|n| vec![("n".to_owned(), json!(n))]).collect();
        let data = IterationData::from_rows(made.clone());
        prop_assert_eq!(data.len(), made.len() as u64);
        prop_assert_eq!(data.rows().unwrap().collect::<Result<Vec<_>, _>>().unwrap(), made);
    }
}
