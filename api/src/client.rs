//! Who is at the other end of the line: only a trusted proxy may speak for somebody else.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};

use crate::config::Network;

/// The address a request really came from.
pub(crate) fn address(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted: &[Network],
) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(behind_proxies(peer.ip().to_canonical(), headers, trusted))
}

/// The right-most address that is not one of our proxies: everything left of it is the client's own claim.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let mut nearest = peer;
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.iter().rev() {
        if !trusted.iter().any(|network| network.contains(nearest)) {
            break;
        }
        let Ok(ip) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        nearest = ip.to_canonical();
    }
    nearest
}

/// What counts as one client: an IPv6 customer has a whole /64.
pub(crate) fn bucket(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX)).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str) -> String {
        let trusted = [Network {
            address: [10, 0, 0, 0].into(),
            prefix: 8,
        }];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().expect("a literal"));
        behind_proxies(peer.parse().expect("a literal"), &headers, &trusted).to_string()
    }

    #[test]
    fn strangers_cannot_speak_for_others() {
        assert_eq!(seen("8.8.8.8", "1.2.3.4"), "8.8.8.8");
    }

    #[test]
    fn the_left_most_address_is_only_a_claim() {
        assert_eq!(seen("10.0.0.1", "1.2.3.4, 9.9.9.9, 10.0.0.2"), "9.9.9.9");
    }

    #[test]
    fn nonsense_ends_the_walk() {
        assert_eq!(seen("10.0.0.1", "1.2.3.4, unknown"), "10.0.0.1");
    }

    #[test]
    fn a_customer_of_ipv6_is_one_client() {
        let one = "2001:db8:1:2:3::4".parse().expect("a literal");
        assert_eq!(bucket(one), "2001:db8:1:2::");
    }
}
