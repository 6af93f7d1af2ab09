//! Values that a record must give back, such as a phone, kept unreadable in the store: AES-256 in CBC mode, then a MAC
//! over it, both with keys that are derived from the key that binds the code.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Key;
use super::digits::noise;
use super::mac::{Field, equal, mac};

/// Seals a text for one place, such as a code's id; it opens nowhere else.
pub fn seal(key: &Key, place: &str, text: &str) -> Option<String> {
    let encryption = Zeroizing::new(mac(key, "seal.encryption", &[Field::Text(place)]));
    let iv: [u8; 16] = noise().first_chunk().copied()?;
    let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(&encryption[..], &iv).ok()?;
    let sealed = cipher.encrypt_padded_vec::<Pkcs7>(text.as_bytes());
    let tag = tag(key, place, &iv, &sealed);
    Some(STANDARD.encode([&iv[..], &tag[..], &sealed[..]].concat()))
}

/// Opens what was sealed for this place; nothing if it was changed or belongs elsewhere.
pub fn open(key: &Key, place: &str, sealed: &str) -> Option<Zeroizing<String>> {
    let bytes = STANDARD.decode(sealed).ok()?;
    let (iv, rest) = bytes.split_first_chunk::<16>()?;
    let (known, text) = rest.split_first_chunk::<32>()?;
    if !equal(&tag(key, place, iv, text), known) {
        return None;
    }
    let encryption = Zeroizing::new(mac(key, "seal.encryption", &[Field::Text(place)]));
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(&encryption[..], iv).ok()?;
    let plain = cipher.decrypt_padded_vec::<Pkcs7>(text).ok()?;
    String::from_utf8(plain).ok().map(Zeroizing::new)
}

fn tag(key: &Key, place: &str, iv: &[u8], text: &[u8]) -> [u8; 32] {
    mac(key, "seal.tag", &[Field::Text(place), Field::Bytes(iv), Field::Bytes(text)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{KeyName, Keyring};

    #[test]
    fn what_was_sealed_opens_in_its_place_only() {
        let key = Keyring::demo().current(KeyName::Codes).unwrap();
        let sealed = seal(&key, "code 1", "+420601234567").unwrap();
        assert!(!sealed.contains("601234567"));
        assert_eq!(open(&key, "code 1", &sealed).unwrap().as_str(), "+420601234567");
        assert!(open(&key, "code 2", &sealed).is_none());
        assert_ne!(sealed, seal(&key, "code 1", "+420601234567").unwrap());
        let mut bytes = STANDARD.decode(&sealed).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        assert!(open(&key, "code 1", &STANDARD.encode(bytes)).is_none());
    }

    #[test]
    fn what_was_changed_does_not_open_even_if_it_would_still_be_text() {
        let key = Keyring::demo().current(KeyName::Codes).unwrap();
        let mut bytes = STANDARD.decode(seal(&key, "code 1", "+420601234567").unwrap()).unwrap();
        // A bit of the first block turns one digit into another: only the MAC shows it.
        bytes[1] ^= 1;
        assert!(open(&key, "code 1", &STANDARD.encode(bytes)).is_none());
    }
}
