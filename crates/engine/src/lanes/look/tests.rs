//! What a read brings is bounded by bytes, and replays stand in nobody's way.

use store::{
    tables::{events, webhooks},
    testing,
};

use super::*;
use crate::fixture;

const MIB: usize = 1024 * 1024;

fn wish() -> Wish {
    Wish {
        limit: 160,
        replays: 8,
        after: None,
        later: true,
        clear: true,
    }
}

/// Webhooks with these deliveries each, all due at 10, of events of a size each.
fn waiting(tx: &mut dyn Tx, to: &[&str], rows: &[(DeliveryKind, usize)], ordered: bool) -> Result<()> {
    fixture::people(tx)?;
    for (number, (_, bytes)) in rows.iter().enumerate() {
        let event = Event {
            id: format!("evt_{number:03}"),
            data: "x".repeat(*bytes),
            ..fixture::event()
        };
        events::insert(tx, &event, None, 10)?;
    }
    for id in to {
        let mut webhook = Webhook {
            id: (*id).to_owned(),
            ..fixture::webhook()
        };
        webhook.options.ordered = ordered;
        webhooks::insert(tx, &webhook)?;
        let row = |(number, (kind, _)): (usize, &(DeliveryKind, usize))| Delivery {
            webhook_id: (*id).to_owned(),
            event_id: format!("evt_{number:03}"),
            kind: *kind,
            ..fixture::delivery(&format!("{id}_{number:03}"))
        };
        deliveries::insert_many(tx, &rows.iter().enumerate().map(row).collect::<Vec<_>>())?;
    }
    Ok(())
}

#[tokio::test]
async fn one_read_brings_no_more_than_its_bytes_and_one_for_each_lane_beyond() {
    for kind in testing::kinds() {
        for ordered in [false, true] {
            let (store, _database) = testing::store(kind).await;
            let lanes = ["a", "b", "c"];
            let rows = vec![(DeliveryKind::Event, MIB); 40];
            store.write(move |tx| waiting(tx, &lanes, &rows, ordered)).await.unwrap();
            let wishes = lanes.map(|id| (Arc::from(id), wish())).to_vec();
            let looks = store.read(move |tx| look_for(tx, wishes, 20)).await.unwrap();
            let counts: Vec<_> = looks.iter().map(|look| (look.brought.due.len(), look.brought.full)).collect();
            assert_eq!(counts, [(32, true), (1, true), (1, true)]);
            store.close().await;
        }
    }
}

#[tokio::test]
async fn small_ones_all_come_in_parts_in_their_order_with_what_is_due_later() {
    for kind in testing::kinds() {
        let (store, _database) = testing::store(kind).await;
        let rows = vec![(DeliveryKind::Event, 2); 90];
        store.write(move |tx| waiting(tx, &["a"], &rows, false)).await.unwrap();
        let brought = store
            .write(|tx| {
                let later = Delivery {
                    webhook_id: "a".to_owned(),
                    event_id: "evt_000".to_owned(),
                    kind: DeliveryKind::Replay,
                    due_at: 50,
                    ..fixture::delivery("later")
                };
                deliveries::insert_many(tx, &[later])?;
                look_for_one(tx, Arc::from("a"), wish(), 20).map(|look| look.brought)
            })
            .await
            .unwrap();
        let ids: Vec<_> = brought.due.iter().map(|job| job.delivery.id.clone()).collect();
        assert_eq!(ids, (0..90).map(|number| format!("a_{number:03}")).collect::<Vec<_>>());
        assert_eq!((brought.full, brought.full_replays, brought.later), (false, false, Some(50)));
        store.close().await;
    }
}

#[tokio::test]
async fn replays_that_are_overdue_take_no_place_of_what_is_live() {
    for kind in testing::kinds() {
        let (store, _database) = testing::store(kind).await;
        let mut rows = vec![(DeliveryKind::Replay, 2); 30];
        rows.push((DeliveryKind::Event, 2));
        store.write(move |tx| waiting(tx, &["a"], &rows, false)).await.unwrap();
        let few = Wish { limit: 4, ..wish() };
        let look = store.read(|tx| look_for_one(tx, Arc::from("a"), few, 20)).await.unwrap();
        let due = look.brought.due;
        assert_eq!((due.len(), due[0].delivery.id.as_str()), (9, "a_030"));
        assert!(look.brought.full_replays && !look.brought.full);
        store.close().await;
    }
}
