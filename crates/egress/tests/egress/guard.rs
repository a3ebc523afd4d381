//! Every special range, every spelling, every exception.

use std::net::{IpAddr, SocketAddr};

use egress::policy::parse_networks;
use egress::url::{check_raw_url, split_credentials};
use egress::{AddressClass, Host, Policy, PolicyRules, Rule, SetupError, check_url, classify};
use proptest::prelude::*;

use AddressClass::*;

const FORBIDDEN: &[(&str, AddressClass)] = &[
    ("0.0.0.0", Unspecified),
    ("0.1.2.3", Unspecified),
    ("0.255.255.255", Unspecified),
    ("::", Unspecified),
    ("127.0.0.1", Loopback),
    ("127.255.255.254", Loopback),
    ("::1", Loopback),
    ("10.0.0.0", Private),
    ("10.255.255.255", Private),
    ("172.16.0.1", Private),
    ("172.31.255.255", Private),
    ("192.168.0.1", Private),
    ("192.168.255.255", Private),
    ("100.64.0.0", Cgnat),
    ("100.127.255.255", Cgnat),
    ("169.254.0.1", LinkLocal),
    ("169.254.255.255", LinkLocal),
    ("fe80::1", LinkLocal),
    ("febf:ffff::1", LinkLocal),
    ("169.254.169.254", Metadata),
    ("169.254.170.2", Metadata),
    ("169.254.170.23", Metadata),
    ("100.100.100.200", Metadata),
    ("192.0.0.192", Metadata),
    ("168.63.129.16", Metadata),
    ("fd00:ec2::254", Metadata),
    ("fd00:ec2::23", Metadata),
    ("fd20:ce::254", Metadata),
    ("::ffff:169.254.169.254", Metadata),
    ("::169.254.169.254", Metadata),
    ("64:ff9b::169.254.169.254", Metadata),
    ("64:ff9b:1::a9fe:a9fe", Metadata),
    ("2002:a9fe:a9fe::1", Metadata),
    ("2001:0:1:2:3:4:5601:5601", Metadata),
    ("::ffff:0:169.254.169.254", Metadata),
    ("2a00::5efe:a9fe:a9fe", Metadata),
    ("224.0.0.1", Multicast),
    ("239.255.255.255", Multicast),
    ("ff02::1", Multicast),
    ("ff0e::1", Multicast),
    ("255.255.255.255", Broadcast),
    ("240.0.0.1", Reserved),
    ("255.255.255.254", Reserved),
    ("192.0.0.1", Reserved),
    ("192.0.0.255", Reserved),
    ("100::1", Reserved),
    ("5f00::1", Reserved),
    ("4000::1", Reserved),
    ("2001:20::1", Reserved),
    ("198.18.0.1", Benchmarking),
    ("198.19.255.255", Benchmarking),
    ("2001:2::1", Benchmarking),
    ("192.0.2.1", Documentation),
    ("198.51.100.7", Documentation),
    ("203.0.113.255", Documentation),
    ("2001:db8::1", Documentation),
    ("3fff::1", Documentation),
    ("3fff:fff:ffff::1", Documentation),
    ("2002:102:304::1", SixToFour),
    ("192.88.99.1", SixToFour),
    ("2001::1", Teredo),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Teredo),
    ("64:ff9b::8.8.8.8", Nat64),
    ("64:ff9b:1::1", Nat64),
    ("::ffff:8.8.8.8", Mapped),
    ("::ffff:127.0.0.1", Mapped),
    ("::ffff:10.0.0.1", Mapped),
    ("::8.8.8.8", Compatible),
    ("::2", Compatible),
    ("::ffff:0:8.8.8.8", Siit),
    ("2a00:1450::5efe:808:808", Isatap),
    ("2a00:1450::200:5efe:808:808", Isatap),
    ("fc00::1", UniqueLocal),
    ("fdff:ffff::1", UniqueLocal),
    ("fec0::1", SiteLocal),
    ("feff::1", SiteLocal),
];

const ORDINARY: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "168.63.129.17",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "3ffe:ffff::1",
];

#[test]
fn every_special_range_has_its_class() {
    for (address, class) in FORBIDDEN {
        assert_eq!(classify(address.parse().unwrap()), Some(*class), "{address}");
    }
    for address in ORDINARY {
        assert_eq!(classify(address.parse().unwrap()), None, "{address}");
    }
    for class in AddressClass::ALL {
        assert!(FORBIDDEN.iter().any(|(_, covered)| covered == class), "no example of {class:?}");
    }
}

