//! Bytes in hexadecimal digits.

/// The digits of bytes, as `hex::encode` writes them one by one, at eight times the cost.
pub(crate) fn hex_text(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let mut digits = vec![0; 2 * bytes.len()];
    // The room is just what is needed.
    let _ = hex::encode_to_slice(bytes, &mut digits);
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_the_library_writes() {
        for bytes in [&[][..], &[0], &[0xab, 0xcd, 0x0f], &[255; 33]] {
            assert_eq!(hex_text(bytes), hex::encode(bytes));
        }
    }
}
