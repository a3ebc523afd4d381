//! Which special-purpose range an address belongs to. A table of the IANA special-purpose registries (RFC 6890 and
//! its updates), the cloud providers' metadata addresses, and the IPv6 forms that carry an IPv4 address inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident = $rule:literal, $words:literal;)*) => {
        /// A class of addresses that no call may reach unless the policy says so.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AddressClass { $($(#[$doc])* $variant,)* }

        impl AddressClass {
            /// Every class, for documentation and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code of the guard's rule for it.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }

            /// The class in words: "a … address".
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)* }
            }
        }
    };
}

classes! {
    /// `0.0.0.0/8` and `::`.
    Unspecified = "address_unspecified", "an unspecified";
    /// `127.0.0.0/8` and `::1`.
    Loopback = "address_loopback", "a loopback";
    /// `10/8`, `172.16/12`, `192.168/16`.
    Private = "address_private", "a private";
    /// `100.64.0.0/10`, shared by carriers.
    Cgnat = "address_cgnat", "a carrier-grade NAT";
    /// `169.254.0.0/16` and `fe80::/10`.
    LinkLocal = "address_link_local", "a link-local";
    /// A cloud provider's metadata service, also inside an IPv6 form.
    Metadata = "address_metadata", "a cloud-metadata";
    /// `224.0.0.0/4` and `ff00::/8`.
    Multicast = "address_multicast", "a multicast";
    /// `255.255.255.255`.
    Broadcast = "address_broadcast", "a broadcast";
    /// Reserved, or not given out for use on the internet.
    Reserved = "address_reserved", "a reserved";
    /// `198.18.0.0/15` and `2001:2::/48`.
    Benchmarking = "address_benchmarking", "a benchmarking";
    /// The ranges for examples in documents.
    Documentation = "address_documentation", "a documentation";
    /// `2002::/16` and the relays' `192.88.99.0/24`.
    SixToFour = "address_6to4", "a 6to4";
    /// `2001::/32`.
    Teredo = "address_teredo", "a Teredo";
    /// `64:ff9b::/96` and `64:ff9b:1::/48`.
    Nat64 = "address_nat64", "a NAT64";
    /// `::ffff:0:0/96`.
    Mapped = "address_mapped", "an IPv4-mapped";
    /// `::/96`.
    Compatible = "address_compatible", "an IPv4-compatible";
    /// `::ffff:0:0:0/96`, stateless translation.
    Siit = "address_siit", "an IPv4-translated (SIIT)";
    /// An interface identifier of the ISATAP form.
    Isatap = "address_isatap", "an ISATAP";
    /// `fc00::/7`.
    UniqueLocal = "address_unique_local", "a unique-local";
    /// `fec0::/10`.
    SiteLocal = "address_site_local", "a site-local";
}

/// The addresses at which clouds answer with credentials: AWS, Azure, Google and others (`.169.254`), AWS tasks and
/// pods, Tencent, Alibaba, Oracle, Azure's wire server.
const METADATA_V4: [Ipv4Addr; 7] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(169, 254, 0, 23),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// The same over IPv6: AWS metadata, AWS pods, Google.
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

type V4Row = (Ipv4Addr, u8, AddressClass);
type V6Row = (Ipv6Addr, u8, AddressClass);

const fn v4(a: u8, b: u8, c: u8, length: u8, class: AddressClass) -> V4Row {
    (Ipv4Addr::new(a, b, c, 0), length, class)
}

const fn v6(head: [u16; 6], length: u8, class: AddressClass) -> V6Row {
    (
        Ipv6Addr::new(head[0], head[1], head[2], head[3], head[4], head[5], 0, 0),
        length,
        class,
    )
}

/// First match wins, so the narrower row stands first.
const RANGES_V4: [V4Row; 18] = [
    v4(0, 0, 0, 8, AddressClass::Unspecified),
    v4(10, 0, 0, 8, AddressClass::Private),
    v4(100, 64, 0, 10, AddressClass::Cgnat),
    v4(127, 0, 0, 8, AddressClass::Loopback),
    v4(169, 254, 0, 16, AddressClass::LinkLocal),
    v4(172, 16, 0, 12, AddressClass::Private),
    v4(192, 0, 0, 24, AddressClass::Reserved),
    v4(192, 0, 2, 24, AddressClass::Documentation),
    v4(192, 31, 196, 24, AddressClass::Reserved),
    v4(192, 52, 193, 24, AddressClass::Reserved),
    v4(192, 88, 99, 24, AddressClass::SixToFour),
    v4(192, 168, 0, 16, AddressClass::Private),
    v4(192, 175, 48, 24, AddressClass::Reserved),
    v4(198, 18, 0, 15, AddressClass::Benchmarking),
    v4(198, 51, 100, 24, AddressClass::Documentation),
    v4(203, 0, 113, 24, AddressClass::Documentation),
    v4(224, 0, 0, 4, AddressClass::Multicast),
    v4(240, 0, 0, 4, AddressClass::Reserved),
];