fn http_allowed() -> Policy {
    PolicyRules {
        allow_http: true,
        ..PolicyRules::default()
    }
    .into()
}

#[track_caller]
fn rule(policy: &Policy, url: &str) -> Rule {
    match check_url(policy, url) {
        Ok(target) => panic!("{url} was allowed: {target:?}"),
        Err(refusal) => {
            assert_eq!(check_raw_url(policy, url).unwrap_err().rule, refusal.rule, "{url}, raw");
            refusal.rule
        }
    }
}

const LOOPBACK_SPELLINGS: &[&str] = &[
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0X7F.0.0.1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0177.0x0.0.1/",
    "https://127.0.0.1./",
    "https://2130706433./",
    "https://%31%32%37.0.0.1/",
    "https://127%2e0%2e0%2e1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127.0.0.1/",
    "https://127\u{3002}0\u{3002}0\u{3002}1/",
    "https://\u{ff11}\u{ff12}\u{ff17}\u{ff0e}\u{ff10}\u{ff0e}\u{ff10}\u{ff0e}\u{ff11}/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[0000::0001]:8443/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://LocalHost./",
    "https://a.localhost/",
    "https://A.B.LOCALHOST.:9/",
    "https://%6cocalhost/",
    "https://\u{ff4c}\u{ff4f}\u{ff43}\u{ff41}\u{ff4c}\u{ff48}\u{ff4f}\u{ff53}\u{ff54}/",
    "https:\t//127.0.0.1/",
    "HTTPS://127.0.0.1:443/",
    "  https://127.0.0.1/x  ",
    "https://127.0.0.1?x",
    "https://127.0.0.1#x",
];

#[test]
fn loopback_is_seen_through_every_spelling() {
    for url in LOOPBACK_SPELLINGS {
        if url.contains('\t') {
            assert_eq!(rule(&Policy::default(), url), Rule::UrlInvalid, "{url:?}");
        } else {
            assert_eq!(rule(&Policy::default(), url), Rule::Address(Loopback), "{url:?}");
        }
    }
}

#[test]
fn other_classes_are_seen_in_urls_too() {
    let strict = Policy::default();
    for (address, class) in FORBIDDEN {
        let ip: IpAddr = address.parse().unwrap();
        let url = format!("https://{}/hook", SocketAddr::new(ip, 8443));
        let refusal = check_url(&strict, &url).unwrap_err();
        assert_eq!(refusal.rule, Rule::Address(*class), "{url}");
        assert_eq!(refusal.address, Some(ip));
        assert!(!refusal.message.contains(address), "the address is for admins: {}", refusal.message);
    }
    for (url, class) in [
        ("https://0/", Unspecified),
        ("https://0x0/", Unspecified),
        ("https://3232235521/", Private),
        ("https://0xa9fea9fe/latest/meta-data/", Metadata),
        ("https://0251.0376.0251.0376/", Metadata),
        ("https://[::ffff:a9fe:a9fe]/", Metadata),
        ("https://[::ffff:127.0.0.1]/", Mapped),
        ("https://[::127.0.0.1]/", Compatible),
        ("https://4294967295/", Broadcast),
    ] {
        assert_eq!(rule(&strict, url), Rule::Address(class), "{url}");
    }
}

#[test]
fn urls_that_are_wrong_for_other_reasons() {
    let strict = Policy::default();
    for (url, expected) in [
        ("http://example.com/", Rule::SchemeHttp),
        ("ftp://example.com/", Rule::SchemeUnknown),
        ("file:///etc/passwd", Rule::SchemeUnknown),
        ("gopher://example.com/", Rule::SchemeUnknown),
        ("javascript:alert(1)", Rule::SchemeUnknown),
        ("example.com/hook", Rule::UrlInvalid),
        ("", Rule::UrlInvalid),
        ("https:", Rule::UrlInvalid),
        ("https://", Rule::UrlInvalid),
        ("https:///path", Rule::UrlInvalid),
        ("https:example.com", Rule::UrlInvalid),
        ("https://example.com:0/", Rule::PortInvalid),
        ("https://example.com:65536/", Rule::UrlInvalid),
        ("https://example.com:x/", Rule::UrlInvalid),
        ("https://user@example.com/", Rule::CredentialsInUrl),
        ("https://user:pass@example.com/", Rule::CredentialsInUrl),
        ("https://@example.com/", Rule::CredentialsInUrl),
        ("https://good.example\\@127.0.0.1/", Rule::UrlInvalid),
        ("https://exa mple.com/", Rule::UrlInvalid),
        ("https://example.com\r\n.evil/", Rule::UrlInvalid),
        ("https://[fe80::1%25eth0]/", Rule::UrlInvalid),
        ("https://[::1/", Rule::UrlInvalid),
        ("https://1.2.3.4.5/", Rule::UrlInvalid),
        ("https://256.1.1.1/", Rule::UrlInvalid),
        ("https://09.1.1.1/", Rule::UrlInvalid),
        ("https://./", Rule::UrlInvalid),
        ("https://a..b/", Rule::UrlInvalid),
    ] {
        assert_eq!(rule(&strict, url), expected, "{url:?}");
    }
    let long = format!("https://example.com/{}", "x".repeat(70_000));
    assert_eq!(rule(&strict, &long), Rule::UrlInvalid);
}

