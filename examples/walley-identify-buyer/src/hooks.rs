//! What has to be written: the register of buyers, and a gateway for messages. Nothing for the two endpoints.

use countersign_runtime::{Call, HookError, Hooks, Lookup, NotAPhone, Organization, Phone, Sms, User, UserKey};

use crate::generated::DataAdapter;

/// All endpoints as they are defined.
pub struct Adapter;

impl DataAdapter for Adapter {}

/// A register that is a list.
pub struct DemoRegister;

struct Buyer {
    id: &'static str,
    phone: Option<&'static str>,
    registration_number: Option<&'static str>,
    organizations: &'static [(&'static str, &'static str)],
}

const BOTH: &[(&str, &str)] = &[("5562000116", "Test Company AB"), ("5590001234", "Second Company AB")];

const fn by_phone(id: &'static str, phone: &'static str) -> Buyer {
    Buyer { id, phone: Some(phone), registration_number: None, organizations: BOTH }
}

const BUYERS: &[Buyer] = &[
    Buyer { id: "buyer-a", phone: None, registration_number: Some("198010011016"), organizations: BOTH },
    by_phone("buyer-b", "+46731234567"),
    // Theirs are the codes that tests use up.
    by_phone("buyer-c", "+46731000001"),
    by_phone("buyer-d", "+46731000002"),
    by_phone("buyer-e", "+46731000003"),
    Buyer { organizations: &[], ..by_phone("buyer-f", "+46731000004") },
    // The gateway of `--dev` refuses this number.
    by_phone("buyer-g", "+46730000000"),
    // The register excludes them.
    by_phone(EXCLUDED, "+46731000009"),
    // The register breaks.
    by_phone(BROKEN, "+46731000010"),
];

const EXCLUDED: &str = "buyer-excluded";
const BROKEN: &str = "buyer-broken";

impl Hooks for DemoRegister {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let is_asked = |buyer: &&Buyer| match &lookup.key {
            UserKey::Id(id) => buyer.id == id,
            UserKey::Phone(phone) => buyer.phone == Some(phone.expose()),
            UserKey::RegistrationNumber(number) => buyer.registration_number == Some(number.as_str()),
            UserKey::Username(_) => false,
        };
        let Some(buyer) = BUYERS.iter().find(is_asked) else { return Ok(None) };
        match buyer.id {
            EXCLUDED => Err(HookError::Refused("this buyer has to be identified by registration number".to_owned())),
            BROKEN => Err(HookError::Broken("the register is down".to_owned())),
            _ => user(buyer).map(Some),
        }
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("the demo register has no gateway; with --dev, messages go to the outbox".to_owned()))
    }
}

fn user(buyer: &Buyer) -> Result<User, HookError> {
    let organization = |(id, name): &(&str, &str)| Organization { id: (*id).to_owned(), name: (*name).to_owned() };
    Ok(User {
        id: buyer.id.to_owned(),
        phone: buyer.phone.map(|phone| Phone::read(phone).ok_or(NotAPhone)).transpose()?,
        registration_number: buyer.registration_number.map(str::to_owned),
        organizations: buyer.organizations.iter().map(organization).collect(),
        ..User::default()
    })
}
