//! What is committed, what is rolled back, and who hears of it.

use std::collections::HashSet;

use futures::future::join_all;
use store::{Error, Signal, Store, params, tables::settings};

use crate::{on_each, read, write};

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("a rule says no")]
    Rule,
    #[error(transparent)]
    Store(#[from] Error),
}

async fn value(store: &Store, key: &'static str) -> Option<i64> {
    read(store, move |tx| settings::get(tx, "test", key)).await.expect("a setting")
}

#[tokio::test]
async fn an_error_of_the_caller_comes_back_and_undoes_its_writes_alone() {
    on_each(|store, _database| async move {
        let writes = (0..50_i64).map(|number| {
            let store = store.clone();
            async move {
                store
                    .write(move |tx| {
                        settings::set(tx, "many", &format!("{number}"), &number)?;
                        if number % 5 == 0 { Err(Refused::Rule) } else { Ok(number) }
                    })
                    .await
            }
        });
        let outcomes = join_all(writes).await;
        for (number, outcome) in (0..).zip(&outcomes) {
            match outcome {
                Ok(kept) => assert_eq!(*kept, number),
                Err(error) => assert!(matches!(error, Refused::Rule) && number % 5 == 0, "{number}: {error}"),
            }
        }
        let kept = read(&store, |tx| settings::all_of(tx, "many")).await.expect("settings");
        assert_eq!(kept.len(), 40);
    })
    .await;
}

