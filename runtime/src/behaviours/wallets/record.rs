//! A wallet as it is stored, and where it is stored which phone has one.

use serde::{Deserialize, Serialize};

use crate::context::Core;
use crate::crypto::KeyName;
use crate::crypto::mac::{Field, mac_text};
use crate::entities::WalletAccount;
use crate::fault::Fault;
use crate::store::{Kind, RecordKey};
use crate::values::Phone;

/// A wallet as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct WalletRecord {
    pub app: String,
    pub kyc_level: i64,
    pub kyc_status: String,
    pub accounts: Vec<AccountRecord>,
    /// When the terms were accepted, and of which day they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_accepted: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_updated: Option<String>,
    /// The key that the owner's data are sealed with, and those data.
    pub key: String,
    pub owner: String,
    /// A PHC string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// An account of a wallet as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct AccountRecord {
    pub id: String,
    pub state: String,
    pub currency: String,
    pub balance: String,
}

impl AccountRecord {
    pub fn of(account: &WalletAccount) -> Self {
        AccountRecord {
            id: account.id.clone(),
            state: account.state.clone(),
            currency: account.currency.clone(),
            balance: account.balance.canonical(),
        }
    }
}

/// Where a wallet is stored.
pub(super) fn wallet_key(id: &str) -> RecordKey {
    RecordKey::new(Kind::Wallet, id)
}

/// Where the wallet of a phone in an app is noted: with the current key, and with older ones.
pub(super) fn wallet_places(core: &Core, app: &str, phone: &Phone) -> Vec<RecordKey> {
    let fields = [Field::Text(app), Field::Text(phone.expose())];
    let ring = core.shared.keys.ring();
    ring.all(KeyName::Counters)
        .map(|key| RecordKey::new(Kind::WalletPhone, mac_text(key, "wallet.phone", &fields)))
        .collect()
}

pub(super) fn no_phone() -> Fault {
    Fault::new("input.invalid").with_detail("what was sent makes no phone number")
}
