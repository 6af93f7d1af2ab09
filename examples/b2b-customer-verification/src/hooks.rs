//! What has to be written: the issuer's customers. Nothing for the sixteen operations, and no gateway, since every code
//! goes back with the answer.

use std::collections::BTreeMap;

use countersign_runtime::{
    Call, Decimal, EnrolledAnswer, HookError, KnownDevice, Lookup, LookupHooks, PaymentAccount, User, UserKey,
};

use crate::generated::DataAdapter;

/// All operations as they are defined.
pub struct Adapter;

impl DataAdapter for Adapter {}

/// Customers that are a list.
pub struct DemoIssuer;

struct Customer {
    uri: &'static str,
    username: &'static str,
    /// The bank took answers from them when it enrolled them.
    enrolled: bool,
    locked: bool,
    device: Option<&'static str>,
}

const DANA: &str = "wlwdemo:entity:customer#3c1a7d52-6a0b-4d3b-b7f4-51b0c9a2e7d4";

const CUSTOMERS: &[Customer] = &[
    Customer { uri: DANA, username: "dana@example.com", enrolled: true, locked: false, device: None },
    // Who has answered nothing yet.
    Customer {
        uri: "wlwdemo:entity:customer#new",
        username: "noor@example.com",
        enrolled: false,
        locked: false,
        device: None,
    },
    // Whom the bank has locked.
    Customer {
        uri: "wlwdemo:entity:customer#locked",
        username: "lou@example.com",
        enrolled: true,
        locked: true,
        device: None,
    },
    // Whose devices the bank knows.
    Customer {
        uri: "wlwdemo:entity:customer#one-device",
        username: "ona@example.com",
        enrolled: true,
        locked: false,
        device: Some("wlwdemo:entity:device#ona"),
    },
];

/// The register breaks for this one.
const BROKEN: &str = "wlwdemo:entity:customer#broken";

/// Of "correct horse 7".
const PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$9sMcKetifFrZhOh1fcu/+g$ELDtBuP80/CCwMJuoSQFXXRF5ANPpH/8wmCBBkT6cWQ";
/// Of "rex" and "elm street": answers are compared in small letters.
const REX: &str = "$argon2id$v=19$m=19456,t=2,p=1$JFlqdfqB019JMEmOSVuaiA$tQyF60AloahBBitmVZ4+P7Zo69yqnn1DGj+Zys6S/H0";
const ELM_STREET: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$i/1HG41epavQMHm8vVVTKw$33NkAhLxMnvOIZqXABIADeiYqcAKsR+QDVXAN/4lNqM";

impl LookupHooks for DemoIssuer {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let UserKey::Id(uri) = &lookup.key else { return Ok(None) };
        if uri == BROKEN {
            return Err(HookError::Broken("the register is down".to_owned()));
        }
        CUSTOMERS.iter().find(|customer| customer.uri == uri).map(user).transpose()
    }
}

fn user(customer: &Customer) -> Result<User, HookError> {
    let answer = |id: &str, required: bool, hash: &str| EnrolledAnswer {
        question_id: id.to_owned(),
        required,
        hash: hash.to_owned(),
        ..EnrolledAnswer::default()
    };
    let device = |id: &&str| KnownDevice { id: (*id).to_owned(), app_ids: Vec::new() };
    Ok(User {
        id: customer.uri.to_owned(),
        username: Some(customer.username.to_owned()),
        password_hash: Some(PASSWORD.to_owned()),
        locked: customer.locked,
        devices: customer.device.iter().map(device).collect(),
        payment_accounts: vec![account()?],
        answers: match customer.enrolled {
            true => vec![answer("q-pet", true, REX), answer("q-street", false, ELM_STREET)],
            false => Vec::new(),
        },
        ..User::default()
    })
}

/// A card with two deposits.
fn account() -> Result<PaymentAccount, HookError> {
    let amount = |text| Decimal::parse(text).ok_or_else(|| HookError::Broken("an amount is none".to_owned()));
    let attributes = [("cardNickname", "Blue card"), ("accountNumber", "000123456")];
    Ok(PaymentAccount {
        id: "wlwdemo:entity:paymentaccount#9d2b6c10-1a3e-4a6a-a8c5-77d0b2c4e5f6".to_owned(),
        account_type: "wlwdemo:entity:accounttype#credit".to_owned(),
        network: "wlwdemo:entity:networktype#visa".to_owned(),
        attributes: BTreeMap::from(attributes.map(|(name, value)| (name.to_owned(), value.to_owned()))),
        deposits: Some([amount("0.75")?, amount("0.25")?]),
    })
}