#[tokio::test]
async fn a_panic_is_rolled_back_and_the_store_goes_on() {
    on_each(|store, _database| async move {
        let outcome: Result<(), Error> = write(&store, |tx| {
            settings::set(tx, "test", "panicked", &1)?;
            panic!("on purpose");
        })
        .await;
        assert!(matches!(outcome, Err(Error::Panicked(text)) if text == "on purpose"));
        assert_eq!(value(&store, "panicked").await, None);
        write(&store, |tx| settings::set(tx, "test", "after", &2)).await.expect("a write");
        assert_eq!(value(&store, "after").await, Some(2));
        let outcome: Result<(), Error> = read(&store, |_| panic!("on purpose")).await;
        assert!(matches!(outcome, Err(Error::Panicked(_))));
        assert_eq!(value(&store, "after").await, Some(2));
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_dooms_its_transaction_even_if_the_closure_forgives_it() {
    on_each(|store, _database| async move {
        let outcome = write(&store, |tx| {
            settings::set(tx, "test", "before", &1)?;
            let failed = tx.execute("INSERT INTO settings (scope, key, value) VALUES ('test', 'before', '2')", &[]);
            assert!(matches!(failed, Err(Error::Conflict { .. })), "{failed:?}");
            let later = settings::set(tx, "test", "later", &1);
            assert!(later.is_err());
            Ok(())
        })
        .await;
        assert!(
            outcome.as_ref().is_err_and(|error| error.is_conflict_on("settings", "scope, key")),
            "{outcome:?}"
        );
        assert_eq!((value(&store, "before").await, value(&store, "later").await), (None, None));
    })
    .await;
}

#[tokio::test]
async fn constraints_have_the_same_names_on_both() {
    on_each(|store, _database| async move {
        let orphan = "INSERT INTO sessions (token_hash, user_id, csrf, created_at, expires_at)
                      VALUES ('h', 'nobody', 'c', 0, 0)";
        let outcome = write(&store, move |tx| tx.execute(orphan, &[])).await;
        assert!(matches!(outcome, Err(Error::Reference(_))), "{outcome:?}");
        let outcome = write(&store, |tx| tx.execute("INSERT INTO settings (scope, key) VALUES ('a', 'b')", &[])).await;
        assert!(matches!(outcome, Err(Error::Constraint(_))), "{outcome:?}");
        let outcome = write(&store, |tx| tx.execute("INSERT INTO nowhere (a) VALUES (1)", &[])).await;
        assert!(matches!(outcome, Err(Error::Statement(_))), "{outcome:?}");
    })
    .await;
}

#[tokio::test]
async fn a_read_cannot_write() {
    on_each(|store, _database| async move {
        let outcome = read(&store, |tx| settings::set(tx, "test", "a", &1)).await;
        assert!(outcome.is_err());
        assert_eq!(value(&store, "a").await, None);
    })
    .await;
}

#[tokio::test]
async fn signals_follow_the_commit_and_only_the_commit() {
    on_each(|store, _database| async move {
        let (mut runs, mut deliveries, mut changes) = (store.run_waker(), store.delivery_waker(), store.subscribe());
        let refused: Result<(), Error> = write(&store, |tx| {
            tx.signal(Signal::changed("w", "refused"));
            tx.signal(Signal::Deliveries(vec!["refused".to_owned()]));
            Err(Error::NotFound("thing"))
        })
        .await;
        assert!(refused.is_err());
        write(&store, |tx| {
            tx.signal(Signal::Runs);
            tx.signal(Signal::Deliveries(vec!["webhook".to_owned()]));
            tx.signal(Signal::changed("w", "run"));
            settings::set(tx, "test", "a", &1)
        })
        .await
        .expect("a write");
        // Everything was sent before the write returned.
        assert_eq!(changes.try_recv().map(|change| change.what).ok(), Some("run"));
        assert!(changes.try_recv().is_err());
        runs.woken().await;
        assert_eq!(deliveries.woken().await.webhooks, HashSet::from(["webhook".to_owned()]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_makes_decisions_serial() {
    on_each(|store, _database| async move {
        // Read, decide, write: without the lock two of them would decide on the same number.
        let bumps = (0..40).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                write(&store, |tx| {
                    tx.lock("counter")?;
                    let next = settings::get::<i64>(tx, "test", "counter")?.unwrap_or(0) + 1;
                    settings::set(tx, "test", "counter", &next)?;
                    Ok(next)
                })
                .await
            })
        });
        let mut numbers: Vec<i64> = Vec::new();
        for bump in join_all(bumps).await {
            numbers.push(bump.expect("a task").expect("a write"));
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_sees_one_snapshot() {
    on_each(|store, _database| async move {
        write(&store, |tx| settings::set(tx, "test", "a", &1)).await.expect("a write");
        let (begun, wait_begun) = std::sync::mpsc::channel();
        let (go_on, wait_go_on) = std::sync::mpsc::channel::<()>();
        let reader = tokio::spawn({
            let store = store.clone();
            async move {
                read(&store, move |tx| {
                    let before = settings::get::<i64>(tx, "test", "a")?;
                    begun.send(()).expect("the test waits");
                    wait_go_on.recv().expect("the test goes on");
                    Ok((before, settings::get::<i64>(tx, "test", "a")?))
                })
                .await
            }
        });
        tokio::task::spawn_blocking(move || wait_begun.recv())
            .await
            .expect("a thread")
            .expect("a reader");
        write(&store, |tx| settings::set(tx, "test", "a", &2))
            .await
            .expect("a write beside the reader");
        go_on.send(()).expect("the reader waits");
        assert_eq!(reader.await.expect("a task").expect("a read"), (Some(1), Some(1)));
        assert_eq!(value(&store, "a").await, Some(2));
    })
    .await;
}

#[tokio::test]
async fn execute_many_stops_at_the_first_error() {
    on_each(|store, _database| async move {
        let outcome = write(&store, |tx| {
            let rows: Vec<_> = [1_i64, 2, 1, 3].map(|key| params!["many", key.to_string(), "0"].to_vec()).to_vec();
            tx.execute_many("INSERT INTO settings (scope, key, value) VALUES ($1, $2, $3)", &rows)
        })
        .await;
        assert!(
            outcome.as_ref().is_err_and(|error| error.is_conflict_on("settings", "scope, key")),
            "{outcome:?}"
        );
        assert!(read(&store, |tx| settings::all_of(tx, "many")).await.expect("settings").is_empty());
    })
    .await;
}
