//! Settling twice what was settled once: a connection that is lost during COMMIT leaves that open.

use store::{
    tables::{attempts::Attempt, events},
    testing,
};

use super::*;
use crate::fixture::{delivery, event, webhook};

fn attempt(delivery_id: &str) -> Attempt {
    Attempt {
        id: format!("att of {delivery_id}"),
        delivery_id: delivery_id.to_owned(),
        webhook_id: "whk".to_owned(),
        event_id: "evt".to_owned(),
        event_type: "a".to_owned(),
        number: 1,
        at: 10,
        duration_us: 1,
        phases: "{}".to_owned(),
        success: false,
        verdict: "http_status".to_owned(),
        status_code: None,
        message: None,
        remote: None,
        http_version: None,
        method: "POST".to_owned(),
        request_url: String::new(),
        request_headers: Vec::new(),
        request_body: Vec::new(),
        response_headers: None,
        response_body: None,
        response_truncated: false,
    }
}

/// The first is answered 200, the second 500.
fn batch() -> Batch {
    let item = |id: &str, status| Item {
        delivery: delivery(id),
        verdict: Verdict::of_status(status, None),
        charged: true,
        status_code: Some(status),
        ended_at: 20,
        seed: 0,
    };
    Batch {
        items: vec![item("dlv_1", 200), item("dlv_2", 500)],
        log: ["dlv_1", "dlv_2"].map(|id| attempts::log_row(attempt(id))).into(),
        probes: HashMap::new(),
        desk: Desk::default(),
    }
}

fn people(tx: &mut dyn Tx) -> Result<()> {
    crate::fixture::people(tx)?;
    events::insert(tx, &event(), None, 10)?;
    webhooks::insert(tx, &webhook())?;
    deliveries::insert_many(tx, &[delivery("dlv_1"), delivery("dlv_2")])
}

#[tokio::test]
async fn a_batch_that_was_committed_without_an_answer_counts_once_and_releases_its_lane() {
    for kind in testing::kinds() {
        let (store, _database) = testing::store(kind).await;
        store.write(people).await.unwrap();
        let once = store.write(|tx| settle(tx, &batch(), 0..2, false)).await.unwrap();
        let again = store.write(|tx| settle(tx, &batch(), 0..2, true)).await.unwrap();
        assert_eq!(once, again, "the lane learns the same");
        assert_eq!(once[0].1.delivery_ids, ["dlv_1", "dlv_2"]);
        assert!(once[0].1.retry_at.is_some());
        store
            .read(|tx| {
                let webhook = webhooks::by_id(tx, "whk")?.expect("the webhook");
                assert_eq!((webhook.failed_attempts, webhook.last_success_at), (1, Some(20)));
                let states: Vec<_> = deliveries::of_event(tx, "evt")?
                    .into_iter()
                    .map(|delivery| (delivery.state, delivery.attempts))
                    .collect();
                assert_eq!(states, [(DeliveryState::Delivered, 1), (DeliveryState::Pending, 1)]);
                assert_eq!(attempts::of_delivery(tx, "dlv_2")?.len(), 1);
                Ok::<_, store::Error>(())
            })
            .await
            .unwrap();
        store.close().await;
    }
}
