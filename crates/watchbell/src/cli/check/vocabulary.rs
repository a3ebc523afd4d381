//! The names that scripts may use: members of `pm`, libraries, and what the interface from
//! before `pm` is called today. A table, checked against the guide by a test.

const SCOPE: &[&str] = &["get", "set", "has", "unset", "clear", "toObject", "toJSON", "replaceIn", "name"];

/// Members of `pm`, and theirs; an empty list says that any is fine.
pub const PM: &[(&str, &[&str])] = &[
    ("info", &["eventName", "iteration", "iterationCount", "requestName", "requestId"]),
    ("test", &["skip", "index"]),
    ("expect", &["fail"]),
    ("variables", SCOPE),
    ("environment", SCOPE),
    ("globals", SCOPE),
    ("collectionVariables", SCOPE),
    ("iterationData", &["get", "has", "unset", "toObject", "toJSON", "replaceIn", "name"]),
    ("request", &[]),
    (
        "response",
        &[
            "code",
            "status",
            "headers",
            "cookies",
            "responseTime",
            "responseSize",
            "stream",
            "reason",
            "text",
            "json",
            "jsonp",
            "size",
            "contentInfo",
            "mime",
            "dataURI",
            "encoding",
            "to",
            "toJSON",
        ],
    ),
    ("cookies", &[]),
    ("sendRequest", &[]),
    ("execution", &["setNextRequest", "skipRequest", "location", "runRequest"]),
    ("visualizer", &["set", "clear"]),
    ("vault", &["get", "set", "unset"]),
    ("require", &[]),
];

/// Members that are there but refuse, and why.
pub const REFUSED: &[(&str, &str)] = &[
    (
        "execution.runRequest",
        "requests of a collection are run by the runner alone; use `pm.execution.setNextRequest` or `pm.sendRequest`",
    ),
    ("vault.get", "the vault exists in Postman's app only; use an environment variable"),
    ("vault.set", "the vault exists in Postman's app only; use an environment variable"),
    ("vault.unset", "the vault exists in Postman's app only; use an environment variable"),
];

/// What `require` and `pm.require` give.
pub const LIBRARIES: &[&str] = &[
    "ajv",
    "assert",
    "atob",
    "backbone",
    "btoa",
    "buffer",
    "chai",
    "cheerio",
    "crypto-js",
    "csv-parse",
    "csv-parse/lib/sync",
    "csv-parse/sync",
    "events",
    "lodash",
    "moment",
    "path",
    "postman-collection",
    "punycode",
    "querystring",
    "stream",
    "string-decoder",
    "string_decoder",
    "timers",
    "tv4",
    "underscore",
    "url",
    "util",
    "uuid",
    "xml2js",
];

/// The interface from before `pm`: what it looks like, and its form today.
pub const DEPRECATED: &[(&str, &str)] = &[
    (r"\bpostman\.setEnvironmentVariable\b", "pm.environment.set"),
    (r"\bpostman\.getEnvironmentVariable\b", "pm.environment.get"),
    (
        r"\bpostman\.clearEnvironmentVariables?\b",
        "pm.environment.unset or pm.environment.clear",
    ),
    (r"\bpostman\.setGlobalVariable\b", "pm.globals.set"),
    (r"\bpostman\.getGlobalVariable\b", "pm.globals.get"),
    (r"\bpostman\.clearGlobalVariables?\b", "pm.globals.unset or pm.globals.clear"),
    (r"\bpostman\.setNextRequest\b", "pm.execution.setNextRequest"),
    (r"\bpostman\.getResponseHeader\b", "pm.response.headers.get"),
    (r"\bpostman\.getResponseCookie\b", "pm.cookies.get"),
    (r"(?:^|[^.\w])tests\s*\[", "pm.test"),
    (r"(?:^|[^.\w])responseBody\b", "pm.response.text()"),
    (r"(?:^|[^.\w])responseCode\b", "pm.response.code"),
    (r"(?:^|[^.\w])responseHeaders\b", "pm.response.headers"),
    (r"(?:^|[^.\w])responseCookies\b", "pm.cookies"),
];

/// The nearest known name, for advice.
pub fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    known
        .map(|k| (distance(&lower, &k.to_ascii_lowercase()), k))
        .filter(|(d, _)| *d <= 2)
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = corner + usize::from(ca != *cb);
            corner = row[j + 1];
            row[j + 1] = cost.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_names_every_member() {
        let guide = include_str!("../../../../../docs/from-newman.md");
        let missing: Vec<&str> = PM
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !guide.contains(&format!("`pm.{name}")))
            .collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn advice_is_given_for_slips_and_not_for_strangers() {
        let known = || PM.iter().map(|(name, _)| *name);
        assert_eq!(
            (near("Response", known()), near("enviroment", known())),
            (Some("response"), Some("environment"))
        );
        assert_eq!(near("message", known()), None);
    }
}
