//! Users, found by a hook; what that gives is looked at before it is used. Their passwords: `password.rs`.

mod disclosures;
mod name;
mod password;
mod phone_country;
mod rehash;
mod typed;

pub(super) use name::LONGEST_NAME;
pub(crate) use name::{canonical, counted};
pub(super) use password::{not_compared, overloaded};
pub use phone_country::FindPhoneCountry;
pub(crate) use rehash::keeps_password_hashes;

use crate::context::Core;
use crate::entities::{KnownDevice, Operation, PasswordProtection, PaymentAccount, User};
use crate::fault::Fault;
use crate::hooks::{Lookup, UserKey};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};
use crate::values::{Phone, RegistrationNumber, Secret};

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
    /// The country that the request is for.
    pub country: Option<String>,
    /// The issuer that the request is for.
    pub issuer: Option<String>,
    /// The partner that the request comes from.
    pub partner: Option<String>,
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

/// A device that must be the user's.
#[derive(Debug, Clone, Default)]
pub struct RequireDevice {
    /// The user's devices.
    pub known: Vec<KnownDevice>,
    /// The device.
    pub device: Option<String>,
    /// The application on it, if the request says one.
    pub app: Option<String>,
}

/// What the answer of a look-up tells its caller.
#[derive(Debug, Clone, Copy)]
pub(in crate::behaviours) enum Tells {
    /// Whether there is such a user.
    Always,
    /// Nothing: where there is none, all goes on as if there were.
    Nothing,
}

impl Core {
    /// Refuses a device that is none of the user's. Where the bank tells of no devices, or of no applications on one,
    /// all are good.
    ///
    /// # Errors
    /// `device.unknown`.
    pub async fn require_device(&self, input: RequireDevice) -> Result<(), Fault> {
        let asked = input.device.unwrap_or_default();
        let app = input.app.filter(|app| !app.is_empty());
        let has_app = |device: &KnownDevice| {
            app.as_ref().is_none_or(|app| device.app_ids.is_empty() || device.app_ids.contains(app))
        };
        let good = input.known.is_empty() || input.known.iter().any(|device| device.id == asked && has_app(device));
        if good { Ok(()) } else { Err(Fault::new("device.unknown")) }
    }

    /// Finds a user.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_user(&self, input: FindUser) -> Result<User, Fault> {
        self.seek(input, Tells::Always).await?.ok_or_else(|| Fault::new("user.unknown"))
    }

    /// As [`Core::find_user`]; nobody is an answer where the operation hides unknown users.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_user_if_known(&self, input: FindUser) -> Result<Option<User>, Fault> {
        let silent = self.hides_unknown_users(input.operation.as_deref());
        match self.seek(input, if silent { Tells::Nothing } else { Tells::Always }).await? {
            None if !silent => Err(Fault::new("user.unknown")),
            found => Ok(found),
        }
    }

    async fn seek(&self, input: FindUser, tells: Tells) -> Result<Option<User>, Fault> {
        let Some(key) = key_of(&input) else { return Ok(None) };
        let organization = input.organization.filter(|id| !id.is_empty());
        let operation = input.operation.clone();
        let lookup = Lookup {
            key,
            organization: organization.clone(),
            operation: input.operation,
            country: input.country,
            issuer: input.issuer,
            partner: input.partner,
        };
        let found = self.look_up(lookup).await?;
        let entry = self.lookup_entry(found.as_ref(), organization.clone(), operation);
        self.record_lookup(entry, tells, found.is_none()).await?;
        Ok(found.map(|user| in_organization(user, organization)))
    }

    /// Records a look-up, which found nobody or somebody.
    pub(in crate::behaviours) async fn record_lookup(
        &self,
        entry: AuditEntry,
        tells: Tells,
        is_nobody: bool,
    ) -> Result<(), Fault> {
        match tells {
            Tells::Always => self.disclose(entry, is_nobody).await,
            Tells::Nothing => self.record(vec![entry]).await,
        }
    }

    /// Names that belong to nobody are not told: they may be anything, also what was meant for another field.
    fn lookup_entry(
        &self,
        found: Option<&User>,
        organization: Option<String>,
        operation: Option<String>,
    ) -> AuditEntry {
        let (outcome, reason) = match found {
            Some(_) => (AuditOutcome::Success, None),
            None => (AuditOutcome::Failure, Some("user.unknown".to_owned())),
        };
        let short = |text: String| text.chars().take(LONGEST_NAME).collect::<String>();
        AuditEntry {
            reason,
            user: found.map(|user| user.id.clone()),
            organization: found.and_then(|user| user.organization.clone().or(organization)),
            operation_name: operation.map(short),
            ..self.event(AuditEvent::UserLookup, outcome)
        }
    }

    /// Asks the hook for a user, once more if it says so, and looks at what it gives. The user's organization is the
    /// one that the bank names, if it names one.
    pub(crate) async fn look_up(&self, lookup: Lookup) -> Result<Option<User>, Fault> {
        let Some(key) = self.canonical_key(&lookup) else { return Ok(None) };
        let lookup = Lookup { key, ..lookup };
        let asked = lookup.clone();
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        let ask = move || {
            let (hooks, call, lookup) = (hooks.clone(), call.clone(), lookup.clone());
            async move { hooks.lookup_user(&call, &lookup).await }
        };
        let Some(mut user) = self.shared.guard.lookup_of(&asked.key, ask).await? else { return Ok(None) };
        refuse_odd(&user, &asked)?;
        user.organization = user.organization.filter(|id| !id.is_empty());
        Ok(Some(user))
    }

    /// The key in its one form. A name that looks like another one, or like nothing, belongs to nobody. A registration
    /// number that the country's rules know has their normal form; any other stays as it was sent.
    fn canonical_key(&self, lookup: &Lookup) -> Option<UserKey> {
        Some(match &lookup.key {
            UserKey::Id(text) => UserKey::Id(canonical(text)?),
            UserKey::Username(text) => UserKey::Username(canonical(text)?),
            UserKey::RegistrationNumber(text) => {
                let country = lookup.country.as_deref().unwrap_or_default();
                match RegistrationNumber::read(country, text, self.today()) {
                    RegistrationNumber::Known(normal) => UserKey::RegistrationNumber(normal),
                    _ => UserKey::RegistrationNumber(canonical(text)?),
                }
            }
            UserKey::Phone(phone) => UserKey::Phone(phone.clone()),
        })
    }
}

