//! Users: found by a hook, and their passwords checked. What a hook gives is looked at before it is used; who does not
//! exist costs as much time and as many writes as who does.

use std::time::Duration;

use zeroize::Zeroizing;

use super::codes::is_hidden;
use super::failures::{Gate, Ticket, TryEnd, shared_id};
use super::state::{MOST_ROUNDS, step_aside, unexpected};
use crate::context::Core;
use crate::crypto::aes_cbc::is_aes_cbc;
use crate::fault::{Fault, Verdict};
use crate::hooks::{Lookup, PasswordCheck, PasswordResult, UserKey};
use crate::store::{AuditEvent, AuditOutcome, AuditRecord, Batch, Committed};
use crate::things::{Operation, PasswordProtection, User};
use crate::values::{Phone, Secret};

/// The longest text that is taken for a user's name or number, in characters.
const LONGEST_NAME: usize = 256;

/// How often a request waits for others of the same user.
const MOST_WAITS: usize = 150;

/// Whom to find.
#[derive(Debug, Clone, Default)]
pub struct FindUser {
    /// By the bank's own number.
    pub user: Option<String>,
    /// By the name they sign in with.
    pub username: Option<String>,
    /// By their phone.
    pub phone: Option<Phone>,
    /// By a number in a national register.
    pub registration_number: Option<String>,
    /// The organization in which to look.
    pub organization: Option<String>,
    /// The operation's name.
    pub operation: Option<String>,
}

/// A password to check.
#[derive(Debug, Clone, Default)]
pub struct VerifyPassword {
    /// Whose.
    pub user: Option<String>,
    /// The password as it came.
    pub password: Option<Secret<String>>,
    /// The name that the user must have, if the request says one.
    pub username: Option<String>,
    /// The organization in which the user must be, if the request says one.
    pub organization: Option<String>,
    /// What it is for.
    pub operation: Operation,
    /// How the password is protected.
    pub protection: Option<PasswordProtection>,
    /// The cipher's name, if it is encrypted.
    pub transformation: Option<String>,
}

/// How a password check ended, before it is stored.
enum Checked {
    Right(User),
    Wrong,
    Locked,
}

