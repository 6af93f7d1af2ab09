//! `verify_deposits`: an account outside the bank is proved by two amounts that the bank once paid into it. Amounts are
//! compared as whole cents, in either order. Comparing takes no time worth speaking of, so one conditional commit holds
//! the result, and nothing is told before it: however many are reported at once, no more are compared than may be wrong.

mod account;
mod cents;

use serde::{Deserialize, Serialize};

use super::lockout::NEVER;
use super::retry::Retry;
use super::state::{decoded, encoded};
use super::users::counted;
use crate::context::Core;
use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{KeyName, Keyring};
use crate::entities::{DepositMethod, PaymentAccount};
use crate::fault::{Fault, Outcome, Verdict};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Kind, Record, RecordKey};
use crate::values::{Decimal, Pairs};

/// What is asked of an account.
#[derive(Debug, Clone, Default)]
pub struct VerifyDeposits {
    /// Whose account.
    pub user: Option<String>,
    /// The accounts that the bank knows of the user.
    pub accounts: Vec<PaymentAccount>,
    /// One of the amounts.
    pub first: Option<Decimal>,
    /// The other one.
    pub second: Option<Decimal>,
    /// The account's number; without it, it is found by all that follows.
    pub account: Option<String>,
    /// Its type.
    pub account_type: Option<String>,
    /// Its network.
    pub network: Option<String>,
    /// What else it is told by.
    pub attributes: Option<Pairs>,
    /// The issuer.
    pub issuer: Option<String>,
}

/// Deposits that were right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedDeposits {
    /// Always passed.
    pub outcome: Outcome,
    /// Whether amounts were compared.
    pub method: DepositMethod,
}

/// What is stored of an account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct DepositsLockout {
    /// Wrong amounts since the last right ones.
    failures: u32,
    /// The right amounts were told once.
    #[serde(default)]
    verified: bool,
    /// Only an operator lets it be tried again.
    #[serde(default)]
    locked: bool,
}

/// How an account's amounts were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DepositsFinding {
    Right,
    Wrong,
    /// As many were wrong as may be, whatever these were.
    Locked,
}

/// By what accounts are proved here.
const PURPOSE: &str = "deposits";

/// The ids that the tellings of an account's deposits may be stored under: one for each key of the ring.
pub(crate) fn deposits_ids(keys: &Keyring, user: &str, account: &str) -> Vec<String> {
    let user = counted(user);
    let fields = [Field::Text(&user), Field::Text(account)];
    keys.all(KeyName::Counters).map(|key| mac_text(key, PURPOSE, &fields)).collect()
}

impl Core {
    /// Compares two amounts with the deposits that were made to an account of the user. An account without deposits
    /// passes, since the bank asks for none.
    ///
    /// # Errors
    /// `payment_account.unknown`, `store.unavailable`. Wrong amounts are in the verdict.
    pub async fn verify_deposits(&self, input: VerifyDeposits) -> Result<Verdict<VerifiedDeposits>, Fault> {
        let account = account::of(&input).ok_or_else(|| Fault::new("payment_account.unknown"))?;
        let Some(deposits) = &account.deposits else {
            let entry = self.deposits_entry(&input, AuditEvent::DepositsVerified, AuditOutcome::Success);
            self.record(vec![entry.with_reason("the bank asks for no deposits")]).await?;
            return Ok(Verdict::pass(VerifiedDeposits { outcome: Outcome::Passed, method: DepositMethod::Waived }));
        };
        let right = cents::are_same([input.first.as_ref(), input.second.as_ref()], deposits);
        let key = self.deposits_key(&input, account)?;
        let mut retry = Retry::default();
        loop {
            let read = self.read(&key).await?.record;
            let (found, batch) = self.deposits_batch(&input, &key, read.as_ref(), right)?;
            match self.commit(batch).await? {
                Committed::Applied(_) => return Ok(self.verdict_of(found)),
                other => retry.after(other).await?,
            }
        }
    }

    /// Failures are counted for the account, whichever issuer a request names.
    fn deposits_key(&self, input: &VerifyDeposits, account: &PaymentAccount) -> Result<RecordKey, Fault> {
        let user = counted(input.user.as_deref().unwrap_or_default());
        let fields = [Field::Text(&user), Field::Text(&account.id)];
        Ok(RecordKey::new(Kind::Deposits, self.pseudonym(PURPOSE, &fields)?))
    }

    /// What is stored of a telling of amounts.
    fn deposits_batch(
        &self,
        input: &VerifyDeposits,
        key: &RecordKey,
        read: Option<&Record>,
        right: bool,
    ) -> Result<(DepositsFinding, Batch), Fault> {
        let row: DepositsLockout = read.map(decoded).transpose()?.unwrap_or_default();
        let batch = Batch::at(self.clock_millis()).only_if(Condition::unchanged(key.clone(), read));
        let entry = |event, outcome| self.deposits_entry(input, event, outcome);
        if row.locked {
            let entry = entry(AuditEvent::DepositsBlocked, AuditOutcome::Failure).with_reason("wrong amounts before");
            return Ok((DepositsFinding::Locked, batch.audit(entry)));
        }
        if right {
            let row = DepositsLockout { verified: true, ..DepositsLockout::default() };
            let batch = batch.put(key.clone(), encoded(&row)?, NEVER);
            return Ok((
                DepositsFinding::Right,
                batch.audit(entry(AuditEvent::DepositsVerified, AuditOutcome::Success)),
            ));
        }
        let failures = row.failures.saturating_add(1);
        let row = DepositsLockout { failures, locked: failures >= self.shared.options.limits.wrong_deposits, ..row };
        let mut batch = batch.put(key.clone(), encoded(&row)?, NEVER);
        batch = batch.audit(entry(AuditEvent::DepositsFailed, AuditOutcome::Failure));
        if !row.locked {
            return Ok((DepositsFinding::Wrong, batch));
        }
        let blocked = entry(AuditEvent::DepositsBlocked, AuditOutcome::Failure).with_reason("failures in a row");
        Ok((DepositsFinding::Locked, batch.audit(blocked)))
    }

    /// What is told of deposits that were compared. Whoever is refused is told that they were, and no more.
    fn verdict_of(&self, found: DepositsFinding) -> Verdict<VerifiedDeposits> {
        let method = DepositMethod::Compared;
        let name = match found {
            DepositsFinding::Right => return Verdict::pass(VerifiedDeposits { outcome: Outcome::Passed, method }),
            DepositsFinding::Wrong => "deposit.wrong",
            DepositsFinding::Locked => "deposit.locked",
        };
        Verdict::refuse(Fault::new(name).after_comparing(method), self.key_of(name))
    }

    fn deposits_entry(&self, input: &VerifyDeposits, event: AuditEvent, outcome: AuditOutcome) -> AuditEntry {
        AuditEntry {
            user: input.user.clone(),
            organization: input.issuer.clone(),
            method: Some(PURPOSE.to_owned()),
            ..self.event(event, outcome)
        }
    }
}
