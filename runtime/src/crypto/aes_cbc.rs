//! Passwords that arrive encrypted: `base64(IV):base64(ciphertext)` by AES in CBC mode with PKCS7 padding. There is no
//! MAC in that form, so whatever goes wrong must be answered as a wrong password is; hence one error without a reason.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize, Zeroizing};

/// The text could not be decrypted. The reason is not revealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be decrypted")]
pub struct Undecipherable;

/// Why a setting is not a key or not a transformation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CipherSettingError {
    /// The key is not Base64.
    #[error("the key is not Base64")]
    NotBase64,
    /// The key is written in hexadecimal digits.
    #[error("the key is written in hexadecimal digits, Base64 is wanted; `xxd -r -p | base64` makes that of them")]
    Hexadecimal,
    /// The key has a length that AES does not have.
    #[error("the key has {0} bytes, AES has 16, 24 or 32")]
    KeyLength(usize),
    /// Another cipher, mode or padding.
    #[error("`{0}` is not offered; use AES/CBC/PKCS7Padding")]
    Transformation(String),
}

/// An AES key for passwords in transit.
#[derive(Clone)]
pub struct PasswordCipher {
    key: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for PasswordCipher {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("PasswordCipher([redacted])")
    }
}

impl PasswordCipher {
    /// A cipher from the settings: the key in Base64, and the transformation by its Java name.
    ///
    /// # Errors
    /// The key or the transformation is none of those that are offered.
    pub fn new(key: &str, transformation: &str) -> Result<Self, CipherSettingError> {
        if !is_aes_cbc(transformation) {
            return Err(CipherSettingError::Transformation(transformation.to_owned()));
        }
        let key = key.trim();
        if is_hexadecimal_key(key) {
            return Err(CipherSettingError::Hexadecimal);
        }
        let key = Zeroizing::new(STANDARD.decode(key).map_err(|_| CipherSettingError::NotBase64)?);
        match key.len() {
            16 | 24 | 32 => Ok(PasswordCipher { key }),
            length => Err(CipherSettingError::KeyLength(length)),
        }
    }

    /// Looks at the key.
    pub(crate) fn with_key<T>(&self, look: impl FnOnce(&[u8]) -> T) -> T {
        look(&self.key)
    }

    /// The password inside.
    ///
    /// # Errors
    /// Any failure at all.
    pub fn decrypt(&self, protected: &str) -> Result<Zeroizing<String>, Undecipherable> {
        let (iv, mut text) = parts(protected)?;
        let plain = match self.key.len() {
            16 => decrypt_with::<cbc::Decryptor<aes::Aes128>>(&self.key, &iv, &mut text),
            24 => decrypt_with::<cbc::Decryptor<aes::Aes192>>(&self.key, &iv, &mut text),
            _ => decrypt_with::<cbc::Decryptor<aes::Aes256>>(&self.key, &iv, &mut text),
        }?;
        String::from_utf8(plain).map(Zeroizing::new).map_err(|error| {
            error.into_bytes().zeroize();
            Undecipherable
        })
    }
}

