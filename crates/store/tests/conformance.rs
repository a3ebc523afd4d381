//! One suite over both databases: whatever the store promises, it promises on SQLite and on PostgreSQL.

#![allow(clippy::expect_used, reason = "the helpers of tests panic as their tests do")]

mod conformance {
    mod accounts;
    mod commit;
    mod deliveries;
    mod documents;
    mod events;
    mod failures;
    pub mod fixture;
    mod inbound;
    mod incidents;
    mod monitors;
    mod open;
    mod replays;
    mod runs;
    mod settings;
    mod values;
    mod webhooks;
}

use conformance::fixture;
use std::future::Future;

use store::{
    Store,
    testing::{self, Kind, TestDatabase},
};

/// Runs a test on every database that is configured, on a new store each.
async fn on_each<F: Future<Output = ()>>(test: impl Fn(Store, TestDatabase) -> F) {
    for kind in testing::kinds() {
        on_one(kind, &test).await;
    }
}

async fn on_one<F: Future<Output = ()>>(kind: Kind, test: &impl Fn(Store, TestDatabase) -> F) {
    let (store, database) = testing::store(kind).await;
    test(store.clone(), database).await;
    store.close().await;
}

/// Runs a write whose closure has the store's own error.
async fn write<T: Send + 'static>(
    store: &Store,
    closure: impl FnOnce(&mut dyn store::Tx) -> store::Result<T> + Send + 'static,
) -> store::Result<T> {
    store.write(closure).await
}

/// Runs a read whose closure has the store's own error.
async fn read<T: Send + 'static>(
    store: &Store,
    closure: impl FnOnce(&mut dyn store::Tx) -> store::Result<T> + Send + 'static,
) -> store::Result<T> {
    store.read(closure).await
}
