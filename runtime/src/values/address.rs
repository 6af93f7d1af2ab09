//! Addresses as texts.

use std::net::IpAddr;

/// An address as the standard library writes it. Most are of four numbers, which it writes by way of its formatter, at ten
/// times the cost.
pub(crate) fn address_text(address: IpAddr) -> String {
    let IpAddr::V4(address) = address else { return address.to_string() };
    let mut text = String::with_capacity("255.255.255.255".len());
    let mut number = itoa::Buffer::new();
    for (at, octet) in address.octets().into_iter().enumerate() {
        if at > 0 {
            text.push('.');
        }
        text.push_str(number.format(octet));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_the_standard_library_writes() {
        for text in ["0.0.0.0", "192.0.2.1", "255.255.255.255", "10.100.9.90", "::", "2001:db8::1", "::ffff:192.0.2.1"]
        {
            assert_eq!(address_text(text.parse().unwrap()), text);
        }
    }
}
