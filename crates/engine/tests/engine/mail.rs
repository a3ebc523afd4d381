//! Notices by mail: to the admins, later when the server is away, once, and nothing when mail is off.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    Clock,
    account::Role,
    clock::{DAY, SECOND},
};
use egress::{MailConfig, Mailer};
use engine::{Engine, EngineConfig};
use store::{
    Signal,
    tables::{
        accounts::{self, User},
        mails,
        webhooks::Webhook,
        workspaces,
    },
    testing,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use crate::support::{Answer, House, NoScripts, Receiver, START, USER, WORKSPACE, config, webhook};

/// A mail server that answers `RCPT` as it is told, and otherwise with 250.
struct Post {
    url: String,
    got: mpsc::UnboundedReceiver<String>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Post {
    async fn new(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}?tls=none", listener.local_addr().unwrap());
        let (sender, got) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect::<VecDeque<_>>()));
        let shared = Arc::clone(&answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&shared), sender.clone()));
            }
        });
        Self { url, got, answers }
    }

    async fn next(&mut self) -> String {
        tokio::time::timeout(Duration::from_secs(30), self.got.recv())
            .await
            .expect("a mail in time")
            .expect("a mail")
    }
}

async fn converse(stream: TcpStream, answers: Arc<Mutex<VecDeque<&'static str>>>, sender: mpsc::UnboundedSender<String>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await.ok()?;
    let mut letter = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let answer = match line.get(..4).unwrap_or_default() {
            "RCPT" => {
                letter = line.clone();
                answers.lock().unwrap().pop_front().unwrap_or("250 ok")
            }
            "DATA" => {
                stream.write_all(b"354 go\r\n").await.ok()?;
                while !letter.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut letter).await.ok()? == 0 {
                        return None;
                    }
                }
                sender.send(letter.clone()).ok()?;
                "250 queued"
            }
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

fn with_mail(url: &str) -> EngineConfig {
    let config_of_mail = MailConfig::parse(url, "bell@example.com").unwrap();
    EngineConfig {
        mail: Some(Mailer::new(&config_of_mail).unwrap()),
        public_url: "https://bell.example.com".to_owned(),
        ..config()
    }
}

/// A house with the admin Ada, the admin Bob who wants no mail, and the editor Eve; and a webhook that loses every delivery.
async fn house(kind: testing::Kind, config: EngineConfig, receiver: &Receiver) -> House {
    let house = House::new(kind, config, Arc::new(NoScripts)).await;
    house
        .write(|tx| {
            workspaces::set_member(tx, WORKSPACE, USER, Role::Admin, START)?;
            for (id, role) in [("2", Role::Admin), ("3", Role::Editor)] {
                let user = User {
                    id: id.to_owned(),
                    email: format!("{id}@example.org"),
                    name: id.to_owned(),
                    password_hash: "-".to_owned(),
                    instance_admin: false,
                    created_at: START,
                    disabled_at: None,
                };
                accounts::insert_user(tx, &user)?;
                workspaces::set_member(tx, WORKSPACE, id, role, START)?;
            }
            assert_eq!(mails::wanted(tx, WORKSPACE, "2")?, Some(true));
            mails::set_wanted(tx, WORKSPACE, "2", false)
        })
        .await;
    let hook = Webhook {
        name: "Größe\r\nBcc: eve@example.com".to_owned(),
        retry_policy: Some(domain::retry::RetryPolicy {
            delays_ms: Vec::new(),
            ..domain::retry::RetryPolicy::testmonitor()
        }),
        ..webhook("w", &receiver.url())
    };
    house.webhook(hook).await;
    house
}

async fn empty(house: &House) {
    house
        .until("an empty outbox", |tx| Ok((mails::waiting(tx)? == 0).then_some(())))
        .await;
}

