//! Exceptions that an instance admin makes for one workspace: networks that its webhooks may reach although they are
//! special-purpose.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::networks;
use crate::Problem;

/// Exceptions of one workspace at most.
const MOST: usize = 100;

/// What a workspace's webhooks may reach beside the internet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exceptions {
    /// Networks. A cloud-metadata address is opened only by an entry that names it alone.
    pub allow: Vec<IpNet>,
    /// Grows with every change.
    pub version: i64,
}

impl Default for Exceptions {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            version: 1,
        }
    }
}

/// Reads what an instance admin entered, one network an entry.
///
/// # Errors
/// 422 naming `allow[i]`.
pub fn parse(entries: &[String]) -> Result<Vec<IpNet>, Problem> {
    if entries.len() > MOST {
        return Err(Problem::invalid("allow", format!("`allow` has more than {MOST} entries")).hint("join networks to larger ones"));
    }
    let mut allow = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let field = format!("allow[{at}]");
        let shown: String = entry.trim().chars().take(60).collect();
        let network = networks::parse_one(entry.trim()).ok_or_else(|| {
            Problem::invalid(&field, format!("`{shown}` is no IP address and no network"))
                .hint("an address or a network in CIDR form, such as `10.20.0.0/16`")
        })?;
        if network.prefix_len() == 0 {
            return Err(
                Problem::invalid(&field, format!("`{shown}` is every address: the guard would be off"))
                    .hint("name the networks that are meant"),
            );
        }
        if !allow.contains(&network) {
            allow.push(network);
        }
    }
    Ok(allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_are_networks_and_never_everything() {
        let read = parse(&["10.20.0.0/16".to_owned(), " fd00::/8 ".to_owned(), "10.20.3.4/16".to_owned()]).unwrap();
        assert_eq!(read.len(), 2);
        for wrong in ["0.0.0.0/0", "::/0", "example.org", ""] {
            let problem = parse(&["127.0.0.1".to_owned(), wrong.to_owned()]).unwrap_err();
            assert_eq!(problem.field.as_deref(), Some("allow[1]"), "{wrong}");
        }
    }
}
