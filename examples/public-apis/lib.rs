//! Public APIs, each a definition of the language and the hooks of a demo bank. `tests/` calls them over HTTP.

use berlin_group_sca::{
    ChooseMethod, ChooseMethodFault, ChooseMethodGives, ListMethods, ListMethodsFault, ListMethodsGives, Method,
    MethodType,
};
use countersign_runtime::{Call, HookError, Hooks, Lookup, Phone, Sms, User, UserKey};

mod auth0;

#[rustfmt::skip]
#[path = "auth0-authentication-methods/src/generated/mod.rs"]
pub mod auth0_authentication_methods;
#[rustfmt::skip]
#[path = "berlin-group-sca/src/generated/mod.rs"]
pub mod berlin_group_sca;
#[rustfmt::skip]
#[path = "camara-otp-sms/src/generated/mod.rs"]
pub mod camara_otp_sms;
#[rustfmt::skip]
#[path = "messagebird-verify/src/generated/mod.rs"]
pub mod messagebird_verify;
#[rustfmt::skip]
#[path = "okta-telephony-hook/src/generated/mod.rs"]
pub mod okta_telephony_hook;
#[rustfmt::skip]
#[path = "twilio-verify/src/generated/mod.rs"]
pub mod twilio_verify;

/// All endpoints as they are defined.
pub struct Adapter;

impl auth0_authentication_methods::DataAdapter for Adapter {}
impl berlin_group_sca::DataAdapter for Adapter {}
impl camara_otp_sms::DataAdapter for Adapter {}
impl messagebird_verify::DataAdapter for Adapter {}
impl okta_telephony_hook::DataAdapter for Adapter {}
impl twilio_verify::DataAdapter for Adapter {}

/// A bank that knows one user.
pub struct Bank;

/// Their id.
pub const USER: &str = "PSU-1234";

/// Their phone.
pub const PHONE: &str = "+4915112345678";

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let is_known = matches!(&lookup.key, UserKey::Id(id) if id == USER);
        Ok(is_known.then(|| User { id: USER.to_owned(), phone: Phone::read(PHONE), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Err(HookError::Refused("with --dev, messages go to the outbox".to_owned()))
    }
}

fn methods() -> Vec<Method> {
    let method = |id: &str, name: &str| Method {
        authentication_type: MethodType::SmsOtp,
        authentication_method_id: id.to_owned(),
        name: Some(name.to_owned()),
    };
    vec![method("sms", "SMS to your phone"), method("work", "SMS to your phone at work")]
}

impl berlin_group_sca::OwnHooks for Bank {
    async fn list_methods(&self, _: &Call, _: &ListMethods) -> Result<ListMethodsGives, ListMethodsFault> {
        Ok(ListMethodsGives { sca_methods: methods() })
    }

    async fn choose_method(&self, _: &Call, asked: &ChooseMethod) -> Result<ChooseMethodGives, ChooseMethodFault> {
        let chosen = methods().into_iter().find(|method| method.authentication_method_id == asked.method_id);
        chosen.map(|sca_method| ChooseMethodGives { sca_method }).ok_or(ChooseMethodFault::MethodUnknown)
    }
}
