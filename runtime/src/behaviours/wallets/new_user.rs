//! `require_new_user`: refuses a phone that has a wallet, or whose owner the bank knows.

use super::record::{no_phone, wallet_places};
use crate::behaviours::users::disclosures::count_disclosure;
use crate::behaviours::users::find::look_up_user;
use crate::context::Core;
use crate::fault::Fault;
use crate::hooks::{Lookup, UserKey};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};
use crate::values::Phone;

/// Who must not be there yet.
#[derive(Debug, Clone, Default)]
pub struct RequireNewUser {
    /// Their phone.
    pub phone: Option<Phone>,
    /// The app.
    pub app: Option<String>,
}

/// [`Core::require_new_user`].
pub(in crate::behaviours) async fn require_new_user(core: &Core, input: RequireNewUser) -> Result<(), Fault> {
    let phone = input.phone.ok_or_else(no_phone)?;
    let app = input.app.unwrap_or_default();
    for place in wallet_places(core, &app, &phone) {
        if core.store().read(&place).await?.record.is_some() {
            count_disclosure(core, lookup_of_phone(core, true), true).await?;
            return Err(Fault::new("user.exists").with_detail("the phone has a wallet"));
        }
    }
    let lookup = Lookup {
        key: UserKey::Phone(phone),
        organization: None,
        operation: None,
        country: None,
        issuer: None,
        partner: None,
    };
    let is_known = look_up_user(&core.with_fact("app.id", app), lookup).await?.is_some();
    count_disclosure(core, lookup_of_phone(core, is_known), is_known).await?;
    if is_known { Err(Fault::new("user.exists")) } else { Ok(()) }
}

/// That somebody was looked for by a phone, and found or not; whose it is, is not recorded.
fn lookup_of_phone(core: &Core, is_known: bool) -> AuditEntry {
    let entry = core.audit().entry(AuditEvent::UserLookup, AuditOutcome::Success);
    if is_known { entry.with_reason("user.exists") } else { entry }
}
