//! `verify_password`. The user is looked up; then an attempt of theirs is reserved, the password compared with nothing held,
//! and what came of it stored. Who does not exist, and what cannot be decrypted, goes the way of a wrong password, with
//! the same writes and the same work.
//!
//! A user is found by their number, or by their name where no number is given. Failures count for the user who was found,
//! by whatever they were asked for: under the name and the number would be twice the attempts. Nobody who was asked for by a
//! name is counted by that name, apart from all numbers.
//!
//! Failures are counted under the organization that the bank names, never under one that only the request does: a bank
//! that has users without organizations would give anybody five further attempts for every name that they think of.

use tokio::time::Instant;

use unicase::UniCase;
use zeroize::Zeroizing;

use super::typed::{NO_KEY, Typed, no_key};
use super::{LONGEST_NAME, VerifyPassword, canonical, counted, in_organization};
use crate::behaviours::attempts::Events;
use crate::behaviours::codes::until;
use crate::behaviours::lockout::AttemptOutcome;
use crate::context::Core;
use crate::crypto::imported::Unreadable;
use crate::crypto::password::{Busy, NotCompared};
use crate::entities::{Operation, PasswordProtection, User};
use crate::fault::{Fault, Verdict};
use crate::hooks::{Lookup, PasswordCheck, PasswordResult, UserKey};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch};
use crate::values::Secret;

/// What the audit calls the ends of a check.
const EVENTS: Events = Events { failed: AuditEvent::PasswordFailed, blocked: AuditEvent::PasswordBlocked };

/// The hook that checks passwords.
const VERIFY_PASSWORD: &str = "verify_password";

/// How a password check ended, before it is stored.
enum Checked {
    Right(Box<User>, Option<Secret<String>>),
    Wrong,
    Locked,
    /// There was a hash, and nothing could be compared with it.
    Unreadable(Unreadable),
    /// It came encrypted, and there is no key to decrypt it with.
    NoKey,
}

impl Core {
    /// Checks a user's password.
    ///
    /// # Errors
    /// Those of hooks, `overloaded`, `store.unavailable`. A wrong password is in the verdict.
    pub async fn verify_password(&self, input: VerifyPassword) -> Result<Verdict<User>, Fault> {
        self.room_to_hash()?;
        let entry = self.password_entry(&input);
        if self.must_be_encrypted() && input.protection != Some(PasswordProtection::Aes) {
            self.record(vec![entry.with_reason("it is not encrypted")]).await?;
            return Err(Fault::new("input.invalid")
                .about("user.password_protection")
                .with_detail("it is not encrypted"));
        }
        let user = match self.asked_user(&input).await {
            Ok(user) => user,
            Err(fault) => {
                self.record(vec![entry.with_reason(fault.name)]).await?;
                return Err(fault);
            }
        };
        let entry = entry_of_user(entry, user.as_ref());
        let row = self.password_lockout_id(&input, user.as_ref())?;
        let reserved = match self.reserve_attempt(row.clone()).await {
            Ok(reserved) => reserved,
            Err(fault) => {
                self.record(vec![entry.with_reason(fault.name)]).await?;
                return Err(fault);
            }
        };
        let Some(reservation) = reserved else {
            self.as_if_attempted(&row).await?;
            let entry = AuditEntry { event: AuditEvent::PasswordBlocked, ..entry };
            self.record(vec![entry.with_reason("failures in a row")]).await?;
            return Ok(self.refuse_password("password.locked"));
        };
        let tell_lock = input.tell_lock;
        let checked = match self.check_password(user, input).await {
            Ok(checked) => checked,
            Err(fault) => {
                self.settle_attempt_of_user(
                    &reservation,
                    AttemptOutcome::Neither,
                    entry.with_reason(fault.name),
                    EVENTS,
                )
                .await?;
                return Err(fault);
            }
        };
        let (event, outcome, end) = match &checked {
            Checked::Right(..) => (AuditEvent::PasswordVerified, AuditOutcome::Success, AttemptOutcome::Success),
            Checked::Wrong => (AuditEvent::PasswordFailed, AuditOutcome::Failure, AttemptOutcome::Failure),
            Checked::Locked => (AuditEvent::PasswordBlocked, AuditOutcome::Failure, AttemptOutcome::Neither),
            Checked::Unreadable(_) | Checked::NoKey => {
                (AuditEvent::PasswordFailed, AuditOutcome::Failure, AttemptOutcome::Neither)
            }
        };
        let entry = match &checked {
            Checked::Unreadable(unreadable) => unreadable_hash_entry(entry, *unreadable),
            Checked::NoKey => entry.with_reason(NO_KEY),
            Checked::Right(..) | Checked::Wrong | Checked::Locked => entry,
        };
        let locked =
            self.settle_attempt_of_user(&reservation, end, AuditEntry { event, outcome, ..entry }, EVENTS).await?;
        Ok(match checked {
            Checked::Right(user, better) => {
                self.give_better_hash(&user, better).await;
                Verdict::pass(*user)
            }
            Checked::Wrong if locked && tell_lock => self.refuse_password("password.locked"),
            Checked::Wrong => self.refuse_password("password.wrong"),
            Checked::Locked => self.refuse_password("password.locked"),
            Checked::Unreadable(unreadable) => return Err(not_readable(unreadable)),
            Checked::NoKey => return Err(no_key()),
        })
    }

