//! Receipts and incidents: one failing monitor, one open incident; in doubt nothing is resolved.

use bytes::Bytes;
use domain::{
    clock::{DAY, SECOND},
    incident::{ByHand, IncidentState, ReceiptAction},
    source::Provider,
};
use engine::{
    ActionError,
    incidents::by_hand,
    receive::{Answer, Inbound},
};
use store::tables::{events, incidents, page::Page, receipts, sources};

use crate::support::{House, START, WORKSPACE, on_each, source};

async fn new_source(house: &House, provider: Provider) -> sources::Source {
    let stored = source(house, "src_1", provider, "src_0123456789abcdef");
    let row = stored.clone();
    house.write(move |tx| sources::insert(tx, &row)).await;
    stored
}

fn inbound(body: String, headers: &[(&str, &str)]) -> Inbound {
    Inbound {
        method: "POST".to_owned(),
        query: "token=hush&a=1".to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: Bytes::from(body),
        remote: "192.0.2.1".to_owned(),
        content_type: Some("application/json".to_owned()),
        encoding: None,
    }
}

fn postman(monitor: &str, failed: &str, errors: &str) -> String {
    format!(
        r#"{{"monitor_uid":"{monitor}","monitor_name":"Orders","metrics":{{"failedTests":{failed},"errors":{errors},"requestCount":6}}}}"#
    )
}

fn watchbell(series: &str, sequence: u64, status: &str, finished_at: &str) -> String {
    let failed = u8::from(status != "success");
    format!(
        r#"{{"type":"monitor.run.finished","data":{{"status":"{status}","series":"{series}","sequence":{sequence},"monitor_uid":"m","monitor_name":"Orders","finished_at":"{finished_at}","metrics":{{"failedTests":{failed},"errors":0}}}}}}"#
    )
}

async fn send(house: &House, source: &sources::Source, body: String) -> Answer {
    house.engine.receive(source.clone(), inbound(body, &[])).await.unwrap()
}

async fn incident(house: &House, id: &str) -> incidents::Incident {
    let id = id.to_owned();
    house.read(move |tx| incidents::get(tx, WORKSPACE, &id)).await.unwrap()
}

async fn timeline(house: &House, id: &str) -> Vec<String> {
    let id = id.to_owned();
    house
        .read(move |tx| incidents::entries(tx, &id))
        .await
        .into_iter()
        .map(|entry| entry.kind)
        .collect()
}

