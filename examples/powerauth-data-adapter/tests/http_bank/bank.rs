//! A bank whose core system and SMS gateway speak HTTP: settings of its own, a client that is made at the start, and an endpoint
//! that does more than the definition says.

use std::time::Duration;

use countersign_runtime::{
    BankError, Call, HookError, Hooks, Lookup, PasswordCheck, PasswordResult, Phone, Secret, Settings, Sms, Start,
    User, UserKey,
};
use serde_json::{Value, json};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

use crate::generated::{Cx, DataAdapter, LookupUserError, LookupUserRequest, UserDetail};

/// What the bank's systems need, from the adapter's settings.
#[derive(Debug, Settings)]
pub struct BankSettings {
    /// Where the core system answers.
    #[setting("core.url")]
    core_url: String,
    /// What it wants to see, by reference: `env:NAME` or `file:PATH`.
    #[setting("core.password")]
    core_password: Secret,
    /// Where the gateway answers.
    #[setting("gateway.url")]
    gateway_url: String,
    /// Below the deadlines of hooks, so that the log says what took so long.
    #[setting("core.timeout", default = "1s")]
    timeout: Duration,
}

/// The client keeps its connections, so there is one for all calls.
pub struct Bank {
    client: Agent,
    settings: BankSettings,
}

impl Bank {
    /// Made once, when the settings are good and before the first request.
    pub async fn start(start: Start<BankSettings>) -> Result<Bank, BankError> {
        let settings = start.settings;
        if !settings.core_url.starts_with("http") {
            return Err(BankError::Misconfigured(
                "`core.url` is no address such as `https://core.bank.example`".to_owned(),
            ));
        }
        let client = Agent::config_builder().timeout_global(Some(settings.timeout)).http_status_as_error(false);
        let bank = Bank { client: client.build().into(), settings };
        // A core system that is not there is found out now, and not by the first customer.
        bank.ready().await.map_err(|error| BankError::Unavailable(format!("the core system: {error:?}")))?;
        Ok(bank)
    }

    /// Asks the core system. The client blocks, so it is called where blocking is allowed.
    async fn ask(&self, path: &str, body: Option<Value>) -> Result<Response<Body>, HookError> {
        let (client, address) = (self.client.clone(), format!("{}/{path}", self.settings.core_url));
        let token = format!("Bearer {}", self.settings.core_password.expose());
        let call = move || match body {
            Some(body) => client.post(address).header("authorization", token).send(body.to_string()),
            None => client.get(address).header("authorization", token).call(),
        };
        // Whatever breaks on the way is `Broken`, and its text stands in the log.
        Ok(tokio::task::spawn_blocking(call).await??)
    }
}

impl Hooks for Bank {
    async fn lookup_user(&self, call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        // What a caller wrote stands in the body; in a path it would have to be escaped.
        let customer = match &lookup.key {
            UserKey::Id(id) => json!({ "number": id }),
            UserKey::Username(name) => json!({ "login": name }),
            UserKey::Phone(_) | UserKey::RegistrationNumber(_) => return Ok(None),
        };
        let mut answer = self.ask("customers/find", Some(customer)).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            // Asked once more, for a look-up alone.
            StatusCode::SERVICE_UNAVAILABLE => return Err(HookError::TryLater("the core system is busy".to_owned())),
            status => return Err(HookError::Broken(format!("the core system says {status}"))),
        }
        let customer: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
        let text = |name: &str| customer.get(name).and_then(Value::as_str).map(str::to_owned);
        tracing::debug!(endpoint = call.endpoint, "the core system knows the customer");
        Ok(text("number").map(|id| User {
            id,
            given_name: text("firstName"),
            family_name: text("lastName"),
            phone: text("mobile").and_then(|mobile| Phone::read(&mobile)),
            locked: customer.get("blocked") == Some(&Value::Bool(true)),
            ..User::default()
        }))
    }

    async fn verify_password(&self, _call: &Call, check: &PasswordCheck) -> Result<PasswordResult, HookError> {
        let password = json!({ "number": check.user.id, "password": check.password.expose() });
        let answer = self.ask("passwords/check", Some(password)).await?;
        match answer.status() {
            StatusCode::OK => Ok(PasswordResult::Right),
            StatusCode::FORBIDDEN => Ok(PasswordResult::Wrong),
            StatusCode::LOCKED => Ok(PasswordResult::Locked),
            status => Err(HookError::Broken(format!("the core system says {status}"))),
        }
    }

    async fn send_sms(&self, _call: &Call, sms: &Sms) -> Result<(), HookError> {
        let (client, address) = (self.client.clone(), format!("{}/messages", self.settings.gateway_url));
        let message = json!({ "id": sms.id, "to": sms.to.expose(), "text": sms.text.expose() }).to_string();
        let sending = move || client.post(address).header("content-type", "application/json").send(message);
        // A task of its own is not cut off where the deadline cancels this hook: the gateway gets the whole message.
        let answer = tokio::task::spawn_blocking(sending).await??;
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::UNPROCESSABLE_ENTITY => Err(HookError::Refused("the gateway does not send there".to_owned())),
            status => Err(HookError::Broken(format!("the gateway says {status}"))),
        }
    }

    async fn ready(&self) -> Result<(), HookError> {
        match self.ask("health", None).await?.status() {
            StatusCode::OK => Ok(()),
            status => Err(HookError::TryLater(format!("the core system says {status}"))),
        }
    }
}

/// Every endpoint as it is defined, for those that do more.
struct AsDefined;

impl DataAdapter for AsDefined {}

/// Every endpoint as it is defined, but one.
pub struct Adapter;

impl DataAdapter for Adapter {
    async fn lookup_user(&self, cx: &Cx, request: LookupUserRequest) -> Result<UserDetail, LookupUserError> {
        let organization = request.organization_id.clone();
        let answer = AsDefined.lookup_user(cx, request).await;
        // On `/metrics`, beside those of the adapter.
        metrics::counter!("bank_lookups_total", "organization" => organization, "found" => answer.is_ok().to_string())
            .increment(1);
        answer
    }
}
