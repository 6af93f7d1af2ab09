//! `X-Forwarded-For`: a caller is never taken for another unless its proxy is named, and the answer is an address that
//! the peer is or that a believed proxy wrote.

use std::net::IpAddr;

use countersign_runtime::testing::fuzzing::source;
use ipnet::IpNet;

pub fn run(data: &[u8]) {
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    let proxy: IpAddr = [10, 0, 0, 5].into();
    let stranger: IpAddr = [192, 0, 2, 1].into();
    let proxies: Vec<IpNet> = ["10.0.0.0/24"].iter().map(|net| net.parse().expect("a net")).collect();
    assert_eq!(source(stranger, &lines, &proxies), Some(stranger), "a stranger was believed");
    assert_eq!(source(proxy, &lines, &[]), Some(proxy), "a proxy that nobody named was believed");
    let _ = source(proxy, &lines, &proxies);
}
