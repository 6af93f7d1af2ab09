//! Codes whose id is a token that the caller keeps. The store knows a token by its hash alone, and so does the audit;
//! whose token it is, by country and caller, is checked before anything else is answered of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use sha2::Digest;

use super::binding::bound_values;
use super::record::CodeRecord;
use crate::adapter::{IdForm, OtpKind};
use crate::crypto::Key;
use crate::crypto::mac::{Field, mac_text};
use crate::hex_text::hex_text;
use crate::store::Millis;
use crate::values::without;

/// The meanings that say where a token is known at all.
const WHERE: [&str; 3] = ["country.code", "partner.id", "app.id"];

/// How long a token is, before it is written in letters.
const TOKEN_BYTES: usize = 16;

/// So much is told of an id that came, whatever it is.
pub(super) const MOST_SIGNS_OF_ID: usize = 64;

/// A new id as the caller gets it.
pub(super) fn new_id(kind: &OtpKind) -> String {
    match kind.id {
        IdForm::Uuid | IdForm::Code => uuid::Uuid::new_v4().to_string(),
        IdForm::Token => {
            let mut bytes = [0_u8; TOKEN_BYTES];
            rand::rng().fill_bytes(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        }
    }
}

/// The id under which the store knows a code: a token's hash, which needs no key, since nobody can guess a token.
pub(super) fn stored_id(kind: &OtpKind, id: &str) -> String {
    match kind.id {
        IdForm::Uuid | IdForm::Code => id.to_owned(),
        IdForm::Token => hex_text(sha2::Sha256::new().chain_update(b"countersign token\0").chain_update(id).finalize()),
    }
}

/// An id as the store and the audit know it, where it is not known of which kind it is: what looks like a token and may
/// be one is named by its hash.
pub(in crate::behaviours) fn audited_id(kinds: &[OtpKind], id: String) -> String {
    let is_token = URL_SAFE_NO_PAD.decode(&id).is_ok_and(|bytes| bytes.len() == TOKEN_BYTES);
    let kind = kinds.iter().find(|kind| kind.id == IdForm::Token).filter(|_| is_token);
    kind.map_or_else(|| without(&id, char::is_control, MOST_SIGNS_OF_ID), |kind| stored_id(kind, &id))
}

/// True if the code was made in another country, for another caller or in another app, where nothing is known of it.
pub(super) fn is_elsewhere(
    record: &CodeRecord,
    id: &str,
    key: Option<&Key>,
    asked: &[(&'static str, Option<String>)],
) -> bool {
    let bound = asked.iter().filter(|(meaning, _)| WHERE.contains(meaning)).cloned().collect::<Vec<_>>();
    let Some(key) = key else { return !bound.is_empty() };
    bound_values(key, id, &bound).iter().any(|value| !record.bound.contains(value))
}

/// True if the id is known no more.
pub(super) fn is_over(record: &CodeRecord, kind: &OtpKind, now: Millis) -> bool {
    kind.outlives_its_code() && record.known_until.is_some_and(|until| now > until)
}

/// What was typed, with the zeros that a number has lost.
pub(super) fn padded(typed: &str, kind: &OtpKind, digits: u32) -> String {
    let is_number = kind.numbers && !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { format!("{typed:0>width$}", width = digits as usize) } else { typed.to_owned() }
}

/// What stands in the store for a code.
pub(super) fn id_of_code(key: &Key, kind: &OtpKind, code: &str) -> String {
    mac_text(key, "code.itself", &[Field::Text(kind.name), Field::Text(code)])
}
