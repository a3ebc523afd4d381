//! What a form shows comes back as it was; what is wrong in it is named.

use super::*;

#[test]
fn header_lines() {
    let read = headers("X-Team: payments\n\n Authorization:  Basic a:b \n").unwrap();
    assert_eq!(
        read.iter().map(|h| (h.name.as_str(), h.value.as_str())).collect::<Vec<_>>(),
        [("X-Team", "payments"), ("Authorization", "Basic a:b")]
    );
    assert_eq!(headers("nonsense").unwrap_err().field.as_deref(), Some("headers"));
}

#[test]
fn what_a_form_shows_comes_back_as_it_was() {
    let options = WebhookOptions {
        per_second: Some(5),
        ordered: true,
        coalesce_ms: Some(200),
        signature: Some(SignatureStyle::Github),
        method: Some(Method::Put),
        content_type: Some("text/plain".to_owned()),
        body: Some("a\nb ".to_owned()),
        outputs: vec!["3".to_owned(), "Orders, daily".to_owned()],
        verify_tls: false,
        ..WebhookOptions::default()
    };
    let policy = RetryPolicy::testmonitor();
    let form = Form::new(values(&options, Some(&policy)));
    assert_eq!(options_of(&form, true).unwrap().apply(WebhookOptions::default()), options);
    assert_eq!(retry_of(&form).unwrap(), Some(policy));
    let form = Form::new(values(&WebhookOptions::default(), None));
    assert_eq!(
        options_of(&form, false).unwrap().apply(WebhookOptions::default()),
        WebhookOptions::default()
    );
    assert_eq!(retry_of(&form).unwrap(), None);
}

#[test]
fn a_certificate_is_entered_with_either_part_and_absent_without_both() {
    assert!(certificate_of(&Form::with(&[("client_certificate.passphrase", "browser\u{2019}s own")])).is_none());
    let half = certificate_of(&Form::with(&[("client_certificate.certificate", " PEM\n")])).unwrap();
    assert_eq!((half.certificate.as_str(), half.key.as_str(), half.passphrase), ("PEM", "", None));
}

#[test]
fn a_secret_is_taken_as_typed_where_any_text_is_one() {
    let form = Form::with(&[("secret", " a b "), ("options.signature", "github")]);
    let secret = |style| secret_of(&form, "secret", style);
    assert_eq!(style_of(Profile::Standard, &form), Some(SignatureStyle::Github));
    assert_eq!(secret(Some(SignatureStyle::Github)).as_deref(), Some(" a b "));
    assert_eq!(secret(Some(SignatureStyle::Standard)).as_deref(), Some("a b"));
    assert_eq!(secret(None).as_deref(), Some("a b"));
    assert_eq!(secret_of(&form, "none", Some(SignatureStyle::Github)), None);
}

#[test]
fn wrong_values_are_named() {
    let form = Form::with(&[("retry", "own"), ("retry_policy.delays_ms", "1, x")]);
    assert_eq!(retry_of(&form).unwrap_err().field.as_deref(), Some("retry_policy.delays_ms"));
    let form = Form::with(&[("options.method", "BREW")]);
    assert_eq!(options_of(&form, true).unwrap_err().field.as_deref(), Some("options.method"));
}