impl Core {
    /// Finds a user.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_user(&self, input: FindUser) -> Result<User, Fault> {
        self.seek(input).await?.ok_or_else(|| Fault::new("user.unknown"))
    }

    /// As [`Core::find_user`]; nobody is an answer where the operation hides unknown users.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_user_or_nobody(&self, input: FindUser) -> Result<Option<User>, Fault> {
        let silent = self.hides_unknown_users(input.operation.as_deref());
        match self.seek(input).await? {
            None if !silent => Err(Fault::new("user.unknown")),
            found => Ok(found),
        }
    }

    /// Checks a user's password.
    ///
    /// # Errors
    /// Those of hooks, `store.unavailable`. A wrong password is in the verdict.
    pub async fn verify_password(&self, input: VerifyPassword) -> Result<Verdict<User>, Fault> {
        let told = self.told_of_password(&input);
        let Some(ticket) = self.begin_password(&input).await? else {
            let told = AuditRecord { event: AuditEvent::PasswordBlocked, outcome: AuditOutcome::Failure, ..told };
            self.note(vec![told.because("failures in a row")]).await?;
            return Ok(self.refuse_password("password.locked"));
        };
        let checked = match self.check_password(input).await {
            Ok(checked) => checked,
            Err(fault) => {
                let told = AuditRecord { outcome: AuditOutcome::Failure, ..told }.because(fault.name);
                self.end_password(&ticket, TryEnd::Neither, told).await?;
                return Err(fault);
            }
        };
        let (event, outcome, end) = match &checked {
            Checked::Right(_) => (AuditEvent::PasswordVerified, AuditOutcome::Success, TryEnd::Success),
            Checked::Wrong => (AuditEvent::PasswordFailed, AuditOutcome::Failure, TryEnd::Failure),
            Checked::Locked => (AuditEvent::PasswordBlocked, AuditOutcome::Failure, TryEnd::Neither),
        };
        self.end_password(&ticket, end, AuditRecord { event, outcome, ..told }).await?;
        Ok(match checked {
            Checked::Right(user) => Verdict::pass(user),
            Checked::Wrong => self.refuse_password("password.wrong"),
            Checked::Locked => self.refuse_password("password.locked"),
        })
    }

    fn refuse_password(&self, fault: &'static str) -> Verdict<User> {
        Verdict::refuse(Fault::new(fault), self.key_of(fault))
    }

    async fn seek(&self, input: FindUser) -> Result<Option<User>, Fault> {
        let Some(key) = key_of(&input) else { return Ok(None) };
        let organization = input.organization.filter(|id| !id.is_empty());
        self.look_up(Lookup { key, organization, operation: input.operation }).await
    }

    /// Asks the hook for a user, once more if it says so, and looks at what it gives.
    pub(crate) async fn look_up(&self, lookup: Lookup) -> Result<Option<User>, Fault> {
        if !is_sound(&lookup.key) {
            return Ok(None);
        }
        let asked = lookup.clone();
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        let ask = move || {
            let (hooks, call, lookup) = (hooks.clone(), call.clone(), lookup.clone());
            async move { hooks.lookup_user(&call, &lookup).await }
        };
        let Some(mut user) = self.shared.guard.lookup(ask).await? else { return Ok(None) };
        refuse_odd(&user, &asked)?;
        if user.organization.as_deref().unwrap_or_default().is_empty() {
            user.organization = asked.organization;
        }
        Ok(Some(user))
    }

    /// Reserves a try; none if the user is blocked. Users who do not exist are counted like all others.
    async fn begin_password(&self, input: &VerifyPassword) -> Result<Option<Ticket>, Fault> {
        let user = input.user.as_deref().or(input.username.as_deref()).unwrap_or_default();
        let organization = input.organization.as_deref().filter(|id| !id.is_empty());
        let mut row = self.failures_id(organization, user, "password")?;
        let mut waits = 0;
        for round in 0..MOST_ROUNDS {
            let failures = self.failures(&row).await?;
            match failures.gate(&self.shared.options.limits) {
                Gate::Blocked => return Ok(None),
                Gate::Busy if waits == MOST_WAITS => return Ok(None),
                Gate::Busy => {
                    waits += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
                Gate::Open => {}
            }
            let (batch, ticket) = failures.begin(Batch::at(self.clock_millis()));
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(Some(ticket)),
                Committed::Conflict(_) => step_aside(round).await,
                Committed::Full(full) => row = shared_id(full)?,
                over @ Committed::Over(_) => return Err(unexpected(&over)),
            }
        }
        Err(Fault::new("store.unavailable").because("others were always faster"))
    }

    async fn end_password(&self, ticket: &Ticket, end: TryEnd, told: AuditRecord) -> Result<(), Fault> {
        for round in 0..MOST_ROUNDS {
            let failures = self.failures(ticket.id()).await?;
            let batch = Batch::at(self.clock_millis()).tell(told.clone());
            let (mut batch, blocked) = failures.end(ticket, end, &self.shared.options.limits, batch);
            if blocked {
                let blocked = AuditRecord { event: AuditEvent::PasswordBlocked, ..told.clone() };
                batch = batch.tell(blocked.because("failures in a row"));
            }
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(()),
                Committed::Conflict(_) => step_aside(round).await,
                other => return Err(unexpected(&other)),
            }
        }
        Err(Fault::new("store.unavailable").because("others were always faster"))
    }

    /// Who is not found, and what cannot be decrypted, goes the way of a wrong password.
    async fn check_password(&self, input: VerifyPassword) -> Result<Checked, Fault> {
        let operation = (input.operation != Operation::default()).then_some(input.operation);
        let user = match input.user.clone().filter(|id| !id.is_empty()) {
            Some(id) => {
                let name = operation.as_ref().and_then(|operation| operation.name.clone());
                let organization = input.organization.clone().filter(|id| !id.is_empty());
                self.look_up(Lookup { key: UserKey::Id(id), organization, operation: name }).await?
            }
            None => None,
        };
        let password = self.decrypted(input.password, input.protection, input.transformation.as_deref());
        let fits = |user: &User| {
            agrees(input.username.as_deref(), user.username.as_deref())
                && agrees(input.organization.as_deref(), user.organization.as_deref())
        };
        let user = user.filter(fits);
        let (Some(user), Some(password)) = (user, password) else {
            self.shared.passwords.is_right(Zeroizing::new(String::new()), None).await;
            return Ok(Checked::Wrong);
        };
        let result = self.ask_bank(&user, &password, operation).await?;
        let right = match result {
            PasswordResult::CompareHash => {
                let typed = Zeroizing::new(password.expose().clone());
                self.shared.passwords.is_right(typed, user.password_hash.clone()).await
            }
            PasswordResult::Right => true,
            PasswordResult::Wrong => false,
            PasswordResult::Locked => return Ok(Checked::Locked),
        };
        Ok(match (right, user.locked) {
            (_, true) => Checked::Locked,
            (true, false) => Checked::Right(user),
            (false, false) => Checked::Wrong,
        })
    }

    async fn ask_bank(
        &self,
        user: &User,
        password: &Secret<String>,
        operation: Option<Operation>,
    ) -> Result<PasswordResult, Fault> {
        let check = PasswordCheck { user: user.clone(), password: password.clone(), operation };
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        self.shared.guard.own(async move { hooks.verify_password(&call, &check).await }).await
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
                let named = transformation.unwrap_or_default();
                if !is_aes_cbc(named) {
                    return None;
                }
                let plain = encryption.cipher.decrypt(password.expose()).ok()?;
                Some(Secret::new(plain.as_str().to_owned()))
            }
            _ => Some(password),
        }
    }

    fn told_of_password(&self, input: &VerifyPassword) -> AuditRecord {
        let name = |text: &Option<String>| text.as_ref().map(|text| text.chars().take(LONGEST_NAME).collect::<String>());
        AuditRecord {
            user: name(&input.user),
            organization: name(&input.organization),
            operation_id: name(&input.operation.id),
            operation_name: name(&input.operation.name),
            method: Some("password".to_owned()),
            ..self.event(AuditEvent::PasswordFailed, AuditOutcome::Failure)
        }
    }
}

