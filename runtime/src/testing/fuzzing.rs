//! What the fuzz targets call of the runtime's inner parts: each takes bytes or text as they come from outside, and
//! says what the part made of them. The targets stand in `fuzz/`; nothing else calls these.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderValue};
use ipnet::IpNet;

use crate::behaviours::codes::cleaned;
use crate::edge;
use crate::wire::Data;

/// The source of a request: its peer, the lines of `X-Forwarded-For`, and the proxies that are believed.
pub fn source(peer: IpAddr, lines: &[&[u8]], proxies: &[IpNet]) -> Option<IpAddr> {
    let mut headers = HeaderMap::new();
    for line in lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        headers.append("x-forwarded-for", line);
    }
    edge::source(Some(peer), &headers, proxies, crate::settings::ProxyHeader::Either)
}

/// Amount (canonical), currency and account of an operation's data string.
pub fn operation_data(text: &str) -> (Option<String>, Option<String>, Option<String>) {
    let data = Data::read(text);
    (data.amount.map(|amount| amount.canonical()), data.currency, data.account)
}

/// A value as it is inserted into the text of a message.
pub fn inserted_value(value: &str) -> String {
    cleaned(value)
}
