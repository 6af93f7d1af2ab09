//! Where a request comes from: the address at the other end of the connection, or, if that is a proxy that the settings
//! name, the one that the proxies say. What a caller writes into a header itself is believed by nobody.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

use crate::settings::ProxyHeader;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that a request comes from. Of those that the proxies say, the last one that is no proxy counts; those
/// before it are what the caller says.
pub(crate) fn source(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    proxies: &[IpNet],
    said_in: ProxyHeader,
) -> Option<IpAddr> {
    let peer = peer?.to_canonical();
    let is_proxy = |address: &IpAddr| is_in(proxies, address);
    if !is_proxy(&peer) {
        return Some(peer);
    }
    let mut last = peer;
    for address in addresses(headers, said_in).iter().rev() {
        // A proxy that writes no address hides who called; then nobody before it is believed either.
        let Some(address) = address else { return Some(last) };
        last = *address;
        if !is_proxy(&last) {
            return Some(last);
        }
    }
    Some(last)
}

/// True for the address of a proxy.
pub(super) fn is_in(proxies: &[IpNet], address: &IpAddr) -> bool {
    proxies.iter().any(|proxy| proxy.contains(address))
}

/// What the proxies wrote, the last of them at the end; none for what is no address.
fn addresses(headers: &HeaderMap, said_in: ProxyHeader) -> Vec<Option<IpAddr>> {
    let is_forwarded = match said_in {
        ProxyHeader::XForwardedFor => false,
        ProxyHeader::Forwarded => true,
        ProxyHeader::Either => !headers.contains_key(FORWARDED_FOR),
    };
    let lines = |name: HeaderName| headers.get_all(name).iter().map(|line| line.to_str().ok()).collect::<Vec<_>>();
    let mut said = Vec::new();
    for line in lines(if is_forwarded { header::FORWARDED } else { FORWARDED_FOR }) {
        match line {
            None => said.push(None),
            Some(line) if is_forwarded => said.extend(parts(line, ',').into_iter().map(forwarded)),
            Some(line) => said.extend(line.split(',').map(address)),
        }
    }
    said
}

/// The address of `for` in an element of `Forwarded`, such as `for="[2001:db8::9]:443";proto=https`.
fn forwarded(element: &str) -> Option<IpAddr> {
    let pairs = parts(element, ';').into_iter().filter_map(|pair| pair.split_once('='));
    let mut nodes = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, node)| node.trim());
    let (Some(node), None) = (nodes.next(), nodes.next()) else { return None };
    let quoted = node.strip_prefix('"').and_then(|node| node.strip_suffix('"'));
    quoted.map_or_else(|| address(node), |node| address(&node.replace('\\', "")))
}

/// The parts of a header's value between separators that stand outside of quotes.
fn parts(text: &str, separator: char) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |letter: char| {
        let is_end = letter == separator && !is_quoted;
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        is_end
    })
    .collect()
}

/// An address as proxies write it: with or without a port, in brackets or not, with or without a zone.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let alone = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|whole| whole.ip()));
    alone.or_else(|| bracketed(text)).map(|address| address.to_canonical())
}

