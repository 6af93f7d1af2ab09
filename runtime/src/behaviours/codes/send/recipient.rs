//! To whom a code goes: to a phone, to nobody without anyone noticing, or nowhere.

use super::rate_limits::Subject;
use crate::behaviours::codes::binding::Facts;
use crate::behaviours::codes::country;
use crate::behaviours::operations::kind::hides_unknown_users;
use crate::behaviours::users::find::look_up_user;
use crate::behaviours::users::name::counted;
use crate::context::Core;
use crate::entities::AccountStatus;
use crate::fault::Fault;
use crate::hooks::{Lookup, UserKey};
use crate::values::Phone;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivery {
    /// To this phone.
    Phone(Phone),
    /// Nowhere, but it must look as if it did; why, for the audit.
    Decoy(&'static str),
    /// Nowhere: there is a user, but no number that may be written to.
    Impossible(&'static str),
}

/// To whom a code goes.
#[derive(Debug, Clone)]
pub(super) struct Recipient {
    pub delivery: Delivery,
    pub user: Option<String>,
    pub organization: Option<String>,
    /// The organization that the bank names, if it names one. Limits are counted under it, since a request could name
    /// another one each time.
    pub counted_in: Option<String>,
}

impl Recipient {
    /// Whose limits the message counts against.
    pub fn subject(&self) -> Subject<'_> {
        let phone = match &self.delivery {
            Delivery::Phone(phone) => Some(phone.expose()),
            _ => None,
        };
        Subject { phone, user: self.user.as_deref(), organization: self.counted_in.as_deref() }
    }
}

/// Finds out to whom a code goes. Who does not exist gets an answer like everybody else.
pub(super) async fn find_recipient(
    core: &Core,
    user: Option<String>,
    phone: Option<Phone>,
    organization: Option<String>,
    account: Option<AccountStatus>,
    facts: &Facts,
) -> Result<Recipient, Fault> {
    let user = user.filter(|user| !user.is_empty()).map(|user| counted(&user));
    let organization =
        organization.filter(|id| !id.is_empty()).or_else(|| facts.get("organization.id").map(str::to_owned));
    let (delivery, counted_in) = match (phone, &user) {
        (Some(phone), _) => (recipient_of_phone(core, Some(phone)), None),
        (None, None) => (Delivery::Decoy("no user is named"), None),
        (None, Some(id)) => recipient_of_user(core, id, organization.clone(), facts.get("operation.name")).await?,
    };
    let delivery = match account {
        Some(AccountStatus::Inactive) => Delivery::Decoy("the caller says that the account is not active"),
        Some(AccountStatus::Active) | None => delivery,
    };
    Ok(Recipient { delivery, user, organization, counted_in })
}

/// Where a message to a user goes, and their organization as the bank names it.
async fn recipient_of_user(
    core: &Core,
    id: &str,
    organization: Option<String>,
    operation: Option<&str>,
) -> Result<(Delivery, Option<String>), Fault> {
    let operation = operation.map(str::to_owned);
    let silent = hides_unknown_users(core, operation.as_deref());
    let lookup =
        Lookup { key: UserKey::Id(id.to_owned()), organization, operation, country: None, issuer: None, partner: None };
    let Some(user) = look_up_user(core, lookup).await? else { return Ok((Delivery::Decoy("user.unknown"), None)) };
    // Where it is not disclosed who is unknown, it is not disclosed either to whom nothing can be sent.
    let is_blocked = user.is_blocked();
    let delivery = match recipient_of_phone(core, user.phone) {
        _ if user.locked && silent => Delivery::Decoy("the user is locked"),
        _ if is_blocked && silent => Delivery::Decoy("the account is not active"),
        Delivery::Impossible(why) if silent => Delivery::Decoy(why),
        delivery => delivery,
    };
    Ok((delivery, user.organization))
}

fn recipient_of_phone(core: &Core, phone: Option<Phone>) -> Delivery {
    let limits = &core.shared.options.limits;
    match (phone, limits.countries.as_deref()) {
        (None, _) => Delivery::Impossible("the user has no phone"),
        (Some(phone), _) if !limits.service_numbers && country::is_service(phone.expose()) => {
            Delivery::Impossible("no codes are sent to premium-rate and toll-free numbers")
        }
        (Some(phone), Some(countries)) if !country::is_allowed(phone.expose(), countries) => {
            Delivery::Impossible("no codes are sent to this country")
        }
        (Some(phone), _) => Delivery::Phone(phone),
    }
}
