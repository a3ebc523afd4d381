//! Incidents: one unresolved for each key, numbered in the workspace.

use domain::{incident::IncidentState, observation::Cause};
use futures::future::join_all;
use store::{
    Page,
    tables::incidents::{self, Entry, Incident},
};

use crate::{fixture, on_each, read, write};

fn incident(id: &str, key: &str) -> Incident {
    Incident {
        id: id.into(),
        workspace_id: fixture::WORKSPACE.into(),
        number: 0,
        source_id: fixture::SOURCE.into(),
        key: key.into(),
        title: "Orders".into(),
        state: IncidentState::Open,
        failures: 1,
        cause: Cause {
            summary: "1 failed test".into(),
            ..Cause::default()
        },
        opened_at: 10,
        last_failure_at: 10,
        acknowledged_at: None,
        acknowledged_by: None,
        resolved_at: None,
        resolved_by: None,
        previous_id: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_have_no_gaps_and_no_twins() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        let opened = (0..20).map(|number| {
            let store = store.clone();
            let incident = incident(&format!("inc_{number}"), &format!("key {number}"));
            tokio::spawn(async move { write(&store, move |tx| incidents::insert(tx, &incident)).await })
        });
        let mut numbers = Vec::new();
        for number in join_all(opened).await {
            numbers.push(number.expect("a task").expect("a number"));
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
        let counts = read(&store, |tx| incidents::counts(tx, fixture::WORKSPACE)).await.expect("counts");
        assert_eq!((counts.open, counts.acknowledged, counts.resolved), (20, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_key_has_one_unresolved_incident() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| incidents::insert(tx, &incident("inc_1", "uid")))
            .await
            .expect("an incident");
        let second = write(&store, |tx| incidents::insert(tx, &incident("inc_2", "uid"))).await;
        assert!(
            second.as_ref().is_err_and(|e| e.is_conflict_on("incidents", "source_id, key")),
            "{second:?}"
        );
        write(&store, |tx| {
            let mut first = incidents::unresolved(tx, fixture::SOURCE, "uid")?.expect("an incident");
            assert_eq!(
                first,
                Incident {
                    number: 1,
                    ..incident("inc_1", "uid")
                }
            );
            (first.state, first.resolved_at, first.resolved_by) = (IncidentState::Resolved, Some(20), Some(String::new()));
            assert!(incidents::update(tx, &first)?);
            assert_eq!(incidents::unresolved(tx, fixture::SOURCE, "uid")?, None);
            let next = Incident {
                previous_id: Some("inc_1".into()),
                opened_at: 30,
                ..incident("inc_2", "uid")
            };
            assert_eq!(incidents::insert(tx, &next)?, 2);
            let open = incidents::list(tx, fixture::WORKSPACE, Some(&[IncidentState::Open]), &Page::first(10))?;
            assert_eq!(open.items, [Incident { number: 2, ..next }]);
            let all = incidents::list(tx, fixture::WORKSPACE, None, &Page::first(10))?;
            assert_eq!(all.items.iter().map(|incident| incident.number).collect::<Vec<_>>(), [2, 1]);
            assert!(
                incidents::list(tx, fixture::WORKSPACE, Some(&[]), &Page::first(10))?
                    .items
                    .is_empty()
            );
            assert_eq!(incidents::get(tx, "wsp_other", "inc_1")?, None);

            let entry = |id: &str, at| Entry {
                id: id.into(),
                incident_id: "inc_1".into(),
                at,
                kind: "failure".into(),
                user_name: String::new(),
                receipt_id: Some("rcp_1".into()),
                text: "1 failed test".into(),
            };
            incidents::add_entry(tx, &entry("ent_2", 2))?;
            incidents::add_entry(tx, &entry("ent_1", 1))?;
            assert_eq!(incidents::entries(tx, "inc_1")?, [entry("ent_1", 1), entry("ent_2", 2)]);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}
