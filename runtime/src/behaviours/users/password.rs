//! `verify_password`. The user is looked up; then a try of theirs is reserved, the password compared with nothing held,
//! and what came of it stored. Who does not exist, and what cannot be decrypted, goes the way of a wrong password, with
//! the same writes and the same work.
//!
//! Failures are counted under the organization that the bank names, never under one that only the request does: a bank
//! that has users without organizations would give anybody five further tries for every name that they think of.

use std::time::Instant;

use unicase::UniCase;
use zeroize::Zeroizing;

use super::{LONGEST_NAME, VerifyPassword, canonical, counted, in_organization};
use crate::behaviours::failures::TryEnd;
use crate::behaviours::tried::Events;
use crate::context::Core;
use crate::crypto::aes_cbc::is_aes_cbc;
use crate::crypto::password::Busy;
use crate::fault::{Fault, Verdict};
use crate::hooks::{Lookup, PasswordCheck, PasswordResult, UserKey};
use crate::store::{AuditEvent, AuditOutcome, AuditRecord, Batch};
use crate::telemetry;
use crate::things::{Operation, PasswordProtection, User};
use crate::values::Secret;

/// What the audit calls the ends of a check.
const EVENTS: Events = Events { failed: AuditEvent::PasswordFailed, blocked: AuditEvent::PasswordBlocked };

/// How a password check ended, before it is stored.
enum Checked {
    Right(Box<User>, Option<Secret<String>>),
    Wrong,
    Locked,
}

