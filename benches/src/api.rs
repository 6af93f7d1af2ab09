//! What requests and answers look like on the wire. Texts are borrowed from the body where it has them as they are.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A text of a body; owned only if it has an escape.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Text<'b>(#[serde(borrow)] pub Cow<'b, str>);

impl Text<'_> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<B> {
    pub request_object: B,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer<B> {
    pub status: &'static str,
    pub response_object: B,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub code: &'static str,
    pub message: Cow<'static, str>,
    pub validation_errors: Option<Vec<String>>,
    pub remaining_attempts: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperationContext<'b> {
    #[serde(borrow)]
    pub id: Option<Text<'b>>,
    #[serde(borrow)]
    pub name: Option<Text<'b>>,
    #[serde(borrow)]
    pub data: Option<Text<'b>>,
    #[serde(borrow)]
    pub form_data: Option<FormData<'b>>,
    #[serde(borrow)]
    pub application_context: Option<ApplicationContext<'b>>,
}

#[derive(Debug, Deserialize)]
pub struct ApplicationContext<'b> {
    #[serde(borrow)]
    pub id: Option<Text<'b>>,
    #[serde(borrow)]
    pub name: Option<Text<'b>>,
    #[serde(borrow)]
    pub description: Option<Text<'b>>,
    #[serde(borrow)]
    pub extras: Option<&'b RawValue>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FormData<'b> {
    #[serde(borrow)]
    pub title: Option<FormText<'b>>,
    #[serde(borrow)]
    pub greeting: Option<FormText<'b>>,
    #[serde(borrow)]
    pub summary: Option<FormText<'b>>,
    #[serde(borrow)]
    pub config: Vec<&'b RawValue>,
    #[serde(borrow)]
    pub banners: Vec<&'b RawValue>,
    #[serde(borrow)]
    pub parameters: Vec<Attribute<'b>>,
    #[serde(borrow)]
    pub user_input: Entries<'b>,
}

/// Names and texts, in their order.
#[derive(Debug)]
pub struct Entries<'b>(pub Vec<(Text<'b>, Text<'b>)>);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

impl<'de: 'b, 'b> Deserialize<'de> for Entries<'b> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor).map(Entries)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Vec<(Text<'de>, Text<'de>)>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of texts")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Self::Value, M::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = members.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}

#[derive(Debug, Deserialize, Serialize)]
pub struct FormText<'b> {
    #[serde(borrow)]
    pub id: Option<Text<'b>>,
    #[serde(borrow)]
    pub message: Option<Text<'b>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttributeKind {
    Amount,
    KeyValue,
    Heading,
    Note,
    BankAccountChoice,
    Banner,
    PartyInfo,
}

/// An attribute of any kind: what a kind does not have is absent.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute<'b> {
    #[serde(rename = "type")]
    pub kind: AttributeKind,
    #[serde(borrow)]
    pub id: Option<Text<'b>>,
    #[serde(borrow)]
    pub label: Option<Text<'b>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub value_format_type: Option<Text<'b>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub formatted_values: Option<Entries<'b>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub amount: Option<&'b RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Text<'b>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub currency_id: Option<Text<'b>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub value: Option<Text<'b>>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<'b>>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub bank_accounts: Option<Vec<Account>>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    pub number: &'static str,
    pub account_id: &'static str,
    pub name: &'static str,
    pub balance: &'static RawValue,
    pub currency: &'static str,
    pub usable_for_payment: bool,
    pub unusable_for_payment_reason: Option<&'static str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lookup<'b> {
    #[serde(borrow)]
    pub operation_context: OperationContext<'b>,
    #[serde(borrow)]
    pub username: Text<'b>,
    #[serde(borrow)]
    pub organization_id: Text<'b>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Info<'b> {
    #[serde(borrow)]
    pub user_id: Text<'b>,
    #[serde(borrow)]
    pub organization_id: Option<Text<'b>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decorate<'b> {
    #[serde(borrow)]
    pub operation_context: OperationContext<'b>,
    #[serde(borrow)]
    pub user_id: Text<'b>,
    #[serde(borrow)]
    pub organization_id: Option<Text<'b>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateSms<'b> {
    #[serde(borrow)]
    pub operation_context: OperationContext<'b>,
    #[serde(borrow)]
    pub user_id: Option<Text<'b>>,
    #[serde(borrow)]
    pub organization_id: Option<Text<'b>>,
    #[serde(borrow)]
    pub lang: Option<Text<'b>>,
    pub resend: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifySms<'b> {
    #[serde(borrow)]
    pub operation_context: OperationContext<'b>,
    #[serde(borrow)]
    pub message_id: Option<Text<'b>>,
    #[serde(borrow)]
    pub authorization_code: Option<Text<'b>>,
    #[serde(borrow)]
    pub user_id: Option<Text<'b>>,
    #[serde(borrow)]
    pub organization_id: Option<Text<'b>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidateConsent<'b> {
    #[serde(borrow)]
    pub operation_context: OperationContext<'b>,
    #[serde(borrow)]
    pub user_id: Text<'b>,
    #[serde(borrow)]
    pub organization_id: Option<Text<'b>>,
    #[serde(borrow)]
    pub lang: Text<'b>,
    #[serde(borrow)]
    pub options: Vec<ConsentOption<'b>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentOption<'b> {
    #[serde(borrow)]
    pub id: Option<Text<'b>>,
    #[serde(borrow)]
    pub description_html: Option<Text<'b>>,
    #[serde(default)]
    pub required: bool,
    #[serde(borrow)]
    pub default_value: Option<Text<'b>>,
    #[serde(borrow)]
    pub value: Option<Text<'b>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    pub application_name: &'static str,
    pub application_display_name: &'static str,
    pub application_environment: &'static str,
    pub version: &'static str,
    pub build_time: &'static str,
    pub timestamp: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserDetail {
    pub id: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub organization_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decorated<'b> {
    pub form_data: FormData<'b>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SmsCreated {
    pub message_id: String,
    pub sms_delivery_result: &'static str,
    pub error_message: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SmsVerified {
    pub sms_authorization_result: &'static str,
    pub error_message: Option<&'static str>,
    pub remaining_attempts: Option<i64>,
    pub show_remaining_attempts: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentValidated {
    pub consent_validation_passed: bool,
    pub validation_error_message: Option<&'static str>,
    pub option_validation_results: Vec<OptionResult>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OptionResult {
    pub id: String,
    pub validation_passed: bool,
    pub error_message: Option<&'static str>,
}
