//! Mail to a server of the test's own, which speaks as much SMTP as it takes.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use egress::{Letter, MailConfig, Mailer, Roots};
use rcgen::KeyPair;
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc,
};
use tokio_rustls::TlsAcceptor;

/// `\0ada\0geheim`.
const LOGIN: &str = "AGFkYQBnZWhlaW0=";

#[derive(Clone, Default)]
struct Manners {
    tls: Option<TlsAcceptor>,
    /// Encrypted from the first byte on.
    wrapped: bool,
    /// Answers instead of the usual ones, by command.
    answers: Vec<(&'static str, &'static str)>,
}

#[derive(Debug)]
struct Got {
    encrypted: bool,
    recipient: String,
    text: String,
}

async fn server(manners: Manners) -> (SocketAddr, mpsc::UnboundedReceiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (manners, sender) = (manners.clone(), sender.clone());
            tokio::spawn(async move {
                let Some(acceptor) = manners.tls.clone() else {
                    converse(stream, &manners, &sender, false).await;
                    return;
                };
                if manners.wrapped {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    converse(stream, &manners, &sender, true).await;
                } else if let Some(stream) = converse(stream, &manners, &sender, false).await
                    && let Ok(stream) = acceptor.accept(stream).await
                {
                    converse(stream, &manners, &sender, true).await;
                }
            });
        }
    });
    (address, receiver)
}

/// Returns the stream when it is to be encrypted.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    manners: &Manners,
    sender: &mpsc::UnboundedSender<Got>,
    encrypted: bool,
) -> Option<S> {
    let mut stream = BufReader::new(stream);
    if !encrypted || manners.wrapped {
        stream.write_all(b"220 test ESMTP\r\n").await.ok()?;
    }
    let mut recipient = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        let special = manners.answers.iter().find(|(command, _)| line.starts_with(command));
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            _ if special.is_some() => special.unwrap().1.to_owned(),
            "EHLO" if manners.tls.is_some() && !encrypted => "250-test\r\n250 STARTTLS".to_owned(),
            "EHLO" => "250-test\r\n250 AUTH PLAIN".to_owned(),
            "STARTTLS" => {
                stream.write_all(b"220 go\r\n").await.ok()?;
                return Some(stream.into_inner());
            }
            "AUTH" if line == format!("AUTH PLAIN {LOGIN}") => "235 welcome".to_owned(),
            "AUTH" => "535 5.7.8 wrong password".to_owned(),
            "RCPT" => {
                recipient = line.to_owned();
                "250 ok".to_owned()
            }
            "DATA" => {
                stream.write_all(b"354 go\r\n").await.ok()?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut text).await.ok()? == 0 {
                        return None;
                    }
                }
                let recipient = recipient.clone();
                sender
                    .send(Got {
                        encrypted,
                        recipient,
                        text,
                    })
                    .unwrap();
                "250 queued".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 ok".to_owned(),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

fn acceptor() -> (TlsAcceptor, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), certificate.pem())
}

fn mailer(url: &str, roots: Option<&str>) -> Mailer {
    let mut config = MailConfig::parse(url, "Watchbell Größe <bell@example.com>").unwrap();
    config.timeout = Duration::from_secs(20);
    config.roots = Roots::Pem(roots.unwrap_or_default().into());
    if roots.is_none() {
        config.roots = Roots::Native;
    }
    Mailer::new(&config).unwrap()
}

fn letter(subject: &str) -> Letter {
    Letter {
        id: "mai_1".to_owned(),
        to: "ada@example.org".to_owned(),
        subject: subject.to_owned(),
        text: "It failed: größer\n.\nhttps://bell.example.com/webhooks/1\n".to_owned(),
        at_us: 1_800_000_000_000_000,
    }
}

#[tokio::test]
async fn a_letter_arrives_whole_over_starttls_with_a_login() {
    let (tls, pem) = acceptor();
    let (address, mut got) = server(Manners {
        tls: Some(tls),
        ..Manners::default()
    })
    .await;
    let mailer = mailer(&format!("smtp://ada:geheim@localhost:{}", address.port()), Some(&pem));
    mailer.send(&letter("[Watchbell] “Größe” failed")).await.unwrap();
    let got = got.recv().await.unwrap();
    assert!(got.encrypted);
    assert_eq!(got.recipient, "RCPT TO:<ada@example.org>");
    for line in [
        "Message-ID: <mai_1@example.com>\r\n",
        "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "To: ada@example.org\r\n",
        "Subject: =?utf-8?b?",
        "gr=C3=B6=C3=9Fer",
    ] {
        let folded = got.text.replace("[Watchbell] ", "");
        assert!(
            folded.contains(line) || folded.contains(&line.replace("Subject: ", "")),
            "{line} is not in\n{}",
            got.text
        );
    }
    let (head, _) = got.text.split_once("\r\n\r\n").unwrap();
    assert!(head.is_ascii(), "{head}");
}

