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

use super::find::{in_organization, look_up_user};
use super::name::{LONGEST_NAME, canonical, counted};
use super::rehash::{better_hash, give_better_hash};
use super::typed::{NO_KEY, Typed, decrypted_password, must_be_encrypted, no_key};
use crate::behaviours::attempts::lockout::{AttemptOutcome, Lockout, lockout_id};
use crate::behaviours::attempts::reservation::{Events, Reserved, reserve_attempt, settle_attempt_of_user};
use crate::context::Core;
use crate::crypto::imported::Unreadable;
use crate::crypto::password::{Busy, NotCompared};
use crate::entities::{Operation, PasswordProtection, User};
use crate::fault::{Fault, Verdict};
use crate::hooks::{Lookup, PasswordCheck, PasswordResult, UserKey};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};
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

/// [`Core::verify_password`].
pub(in crate::behaviours) async fn verify_password(core: &Core, input: VerifyPassword) -> Result<Verdict<User>, Fault> {
    room_to_hash(core)?;
    let entry = password_entry(core, &input);
    if must_be_encrypted(core) && input.protection != Some(PasswordProtection::Aes) {
        core.audit().record(vec![entry.with_reason("it is not encrypted")]).await?;
        return Err(Fault::new("input.invalid").about("user.password_protection").with_detail("it is not encrypted"));
    }
    let user = match asked_user(core, &input).await {
        Ok(user) => user,
        Err(fault) => {
            core.audit().record(vec![entry.with_reason(fault.name)]).await?;
            return Err(fault);
        }
    };
    let entry = entry_of_user(entry, user.as_ref());
    let row = password_lockout_id(core, &input, user.as_ref())?;
    let reservation = match reserve_attempt(core, row).await {
        Ok(Reserved::Attempt((), reservation)) => reservation,
        Ok(Reserved::Answer(blocked)) => {
            as_if_attempted(core, blocked).await?;
            let entry = AuditEntry { event: AuditEvent::PasswordBlocked, ..entry };
            core.audit().record(vec![entry.with_reason("failures in a row")]).await?;
            return Ok(refuse_password(core, "password.locked"));
        }
        Err(fault) => {
            core.audit().record(vec![entry.with_reason(fault.name)]).await?;
            return Err(fault);
        }
    };
    let tell_lock = input.tell_lock;
    let checked = match check_password(core, user, input).await {
        Ok(checked) => checked,
        Err(fault) => {
            settle_attempt_of_user(core, &reservation, AttemptOutcome::Neither, entry.with_reason(fault.name), EVENTS)
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
        settle_attempt_of_user(core, &reservation, end, AuditEntry { event, outcome, ..entry }, EVENTS).await?;
    Ok(match checked {
        Checked::Right(user, better) => {
            give_better_hash(core, &user, better).await;
            Verdict::pass(*user)
        }
        Checked::Wrong if locked && tell_lock => refuse_password(core, "password.locked"),
        Checked::Wrong => refuse_password(core, "password.wrong"),
        Checked::Locked => refuse_password(core, "password.locked"),
        Checked::Unreadable(unreadable) => return Err(not_readable(unreadable)),
        Checked::NoKey => return Err(no_key()),
    })
}

/// Refuses a request that would wait for its hash for long, before anything is done for it.
pub(in crate::behaviours) fn room_to_hash(core: &Core) -> Result<(), Fault> {
    core.shared.passwords.expects_room().map_err(overloaded)
}

fn refuse_password(core: &Core, fault: &'static str) -> Verdict<User> {
    Verdict::refuse(Fault::new(fault), core.key_of(fault))
}

/// Reads, writes and compares as much as a wrong password would, and changes nothing: a user who is blocked is not
/// distinguished by the time of the answer where the answer itself does not say so.
async fn as_if_attempted(core: &Core, blocked: Lockout) -> Result<(), Fault> {
    // Whoever was faster has written as much.
    core.store().commit(blocked.keep(core.store().batch())).await?;
    take_as_long(core).await
}

/// The lockout record of the user who was found; who does not exist is counted like all others, by what was asked.
fn password_lockout_id(core: &Core, input: &VerifyPassword, found: Option<&User>) -> Result<String, Fault> {
    match (found, asked_for(input)) {
        (Some(user), _) => lockout_id(core, user.organization.as_deref(), &user.id, "password"),
        (None, Some(UserKey::Username(name))) => lockout_id(core, None, &name, "password of a name"),
        (None, Some(UserKey::Id(id))) => lockout_id(core, None, &id, "password"),
        (None, _) => lockout_id(core, None, "", "password"),
    }
}

async fn check_password(core: &Core, user: Option<User>, input: VerifyPassword) -> Result<Checked, Fault> {
    let user = user.and_then(|user| whose_password(user, &input));
    let typed = decrypted_password(core, input.password, input.protection, input.transformation.as_deref());
    let (Some(user), Typed::Plain(password) | Typed::ForTheBank(password)) = (&user, &typed) else {
        // Where the hook would not be called, or its answer not awaited, nobody's password fares alike.
        let _probe = core.shared.guard.own_decoy(VERIFY_PASSWORD)?;
        take_as_long(core).await?;
        // A bank that never checked a password itself leaves that to us, who have no key.
        let is_ours = core.shared.latency.password.draw().is_zero();
        return Ok(if is_ours && typed.lacks_key() { Checked::NoKey } else { Checked::Wrong });
    };
    let (user, password) = (user.clone(), password.clone());
    let operation = (input.operation != Operation::default()).then_some(input.operation);
    let (right, better) = match ask_bank_of_password(core, &user, &password, operation).await? {
        PasswordResult::CompareHash if typed.lacks_key() => {
            take_as_long(core).await?;
            return Ok(Checked::NoKey);
        }
        PasswordResult::CompareHash => {
            let typed = Zeroizing::new(password.expose().clone());
            let ring = core.shared.keys.ring();
            let compared = core.shared.passwords.is_right(typed, user.password_hash.clone(), ring).await;
            let right = match compared {
                Ok(right) => right,
                Err(NotCompared::Busy(busy)) => return Err(overloaded(busy)),
                Err(NotCompared::Unreadable(unreadable)) => return Ok(Checked::Unreadable(unreadable)),
            };
            (right, if right && !user.is_blocked() { better_hash(core, &user, &password).await } else { None })
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
async fn asked_user(core: &Core, input: &VerifyPassword) -> Result<Option<User>, Fault> {
    let Some(key) = asked_for(input) else { return Ok(None) };
    let organization = input.organization.clone().filter(|id| !id.is_empty());
    let operation = input.operation.name.clone();
    let (issuer, partner) = (input.issuer.clone(), input.partner.clone());
    look_up_user(core, Lookup { key, organization, operation, country: None, issuer, partner }).await
}

/// Where the bank checks passwords itself, waits as long as it takes; else compares with nobody's hash.
async fn take_as_long(core: &Core) -> Result<(), Fault> {
    let (began, duration) = (Instant::now(), core.shared.latency.password.draw());
    if duration.is_zero() {
        let (typed, ring) = (Zeroizing::new(String::new()), core.shared.keys.ring());
        core.shared.passwords.is_right(typed, None, ring).await.map_err(not_compared)?;
    } else {
        core.shared.guard.pass_by().await;
        core.shared.latency.until(began, duration).await;
    }
    Ok(())
}

async fn ask_bank_of_password(
    core: &Core,
    user: &User,
    password: &Secret<String>,
    operation: Option<Operation>,
) -> Result<PasswordResult, Fault> {
    let check = PasswordCheck { user: user.clone(), password: password.clone(), operation };
    let began = Instant::now();
    let result = core
        .hooks()
        .call(VERIFY_PASSWORD, |hooks, call| async move { hooks.verify_password(&call, &check).await })
        .await?;
    if result != PasswordResult::CompareHash {
        let took = began.elapsed();
        core.shared.latency.password.took(took);
        core.shared.latency.until(began, took).await;
    }
    Ok(result)
}

fn password_entry(core: &Core, input: &VerifyPassword) -> AuditEntry {
    let short = |text: &Option<String>| text.as_ref().map(|text| text.chars().take(LONGEST_NAME).collect::<String>());
    AuditEntry {
        user: input.user.as_deref().filter(|user| !user.is_empty()).map(counted),
        organization: short(&input.organization),
        operation_id: short(&input.operation.id),
        operation_name: short(&input.operation.name),
        method: Some("password".to_owned()),
        ..core.audit().entry(AuditEvent::PasswordFailed, AuditOutcome::Failure)
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

/// A password to check.
#[derive(Debug, Clone, Default)]
pub struct VerifyPassword {
    /// Whose; without it the user is found by `username`.
    pub user: Option<String>,
    /// The password as it came.
    pub password: Option<Secret<String>>,
    /// The name that the user is found by, or must have where they are found by `user`.
    pub username: Option<String>,
    /// The organization in which the user must be, if the request says one.
    pub organization: Option<String>,
    /// The issuer that the request is for.
    pub issuer: Option<String>,
    /// The partner that the request comes from.
    pub partner: Option<String>,
    /// What it is for.
    pub operation: Operation,
    /// How the password is protected.
    pub protection: Option<PasswordProtection>,
    /// The cipher's name, if it is encrypted.
    pub transformation: Option<String>,
    /// Whether the failure that locks the user answers `password.locked` already; else it is one more wrong password.
    pub tell_lock: bool,
}
