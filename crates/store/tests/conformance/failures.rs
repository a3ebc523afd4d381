//! What each database does when it fails beneath a transaction.

use futures::future::join_all;
use store::{
    Error, Store, params,
    tables::settings,
    testing::{self, Kind, TestDatabase},
};

use crate::{on_one, read, write};

#[tokio::test]
async fn a_full_disk_fails_the_write_and_not_the_store() {
    on_one(Kind::Sqlite, &|store: Store, _database: TestDatabase| async move {
        write(&store, |tx| {
            let pages = tx.query_one("pages", "PRAGMA page_count", &[])?.int(0)?;
            tx.query(&format!("PRAGMA max_page_count = {}", pages + 8), &[])?;
            Ok(())
        })
        .await
        .expect("a limit");
        let big = "x".repeat(1 << 20);
        let writes = (0..20).map(|number| {
            let (store, big) = (store.clone(), big.clone());
            async move {
                write(&store, move |tx| {
                    let value = if number == 10 { big } else { number.to_string() };
                    settings::set(tx, "full", &number.to_string(), &value)
                })
                .await
            }
        });
        let outcomes = join_all(writes).await;
        assert!(matches!(outcomes[10], Err(Error::Unavailable(_))), "{:?}", outcomes[10]);
        // Whatever was answered with success is there, and nothing else.
        let stored = read(&store, |tx| settings::all_of(tx, "full")).await.expect("settings");
        let mut stored: Vec<usize> = stored.iter().map(|(key, _)| key.parse().expect("a number")).collect();
        stored.sort_unstable();
        let kept: Vec<usize> = (0..20).filter(|number| outcomes[*number].is_ok()).collect();
        assert_eq!(stored, kept);
        write(&store, |tx| settings::set(tx, "full", "after", &1))
            .await
            .expect("a small write");
    })
    .await;
}

#[tokio::test]
async fn a_lost_connection_is_unavailable_and_replaced() {
    if !testing::kinds().contains(&Kind::Postgres) {
        return;
    }
    on_one(Kind::Postgres, &|store: Store, _database: TestDatabase| async move {
        for _ in 0..3 {
            let outcome = write(&store, |tx| {
                settings::set(tx, "test", "lost", &1)?;
                tx.query("SELECT pg_terminate_backend(pg_backend_pid())", &[])
            })
            .await;
            assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
        }
        let lost = read(&store, |tx| settings::get::<i64>(tx, "test", "lost")).await.expect("a read");
        assert_eq!(lost, None);
        write(&store, |tx| settings::set(tx, "test", "after", &1)).await.expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_parameter_that_does_not_fit_is_the_statements_fault() {
    if !testing::kinds().contains(&Kind::Postgres) {
        return;
    }
    on_one(Kind::Postgres, &|store: Store, _database: TestDatabase| async move {
        let outcome = read(&store, |tx| tx.query("SELECT CAST($1 AS BIGINT)", &params!["text"])).await;
        assert!(matches!(outcome, Err(Error::Statement(_))), "{outcome:?}");
    })
    .await;
}
