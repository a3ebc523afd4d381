//! Receivers whose certificate or TLS is at fault, and two that misbehave over good TLS.

use std::sync::Arc;

use crate::{
    case::{Case, answers, case, floods, truncated},
    certificates::{Authority, leaf, server},
};

/// Those whose TLS is at fault, and some over good TLS.
pub fn badly_certified(authority: &Authority) -> Vec<Case> {
    let ok = |name, code| answers(name, code, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let expired = leaf("localhost", Some(authority), |params| {
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    });
    let early = leaf("localhost", Some(authority), |params| {
        params.not_before = rcgen::date_time_ymd(3000, 1, 1);
        params.not_after = rcgen::date_time_ymd(3001, 1, 1);
    });
    let good = server(&leaf("localhost", Some(authority), |_| {}), None);
    // A ServerHello of TLS 1.0: version, random, no session, a suite of that time, no compression.
    let mut hello = vec![22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    vec![
        ok("has-expired", "tls_expired").tls(server(&expired, None)),
        ok("is-not-valid-yet", "tls_not_yet_valid").tls(server(&early, None)),
        ok("signed-itself", "tls_self_signed").tls(server(&leaf("localhost", None, |_| {}), None)),
        ok("names-another-host", "tls_name").tls(server(&leaf("other.example", Some(authority), |_| {}), None)),
        ok("has-an-unknown-authority", "tls_untrusted")
            .tls(server(&leaf("localhost", Some(&crate::certificates::authority()), |_| {}), None)),
        floods("is-endless-over-tls", "ok", "HTTP/1.1 200 OK\r\n\r\n", "x")
            .tls(Arc::clone(&good))
            .which(truncated),
        answers("breaks-off-over-tls", "closed", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok").tls(good),
        case("speaks-only-tls-1.0", "tls_handshake", move |mut line| {
            let hello = hello.clone();
            async move {
                line.hear().await;
                line.say(hello).await;
                line.wait_for_the_end().await;
            }
        })
        .false_tls(),
        case("refuses-our-versions", "tls_handshake", |mut line| async move {
            line.hear().await;
            // A fatal alert: protocol_version.
            line.say([21, 3, 1, 0, 2, 2, 70]).await;
            line.half_close().await;
            line.wait_for_the_end().await;
        })
        .false_tls(),
        case("speaks-no-tls", "tls_handshake", |mut line| async move {
            line.hear().await;
            line.say("HTTP/1.1 400 Bad Request\r\n\r\n").await;
            line.wait_for_the_end().await;
        })
        .false_tls(),
    ]
}
