//! What has to be written: who is a customer already, and a gateway for messages. Nothing for the four endpoints.

use countersign_runtime::{Call, HookError, Hooks, Lookup, Sms, User, UserKey};

use crate::generated::DataAdapter;

/// All endpoints as they are defined.
pub struct Adapter;

impl DataAdapter for Adapter {}

/// A programme whose only customers are those that the runtime keeps, and one from before.
pub struct DemoProgramme;

/// The phone of a customer from before.
const CUSTOMER: &str = "+6591110000";

impl Hooks for DemoProgramme {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let is_known = matches!(&lookup.key, UserKey::Phone(phone) if phone.expose() == CUSTOMER);
        Ok(is_known.then(|| User { id: "customer-1".to_owned(), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("the demo programme has no gateway; with --dev, messages go to the outbox".to_owned()))
    }
}
