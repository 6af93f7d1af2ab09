//! `find_user`: asks the hook, checks what it gives, and records the look-up.

use super::disclosures::count_disclosure;
use super::name::{LONGEST_NAME, canonical, counted};
use crate::behaviours::operations::kind::hides_unknown_users;
use crate::context::Core;
use crate::entities::{PaymentAccount, User};
use crate::fault::Fault;
use crate::hooks::{Lookup, UserKey};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};
use crate::values::{Phone, RegistrationNumber};

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

/// What the answer of a look-up discloses to its caller.
#[derive(Debug, Clone, Copy)]
pub(in crate::behaviours) enum Discloses {
    /// Whether there is such a user.
    Always,
    /// Nothing: where there is none, all goes on as if there were.
    Nothing,
}

/// [`Core::find_user`].
pub(in crate::behaviours) async fn find_user(core: &Core, input: FindUser) -> Result<User, Fault> {
    find_and_audit(core, input, Discloses::Always).await?.ok_or_else(|| Fault::new("user.unknown"))
}

/// [`Core::find_user_if_known`].
pub(in crate::behaviours) async fn find_user_if_known(core: &Core, input: FindUser) -> Result<Option<User>, Fault> {
    let silent = hides_unknown_users(core, input.operation.as_deref());
    match find_and_audit(core, input, if silent { Discloses::Nothing } else { Discloses::Always }).await? {
        None if !silent => Err(Fault::new("user.unknown")),
        found => Ok(found),
    }
}

async fn find_and_audit(core: &Core, input: FindUser, discloses: Discloses) -> Result<Option<User>, Fault> {
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
    let found = look_up_user(core, lookup).await?;
    let entry = lookup_entry(core, found.as_ref(), organization.clone(), operation);
    record_lookup(core, entry, discloses, found.is_none()).await?;
    Ok(found.map(|user| in_organization(user, organization)))
}

/// Records a look-up, which found nobody or somebody.
pub(in crate::behaviours) async fn record_lookup(
    core: &Core,
    entry: AuditEntry,
    discloses: Discloses,
    is_nobody: bool,
) -> Result<(), Fault> {
    match discloses {
        Discloses::Always => count_disclosure(core, entry, is_nobody).await,
        Discloses::Nothing => core.audit().record(vec![entry]).await,
    }
}

/// Names that belong to nobody are not recorded: they may be anything, also what was meant for another field.
fn lookup_entry(
    core: &Core,
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
        ..core.audit().entry(AuditEvent::UserLookup, outcome)
    }
}

/// Asks the hook for a user, once more if it says so, and looks at what it gives. The user's organization is the
/// one that the bank names, if it names one.
pub(crate) async fn look_up_user(core: &Core, lookup: Lookup) -> Result<Option<User>, Fault> {
    let Some(key) = canonical_key(core, &lookup) else { return Ok(None) };
    let lookup = Lookup { key, ..lookup };
    let asked = lookup.clone();
    let (hooks, call) = core.hooks().both();
    let ask = move || {
        let (hooks, call, lookup) = (hooks.clone(), call.clone(), lookup.clone());
        async move { hooks.lookup_user(&call, &lookup).await }
    };
    let Some(mut user) = core.shared.guard.lookup_of(&asked.key, ask).await? else { return Ok(None) };
    refuse_odd(&user, &asked)?;
    user.organization = user.organization.filter(|id| !id.is_empty());
    Ok(Some(user))
}

/// The key in its one form. A name that looks like another one, or like nothing, belongs to nobody. A registration
/// number that the country's rules know has their normal form; any other stays as it was sent.
fn canonical_key(core: &Core, lookup: &Lookup) -> Option<UserKey> {
    Some(match &lookup.key {
        UserKey::Id(text) => UserKey::Id(canonical(text)?),
        UserKey::Username(text) => UserKey::Username(canonical(text)?),
        UserKey::RegistrationNumber(text) => {
            let country = lookup.country.as_deref().unwrap_or_default();
            match RegistrationNumber::read(country, text, core.today()) {
                RegistrationNumber::Known(normal) => UserKey::RegistrationNumber(normal),
                _ => UserKey::RegistrationNumber(canonical(text)?),
            }
        }
        UserKey::Phone(phone) => UserKey::Phone(phone.clone()),
    })
}

/// The user with the organization that was asked for, unless the bank named one.
pub(in crate::behaviours) fn in_organization(user: User, asked: Option<String>) -> User {
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
pub(in crate::behaviours) fn refuse_unsound(user: &User, hook: &str) -> Result<(), Fault> {
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
