//! Sources, their keys and receipts.

use domain::{Problem, incident::ReceiptAction};
use store::{
    Page,
    tables::{
        receipts::{self, Receipt},
        sources::{self, KnownKey, NewToken},
    },
};

use crate::{fixture, on_each, write};

#[tokio::test]
async fn a_rotated_token_is_taken_until_its_overlap_ends() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let (workspace, id) = (fixture::WORKSPACE, fixture::SOURCE);
            assert_eq!(sources::by_token_hash(tx, "hash of src_1", 1)?, Some(fixture::source(id)));
            let token = NewToken {
                hash: "second",
                hint: "2222",
                sealed: "v1:2",
                old_ends_at: Some(50),
            };
            assert!(sources::rotate_token(tx, workspace, id, token, 10)?);
            assert!(sources::by_token_hash(tx, "hash of src_1", 49)?.is_some());
            assert!(sources::by_token_hash(tx, "hash of src_1", 50)?.is_none());
            assert!(sources::by_token_hash(tx, "second", 99)?.is_some());
            let token = NewToken {
                hash: "third",
                hint: "3333",
                sealed: "v1:3",
                old_ends_at: None,
            };
            assert!(sources::rotate_token(tx, workspace, id, token, 11)?);
            assert!(sources::by_token_hash(tx, "second", 12)?.is_none());
            assert_eq!(sources::by_id(tx, id)?.expect("a source").token_sealed, "v1:3");
            assert!(sources::update(tx, workspace, id, "Renamed", false, 13)?);
            sources::count_outcome(tx, id, true, 14)?;
            sources::count_outcome(tx, id, false, 15)?;
            let source = sources::get(tx, workspace, id)?.expect("a source");
            assert_eq!((source.name.as_str(), source.enabled), ("Renamed", false));
            assert_eq!((source.failures, source.successes, source.last_receipt_at), (1, 1, Some(15)));
            sources::received(tx, id, 16)?;
            assert_eq!(sources::by_id(tx, id)?.expect("a source").last_receipt_at, Some(16));
            assert_eq!(sources::list(tx, workspace)?.len(), 1);
            assert!(sources::delete(tx, workspace, id)?);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_remembered() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            assert_eq!(sources::key_state(tx, fixture::SOURCE, "uid")?, None);
            let mut known = KnownKey::default();
            known.state.title = "Orders".into();
            sources::set_key_state(tx, fixture::SOURCE, "uid", &known)?;
            (known.state.series, known.state.sequence, known.state.last_at) = (Some("s".into()), Some(7), 5);
            known.last_incident_id = Some("inc_1".into());
            sources::set_key_state(tx, fixture::SOURCE, "uid", &known)?;
            assert_eq!(sources::key_state(tx, fixture::SOURCE, "uid")?, Some(known));
            assert_eq!(sources::key_state(tx, fixture::SOURCE, "UID")?, None, "keys are exact");
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}

#[tokio::test]
async fn receipts_are_kept_as_they_came() {
    on_each(|store, _database| async move {
        fixture::fill(&store).await;
        write(&store, |tx| {
            let source = fixture::SOURCE;
            let receipt = |number: i64, verdict: &str| Receipt {
                id: format!("rcp_{number}"),
                source_id: source.into(),
                workspace_id: fixture::WORKSPACE.into(),
                at: number,
                method: "POST".into(),
                query: "token=…".into(),
                headers: vec![("webhook-id".into(), "m".into())],
                body: vec![b'{', 0xff],
                remote: "127.0.0.1".into(),
                sender_id: Some(format!("m{number}")),
                verdict: verdict.into(),
                action: ReceiptAction::Opened,
                incident_id: Some("inc_1".into()),
                key: Some("uid".into()),
                problem: (number == 2).then(|| Problem::invalid("$.metrics", "is missing")),
            };
            receipts::insert(tx, &receipt(1, receipts::ACCEPTED))?;
            receipts::insert(tx, &receipt(2, receipts::QUARANTINED))?;
            let stored = receipts::get(tx, fixture::WORKSPACE, "rcp_2")?;
            assert_eq!(stored, Some(receipt(2, receipts::QUARANTINED)));
            assert!(receipts::seen_sender_id(tx, source, "m1")?);
            assert!(!receipts::seen_sender_id(tx, source, "m2")?, "what was not accepted may come again");
            let listed = receipts::list(tx, source, &Page::first(1))?;
            assert_eq!((listed.items[0].id.as_str(), listed.next.is_some()), ("rcp_2", true));
            assert_eq!(receipts::of_incident(tx, source, "inc_1", 10)?.len(), 2);
            assert_eq!(receipts::prune(tx, 2, 0, fixture::step(10))?.rows, 1);
            Ok(())
        })
        .await
        .expect("a write");
    })
    .await;
}
