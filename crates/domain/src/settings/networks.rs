//! Lists of addresses and networks as people enter them: IPv4, IPv6 and CIDR, separated by `;`.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::Problem;

/// Longest list, in bytes.
const LIST_BYTES: usize = 16_384;

/// Reads a list. `field` is named in the problem.
///
/// # Errors
/// 422 with the first entry that is neither address nor network, and its position in the text: its first character,
/// counted from 1.
pub fn parse(field: &str, list: &str) -> Result<Vec<IpNet>, Problem> {
    if list.len() > LIST_BYTES {
        return Err(Problem::invalid(field, format!("`{field}` is longer than {LIST_BYTES} bytes")).hint("join networks to larger ones"));
    }
    let mut networks = Vec::new();
    let mut position = 1;
    for part in list.split(';') {
        let entry = part.trim();
        if !entry.is_empty() {
            let leading = part.chars().take_while(|c| c.is_whitespace()).count();
            networks.push(parse_one(entry).ok_or_else(|| wrong(field, entry, position + leading))?);
        }
        position += part.chars().count() + 1;
    }
    Ok(networks)
}

/// Reads one address or network, its host bits cleared.
pub fn parse_one(entry: &str) -> Option<IpNet> {
    let address = entry.parse::<IpAddr>().ok().map(IpNet::from);
    address.or_else(|| entry.parse::<IpNet>().ok()).map(|network| network.trunc())
}

fn wrong(field: &str, entry: &str, position: usize) -> Problem {
    let shown: String = entry.chars().take(60).collect();
    Problem::invalid(
        field,
        format!("`{field}` at position {position}: `{shown}` is no IP address and no network"),
    )
    .hint("IPv4 or IPv6 addresses or networks in CIDR form, separated by `;`, such as `203.0.113.7; 2001:db8::/32`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_of_both_families_are_read() {
        let read = parse("f", "203.0.113.7;10.1.2.3/8; 2001:db8::1 ;fd00::/8;").unwrap();
        let shown: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["203.0.113.7/32", "10.0.0.0/8", "2001:db8::1/128", "fd00::/8"]);
        assert!(parse("f", " ; ").unwrap().is_empty());
    }

    #[test]
    fn a_wrong_entry_is_named_with_its_position() {
        let problem = parse("forbiddenIPs", "203.0.113.0/24; 10.0.0.300").unwrap_err();
        assert!(
            problem.detail.contains("position 17") && problem.detail.contains("`10.0.0.300`"),
            "{}",
            problem.detail
        );
        for wrong in ["10.0.0.0/33", "example.org", "10.0.0.1,10.0.0.2", "1", "::1/129", "10.0.0.0/-1"] {
            assert!(parse("f", wrong).unwrap_err().detail.contains("position 1:"), "{wrong}");
        }
    }
}