/// First match wins. What is outside `2000::/3` and not named here is reserved.
const RANGES_V6: [V6Row; 15] = [
    v6([0, 0, 0, 0, 0, 0xffff], 96, AddressClass::Mapped),
    v6([0, 0, 0, 0, 0xffff, 0], 96, AddressClass::Siit),
    v6([0, 0, 0, 0, 0, 0], 96, AddressClass::Compatible),
    v6([0x64, 0xff9b, 0, 0, 0, 0], 96, AddressClass::Nat64),
    v6([0x64, 0xff9b, 1, 0, 0, 0], 48, AddressClass::Nat64),
    v6([0x2001, 0, 0, 0, 0, 0], 32, AddressClass::Teredo),
    v6([0x2001, 2, 0, 0, 0, 0], 48, AddressClass::Benchmarking),
    v6([0x2001, 0xdb8, 0, 0, 0, 0], 32, AddressClass::Documentation),
    v6([0x2001, 0, 0, 0, 0, 0], 23, AddressClass::Reserved),
    v6([0x2002, 0, 0, 0, 0, 0], 16, AddressClass::SixToFour),
    v6([0x3fff, 0, 0, 0, 0, 0], 20, AddressClass::Documentation),
    v6([0xfc00, 0, 0, 0, 0, 0], 7, AddressClass::UniqueLocal),
    v6([0xfe80, 0, 0, 0, 0, 0], 10, AddressClass::LinkLocal),
    v6([0xfec0, 0, 0, 0, 0, 0], 10, AddressClass::SiteLocal),
    v6([0xff00, 0, 0, 0, 0, 0], 8, AddressClass::Multicast),
];

/// Every network that is forbidden unless the policy says otherwise, with its class, in the order of the tables: for people.
pub fn forbidden() -> impl Iterator<Item = (IpNet, AddressClass)> {
    let single = |address: IpAddr| (IpNet::from(address), AddressClass::Metadata);
    let metadata_v4 = METADATA_V4.iter().map(move |address| single(IpAddr::V4(*address)));
    let metadata_v6 = METADATA_V6.iter().map(move |address| single(IpAddr::V6(*address)));
    let v4 = RANGES_V4
        .iter()
        .filter_map(|&(network, length, class)| Some((IpNet::new(IpAddr::V4(network), length).ok()?, class)));
    let v6 = RANGES_V6
        .iter()
        .filter_map(|&(network, length, class)| Some((IpNet::new(IpAddr::V6(network), length).ok()?, class)));
    metadata_v4.chain(metadata_v6).chain(v4).chain(v6)
}

/// The special-purpose class of an address, or `None` for an ordinary address of the internet.
#[must_use]
pub fn classify(address: IpAddr) -> Option<AddressClass> {
    match address {
        IpAddr::V4(address) => classify_v4(address),
        IpAddr::V6(address) => classify_v6(address),
    }
}

fn classify_v4(address: Ipv4Addr) -> Option<AddressClass> {
    if METADATA_V4.contains(&address) {
        return Some(AddressClass::Metadata);
    }
    if address == Ipv4Addr::BROADCAST {
        return Some(AddressClass::Broadcast);
    }
    let bits = address.to_bits();
    RANGES_V4
        .iter()
        .find(|(network, length, _)| (bits ^ network.to_bits()) >> (32 - u32::from(*length)) == 0)
        .map(|&(_, _, class)| class)
}

fn classify_v6(address: Ipv6Addr) -> Option<AddressClass> {
    if METADATA_V6.contains(&address) || embedded_v4(address).is_some_and(|inner| METADATA_V4.contains(&inner)) {
        return Some(AddressClass::Metadata);
    }
    if address.is_unspecified() {
        return Some(AddressClass::Unspecified);
    }
    if address.is_loopback() {
        return Some(AddressClass::Loopback);
    }
    let bits = address.to_bits();
    let listed = RANGES_V6
        .iter()
        .find(|(network, length, _)| (bits ^ network.to_bits()) >> (128 - u32::from(*length)) == 0)
        .map(|&(_, _, class)| class);
    if listed.is_some() {
        return listed;
    }
    if address.segments()[0] & 0xe000 != 0x2000 {
        return Some(AddressClass::Reserved);
    }
    is_isatap(address).then_some(AddressClass::Isatap)
}

/// RFC 5214: the interface identifier is `[02]00:5efe` and an IPv4 address.
const fn is_isatap(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    segments[4] & !0x0200 == 0 && segments[5] == 0x5efe
}

/// The IPv4 address that an IPv6 address carries in one of the known forms, if any.
#[must_use]
pub fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let joined = |high: u16, low: u16| Some(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)));
    match s {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => joined(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => joined(high, low),
        // RFC 8215's prefix: operators take any /96 of it.
        [0x64, 0xff9b, 1, _, _, _, high, low] => joined(high, low),
        [0x2002, high, low, ..] => joined(high, low),
        // RFC 4380: the client's address stands inverted at the end.
        [0x2001, 0, _, _, _, _, high, low] => joined(!high, !low),
        [.., high, low] if is_isatap(address) => joined(high, low),
        _ => None,
    }
}
