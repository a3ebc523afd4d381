//! A webhook's client certificate: checked when it is saved, never shown again, taken away with `null`.

use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::{Value, json};

use crate::support::Instance;

/// A certificate that ends with the year 2040, and its key, both as PEM.
fn pair(name: &str) -> (String, String) {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_after = rcgen::date_time_ymd(2041, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn webhook(certificate: Value) -> Value {
    json!({"name": "Ops", "url": "https://1.1.1.1/hook", "events": ["*"], "client_certificate": certificate})
}

#[tokio::test]
async fn it_is_kept_and_only_its_owner_and_end_are_shown() {
    let instance = Instance::new().await;
    let ((certificate, key), (issuer, _)) = (pair("shop"), pair("authority"));
    let chain = certificate.clone() + &issuer;
    let made = instance
        .post("/api/v1/webhooks", webhook(json!({"certificate": chain, "key": key})))
        .await
        .expect(201);
    assert_eq!(made.json()["has_client_certificate"], true);
    let path = format!("/api/v1/webhooks/{}", made.json()["id"].as_str().unwrap());
    let shown = instance.get(&path).await.expect(200);
    assert_eq!(
        shown.json()["client_certificate"],
        json!({"subject": "CN=shop", "expires_at": "2041-01-01T00:00:00.000000Z"})
    );
    for answer in [made.text(), shown.text(), instance.get("/api/v1/webhooks").await.text()] {
        assert!(!answer.contains("PRIVATE KEY") && !answer.contains("BEGIN CERTIFICATE"), "{answer}");
    }
    // What a change does not name, stays.
    instance.patch(&path, json!({"name": "Ops 2"})).await.expect(200);
    assert_eq!(instance.get(&path).await.json()["client_certificate"]["subject"], "CN=shop");
    let (certificate, key) = pair("stall");
    instance
        .patch(&path, json!({"client_certificate": {"certificate": certificate, "key": key}}))
        .await
        .expect(200);
    assert_eq!(instance.get(&path).await.json()["client_certificate"]["subject"], "CN=stall");
    let without = instance.patch(&path, json!({"client_certificate": null})).await.expect(200).json();
    assert_eq!(without["has_client_certificate"], false);
    assert_eq!(instance.get(&path).await.json()["client_certificate"], Value::Null);
}

#[tokio::test]
async fn what_does_not_fit_is_named_by_its_part_and_changes_nothing() {
    let instance = Instance::new().await;
    let ((certificate, key), (other, other_key)) = (pair("shop"), pair("other"));
    let made = instance
        .post("/api/v1/webhooks", webhook(json!({"certificate": certificate, "key": key})))
        .await
        .expect(201)
        .json();
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let before = instance.get(&path).await.json();
    let rubbish = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let broken_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (given, field, says) in [
        (json!({"certificate": "", "key": key}), "certificate", "is empty"),
        (json!({"certificate": certificate, "key": " "}), "key", "is empty"),
        (
            json!({"certificate": "nonsense", "key": key}),
            "certificate",
            "it holds no certificate",
        ),
        (json!({"certificate": key, "key": key}), "certificate", "it holds no certificate"),
        (json!({"certificate": certificate, "key": "nonsense"}), "key", "not valid PEM"),
        (json!({"certificate": certificate, "key": broken_key}), "key", "cannot be used"),
        (
            json!({"certificate": certificate, "key": other_key}),
            "key",
            "not the one of the certificate",
        ),
        (
            json!({"certificate": format!("{other}{certificate}"), "key": key}),
            "key",
            "not the one of the certificate",
        ),
        (
            json!({"certificate": format!("{certificate}{rubbish}"), "key": key}),
            "certificate",
            "number 2 of the 2",
        ),
        (json!({"certificate": rubbish, "key": key}), "certificate", "number 1 of the 1"),
        (
            json!({"certificate": certificate, "key": encrypted}),
            "passphrase",
            "no passphrase is given",
        ),
        (json!({"certificate": "x".repeat(65_537), "key": key}), "certificate", "longer than"),
    ] {
        for (reply, how) in [
            (instance.post("/api/v1/webhooks", webhook(given.clone())).await, "new"),
            (instance.patch(&path, json!({"client_certificate": given.clone()})).await, "changed"),
            (instance.post("/api/v1/webhooks/try", webhook(given.clone())).await, "tried"),
        ] {
            assert!(!reply.text().contains("PRIVATE KEY"), "{}", reply.text());
            let (at, detail) = reply.problem(422);
            assert_eq!(at, format!("client_certificate.{field}"), "{how}: {detail}");
            assert!(detail.contains(says), "{how}: {detail}");
        }
    }
    assert_eq!(instance.items("/api/v1/webhooks").await.len(), 1);
    assert_eq!(instance.get(&path).await.json(), before);
}