/// The user with the organization that was asked for, unless the bank named one.
pub(super) fn in_organization(user: User, asked: Option<String>) -> User {
    User { organization: user.organization.or(asked), ..user }
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

/// A hook's answer that cannot be one: another user than the one asked for, or texts that are none.
fn refuse_odd(user: &User, asked: &Lookup) -> Result<(), Fault> {
    let odd = |why: &str| Err(Fault::new("hook.failed").with_detail(format_args!("lookup_user: {why}")));
    if matches!(&asked.key, UserKey::Id(id) if *id != counted(&user.id)) {
        return odd("it gave another user than the one asked for");
    }
    refuse_unsound(user, "lookup_user")
}

/// Texts of a hook's answer that are none.
pub(super) fn refuse_unsound(user: &User, hook: &str) -> Result<(), Fault> {
    let odd = |why: &str| Err(Fault::new("hook.failed").with_detail(format_args!("{hook}: {why}")));
    let mut texts = vec![Some(&user.id), user.username.as_ref(), user.given_name.as_ref(), user.family_name.as_ref()];
    texts.extend([user.organization.as_ref(), user.registration_number.as_ref(), user.password_hash.as_ref()]);
    texts.extend(user.organizations.iter().flat_map(|organization| [Some(&organization.id), Some(&organization.name)]));
    texts.extend(user.facts.values().map(Some));
    texts.extend(user.extras.0.iter().flat_map(|(name, value)| [Some(name), value.as_ref()]));
    texts.extend(user.devices.iter().flat_map(|device| std::iter::once(&device.id).chain(&device.app_ids)).map(Some));
    texts.extend(user.payment_accounts.iter().flat_map(texts_of_account).map(Some));
    texts.extend(
        user.answers
            .iter()
            .flat_map(|answer| [Some(&answer.question_id), answer.question_text.as_ref(), Some(&answer.hash)]),
    );
    if user.id.is_empty() || user.id.chars().count() > LONGEST_NAME {
        return odd("the user's id is empty or too long");
    }
    if texts.into_iter().flatten().any(|text| text.len() > 4096 || text.contains('\0')) {
        return odd("a text is too long or holds a NUL");
    }
    Ok(())
}

fn texts_of_account(account: &PaymentAccount) -> impl Iterator<Item = &String> {
    let attributes = account.attributes.iter().flat_map(|(name, value)| [name, value]);
    [&account.id, &account.account_type, &account.network].into_iter().chain(attributes)
}
