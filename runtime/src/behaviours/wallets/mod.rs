//! Wallets: one a phone and an app, made at once or not at all, whoever else asks at the same time. What a wallet holds
//! of its owner is sealed; a password is stored as a hash alone. Terms that were accepted: `documents`.

mod password;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::retry::Retry;
use super::state::{FOREVER, encoded};
use crate::adapter::Alphabet;
use crate::context::Core;
use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{KeyName, digits, seal};
use crate::entities::{Wallet, WalletAccount};
use crate::fault::Fault;
use crate::hooks::{Lookup, NewWallet, UserKey};
use crate::store::{AuditEntry, AuditEvent, AuditOutcome, Batch, Committed, Condition, Kind, RecordKey};
use crate::values::{Date, Decimal, Phone, Time};

pub use password::SetPassword;

/// How many digits the number of a wallet has.
const NUMBER_LENGTH: u32 = 9;

/// Who must not be there yet.
#[derive(Debug, Clone, Default)]
pub struct RequireNewUser {
    /// Their phone.
    pub phone: Option<Phone>,
    /// The app.
    pub app: Option<String>,
}

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

/// A wallet as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct WalletRecord {
    app: String,
    kyc_level: i64,
    kyc_status: String,
    accounts: Vec<AccountRecord>,
    /// When the terms were accepted, and of which day they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terms_accepted: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terms_updated: Option<String>,
    /// The key that the owner's data are sealed with, and those data.
    key: String,
    owner: String,
    /// A PHC string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AccountRecord {
    id: String,
    state: String,
    currency: String,
    balance: String,
}

/// What is sealed of an owner.
#[derive(Serialize)]
struct Owner<'a> {
    phone: &'a str,
    email: Option<&'a str>,
    nickname: Option<&'a str>,
}

impl Core {
    /// Refuses a phone that has a wallet in this app, or whose owner the bank knows. The hook is told the app as the
    /// fact `app.id`.
    ///
    /// # Errors
    /// `user.exists`, `input.invalid` for what is no phone, and those of the hook and the store.
    pub async fn require_new_user(&self, input: RequireNewUser) -> Result<(), Fault> {
        let phone = input.phone.ok_or_else(no_phone)?;
        let app = input.app.unwrap_or_default();
        for place in self.places(&app, &phone) {
            if self.read(&place).await?.record.is_some() {
                self.disclose(self.lookup_of_phone(true), true).await?;
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
        let is_known = self.telling("app.id", app).look_up(lookup).await?.is_some();
        self.disclose(self.lookup_of_phone(is_known), is_known).await?;
        if is_known { Err(Fault::new("user.exists")) } else { Ok(()) }
    }

    /// That somebody was looked for by a phone, and found or not; whose it is, is not told.
    fn lookup_of_phone(&self, is_known: bool) -> AuditEntry {
        let entry = self.event(AuditEvent::UserLookup, AuditOutcome::Success);
        if is_known { entry.with_reason("user.exists") } else { entry }
    }

    /// Makes a wallet with one account. Of several that are made for one phone and app at once, one is.
    ///
    /// # Errors
    /// `wallet.exists`, `input.invalid` for what is no phone, `store.unavailable`.
    pub async fn create_wallet(&self, input: CreateWallet) -> Result<Wallet, Fault> {
        let phone = input.phone.clone().ok_or_else(no_phone)?;
        let app = input.app.clone().unwrap_or_default();
        let places = self.places(&app, &phone);
        let mut retry = Retry::default();
        loop {
            let wallet = new_wallet(&input);
            let batch = self.wallet_batch(&input, &app, &phone, &wallet, &places)?;
            match self.commit(batch).await? {
                Committed::Applied(_) => {
                    self.notify_of_wallet(app, &wallet, phone, input).await;
                    return Ok(wallet);
                }
                Committed::Conflict(at) if at < places.len() => {
                    let entry =
                        self.event(AuditEvent::WalletCreated, AuditOutcome::Failure).with_reason("wallet.exists");
                    self.record(vec![entry]).await?;
                    return Err(Fault::new("wallet.exists"));
                }
                // The number is taken.
                other => retry.after(other).await?,
            }
        }
    }

    fn wallet_batch(
        &self,
        input: &CreateWallet,
        app: &str,
        phone: &Phone,
        wallet: &Wallet,
        places: &[RecordKey],
    ) -> Result<Batch, Fault> {
        let key = self.current_key(KeyName::Codes)?;
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
        let mut batch = Batch::at(self.clock_millis());
        for place in places {
            batch = batch.only_if(Condition::Absent(place.clone()));
        }
        let place = places.first().cloned().ok_or_else(|| Fault::new("unexpected").with_detail("there is no key"))?;
        let entry = AuditEntry {
            user: Some(wallet.id.clone()),
            ..self.event(AuditEvent::WalletCreated, AuditOutcome::Success)
        };
        Ok(batch
            .only_if(Condition::Absent(wallet_key(&wallet.id)))
            .put(place, serde_json::json!({ "wallet": wallet.id }), FOREVER)
            .put(wallet_key(&wallet.id), encoded(&record)?, FOREVER)
            .audit(entry))
    }

    /// Where the wallet of a phone in an app is noted: with the current key, and with older ones.
    fn places(&self, app: &str, phone: &Phone) -> Vec<RecordKey> {
        let fields = [Field::Text(app), Field::Text(phone.expose())];
        let ring = self.shared.keys.ring();
        ring.all(KeyName::Counters)
            .map(|key| RecordKey::new(Kind::WalletPhone, mac_text(key, "wallet.phone", &fields)))
            .collect()
    }

    /// Tells the bank. The wallet is there, whatever the bank makes of it.
    async fn notify_of_wallet(&self, app: String, wallet: &Wallet, phone: Phone, input: CreateWallet) {
        let entry = NewWallet {
            app,
            id: wallet.id.clone(),
            accounts: wallet.accounts.iter().map(|account| account.id.clone()).collect(),
            phone,
            email: input.email,
            nickname: input.nickname,
        };
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        let asked = async move { hooks.wallet_created(&call, &entry).await };
        if let Err(fault) = self.shared.guard.own("wallet_created", asked).await {
            self.audit_hook_failure("wallet_created", &wallet.id, &fault).await;
        }
    }
}

impl AccountRecord {
    fn of(account: &WalletAccount) -> Self {
        AccountRecord {
            id: account.id.clone(),
            state: account.state.clone(),
            currency: account.currency.clone(),
            balance: account.balance.canonical(),
        }
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

fn wallet_key(id: &str) -> RecordKey {
    RecordKey::new(Kind::Wallet, id)
}

fn no_phone() -> Fault {
    Fault::new("input.invalid").with_detail("what was sent makes no phone number")
}