impl Core {
    /// Checks a user's password.
    ///
    /// # Errors
    /// Those of hooks, `overloaded`, `store.unavailable`. A wrong password is in the verdict.
    pub async fn verify_password(&self, input: VerifyPassword) -> Result<Verdict<User>, Fault> {
        self.room_to_hash()?;
        let told = self.told_of_password(&input);
        let user = match self.asked_user(&input).await {
            Ok(user) => user,
            Err(fault) => {
                self.note(vec![told.because(fault.name)]).await?;
                return Err(fault);
            }
        };
        let organization = user.as_ref().and_then(|user| user.organization.as_deref());
        let reserved = match self.reserve_try(self.password_row(&input, organization)?).await {
            Ok(reserved) => reserved,
            Err(fault) => {
                self.note(vec![told.because(fault.name)]).await?;
                return Err(fault);
            }
        };
        let Some(ticket) = reserved else {
            self.as_if_tried(&input, organization).await?;
            let told = AuditRecord { event: AuditEvent::PasswordBlocked, ..told };
            self.note(vec![told.because("failures in a row")]).await?;
            return Ok(self.refuse_password("password.locked"));
        };
        let tell_lock = input.tell_lock;
        let checked = match self.check_password(user, input).await {
            Ok(checked) => checked,
            Err(fault) => {
                self.end_reserved(&ticket, TryEnd::Neither, told.because(fault.name), EVENTS).await?;
                return Err(fault);
            }
        };
        let (event, outcome, end) = match &checked {
            Checked::Right(..) => (AuditEvent::PasswordVerified, AuditOutcome::Success, TryEnd::Success),
            Checked::Wrong => (AuditEvent::PasswordFailed, AuditOutcome::Failure, TryEnd::Failure),
            Checked::Locked => (AuditEvent::PasswordBlocked, AuditOutcome::Failure, TryEnd::Neither),
        };
        let locked = self.end_reserved(&ticket, end, AuditRecord { event, outcome, ..told }, EVENTS).await?;
        Ok(match checked {
            Checked::Right(user, better) => {
                self.give_better_hash(&user, better).await;
                Verdict::pass(*user)
            }
            Checked::Wrong if locked && tell_lock => self.refuse_password("password.locked"),
            Checked::Wrong => self.refuse_password("password.wrong"),
            Checked::Locked => self.refuse_password("password.locked"),
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
    async fn as_if_tried(&self, input: &VerifyPassword, organization: Option<&str>) -> Result<(), Fault> {
        let row = self.failures(&self.password_row(input, organization)?).await?;
        // Whoever was faster has written as much.
        self.commit(row.keep(Batch::at(self.clock_millis()))).await?;
        self.take_as_long().await
    }

    /// The row of failures; users who do not exist are counted like all others.
    fn password_row(&self, input: &VerifyPassword, organization: Option<&str>) -> Result<String, Fault> {
        let user = input.user.as_deref().or(input.username.as_deref()).unwrap_or_default();
        self.failures_id(organization, user, "password")
    }

    async fn check_password(&self, user: Option<User>, input: VerifyPassword) -> Result<Checked, Fault> {
        let user = user.and_then(|user| whose_password(user, &input));
        let password = self.decrypted(input.password, input.protection, input.transformation.as_deref());
        let (Some(user), Some(password)) = (user, password) else {
            self.take_as_long().await?;
            return Ok(Checked::Wrong);
        };
        let operation = (input.operation != Operation::default()).then_some(input.operation);
        let (right, better) = match self.ask_bank(&user, &password, operation).await? {
            PasswordResult::CompareHash => {
                let typed = Zeroizing::new(password.expose().clone());
                let ring = self.shared.keys.ring();
                let compared = self.shared.passwords.is_right(typed, user.password_hash.clone(), ring).await;
                let right = compared.map_err(overloaded)?;
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

    /// The user that the request names by their number.
    async fn asked_user(&self, input: &VerifyPassword) -> Result<Option<User>, Fault> {
        let Some(id) = input.user.clone().filter(|id| !id.is_empty()) else { return Ok(None) };
        let organization = input.organization.clone().filter(|id| !id.is_empty());
        let operation = input.operation.name.clone();
        let (issuer, partner) = (input.issuer.clone(), input.partner.clone());
        let key = UserKey::Id(id);
        self.look_up(Lookup { key, organization, operation, country: None, issuer, partner }).await
    }

    /// Where the bank checks passwords itself, waits as long as it takes; else compares with nobody's hash.
    async fn take_as_long(&self) -> Result<(), Fault> {
        let duration = self.shared.pace.password.draw();
        if duration.is_zero() {
            let (typed, ring) = (Zeroizing::new(String::new()), self.shared.keys.ring());
            self.shared.passwords.is_right(typed, None, ring).await.map_err(overloaded)?;
        } else {
            tokio::time::sleep(duration).await;
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
        let result = self.shared.guard.own(async move { hooks.verify_password(&call, &check).await }).await?;
        if result != PasswordResult::CompareHash {
            self.shared.pace.password.took(began.elapsed());
        }
        Ok(result)
    }

    /// The password as the bank shall see it; none if it is empty or cannot be decrypted. Without a key of ours the
    /// protected text itself goes to the bank.
    fn decrypted(
        &self,
        password: Option<Secret<String>>,
        protection: Option<PasswordProtection>,
        transformation: Option<&str>,
    ) -> Option<Secret<String>> {
        let password = password.filter(|password| !password.expose().is_empty())?;
        let encryption = self.shared.options.password_encryption.as_ref();
        match (protection, encryption) {
            (Some(PasswordProtection::Aes), Some(encryption)) => {
                // The request must name what is set; it cannot choose another cipher.
                let named = is_aes_cbc(transformation.unwrap_or_default());
                let plain = encryption.cipher.decrypt(password.expose()).ok()?;
                telemetry::hide(&plain);
                named.then(|| Secret::new(plain.as_str().to_owned()))
            }
            _ => Some(password),
        }
    }

    fn told_of_password(&self, input: &VerifyPassword) -> AuditRecord {
        let short =
            |text: &Option<String>| text.as_ref().map(|text| text.chars().take(LONGEST_NAME).collect::<String>());
        AuditRecord {
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
    Fault::new("overloaded").because(busy)
}

/// The user, if they have the name and organization that the request says.
fn whose_password(user: User, input: &VerifyPassword) -> Option<User> {
    let user = in_organization(user, input.organization.clone().filter(|id| !id.is_empty()));
    let theirs = agrees(input.username.as_deref(), user.username.as_deref(), same_name)
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
