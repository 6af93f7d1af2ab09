//! What the bank writes: how a user is found, how a password is checked, how a message is sent, how a card is blocked.

use std::time::Duration;

use countersign_runtime::{
    BankError, Call, HookError, Hooks, Lookup, PasswordCheck, PasswordResult, Phone, Secret, Settings, Sms, Start, Time, User,
    UserKey,
};
use serde_json::{Value, json};
use ureq::Agent;

use crate::generated::{BlockCard, BlockCardFault, BlockCardGives, OwnHooks};

/// What the bank's systems need, from the adapter's settings.
#[derive(Debug, Settings)]
pub struct BankSettings {
    #[setting("core.url")]
    core_url: String,
    #[setting("core.password")]
    core_password: Secret,
    #[setting("core.timeout", default = "1s")]
    timeout: Duration,
    #[setting("gateway.url")]
    gateway_url: String,
}

/// One client for all calls: it keeps its connections.
pub struct Bank {
    client: Agent,
    settings: BankSettings,
}

impl Bank {
    /// Connects to the bank's systems, once, when the settings are good.
    pub async fn start(start: Start<BankSettings>) -> Result<Bank, BankError> {
        let client = Agent::config_builder().timeout_global(Some(start.settings.timeout)).http_status_as_error(false);
        let bank = Bank { client: client.build().into(), settings: start.settings };
        bank.ready().await.map_err(|error| BankError::Unavailable(format!("the core system: {error:?}")))?;
        Ok(bank)
    }

    async fn ask(&self, path: &str, body: Option<Value>) -> Result<(u16, Value), HookError> {
        let (client, address) = (self.client.clone(), format!("{}/{path}", self.settings.core_url));
        let token = format!("Bearer {}", self.settings.core_password.expose());
        let call = move || match body {
            Some(body) => client.post(address).header("authorization", token).send(body.to_string()),
            None => client.get(address).header("authorization", token).call(),
        };
        let mut answer = tokio::task::spawn_blocking(call).await??;
        let text = answer.body_mut().read_to_string()?;
        Ok((answer.status().as_u16(), serde_json::from_str(&text)?))
    }
}

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let path = match &lookup.key {
            UserKey::Id(id) => format!("customers/{id}"),
            UserKey::Username(name) => format!("logins/{name}"),
            UserKey::Phone(_) | UserKey::RegistrationNumber(_) => return Ok(None),
        };
        let (status, customer) = self.ask(&path, None).await?;
        if status == 404 {
            return Ok(None);
        }
        let text = |name: &str| customer.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(text("number").map(|id| User {
            id,
            given_name: text("firstName"),
            family_name: text("lastName"),
            phone: text("mobile").and_then(|mobile| Phone::read(&mobile)),
            ..User::default()
        }))
    }

    async fn verify_password(&self, _call: &Call, check: &PasswordCheck) -> Result<PasswordResult, HookError> {
        let password = json!({ "password": check.password.expose() });
        match self.ask(&format!("customers/{}/password", check.user.id), Some(password)).await?.0 {
            200 => Ok(PasswordResult::Right),
            _ => Ok(PasswordResult::Wrong),
        }
    }

    async fn send_sms(&self, _call: &Call, sms: &Sms) -> Result<(), HookError> {
        let (client, address) = (self.client.clone(), format!("{}/messages", self.settings.gateway_url));
        let message = json!({ "to": sms.to.expose(), "text": sms.text.expose() }).to_string();
        let answer = tokio::task::spawn_blocking(move || client.post(address).send(message)).await??;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(HookError::Refused(format!("the gateway says {}", answer.status()))),
        }
    }

    async fn ready(&self) -> Result<(), HookError> {
        match self.ask("health", None).await?.0 {
            200 => Ok(()),
            status => Err(HookError::TryLater(format!("the core system says {status}"))),
        }
    }
}

impl OwnHooks for Bank {
    async fn block_card(&self, _call: &Call, input: &BlockCard) -> Result<BlockCardGives, BlockCardFault> {
        let path = format!("customers/{}/cards/{}", input.user_id, input.card_number);
        let (status, _) = self.ask(&path, None).await.map_err(|error| BlockCardFault::Failed(format!("{error:?}")))?;
        if status == 404 {
            return Err(BlockCardFault::CardUnknown);
        }
        Ok(BlockCardGives { card_blocked: Time::now() })
    }
}
