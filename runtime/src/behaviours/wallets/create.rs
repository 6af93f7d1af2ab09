//! `create_wallet`: a wallet and its one account, in one batch.

use serde::Serialize;

use super::record::{AccountRecord, WalletRecord, no_phone, wallet_key, wallet_places};
use crate::adapter::Alphabet;
use crate::behaviours::retry::Retry;
use crate::behaviours::state::{FOREVER, encoded};
use crate::context::Core;
use crate::crypto::{KeyName, digits, seal};
use crate::entities::{Wallet, WalletAccount};
use crate::fault::Fault;
use crate::hooks::NewWallet;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, RecordKey};
use crate::values::{Date, Decimal, Phone, Time};

/// How many digits the number of a wallet has.
const NUMBER_LENGTH: u32 = 9;

/// A wallet to make.
#[derive(Debug, Clone, Default)]
pub struct CreateWallet {
    /// The app.
    pub app: Option<String>,
    /// The currency of its account.
    pub currency: Option<String>,
    /// What the numbers of the app's accounts begin with.
    pub account_prefix: Option<String>,
    /// Its owner's phone.
    pub phone: Option<Phone>,
    /// Its owner's e-mail address.
    pub email: Option<String>,
    /// What its owner is called.
    pub nickname: Option<String>,
    /// When the terms were accepted.
    pub accepted: Option<Time>,
    /// Of which day the accepted terms are.
    pub updated: Option<Date>,
}

/// What is sealed of an owner.
#[derive(Serialize)]
struct Owner<'a> {
    phone: &'a str,
    email: Option<&'a str>,
    nickname: Option<&'a str>,
}

/// [`Core::create_wallet`].
pub(in crate::behaviours) async fn create_wallet(core: &Core, input: CreateWallet) -> Result<Wallet, Fault> {
    let phone = input.phone.clone().ok_or_else(no_phone)?;
    let app = input.app.clone().unwrap_or_default();
    let places = wallet_places(core, &app, &phone);
    let mut retry = Retry::default();
    loop {
        let wallet = new_wallet(&input);
        let batch = wallet_batch(core, &input, &app, &phone, &wallet, &places)?;
        match core.store().commit(batch).await? {
            Committed::Applied(_) => {
                notify_of_wallet(core, app, &wallet, phone, input).await;
                return Ok(wallet);
            }
            Committed::Conflict(at) if at < places.len() => {
                let entry =
                    core.audit().entry(AuditEvent::WalletCreated, AuditOutcome::Failure).with_reason("wallet.exists");
                core.audit().record(vec![entry]).await?;
                return Err(Fault::new("wallet.exists"));
            }
            // The number is taken.
            other => retry.after(other).await?,
        }
    }
}

fn wallet_batch(
    core: &Core,
    input: &CreateWallet,
    app: &str,
    phone: &Phone,
    wallet: &Wallet,
    places: &[RecordKey],
) -> Result<Batch, Fault> {
    let key = core.keys().current(KeyName::Codes)?;
    let (email, nickname) = (input.email.as_deref(), input.nickname.as_deref());
    let owner = encoded(&Owner { phone: phone.expose(), email, nickname })?.to_string();
    let owner = seal::seal(&key, &wallet.id, &owner);
    let record = WalletRecord {
        app: app.to_owned(),
        kyc_level: wallet.kyc_level,
        kyc_status: wallet.kyc_status.clone(),
        accounts: wallet.accounts.iter().map(AccountRecord::of).collect(),
        terms_accepted: input.accepted.map(|time| time.to_string()),
        terms_updated: input.updated.map(|day| day.to_string()),
        key: key.id().to_owned(),
        owner: owner.ok_or_else(|| Fault::new("unexpected").with_detail("the owner cannot be sealed"))?,
        password: None,
    };
    let mut batch = core.store().batch();
    for place in places {
        batch = batch.only_if(Condition::Absent(place.clone()));
    }
    let place = places.first().cloned().ok_or_else(|| Fault::new("unexpected").with_detail("there is no key"))?;
    let entry = AuditEntry {
        user: Some(wallet.id.clone()),
        ..core.audit().entry(AuditEvent::WalletCreated, AuditOutcome::Success)
    };
    Ok(batch
        .only_if(Condition::Absent(wallet_key(&wallet.id)))
        .put(place, serde_json::json!({ "wallet": wallet.id }), FOREVER)
        .put(wallet_key(&wallet.id), encoded(&record)?, FOREVER)
        .audit(entry))
}

/// Notifies the bank. The wallet is there, whatever the bank answers.
async fn notify_of_wallet(core: &Core, app: String, wallet: &Wallet, phone: Phone, input: CreateWallet) {
    let wallet_made = NewWallet {
        app,
        id: wallet.id.clone(),
        accounts: wallet.accounts.iter().map(|account| account.id.clone()).collect(),
        phone,
        email: input.email,
        nickname: input.nickname,
    };
    let hooks = core.hooks();
    let called =
        hooks.call("wallet_created", |hooks, call| async move { hooks.wallet_created(&call, &wallet_made).await });
    if let Err(fault) = called.await {
        core.audit().record_hook_failure("wallet_created", &wallet.id, &fault).await;
    }
}

/// A wallet as it is at first: with an account that is named for it, and nothing in it.
fn new_wallet(input: &CreateWallet) -> Wallet {
    let id = digits::code(Alphabet::Digits, NUMBER_LENGTH);
    let account = WalletAccount {
        id: format!("{}{id}", input.account_prefix.as_deref().unwrap_or_default()),
        state: "approved".to_owned(),
        currency: input.currency.clone().unwrap_or_default(),
        balance: Decimal::default(),
    };
    Wallet { id, kyc_level: 0, kyc_status: "OK".to_owned(), accounts: vec![account] }
}
