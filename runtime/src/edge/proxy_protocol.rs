//! The first bytes of a connection from a proxy that speaks the PROXY protocol, version 1 or 2: whom it speaks for. Which
//! connections begin so is decided by who accepts them; what a header of a request says is read in `source.rs`.

use std::io;
use std::net::IpAddr;

use ppp::{v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};

/// How the binary version begins.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// The longest header of the version in text, in bytes.
const LONGEST_TEXT: usize = 107;

/// The longest header of the binary version, in bytes: addresses and some more that nobody here reads.
const LONGEST_BINARY: usize = 2048;

/// Reads the header and not a byte more. None if the proxy speaks for itself, as in a check whether we live.
///
/// # Errors
/// There is no such header, or the connection broke off.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    let mut begin = [0; SIGNATURE.len()];
    stream.read_exact(&mut begin).await?;
    if begin == *SIGNATURE {
        read_binary(stream, begin.to_vec()).await
    } else {
        read_text(stream, begin.to_vec()).await
    }
}

async fn read_text(stream: &mut (impl AsyncRead + Unpin), mut read: Vec<u8>) -> io::Result<Option<IpAddr>> {
    if !read.starts_with(b"PROXY ") {
        return Err(no_header());
    }
    // One byte at a time: what follows belongs to the request.
    while !read.ends_with(b"\r\n") {
        if read.len() >= LONGEST_TEXT {
            return Err(no_header());
        }
        read.push(stream.read_u8().await?);
    }
    let header = v1::Header::try_from(read.as_slice()).map_err(|_| no_header())?;
    Ok(match header.addresses {
        v1::Addresses::Tcp4(addresses) => Some(addresses.source_address.into()),
        v1::Addresses::Tcp6(addresses) => Some(addresses.source_address.into()),
        v1::Addresses::Unknown => None,
    })
}

async fn read_binary(stream: &mut (impl AsyncRead + Unpin), mut read: Vec<u8>) -> io::Result<Option<IpAddr>> {
    let mut fixed = [0; 4];
    stream.read_exact(&mut fixed).await?;
    let [_, _, high, low] = fixed;
    let mut rest = vec![0; usize::from(u16::from_be_bytes([high, low]))];
    read.extend(fixed);
    if read.len() + rest.len() > LONGEST_BINARY {
        return Err(no_header());
    }
    stream.read_exact(&mut rest).await?;
    read.extend(rest);
    let header = v2::Header::try_from(read.as_slice()).map_err(|_| no_header())?;
    Ok(match (header.command, header.addresses) {
        (v2::Command::Proxy, v2::Addresses::IPv4(addresses)) => Some(addresses.source_address.into()),
        (v2::Command::Proxy, v2::Addresses::IPv6(addresses)) => Some(addresses.source_address.into()),
        _ => None,
    })
}

fn no_header() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "there is no header of the PROXY protocol")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address, and what is left for the request.
    async fn read_all(mut bytes: &[u8]) -> Result<(Option<String>, Vec<u8>), io::ErrorKind> {
        let source = read(&mut bytes).await.map_err(|error| error.kind())?;
        Ok((source.map(|address| address.to_string()), bytes.to_vec()))
    }

    fn binary(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([command, family]);
        bytes.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
        bytes.extend(rest);
        bytes
    }

    #[tokio::test]
    async fn both_versions_name_whom_the_proxy_speaks_for() {
        let v4 = [198, 51, 100, 7, 10, 0, 0, 5, 0xc3, 0x50, 0x1f, 0x90];
        let mut v6 = [0_u8; 36];
        v6[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
        v6[15] = 9;
        let with_more = [v4.as_slice(), &[0x04, 0, 1, 0]].concat();
        for (header, source) in [
            (b"PROXY TCP4 198.51.100.7 10.0.0.5 50000 8080\r\n".to_vec(), Some("198.51.100.7")),
            (b"PROXY TCP6 2001:db8::9 fd00::1 50000 8080\r\n".to_vec(), Some("2001:db8::9")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n".to_vec(), None),
            (binary(0x21, 0x11, &v4), Some("198.51.100.7")),
            (binary(0x21, 0x11, &with_more), Some("198.51.100.7")),
            (binary(0x21, 0x21, &v6), Some("2001:db8::9")),
            (binary(0x20, 0x00, &[]), None),
            (binary(0x20, 0x11, &v4), None),
        ] {
            let bytes = [header.as_slice(), b"GET / HTTP/1.1\r\n"].concat();
            let expected = (source.map(str::to_owned), b"GET / HTTP/1.1\r\n".to_vec());
            assert_eq!(read_all(&bytes).await, Ok(expected), "{header:?}");
        }
    }

    #[tokio::test]
    async fn anything_else_is_no_header() {
        let long = [b"PROXY TCP4 ".as_slice(), &[b'1'; 200]].concat();
        let huge = binary(0x21, 0x11, &[0; 4000]);
        for bytes in [
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".as_slice(),
            b"PROXY TCP4 here there 1 2\r\n",
            b"PROXY TCP4 198.51.100.7\r\n",
            &long,
            &huge,
            &binary(0x31, 0x11, &[0; 12]),
            &binary(0x21, 0x11, &[0; 3]),
        ] {
            assert_eq!(read_all(bytes).await, Err(io::ErrorKind::InvalidData), "{bytes:?}");
        }
        assert_eq!(read_all(b"PROXY").await, Err(io::ErrorKind::UnexpectedEof));
    }
}