/// What is asked for must be what is there; what is not asked for may be anything.
fn agrees(asked: Option<&str>, there: Option<&str>) -> bool {
    match asked.filter(|asked| !asked.is_empty()) {
        Some(asked) => there == Some(asked),
        None => true,
    }
}

/// The first that is given, in the order of certainty.
fn key_of(input: &FindUser) -> Option<UserKey> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let id = text(&input.user).map(UserKey::Id);
    let username = || text(&input.username).map(UserKey::Username);
    let phone = || input.phone.clone().map(UserKey::Phone);
    let number = || text(&input.registration_number).map(UserKey::RegistrationNumber);
    id.or_else(username).or_else(phone).or_else(number)
}

/// A name that looks like another one, or like nothing, belongs to nobody.
fn is_sound(key: &UserKey) -> bool {
    match key {
        UserKey::Id(text) | UserKey::Username(text) | UserKey::RegistrationNumber(text) => {
            !text.is_empty() && text.chars().count() <= LONGEST_NAME && !text.chars().any(is_hidden)
        }
        UserKey::Phone(_) => true,
    }
}

/// A hook's answer that cannot be one: another user than the one asked for, or texts that are none.
fn refuse_odd(user: &User, asked: &Lookup) -> Result<(), Fault> {
    let odd = |why: &str| Err(Fault::new("hook.failed").because(format_args!("lookup_user: {why}")));
    if matches!(&asked.key, UserKey::Id(id) if *id != user.id) {
        return odd("it gave another user than the one asked for");
    }
    let mut texts = vec![Some(&user.id), user.username.as_ref(), user.given_name.as_ref(), user.family_name.as_ref()];
    texts.extend([user.organization.as_ref(), user.registration_number.as_ref(), user.password_hash.as_ref()]);
    texts.extend(user.organizations.iter().flat_map(|organization| [Some(&organization.id), Some(&organization.name)]));
    texts.extend(user.facts.values().map(Some));
    if user.id.is_empty() || user.id.chars().count() > LONGEST_NAME {
        return odd("the user's id is empty or too long");
    }
    if texts.into_iter().flatten().any(|text| text.len() > 4096 || text.contains('\0')) {
        return odd("a text is too long or holds a NUL");
    }
    Ok(())
}