    /// Refuses a request that would wait for its hash for long, before anything is done for it.
    pub(in crate::behaviours) fn room_to_hash(&self) -> Result<(), Fault> {
        self.shared.passwords.expects_room().map_err(overloaded)
    }

    fn refuse_password(&self, fault: &'static str) -> Verdict<User> {
        Verdict::refuse(Fault::new(fault), self.key_of(fault))
    }

    /// Reads, writes and compares as much as a wrong password would, and changes nothing: a user who is blocked is not
    /// told apart by the time of the answer where the answer itself does not say so.
    async fn as_if_attempted(&self, row: &str) -> Result<(), Fault> {
        let row = self.lockout(row).await?;
        // Whoever was faster has written as much.
        self.commit(row.keep(Batch::at(self.clock_millis()))).await?;
        self.take_as_long().await
    }

    /// The lockout record of the user who was found; who does not exist is counted like all others, by what was asked.
    fn password_lockout_id(&self, input: &VerifyPassword, found: Option<&User>) -> Result<String, Fault> {
        match (found, asked_for(input)) {
            (Some(user), _) => self.lockout_id(user.organization.as_deref(), &user.id, "password"),
            (None, Some(UserKey::Username(name))) => self.lockout_id(None, &name, "password of a name"),
            (None, Some(UserKey::Id(id))) => self.lockout_id(None, &id, "password"),
            (None, _) => self.lockout_id(None, "", "password"),
        }
    }

    async fn check_password(&self, user: Option<User>, input: VerifyPassword) -> Result<Checked, Fault> {
        let user = user.and_then(|user| whose_password(user, &input));
        let typed = self.decrypted(input.password, input.protection, input.transformation.as_deref());
        let (Some(user), Typed::Plain(password) | Typed::ForTheBank(password)) = (&user, &typed) else {
            // Where the hook would not be called, or its answer not awaited, nobody's password fares alike.
            let _probe = self.shared.guard.own_decoy(VERIFY_PASSWORD)?;
            self.take_as_long().await?;
            // A bank that never checked a password itself leaves that to us, who have no key.
            let is_ours = self.shared.latency.password.draw().is_zero();
            return Ok(if is_ours && typed.lacks_key() { Checked::NoKey } else { Checked::Wrong });
        };
        let (user, password) = (user.clone(), password.clone());
        let operation = (input.operation != Operation::default()).then_some(input.operation);
        let (right, better) = match self.ask_bank(&user, &password, operation).await? {
            PasswordResult::CompareHash if typed.lacks_key() => {
                self.take_as_long().await?;
                return Ok(Checked::NoKey);
            }
            PasswordResult::CompareHash => {
                let typed = Zeroizing::new(password.expose().clone());
                let ring = self.shared.keys.ring();
                let compared = self.shared.passwords.is_right(typed, user.password_hash.clone(), ring).await;
                let right = match compared {
                    Ok(right) => right,
                    Err(NotCompared::Busy(busy)) => return Err(overloaded(busy)),
                    Err(NotCompared::Unreadable(unreadable)) => return Ok(Checked::Unreadable(unreadable)),
                };
                (right, if right && !user.is_blocked() { self.better_hash(&user, &password).await } else { None })
            }
            PasswordResult::Right => (true, None),
            PasswordResult::Wrong => (false, None),
            PasswordResult::Locked => return Ok(Checked::Locked),
        };
        Ok(match (right, user.is_blocked()) {
            (_, true) => Checked::Locked,
            (true, false) => Checked::Right(Box::new(user), better),
            (false, false) => Checked::Wrong,
        })
    }

    /// The user that the request names.
    async fn asked_user(&self, input: &VerifyPassword) -> Result<Option<User>, Fault> {
        let Some(key) = asked_for(input) else { return Ok(None) };
        let organization = input.organization.clone().filter(|id| !id.is_empty());
        let operation = input.operation.name.clone();
        let (issuer, partner) = (input.issuer.clone(), input.partner.clone());
        self.look_up(Lookup { key, organization, operation, country: None, issuer, partner }).await
    }