#[test]
fn a_refusal_never_repeats_credentials() {
    let refusal = check_url(&Policy::default(), "http://user:s3cret@example.com/").unwrap_err();
    assert!(!refusal.message.contains("s3cret"));
    let (url, credentials) = split_credentials("https://us%40er:p%3Aw@example.com:8443/a?b#c");
    assert_eq!(url, "https://example.com:8443/a?b#c");
    let credentials = credentials.unwrap();
    assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("us@er", "p:w"));
    assert_eq!(credentials.basic(), "Basic dXNAZXI6cDp3");
    assert!(!format!("{credentials:?}").contains("p:w"));
    assert_eq!(split_credentials("https://example.com/@x").1, None);
}

#[test]
fn allowed_urls_become_targets() {
    let target = check_url(&http_allowed(), "HTTP://Bücher.Example:8080/a/../b?q=ä#f").unwrap();
    assert_eq!(target.host, Host::Name("xn--bcher-kva.example".to_owned()));
    assert_eq!((target.authority.as_str(), target.port), ("xn--bcher-kva.example:8080", 8080));
    assert_eq!(target.request_target, "/b?q=%C3%A4");
    let raw = check_raw_url(&http_allowed(), "https://example.com:443/a/../{b}[c]|^`\\?x={}|^`\\\"<>#f").unwrap();
    assert_eq!(raw.request_target, "/a/../{b}[c]|^`\\?x={}|^`\\\"<>");
    assert_eq!((raw.authority.as_str(), raw.port), ("example.com", 443));
    assert_eq!(
        check_raw_url(&http_allowed(), "https://example.com?x").unwrap().request_target,
        "/?x"
    );
    assert_eq!(
        check_raw_url(&http_allowed(), "https://example.com/a b").unwrap().request_target,
        "/a%20b"
    );
    assert_eq!(
        check_raw_url(&http_allowed(), "https://example.com/a\r\nX: y").unwrap_err().rule,
        Rule::UrlInvalid
    );
}

#[test]
fn patterns_come_first_and_see_the_url_that_is_requested() {
    let policy: Policy = PolicyRules {
        allowed_url_regexes: vec![regex::Regex::new(r"^https://good\.example/hooks/").unwrap()],
        ..PolicyRules::default()
    }
    .into();
    assert!(check_url(&policy, "https://GOOD.example:443/hooks/1").is_ok());
    for url in [
        "https://good.example.evil.example/hooks/1",
        "https://good.example/hooks/../admin",
        "https://good.example:8443/hooks/1",
        "https://evil.example/?https://good.example/hooks/",
        "https://127.0.0.1/hooks/",
    ] {
        assert_eq!(check_url(&policy, url).unwrap_err().rule, Rule::UrlNotAllowed, "{url}");
    }
}

fn verdict(rules: PolicyRules, endpoint: &str) -> Option<&'static str> {
    Policy::from(rules)
        .check_address(endpoint.parse().unwrap())
        .err()
        .map(|refusal| refusal.rule.as_str())
}

#[test]
fn exceptions_are_explicit() {
    let allow = |nets: &str| PolicyRules {
        allow: parse_networks(nets).unwrap(),
        ..PolicyRules::default()
    };
    assert_eq!(verdict(allow("10.0.0.0/8"), "10.1.2.3:80"), None);
    assert_eq!(verdict(allow("10.0.0.0/8"), "192.168.0.1:80"), Some("address_private"));
    assert_eq!(verdict(allow("10.0.0.0/8"), "[::ffff:10.1.2.3]:80"), Some("address_mapped"));
    assert_eq!(verdict(allow("0.0.0.0/0;::/0"), "10.1.2.3:80"), None);
    for metadata in ["169.254.169.254:80", "[fd00:ec2::254]:80", "[::ffff:169.254.169.254]:80"] {
        assert_eq!(verdict(allow("0.0.0.0/0;::/0;169.254.0.0/16"), metadata), Some("address_metadata"));
    }
    assert_eq!(verdict(allow("169.254.169.254/32"), "169.254.169.254:80"), None);
    assert_eq!(verdict(allow("fd00:ec2::254"), "[fd00:ec2::254]:80"), None);
    assert_eq!(
        verdict(
            PolicyRules {
                open: true,
                ..PolicyRules::default()
            },
            "169.254.169.254:80"
        ),
        None
    );
}

