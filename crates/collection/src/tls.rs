//! What `protocolProfileBehavior` says of TLS: versions switched off, cipher suites chosen.
//!
//! The reference hands both to OpenSSL. Here they are judged against what is spoken here,
//! TLS 1.2 and 1.3 with the suites below, and what cannot be done is said.

use serde_json::Value;

use crate::request::Profile;

/// OpenSSL's names of the suites there are, and their numbers in IANA's registry, in the
/// order in which they are offered by default.
pub const SUITES: [(&str, u16); 9] = [
    ("TLS_AES_256_GCM_SHA384", 0x1302),
    ("TLS_AES_128_GCM_SHA256", 0x1301),
    ("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", 0xc02c),
    ("ECDHE-ECDSA-AES128-GCM-SHA256", 0xc02b),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", 0xcca9),
    ("ECDHE-RSA-AES256-GCM-SHA384", 0xc030),
    ("ECDHE-RSA-AES128-GCM-SHA256", 0xc02f),
    ("ECDHE-RSA-CHACHA20-POLY1305", 0xcca8),
];

/// OpenSSL's words for all that is thought safe.
const ALL: [&str; 3] = ["ALL", "DEFAULT", "HIGH"];
/// Never spoken here, so that they need no switching off.
const OLD: [&str; 4] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1_1"];

/// The limits of one request. The default sets none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsRules {
    pub tls12: bool,
    pub tls13: bool,
    /// Numbers of the suites to offer, the most wanted first; `None`: all.
    pub suites: Option<Vec<u16>>,
}

impl Default for TlsRules {
    fn default() -> Self {
        Self {
            tls12: true,
            tls13: true,
            suites: None,
        }
    }
}

impl TlsRules {
    /// Reads `tlsDisabledProtocols` and `tlsCipherSelection`; what cannot be obeyed becomes
    /// a warning. `tlsPreferServerCiphers` says nothing that a client could do.
    pub fn of(profile: &Profile, warnings: &mut Vec<String>) -> Self {
        let list = |key: &str| profile.0.get(key).and_then(Value::as_array).map(|list| words(list));
        let disabled = list("tlsDisabledProtocols").unwrap_or_default();
        for name in &disabled {
            if !OLD.contains(name) && !matches!(*name, "TLSv1_2" | "TLSv1_3") {
                warnings.push(format!("`tlsDisabledProtocols`: no version of TLS is called `{name}`"));
            }
        }
        Self {
            tls12: !disabled.contains(&"TLSv1_2"),
            tls13: !disabled.contains(&"TLSv1_3"),
            suites: list("tlsCipherSelection")
                .filter(|names| !names.is_empty())
                .map(|names| select(&names, warnings)),
        }
    }
}

fn words(list: &[Value]) -> Vec<&str> {
    list.iter().filter_map(Value::as_str).flat_map(|word| word.split(':')).collect()
}

/// The suites of a list as OpenSSL reads it: names of TLS 1.3 leave only these and, alone,
/// only TLS 1.3; names of TLS 1.2 leave the suites of TLS 1.3 as they are.
fn select(names: &[&str], warnings: &mut Vec<String>) -> Vec<u16> {
    let all = |new: bool| {
        SUITES
            .iter()
            .filter(move |(name, _)| is_new(name) == new)
            .map(|(_, number)| *number)
    };
    let (mut chosen, mut old): (Vec<u16>, Vec<u16>) = (Vec::new(), Vec::new());
    for name in names {
        if let Some((_, number)) = SUITES.iter().find(|(known, _)| known == name) {
            if is_new(name) { &mut chosen } else { &mut old }.push(*number);
        } else if ALL.contains(name) {
            old.extend(all(false));
        } else {
            warnings.push(format!(
                "`tlsCipherSelection`: the cipher suite `{name}` is not spoken here and left out"
            ));
        }
    }
    if !names.iter().any(|name| is_new(name)) {
        chosen.extend(all(true));
    }
    chosen.extend(old);
    chosen
}

fn is_new(name: &str) -> bool {
    name.starts_with("TLS_")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules(profile: Value) -> (TlsRules, Vec<String>) {
        let mut warnings = Vec::new();
        let profile = Profile(profile.as_object().cloned().unwrap());
        (TlsRules::of(&profile, &mut warnings), warnings)
    }

    #[test]
    fn versions_are_switched_off_by_openssls_names() {
        let (all, warnings) = rules(json!({"tlsPreferServerCiphers": true, "tlsDisabledProtocols": ["SSLv3", "TLSv1"]}));
        assert_eq!((all, warnings.len()), (TlsRules::default(), 0));
        let (old, _) = rules(json!({"tlsDisabledProtocols": ["TLSv1_3"]}));
        assert_eq!((old.tls12, old.tls13), (true, false));
        let (_, warnings) = rules(json!({"tlsDisabledProtocols": ["TLSv1.3"]}));
        assert_eq!(warnings, ["`tlsDisabledProtocols`: no version of TLS is called `TLSv1.3`"]);
    }

    #[test]
    fn suites_are_chosen_by_openssls_names_and_rules() {
        let chosen = |names: Value| rules(json!({"tlsCipherSelection": names})).0.suites;
        // Names of TLS 1.2 leave TLS 1.3 alone, and the other way round not.
        assert_eq!(
            chosen(json!(["ECDHE-RSA-AES128-GCM-SHA256"])),
            Some(vec![0x1302, 0x1301, 0x1303, 0xc02f])
        );
        assert_eq!(chosen(json!(["TLS_AES_128_GCM_SHA256"])), Some(vec![0x1301]));
        assert_eq!(chosen(json!(["TLS_AES_128_GCM_SHA256:HIGH"])).unwrap().len(), 7);
        assert_eq!(chosen(json!([])), None);
        let (_, warnings) = rules(json!({"tlsCipherSelection": ["AES128-SHA"]}));
        assert_eq!(
            warnings,
            ["`tlsCipherSelection`: the cipher suite `AES128-SHA` is not spoken here and left out"]
        );
    }
}
