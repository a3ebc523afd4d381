//! The node's own addresses, read from the kernel's tables, so that no call reaches the node from behind.

use std::net::{IpAddr, Ipv6Addr};

/// The addresses of this machine's interfaces. Empty where the tables cannot be read (not on Linux).
#[must_use]
pub fn interface_addresses() -> Vec<IpAddr> {
    let v4 = std::fs::read_to_string("/proc/net/fib_trie").unwrap_or_default();
    let v6 = std::fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
    let mut all = from_fib_trie(&v4);
    all.extend(from_if_inet6(&v6));
    all.sort_unstable();
    all.dedup();
    all
}

/// `fib_trie` names an address (`|-- 10.0.0.5`) and in the next line what it is (`/32 host LOCAL`).
fn from_fib_trie(table: &str) -> Vec<IpAddr> {
    let lines = table.lines().map(str::trim);
    lines
        .clone()
        .zip(lines.skip(1))
        .filter(|(_, kind)| *kind == "/32 host LOCAL")
        .filter_map(|(line, _)| line.strip_prefix("|-- ")?.parse().ok())
        .collect()
}

/// `if_inet6` starts each line with the address as 32 hexadecimal digits.
fn from_if_inet6(table: &str) -> Vec<IpAddr> {
    table
        .lines()
        .filter_map(|line| u128::from_str_radix(line.split_whitespace().next()?, 16).ok())
        .map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_kernels_tables() {
        let trie = "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.0\n        /24 link UNICAST\n     |-- 10.0.0.5\n        /32 host LOCAL\n     |-- 10.0.0.255\n        /32 link BROADCAST\n";
        assert_eq!(from_fib_trie(trie), ["10.0.0.5".parse::<IpAddr>().unwrap()]);
        let table = "00000000000000000000000000000001 01 80 10 80       lo\nnonsense\n";
        assert_eq!(from_if_inet6(table), ["::1".parse::<IpAddr>().unwrap()]);
    }
}