#[test]
fn forbidden_addresses_win_over_exceptions() {
    let rules = PolicyRules {
        allow: parse_networks("10.0.0.0/8, 64:ff9b::/96").unwrap(),
        allow_endpoints: vec!["10.1.0.1:80".parse().unwrap()],
        forbid: parse_networks("10.1.0.0/16 ; 8.8.8.8").unwrap(),
        ..PolicyRules::default()
    };
    assert_eq!(verdict(rules.clone(), "10.2.0.1:80"), None);
    assert_eq!(verdict(rules.clone(), "10.1.0.1:80"), Some("address_forbidden"));
    assert_eq!(verdict(rules.clone(), "8.8.8.8:443"), Some("address_forbidden"));
    assert_eq!(verdict(rules, "[64:ff9b::8.8.8.8]:443"), Some("address_forbidden"));
}

#[test]
fn the_node_itself_is_forbidden() {
    let rules = PolicyRules {
        allow: parse_networks("127.0.0.0/8").unwrap(),
        own_listeners: vec!["0.0.0.0:8080".parse().unwrap(), "9.9.9.9:9000".parse().unwrap()],
        own_addresses: vec!["20.20.20.20".parse().unwrap()],
        ..PolicyRules::default()
    };
    assert_eq!(verdict(rules.clone(), "127.0.0.1:8080"), Some("own_address"));
    assert_eq!(verdict(rules.clone(), "20.20.20.20:8080"), Some("own_address"));
    assert_eq!(verdict(rules.clone(), "20.20.20.20:22"), Some("own_address"));
    assert_eq!(verdict(rules.clone(), "9.9.9.9:9000"), Some("own_address"));
    assert_eq!(verdict(rules.clone(), "9.9.9.9:443"), None);
    assert_eq!(verdict(rules.clone(), "127.0.0.1:9999"), None);
    let excepted = PolicyRules {
        allow_endpoints: vec!["127.0.0.1:8080".parse().unwrap()],
        ..rules
    };
    assert_eq!(verdict(excepted, "127.0.0.1:8080"), None);
}

#[test]
fn lists_of_networks_are_read_or_refused_with_the_position() {
    assert_eq!(parse_networks(" 10.0.0.1/8;2001:db8::1 ,[::1]\n").unwrap().len(), 3);
    assert_eq!(
        parse_networks("10.0.0.0/8;nonsense"),
        Err(SetupError::Network {
            position: 2,
            entry: "nonsense".to_owned()
        })
    );
}

proptest! {
    /// Whatever the spelling of an IPv4 address, the verdict is the same as for its plain form.
    #[test]
    fn spellings_share_one_verdict(bits: u32, form in 0_u8..5) {
        let ip = std::net::Ipv4Addr::from_bits(bits);
        let [a, b, c, d] = ip.octets();
        let host = match form {
            0 => bits.to_string(),
            1 => format!("{bits:#x}"),
            2 => format!("0{a:o}.0x{b:x}.{c}.{d}."),
            3 => format!("{a}.{}", bits & 0x00ff_ffff),
            _ => format!("{a}.{b}.{}", bits & 0xffff),
        };
        let plain = check_url(&Policy::default(), &format!("https://{ip}/")).map_err(|refusal| refusal.rule);
        let spelled = check_url(&Policy::default(), &format!("https://{host}/")).map_err(|refusal| refusal.rule);
        prop_assert_eq!(plain, spelled);
    }

    /// No text makes the check panic, and what passes has a port and a target that fits one line.
    #[test]
    fn any_text_is_judged(text in "\\PC{0,60}", raw: bool) {
        let url = format!("https://{text}");
        let checked = if raw { check_raw_url(&http_allowed(), &url) } else { check_url(&http_allowed(), &url) };
        if let Ok(target) = checked {
            prop_assert!(target.port != 0);
            prop_assert!(target.request_target.starts_with('/'));
            prop_assert!(target.request_target.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
