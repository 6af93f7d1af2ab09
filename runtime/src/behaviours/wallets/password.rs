//! `set_password`: the first one is stored; a change revokes all other sessions of the wallet in the same batch.

use zeroize::Zeroizing;

use super::record::{WalletRecord, wallet_key};
use crate::behaviours::retry::Retry;
use crate::behaviours::sessions::revoke_other_sessions;
use crate::behaviours::state::{FOREVER, decoded, encoded};
use crate::behaviours::users::password::room_to_hash;
use crate::context::Core;
use crate::crypto::password::MOST_BYTES;
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Committed, Condition};
use crate::values::Secret;

/// A password to store.
#[derive(Debug, Default)]
pub struct SetPassword {
    /// Whose.
    pub wallet: Option<String>,
    /// The password as it came.
    pub password: Option<Secret<String>>,
}

/// [`Core::set_password`].
pub(in crate::behaviours) async fn set_password(core: &Core, input: SetPassword) -> Result<(), Fault> {
    let wallet = input.wallet.unwrap_or_default();
    let password = input.password.map(|password| Zeroizing::new(password.expose().clone()));
    let password = password.filter(|password| password.len() <= MOST_BYTES);
    let password =
        password.ok_or_else(|| Fault::new("input.invalid").with_detail("there is none, or it is too long"))?;
    room_to_hash(core)?;
    let hash = core.shared.passwords.peppered(password, core.shared.keys.ring()).await;
    let hash = hash.map_err(Fault::overloaded)?;
    let mut retry = Retry::default();
    loop {
        let read = core.store().read(&wallet_key(&wallet)).await?.record;
        let Some(read) = read else { return Err(Fault::new("wallet.unknown")) };
        let record: WalletRecord = decoded(&read)?;
        let changes = record.password.is_some();
        let entry = AuditEntry {
            user: Some(wallet.clone()),
            ..core.audit().entry(AuditEvent::PasswordSet, AuditOutcome::Success)
        };
        let mut batch = core
            .store()
            .batch()
            .only_if(Condition::Version(wallet_key(&wallet), read.version))
            .put(wallet_key(&wallet), encoded(&WalletRecord { password: Some(hash.clone()), ..record })?, FOREVER)
            .audit(entry);
        if changes {
            batch = revoke_other_sessions(core, &wallet, batch).await?;
        }
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(()),
            other => retry.after(other).await?,
        }
    }
}
