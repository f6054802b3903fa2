//! Which addresses on the network are public.
//!
//! A table of what is *not*: everything that leads to this machine, its neighbours or a cloud's
//! metadata. Knows no names, no sockets and no requests.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Networks that an administrator opened although they are not public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedNetworks(Vec<IpNet>);

/// An entry of the list that is neither a network nor an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a network: {0}")]
pub struct NotANetwork(String);

impl AllowedNetworks {
    /// Reads networks (`10.1.0.0/16`, `fd00::/8`) and single addresses (`127.0.0.1`).
    pub fn parse<S: AsRef<str>>(list: &[S]) -> Result<Self, NotANetwork> {
        list.iter().map(|text| network(text.as_ref())).collect::<Result<_, _>>().map(Self)
    }

    /// Looks through v4-mapped addresses, so that a list of IPv4 networks is enough.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

fn network(text: &str) -> Result<IpNet, NotANetwork> {
    let text = text.trim();
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| NotANetwork(text.to_owned()))
}

/// True for an address on the public internet that cannot lead to a private one.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let here = address.is_unspecified() || address.is_loopback() || address.octets()[0] == 0;
    let near = address.is_private() || address.is_link_local() || is_carrier_nat(address);
    let many = address.is_multicast() || address.is_broadcast() || address.octets()[0] >= 240;
    let special = address.is_documentation() || is_protocol_or_benchmark(address);
    !(here || near || many || special || address == CLOUD_HOST)
}

/// A cloud's host as its guests see it, on an address that is public by number.
const CLOUD_HOST: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

fn is_carrier_nat(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [100, 64..=127, ..])
}

/// Protocol assignments, the relays of 6to4, and networks for measuring.
fn is_protocol_or_benchmark(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..])
}

/// Only global unicast, without the parts of it that carry an IPv4 address or documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global = a & 0xe000 == 0x2000;
    let special = match a {
        // 2001::/23 holds Teredo, ORCHID and benchmarks; 2001:db8::/32 is documentation.
        0x2001 => b < 0x200 || b == 0xdb8,
        // 6to4 carries any IPv4 address.
        0x2002 => true,
        0x3fff => b < 0x1000,
        _ => false,
    };
    global && !special
}