/// True for a key in hexadecimal digits. Some read as Base64, too: 32 digits are another key of 24 bytes then. A key in Base64 that
/// happens to have such digits alone comes less than once in 10^14.
fn is_hexadecimal_key(text: &str) -> bool {
    matches!(text.len(), 32 | 48 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// True for AES/CBC with PKCS5 or PKCS7 padding, which are the same; names are read whatever their case.
pub fn is_aes_cbc(transformation: &str) -> bool {
    let name = transformation.trim().to_ascii_lowercase();
    name == "aes/cbc/pkcs7padding" || name == "aes/cbc/pkcs5padding"
}

/// True for a text of that form, whatever key it was made with.
pub fn is_protected(text: &str) -> bool {
    parts(text).is_ok_and(|(_, text)| text.len().is_multiple_of(16))
}

/// Initialization vector and ciphertext: exactly two parts, neither empty.
fn parts(protected: &str) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), Undecipherable> {
    let (iv, text) = protected.split_once(':').ok_or(Undecipherable)?;
    let decode = |part: &str| STANDARD.decode(part).map_err(|_| Undecipherable);
    let (iv, text) = (decode(iv)?, Zeroizing::new(decode(text)?));
    if iv.len() != 16 || text.is_empty() {
        return Err(Undecipherable);
    }
    Ok((iv, text))
}

fn decrypt_with<C: KeyIvInit + BlockModeDecrypt>(
    key: &[u8],
    iv: &[u8],
    text: &mut Zeroizing<Vec<u8>>,
) -> Result<Vec<u8>, Undecipherable> {
    let cipher = C::new_from_slices(key, iv).map_err(|_| Undecipherable)?;
    cipher.decrypt_padded::<Pkcs7>(text).map(<[u8]>::to_vec).map_err(|_| Undecipherable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=";
    const VALUE: &str = "uOaHgDWvvrHPzFSvRY6bUg==:y8SuSlUipZKkcw2QjCpuCw==";

    #[test]
    fn the_contracts_vector_is_read() {
        for name in ["AES/CBC/PKCS7Padding", "aes/cbc/pkcs5padding"] {
            let cipher = PasswordCipher::new(KEY, name).unwrap();
            assert_eq!(cipher.decrypt(VALUE).unwrap().as_str(), "passw0rd");
        }
    }

    /// Transformation, key, password and protected password, as the front end's own class (of its version 1.9) made
    /// them: both paddings, every length of key.
    const FRONT_END: &str = include_str!("front_end.tsv");

    #[test]
    fn what_the_front_end_encrypts_is_read() {
        for line in FRONT_END.lines() {
            let [name, key, password, protected] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let cipher = PasswordCipher::new(key, name).unwrap();
            assert_eq!(cipher.decrypt(protected).unwrap().as_str(), password, "{line}");
        }
        assert_eq!(FRONT_END.lines().count(), 30);
    }

    #[test]
    fn everything_else_is_one_and_the_same_failure() {
        let cipher = PasswordCipher::new(KEY, "AES/CBC/PKCS7Padding").unwrap();
        let other = PasswordCipher::new(&STANDARD.encode([7; 32]), "AES/CBC/PKCS7Padding").unwrap();
        assert_eq!(other.decrypt(VALUE).err(), Some(Undecipherable));
        for wrong in [
            "",
            ":",
            "passw0rd",
            "uOaHgDWvvrHPzFSvRY6bUg==",
            "uOaHgDWvvrHPzFSvRY6bUg==:",
            ":y8SuSlUipZKkcw2QjCpuCw==",
            "uOaHgDWvvrHPzFSvRY6bUg==:y8SuSlUipZKkcw2QjCpuCw==:",
            "uOaHgDWvvrHPzFSvRY6bUg==:y8SuSlUipZKkcw2QjCpu",
            "uOaHgDWvvrHPzFSvRY6b:y8SuSlUipZKkcw2QjCpuCw==",
            "uOaHgDWvvrHPzFSvRY6bUg==:y8SuSlUipZKkcw2QjCpuCx==",
        ] {
            assert_eq!(cipher.decrypt(wrong).err(), Some(Undecipherable), "{wrong}");
        }
    }

    #[test]
    fn other_transformations_and_keys_are_refused() {
        for name in ["AES", "AES/ECB/PKCS5Padding", "AES/CBC/NoPadding", "AES/GCM/NoPadding", "DES/CBC/PKCS5Padding"] {
            assert!(matches!(PasswordCipher::new(KEY, name), Err(CipherSettingError::Transformation(_))), "{name}");
        }
        let refused = |key: &str| PasswordCipher::new(key, "AES/CBC/PKCS7Padding").unwrap_err();
        assert_eq!(refused("not base64!"), CipherSettingError::NotBase64);
        assert_eq!(refused("c2hvcnQ="), CipherSettingError::KeyLength(5));
        for bytes in [16, 24, 32] {
            assert_eq!(refused(&"9C0fa7".repeat(6)[..32].repeat(2)[..2 * bytes]), CipherSettingError::Hexadecimal);
        }
    }

    #[test]
    fn keys_of_all_three_lengths_serve() {
        use aes::cipher::BlockModeEncrypt;
        let seal = |key: &[u8]| {
            let iv = [9_u8; 16];
            let text = match key.len() {
                16 => cbc::Encryptor::<aes::Aes128>::new_from_slices(key, &iv)
                    .unwrap()
                    .encrypt_padded_vec::<Pkcs7>(b"heslo"),
                24 => cbc::Encryptor::<aes::Aes192>::new_from_slices(key, &iv)
                    .unwrap()
                    .encrypt_padded_vec::<Pkcs7>(b"heslo"),
                _ => cbc::Encryptor::<aes::Aes256>::new_from_slices(key, &iv)
                    .unwrap()
                    .encrypt_padded_vec::<Pkcs7>(b"heslo"),
            };
            format!("{}:{}", STANDARD.encode(iv), STANDARD.encode(text))
        };
        for length in [16, 24, 32] {
            let key = vec![5; length];
            let cipher = PasswordCipher::new(&STANDARD.encode(&key), "AES/CBC/PKCS5Padding").unwrap();
            assert_eq!(cipher.decrypt(&seal(&key)).unwrap().as_str(), "heslo");
        }
    }
}
