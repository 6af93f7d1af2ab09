//! A bank that does as it is told, and remembers what it was asked.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::entities::User;
use crate::hooks::{Call, HookError, Hooks, Lookup, NewPasswordHash, PasswordCheck, PasswordResult, Sms, UserKey};

/// A bank that does as it is told.
#[derive(Debug, Default)]
pub struct TestBank {
    users: Mutex<HashMap<String, User>>,
    sent: Mutex<Vec<Sms>>,
    gateway: Mutex<Option<HookError>>,
    lookups: Mutex<Vec<HookError>>,
    passwords: Mutex<Vec<String>>,
    /// Whether it keeps better hashes of passwords; asked when the adapter starts.
    pub keeps_hashes: std::sync::atomic::AtomicBool,
    /// What it says of every password; without it the hash is compared.
    pub password_result: Mutex<Option<PasswordResult>>,
}

impl TestBank {
    /// A bank with these users.
    pub fn with(users: impl IntoIterator<Item = User>) -> Self {
        let bank = TestBank::default();
        users.into_iter().for_each(|user| bank.add(user));
        bank
    }

    /// One more user.
    pub fn add(&self, user: User) {
        locked(&self.users).insert(user.id.clone(), user);
    }

    /// A user as the bank has them now.
    pub fn user(&self, id: &str) -> Option<User> {
        locked(&self.users).get(id).cloned()
    }

    /// The messages that were sent.
    pub fn sent(&self) -> Vec<Sms> {
        locked(&self.sent).clone()
    }

    /// The code in the latest message: its last row of eight digits.
    pub fn latest_code(&self) -> String {
        let text = locked(&self.sent).last().map(|sms| sms.text.expose().clone()).unwrap_or_default();
        let mut rows = text.split(|letter: char| !letter.is_ascii_digit());
        rows.rfind(|row| row.len() == 8).unwrap_or_default().to_owned()
    }

    /// The passwords that it was asked about.
    pub fn passwords(&self) -> Vec<String> {
        locked(&self.passwords).clone()
    }

    /// What the gateway says from now on.
    pub fn gateway_says(&self, answer: Option<HookError>) {
        *locked(&self.gateway) = answer;
    }

    /// What the next lookups say in place of a user; the last one first.
    pub fn lookups_say(&self, answers: Vec<HookError>) {
        *locked(&self.lookups) = answers;
    }
}

impl Hooks for TestBank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        if let Some(error) = locked(&self.lookups).pop() {
            return Err(error);
        }
        let users = locked(&self.users);
        let is_asked = |user: &&User| match &lookup.key {
            UserKey::Id(_) => false,
            UserKey::Username(name) => user.username.as_ref() == Some(name),
            UserKey::Phone(phone) => user.phone.as_ref() == Some(phone),
            UserKey::RegistrationNumber(number) => user.registration_number.as_ref() == Some(number),
        };
        Ok(match &lookup.key {
            UserKey::Id(id) => users.get(id).cloned(),
            _ => users.values().find(is_asked).cloned(),
        })
    }

    async fn send_sms(&self, _call: &Call, sms: &Sms) -> Result<(), HookError> {
        if let Some(error) = locked(&self.gateway).clone() {
            return Err(error);
        }
        locked(&self.sent).push(sms.clone());
        Ok(())
    }

    fn keeps_password_hashes(&self) -> bool {
        self.keeps_hashes.load(std::sync::atomic::Ordering::Relaxed)
    }

    async fn keep_password_hash(&self, _call: &Call, hash: &NewPasswordHash) -> Result<(), HookError> {
        self.add(User { password_hash: Some(hash.phc.expose().clone()), ..hash.user.clone() });
        Ok(())
    }

    async fn verify_password(&self, _call: &Call, check: &PasswordCheck) -> Result<PasswordResult, HookError> {
        locked(&self.passwords).push(check.password.expose().clone());
        Ok(locked(&self.password_result).unwrap_or(PasswordResult::CompareHash))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
