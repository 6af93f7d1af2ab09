//! One-time codes by hand: made, kept in memory, compared.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use sha2::Sha256;
use uuid::Uuid;

/// A code as the bare server keeps it.
#[derive(Debug)]
pub struct Code {
    pub user: String,
    pub operation: String,
    pub digits: String,
    pub attempts: u32,
}

#[derive(Default)]
pub struct Codes(Mutex<HashMap<Uuid, Code>>);

impl Codes {
    pub fn issue(&self, user: &str, operation: &str) -> (Uuid, String) {
        let id = Uuid::new_v4();
        let digits = digits();
        let code = Code { user: user.to_owned(), operation: operation.to_owned(), digits: digits.clone(), attempts: 0 };
        self.locked().insert(id, code);
        (id, digits)
    }

    /// Whether it is the code, if there is one of this id, and the attempts that are left.
    pub fn verify(&self, id: Option<&str>, operation: Option<&str>, given: Option<&str>) -> (bool, Option<i64>) {
        let Some(id) = id.and_then(|id| Uuid::parse_str(id).ok()) else { return (false, None) };
        let mut codes = self.locked();
        let Some(code) = codes.get_mut(&id) else { return (false, None) };
        let right = Some(code.digits.as_str()) == given && Some(code.operation.as_str()) == operation;
        if right {
            codes.remove(&id);
            return (true, None);
        }
        code.attempts += 1;
        (false, Some(5 - i64::from(code.attempts)))
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Uuid, Code>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn digits() -> String {
    format!("{:08}", rand::rng().random_range(0..100_000_000u32))
}

/// What the safe server keeps of a code: no digits, no user, a MAC over both and what the code is for.
#[derive(Debug)]
pub struct Kept {
    mac: [u8; 32],
    expires: u64,
    attempts: u32,
}

/// How often something was sent to somebody lately, and how often they failed.
#[derive(Debug, Default)]
struct Counted {
    sent: u32,
    failed: u32,
    since: u64,
}

#[derive(Default)]
struct State {
    codes: HashMap<Uuid, Kept>,
    by_operation: HashMap<String, Uuid>,
    counted: HashMap<[u8; 32], Counted>,
}

/// What a code is for.
pub struct Bound<'a> {
    pub user: &'a str,
    pub operation: &'a str,
    pub name: &'a str,
    pub data: &'a str,
}

/// Codes that are bound and counted.
pub struct SafeCodes {
    key: Hmac<Sha256>,
    state: Mutex<State>,
}

const LIFE: u64 = 300_000;

impl Default for SafeCodes {
    fn default() -> Self {
        SafeCodes { key: keyed(&rand::rng().random::<[u8; 64]>()), state: Mutex::default() }
    }
}

fn keyed(key: &[u8; 64]) -> Hmac<Sha256> {
    Hmac::new(&(*key).into())
}

impl SafeCodes {
    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.key.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn bound(&self, id: Uuid, bound: &Bound<'_>, digits: &str) -> [u8; 32] {
        let Bound { user, operation, name, data } = bound;
        let parts = [id.as_bytes().as_slice(), user.as_bytes(), operation.as_bytes(), name.as_bytes(), data.as_bytes()];
        self.mac(&[parts[0], parts[1], parts[2], parts[3], parts[4], digits.as_bytes()])
    }

    /// A code, unless its user was sent too many; the older one of the operation ends.
    pub fn issue(&self, bound: &Bound<'_>, now: u64, limit: u32) -> Option<(Uuid, String)> {
        let (id, digits) = (Uuid::new_v4(), digits());
        let user = self.mac(&[b"user", bound.user.as_bytes()]);
        let kept = Kept { mac: self.bound(id, bound, &digits), expires: now + LIFE, attempts: 0 };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = state.counted.entry(user).or_default();
        if now - counted.since > LIFE {
            (counted.sent, counted.since) = (0, now);
        }
        if counted.sent >= limit || counted.failed >= 5 {
            return None;
        }
        counted.sent += 1;
        if let Some(older) = state.by_operation.insert(bound.operation.to_owned(), id) {
            state.codes.remove(&older);
        }
        state.codes.insert(id, kept);
        Some((id, digits))
    }

    pub fn verify(&self, id: Option<&str>, bound: &Bound<'_>, given: &str, now: u64) -> (bool, Option<i64>) {
        let Some(id) = id.and_then(|id| Uuid::parse_str(id).ok()) else { return (false, None) };
        let user = self.mac(&[b"user", bound.user.as_bytes()]);
        let mac = self.bound(id, bound, given);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { codes, counted, .. } = &mut *state;
        let Some(code) = codes.get_mut(&id) else { return (false, None) };
        let same = code.mac.iter().zip(&mac).fold(0, |differ, (one, other)| differ | (one ^ other)) == 0;
        code.attempts += 1;
        if same && code.attempts <= 5 && code.expires > now {
            codes.remove(&id);
            return (true, None);
        }
        counted.entry(user).or_default().failed += 1;
        (false, Some(5 - i64::from(code.attempts.min(5))))
    }
}
