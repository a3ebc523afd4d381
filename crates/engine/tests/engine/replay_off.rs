//! Replay jobs and recoveries while a workspace has its webhooks switched off, and after.

use std::{collections::HashSet, time::Duration};

use domain::{
    replay::{ReplayKind, ReplayState},
    settings::{SWITCHED_OFF, WebhookSettings},
};
use engine::replay;
use store::{
    Signal,
    tables::{replays, settings},
};

use crate::{
    replay::{COUNT, begun, job_is, published, ticking},
    support::{Answer, House, Receiver, WORKSPACE, on_each, webhook},
};

async fn switch(house: &House, on: bool) {
    let now = house.engine.now();
    house
        .write(move |tx| {
            let all = WebhookSettings {
                webhooks_enabled: on,
                ..WebhookSettings::default()
            };
            settings::set_webhooks(tx, WORKSPACE, &all)?;
            engine::webhooks::heed_settings(tx, WORKSPACE, on, now).map(drop)
        })
        .await;
}

async fn resume(house: &House, job: &replays::Replay) {
    let (id, now) = (job.id.clone(), house.engine.now());
    house.store.write(move |tx| replay::resume(tx, WORKSPACE, &id, now)).await.unwrap();
}

#[tokio::test]
async fn a_job_waits_while_its_workspace_has_webhooks_off_and_loses_nothing() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        let ids = published(&house, COUNT).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let job = begun(&house, ReplayKind::Replay).await;
        let running = house.engine.start();
        house
            .until("the job's first deliveries", {
                let id = job.id.clone();
                move |tx| Ok((replays::by_id(tx, &id)?.unwrap().done > 0).then_some(()))
            })
            .await;
        switch(&house, false).await;
        let paused = job_is(&house, &job.id, ReplayState::Paused).await;
        assert_eq!(paused.reason.as_deref(), Some(SWITCHED_OFF));
        // One that goes on all the same stops again.
        resume(&house, &job).await;
        job_is(&house, &job.id, ReplayState::Paused).await;

        switch(&house, true).await;
        resume(&house, &job).await;
        let mut got = HashSet::new();
        ticking(&house, async {
            while got.len() < COUNT {
                got.insert(receiver.next().await.header("webhook-id").unwrap().to_owned());
            }
        })
        .await;
        assert_eq!(got, ids.into_iter().collect());
        let finished = ticking(&house, job_is(&house, &job.id, ReplayState::Finished)).await;
        assert_eq!(finished.gone, 0);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_waited_when_the_workspaces_webhooks_went_off_can_be_recovered() {
    on_each(|house| async move {
        let mut receiver = Receiver::new(&[Answer::Status(200)]).await;
        house.webhook(webhook("w", &receiver.url())).await;
        let waiting = published(&house, 3).await;
        switch(&house, false).await;
        switch(&house, true).await;
        house.turn_to(house.engine.now() + 1, Signal::Schedule).await;
        let job = begun(&house, ReplayKind::Recover).await;
        assert_eq!(job.total, 3);
        let running = house.engine.start();
        let mut got = Vec::new();
        ticking(&house, async {
            for _ in 0..3 {
                got.push(receiver.next().await.header("webhook-id").unwrap().to_owned());
            }
        })
        .await;
        assert_eq!(got, waiting);
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    })
    .await;
}
