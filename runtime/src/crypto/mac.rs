//! HMAC-SHA-256 over fields that are written with their lengths, so that no two lists of fields read alike.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Key;
use crate::hex_text::hex_text;

/// A field: a name, a value, or something that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// A text.
    Text(&'a str),
    /// Nothing, which is not the same as an empty text.
    Absent,
}

impl<'a> Field<'a> {
    /// The text, or nothing.
    pub fn of(value: Option<&'a str>) -> Self {
        value.map_or(Field::Absent, Field::Text)
    }
}

/// The MAC of a list of fields for one purpose.
pub fn mac(key: &Key, purpose: &str, fields: &[Field<'_>]) -> [u8; 32] {
    let mut mac = (*key.keyed).clone();
    encode(purpose, fields, &mut |bytes| mac.update(bytes));
    mac.finalize().into_bytes().into()
}

/// The MAC in hexadecimal digits: what stands in the store for a user, a phone or an operation.
pub fn mac_text(key: &Key, purpose: &str, fields: &[Field<'_>]) -> String {
    hex_text(mac(key, purpose, fields))
}

/// Compares in constant time, so that the duration does not reveal where the difference is.
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// A hash of public texts, for the keys of `--dev` alone.
pub(crate) fn plain_hash(texts: &[&str]) -> Vec<u8> {
    let fields: Vec<Field<'_>> = texts.iter().map(|text| Field::Text(text)).collect();
    let mut hash = Sha256::new();
    encode("demo", &fields, &mut |bytes| hash.update(bytes));
    hash.finalize().to_vec()
}

/// A MAC with this key of nothing yet.
pub(super) fn keyed(bytes: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length, so this cannot fail")]
    Hmac::<Sha256>::new_from_slice(bytes).expect("HMAC takes keys of every length")
}

/// One kind byte and an eight-byte length before every field, and their number before all.
fn encode(purpose: &str, fields: &[Field<'_>], take: &mut impl FnMut(&[u8])) {
    let mut put = |kind: u8, field: &[u8]| {
        let [a, b, c, d, e, f, g, h] = (field.len() as u64).to_be_bytes();
        take(&[kind, a, b, c, d, e, f, g, h]);
        take(field);
    };
    put(b'p', purpose.as_bytes());
    put(b'n', &(fields.len() as u64).to_be_bytes());
    for field in fields {
        match field {
            Field::Bytes(value) => put(b'b', value),
            Field::Text(value) => put(b't', value.as_bytes()),
            Field::Absent => put(b'-', &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crypto::{KeyName, Keyring};

    #[test]
    fn neighbours_do_not_run_into_each_other() {
        let key = Keyring::demo().current(KeyName::Codes).unwrap();
        let of = |purpose: &str, fields: &[Field<'_>]| mac(&key, purpose, fields);
        assert_ne!(of("p", &[Field::Text("ab"), Field::Text("c")]), of("p", &[Field::Text("a"), Field::Text("bc")]));
        assert_ne!(of("p", &[Field::Text("")]), of("p", &[Field::Absent]));
        assert_ne!(of("p", &[Field::Text("")]), of("p", &[]));
        assert_ne!(of("p", &[Field::Text("a")]), of("p", &[Field::Bytes(b"a")]));
        assert_ne!(of("p", &[Field::Text("a")]), of("q", &[Field::Text("a")]));
    }

    #[test]
    fn each_key_has_macs_of_its_own() {
        let ring = Keyring::demo();
        let of = |name| mac(&ring.current(name).unwrap(), "p", &[Field::Text("a")]);
        assert_ne!(of(KeyName::Codes), of(KeyName::Counters));
    }

    fn field() -> impl Strategy<Value = Option<String>> {
        proptest::option::of("[ab|:\\x00\u{8}tn-]{0,6}")
    }

    proptest! {
        #[test]
        fn different_lists_never_encode_alike(
            left in proptest::collection::vec(field(), 0..5),
            right in proptest::collection::vec(field(), 0..5),
        ) {
            let of = |list: &[Option<String>]| {
                let fields: Vec<_> = list.iter().map(|field| Field::of(field.as_deref())).collect();
                let mut bytes = Vec::new();
                encode("p", &fields, &mut |piece| bytes.extend_from_slice(piece));
                bytes
            };
            prop_assert_eq!(left == right, of(&left) == of(&right));
        }
    }
}
