//! What the bank writes: how a user is found, and how a message is sent.

use countersign_runtime::{BankError, Call, HookError, Hooks, Lookup, Settings, Sms, Start, User, UserKey};
use serde_json::{Value, json};

/// What your systems need, from the adapter's settings.
#[derive(Debug, Settings)]
pub struct BankSettings {
    #[setting("core.url")]
    pub directory: String,
    #[setting("gateway.url")]
    pub gateway: String,
}

/// Clients and pools of your systems are fields of this.
pub struct Bank(BankSettings);

impl Bank {
    /// Connects to your systems, once, when the settings are good. With an error the adapter does not start.
    pub async fn start(start: Start<BankSettings>) -> Result<Bank, BankError> {
        Ok(Bank(start.settings))
    }
}

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let path = match &lookup.key {
            UserKey::Id(id) => format!("customers/{id}"),
            UserKey::Username(name) => format!("logins/{name}"),
            UserKey::Phone(_) | UserKey::RegistrationNumber(_) => return Ok(None),
        };
        let mut answer = match ureq::get(format!("{}/{path}", self.0.directory)).call() {
            Ok(answer) => answer,
            Err(ureq::Error::StatusCode(404)) => return Ok(None),
            Err(error) => return Err(HookError::TryLater(error.to_string())),
        };
        let customer: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
        let text = |name: &str| customer.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(text("number").map(|id| User {
            id,
            given_name: text("firstName"),
            family_name: text("lastName"),
            phone: text("mobile").and_then(|mobile| mobile.parse().ok()),
            password_hash: text("password"),
            locked: customer.get("blocked") == Some(&Value::Bool(true)),
            ..User::default()
        }))
    }

    async fn send_sms(&self, _call: &Call, sms: &Sms) -> Result<(), HookError> {
        let message = json!({ "to": sms.to.expose(), "text": sms.text.expose() }).to_string();
        ureq::post(format!("{}/messages", self.0.gateway)).header("content-type", "application/json").send(message)?;
        Ok(())
    }
}
