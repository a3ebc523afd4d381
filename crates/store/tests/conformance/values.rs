//! Values go in and come out alike.

use store::{Error, Value, params};

use crate::{on_each, read, write};

const TABLE: &str = "CREATE TABLE kinds (id BIGINT PRIMARY KEY, t TEXT, b BYTEA, r DOUBLE PRECISION, i BIGINT)";
const INSERT: &str = "INSERT INTO kinds (id, t, b, r, i) VALUES ($1, $2, $3, $4, $5)";

#[tokio::test]
async fn every_kind_comes_back_as_it_went_in() {
    on_each(|store, _database| async move {
        let rows = write(&store, |tx| {
            tx.batch(TABLE)?;
            tx.execute(INSERT, &params![1, "päng \u{1F514}", vec![0_u8, 255, 7], 0.1, i64::MIN])?;
            tx.execute(INSERT, &params![2, None::<String>, None::<Vec<u8>>, None::<f64>, None::<i64>])?;
            tx.execute(INSERT, &params![3, "12", Vec::<u8>::new(), 3.0, true])?;
            tx.query("SELECT t, b, r, i FROM kinds ORDER BY id", &[])
        })
        .await
        .expect("rows");
        assert_eq!(rows[0].text(0).expect("text"), "päng \u{1F514}");
        assert_eq!(rows[0].blob(1).expect("bytes"), [0, 255, 7]);
        assert_eq!(rows[0].value(2).expect("a number"), &Value::Real(0.1));
        assert_eq!(rows[0].int(3).expect("an integer"), i64::MIN);
        assert!((0..4).all(|column| rows[1].value(column).expect("a column") == &Value::Null));
        // Text that looks like a number stays text; an empty blob is not null.
        assert_eq!(rows[2].value(0).expect("text"), &Value::Text("12".to_owned()));
        assert_eq!(rows[2].value(1).expect("bytes"), &Value::Blob(Vec::new()));
        assert!(rows[2].bool(3).expect("a boolean"));
        assert!(matches!(rows[0].int(0), Err(Error::Corrupt(_))));
        assert!(matches!(rows[0].int(9), Err(Error::Corrupt(_))));
    })
    .await;
}

#[tokio::test]
async fn placeholders_go_by_their_number() {
    on_each(|store, _database| async move {
        let row = read(&store, |tx| {
            tx.query_one(
                "row",
                "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT)",
                &params![1, "two", 3],
            )
        })
        .await
        .expect("a row");
        assert_eq!((row.text(0).expect("text"), row.int(1).expect("one")), ("two".to_owned(), 1));
        assert_eq!((row.text(2).expect("text"), row.int(3).expect("three")), ("two".to_owned(), 3));
        let short = read(&store, |tx| tx.query("SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT)", &params![1])).await;
        assert!(matches!(short, Err(Error::Statement(_))), "{short:?}");
    })
    .await;
}

#[tokio::test]
async fn what_expressions_give_is_read_alike() {
    on_each(|store, _database| async move {
        let row = write(&store, |tx| {
            tx.batch(TABLE)?;
            let rows: Vec<_> = (1..=1000)
                .map(|n: i64| params![n, "x", None::<Vec<u8>>, 0.5, n * 10].to_vec())
                .collect();
            assert_eq!(tx.execute_many(INSERT, &rows)?, 1000);
            tx.query_one(
                "row",
                "SELECT COUNT(*), SUM(i), AVG(i), MAX(t), COUNT(*) > 3, SUM(r) FROM kinds",
                &[],
            )
        })
        .await
        .expect("a row");
        assert_eq!(row.int(0).expect("a count"), 1000);
        assert_eq!(row.int(1).expect("a sum"), 5_005_000);
        assert!((row.real(2).expect("a mean") - 5005.0).abs() < 1e-9);
        assert_eq!(row.text(3).expect("text"), "x");
        assert!(row.bool(4).expect("a boolean"));
        assert!((row.real(5).expect("a sum") - 500.0).abs() < 1e-9);
    })
    .await;
}

#[tokio::test]
async fn text_never_holds_what_one_database_cannot() {
    on_each(|store, _database| async move {
        let row = write(&store, |tx| {
            tx.batch(TABLE)?;
            tx.execute(INSERT, &params![1, "a\0b", None::<Vec<u8>>, None::<f64>, None::<i64>])?;
            tx.query_one("row", "SELECT t FROM kinds", &[])
        })
        .await
        .expect("a row");
        assert_eq!(row.text(0).expect("text"), "a\u{FFFD}b");
    })
    .await;
}

#[tokio::test]
async fn a_parameter_of_the_wrong_kind_is_the_statements_fault() {
    on_each(|store, _database| async move {
        let outcome = write(&store, |tx| {
            tx.batch(TABLE)?;
            tx.execute("INSERT INTO kinds (id, i) VALUES ($1, $2)", &params![1])
        })
        .await;
        assert!(matches!(outcome, Err(Error::Statement(_))), "{outcome:?}");
    })
    .await;
}
