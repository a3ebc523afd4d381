//! Events: stored once, whatever is repeated.

use futures::future::join_all;
use store::{
    Error, Page, Tx,
    tables::{
        deliveries,
        events::{self, Inserted},
        workspaces::{self, Workspace},
    },
};

use crate::{fixture, on_each, read, write};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_publications_with_one_key_one_is_stored() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        let publications = (0..20).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                write(&store, move |tx| {
                    let key = ("k", if number == 0 { "other" } else { "d" });
                    events::insert(tx, &fixture::event(&format!("evt_{number}"), number), Some(key), number)
                })
                .await
            })
        });
        let outcomes: Vec<_> = join_all(publications)
            .await
            .into_iter()
            .map(|outcome| outcome.expect("a task").expect("a write"))
            .collect();
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Inserted::New).count(), 1);
        let listed = read(&store, |tx| events::list(tx, fixture::WORKSPACE, None, &Page::first(100)))
            .await
            .expect("events");
        assert_eq!(listed.items.len(), 1);
        for outcome in outcomes {
            if let Inserted::Repeat { event_id, .. } = outcome {
                assert_eq!(event_id, listed.items[0].id);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn events_of_one_batch_are_listed_in_its_order_whatever_their_ids() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let batch = ["evt_m", "evt_z", "evt_a"].map(|id| fixture::event(id, 7));
            let rows: Vec<_> = batch.iter().map(|event| (event, None)).collect();
            events::insert_many(tx, &rows, 2)?;
            let page = store::Page::first(3);
            let listed = events::list(tx, fixture::WORKSPACE, None, &page)?;
            let ids: Vec<&str> = listed.items.iter().map(|event| event.id.as_str()).collect();
            assert_eq!(ids, ["evt_a", "evt_z", "evt_m"], "the last one first");
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_repeat_says_whether_the_body_was_the_same() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let publish = |digest| Some(("k", digest));
            assert_eq!(events::insert(tx, &fixture::event("evt_1", 1), publish("d"), 2)?, Inserted::New);
            let same = events::insert(tx, &fixture::event("evt_2", 2), publish("d"), 2)?;
            assert_eq!(
                same,
                Inserted::Repeat {
                    event_id: "evt_1".into(),
                    same_body: true
                }
            );
            let other = events::insert(tx, &fixture::event("evt_3", 3), publish("e"), 2)?;
            assert_eq!(
                other,
                Inserted::Repeat {
                    event_id: "evt_1".into(),
                    same_body: false
                }
            );
            assert_eq!(events::insert(tx, &fixture::event("evt_4", 4), None, 2)?, Inserted::New);
            events::insert_many(tx, &[(&fixture::event("evt_5", 5), None), (&fixture::event("evt_6", 6), None)], 2)?;
            assert_eq!(events::get(tx, fixture::WORKSPACE, "evt_5")?, Some(fixture::event("evt_5", 5)));
            assert_eq!(events::get(tx, "wsp_other", "evt_5")?, None);
            let typed = events::list(tx, fixture::WORKSPACE, Some("issue-created"), &Page::first(2))?;
            assert_eq!(typed.items.iter().map(|event| event.at).collect::<Vec<_>>(), [6, 5]);
            assert!(
                events::list(tx, fixture::WORKSPACE, Some("none"), &Page::first(2))?
                    .items
                    .is_empty()
            );
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn an_event_stays_while_a_delivery_needs_it() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            for number in 1..=3 {
                events::insert(tx, &fixture::event(&format!("evt_{number}"), number), None, number)?;
            }
            let mut settled = fixture::delivery("dlv_2", "evt_2", 2);
            settled.state = domain::delivery::DeliveryState::Delivered;
            deliveries::insert_many(tx, &[fixture::delivery("dlv_1", "evt_1", 1), settled])?;
            assert_eq!(events::prune(tx, 3, 0, fixture::step(100))?.rows, 1);
            assert!(events::get(tx, fixture::WORKSPACE, "evt_1")?.is_some());
            assert!(events::get(tx, fixture::WORKSPACE, "evt_2")?.is_none());
            assert!(deliveries::get(tx, fixture::WORKSPACE, "dlv_2")?.is_none());
            assert!(events::get(tx, fixture::WORKSPACE, "evt_3")?.is_some());
            // What its publisher dates back or ahead is kept from its arrival on.
            events::insert(tx, &fixture::event("evt_old", -1_000), None, 9)?;
            events::insert(tx, &fixture::event("evt_ahead", 1_000), None, 5)?;
            assert_eq!(events::prune(tx, 6, 0, fixture::step(100))?.rows, 2);
            assert!(events::get(tx, fixture::WORKSPACE, "evt_old")?.is_some());
            assert!(events::get(tx, fixture::WORKSPACE, "evt_ahead")?.is_none());
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

fn repeat(event_id: &str, same_body: bool) -> Inserted {
    Inserted::Repeat {
        event_id: event_id.into(),
        same_body,
    }
}

#[tokio::test]
async fn a_batch_answers_for_each_event_as_if_they_came_one_by_one() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            events::insert(tx, &fixture::event("evt_before", 1), Some(("k0", "d0")), 2)?;
            let rows: Vec<_> = (0..40).map(|number| fixture::event(&format!("evt_{number:02}"), 2)).collect();
            let keys: Vec<_> = (0..40).map(|number| (format!("k{number}"), format!("d{number}"))).collect();
            let mut batch: Vec<_> = rows
                .iter()
                .zip(&keys)
                .map(|(row, (key, digest))| (row, Some((key.as_str(), digest.as_str()))))
                .collect();
            // The same key once more with the same body, and once with another; the same id without a key.
            let (again, other, mut changed) = (fixture::event("evt_x", 3), fixture::event("evt_y", 3), rows[7].clone());
            changed.data = r#"{"a":2}"#.into();
            batch.extend([
                (&again, Some(("k20", "d20"))),
                (&other, Some(("k20", "d"))),
                (&rows[7], None),
                (&changed, None),
            ]);
            let answers = events::insert_many(tx, &batch, 2)?;
            assert_eq!(answers.len(), batch.len());
            assert_eq!(answers[0], repeat("evt_before", true));
            assert!(answers[1..40].iter().all(|answer| *answer == Inserted::New));
            let expected = [
                repeat("evt_20", true),
                repeat("evt_20", false),
                repeat("evt_07", true),
                repeat("evt_07", false),
            ];
            assert_eq!(answers[40..], expected);
            assert_eq!(events::list(tx, fixture::WORKSPACE, None, &Page::first(100))?.items.len(), 40);
            assert_eq!(events::insert_many(tx, &[], 2)?, []);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

fn other_workspace(tx: &mut dyn Tx) -> store::Result<()> {
    let owner_id = fixture::USER.into();
    let settings = serde_json::json!({});
    workspaces::insert(
        tx,
        &Workspace {
            id: "wsp_2".into(),
            name: "Other".into(),
            owner_id,
            settings,
            created_at: 1,
        },
    )
}

#[tokio::test]
async fn keys_belong_to_a_workspace_and_ids_to_one_event() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        let mut foreign = fixture::event("evt_2", 1);
        foreign.workspace_id = "wsp_2".into();
        let mut taken = foreign.clone();
        taken.id = "evt_1".into();
        write(&store, move |tx| {
            other_workspace(tx)?;
            events::insert(tx, &fixture::event("evt_1", 1), Some(("k", "d")), 2)?;
            assert_eq!(events::insert(tx, &foreign, Some(("k", "d")), 2)?, Inserted::New);
            assert_eq!(events::insert(tx, &fixture::event("evt_1", 9), None, 2)?, repeat("evt_1", true));
            Ok(())
        })
        .await
        .expect("a write");
        let one = taken.clone();
        let failures = [
            write(&store, move |tx| events::insert(tx, &one, None, 2).map(drop)).await,
            write(&store, move |tx| {
                events::insert_many(tx, &[(&taken, Some(("its own", "d")))], 2).map(drop)
            })
            .await,
        ];
        for failure in failures {
            assert!(
                failure.as_ref().is_err_and(|error| error.is_conflict_on("events", "id")),
                "{failure:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn pages_show_every_event_once_even_of_one_instant() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            for number in 0..23 {
                events::insert(tx, &fixture::event(&format!("evt_{number:02}"), number / 6), None, 2)?;
            }
            let (mut page, mut seen) = (Page::first(4), Vec::new());
            loop {
                let listed = events::list(tx, fixture::WORKSPACE, None, &page)?;
                assert!(listed.items.len() <= 4);
                seen.extend(listed.items.into_iter().map(|event| event.id));
                let Some(next) = listed.next else { break };
                page.before = Some(next);
            }
            let expected: Vec<_> = (0..23).rev().map(|number| format!("evt_{number:02}")).collect();
            assert_eq!(seen, expected);
            Ok(())
        })
        .await
        .expect("a write");
        let page = Page {
            before: Some("yesterday".into()),
            limit: 4,
        };
        let listed = read(&store, move |tx| events::list(tx, fixture::WORKSPACE, None, &page)).await;
        assert!(matches!(listed, Err(Error::Cursor(_))), "{listed:?}");
    })
    .await;
}
