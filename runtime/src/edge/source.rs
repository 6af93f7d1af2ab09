//! Where a request comes from: the address at the other end of the connection, or, if that is a proxy that the settings
//! name, the one that the proxies say. What a caller writes into a header itself is believed by nobody.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub IpAddr);

/// The address that a request comes from. Of `X-Forwarded-For` the last address that is no proxy counts; those before
/// it are what the caller says.
pub(crate) fn source(peer: Option<Peer>, headers: &HeaderMap, proxies: &[IpNet]) -> Option<IpAddr> {
    let peer = peer?.0.to_canonical();
    let is_proxy = |address: &IpAddr| is_proxy(address, proxies);
    if !is_proxy(&peer) {
        return Some(peer);
    }
    let mut last = peer;
    for value in headers.get_all(FORWARDED_FOR).iter().rev() {
        for text in value.to_str().ok()?.rsplit(',') {
            // A proxy that writes no address hides who called; then nobody before it is believed either.
            let Ok(address) = text.trim().parse::<IpAddr>() else { return Some(last) };
            last = address.to_canonical();
            if !is_proxy(&last) {
                return Some(last);
            }
        }
    }
    Some(last)
}

/// True if the settings believe what this address says of others.
pub(super) fn is_proxy(address: &IpAddr, proxies: &[IpNet]) -> bool {
    proxies.iter().any(|proxy| proxy.contains(address))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn from(peer: &str, forwarded: &[&'static str]) -> Option<String> {
        let proxies: Vec<IpNet> = ["10.0.0.0/24", "fd00::1/128"].iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        source(Some(Peer(peer.parse().unwrap())), &headers, &proxies).map(|address| address.to_string())
    }

    #[test]
    fn only_named_proxies_are_believed() {
        assert_eq!(from("192.0.2.1", &["198.51.100.7"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(from("10.0.0.5", &["198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("::ffff:10.0.0.5", &["198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("fd00::1", &["2001:db8::9"]).as_deref(), Some("2001:db8::9"));
        assert_eq!(source(None, &HeaderMap::new(), &[]), None);
    }

    #[test]
    fn what_the_caller_wrote_before_counts_for_nothing() {
        assert_eq!(from("10.0.0.5", &["1.1.1.1, 198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("10.0.0.5", &["1.1.1.1", "198.51.100.7, 10.0.0.9"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("10.0.0.5", &["198.51.100.7, unknown"]).as_deref(), Some("10.0.0.5"));
        assert_eq!(from("10.0.0.5", &[]).as_deref(), Some("10.0.0.5"));
    }
}