    /// Where the bank checks passwords itself, waits as long as it takes; else compares with nobody's hash.
    async fn take_as_long(&self) -> Result<(), Fault> {
        let (began, duration) = (Instant::now(), self.shared.latency.password.draw());
        if duration.is_zero() {
            let (typed, ring) = (Zeroizing::new(String::new()), self.shared.keys.ring());
            self.shared.passwords.is_right(typed, None, ring).await.map_err(not_compared)?;
        } else {
            until(began, duration).await;
        }
        Ok(())
    }

    async fn ask_bank(
        &self,
        user: &User,
        password: &Secret<String>,
        operation: Option<Operation>,
    ) -> Result<PasswordResult, Fault> {
        let check = PasswordCheck { user: user.clone(), password: password.clone(), operation };
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        let began = Instant::now();
        let result =
            self.shared.guard.own(VERIFY_PASSWORD, async move { hooks.verify_password(&call, &check).await }).await?;
        if result != PasswordResult::CompareHash {
            let took = began.elapsed();
            self.shared.latency.password.took(took);
            until(began, took).await;
        }
        Ok(result)
    }

    fn password_entry(&self, input: &VerifyPassword) -> AuditEntry {
        let short =
            |text: &Option<String>| text.as_ref().map(|text| text.chars().take(LONGEST_NAME).collect::<String>());
        AuditEntry {
            user: input.user.as_deref().filter(|user| !user.is_empty()).map(counted),
            organization: short(&input.organization),
            operation_id: short(&input.operation.id),
            operation_name: short(&input.operation.name),
            method: Some("password".to_owned()),
            ..self.event(AuditEvent::PasswordFailed, AuditOutcome::Failure)
        }
    }
}

pub(in crate::behaviours) fn overloaded(busy: Busy) -> Fault {
    Fault::overloaded(busy)
}

/// The fault of a password or answer that was compared with nothing.
pub(in crate::behaviours) fn not_compared(error: NotCompared) -> Fault {
    match error {
        NotCompared::Busy(busy) => overloaded(busy),
        NotCompared::Unreadable(unreadable) => not_readable(unreadable),
    }
}

/// Whoever runs the adapter must do something about it: the user typed nothing wrong.
fn not_readable(unreadable: Unreadable) -> Fault {
    tracing::error!(
        scheme = unreadable.scheme,
        "a hash that the bank keeps cannot be read, so nobody can be checked by it"
    );
    Fault::new("hook.failed").with_detail(unreadable)
}

fn unreadable_hash_entry(entry: AuditEntry, unreadable: Unreadable) -> AuditEntry {
    let detail = Some(serde_json::json!({ "scheme": unreadable.scheme }));
    AuditEntry { detail, ..entry.with_reason("the hash cannot be read") }
}

/// What the user is found by: their number, else their name.
fn asked_for(input: &VerifyPassword) -> Option<UserKey> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    text(&input.user).map(UserKey::Id).or_else(|| text(&input.username).map(UserKey::Username))
}

/// Who was found, by the bank's own number: a name in the audit may be anything, also a password in the wrong field.
fn entry_of_user(entry: AuditEntry, found: Option<&User>) -> AuditEntry {
    AuditEntry { user: found.map(|user| counted(&user.id)).or(entry.user), ..entry }
}

/// The user, if they have the name and organization that the request says. Whom the bank found by the name has it.
fn whose_password(user: User, input: &VerifyPassword) -> Option<User> {
    let user = in_organization(user, input.organization.clone().filter(|id| !id.is_empty()));
    let by_number = matches!(asked_for(input), Some(UserKey::Id(_)));
    let name = input.username.as_deref().filter(|_| by_number);
    let theirs = agrees(name, user.username.as_deref(), same_name)
        && agrees(input.organization.as_deref(), user.organization.as_deref(), |asked, there| asked == there);
    theirs.then_some(user)
}

/// What is asked for must be what is there; what is not asked for may be anything.
fn agrees(asked: Option<&str>, there: Option<&str>, same: impl Fn(&str, &str) -> bool) -> bool {
    match asked.filter(|asked| !asked.is_empty()) {
        Some(asked) => there.is_some_and(|there| same(asked, there)),
        None => true,
    }
}

/// Names may be written with small letters or capitals: who the user is, is known by their number already.
fn same_name(asked: &str, there: &str) -> bool {
    canonical(asked).is_some_and(|asked| UniCase::new(asked) == UniCase::new(counted(there)))
}