#[tokio::test]
async fn failures_open_one_incident_and_the_first_success_resolves_it() {
    on_each(|house| async move {
        let source = new_source(&house, Provider::Postman).await;
        let opened = send(&house, &source, postman("m", "2", "0")).await;
        assert_eq!(opened.action, ReceiptAction::Opened);
        for _ in 0..4 {
            assert_eq!(send(&house, &source, postman("m", "0", "1.0")).await.action, ReceiptAction::Updated);
        }
        let id = opened.incident_id.unwrap();
        let open = incident(&house, &id).await;
        assert_eq!((open.state, open.failures, open.number), (IncidentState::Open, 5, 1));
        assert_eq!(open.cause.summary, "1 error in 6 requests");
        // Another monitor on the same URL is another incident.
        assert_eq!(send(&house, &source, postman("M", "1", "0")).await.action, ReceiptAction::Opened);
        let resolved = send(&house, &source, postman("m", "0", "0")).await;
        assert_eq!(
            (resolved.action, resolved.incident_id.as_deref()),
            (ReceiptAction::Resolved, Some(id.as_str()))
        );
        assert_eq!(send(&house, &source, postman("m", "0", "0")).await.action, ReceiptAction::None);
        let again = send(&house, &source, postman("m", "1", "0")).await;
        assert_eq!(again.action, ReceiptAction::Opened);
        assert_eq!(incident(&house, &again.incident_id.unwrap()).await.previous_id, Some(id.clone()));
        assert_eq!(
            timeline(&house, &id).await,
            ["opened", "failure", "failure", "failure", "failure", "resolved"]
        );
        let told = house.read(|tx| events::list(tx, WORKSPACE, None, &Page::first(50))).await;
        let mut types: Vec<_> = told.items.iter().map(|event| event.event_type.as_str()).collect();
        types.sort_unstable();
        assert_eq!(
            types,
            ["incident.opened", "incident.opened", "incident.opened", "incident.resolved"]
        );
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn doubt_is_quarantined_and_resolves_nothing() {
    on_each(|house| async move {
        let source = new_source(&house, Provider::Postman).await;
        let id = send(&house, &source, postman("m", "1", "0")).await.incident_id.unwrap();
        for (failed, errors) in [("null", "0"), ("\"0\"", "0"), ("-1", "0"), ("0.5", "0"), ("0", "[]")] {
            let answer = send(&house, &source, postman("m", failed, errors)).await;
            assert_eq!(answer.problem.map(|problem| problem.status), Some(422), "{failed} {errors}");
        }
        assert_eq!(
            send(&house, &source, "{".to_owned()).await.problem.map(|problem| problem.status),
            Some(400)
        );
        assert_eq!(incident(&house, &id).await.state, IncidentState::Open);
        let kept = house.read(|tx| receipts::list(tx, "src_1", &Page::first(50))).await.items;
        assert_eq!(kept.iter().filter(|receipt| receipt.verdict == receipts::QUARANTINED).count(), 6);
        assert!(kept.iter().all(|receipt| receipt.query == "token=•••&a=1"), "the token is masked");
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn late_and_repeated_results_change_nothing() {
    on_each(|house| async move {
        let source = new_source(&house, Provider::Watchbell).await;
        let at = "2027-01-15T08:00:00Z";
        let id = send(&house, &source, watchbell("s1", 5, "failure", at)).await.incident_id.unwrap();
        assert_eq!(
            send(&house, &source, watchbell("s1", 4, "success", at)).await.action,
            ReceiptAction::Stale
        );
        assert_eq!(
            send(&house, &source, watchbell("s1", 5, "success", at)).await.action,
            ReceiptAction::Duplicate
        );
        // An old series that arrives late is not believed either.
        assert_eq!(
            send(&house, &source, watchbell("s0", 9, "success", "2020-01-01T00:00:00Z"))
                .await
                .action,
            ReceiptAction::Stale
        );
        assert_eq!(incident(&house, &id).await.state, IncidentState::Open);
        assert_eq!(timeline(&house, &id).await, ["opened", "stale", "duplicate", "stale"]);
        assert_eq!(
            send(&house, &source, watchbell("s1", 6, "success", at)).await.action,
            ReceiptAction::Resolved
        );
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_message_id_is_a_duplicate_however_late() {
    on_each(|house| async move {
        let source = new_source(&house, Provider::Postman).await;
        let bad = inbound(postman("m", "1", "0"), &[("Webhook-Id", "evt_1"), ("Authorization", "Bearer x")]);
        let good = inbound(postman("m", "0", "0"), &[("webhook-id", "evt_2")]);
        assert_eq!(
            house.engine.receive(source.clone(), bad.clone()).await.unwrap().action,
            ReceiptAction::Opened
        );
        assert_eq!(
            house.engine.receive(source.clone(), bad.clone()).await.unwrap().action,
            ReceiptAction::Duplicate
        );
        assert_eq!(
            house.engine.receive(source.clone(), good).await.unwrap().action,
            ReceiptAction::Resolved
        );
        house.turn_to(START + 30 * DAY, store::Signal::Schedule).await;
        assert_eq!(house.engine.receive(source, bad).await.unwrap().action, ReceiptAction::Duplicate);
        let kept = house.read(|tx| receipts::list(tx, "src_1", &Page::first(1))).await.items;
        assert!(kept[0].headers.contains(&("Authorization".to_owned(), "•••".to_owned())));
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn failures_at_the_same_instant_are_one_incident() {
    on_each(|house| async move {
        let source = new_source(&house, Provider::Postman).await;
        let all = (0..20).map(|_| send(&house, &source, postman("m", "1", "0")));
        let answers = futures::future::join_all(all).await;
        assert_eq!(answers.iter().filter(|answer| answer.action == ReceiptAction::Opened).count(), 1);
        let id = answers[0].incident_id.clone().unwrap();
        assert_eq!(incident(&house, &id).await.failures, 20);
        house.close().await;
    })
    .await;
}

#[tokio::test]
async fn people_acknowledge_resolve_and_reopen_within_the_rules() {
    on_each(|house| async move {
        let source = new_source(&house, Provider::Postman).await;
        let id = send(&house, &source, postman("m", "1", "0")).await.incident_id.unwrap();
        let act = |id: String, action: ByHand| {
            let store = house.store.clone();
            async move {
                store
                    .write(move |tx| by_hand(tx, WORKSPACE, &id, action, "Ada", None, START + SECOND))
                    .await
            }
        };
        let conflict = |result: Result<incidents::Incident, ActionError>| match result {
            Err(ActionError::Problem(problem)) => problem.status,
            other => panic!("{other:?}"),
        };
        let acknowledged = act(id.clone(), ByHand::Acknowledge).await.unwrap();
        assert_eq!(acknowledged.acknowledged_by.as_deref(), Some("Ada"));
        // An acknowledgement survives further failures.
        send(&house, &source, postman("m", "1", "0")).await;
        assert_eq!(incident(&house, &id).await.state, IncidentState::Acknowledged);
        assert_eq!(conflict(act(id.clone(), ByHand::Acknowledge).await), 409);
        act(id.clone(), ByHand::Resolve).await.unwrap();
        act(id.clone(), ByHand::Reopen).await.unwrap();
        act(id.clone(), ByHand::Resolve).await.unwrap();
        send(&house, &source, postman("m", "1", "0")).await;
        assert_eq!(conflict(act(id, ByHand::Reopen).await), 409);
        assert_eq!(conflict(act("inc_none".to_owned(), ByHand::Resolve).await), 404);
        house.close().await;
    })
    .await;
}
