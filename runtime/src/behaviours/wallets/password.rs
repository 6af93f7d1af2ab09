//! `set_password`: the first one is stored; a change revokes all other sessions of the wallet in the same batch.

use zeroize::Zeroizing;

use super::{WalletRecord, wallet_key};
use crate::behaviours::retry::Retry;
use crate::behaviours::state::{FOREVER, decoded, encoded};
use crate::context::Core;
use crate::crypto::password::MOST_BYTES;
use crate::fault::Fault;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition};
use crate::values::Secret;

/// A password to store.
#[derive(Debug, Default)]
pub struct SetPassword {
    /// Whose.
    pub wallet: Option<String>,
    /// The password as it came.
    pub password: Option<Secret<String>>,
}

impl Core {
    /// Stores the password of a wallet as an Argon2id hash of what was given, keyed with the current pepper.
    ///
    /// # Errors
    /// `wallet.unknown`, `input.invalid` for a password that is too long, `overloaded`, `store.unavailable`.
    pub async fn set_password(&self, input: SetPassword) -> Result<(), Fault> {
        let wallet = input.wallet.unwrap_or_default();
        let password = input.password.map(|password| Zeroizing::new(password.expose().clone()));
        let password = password.filter(|password| password.len() <= MOST_BYTES);
        let password =
            password.ok_or_else(|| Fault::new("input.invalid").with_detail("there is none, or it is too long"))?;
        self.room_to_hash()?;
        let hash = self.shared.passwords.peppered(password, self.shared.keys.ring()).await;
        let hash = hash.map_err(Fault::overloaded)?;
        let mut retry = Retry::default();
        loop {
            let read = self.read(&wallet_key(&wallet)).await?.record;
            let Some(read) = read else { return Err(Fault::new("wallet.unknown")) };
            let record: WalletRecord = decoded(&read)?;
            let changes = record.password.is_some();
            let entry =
                AuditEntry { user: Some(wallet.clone()), ..self.event(AuditEvent::PasswordSet, AuditOutcome::Success) };
            let mut batch = Batch::at(self.clock_millis())
                .only_if(Condition::Version(wallet_key(&wallet), read.version))
                .put(wallet_key(&wallet), encoded(&WalletRecord { password: Some(hash.clone()), ..record })?, FOREVER)
                .audit(entry);
            if changes {
                batch = self.revoking_others(&wallet, batch).await?;
            }
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(()),
                other => retry.after(other).await?,
            }
        }
    }
}
