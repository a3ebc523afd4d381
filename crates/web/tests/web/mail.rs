//! Mail: who may look at it and try it, what a failure says, and each admin's own switch.

use engine::EngineConfig;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::Instance;

/// A mail server at a port where nobody listens.
async fn with_dead_server() -> (Instance, String) {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("smtp://ada:geheim@{address}?tls=none");
    let config = egress::MailConfig::parse(&url, "bell@example.com").unwrap();
    let config = EngineConfig {
        mail: Some(egress::Mailer::new(&config).unwrap()),
        ..EngineConfig::default()
    };
    (Instance::with_engine(config).await, address.to_string())
}

#[tokio::test]
async fn only_who_runs_the_instance_sees_and_tries_the_mail_server() {
    let (instance, _) = with_dead_server().await;
    instance.get("/api/v1/admin/mail").await.problem(403);
    instance.post("/api/v1/admin/mail/test", json!({})).await.problem(403);
}

#[tokio::test]
async fn a_test_mail_that_fails_is_an_answer_that_says_why() {
    let (instance, address) = with_dead_server().await;
    instance.run_by_its_user().await;
    let view = instance.get("/api/v1/admin/mail").await.expect(200);
    assert!(!view.text().contains("geheim"), "{}", view.text());
    let view = view.json();
    assert_eq!(view["server"], format!("{address} (not encrypted)"));
    assert_eq!((&view["from"], &view["waiting"]), (&json!("bell@example.com"), &json!(0)));

    let tested = instance.post("/api/v1/admin/mail/test", json!({})).await.expect(200).json();
    assert_eq!(
        (&tested["sent"], &tested["code"], &tested["to"]),
        (&json!(false), &json!("not_reached"), &json!("ada@example.org"))
    );
    assert!(tested["message"].as_str().unwrap().contains(&address), "{tested}");
    assert!(tested["hint"].as_str().unwrap().contains("mail.url"), "{tested}");
    let wrong = json!({"to": "ada@example.org\r\nBcc: eve@example.com"});
    let tested = instance.post("/api/v1/admin/mail/test", wrong).await.expect(200).json();
    assert_eq!(tested["code"], "bad_address");
}

#[tokio::test]
async fn without_a_mail_server_the_test_says_what_to_set() {
    let instance = Instance::new().await;
    instance.run_by_its_user().await;
    assert_eq!(instance.get("/api/v1/admin/mail").await.expect(200).json()["server"], json!(null));
    let (_, detail) = instance.post("/api/v1/admin/mail/test", json!({})).await.problem(409);
    assert!(detail.contains("no mail server"), "{detail}");
}

#[tokio::test]
async fn each_member_has_a_switch_of_their_own() {
    let instance = Instance::new().await;
    let path = "/api/v1/notices/mail";
    assert_eq!(instance.get(path).await.expect(200).json(), json!({"mails": true}));
    instance.post(path, json!({"mails": false})).await.expect(200);
    assert_eq!(instance.get(path).await.expect(200).json(), json!({"mails": false}));
    instance.post(path, json!({"mail": true})).await.problem(422);
}
