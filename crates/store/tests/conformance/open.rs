//! Opening, closing and opening again.

use store::{
    Dialect, Error, Options, Place, Store, Vault,
    tables::settings,
    testing::{Kind, TestDatabase},
};

use crate::{on_each, on_one, read, write};

#[tokio::test]
async fn what_was_written_is_there_after_closing() {
    on_each(|store, database| async move {
        write(&store, |tx| settings::set(tx, "test", "kept", &1)).await.expect("a write");
        store.close().await;
        let closed = write(&store, |tx| settings::set(tx, "test", "late", &1)).await;
        assert!(matches!(closed, Err(Error::Unavailable(_))), "{closed:?}");
        let closed = read(&store, |tx| settings::get::<i64>(tx, "test", "kept")).await;
        assert!(matches!(closed, Err(Error::Unavailable(_))), "{closed:?}");
        let again = database.open().await.expect("a store");
        let kept = read(&again, |tx| settings::get::<i64>(tx, "test", "kept"))
            .await
            .expect("a setting");
        assert_eq!(kept, Some(1));
        again.close().await;
    })
    .await;
}

/// Statistics of an almost empty table once made a lane's look scan all events.
#[tokio::test]
async fn closing_leaves_no_statistics_that_mislead_the_planner() {
    on_one(Kind::Sqlite, &|store: Store, database: TestDatabase| async move {
        store.close().await;
        let again = database.open().await.expect("a store");
        let query = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'";
        let tables = read(&again, move |tx| tx.query_one("count", query, &[])?.int(0)).await;
        assert_eq!(tables.expect("a count"), 0);
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn another_key_is_refused_at_the_start() {
    on_each(|store, database| async move {
        store.close().await;
        let other = Vault::new(&[[8; 32]]).expect("a vault");
        let opened = Store::open(database.options(), other, 0).await;
        let Err(Error::Vault(text)) = opened else {
            panic!("it opened with the wrong key")
        };
        assert!(text.contains("hint:"), "{text}");
        // The old key below a new one opens, and from then on the new one is enough for the sentinel.
        let rotated = Vault::new(&[[8; 32], [7; 32]]).expect("a vault");
        Store::open(database.options(), rotated, 0).await.expect("a store").close().await;
        let new = Vault::new(&[[8; 32]]).expect("a vault");
        Store::open(database.options(), new, 0).await.expect("a store").close().await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_or_unknown_migration_is_refused() {
    on_each(|store, database| async move {
        let checksum = read(&store, |tx| {
            tx.query_one("row", "SELECT checksum FROM schema_migrations WHERE version = 1", &[])?
                .text(0)
        })
        .await
        .expect("a checksum");
        write(&store, |tx| {
            tx.execute("UPDATE schema_migrations SET checksum = 'other' WHERE version = 1", &[])
        })
        .await
        .expect("a write");
        store.close().await;
        let refused = database.open().await.expect_err("a refusal").to_string();
        assert!(refused.contains("is not the one that the database was made with"), "{refused}");

        let options = database.options();
        repair(&options, checksum).await;
        let refused = database.open().await.expect_err("a refusal").to_string();
        assert!(refused.contains("migration 999"), "{refused}");
    })
    .await;
}

/// Puts the checksum back and adds a migration of the future, past the store that refuses to open.
async fn repair(options: &Options, checksum: String) {
    let statements = format!(
        "UPDATE schema_migrations SET checksum = '{checksum}' WHERE version = 1;
         INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (999, 'future', 'x', 0);"
    );
    match options {
        Options::Sqlite { folder, .. } => {
            let connection = rusqlite::Connection::open(folder.join("watchbell.db")).expect("a connection");
            connection.execute_batch(&statements).expect("a repair");
        }
        Options::Postgres { url, .. } => {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("a connection");
            let connection = tokio::spawn(connection);
            client.batch_execute(&statements).await.expect("a repair");
            drop(client);
            connection.await.expect("a task").expect("a connection");
        }
    }
}

#[tokio::test]
async fn sealed_secrets_survive_and_open_only_in_their_place() {
    on_each(|store, _database| async move {
        let place = Place {
            table: "settings",
            column: "value",
            row: "test/secret",
        };
        let sealed = store.vault().seal(place, b"whsec").expect("a sealed secret");
        write(&store, move |tx| settings::set(tx, "test", "secret", &sealed))
            .await
            .expect("a write");
        let stored: Option<String> = read(&store, |tx| settings::get(tx, "test", "secret")).await.expect("a setting");
        let stored = stored.expect("the secret");
        assert!(!stored.contains("whsec"));
        assert_eq!(store.vault().open_text(place, &stored).expect("the secret").as_str(), "whsec");
        let elsewhere = Place {
            row: "test/other",
            ..place
        };
        assert!(matches!(store.vault().open(elsewhere, &stored), Err(Error::Corrupt(_))));
    })
    .await;
}

#[tokio::test]
async fn a_data_folder_is_private_and_has_one_server() {
    use std::os::unix::fs::PermissionsExt as _;
    on_one(Kind::Sqlite, &|store: Store, database: store::testing::TestDatabase| async move {
        let second = database.open().await.expect_err("a refusal").to_string();
        assert!(second.contains("another server uses this data folder"), "{second}");
        let folder = database.folder().expect("a folder");
        let mode = |path: &std::path::Path| std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        write(&store, |tx| settings::set(tx, "test", "a", &1)).await.expect("a write");
        for file in ["watchbell.db", "watchbell.db-wal", "watchbell.db-shm", "lock"] {
            assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_backup_is_a_whole_database() {
    on_one(Kind::Sqlite, &|store: Store, database: store::testing::TestDatabase| async move {
        write(&store, |tx| settings::set(tx, "test", "a", &1)).await.expect("a write");
        let target = database.folder().expect("a folder").join("copy");
        std::fs::create_dir(&target).expect("a folder");
        store.backup_to(&target.join("watchbell.db")).await.expect("a backup");
        assert!(store.backup_to(&target.join("watchbell.db")).await.is_err(), "it overwrote a file");
        let options = Options::Sqlite {
            folder: target,
            readers: 1,
        };
        let copy = Store::open(options, store::testing::vault().expect("a vault"), 0)
            .await
            .expect("the copy");
        assert_eq!(
            read(&copy, |tx| settings::get::<i64>(tx, "test", "a")).await.expect("a setting"),
            Some(1)
        );
        copy.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_nodes_may_start_at_once_on_one_new_database() {
    if !store::testing::kinds().contains(&Kind::Postgres) {
        return;
    }
    let database = store::testing::database(Kind::Postgres).await;
    let nodes = futures::future::join_all((0..4).map(|_| database.open())).await;
    for node in nodes {
        node.expect("a store").close().await;
    }
}

#[tokio::test]
async fn commits_are_durable_whatever_the_defaults() {
    on_each(|store, _database| async move {
        let setting = match store.dialect() {
            Dialect::Sqlite => "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous",
            Dialect::Postgres => "SELECT current_setting('synchronous_commit')",
        };
        let setting = write(&store, move |tx| tx.query_one("setting", setting, &[])?.text(0))
            .await
            .expect("a setting");
        // 2 is FULL.
        assert!(["2", "on"].contains(&setting.as_str()), "{setting}");
    })
    .await;
}

#[tokio::test]
async fn the_log_stays_bounded_under_load_and_is_empty_after_closing() {
    on_one(Kind::Sqlite, &|store: Store, database: store::testing::TestDatabase| async move {
        let log = database.folder().expect("a folder").join("watchbell.db-wal");
        let size = || std::fs::metadata(&log).map_or(0, |file| file.len());
        let text = "x".repeat(64 << 10);
        let mut largest = 0;
        // Sixty megabytes, rewritten in place so that the database itself stays small.
        for number in 0..960 {
            let text = text.clone();
            write(&store, move |tx| settings::set(tx, "load", &format!("{}", number % 16), &text))
                .await
                .expect("a write");
            largest = largest.max(size());
        }
        assert!((1 << 20..32 << 20).contains(&largest), "the log grew to {largest} bytes");
        store.close().await;
        assert_eq!(size(), 0);
    })
    .await;
}
