//! Collections and environments, and bins.

use store::{
    Error,
    tables::{
        bins::{self, Bin, BinRequest},
        collections,
        environments::{self, EnvironmentRow},
        monitors,
    },
};

use crate::{fixture, on_each, write};

#[tokio::test]
async fn every_version_of_a_collection_is_kept() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let id = "collection-1";
            assert_eq!(collections::add_version(tx, id, "Renamed", "{\"v\":2}", 5, "9", 7)?, 2);
            let row = collections::get(tx, fixture::WORKSPACE, id)?.expect("a collection");
            assert_eq!((row.name.as_str(), row.version, row.requests, row.updated_at), ("Renamed", 2, 5, 7));
            assert_eq!(collections::by_uid(tx, fixture::WORKSPACE, &row.uid)?, Some(row.clone()));
            assert_eq!(collections::get(tx, "wsp_other", id)?, None);
            assert_eq!(collections::list(tx, fixture::WORKSPACE)?, [row]);
            assert_eq!(collections::document(tx, id, None)?, Some((2, "{\"v\":2}".to_owned())));
            assert_eq!(collections::document(tx, id, Some(1))?, Some((1, "{}".to_owned())));
            assert_eq!(collections::document(tx, id, Some(3))?, None);
            let versions: Vec<_> = collections::versions(tx, id)?
                .into_iter()
                .map(|v| (v.version, v.created_by))
                .collect();
            assert_eq!(versions, [(2, "9".to_owned()), (1, fixture::USER.to_owned())]);
            assert!(collections::delete(tx, fixture::WORKSPACE, id)?);
            assert_eq!(monitors::by_id(tx, fixture::MONITOR)?, None, "its monitors go with it");
            Ok(())
        })
        .await
        .expect("a write");
        let missing = write(&store, |tx| collections::add_version(tx, "none", "n", "{}", 0, "9", 7)).await;
        assert!(matches!(missing, Err(Error::NotFound("collection"))));
    })
    .await;
}

#[tokio::test]
async fn an_environment_is_sealed_for_its_version() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        let vault = store.vault_handle();
        write(&store, move |tx| {
            let id = "environment-1";
            let mut row = EnvironmentRow {
                id: id.into(),
                workspace_id: fixture::WORKSPACE.into(),
                uid: "uid".into(),
                name: "prod".into(),
                version: 1,
                variables: 2,
                created_at: 1,
                updated_at: 1,
            };
            assert_eq!(environments::next_version(tx, id)?, 1);
            environments::insert(tx, &row, "sealed", fixture::USER)?;
            assert_eq!(environments::next_version(tx, id)?, 2);
            let place = environments::version_row(id, 2);
            let sealed = vault.seal(environments::place(&place), b"{}")?;
            assert_eq!(environments::add_version(tx, id, "prod", &sealed, 3, fixture::USER, 4)?, 2);
            (row.version, row.variables, row.updated_at) = (2, 3, 4);
            assert_eq!(environments::list(tx, fixture::WORKSPACE)?, [row]);
            let (version, stored) = environments::document(tx, id, None)?.expect("a document");
            let place = environments::version_row(id, version);
            assert_eq!(vault.open(environments::place(&place), &stored)?.as_slice(), b"{}");
            assert!(environments::delete(tx, fixture::WORKSPACE, id)?);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_bin_remembers_the_last_hundred() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let mut bin = Bin {
                id: "bin".into(),
                workspace_id: fixture::WORKSPACE.into(),
                name: "Demo".into(),
                status: 200,
                headers: vec![("content-type".into(), "text/plain".into())],
                body: "OK".into(),
                created_at: 1,
            };
            bins::insert(tx, &bin)?;
            for number in 0..150 {
                let request = BinRequest {
                    id: format!("req_{number:03}"),
                    bin_id: "bin".into(),
                    at: number,
                    method: "POST".into(),
                    path: "/a".into(),
                    query: "b=1".into(),
                    headers: vec![("x".into(), "y".into())],
                    body: vec![0, 159, 146, 150],
                    remote: "127.0.0.1".into(),
                };
                bins::add_request(tx, &request)?;
            }
            let requests = bins::requests(tx, "bin")?;
            assert_eq!((requests.len(), requests[0].at, requests[99].at), (100, 149, 50));
            assert_eq!(requests[0].body, [0, 159, 146, 150]);
            bin.status = 503;
            assert!(bins::update(tx, &bin)?);
            assert_eq!(bins::by_id(tx, "bin")?, Some(bin.clone()));
            assert_eq!(bins::get(tx, "wsp_other", "bin")?, None);
            assert_eq!(bins::list(tx, fixture::WORKSPACE)?, [bin]);
            assert!(bins::delete(tx, fixture::WORKSPACE, "bin")?);
            assert!(bins::requests(tx, "bin")?.is_empty());
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}