fn bracketed(text: &str) -> Option<IpAddr> {
    let inside = match text.strip_prefix('[') {
        Some(rest) => {
            let (inside, port) = rest.split_once(']')?;
            let is_port = |port: &str| port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
            (port.is_empty() || is_port(port)).then_some(inside)?
        }
        None => text,
    };
    let without_zone = inside.split('%').next()?;
    without_zone.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asked(peer: &str, said: &[(HeaderName, &'static str)], said_in: ProxyHeader) -> Option<String> {
        let proxies: Vec<IpNet> = ["10.0.0.0/24", "fd00::1/128"].iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            headers.append(name, HeaderValue::from_static(value));
        }
        source(Some(peer.parse().unwrap()), &headers, &proxies, said_in).map(|address| address.to_string())
    }

    fn from(peer: &str, forwarded: &[&'static str]) -> Option<String> {
        let said: Vec<_> = forwarded.iter().map(|value| (FORWARDED_FOR, *value)).collect();
        asked(peer, &said, ProxyHeader::Either)
    }

    #[test]
    fn only_named_proxies_are_believed() {
        assert_eq!(from("192.0.2.1", &["198.51.100.7"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(from("10.0.0.5", &["198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("::ffff:10.0.0.5", &["198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("fd00::1", &["2001:db8::9"]).as_deref(), Some("2001:db8::9"));
        assert_eq!(source(None, &HeaderMap::new(), &[], ProxyHeader::Either), None);
    }

    #[test]
    fn what_the_caller_wrote_before_counts_for_nothing() {
        assert_eq!(from("10.0.0.5", &["1.1.1.1, 198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("10.0.0.5", &["1.1.1.1", "198.51.100.7, 10.0.0.9"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("10.0.0.5", &["198.51.100.7, unknown"]).as_deref(), Some("10.0.0.5"));
        assert_eq!(from("10.0.0.5", &[]).as_deref(), Some("10.0.0.5"));
    }

    #[test]
    fn ports_brackets_and_zones_are_no_part_of_an_address() {
        for (said, source) in [
            ("198.51.100.7:50000", "198.51.100.7"),
            ("[2001:db8::9]:443", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("2001:DB8:0::9", "2001:db8::9"),
            ("[fe80::9%eth0]:443", "fe80::9"),
            ("fe80::9%25eth0", "fe80::9"),
            ("[::ffff:198.51.100.7]:1", "198.51.100.7"),
            ("1.1.1.1:5, 198.51.100.7:50000, 10.0.0.9:80", "198.51.100.7"),
            ("198.51.100.7:, 10.0.0.9", "10.0.0.9"),
            ("198.51.100.7:99999", "10.0.0.5"),
            ("[198.51.100.7]:80", "10.0.0.5"),
            ("[2001:db8::9]443", "10.0.0.5"),
            ("_hidden", "10.0.0.5"),
            ("", "10.0.0.5"),
        ] {
            assert_eq!(from("10.0.0.5", &[said]).as_deref(), Some(source), "{said}");
        }
    }

    #[test]
    fn forwarded_is_read_where_no_other_header_says_it() {
        let from = |said: &'static str| asked("10.0.0.5", &[(header::FORWARDED, said)], ProxyHeader::Either);
        for (said, source) in [
            ("for=198.51.100.7", "198.51.100.7"),
            ("For=\"198.51.100.7:50000\"; Proto=https;by=10.0.0.5", "198.51.100.7"),
            ("proto=http;for=\"[2001:db8::9]:4711\"", "2001:db8::9"),
            ("for=1.1.1.1, for=198.51.100.7;host=\"a,b;for=2.2.2.2\"", "198.51.100.7"),
            ("for=198.51.100.7, for=10.0.0.9", "198.51.100.7"),
            ("for=198.51.100.7, for=unknown", "10.0.0.5"),
            ("for=198.51.100.7, proto=https", "10.0.0.5"),
            ("for=198.51.100.7;for=1.1.1.1", "10.0.0.5"),
            ("for=\"_gazonk\"", "10.0.0.5"),
            ("for=\"198.51.100.7", "10.0.0.5"),
        ] {
            assert_eq!(from(said).as_deref(), Some(source), "{said}");
        }
    }

    #[test]
    fn one_header_is_believed_and_never_the_other_beside_it() {
        let both = [(FORWARDED_FOR, "198.51.100.7"), (header::FORWARDED, "for=203.0.113.9")];
        let said_in = |said_in| asked("10.0.0.5", &both, said_in);
        assert_eq!(said_in(ProxyHeader::Either).as_deref(), Some("198.51.100.7"));
        assert_eq!(said_in(ProxyHeader::XForwardedFor).as_deref(), Some("198.51.100.7"));
        assert_eq!(said_in(ProxyHeader::Forwarded).as_deref(), Some("203.0.113.9"));
        let callers = [(FORWARDED_FOR, "198.51.100.7")];
        assert_eq!(asked("10.0.0.5", &callers, ProxyHeader::Forwarded).as_deref(), Some("10.0.0.5"));
    }
}
