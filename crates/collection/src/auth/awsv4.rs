//! AWS Signature Version 4, in headers or in the query.

use std::collections::BTreeMap;

use super::hash::{decode, encode, form_pairs, hmac_sha256, sha256_hex, url_parts};
use super::{Signed, Signing};
use crate::format::{Auth, Param, Request};

/// Headers that may change on their way and are not signed.
const UNSIGNED: [&str; 7] = [
    "authorization",
    "connection",
    "expect",
    "presigned-expires",
    "range",
    "user-agent",
    "x-amzn-trace-id",
];
/// Query parameters that an earlier signature left.
const OWN_QUERY: [&str; 6] = [
    "X-Amz-Security-Token",
    "X-Amz-Date",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];

/// Who signs what for whom.
struct Signer<'a> {
    key_id: String,
    secret: String,
    token: String,
    region: String,
    service: String,
    /// `20260102T030405Z`.
    time: String,
    signing: &'a Signing<'a>,
}

pub(super) fn apply(auth: &Auth, request: &mut Request, signing: &Signing<'_>) -> Signed {
    let or = |name: &str, default: &str| Some(auth.param(name)).filter(|v| !v.is_empty()).unwrap_or_else(|| default.into());
    let signer = Signer {
        key_id: if auth.params.iter().any(|(key, _)| key == "accessKey") {
            auth.param("accessKey")
        } else {
            // As the reference writes a key that is missing.
            "undefined".into()
        },
        secret: auth.param("secretKey"),
        token: auth.param("sessionToken"),
        region: or("region", "us-east-1"),
        service: or("service", "execute-api"),
        time: time(signing.now),
        signing,
    };
    for name in ["Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"] {
        request
            .headers
            .retain(|h| !h.key.as_deref().is_some_and(|k| k.eq_ignore_ascii_case(name)));
    }
    if auth.switch("addAuthDataToQuery") {
        signer.query(request);
        return Signed::Url;
    }
    signer.headers(request);
    Signed::Header
}

/// `20260102T030405Z` of microseconds since the epoch.
fn time(now: i64) -> String {
    let iso = crate::dynamic::iso(now);
    let digits: String = iso
        .chars()
        .take_while(|c| *c != '.')
        .filter(|c| c.is_ascii_digit() || *c == 'T')
        .collect();
    format!("{digits}Z")
}

