//! Certificates good and bad, client certificates, and HTTP/2.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use egress::{Client, ClientCertificate, ClientConfig, FailureCode, Policy, PolicyRules, Request, Roots, TlsLimits, Version};
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use crate::support::*;

pub struct Authority {
    pub pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

pub fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Authority {
        pem: certificate.pem(),
        der: certificate.der().clone(),
        issuer: Issuer::new(params, key),
    }
}

pub struct Leaf {
    pem: String,
    der: CertificateDer<'static>,
    key: KeyPair,
}

pub fn leaf(names: &[&str], authority: Option<&Authority>, change: impl FnOnce(&mut CertificateParams)) -> Leaf {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "the leaf");
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = match authority {
        Some(authority) => params.signed_by(&key, &authority.issuer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    Leaf {
        pem: certificate.pem(),
        der: certificate.der().clone(),
        key,
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

pub fn server(leaf: &Leaf, clients: Option<&Authority>) -> ServerConfig {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap();
    let key = PrivateKeyDer::try_from(leaf.key.serialize_der()).unwrap();
    let builder = match clients {
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(authority.der.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
                .build()
                .unwrap();
            builder.with_client_cert_verifier(verifier)
        }
        None => builder.with_no_client_auth(),
    };
    builder.with_single_cert(vec![leaf.der.clone()], key).unwrap()
}

/// Serves HTTP/1.1 over TLS; the body tells whether the client showed a certificate.
async fn serve(config: ServerConfig) -> SocketAddr {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    receiver(move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let known = stream.get_ref().1.peer_certificates().is_some();
            while !read_request(&mut stream).await.is_empty() {
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{known:5.5}");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    })
    .await
    .0
}

pub fn trusting(pem: &str) -> Client {
    Client::new(ClientConfig {
        roots: Roots::Pem(pem.into()),
        ..ClientConfig::default()
    })
    .unwrap()
}

pub fn https(address: SocketAddr) -> Request {
    Request::new("GET", format!("https://localhost:{}/", address.port()))
}

pub fn policy() -> Policy {
    PolicyRules {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
        ..PolicyRules::default()
    }
    .into()
}

#[tokio::test]
async fn a_trusted_certificate_is_accepted_and_its_connection_kept() {
    let authority = authority();
    let address = serve(server(&leaf(&["localhost"], Some(&authority), |_| {}), None)).await;
    let client = trusting(&authority.pem);
    for turn in 0..3 {
        let exchange = client.exchange(&https(address), &policy()).await;
        assert_eq!((exchange.reused, exchange.phases.tls_us > 0), (turn > 0, turn == 0));
        assert_eq!(response(exchange).version, Version::Http11);
    }
}

#[tokio::test]
async fn bad_certificates_are_told_apart_and_can_be_waved_through() {
    let (ours, strange) = (authority(), authority());
    let year = rcgen::date_time_ymd;
    let cases = [
        (
            leaf(&["localhost"], None, |_| {}),
            FailureCode::TlsSelfSigned,
            "DEPTH_ZERO_SELF_SIGNED_CERT",
        ),
        (
            leaf(&["localhost"], None, |params| {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)
            }),
            FailureCode::TlsSelfSigned,
            "DEPTH_ZERO_SELF_SIGNED_CERT",
        ),
        (
            leaf(&["localhost"], Some(&strange), |_| {}),
            FailureCode::TlsUntrusted,
            "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        ),
        (
            leaf(&["other.example"], Some(&ours), |_| {}),
            FailureCode::TlsName,
            "ERR_TLS_CERT_ALTNAME_INVALID",
        ),
        (
            leaf(&["localhost"], Some(&ours), |params| params.not_after = year(2020, 1, 1)),
            FailureCode::TlsExpired,
            "CERT_HAS_EXPIRED",
        ),
        (
            leaf(&["localhost"], Some(&ours), |params| params.not_before = year(2500, 1, 1)),
            FailureCode::TlsNotYetValid,
            "CERT_NOT_YET_VALID",
        ),
    ];
    let client = trusting(&ours.pem);
    for (leaf, expected, node) in cases {
        let address = serve(server(&leaf, None)).await;
        let exchange = client.exchange(&https(address), &policy()).await;
        assert_eq!(code(&exchange), expected);
        assert_eq!(exchange.outcome.unwrap_err().node_code(), node);
        let mut lax = https(address);
        lax.verify_tls = false;
        assert_eq!(response(client.exchange(&lax, &policy()).await).status, 200);
        let again = client.exchange(&https(address), &policy()).await;
        assert_eq!(
            code(&again),
            expected,
            "a connection made without checks is not shared with those that check"
        );
    }
}

#[tokio::test]
async fn a_self_signed_certificate_can_be_a_root() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let leaf = leaf(&["localhost"], None, |params| params.is_ca = is_ca);
        let address = serve(server(&leaf, None)).await;
        let client = trusting(&leaf.pem);
        assert_eq!(response(client.exchange(&https(address), &policy()).await).status, 200);
        let by_address = Request::new("GET", format!("https://{address}/"));
        assert_eq!(code(&client.exchange(&by_address, &policy()).await), FailureCode::TlsName);
    }
}

#[tokio::test]
async fn plain_text_on_a_tls_port_is_a_failed_handshake() {
    let (address, _) = receiver(|stream, _| async move { drop(stream) }).await;
    let exchange = trusting(&authority().pem).exchange(&https(address), &policy()).await;
    assert!(matches!(
        code(&exchange),
        FailureCode::Closed | FailureCode::TlsHandshake | FailureCode::Reset
    ));
    let (address, _) = receiver(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        drain(&mut stream).await;
    })
    .await;
    let exchange = trusting(&authority().pem).exchange(&https(address), &policy()).await;
    assert_eq!(exchange.outcome.unwrap_err().node_code(), "EPROTO");
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_those_that_ask() {
    let authority = authority();
    let mine = leaf(&["me"], Some(&authority), |_| {});
    let address = serve(server(&leaf(&["localhost"], Some(&authority), |_| {}), Some(&authority))).await;
    let client = trusting(&authority.pem);
    let without = client.exchange(&https(address), &policy()).await;
    assert_eq!(code(&without), FailureCode::TlsHandshake);
    let mut request = https(address);
    let pair = ClientCertificate::from_pem(mine.pem.as_bytes(), mine.key.serialize_pem().as_bytes()).unwrap();
    request.client_certificate = Some(pair);
    assert_eq!(response(client.exchange(&request, &policy()).await).body, "true ");

    let other_key = KeyPair::generate().unwrap().serialize_pem();
    assert!(ClientCertificate::from_pem(mine.pem.as_bytes(), other_key.as_bytes()).is_err());
    assert!(ClientCertificate::from_pem(b"nonsense", other_key.as_bytes()).is_err());
    assert!(
        Client::new(ClientConfig {
            roots: Roots::Pem(b"nonsense".to_vec()),
            ..ClientConfig::default()
        })
        .is_err()
    );
}

#[tokio::test]
async fn http2_is_spoken_where_both_want_it() {
    let authority = authority();
    let mut config = server(&leaf(&["localhost"], Some(&authority), |_| {}), None);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (address, connections) = receiver(move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = hyper::service::service_fn(|request: hyper::Request<hyper::body::Incoming>| async move {
                let seen = format!("{} {} {:?}", request.method(), request.uri(), request.headers().get("x-a"));
                hyper::Response::builder()
                    .status(201)
                    .header("X-Seen", "yes")
                    .body(Full::<bytes::Bytes>::from(seen))
            });
            let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    })
    .await;
    let client = trusting(&authority.pem);
    let mut request = Request::new("POST", format!("https://localhost:{}/p?q", address.port()));
    request.headers = vec![("X-A".to_owned(), "1".to_owned()), ("Connection".to_owned(), "close".to_owned())];
    request.body = Some("body".into());
    for turn in 0..3 {
        let exchange = client.exchange(&request, &policy()).await;
        assert_eq!(exchange.reused, turn > 0);
        let answer = response(exchange);
        assert_eq!((answer.status, answer.version), (201, Version::Http2));
        assert_eq!(answer.header("x-seen").unwrap(), "yes");
        assert_eq!(answer.body, format!("POST https://localhost:{}/p?q Some(\"1\")", address.port()));
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    request.max_body = 3;
    let cut = response(client.exchange(&request, &policy()).await);
    assert_eq!((&cut.body[..], cut.truncated), (&b"POS"[..], true));
    request.http2 = false;
    let refused = client.exchange(&request, &policy()).await;
    assert_eq!(code(&refused), FailureCode::TlsHandshake, "the receiver speaks nothing but HTTP/2");
}

fn limited(address: SocketAddr, limits: TlsLimits) -> Request {
    let mut request = https(address);
    request.http2 = false;
    request.tls_limits = limits;
    request
}

#[tokio::test]
async fn versions_and_suites_are_those_that_the_request_allows() {
    let authority = authority();
    let acceptor = TlsAcceptor::from(Arc::new(server(&leaf(&["localhost"], Some(&authority), |_| ()), None)));
    let (address, _) = receiver(move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let session = stream.get_ref().1;
            let suite = session.negotiated_cipher_suite().unwrap().suite();
            let body = format!("{:?} {:#06x}", session.protocol_version().unwrap(), u16::from(suite));
            read_request(&mut stream).await;
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    })
    .await;
    let client = trusting(&authority.pem);
    let all = TlsLimits::default();
    let cases = [
        (all.clone(), Ok("TLSv1_3 0x1302")),
        (
            TlsLimits {
                tls13: false,
                ..all.clone()
            },
            Ok("TLSv1_2 0xc02c"),
        ),
        (
            TlsLimits {
                suites: Some(vec![0xc02b]),
                ..all.clone()
            },
            Ok("TLSv1_2 0xc02b"),
        ),
        (
            TlsLimits {
                suites: Some(vec![0x1301, 0xc02b]),
                ..all.clone()
            },
            Ok("TLSv1_3 0x1301"),
        ),
        (
            TlsLimits {
                tls12: false,
                tls13: false,
                suites: None,
            },
            Err("ERR_SSL_NO_PROTOCOLS_AVAILABLE"),
        ),
        (
            TlsLimits {
                tls13: false,
                suites: Some(vec![0x1301]),
                ..all.clone()
            },
            Err("ERR_SSL_NO_CIPHER_MATCH"),
        ),
        (
            TlsLimits {
                suites: Some(vec![0x002f]),
                ..all
            },
            Err("ERR_SSL_NO_CIPHER_MATCH"),
        ),
    ];
    for (limits, wanted) in cases {
        let exchange = client.exchange(&limited(address, limits.clone()), &policy()).await;
        match (exchange.outcome, wanted) {
            (Ok(response), Ok(wanted)) => assert_eq!(response.body, wanted, "{limits:?}"),
            (Err(failure), Err(wanted)) => assert_eq!(failure.node_code(), wanted, "{limits:?}: {failure}"),
            (outcome, _) => panic!("{limits:?}: {outcome:?}"),
        }
    }
}

/// Certificate and key of the folder as `openssl pkcs12 -export` packs them.
fn pack(folder: &std::path::Path, more: &[&str]) -> Vec<u8> {
    let out = std::process::Command::new("openssl")
        .current_dir(folder)
        .args([
            "pkcs12",
            "-export",
            "-in",
            "c.pem",
            "-inkey",
            "k.pem",
            "-certfile",
            "ca.pem",
            "-passout",
            "pass:sesame",
        ])
        .args(more)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

#[tokio::test]
async fn a_certificate_out_of_a_pkcs12_file_is_shown() {
    let authority = authority();
    let shown = leaf(&["client"], Some(&authority), |_| ());
    let folder = std::env::temp_dir().join(format!("egress-pfx-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in [
        ("c.pem", &shown.pem),
        ("k.pem", &shown.key.serialize_pem()),
        ("ca.pem", &authority.pem),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let address = serve(server(&leaf(&["localhost"], Some(&authority), |_| ()), Some(&authority))).await;
    let client = trusting(&authority.pem);
    let today = pack(&folder, &[]);
    for file in [
        &today,
        &pack(&folder, &["-legacy"]),
        &pack(&folder, &["-keypbe", "NONE", "-certpbe", "NONE"]),
    ] {
        let mut request = https(address);
        request.client_certificate = Some(ClientCertificate::from_pfx(file, Some("sesame")).unwrap());
        assert_eq!(response(client.exchange(&request, &policy()).await).body, "true ");
    }
    let refused = |file: &[u8], passphrase| ClientCertificate::from_pfx(file, passphrase).unwrap_err().to_string();
    assert!(refused(&today, Some("simsim")).contains("the passphrase is wrong"));
    assert!(refused(&today, None).contains("no passphrase is given"));
    assert!(refused(b"no file", None).contains("it is no PKCS#12 file"));
    std::fs::remove_dir_all(folder).unwrap();
}
