//! Name servers that change their mind, mix answers, fall silent, or answer far too much.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use egress::{Client, ClientConfig, FailureCode, Policy, PolicyRules, Request, ResolveError, Resolver, Rule, SystemResolver};
use futures::future::BoxFuture;

use crate::support::{code, loopback, loopback_policy, receiver};

struct Scripted<F>(F, AtomicUsize);

impl<F: Fn(usize) -> Result<Vec<IpAddr>, ResolveError> + Send + Sync + 'static> Resolver for Scripted<F> {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        let answer = (self.0)(self.1.fetch_add(1, Ordering::SeqCst));
        Box::pin(async move { answer })
    }
}

struct Silent;

impl Resolver for Silent {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        Box::pin(std::future::pending())
    }
}

fn client_with(resolver: impl Resolver) -> Client {
    Client::new(ClientConfig {
        resolver: Arc::new(resolver),
        ..ClientConfig::default()
    })
    .unwrap()
}

fn answering(
    answer: impl Fn(usize) -> Result<Vec<IpAddr>, ResolveError> + Send + Sync + 'static,
) -> Scripted<impl Fn(usize) -> Result<Vec<IpAddr>, ResolveError> + Send + Sync + 'static> {
    Scripted(answer, AtomicUsize::new(0))
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test]
async fn one_forbidden_address_among_good_ones_refuses_without_a_connection() {
    let (address, connections) = receiver(|_, _| async {}).await;
    let client = client_with(answering(|_| Ok(vec![ip("127.0.0.1"), ip("10.0.0.1")])));
    let request = Request::new("GET", format!("http://mixed.example:{}/", address.port()));
    let exchange = client.exchange(&request, &loopback_policy()).await;
    let failure = exchange.outcome.unwrap_err();
    assert_eq!(failure.code, FailureCode::GuardRefused);
    assert!(!failure.transient && !failure.blames_receiver());
    let refusal = failure.refusal.unwrap();
    assert_eq!(refusal.rule.as_str(), "address_private");
    assert_eq!(refusal.address, Some(ip("10.0.0.1")));
    assert_eq!(exchange.remote, None);
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_rebinds_is_asked_once_per_connection_and_judged_every_time() {
    let (address, connections) = receiver(|_, _| async {}).await;
    let resolver = answering(|turn| Ok(vec![if turn == 0 { ip("127.0.0.1") } else { ip("169.254.169.254") }]));
    let client = client_with(resolver);
    let request = Request::new("GET", format!("http://rebind.example:{}/", address.port()));
    let first = client.exchange(&request, &loopback_policy()).await;
    assert_eq!(first.remote, Some(address));
    let second = client.exchange(&request, &loopback_policy()).await;
    assert_eq!(second.outcome.unwrap_err().refusal.unwrap().rule.as_str(), "address_metadata");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn ten_thousand_answers_are_all_checked() {
    let mut answer: Vec<IpAddr> = (0..9_999_u32).map(|n| Ipv4Addr::from_bits(0x0800_0000 + n).into()).collect();
    answer.push(ip("127.0.0.1"));
    let client = client_with(answering(move |_| Ok(answer.clone())));
    let verdict = client
        .check("https://many.example/", &Policy::default(), Duration::from_secs(20))
        .await;
    assert_eq!(
        verdict.unwrap_err().refusal.unwrap().rule,
        Rule::Address(egress::AddressClass::Loopback)
    );
}

#[tokio::test]
async fn a_silent_name_server_ends_at_the_deadline() {
    let client = client_with(Silent);
    let mut request = Request::new("GET", "https://silent.example/");
    request.deadline = Duration::from_millis(50);
    let exchange = client.exchange(&request, &Policy::default()).await;
    assert_eq!(code(&exchange), FailureCode::DnsTimeout);
    assert!(exchange.phases.resolve_us > 0);
}

#[tokio::test]
async fn names_without_addresses_and_servers_in_trouble_are_told_apart() {
    for (answer, expected, node) in [
        (Ok(vec![]), FailureCode::DnsNotFound, "ENOTFOUND"),
        (Err(ResolveError::NotFound), FailureCode::DnsNotFound, "ENOTFOUND"),
        (Err(ResolveError::Temporary), FailureCode::DnsFailed, "EAI_AGAIN"),
    ] {
        let client = client_with(answering(move |_| answer.clone()));
        let exchange = client
            .exchange(&Request::new("GET", "https://x.example/"), &Policy::default())
            .await;
        let failure = exchange.outcome.unwrap_err();
        assert_eq!((failure.code, failure.node_code()), (expected, node));
    }
}

#[tokio::test]
async fn numbers_localhost_and_forbidden_texts_never_reach_the_resolver() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let client = client_with(answering(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(vec![ip("8.8.8.8")])
    }));
    let patterns = vec![regex::Regex::new("^https://only\\.example/").unwrap()];
    let picky: Policy = PolicyRules {
        allowed_url_regexes: patterns,
        ..PolicyRules::default()
    }
    .into();
    for (url, policy) in [
        ("https://2130706433/", Policy::default()),
        ("https://localhost/", Policy::default()),
        ("https://x.localhost/", Policy::default()),
        ("http://x.example/", Policy::default()),
        ("https://x.example/", picky),
    ] {
        let exchange = client.exchange(&Request::new("GET", url), &policy).await;
        assert_eq!(code(&exchange), FailureCode::GuardRefused, "{url}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_dead_address_is_followed_by_the_next() {
    let (address, _) = receiver(|mut stream, _| async move {
        crate::support::read_request(&mut stream).await;
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 204 No Content\r\n\r\n").await;
    })
    .await;
    let client = client_with(answering(|_| Ok(vec![ip("127.0.0.9"), ip("127.0.0.1")])));
    let request = Request::new("GET", format!("http://two.example:{}/", address.port()));
    let exchange = client.exchange(&request, &loopback().into()).await;
    assert_eq!(exchange.remote, Some(address));
    assert_eq!(exchange.outcome.unwrap().status, 204);
}

#[tokio::test]
async fn the_systems_resolver_reads_the_hosts_file() {
    let found = SystemResolver::default().resolve("localhost").await.unwrap();
    assert!(!found.is_empty() && found.iter().all(IpAddr::is_loopback));
}