impl Signer<'_> {
    fn scope(&self) -> String {
        let day = self.time.split('T').next().unwrap_or_default();
        format!("{day}/{}/{}/aws4_request", self.region, self.service)
    }

    fn headers(&self, request: &mut Request) {
        let hash = sha256_hex(self.signing.body);
        if !self.signing.body.is_empty() || self.service == "s3" {
            request.headers.push(Param::new("X-Amz-Content-Sha256", &hash));
        }
        if !self.token.is_empty() {
            request.headers.push(Param::new("X-Amz-Security-Token", &self.token));
        }
        request.headers.push(Param::new("X-Amz-Date", &self.time));
        let headers = self.signed_headers(request);
        let pairs = form_pairs(url_parts(self.signing.url).3);
        let signature = self.signature(&request.method, &headers, pairs, &hash);
        let names = headers.keys().cloned().collect::<Vec<_>>().join(";");
        let credential = format!("{}/{}", self.key_id, self.scope());
        let value = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}");
        request.set_header("Authorization", &value);
    }

    fn query(&self, request: &mut Request) {
        let headers = self.signed_headers(request);
        let names = headers.keys().cloned().collect::<Vec<_>>().join(";");
        let mut pairs = form_pairs(url_parts(self.signing.url).3);
        pairs.retain(|(key, _)| !OWN_QUERY.contains(&key.as_str()));
        let s3 = self.service == "s3";
        let expires = (s3 && !pairs.iter().any(|(key, _)| key == "X-Amz-Expires")).then(|| "86400".to_owned());
        let added = [
            ("X-Amz-Security-Token", Some(self.token.clone()).filter(|t| !t.is_empty())),
            ("X-Amz-Expires", expires),
            ("X-Amz-Date", Some(self.time.clone())),
            ("X-Amz-Algorithm", Some("AWS4-HMAC-SHA256".to_owned())),
            ("X-Amz-Credential", Some(format!("{}/{}", self.key_id, self.scope()))),
            ("X-Amz-SignedHeaders", Some(names)),
        ];
        let mut added: Vec<(String, String)> = added
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect();
        pairs.extend(added.iter().cloned());
        let hash = if s3 {
            "UNSIGNED-PAYLOAD".to_owned()
        } else {
            sha256_hex(self.signing.body)
        };
        let signature = self.signature(&request.method, &headers, pairs, &hash);
        added.push(("X-Amz-Signature".into(), signature));
        let rows = request.url.query.get_or_insert_with(Vec::new);
        rows.retain(|row| !row.key.as_deref().is_some_and(|key| OWN_QUERY.contains(&key)));
        rows.extend(added.iter().map(|(key, value)| Param::new(key, &encode(value))));
    }

    /// Lower-case names with their values, blanks folded.
    fn signed_headers(&self, request: &Request) -> BTreeMap<String, String> {
        let mut out: BTreeMap<String, String> = BTreeMap::new();
        let host = url_parts(self.signing.url).1.to_owned();
        let enabled = request.headers.iter().filter(|h| !h.disabled);
        let named = enabled.filter_map(|h| Some((h.key.as_deref()?.to_ascii_lowercase(), h.value.clone().unwrap_or_default())));
        for (name, value) in std::iter::once(("host".to_owned(), host)).chain(named) {
            if name.is_empty() || UNSIGNED.contains(&name.as_str()) {
                continue;
            }
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            match out.get_mut(&name) {
                Some(before) if name != "host" => *before = format!("{before},{value}"),
                _ => {
                    out.insert(name, value);
                }
            }
        }
        out
    }

    fn signature(&self, method: &str, headers: &BTreeMap<String, String>, pairs: Vec<(String, String)>, body_hash: &str) -> String {
        let mut query: Vec<(String, String)> = pairs.iter().map(|(k, v)| (encode(k), encode(v))).collect();
        query.sort();
        let query = query.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("&");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let names = headers.keys().cloned().collect::<Vec<_>>().join(";");
        let canonical = format!("{method}\n{}\n{query}\n{lines}\n{names}\n{body_hash}", self.path());
        let text = format!(
            "AWS4-HMAC-SHA256\n{}\n{}\n{}",
            self.time,
            self.scope(),
            sha256_hex(canonical.as_bytes())
        );
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in self.scope().split('/') {
            key = hmac_sha256(&key, part.as_bytes());
        }
        hex::encode(hmac_sha256(&key, text.as_bytes()))
    }

    /// Each segment encoded, and once more for every service but S3.
    fn path(&self) -> String {
        let path = url_parts(self.signing.url).2;
        let once = |segment: &str| encode(&decode(segment));
        let segment = |segment: &str| {
            if self.service == "s3" {
                once(segment)
            } else {
                encode(&once(segment))
            }
        };
        path.split('/').map(segment).collect::<Vec<_>>().join("/")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_test_suites_vanilla_request_signs_as_printed() {
        // AWS Signature Version 4 test suite, get-vanilla-query-order-key-case.
        let params = json!({"accessKey": "AKIDEXAMPLE", "secretKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "service": "service"});
        let auth = Auth::from_value(&json!({"type": "awsv4", "awsv4": params})).unwrap();
        let url = "https://example.amazonaws.com/?Param2=value2&Param1=value1";
        let mut request = Request::from_value(&json!(url));
        // 2015-08-30T12:36:00Z
        let signing = Signing {
            url,
            body: b"",
            is_form: false,
            is_multipart: false,
            encode: true,
            content_type: "",
            now: 1_440_938_160_000_000,
            nonce: "",
        };
        assert_eq!(apply(&auth, &mut request, &signing), Signed::Header);
        assert_eq!(
            request.header("authorization").unwrap(),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        );
    }
}
