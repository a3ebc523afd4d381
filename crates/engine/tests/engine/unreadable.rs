//! A row that cannot be read (a disk that lies, a hand in the database) costs itself and nobody else.

use std::time::Duration;

use domain::{
    delivery::DeliveryState,
    run::{RunOptions, RunState, RunStatus, RunType},
};
use store::{
    Signal,
    tables::{deliveries, monitors, runs},
};

use crate::support::{Answer, Receiver, START, monitor, on_each, webhook};

#[tokio::test]
async fn a_webhook_that_cannot_be_read_holds_up_no_other() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Status(200)]).await;
        for id in ["a", "b", "c"] {
            house.webhook(webhook(id, &receiver.url())).await;
        }
        house
            .write(|tx| tx.execute("UPDATE webhooks SET options = '{' WHERE id = 'b'", &[]))
            .await;
        let event_id = house.publish("a", "{}").await;
        let running = house.engine.start();
        house
            .until("two deliveries", move |tx| {
                let delivered = deliveries::of_event(tx, &event_id)?;
                let count = delivered.iter().filter(|d| d.state == DeliveryState::Delivered).count();
                Ok((count == 2).then_some(()))
            })
            .await;
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_monitor_or_a_run_that_cannot_be_read_holds_up_no_other() {
    on_each(|house| async move {
        let receiver = Receiver::new(&[Answer::Status(200)]).await;
        for id in ["bad", "good", "queued"] {
            monitor(&house, id, &receiver.url(), RunOptions::default()).await;
        }
        let run_id = house
            .write(|tx| {
                monitors::set_due(tx, "bad", Some(START - 1))?;
                monitors::set_due(tx, "good", Some(START))?;
                tx.execute("UPDATE monitors SET schedule = '{' WHERE id = 'bad'", &[])?;
                let queued = monitors::by_id(tx, "queued")?.expect("a monitor");
                let run = engine::run::enqueue(tx, &queued, RunType::Manual, None, None, START).expect("a queued run");
                tx.execute("UPDATE runs SET run_type = '?'", &[])?;
                tx.signal(Signal::Schedule);
                Ok(run.id)
            })
            .await;
        let running = house.engine.start();
        let good = house
            .until("a finished run", |tx| {
                Ok(monitors::by_id(tx, "good")?.filter(|monitor| monitor.last_status.is_some()))
            })
            .await;
        assert_eq!(good.last_status, Some(RunStatus::Success));
        let ended = house
            .until("the end of what cannot be read", move |tx| {
                let sql = "SELECT state, status FROM runs WHERE id = $1";
                let row = tx.query_one("run", sql, &store::params![&run_id])?;
                Ok((row.text(0)? == RunState::Finished.as_str()).then_some(row.opt_text(1)?))
            })
            .await;
        assert_eq!(ended.as_deref(), Some(RunStatus::Error.as_str()));
        assert!(house.read(|tx| runs::queued_ids(tx, 10)).await.is_empty());
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
