//! `verify_deposits`: an account outside the bank is proved by two amounts that the bank once paid into it. Amounts are
//! compared as whole cents, in either order. Comparing takes no time worth speaking of, so one conditional commit holds
//! the result, and nothing is answered before it: however many are reported at once, no more are compared than may be wrong.

use serde::{Deserialize, Serialize};

use super::account::VerifyDeposits;
use super::{account, cents};
use crate::behaviours::attempts::lockout::NEVER;
use crate::behaviours::retry::Retry;
use crate::behaviours::state::{decoded, encoded};
use crate::behaviours::users::name::counted;
use crate::context::Core;
use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{KeyName, Keyring};
use crate::entities::{DepositMethod, PaymentAccount};
use crate::fault::{Fault, Outcome, Verdict};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Kind, Record, RecordKey};

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
    /// The right amounts were reported once.
    #[serde(default)]
    verified: bool,
    /// Only an operator lets it be tried again.
    #[serde(default)]
    locked: bool,
}

/// How an account's amounts were reported.
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

/// [`Core::verify_deposits`].
pub(in crate::behaviours) async fn verify_deposits(
    core: &Core,
    input: VerifyDeposits,
) -> Result<Verdict<VerifiedDeposits>, Fault> {
    let account = account::of(&input).ok_or_else(|| Fault::new("payment_account.unknown"))?;
    let Some(deposits) = &account.deposits else {
        let entry = deposits_entry(core, &input, AuditEvent::DepositsVerified, AuditOutcome::Success);
        core.audit().record(vec![entry.with_reason("the bank asks for no deposits")]).await?;
        return Ok(Verdict::pass(VerifiedDeposits { outcome: Outcome::Passed, method: DepositMethod::Waived }));
    };
    let right = cents::are_same([input.first.as_ref(), input.second.as_ref()], deposits);
    let key = deposits_key(core, &input, account)?;
    let mut retry = Retry::default();
    loop {
        let read = core.store().read(&key).await?.record;
        let (found, batch) = deposits_batch(core, &input, &key, read.as_ref(), right)?;
        match core.store().commit(batch).await? {
            Committed::Applied(_) => return Ok(deposits_verdict(core, found)),
            other => retry.after(other).await?,
        }
    }
}

/// Failures are counted for the account, whichever issuer a request names.
fn deposits_key(core: &Core, input: &VerifyDeposits, account: &PaymentAccount) -> Result<RecordKey, Fault> {
    let user = counted(input.user.as_deref().unwrap_or_default());
    let fields = [Field::Text(&user), Field::Text(&account.id)];
    Ok(RecordKey::new(Kind::Deposits, core.keys().pseudonym(PURPOSE, &fields)?))
}

/// What is stored of a report of amounts.
fn deposits_batch(
    core: &Core,
    input: &VerifyDeposits,
    key: &RecordKey,
    read: Option<&Record>,
    right: bool,
) -> Result<(DepositsFinding, Batch), Fault> {
    let row: DepositsLockout = read.map(decoded).transpose()?.unwrap_or_default();
    let batch = core.store().batch().only_if(Condition::unchanged(key.clone(), read));
    let entry = |event, outcome| deposits_entry(core, input, event, outcome);
    if row.locked {
        let entry = entry(AuditEvent::DepositsBlocked, AuditOutcome::Failure).with_reason("wrong amounts before");
        return Ok((DepositsFinding::Locked, batch.audit(entry)));
    }
    if right {
        let row = DepositsLockout { verified: true, ..DepositsLockout::default() };
        let batch = batch.put(key.clone(), encoded(&row)?, NEVER);
        return Ok((DepositsFinding::Right, batch.audit(entry(AuditEvent::DepositsVerified, AuditOutcome::Success))));
    }
    let failures = row.failures.saturating_add(1);
    let row = DepositsLockout { failures, locked: failures >= core.shared.options.limits.wrong_deposits, ..row };
    let mut batch = batch.put(key.clone(), encoded(&row)?, NEVER);
    batch = batch.audit(entry(AuditEvent::DepositsFailed, AuditOutcome::Failure));
    if !row.locked {
        return Ok((DepositsFinding::Wrong, batch));
    }
    let blocked = entry(AuditEvent::DepositsBlocked, AuditOutcome::Failure).with_reason("failures in a row");
    Ok((DepositsFinding::Locked, batch.audit(blocked)))
}

/// The verdict on deposits that were compared. A refusal says that they were, and no more.
fn deposits_verdict(core: &Core, found: DepositsFinding) -> Verdict<VerifiedDeposits> {
    let method = DepositMethod::Compared;
    let name = match found {
        DepositsFinding::Right => return Verdict::pass(VerifiedDeposits { outcome: Outcome::Passed, method }),
        DepositsFinding::Wrong => "deposit.wrong",
        DepositsFinding::Locked => "deposit.locked",
    };
    Verdict::refuse(Fault::new(name).after_comparing(method), core.key_of(name))
}

fn deposits_entry(core: &Core, input: &VerifyDeposits, event: AuditEvent, outcome: AuditOutcome) -> AuditEntry {
    AuditEntry {
        user: input.user.clone(),
        organization: input.issuer.clone(),
        method: Some(PURPOSE.to_owned()),
        ..core.audit().entry(event, outcome)
    }
}