#[tokio::test]
async fn a_letter_arrives_over_tls_from_the_start_and_in_the_clear_where_that_is_said() {
    let (tls, pem) = acceptor();
    let wrapped = Manners {
        tls: Some(tls),
        wrapped: true,
        ..Manners::default()
    };
    let (address, mut got) = server(wrapped).await;
    let url = format!("smtps://localhost:{}", address.port());
    mailer(&url, Some(&pem)).send(&letter("a")).await.unwrap();
    assert!(got.recv().await.unwrap().encrypted);

    let (address, mut got) = server(Manners::default()).await;
    let url = format!("smtp://ada:geheim@127.0.0.1:{}?tls=none", address.port());
    mailer(&url, None).send(&letter("a")).await.unwrap();
    assert!(!got.recv().await.unwrap().encrypted);
}

#[tokio::test]
async fn a_subject_makes_no_header_of_its_own() {
    let (address, mut got) = server(Manners::default()).await;
    let mailer = mailer(&format!("smtp://127.0.0.1:{}?tls=none", address.port()), None);
    for subject in [
        "a\r\nBcc: eve@example.com",
        "a\nBcc: eve@example.com",
        "a\r\n\r\nBcc: eve@example.com",
    ] {
        // Refused or encoded, either is well.
        if mailer.send(&letter(subject)).await.is_ok() {
            let text = got.recv().await.unwrap().text;
            assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
        }
    }
    let to = Letter {
        to: "ada@example.org>\r\nRCPT TO:<eve@example.com".to_owned(),
        ..letter("a")
    };
    let failure = mailer.send(&to).await.unwrap_err();
    assert_eq!((failure.code, failure.permanent), ("bad_address", true));
}

#[tokio::test]
async fn what_fails_is_named() {
    let (tls, _) = acceptor();
    let (encrypted, _a) = server(Manners {
        tls: Some(tls),
        ..Manners::default()
    })
    .await;
    let (plain, _b) = server(Manners::default()).await;
    let answering = |command, answer| {
        server(Manners {
            answers: vec![(command, answer)],
            ..Manners::default()
        })
    };
    let (no_mailbox, _c) = answering("RCPT", "550 5.1.1 no such mailbox").await;
    let (busy, _d) = answering("MAIL", "451 later").await;
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (url, code, permanent, word) in [
        (format!("smtp://localhost:{}", encrypted.port()), "tls", false, "certificate"),
        (format!("smtp://localhost:{}", plain.port()), "not_offered", false, "STARTTLS"),
        (
            format!("smtp://ada:falsch@127.0.0.1:{}?tls=none", plain.port()),
            "login_refused",
            false,
            "wrong password",
        ),
        (
            format!("smtp://127.0.0.1:{}?tls=none", no_mailbox.port()),
            "refused",
            true,
            "no such mailbox",
        ),
        (
            format!("smtp://127.0.0.1:{}?tls=none", busy.port()),
            "refused_for_now",
            false,
            "later",
        ),
        (
            format!("smtp://127.0.0.1:{}?tls=none", unused.port()),
            "not_reached",
            false,
            "refused",
        ),
    ] {
        let failure = mailer(&url, None).send(&letter("a")).await.unwrap_err();
        assert_eq!((failure.code, failure.permanent), (code, permanent), "{failure}");
        assert!(failure.message.contains(word), "{url}: {failure}");
        assert!(!failure.message.contains("falsch") && !failure.hint.is_empty(), "{failure}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_ends_at_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}?tls=none", listener.local_addr().unwrap());
    let mut config = MailConfig::parse(&url, "bell@example.com").unwrap();
    config.timeout = Duration::from_millis(50);
    let failure = Mailer::new(&config).unwrap().send(&letter("a")).await.unwrap_err();
    assert_eq!(failure.code, "timeout");
}

#[test]
fn a_sender_that_is_no_address_is_refused() {
    let config = MailConfig::parse("smtp://localhost", "nobody").unwrap();
    let error = Mailer::new(&config).unwrap_err().to_string();
    assert!(error.contains("mail.from"), "{error}");
}