async fn tried(house: &House, attempts: u64) -> mails::Mail {
    let looked = async {
        loop {
            let all = house.read(|tx| mails::due(tx, i64::MAX, 9)).await;
            match all.into_iter().find(|mail| mail.attempts == attempts) {
                Some(mail) => return mail,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looked).await.expect("a try")
}

#[tokio::test]
async fn a_notice_is_mailed_to_the_admins_and_again_when_the_server_was_away() {
    for kind in testing::kinds() {
        let receiver = Receiver::new(&[Answer::Status(410)]).await;
        let mut post = Post::new(&["451 later"]).await;
        let house = house(kind, with_mail(&post.url), &receiver).await;
        let running = house.engine.start();
        house.publish("a", "{}").await;
        let mail = tried(&house, 1).await;
        assert_eq!((mail.recipient.as_str(), mail.due_at), ("ada@example.org", START + 30 * SECOND));
        house.turn_to(START + 30 * SECOND, Signal::Mails).await;
        let letter = post.next().await;
        assert!(letter.starts_with("RCPT TO:<ada@example.org>"), "{letter}");
        let (head, _) = letter.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{letter}");
        assert!(letter.contains("https://bell.example.com/webhooks/w"), "{letter}");
        empty_soon(&house).await;
        let counted = house.engine.metrics().mails;
        assert_eq!(counted, [1, 1, 0], "sent, failed, given up");
        running.shutdown(Duration::from_secs(10)).await;
        assert!(post.got.try_recv().is_err(), "only one person wants it");
        house.close().await;
    }
}

/// The stage removes it after the server has it; nothing announces that.
async fn empty_soon(house: &House) {
    let looked = async {
        while house.read(mails::waiting).await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looked)
        .await
        .expect("an empty outbox");
}

#[tokio::test]
async fn a_mail_that_was_on_its_way_when_the_process_died_goes_once_more_at_most() {
    for kind in testing::kinds() {
        let receiver = Receiver::new(&[Answer::Status(410)]).await;
        let mut post = Post::new(&[]).await;
        let house = house(kind, with_mail(&post.url), &receiver).await;
        // The process died after the try was counted: whether the server has the mail, nobody knows.
        house
            .write(|tx| {
                let mail = mails::Mail {
                    id: "mai_1".to_owned(),
                    workspace_id: Some(WORKSPACE.to_owned()),
                    recipient: "ada@example.org".to_owned(),
                    subject: "a".to_owned(),
                    body: "b".to_owned(),
                    attempts: 0,
                    due_at: START,
                    created_at: START,
                };
                mails::insert(tx, &mail)?;
                mails::begin_try(tx, "mai_1", START + 30 * SECOND)
            })
            .await;
        let client = egress::Client::new(egress::ClientConfig::default()).unwrap();
        let clock = Arc::clone(&house.clock) as Arc<dyn Clock>;
        let engine = Engine::new(with_mail(&post.url), house.store.clone(), clock, client, Arc::new(NoScripts));
        let running = engine.start();
        house.turn_to(START + 30 * SECOND, Signal::Mails).await;
        assert!(post.next().await.contains("mai_1@example.com"));
        empty_soon(&house).await;
        running.shutdown(Duration::from_secs(10)).await;
        assert!(post.got.try_recv().is_err());
        house.close().await;
    }
}

#[tokio::test]
async fn a_mail_is_given_up_when_it_is_refused_for_good_or_a_day_old() {
    for kind in testing::kinds() {
        let receiver = Receiver::new(&[Answer::Status(410)]).await;
        let post = Post::new(&["550 no such mailbox", "451 later"]).await;
        let house = house(kind, with_mail(&post.url), &receiver).await;
        let mail = |id: &str| mails::Mail {
            id: id.to_owned(),
            workspace_id: None,
            recipient: "ada@example.org".to_owned(),
            subject: "a".to_owned(),
            body: "b".to_owned(),
            attempts: 0,
            due_at: START,
            created_at: START,
        };
        let (refused, delayed) = (mail("mai_1"), mail("mai_2"));
        house.write(move |tx| mails::insert(tx, &refused)).await;
        let running = house.engine.start();
        empty_soon(&house).await;
        house
            .write(move |tx| {
                tx.signal(Signal::Mails);
                mails::insert(tx, &delayed)
            })
            .await;
        tried(&house, 1).await;
        house.turn_to(START + DAY + SECOND, Signal::Mails).await;
        empty_soon(&house).await;
        assert_eq!(house.engine.metrics().mails, [0, 1, 2]);
        assert!(post.answers.lock().unwrap().is_empty(), "both were tried");
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    }
}

#[tokio::test]
async fn without_a_mail_server_nothing_waits() {
    for kind in testing::kinds() {
        let receiver = Receiver::new(&[Answer::Status(410)]).await;
        let house = house(kind, config(), &receiver).await;
        let running = house.engine.start();
        house.publish("a", "{}").await;
        house
            .until("the notice", |tx| {
                Ok(store::tables::notices::list(tx, WORKSPACE, 9)?.into_iter().next())
            })
            .await;
        empty(&house).await;
        running.shutdown(Duration::from_secs(10)).await;
        house.close().await;
    }
}
