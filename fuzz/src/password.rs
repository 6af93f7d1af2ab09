//! Encrypted passwords: no text makes the cipher panic, and what decrypts is not longer than its ciphertext.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_runtime::crypto::aes_cbc::PasswordCipher;

pub fn run(data: &[u8]) {
    let Some((length, rest)) = data.split_first() else { return };
    let length = [16, 24, 32][usize::from(*length) % 3];
    let key = STANDARD.encode(vec![7; length]);
    let cipher = PasswordCipher::new(&key, "AES/CBC/PKCS7Padding").expect("a key of a good length");
    let text = String::from_utf8_lossy(rest);
    if let Ok(plain) = cipher.decrypt(&text) {
        assert!(plain.len() < text.len(), "a password longer than its ciphertext");
    }
    // Bytes that are well formed around a ciphertext of any kind.
    if rest.len() >= 16 {
        let (iv, body) = rest.split_at(16);
        let _ = cipher.decrypt(&format!("{}:{}", STANDARD.encode(iv), STANDARD.encode(body)));
    }
}
